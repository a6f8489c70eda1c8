"""Members, panels and reviews of the tests, made through the real actions."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from journal.moves import Actor
from label import actions as label_actions
from label import clocks
from label.models import Application
from label.snapshots import freeze
from reviewers import actions
from reviewers.grid import with_finding
from reviewers.models import (
    Assignment,
    College,
    Evaluation,
    LinkMatch,
    Mandate,
    OfficeFinding,
    PlainSummary,
    Score,
)
from reviewers.panels import panel_token
from structures.models import Structure
from tests.factories import charter as charters
from tests.factories import label, structures
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.structures import AT, representative_of
from tests.keeping import kept

REASONS = "Le comité a lu le dossier, entendu ses membres et constaté que les critères sont remplis. " * 5
SUMMARY = "Des bénévoles accueillent les proches des personnes malades."
_numbers = itertools.count(1)


def secretary() -> Actor:
    """Somebody of the secretariat."""
    return acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)


def ethics_officer() -> Actor:
    """The ethics officer."""
    return acting(staff(Role.ETHICS_OFFICER), Role.ETHICS_OFFICER)


def member_actor(record: Mandate | Assignment) -> Actor:
    """The member of that mandate or assignment, acting."""
    mandate = record.mandate if isinstance(record, Assignment) else record
    return Actor(mandate.user, "member")


def approached(
    *, user: User | None = None, college: str = College.PATIENTS, at: datetime = AT, **facts: Any
) -> Mandate:
    """Somebody to whom a mandate is proposed."""
    user = user or person(first_name="Paul", last_name=f"Ferrand {next(_numbers):05d}")
    return actions.approach(user=user, college=college, at=at, by=secretary(), **facts)


@kept
def appointed(
    *, user: User | None = None, college: str = College.PATIENTS, at: datetime = AT, **facts: Any
) -> Mandate:
    """A member who consented and was appointed by a written act."""
    mandate = approached(user=user, college=college, at=at, **facts)
    actions.record_consent(mandate_pk=mandate.pk, at=at, by=member_actor(mandate))
    return actions.appoint(
        mandate_pk=mandate.pk,
        act_reference="DEC-2027-012",
        starts_on=timezone.localdate(at),
        at=at,
        by=acting(signatory(), Role.SIGNATORY),
    )


@kept
def member(
    *, user: User | None = None, college: str = College.PATIENTS, at: datetime = AT, **facts: Any
) -> Mandate:
    """An active member: declaration filed and analysed, confidentiality signed, training done."""
    mandate = appointed(user=user, college=college, at=at, **facts)
    today = timezone.localdate(at)
    return actions.activate(
        mandate_pk=mandate.pk,
        interests_link="https://dpi.exemple.fr/membre",
        filed_on=today,
        confidentiality_signed_on=today,
        trained_on=today,
        at=at,
        by=ethics_officer(),
    )


@kept
def committee(*, per_college: int = 2, at: datetime = AT) -> list[Mandate]:
    """Active members, as many in each college."""
    return [member(college=college, at=at) for college in College for _ in range(per_college)]


@kept
def admissible(
    found: Structure | None = None,
    *,
    kind: str = "initial",
    summary: bool = True,
    at: datetime = AT,
    **texts: str,
) -> Application:
    """A dossier that waits for its panel: it gets there by its moves alone, so that a matrix stays quick.

    With `summary=False`, its plain summary is still to write.
    """
    application = label.draft(found, kind=kind, at=at)
    by = representative_of(application.structure)
    texts.setdefault("structure_summary", "Nous accueillons les proches des personnes malades.")
    for question, text in texts.items():
        label_actions.save_answer(
            application_pk=application.pk, question=question, text=text, version=0, at=at, by=by
        )
    shown = structures.solution(application.structure, at=at)
    label_actions.present_solutions(application_pk=application.pk, solution_pks=[shown.pk], at=at, by=by)
    signed = charters.signature(application.structure, at=at)
    with transaction.atomic():
        application = Application.objects.hold(application.pk)
        application.charter_signature = signed
        application.case_officer = staff(Role.CASE_OFFICER)
        application.public_summary = texts["structure_summary"]
        freeze(application, signed, at=at)
        application.submit(by=by, at=at)
        application.save()
        clocks.start_at_filing(application)
        application.declare_admissible(by=Actor.system(), at=at)
        application.save()
    return found_by_the_office(application, summary=summary, at=at)


def found_by_the_office(application: Application, *, summary: bool = True, at: datetime = AT) -> Application:
    """That dossier with the factual findings and the plain summary that a panel needs, written at once."""
    codes = with_finding(application.edition, application.snapshot)
    OfficeFinding.objects.bulk_create(
        OfficeFinding(
            application=application,
            snapshot_id=application.snapshot_id,
            criterion=code,
            version=1,
            text=f"Les pièces du critère {code} sont jointes et lisibles.",
            made_by=application.case_officer,
            made_at=at,
        )
        for code in codes
    )
    return summarised(application, at=at) if summary else application


def summarised(application: Application, *, at: datetime = AT) -> Application:
    """That dossier with the plain summary that a panel needs, written at once."""
    PlainSummary.objects.create(
        application=application,
        snapshot_id=application.snapshot_id,
        number=application.plain_summaries.count() + 1,
        text=SUMMARY,
        digest=hashlib.sha256(SUMMARY.encode()).hexdigest(),
        written_by=application.case_officer,
        written_at=at,
    )
    return application


def matched(application: Application, *, mandate: Mandate | None = None, at: datetime = AT) -> LinkMatch:
    """A link of a member that resembles the structure of that dossier, not settled yet."""
    mandate = mandate or member(at=at)
    link = actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name=f"Asso. {application.structure.name}",
        kind="officer",
        at=at,
        by=member_actor(mandate),
    )
    return LinkMatch.objects.get(link=link, structure=application.structure)


@kept
def under_review(
    found: Structure | None = None,
    *,
    members: Iterable[Mandate] | None = None,
    at: datetime = AT,
    **texts: str,
) -> Application:
    """A dossier whose panel was named; two members per college are made when none is given."""
    application = admissible(found, at=at, **texts)
    chosen = list(members) if members is not None else committee(at=at)
    actions.name_panel(
        application_pk=application.pk, mandate_pks=[one.pk for one in chosen], at=at, by=secretary()
    )
    return Application.objects.get(pk=application.pk)


def add_to_panel(application: Application, *mandates: Mandate, at: datetime = AT) -> list[Assignment]:
    """These members, asked too while the evaluation runs."""
    return actions.replace_members(
        application_pk=application.pk,
        mandate_pks=[one.pk for one in mandates],
        seen=panel_token(application),
        at=at,
        by=secretary(),
    )


def assignments_of(application: Application) -> list[Assignment]:
    """The assignments of a dossier, in the order in which they were made."""
    rows = Assignment.objects.filter(application=application).order_by("pk")
    return list(rows.select_related("mandate__user", "application__edition", "snapshot"))


@kept
def accepted(assignment: Assignment | None = None, *, at: datetime = AT) -> Assignment:
    """An assignment whose member stated that there is no link."""
    assignment = assignment or assignments_of(under_review(at=at))[0]
    return actions.accept_assignment(assignment_pk=assignment.pk, at=at, by=member_actor(assignment))


@kept
def filled(
    assignment: Assignment | None = None,
    *,
    value: int = 3,
    others: Mapping[str, int] | None = None,
    at: datetime = AT,
) -> Assignment:
    """An accepted assignment with a score on every criterion, written at once so that races stay quick."""
    assignment = accepted(assignment, at=at)
    codes = [row["code"] for row in assignment.application.edition.data["criteria"]]
    scores = {**dict.fromkeys(codes, value), **(others or {})}
    Score.objects.bulk_create(
        Score(assignment=assignment, criterion=code, value=score, comment="Lu dans le dossier.", saved_at=at)
        for code, score in scores.items()
    )
    return assignment


def submit(assignment: Assignment, *, advice: str = "favourable", at: datetime = AT) -> Assignment:
    """That filled review, sealed."""
    return actions.submit_review(
        assignment_pk=assignment.pk, advice=advice, comment="", at=at, by=member_actor(assignment)
    )


@kept
def submitted(
    assignment: Assignment | None = None, *, value: int = 3, advice: str = "favourable", at: datetime = AT
) -> Assignment:
    """A sealed review."""
    return submit(filled(assignment, value=value, at=at), advice=advice, at=at)


@kept
def in_deliberation(
    found: Structure | None = None, *, value: int = 3, at: datetime = AT, **texts: str
) -> Application:
    """A dossier of which every review came: the evaluation is closed."""
    application = under_review(found, at=at, **texts)
    for assignment in assignments_of(application):
        submitted(assignment, value=value, at=at + timedelta(days=3))
    return Application.objects.get(pk=application.pk)


@kept
def discussing(
    found: Application | None = None, *, values: Sequence[int] = (3,), at: datetime = AT
) -> list[Assignment]:
    """The panel of a dossier of which every review came and the discussion was opened; scores in turn from `values`."""
    application = found or under_review(at=at)
    for place, assignment in enumerate(assignments_of(application)):
        submitted(assignment, value=values[place % len(values)], at=at + timedelta(days=3))
    actions.open_discussion(application_pk=application.pk, at=at + timedelta(days=4), by=secretary())
    return assignments_of(application)


def on_paper(*, present: int = 6) -> dict[str, Any]:
    """What a session held on paper leaves: who was there, by college, and its signed minutes."""
    return {"present": dict.fromkeys(College.values, present), "minutes": structures.proof("pv.pdf")}


@kept
def advised(found: Structure | None = None, *, kind: str = "favourable", at: datetime = AT) -> Application:
    """A dossier on which the committee gave its opinion."""
    application = in_deliberation(found, at=at)
    later = at + timedelta(days=10)
    actions.record_opinion(
        application_pk=application.pk,
        kind=kind,
        reasons=REASONS,
        conditions=["Publier les comptes."] if kind == "favourable_with_conditions" else [],
        votes={"for": 12, "against": 1, "abstained": 2},
        **on_paper(),
        solutions=list(application.solutions.values_list("pk", flat=True)),
        adopted_on=timezone.localdate(later),
        at=later,
        by=secretary(),
    )
    return Application.objects.get(pk=application.pk)


def evaluation_of(application: Application) -> Evaluation:
    """The last frozen result of a dossier."""
    return Evaluation.objects.filter(application=application).latest("pk")
