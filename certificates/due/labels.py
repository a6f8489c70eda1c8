"""What the clock does for the measures on a label: suspensions, times to answer, conditions, procedures."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from certificates import mails
from certificates.actions import hearings, make_what_a_crash_left, withdrawals
from certificates.actions.reissuing import seal_what_was_not
from certificates.checklist import missing_to_close, missing_to_close_procedure
from certificates.credential.status_lists import refresh_status_lists
from certificates.effects import conditions, suspending
from certificates.models import Condition, Hearing, Label, Suspension
from deadlines import actions as deadlines
from deadlines.models import Deadline
from deadlines.registry import alert_only, on_due, on_reminder
from journal.moves import Actor
from journal.ticks import each_tick


def _key(deadline: Deadline) -> int:
    return int(deadline.subject.split(":")[1])


@on_due(suspending.STARTS)
def suspension_begins(deadline: Deadline, at: datetime) -> None:
    """The first day written in the act has come."""
    period = Suspension.objects.get(pk=_key(deadline))
    label = Label.objects.hold(period.label_id)
    if suspending.covered(label, timezone.localdate(at)):
        suspending.begin(period, label, at=at, by=Actor.system())
    deadlines.meet(subject=deadline.subject, kind=suspending.STARTS, at=at)


@on_due(suspending.ENDS)
def suspension_is_over(deadline: Deadline, at: datetime) -> None:
    """The written end is reached: that is the execution of the act, not a new decision (domain 5.2 rule 8)."""
    period = Suspension.objects.get(pk=_key(deadline))
    label = Label.objects.hold(period.label_id)
    deadlines.let_pass(subject=deadline.subject, kind=suspending.ENDS, at=at)
    following = period.ends_on + timedelta(days=1)
    period.stop(following)
    suspending.end(label, on=following, at=at, by=Actor.system())


@on_reminder(suspending.ENDS)
def suspension_ends_soon(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Alert the signatories 30, 15 and 3 days before the written end, and that day; False once it was lifted."""
    period = Suspension.objects.select_related("label__application", "label__structure").get(
        pk=_key(deadline)
    )
    if period.lifted_on is not None or period.label.state not in Label.LIVE:
        return False
    mails.suspension_ends(period, offset_days, at=at)
    return True


@on_due(hearings.CLOCK)
@on_due(hearings.POST_CLOCK)
def time_to_answer_is_over(deadline: Deadline, at: datetime) -> None:
    """The time to answer is passed, with the proof that it began: the hearing closes (domain 5.1, « clore » by system).

    Not while what was posted in time may arrive, nor while the association waits to be heard.
    """
    hearing = Hearing.objects.get(pk=_key(deadline))
    if missing_to_close(hearing, on=timezone.localdate(at)):
        return
    if hearing.withdrawal_id is not None:
        withdrawal, label = withdrawals.held_withdrawal(hearing.withdrawal_id)
        if not missing_to_close_procedure(withdrawal, hearing, on=timezone.localdate(at)):
            withdrawals.shut_procedure_hearing(withdrawal, label, at=at, by=Actor.system())
    else:
        hearings.shut(hearings.held_hearing(hearing.pk), at=at, by=Actor.system())


# A condition whose date is passed is a task for the officer; nothing happens by itself (domain 5.2 rule 11).
alert_only(conditions.CLOCK)


@on_reminder(conditions.CLOCK)
def condition_is_due_soon(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Remind the association of the proof to send; False once it sent one."""
    condition = Condition.objects.select_related("label__structure").get(pk=_key(deadline))
    if condition.met_on is not None or condition.answered_at is not None:
        return False
    mails.condition_due(condition, offset_days, at=at)
    return True


# The times of a withdrawal procedure: lists show them as late, a person acts.
alert_only(*withdrawals.CLOCKS)


# Files are made again from the row of the certificate, never from the row of a task.
each_tick("certificates")(make_what_a_crash_left)
each_tick("status_lists")(refresh_status_lists)


@each_tick("unsealed")
def seal_what_waited_for_a_key(at: datetime) -> None:
    """Certificates made before a key was set are issued again."""
    seal_what_was_not(at=at)
