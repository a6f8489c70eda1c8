"""Sessions of the committee of the tests, made through the real actions; they sit a month after `AT`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Role
from journal.moves import Actor
from label.models import Application
from reviewers import scoring
from reviewers.actions import sessions
from reviewers.actions.evaluations import digest_of
from reviewers.models import (
    AgendaItem,
    College,
    Evaluation,
    Mandate,
    Opinion,
    PlainSummary,
    Session,
)
from reviewers.room import kept_away
from structures.models import Structure
from tests.factories import reviewers, structures
from tests.factories.accounts import acting, staff
from tests.factories.structures import AT
from tests.keeping import kept

SITS_AT = AT + timedelta(days=40)
CONVENED_AT = SITS_AT - timedelta(days=20)
REASONS = reviewers.REASONS
SUMMARY = "Cette association aide les malades.\n\nElle les appelle chaque semaine."
_numbers = itertools.count(1)


@kept
def deliberated(*, flags: bool = False, found: Structure | None = None, at: datetime = AT) -> Application:
    """A dossier in deliberation by its moves alone, with a frozen result: quick, for matrices and machines."""
    found = found or structures.structure(name=f"Association {next(_numbers)} de soutien")
    application = reviewers.admissible(found, at=at)
    codes = [row["code"] for row in application.edition.data["criteria"]]
    low = dict.fromkeys(codes, 3) | ({codes[0]: 0} if flags else {})
    sheets = [
        scoring.Sheet(college=college, scores=low if place else dict.fromkeys(codes, 3))
        for college in College.values
        for place in range(2)
    ]
    with transaction.atomic():
        application = Application.objects.select_related("edition", "snapshot").hold(application.pk)
        application.assign_panel(by=Actor.system(), at=at)
        application.save()
        result = scoring.aggregate(application.edition.data, sheets).as_data()
        Evaluation.objects.create(
            application=application,
            snapshot=application.snapshot,
            result=result,
            digest=digest_of(result),
            closed_at=at,
        )
        application.close_review(by=Actor.system(), at=at)
        application.save()
        summarise(application, at=at)
    return application


def summarise(application: Application, *, at: datetime = AT) -> PlainSummary:
    """The summary in plain language of that dossier, as it was written before its panel was named."""
    return PlainSummary.objects.create(
        application=application,
        snapshot=application.snapshot,
        number=application.plain_summaries.count() + 1,
        text=SUMMARY,
        digest="0" * 64,
        written_by=application.case_officer or staff(Role.SECRETARIAT),
        written_at=at,
    )


def secretary_of(session: Session) -> Actor:
    """Who keeps the minutes of that session."""
    return Actor(session.secretary, Role.SECRETARIAT)


def chair_of(session: Session) -> Actor:
    """The co-chair of the patients or caregivers."""
    return reviewers.member_actor(session.lay_chair)


@kept
def planned(members: Iterable[Mandate] | None = None, *, at: datetime = AT, **facts: Any) -> Session:
    """A session in the calendar; two members per college are made when none is given."""
    found = list(members) if members is not None else reviewers.committee(at=AT)
    by = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    lay = next(one for one in found if one.college != College.PROFESSIONALS)
    professional = next(one for one in found if one.college == College.PROFESSIONALS)
    facts.setdefault("sits_at", SITS_AT)
    facts.setdefault("place", "Maison des associations, Lyon")
    facts.setdefault("link", "https://visio.exemple.fr/seance")
    facts.setdefault("access_notes", "Salle de plain-pied, boucle magnétique.")
    facts.setdefault("expenses_notes", "Vos frais de transport sont avancés sur demande.")
    return sessions.plan_session(
        lay_chair_pk=lay.pk, professional_chair_pk=professional.pk, at=at, by=by, **facts
    )


def listed(session: Session, application: Application, *, at: datetime = AT, **facts: Any) -> AgendaItem:
    """That dossier at the end of the agenda."""
    return sessions.list_item(
        session_pk=session.pk, subject_pk=application.pk, at=at, by=secretary_of(session), **facts
    )


@kept
def convened(
    applications: Iterable[Application] | None = None,
    *,
    members: Iterable[Mandate] | None = None,
    at: datetime = CONVENED_AT,
    **facts: Any,
) -> Session:
    """A session with these dossiers (one in deliberation when none is given), its letters gone."""
    dossiers = list(applications) if applications is not None else [deliberated()]
    members = list(members) if members is not None else seated()
    session = planned(members or None, **facts)
    for application in dossiers:
        if PlainSummary.objects.of(application.snapshot) is None:
            summarise(application, at=at)
        listed(session, application, at=at)
    return sessions.convene(session_pk=session.pk, at=at, by=secretary_of(session))


@kept
def seated() -> list[Mandate]:
    """The active members, in the order in which they were made."""
    return list(Mandate.objects.filter(state=Mandate.State.ACTIVE).select_related("user").order_by("pk"))


def attend(
    session: Session, mandate: Mandate, mode: str = "present", *, contribution: str = "", **facts: Any
) -> None:
    """That member takes part; a contribution is on each item."""
    facts.setdefault("at", SITS_AT)
    if contribution:
        facts["contributions"] = dict.fromkeys(session.items.values_list("pk", flat=True), contribution)
    sessions.record_attendance(
        session_pk=session.pk, mandate_pk=mandate.pk, mode=mode, by=secretary_of(session), **facts
    )


@kept
def opened(
    applications: Iterable[Application] | None = None,
    *,
    members: Iterable[Mandate] | None = None,
    here: Iterable[Mandate] | None = None,
    at: datetime = SITS_AT,
) -> Session:
    """A session under way, with everybody in the room."""
    session = convened(applications, members=members)
    for mandate in here if here is not None else seated():
        attend(session, mandate, at=at)
    return sessions.begin_session(session_pk=session.pk, at=at, by=chair_of(session))


def item_of(session: Session, place: int = 0) -> AgendaItem:
    """The item at that place, read afresh."""
    return list(
        AgendaItem.objects.filter(session=session)
        .select_related("session__secretary", "application")
        .order_by("position")
    )[place]


@kept
def called(session: Session | None = None, place: int = 0, *, at: datetime = SITS_AT) -> AgendaItem:
    """An item in discussion."""
    session = session or opened()
    return sessions.call_item(item_pk=item_of(session, place).pk, at=at, by=secretary_of(session))


@kept
def voting(
    session: Session | None = None, place: int = 0, *, secret: bool = False, at: datetime = SITS_AT
) -> AgendaItem:
    """An item whose vote is open, each point discussed, each member without link having said so."""
    item = called(session, place, at=at)
    by = secretary_of(item.session)
    keys = list(item.points.values_list("pk", flat=True))
    sessions.mark_discussed(item_pk=item.pk, point_pks=keys, at=at, by=by)
    if secret:
        sessions.ask_secret_ballot(item_pk=item.pk, at=at, by=by)
    item = sessions.open_vote(item_pk=item.pk, at=at, by=by)
    members = seated()
    away = kept_away(item, members, on=timezone.localdate(at))
    for mandate in members:
        if mandate.pk not in away:
            state(item, mandate, at=at)
    return item


def state(item: AgendaItem, mandate: Mandate, *, at: datetime = SITS_AT) -> None:
    """That member says that they have no link with the item."""
    sessions.state_on_item(
        item_pk=item.pk,
        mandate_pk=mandate.pk,
        has_link=False,
        at=at,
        by=reviewers.member_actor(mandate),
    )


def vote(item: AgendaItem, mandate: Mandate, choice: str = "favourable", *, at: datetime = SITS_AT) -> None:
    """That member votes for themselves."""
    sessions.cast_ballot(
        item_pk=item.pk,
        choice=choice,
        mandate_pk=mandate.pk,
        at=at,
        by=reviewers.member_actor(mandate),
    )


@kept
def counted(item: AgendaItem | None = None, *, choices: Iterable[str] = ("favourable",) * 6) -> AgendaItem:
    """An item whose vote is closed, the members voting these choices in order."""
    item = item or voting()
    for mandate, choice in zip(seated(), choices, strict=False):
        vote(item, mandate, choice)
    return sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=secretary_of(item.session))


@kept
def adopted(item: AgendaItem | None = None, **facts: Any) -> Opinion:
    """The opinion voted on an item."""
    item = item or counted()
    solutions = list(item.application.solutions.values_list("pk", flat=True))
    return sessions.adopt_opinion(
        item_pk=item.pk,
        at=SITS_AT,
        by=secretary_of(item.session),
        **{"reasons": REASONS, "solutions": solutions, **facts},
    )


@kept
def closed(session: Session | None = None, *, at: datetime = SITS_AT + timedelta(hours=2)) -> Session:
    """A session that is over, each of its items adopted."""
    session = session or opened()
    for place in range(session.items.count()):
        adopted(counted(voting(session, place)))
    return sessions.close_session(session_pk=session.pk, at=at, by=secretary_of(session))


@kept
def sent_for_approval(session: Session | None = None) -> Session:
    """A closed session whose minutes wait for their approvals."""
    session = session or closed()
    at, by = SITS_AT + timedelta(days=2), secretary_of(session)
    sessions.draft_minutes(session_pk=session.pk, at=at, by=by)
    sessions.complete_minutes(session_pk=session.pk, parts={"opening": "Accueil."}, at=at, by=by)
    sessions.send_minutes(session_pk=session.pk, at=at, by=by)
    return Session.objects.get(pk=session.pk)


@kept
def approved(session: Session | None = None) -> Session:
    """A session with approved minutes."""
    session = sent_for_approval(session)
    at = SITS_AT + timedelta(days=5)
    sessions.approve_minutes(session_pk=session.pk, at=at, by=chair_of(session))
    sessions.approve_minutes(session_pk=session.pk, at=at, by=secretary_of(session))
    return Session.objects.get(pk=session.pk)
