"""The sessions of the committee: planned every other month, filled with what waits, held as they are convened."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Count
from django.utils import timezone

from certificates.models import Withdrawal
from certificates.subjects import KIND as WITHDRAWAL
from desks.demonstration.story import sitting, withdrawing
from desks.demonstration.story.reviewing import AGAINST, REASONS
from desks.simulation.associations import life_of
from desks.simulation.members import acting
from desks.simulation.world import World
from label.models import Application
from reviewers.actions import sessions
from reviewers.models import AgendaItem, College, DiscussionPoint, Mandate, Opinion, Seat, Session

EVERY_DAYS = 56
NOTICE_DAYS = 21
MOST_ITEMS = 14
ABSENT = 0.15
SENT_BACK = 0.06
WITH_CONDITIONS = 0.15
QUESTIONS = ("Comment formez-vous les bénévoles qui accueillent ?",)


def work(world: World) -> None:
    """Plan, convene, hold: what is due today."""
    to_come = Session.objects.filter(state__in=Session.TO_COME).order_by("sits_at").first()
    if to_come is None and world.is_working:
        with world.trying("plan a session"):
            _plan(world)
        return
    if to_come is None:
        return
    day = timezone.localdate(to_come.sits_at)
    if to_come.state == Session.State.PLANNED and world.day >= day - timedelta(days=NOTICE_DAYS):
        _convene(world, to_come)
    elif to_come.state in (Session.State.CONVENED, Session.State.RECONVENED) and day == world.day:
        _hold(world, to_come)


def _members() -> list[Mandate]:
    seated = Mandate.objects.filter(state=Mandate.State.ACTIVE, seat=Seat.FULL)
    return list(seated.select_related("user").order_by("pk"))


def _chair(college: str, members: list[Mandate]) -> Mandate:
    return next(one for one in members if one.college == college)


def _plan(world: World) -> None:
    day = world.day + timedelta(days=EVERY_DAYS)
    while day.weekday() != sitting.TUESDAY:
        day += timedelta(days=1)
    members = _members()
    sessions.plan_session(
        sits_at=timezone.make_aware(datetime.combine(day, time(14))),
        place=sitting.PLACE,
        link=sitting.LINK,
        access_notes=sitting.ACCESS,
        expenses_notes=sitting.EXPENSES,
        lay_chair_pk=_chair(College.PATIENTS, members).pk,
        professional_chair_pk=_chair(College.PROFESSIONALS, members).pk,
        at=world.moment(9),
        by=world.secretary,
    )


def _convene(world: World, session: Session) -> None:
    waiting = Application.objects.filter(state=Application.State.IN_DELIBERATION).order_by(
        "submitted_at", "pk"
    )
    world.queue("dossiers before the committee", waiting.count())
    by, at = world.secretary, world.moment(10)
    for application in waiting[:MOST_ITEMS]:
        with world.trying("list an item"):
            sessions.list_item(
                session_pk=session.pk, subject_pk=application.pk, minutes_planned=20, at=at, by=by
            )
    for procedure in Withdrawal.objects.filter(state=Withdrawal.State.HEARING_CLOSED).order_by("pk"):
        with world.trying("list a procedure"):
            sessions.list_item(session_pk=session.pk, subject_pk=procedure.pk, kind=WITHDRAWAL, at=at, by=by)
    if not session.items.exists():
        with world.trying("cancel a session"):
            sessions.cancel_session(session_pk=session.pk, at=at, by=by.because("Aucun dossier n'est prêt."))
            world.counts["sessions cancelled"] += 1
        return
    with world.trying("convene"):
        sessions.convene(session_pk=session.pk, at=at, by=by)


def _hold(world: World, session: Session) -> None:
    by, at = world.secretary, session.sits_at
    with world.trying("hold a session"):
        present = _seat(world, session)
        sessions.begin_session(session_pk=session.pk, at=at, by=by)
        world.counts["sessions held"] += 1
        moment = at
        for item in AgendaItem.objects.filter(session=session, state="listed").order_by("position"):
            moment += timedelta(minutes=20)
            with world.trying("an item"):
                _treat(world, item, present, at=moment)
        sessions.close_session(session_pk=session.pk, at=moment, by=by)
        _write_down(world, session)


def _seat(world: World, session: Session) -> list[Mandate]:
    """Nearly all come; at least half of each college, or there is no quorum that day."""
    present = []
    for mandate in _members():
        if mandate.pk in session.chair_pks or not world.chance(ABSENT):
            sessions.record_attendance(
                session_pk=session.pk,
                mandate_pk=mandate.pk,
                mode="remote" if world.chance(0.3) else "present",
                at=session.sits_at,
                by=world.secretary,
            )
            present.append(mandate)
    return present


def _treat(world: World, item: AgendaItem, present: list[Mandate], *, at: datetime) -> None:
    by = world.secretary
    application = Application.objects.select_related("structure").get(pk=item.application_id)
    sessions.call_item(item_pk=item.pk, at=at, by=by)
    if item.kind == WITHDRAWAL:
        _advise_on_a_withdrawal(world, item, present, at=at)
        return
    if world.chance(SENT_BACK) and not application.deferrals.exists():
        sessions.send_back(
            item_pk=item.pk,
            sent_to=AgendaItem.SentTo.ASSOCIATION,
            questions=QUESTIONS,
            at=at,
            by=by.because("Le comité demande une précision."),
        )
        world.counts["dossiers deferred"] += 1
        return
    points = list(DiscussionPoint.objects.filter(item=item).values_list("pk", flat=True))
    sessions.mark_discussed(item_pk=item.pk, point_pks=points, at=at, by=by)
    sessions.open_vote(item_pk=item.pk, at=at, by=by)
    kind = _sense(world, application)
    for mandate in present:
        with world.trying("vote"):
            sessions.state_on_item(
                item_pk=item.pk, mandate_pk=mandate.pk, has_link=False, at=at, by=acting(mandate)
            )
            choice = kind if not world.chance(0.1) else Opinion.Kind.FAVOURABLE_WITH_CONDITIONS
            sessions.cast_ballot(
                item_pk=item.pk, choice=choice, mandate_pk=mandate.pk, at=at, by=acting(mandate)
            )
    closed = at + timedelta(minutes=10)
    sessions.close_vote(item_pk=item.pk, at=closed, by=by)
    outcome = AgendaItem.objects.get(pk=item.pk).outcome
    for_it = outcome != Opinion.Kind.UNFAVOURABLE
    sessions.adopt_opinion(
        item_pk=item.pk,
        reasons=REASONS if for_it else AGAINST,
        conditions=["Publier les comptes."] if outcome == Opinion.Kind.FAVOURABLE_WITH_CONDITIONS else [],
        solutions=list(application.solutions.values_list("pk", flat=True)) if for_it else [],
        at=closed,
        by=by,
    )
    world.counts[f"opinions: {outcome}"] += 1
    world.waited("from filing to opinion", timezone.localdate(application.submitted_at or at))


def _advise_on_a_withdrawal(world: World, item: AgendaItem, present: list[Mandate], *, at: datetime) -> None:
    by = world.secretary
    sessions.open_vote(item_pk=item.pk, at=at, by=by)
    for mandate in present:
        with world.trying("vote"):
            sessions.state_on_item(
                item_pk=item.pk, mandate_pk=mandate.pk, has_link=False, at=at, by=acting(mandate)
            )
            sessions.cast_ballot(
                item_pk=item.pk, choice="withdraw", mandate_pk=mandate.pk, at=at, by=acting(mandate)
            )
    closed = at + timedelta(minutes=10)
    sessions.close_vote(item_pk=item.pk, at=closed, by=by)
    sessions.adopt_opinion(item_pk=item.pk, reasons=withdrawing.OPINION, at=closed, by=by)
    world.counts["opinions on a withdrawal"] += 1


def _sense(world: World, application: Application) -> str:
    if life_of(world, application.structure.name).told.score < 2:
        return Opinion.Kind.UNFAVOURABLE
    conditions = world.chance(WITH_CONDITIONS)
    return Opinion.Kind.FAVOURABLE_WITH_CONDITIONS if conditions else Opinion.Kind.FAVOURABLE


def _write_down(world: World, session: Session) -> None:
    by, at = world.secretary, world.moment(18)
    sessions.draft_minutes(session_pk=session.pk, at=at, by=by)
    parts = {"opening": "La coprésidence accueille les membres."}
    parts |= {f"item-{item.pk}": sitting.SAID for item in session.items.all()}
    sessions.complete_minutes(session_pk=session.pk, parts=parts, at=at, by=by)
    sessions.send_minutes(session_pk=session.pk, at=at, by=by)
    chair = Mandate.objects.select_related("user").get(pk=session.lay_chair_id)
    sessions.approve_minutes(session_pk=session.pk, at=at, by=acting(chair))
    sessions.approve_minutes(session_pk=session.pk, at=at, by=by)


def load_by_college() -> dict[str, int]:
    """How many evaluations each college gave."""
    rows = Mandate.objects.values_list("college").annotate(n=Count("assignments__submitted_at"))
    return dict(rows.order_by("college"))
