"""What the clock does with follow-ups: it plans them, opens them before the anniversary, notes that it is passed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.rules import require
from certificates import follow_up_mails as mails
from certificates.follow_up import prefilled, years_of
from certificates.models import FollowUp, Gap, Label
from deadlines import actions as deadlines
from journal.moves import Actor, note
from letters import actions as letters

OPENING, AWAITED, READING, GAP = "follow_up_opening", "follow_up", "follow_up_reading", "follow_up_gap"
REMINDERS = (0, 15)  # days after the anniversary (domain 5.1 FOLLOWUP); at 30 somebody calls
GAP_REMINDERS = (-10,)
BATCH = 200
ONE_DAY = timedelta(days=1)
State = FollowUp.State


@transaction.atomic
def plan_follow_ups(*, label_pk: int, at: datetime, by: Actor) -> list[FollowUp]:
    """Write the follow-ups of the years of a label that are still to come, once. Raises `NotAllowed`.

    A label on which the service looks for the first time after some years keeps only the anniversaries to come.
    """
    label = Label.objects.hold(label_pk)
    require("certificates.plan_follow_ups", by, label, on=timezone.localdate(at))
    if label.follow_ups_planned_at is not None:
        return []
    label.follow_ups_planned_at = at
    label.save(update_fields=["follow_ups_planned_at"])
    if label.state not in Label.LIVE:
        return []
    # A label given back keeps those that were done before it ended.
    done = set(label.follow_ups.exclude(state=State.VOID).values_list("year", flat=True))
    to_come = [
        (year, day) for year, day in years_of(label) if day > timezone.localdate(at) and year not in done
    ]
    return [_plan(label, year, day, at, by) for year, day in to_come]


def _plan(label: Label, year: int, day: object, at: datetime, by: Actor) -> FollowUp:
    planned = FollowUp.objects.open(thread=label._thread, at=at, by=by, label=label, year=year, due_on=day)
    started = label.starts_on
    deadlines.start(
        thread=label._thread,
        subject=planned,
        kind=OPENING,
        started_on=started,
        days=(planned.opens_on - ONE_DAY - started).days,  # a clock is over the day after its last day
    )
    return planned


def plan_what_is_left(at: datetime) -> int:
    """Plan the follow-ups of the labels that have none, oldest first; returns how many labels. Bounded."""
    waiting = Label.objects.live().filter(follow_ups_planned_at=None).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True)[:BATCH])
    for label_pk in keys:
        plan_follow_ups(label_pk=label_pk, at=at, by=Actor.system())
    return len(keys)


@transaction.atomic
def open_follow_up(*, follow_up_pk: int, at: datetime, by: Actor) -> FollowUp:
    """Open a follow-up: prefilled, called for by letter L9a and mail M9. A second call changes nothing.

    Opened late by the service, it leaves the same time as opened in time. On a label that ended it becomes void.
    Raises `NotAllowed`.
    """
    follow_up = FollowUp.objects.hold(follow_up_pk)
    on = timezone.localdate(at)
    require("certificates.open_follow_up", by, follow_up, on=on)
    if follow_up.state != State.UPCOMING:
        return follow_up
    if follow_up.label.state not in Label.LIVE:
        return _void(follow_up, at, by)
    follow_up.due_on = max(follow_up.due_on, on + timedelta(days=settings.FOLLOW_UP_OPENS_DAYS - 1))
    follow_up.answers = prefilled(follow_up.label)
    follow_up.open_now(by=by, at=at)
    follow_up.save()
    deadlines.meet(subject=follow_up, kind=OPENING, at=at)
    deadlines.start(
        thread=follow_up._thread,
        subject=follow_up,
        kind=AWAITED,
        started_on=on,
        days=(follow_up.due_on - on).days,
        reminders=REMINDERS,
    )
    _call(follow_up, at, by)
    return follow_up


def _call(follow_up: FollowUp, at: datetime, by: Actor) -> None:
    """Letter L9a to the representative, a mail to every contact. With nobody who represents it, the office calls."""
    structure = follow_up.label.structure
    representative = structure.representative()
    if representative is None:
        note(follow_up, what="follow_up_without_letter", at=at, by=by)
    else:
        follow_up.call = letters.issue(
            "L9a",
            record=follow_up,
            addressee=representative,
            channel=structure.service_channel(),
            at=at,
            by=by,
            announced=False,
        )
        follow_up.save(update_fields=["call"])
    mails.opened(follow_up, at=at)


@transaction.atomic
def let_fall_overdue(*, follow_up_pk: int, at: datetime, by: Actor) -> FollowUp:
    """The day is passed and nothing came: reminders go on, nothing else happens by itself. Raises `NotAllowed`."""
    follow_up = FollowUp.objects.hold(follow_up_pk)
    require("certificates.open_follow_up", by, follow_up, on=timezone.localdate(at))
    if follow_up.state == State.OPEN:
        follow_up.fall_overdue(by=by, at=at)
        follow_up.save()
    return follow_up


@transaction.atomic
def gain_time(*, follow_up_pk: int, due_on: date, at: datetime, by: Actor) -> FollowUp:
    """The service was down on the last day: the follow-up is awaited until another, and late no longer (domain 5.3).

    Its clock is moved by the caller. Raises `NotAllowed`.
    """
    follow_up = FollowUp.objects.hold(follow_up_pk)
    require("certificates.open_follow_up", by, follow_up, on=timezone.localdate(at))
    follow_up.due_on = due_on
    if follow_up.state == State.OVERDUE and timezone.localdate(at) <= due_on:
        follow_up.gain_time(by=by, at=at)
    follow_up.save()
    return follow_up


def end_follow_ups(*, label: Label, at: datetime, by: Actor) -> int:
    """The label, which is held, ended: its live follow-ups lose their object. Says how many."""
    live = list(FollowUp.objects.filter(label=label, state__in=FollowUp.LIVE).order_by("pk"))
    for follow_up in live:
        _void(follow_up.held_with(label), at, by)
    return len(live)


def _void(follow_up: FollowUp, at: datetime, by: Actor) -> FollowUp:
    follow_up.void(by=by, at=at)
    follow_up.save()
    drop_clocks(follow_up, at=at)
    return follow_up


def drop_clocks(follow_up: FollowUp, *, at: datetime) -> None:
    """End every clock of a follow-up and of its gaps: nothing is awaited any more."""
    deadlines.drop(subject=follow_up, at=at)
    for gap in Gap.objects.filter(follow_up=follow_up, closed_at=None):
        deadlines.drop(subject=gap, at=at)
