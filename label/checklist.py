"""What is missing before a move of an application: reasons that a person reads, with the place to mend each."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from charter.checklist import missing_identity
from charter.models import Charter, Signature
from journal.refusals import Missing
from journal.wording import is_blank, length_read
from label import published_list
from label.answers import optional_criteria, texts_of, unanswered
from label.masking import MARK, Mask, stands_in
from label.models import Application, Edition, Finding, PaperEntry, RequestedPiece
from label.questions import BY_KEY, SECOND_CONTACT, YES, Question, asked_of
from label.registry import concerned_by, people_apart
from structures.models import Membership, RegisterCheck, Registration, Solution

SHORTEST_MASKED = 3  # a shorter passage would be found all over a dossier


def missing_to_submit(application: Application) -> list[Missing]:
    """What the association still has to do before it can file (domain 5.1: the four seed items and the charter)."""
    return [missing for found in missing_by_section(application).values() for missing in found]


def missing_in(application: Application, section: str) -> list[Missing]:
    """What is missing in one section of the form, by its key."""
    return missing_by_section(application)[section]


def missing_by_section(application: Application) -> dict[str, list[Missing]]:
    """What is missing before filing, per section of the form; the answers are read once."""
    answers = texts_of(application)
    found: dict[str, list[Missing]] = {key: [] for key in BY_KEY}
    for question, mend in unanswered(
        asked_of(application), answers, optional_criteria(application.edition, answers)
    ):
        missing = Missing(_mending(question, mend), question_url(application, question), question.key)
        found[question.section].append(missing)
    found["structure"] += _missing_registration(application)
    found["structure"] += _missing_second_contact(application, answers)
    found["solutions"] += _missing_solutions(application)
    if answers.get("contributors_exist") == YES:
        found["contributors"] += _missing_contributors(application)
    found["charter"] += missing_charter(application)
    return found


def question_url(application: Application, question: Question) -> str:
    """The address of the field of a question."""
    if question.criterion:
        axis = question.criterion.split(".")[0]
        page = reverse("application_evidence", args=[application.reference, axis])
    else:
        page = section_url(application, question.section)
    return f"{page}#id_{question.key}"


def section_url(application: Application, section: str) -> str:
    """The address of a section of the form, by its key."""
    return reverse("application_section", args=[application.reference, BY_KEY[section].slug])


def _mending(question: Question, mend: str) -> str:
    return f"{question.label} – {mend}" if mend else str(question.label)


def _missing_solutions(application: Application) -> list[Missing]:
    page = section_url(application, "solutions")
    presented = list(application.solutions.filter(removed_at=None).order_by("pk"))
    if not presented:
        return [Missing(_("Présentez au moins une action."), page, "solutions")]
    return [
        Missing(
            _("Action « {name} » : {missing}.").format(name=solution.name, missing=", ".join(parts)),
            reverse("application_solution", args=[application.reference, solution.pk]),
            "solutions",
        )
        for solution in presented
        if (parts := _incomplete(solution))
    ]


def _incomplete(solution: Solution) -> list[str]:
    found = []
    if not solution.summary:
        found.append(_("décrivez-la en quelques phrases"))
    if not solution.main_field:
        found.append(_("choisissez son champ d'action principal"))
    if not solution.territory:
        found.append(_("dites où elle est proposée"))
    return found


def _missing_contributors(application: Application) -> list[Missing]:
    if application.contributors.exists():
        return []
    text = _("Ajoutez au moins une personne ou un partenaire, ou répondez non.")
    return [Missing(text, section_url(application, "contributors"), "contributors")]


def _missing_registration(application: Application) -> list[Missing]:
    structure = application.structure
    found = []
    rows = list(structure.registrations.filter(superseded_at=None))
    needing_proof = {Registration.Kind.NONE, Registration.Kind.FOREIGN}
    if not rows or all(row.kind in needing_proof and row.proof_id is None for row in rows):
        text = _("Joignez un justificatif : récépissé, extrait du registre ou photo lisible.")
        found.append(Missing(text, section_url(application, "structure"), "registration"))
    if not structure.has_postal_address():
        text = _("Donnez l'adresse à laquelle un courrier arrive.")
        found.append(Missing(text, f"{section_url(application, 'structure')}#contact", "address"))
    if structure.representative() is None:
        text = _("Indiquez qui représente la structure.")
        found.append(Missing(text, reverse("structure_people"), "representative"))
    return found


def _missing_second_contact(application: Application, answers: Mapping[str, str]) -> list[Missing]:
    """Somebody to reach when who represents the structure is not there (domain 5.3, contact person leaves).

    Another person of the space, or a name with a phone or an address: an association has two people by law.
    """
    question = next((one for one in asked_of(application) if one.key == SECOND_CONTACT), None)
    if question is None or not is_blank(answers.get(SECOND_CONTACT, "")):
        return []
    others = Membership.objects.current().filter(structure=application.structure_id)
    if others.exclude(role=Membership.Role.REPRESENTATIVE).exists():
        return []
    text = _(
        "Donnez une deuxième personne à joindre, avec son téléphone ou son e-mail, "
        "ou invitez quelqu'un dans votre espace."
    )
    return [Missing(text, question_url(application, question), SECOND_CONTACT)]


def signature_of(application: Application) -> Signature | None:
    """The signature of the charter in force by the structure of the dossier."""
    return Signature.objects.valid_for(application.structure)


def missing_charter(application: Application) -> list[Missing]:
    """The version of the charter in force must be signed (E13)."""
    if signature_of(application) is not None:
        return []
    text = _("La charte n'est pas encore signée. Signez-la, puis déposez.")
    return [Missing(text, section_url(application, "charter"), "charter")]


def asked_before(application: Application) -> frozenset[str]:
    """The codes of the pieces asked for by earlier requests, now answered; empty before the first."""
    earlier = RequestedPiece.objects.filter(request__application=application).exclude(
        request__answered_at=None
    )
    return frozenset(earlier.values_list("code", flat=True))


def missing_to_ask(application: Application, codes: Collection[str], *, reason: str) -> list[Missing]:
    """Before pieces are asked for: at least one; and, since the first list was told as complete (CRPA L114-5), a
    written reason for a piece that it did not name."""
    if not codes:
        return [Missing(_("Choisissez au moins une pièce à demander."))]
    earlier = asked_before(application)
    if earlier and not set(codes) <= earlier and is_blank(reason):
        text = _("La première liste devait être complète : dites pourquoi vous demandez une pièce de plus.")
        return [Missing(text, code="reason")]
    return []


def missing_to_complete(application: Application) -> list[Missing]:
    """The pieces asked for that have neither an answer, nor a file, nor an explanation of why there is none."""
    request = application.open_request()
    if request is None:
        return []
    page = reverse("application_pieces", args=[application.reference])
    return [
        Missing(piece.what, f"{page}#piece-{piece.pk}", piece.code)
        for piece in request.pieces.filter(answered_at=None).order_by("pk")
    ]


def missing_to_admit(application: Application) -> list[Missing]:
    """Before "admissible": the register is concluded by a person, the charter is signed, each document was looked at.

    Nothing is noted missing on what was filed last. A document found there in an earlier state of the dossier counts.
    """
    page = reverse("staff_application", args=[application.reference])
    found = []
    if not register_is_concluded(application):
        found.append(Missing(_("Concluez la vérification au registre."), f"{page}#register", "register"))
    if application.charter_signature_id is None:
        found.append(Missing(_("La charte n'est pas signée."), f"{page}#charter", "charter"))
    found += _missing_identity(application)
    if count := len(unchecked_papers(application)):
        text = ngettext(
            "Un document n'a pas encore de constat : notez ce que vous avez vu.",
            "{n} documents n'ont pas encore de constat : notez ce que vous avez vu.",
            count,
        ).format(n=count)
        check = reverse("staff_completeness", args=[application.reference])
        found.append(Missing(text, check, "unchecked"))
    lacking = application.findings.filter(snapshot=application.snapshot_id, verdict=Finding.Verdict.MISSING)
    if count := lacking.count():
        text = ngettext(
            "Un élément est noté « manquant » : demandez-le, ou changez le constat.",
            "{n} éléments sont notés « manquants » : demandez-les, ou changez les constats.",
            count,
        ).format(n=count)
        found.append(Missing(text, f"{page}#findings", "findings"))
    return found


def missing_to_hold(application: Application, officer: User) -> list[Missing]:
    """Before somebody takes a file: nobody of the structure bears their name, or the ethics officer has examined it."""
    rows = people_apart(to_take=True).filter(concerned_by(application), person=officer)
    if not rows.exists():
        return []
    text = _(
        "Le nom de {name} est aussi celui d'une personne de cette structure, ou lui ressemble. "
        "Le déontologue doit d'abord dire que c'est sans effet : confiez le dossier à quelqu'un d'autre."
    )
    return [Missing(text.format(name=officer), code="apart")]


def _missing_identity(application: Application) -> list[Missing]:
    """Who sent a dossier by post or phone said, called back, that it is theirs; a visitor was there (domain 5.3)."""
    entry = PaperEntry.objects.filter(application=application).select_related("on_behalf_of").first()
    if entry is None or entry.means == PaperEntry.Means.VISIT:
        return []
    return missing_identity(application.structure, entry.on_behalf_of, since=entry.received_on)


def unchecked_papers(application: Application) -> list[str]:
    """The documents of the published list on which no officer has noted anything that still holds."""
    now = Q(snapshot=application.snapshot_id)
    holds = application.findings.filter(now | ~Q(verdict=Finding.Verdict.MISSING))
    seen = set(holds.values_list("item", flat=True))
    return [item.code for item in published_list.papers() if item.code not in seen]


def register_is_concluded(application: Application) -> bool:
    """Whether a person has concluded on the latest answer of the registers, and not that it is somebody else."""
    latest = latest_check(application)
    conclusions = (RegisterCheck.Conclusion.CONFIRMED, RegisterCheck.Conclusion.WAIVED)
    return latest is not None and latest.conclusion in conclusions


def latest_check(application: Application) -> RegisterCheck | None:
    """The last concluded answer of a register about the structure, else the last answer."""
    checks = RegisterCheck.objects.filter(structure_id=application.structure_id)
    return (
        checks.exclude(conclusion="").order_by("-concluded_at", "-pk").first()
        or checks.order_by("-pk").first()
    )


def missing_to_choose_edition(application: Application) -> list[Missing]:
    """Before a renewal passes to a newer edition: it is a draft, and another edition is in force."""
    if application.kind != Application.Kind.RENEWAL or not application.is_draft():
        return [Missing(_("Le référentiel de ce dossier ne change plus."))]
    if Edition.objects.in_force() == application.edition:
        return [Missing(_("Votre dossier suit déjà le référentiel en vigueur."))]
    return []


def missing_to_open() -> list[Missing]:
    """Before a draft can be opened: an edition of the framework and a charter in force."""
    if Edition.objects.in_force() is None or Charter.objects.in_force() is None:
        return [Missing(_("Les demandes ne sont pas encore ouvertes."))]
    return []


def missing_to_reopen(application: Application) -> list[Missing]:
    """Why an ended dossier cannot be examined again now: it was already, or the structure has another one under way."""
    if Application.objects.filter(reopens=application).exists():
        return [Missing(_("Ce dossier a déjà été rouvert."))]
    other = Application.objects.filter(structure=application.structure_id).exclude(
        state__in=Application.FINAL
    )
    reference = other.exclude(pk=application.pk).values_list("reference", flat=True).first()
    if reference:
        words = _("La structure a un autre dossier en cours : {DOS}.")
        return [Missing(words.format(DOS=reference), reverse("staff_application", args=[reference]))]
    return []


def missing_to_mask(application: Application, passage: str, breach_check: str) -> list[Missing]:
    """What is missing before a passage of a filed dossier is masked: its exact words, and who may have read it."""
    found = []
    if application.snapshot_id is None:
        return [Missing(_("Ce dossier n'est pas déposé : l'association change elle-même ses réponses."))]
    if length_read(passage) < SHORTEST_MASKED:
        found.append(Missing(_("Recopiez au moins trois lettres ou chiffres."), code="passage"))
    elif any(is_blank(line) for line in passage.strip().splitlines()):  # a letter parts paragraphs
        found.append(Missing(_("Masquez un paragraphe à la fois."), code="passage"))
    elif passage.strip() in MARK or not stands_in(application, Mask(passage)):
        words = _("Ce passage n'est pas dans le dossier. Recopiez-le exactement, en mots entiers.")
        found.append(Missing(words, code="passage"))
    if is_blank(breach_check):
        words = _("Écrivez qui a pu lire ce passage, et si la personne déléguée à la protection doit agir.")
        found.append(Missing(words, code="breach_check"))
    elif passage.split() and Mask(passage)(breach_check) != breach_check:
        found.append(Missing(_("Ne recopiez pas le passage dans cette note."), code="breach_check"))
    return found
