"""From the opening of the space to the dossier declared admissible."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.utils import timezone

from accounts.models import OneTimeCode, User
from charter import actions as charters
from charter.actions.signatures import purpose
from charter.models import Charter
from desks.demonstration import people
from desks.demonstration.answers import PAPERS, answers_of, paper
from desks.demonstration.story.context import Story
from desks.demonstration.structures import Action
from journal.moves import Actor, subject_key
from label import actions, published_list
from label.checklist import latest_check
from label.models import Application
from letters import actions as letters
from letters.models import Exchange
from structures import actions as structures
from structures.models import Membership, RegisterCheck

State = Application.State
CONSENT = "J'accepte de recevoir les décisions de l'Institut en ligne, dans cet espace."
CODE = "123456"  # typed in place of the one that a mail would have brought that day


def begin(story: Story) -> None:
    """The president opens the space, agrees to online decisions, and invites a colleague."""
    if not story.exists:
        _open_space(story)
    if story.told.online:
        structures.give_service_consent(
            structure_pk=story.structure.pk, text=CONSENT, at=story.at(0, 11), by=story.president
        )
    if story.told.editor is not None:
        _bring_in(story, story.told.editor)


def _open_space(story: Story) -> None:
    told = story.told
    if told.stage == "paper":
        founder = structures.register_person(
            first_name=told.president.first_name,
            last_name=told.president.last_name,
            address="18 rue de la Loire",
            postal_code=told.postal_code,
            city=told.city,
            phone="0386000000",
            at=story.at(0, 9),
            by=story.secretary,
        )
        by = story.secretary
    else:
        founder = people.account(told.president, at=story.at(0, 9))
        by = Actor(founder, Membership.Role.REPRESENTATIVE)
    needs_proof = told.kind == "foreign" and told.stage != "stuck"
    structures.create_structure(
        name=told.name,
        registration_kind=told.kind,
        raw_number=told.number,
        founder=founder,
        quality=told.quality,
        proof=paper("recepisse.pdf", "Récépissé", told.name) if needs_proof else None,
        at=story.at(0),
        by=by,
        address=told.address,
        postal_code=told.postal_code,
        city=told.city,
        country=told.country,
        structure_type=told.structure_type,
        email="" if told.stage == "paper" else f"contact@{told.key}.{people.DOMAIN}",
        website=f"https://{told.key}.{people.DOMAIN}/",
    )


def _bring_in(story: Story, person: people.Person) -> None:
    user = people.account(person, at=story.at(0, 9))
    if Membership.objects.current().filter(structure=story.structure, user=user).exists():
        return
    invitation = structures.invite(
        structure_pk=story.structure.pk,
        email=person.email,
        role=Membership.Role.EDITOR,
        quality="bénévole",
        at=story.at(0, 14),
        by=story.president,
    )
    structures.answer_invitation(
        invitation_pk=invitation.pk, accepted=True, at=story.at(0, 18), by=Actor(user, "invited")
    )


def open_draft(story: Story) -> None:
    """The draft gets its number."""
    if not story.state:
        actions.open_application(structure_pk=story.structure.pk, at=story.at(0, 15), by=story.president)


def enter_from_paper(story: Story) -> None:
    """The office opens the dossier of somebody who wrote."""
    if story.state:
        return
    received = timezone.localdate(story.at(1))
    actions.enter_on_behalf(
        structure_pk=story.structure.pk,
        person=_user(story.president),
        means="post",
        received_on=received,
        postmarked_on=timezone.localdate(story.at(0)),
        scan=paper("dossier-recu.pdf", "Dossier reçu par courrier", story.told.name),
        at=story.at(1),
        by=story.secretary,
    )


def write(story: Story) -> None:
    """Every answer, the actions, three documents and a partner."""
    if story.state != State.DRAFT:
        return
    _answer(story)
    _present(story, story.told.actions)
    application = story.application
    if not application.documents.exists():
        for name, title, criteria in PAPERS:
            actions.add_document(
                application_pk=application.pk,
                upload=paper(name, title, story.told.name),
                description=title,
                criteria=criteria,
                at=story.at(2),
                by=story.writer,
            )
    if not application.contributors.exists():
        actions.save_contributor(
            application_pk=application.pk,
            name="Service de soins de support de l'hôpital voisin",
            part="Un local deux jours par semaine et la formation des bénévoles.",
            is_confirmed=True,
            at=story.at(2),
            by=story.writer,
        )


def write_a_little(story: Story) -> None:
    """Ten answers, then nothing for weeks."""
    if story.state == State.DRAFT:
        _answer(story, limit=10)
        _present(story, story.told.actions[:1])


def _answer(story: Story, limit: int | None = None) -> None:
    application = story.application
    known = set(application.answers.values_list("question", flat=True))
    texts = list(answers_of(story.told, application.edition, timezone.localdate(story.now)).items())
    by = story.writer
    for question, text in texts[:limit]:
        if question not in known:
            actions.save_answer(
                application_pk=application.pk,
                question=question,
                text=text,
                version=0,
                at=story.at(1, 20),
                by=by,
            )


def _present(story: Story, shown: tuple[Action, ...]) -> None:
    structure = story.structure
    known = set(structure.solutions.values_list("name", flat=True))
    for action in shown:
        if action.name not in known:
            data = {**vars(action), "is_free": True}
            structures.save_solution(
                structure_pk=structure.pk, data=data, at=story.at(1, 21), by=story.writer
            )
    actions.present_solutions(
        application_pk=story.application.pk,
        solution_pks=structure.solutions.values_list("pk", flat=True),
        at=story.at(1, 21),
        by=story.writer,
    )


def sign_charter(story: Story) -> None:
    """The president signs with the code received."""
    structure, charter = story.structure, Charter.objects.in_force()
    if charter is None or structure.charter_signatures.exists():  # of this version or of one replaced since
        return
    at = story.at(4, 17)
    OneTimeCode.objects.create(
        user=_user(story.president),
        purpose=purpose(charter.pk, structure.pk),
        code_hash=quick_hash(CODE),
        created_at=at,
        expires_at=at.replace(hour=19),
    )
    charters.sign_charter(
        structure_pk=structure.pk,
        charter_pk=charter.pk,
        quality=story.told.quality,
        code=CODE,
        at=at,
        by=story.president,
    )


def quick_hash(code: str) -> str:
    """One turn instead of a million: this code is used at once and never again."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(code, hasher.salt(), iterations=1)
    return make_password(code)


def sign_charter_by_hand(story: Story) -> None:
    """The president signed on paper; the secretariat keeps the scan."""
    structure, charter = story.structure, Charter.objects.in_force()
    if charter is None or structure.charter_signatures.exists():  # of this version or of one replaced since
        return
    charters.check_identity(
        structure_pk=structure.pk,
        signatory=_user(story.president),
        way="person",
        done_on=timezone.localdate(story.at(2)),
        result="confirmed",
        answered_by=f"{_user(story.president).get_full_name()}, {story.told.quality}",
        at=story.at(2, 14),
        by=story.secretary,
    )
    charters.record_paper_signature(
        structure_pk=structure.pk,
        charter_pk=charter.pk,
        signatory=_user(story.president),
        quality=story.told.quality,
        signed_on=timezone.localdate(story.at(0)),
        scan=paper("charte-signee.pdf", "Charte signée à la main", story.told.name),
        at=story.at(2, 15),
        by=story.secretary,
    )


def submit(story: Story) -> None:
    """« Déposer le dossier »."""
    if story.state == State.DRAFT:
        at = story.at(2, 16) if story.told.stage == "paper" else story.at(5, 18)
        actions.submit(application_pk=story.application.pk, at=at, by=story.writer)


def read_back(story: Story) -> None:
    """The letter with everything that was typed waits to be posted."""
    if story.application.paper_entry.read_back_letter_id is None:
        actions.issue_read_back(application_pk=story.application.pk, at=story.at(3), by=story.secretary)


def take(story: Story) -> None:
    """A case officer takes the file."""
    if story.application.case_officer_id is None:
        actions.take_file(application_pk=story.application.pk, at=story.at(7), by=story.officer)


def admit(story: Story) -> None:
    """A person concludes on the register, and the dossier is complete."""
    if story.state != State.SUBMITTED:
        return
    application = story.application
    check = latest_check(application)
    if check is not None and not check.conclusion:
        matches = check.result == RegisterCheck.Result.MATCH
        structures.conclude_check(
            check_pk=check.pk,
            conclusion="confirmed" if matches else "waived",
            reason="" if matches else "Extrait du registre reçu et vérifié.",
            at=story.at(9),
            by=story.officer,
        )
    actions.record_findings(
        application_pk=application.pk,
        findings={item.code: ("present", "") for item in published_list.papers()},
        at=story.at(10),
        by=story.officer,
    )
    actions.declare_admissible(application_pk=application.pk, at=story.at(10), by=story.officer)


def ask_pieces(story: Story) -> None:
    """Two pieces are missing."""
    if story.state == State.SUBMITTED:
        pieces = [
            {"code": "paper_accounts", "why": "Les comptes joints sont ceux d'il y a deux ans."},
            {
                "code": "paper_people",
                "why": "La liste des personnes qui dirigent la structure n'est pas jointe.",
            },
        ]
        actions.ask_documents(
            application_pk=story.application.pk, pieces=pieces, at=story.at(10), by=story.officer
        )


def withdraw(story: Story) -> None:
    """The request is given up."""
    if story.state in Application.UNDER_WAY:
        reason = "Nous préférons attendre la fin de notre réorganisation."
        actions.withdraw(
            application_pk=story.application.pk, reason=reason, at=story.at(20), by=story.president
        )


def ask_for_help(story: Story) -> None:
    """« Je voudrais être aidé », and a draft to read."""
    application = story.application
    if not application.help_requests.exists():
        when = "le matin, avant 9 h à Paris (fin d'après-midi à Nouméa)"
        actions.ask_help(
            application_pk=application.pk, phone="687000000", when=when, at=story.at(27), by=story.president
        )
        actions.ask_reading(application_pk=application.pk, at=story.at(27), by=story.president)


def association_writes(story: Story) -> None:
    """A message that nobody has read yet."""
    if not Exchange.objects.of(story.application).exists():
        text = "Bonjour, notre assemblée générale a élu une nouvelle trésorière. Faut-il vous le dire dans le dossier ?"
        letters.write_message(
            record=subject_key(story.application), text=text, at=story.at(10), by=story.president
        )


def office_writes(story: Story) -> None:
    """A call noted, and a message that waits to be read."""
    if not Exchange.objects.of(story.application).exists():
        record = subject_key(story.application)
        call = "Appel de la présidente : les comptes seront approuvés la semaine prochaine."
        letters.record_call(record=record, text=call, at=story.at(11), by=story.officer)
        text = "Bonjour, vous pouvez envoyer une pièce dès maintenant et l'autre plus tard : le délai repart à la fin."
        letters.write_message(record=record, text=text, at=story.at(11, 15), by=story.officer)


def _user(actor: Actor) -> User:
    if actor.user is None:
        raise LookupError("nobody represents this structure")
    return actor.user
