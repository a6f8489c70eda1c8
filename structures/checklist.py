"""What is missing before somebody may rely on what a structure says of itself."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from journal.refusals import Missing
from journal.wording import is_blank
from letters.spoken import told_date
from structures import register
from structures.models import OfficersRead, RegisterCheck, Registration, Structure

WITH_PROOF = frozenset(
    {
        Registration.Kind.NONE,
        Registration.Kind.FOREIGN,
        Registration.Kind.ALSACE_MOSELLE,
        Registration.Kind.AMALIA,
    }
)
WITHOUT_LIST = (Registration.Kind.NONE, Registration.Kind.FOREIGN)  # no register here names who leads it
ACCEPTED = (RegisterCheck.Conclusion.CONFIRMED, RegisterCheck.Conclusion.WAIVED)


def missing_number(structure: Structure) -> list[Missing]:
    """Before filing: a number, with a proof when no open register holds it (domain 5.1, deposer)."""
    main = structure.main_registration()
    url = reverse("structure_number")
    if main is None:
        return [Missing(_("Indiquez le numéro de la structure, ou joignez un justificatif."), url, "number")]
    if main.kind in WITH_PROOF and main.proof_id is None:
        return [
            Missing(
                _("Joignez un justificatif : récépissé, extrait du registre ou photo lisible."), url, "proof"
            )
        ]
    return []


def missing_representative(structure: Structure) -> list[Missing]:
    """Before filing: somebody represents the structure."""
    if structure.representative() is None:
        words = _("Invitez la personne qui représente la structure : elle signe et dépose.")
        return [Missing(words, reverse("structure_people"), "representative")]
    return []


def missing_identity_check(structure: Structure) -> list[Missing]:
    """Before admissibility: a person concluded on what a register said, or waived it with a reason."""
    concluded = structure.register_checks.exclude(conclusion="").order_by("-concluded_at", "-pk").first()
    if concluded is not None and concluded.conclusion in ACCEPTED:
        return []
    url = reverse("staff_structure", args=[structure.pk])
    return [
        Missing(
            _("Concluez sur la réponse du registre, ou dites pourquoi vous vous en passez."), url, "register"
        )
    ]


def missing_officers_read(structure: Structure, person: User, *, today: date) -> list[Missing]:
    """Before somebody is recorded as representative, or a dispute ends: the register names them (domain 5.3).

    Read within `OFFICERS_READ_DAYS`, and since the space is read only when it is.
    """
    page = reverse("staff_structure_officers", args=[structure.pk])
    since = today - timedelta(days=settings.OFFICERS_READ_DAYS)
    if structure.frozen_at is not None:
        since = max(since, timezone.localdate(structure.frozen_at))
    reads = OfficersRead.objects.filter(structure=structure, person=person, read_on__gte=since)
    latest = reads.order_by("-read_on", "-pk").first()
    if latest is None:
        text = _(
            "Lisez d'abord la liste des dirigeants au registre, à partir du {date}, "
            "et notez ce qu'elle dit de {name}."
        )
        return [Missing(text.format(date=told_date(since), name=person), page, "officers")]
    if latest.answer == OfficersRead.Answer.OTHER:
        text = _(
            "Le registre nomme quelqu'un d'autre. Demandez à la structure de déclarer le changement, "
            "puis relisez le registre."
        )
        return [Missing(text, page, "officers")]
    return []


def missing_representative_read(structure: Structure, *, today: date) -> list[Missing]:
    """Before a space that is read only opens again: somebody represents the structure, and the register names them."""
    representative = structure.representative()
    if representative is None:
        page = reverse("staff_structure_representative", args=[structure.pk])
        return [Missing(_("Notez d'abord qui représente la structure."), page, "representative")]
    return missing_officers_read(structure, representative, today=today)


def missing_to_note_officers(
    structure: Structure, *, read_on: date, answer: str, today: date
) -> list[Missing]:
    """Before a reading of the register is noted: on a day that has come, with one of the answers.

    A structure that bears a number of a French register is in one that names who leads it.
    """
    found = []
    if read_on > today:
        found.append(Missing(_("Cette date n'est pas encore arrivée."), code="read_on"))
    if answer not in OfficersRead.Answer.values:
        found.append(Missing(_("Choisissez une des réponses proposées."), code="answer"))
    main = structure.main_registration()
    has_list = main is not None and main.kind not in WITHOUT_LIST
    if answer == OfficersRead.Answer.NO_LIST and has_list:
        text = _(
            "Cette structure a un numéro : le registre qui l'a donné dit qui la dirige. "
            "Demandez la liste à la préfecture ou au tribunal."
        )
        found.append(Missing(text, code="answer"))
    return found


def missing_other_entity(structure: Structure, wrong: Registration, other_entity: str) -> list[Missing]:
    """Before a number is replaced: whose it was, when the register gives it to somebody else."""
    found = register.find(wrong.kind, wrong.value, structure.name)
    if is_blank(other_entity) and found.result == RegisterCheck.Result.MISMATCH:
        text = _(
            "Au registre, ce numéro est celui de « {name} ». Écrivez son nom : nous devrons la prévenir."
        )
        return [Missing(text.format(name=found.found_name), code="other_entity")]
    return []


def missing_to_tell(registration: Registration, *, told_on: date, how: str, today: date) -> list[Missing]:
    """Before it is noted that another entity was told of a number borne by mistake."""
    if registration.other_told_on is not None:
        return [Missing(_("Quelqu'un l'a déjà noté."))]
    found = []
    if registration.superseded_at is not None and told_on < timezone.localdate(registration.superseded_at):
        found.append(Missing(_("Écrivez un jour depuis la correction du numéro."), code="told_on"))
    if told_on > today:
        found.append(Missing(_("Cette date n'est pas encore arrivée."), code="told_on"))
    if is_blank(how):
        found.append(Missing(_("Dites comment : lettre, e-mail, appel."), code="how"))
    return found
