"""A dossier at each stage and a person of each kind, so that every page of the house has something to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role, StaffRecovery, User
from certificates.models import Label
from charter.actions import record_paper_signature
from charter.models import Charter
from decisions.models import Decision
from journal.moves import subject_key
from label import actions
from label.models import Application
from letters.models import Letter, StoredFile
from reviewers.actions import declare_link
from reviewers.models import Assignment, InterestLink
from structures.actions import ask_to_join, register_person
from tests.factories import charter as charters
from tests.factories import decisions, label, reviewers, structures
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.structures import representative_of

Keys = dict[str, Any]
STAFF, ASSOCIATION, COMMITTEE, ACCOUNT = ("/inca/",), ("/espace/",), ("/comite/",), ("/compte/",)
PUBLIC = (
    "/accessibilite/", "/annuaire/", "/charte/", "/code-source/", "/compte/connexion/", "/contact/", "/demander/",
    "/donnees-personnelles/", "/mentions-legales/", "/verifier/",
)  # fmt: skip


@dataclass
class Kind:
    """One kind of person, the records whose pages that person opens, and the spaces in which they are."""

    user: User | None
    records: list[Keys] = field(default_factory=lambda: [{}])
    spaces: tuple[str, ...] = STAFF


def kinds() -> dict[str, Kind]:
    """Everybody, by kind, each with the records at which they have something to do; weeks of story behind them."""
    now = timezone.now()
    at = now - timedelta(days=40)
    officer = staff(Role.CASE_OFFICER, first_name="Claire", last_name="Vasseur")
    secretary = staff(Role.SECRETARIAT, first_name="Samira", last_name="Benali")
    staff(Role.APPEAL_OFFICER, first_name="Antoine", last_name="Roche")
    label.ready_for_applications(at=at)
    filed = {
        "filed": label.taken(officer=officer, at=at),
        "incomplete": label.incomplete(at=at),
        "admissible": label.admissible(officer=officer, at=at),
        "under review": under_review(at),
        "in deliberation": reviewers.in_deliberation(at=at),
        "advised": decisions.advised(officer=officer, at=at),
        "paper": on_paper(secretary, now),
    }
    waiting = decisions.to_sign(decisions.advised(officer=officer, at=at), at=at + timedelta(days=3))
    signed = decisions.signed(decisions.advised(officer=officer, at=at), at=at + timedelta(days=3))
    of_office = [of_dossier(filed["filed"]), *[{"reference": one.reference} for one in filed.values()]]
    reading, asked = reviewers.assignments_of(filed["under review"])[:2]
    seat = {"staff_mandate": reading.mandate_id}
    return {
        "visitor": Kind(None, [{"number": number} for number in numbers(signed)], PUBLIC),
        "newcomer": Kind(person(first_name="Rosa", last_name="Lind"), spaces=(*ASSOCIATION, *ACCOUNT)),
        "association, draft": association(draft(now)),
        "association, pieces asked": association(filed["incomplete"]),
        "association, under review": association(filed["under review"]),
        "association, labelled": association(signed.application),
        "colleague": colleague(now),
        "member of the committee": Kind(reading.mandate.user, [{"assignment": reading.pk}], COMMITTEE),
        "member who is asked": Kind(asked.mandate.user, [{"assignment": asked.pk}], COMMITTEE),
        "person approached": Kind(reviewers.approached(at=now).user, spaces=COMMITTEE),
        "case officer": Kind(officer, [*of_office, of_act(waiting), of_act(signed)]),
        "secretariat": Kind(secretary, [one | seat for one in of_office]),
        "signatory": Kind(signatory(first_name="Hélène", last_name="Marchand"), [of_act(waiting)]),
        "ethics officer": Kind(staff(Role.ETHICS_OFFICER, first_name="Paul", last_name="Nguyen"), [seat]),
        "data-protection officer": Kind(staff(Role.DATA_PROTECTION_OFFICER)),
        "technical administrator": Kind(
            staff(Role.TECHNICAL_ADMINISTRATOR), [access(officer, now)], (*STAFF, *ACCOUNT)
        ),
    }


def under_review(at: datetime) -> Application:
    """Six members asked: the first has begun and declared a link elsewhere, the second has not answered."""
    application = reviewers.under_review(at=at)
    reading = reviewers.accepted(reviewers.assignments_of(application)[0], at=at + timedelta(days=2))
    declare_link(
        mandate_pk=reading.mandate_id,
        organisation_name="Fondation des Rives",
        kind=InterestLink.Kind.EXPERT,
        at=at + timedelta(days=3),
        by=reviewers.member_actor(reading),
    )
    for other in reviewers.assignments_of(application)[2:4]:
        reviewers.submitted(other, value=4, at=at + timedelta(days=4))
    return application


def draft(now: datetime) -> Application:
    """Everything but the signature: answers, an action, a document, a partner; a call asked for."""
    application = label.answered(label.draft(at=now), at=now, structure_summary="")
    by = representative_of(application.structure)
    shown = structures.solution(application.structure, at=now)
    actions.present_solutions(application_pk=application.pk, solution_pks=[shown.pk], at=now, by=by)
    more: Keys = {"application_pk": application.pk, "at": now, "by": by}
    actions.add_document(upload=structures.proof(), description="Récépissé", criteria=["A1.1"], **more)
    actions.save_contributor(name="Hôpital voisin", part="Un local.", is_confirmed=True, **more)
    actions.ask_help(phone="0100000000", when="le matin", **more)
    return application


def on_paper(secretary: User, now: datetime) -> Application:
    """A dossier that came by post for somebody without a mailbox, typed and filed."""
    by = acting(secretary, Role.SECRETARIAT)
    contact = {"address": "1 rue de la Loire", "postal_code": "58000", "city": "Nevers"}
    president = register_person(first_name="Yves", last_name="Le Goff", at=now, by=by, **contact)
    found = structures.structure(representative=president, name="Rives et Relais", at=now)
    day = timezone.localdate(now)
    application = actions.enter_on_behalf(
        structure_pk=found.pk,
        person=president,
        means="post",
        received_on=day,
        postmarked_on=day - timedelta(days=2),
        scan=structures.proof("dossier.pdf"),
        at=now,
        by=by,
    )
    application = label.answered(application, at=now)
    shown = structures.solution(found, at=now)
    actions.present_solutions(application_pk=application.pk, solution_pks=[shown.pk], at=now, by=by)
    charters.identity(found, president, at=now)
    record_paper_signature(
        structure_pk=found.pk,
        charter_pk=Charter.objects.in_force().pk,
        signatory=president,
        quality="Président",
        signed_on=day - timedelta(days=2),
        scan=structures.proof("charte.pdf"),
        at=now,
        by=by,
    )
    return actions.submit(application_pk=application.pk, at=now, by=by)


def colleague(now: datetime) -> Kind:
    """Who writes the draft that somebody else will sign; a stranger asks to join, a letter was sent."""
    application = draft(now)
    writer = person(first_name="Karim", last_name="Delmas")
    structures.member(application.structure, user=writer, at=now)
    structures.invitation(application.structure, email="suite@exemple.fr", at=now)
    asking = acting(person(first_name="Rosa", last_name="Asks"), "visitor")
    ask_to_join(structure_pk=application.structure_id, quality="Bénévole", at=now, by=asking)
    return Kind(writer, [of_dossier(application)], ASSOCIATION)


def association(application: Application) -> Kind:
    """Who represents the structure of that dossier."""
    return Kind(application.structure.representative(), [of_dossier(application)], ASSOCIATION)


def of_dossier(application: Application) -> Keys:
    """The records of one dossier."""
    thread = application.thread
    letter = Letter.objects.filter(thread=thread).last()
    made = StoredFile.objects.filter(thread=thread).first()
    solution, partner = application.solutions.first(), application.contributors.first()
    document = application.documents.first()
    shown = Assignment.objects.filter(application=application).first()
    wanted = {
        "letter": letter,
        "letter_pdf": letter,
        "staff_letter": letter,
        "stored_file": made,
        "solution_pk": solution,
        "contributor_pk": partner,
        "document_pk": document,
        "staff_paper_grid": shown,
        "staff_grid_pdf": shown,
        "check_pk": application.structure.register_checks.first(),
    }
    number = Label.objects.filter(application=application).values_list("number", flat=True).first()
    return {
        "reference": application.reference,
        "subject": subject_key(application),
        "structure_pk": application.structure_id,
        **{name: record.pk for name, record in wanted.items() if record is not None},
        **({"number": number} if number else {}),
    }


def of_act(decision: Decision) -> Keys:
    """The records of one act and of its dossier."""
    return {
        **of_dossier(decision.application),
        "staff_decision": decision.pk,
        "staff_decision_sign": decision.pk,
    }


def numbers(signed: Decision) -> list[str]:
    """A valid label, a number never given, and one with a slip of the hand."""
    return [signed.label.number, "LBL-2026-000999-80", "LBL-2026-000123-11"]


def access(lost: User, now: datetime) -> Keys:
    """The pages about one person of the Institute who lost a telephone."""
    helper = staff(Role.SECRETARIAT)
    recovery = StaffRecovery.objects.create(person=lost, first_by=helper, first_at=now)
    grant = lost.role_grants.first()
    return {
        "staff_person": lost.pk,
        "staff_recovery": recovery.pk,
        "staff_role_end": grant.pk if grant else 0,
    }
