"""Suspending a label and lifting a suspension (domain 5.1 LABEL and 5.2 rule 8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

from certificates.checklist import measure_page, missing_in_measure
from certificates.checklist.measures import first_day, periods_of
from certificates.effects.conditions import set_conditions
from certificates.effects.measures import came_too_late, holder_of, label_of, took_effect
from certificates.effects.notification import at_notification
from certificates.log.noting import note_move, note_suspension
from certificates.models import Label, LoggedFact, Measure, Suspension
from deadlines import actions as deadlines
from decisions.effects import Facts, effect_of
from decisions.models import Decision
from journal.moves import Actor, subject_key

STARTS = "suspension_start"
ENDS = "suspension"
ALERTS = (-30, -15, -3, 0)  # days before the written end (domain 5.2 rule 8)
ONE_DAY = timedelta(days=1)


@effect_of(
    Decision.Kind.SUSPEND,
    letter="L11",
    checks=missing_in_measure,
    page=measure_page,
    served=holder_of,
    on_receipt=True,
)
def suspend_later(decision: Decision, at: datetime, by: Actor) -> Facts:
    """Nothing yet: the act binds the holder from its notification."""
    return {}


@at_notification(Decision.Kind.SUSPEND)
def suspend(decision: Decision, received_on: date, at: datetime, by: Actor) -> None:
    """Write the period, from the receipt or from the later day that the act gives, to its written end."""
    label, measure = label_of(decision), Measure.objects.get(decision=decision)
    starts_on = first_day(label, measure.starts_on, received_on)
    if label.state not in Label.LIVE or measure.ends_on is None or measure.ends_on < starts_on:
        came_too_late(decision, label, at=at, by=by)
        return
    make_room(label, starts_on)
    suspend_from(
        label,
        decision,
        starts_on=starts_on,
        ends_on=measure.ends_on,
        public_reason=measure.public_reason,
        at=at,
        by=by,
    )
    took_effect(measure, starts_on)


def suspend_from(
    label: Label,
    decision: Decision,
    *,
    starts_on: date,
    ends_on: date,
    public_reason: str,
    at: datetime,
    by: Actor,
) -> Suspension:
    """Write a period of suspension and start its clocks; it begins now, or when its first day comes.

    `decision` is the act that suspends. The label is held.
    """
    on = timezone.localdate(at)
    period = Suspension.objects.create(
        label=label, decision=decision, starts_on=starts_on, ends_on=ends_on, public_reason=public_reason
    )
    deadlines.start(
        thread=label._thread,
        subject=subject_key(period),
        kind=ENDS,
        started_on=starts_on,
        days=(ends_on - starts_on).days,
        reminders=ALERTS,
        proof=subject_key(decision.letter) if decision.letter else "",
    )
    if starts_on <= on:
        begin(period, label, at=at, by=by)
    else:
        deadlines.start(
            thread=label._thread,
            subject=subject_key(period),
            kind=STARTS,
            started_on=on,
            days=(starts_on - ONE_DAY - on).days,
        )
    return period


def carry_over(
    label: Label, periods: Iterable[Suspension], decision: Decision, *, at: datetime, by: Actor
) -> None:
    """Write on a label what is left of the suspensions of those that it continues, one after the other.

    `decision` is the act that issues the label. The label is held.
    """
    for period in sorted(periods, key=lambda row: row.starts_on):
        starts_on = first_day(label, period.starts_on, label.starts_on)
        if starts_on <= period.last_day:
            make_room(label, starts_on)
            suspend_from(
                label,
                period.decision or decision,
                starts_on=starts_on,
                ends_on=period.last_day,
                public_reason=period.public_reason,
                at=at,
                by=by,
            )


def make_room(label: Label, starts_on: date) -> None:
    """A period whose continuation is written ends on its own written end: two never overlap."""
    for period in label.suspensions.filter(lifted_on=None):
        period.stop(starts_on)


def begin(period: Suspension, label: Label, *, at: datetime, by: Actor) -> None:
    """The first day of a written period has come: nothing is decided here. The label is held."""
    note_suspension(period, label, at=at)
    if label.state == Label.State.IN_FORCE:
        label.suspend(by=by, at=at)
        label.save()


def end(label: Label, *, on: date, at: datetime, by: Actor) -> None:
    """No period holds any more that day: the label is in force again. It is held."""
    if label.state == Label.State.SUSPENDED and not covered(label, on):
        label.lift(by=by, at=at)
        label.save()
        note_move(label, LoggedFact.Kind.LIFTED, on=on, at=at)


def covered(label: Label, on: date) -> bool:
    """Whether a written period holds that day."""
    return label.suspensions.holding_on(on).exists()


def expected_lift(decision: Decision, on: date) -> Facts:
    """The suspension is lifted on the day of the signature."""
    return {"lifted_on": on}


@effect_of(
    Decision.Kind.LIFT,
    letter="L11b",
    checks=missing_in_measure,
    expected=expected_lift,
    page=measure_page,
    served=holder_of,
)
def lift(decision: Decision, at: datetime, by: Actor) -> Facts:
    """The cause has ended: the label is in force from the signature, which creates a right. Validity is not prolonged.

    The conditions that it may carry bind from the notification.
    """
    label, measure = label_of(decision), Measure.objects.get(decision=decision)
    on = timezone.localdate(at)
    periods = periods_of(label)
    measure.suspension = periods.filter(starts_on__lte=on).order_by("-starts_on").first()
    measure.save(update_fields=["suspension"])
    for period in periods.holding_from(on):  # one that has not begun never holds
        period.stop(on)
        deadlines.settle(subject=subject_key(period), at=at, met=[ENDS])
    end(label, on=on, at=at, by=by)
    took_effect(measure, on)
    return {"lifted_on": on}


@at_notification(Decision.Kind.LIFT)
def set_its_conditions(decision: Decision, received_on: date, at: datetime, by: Actor) -> None:
    """What the act that lifts asks for binds from its receipt."""
    label = label_of(decision)
    if label.state in Label.LIVE:
        set_conditions(label, decision, on=received_on)
