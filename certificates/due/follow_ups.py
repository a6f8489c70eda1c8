"""What the clock does with follow-ups: it opens, reminds, notes that a day is passed, watches the registers.

It never escalates: a person does, once the association was sought by two channels (domain 5.1 FOLLOWUP).
"""

from __future__ import annotations

from datetime import datetime

from certificates import follow_up_mails as mails
from certificates.actions import let_fall_overdue, open_follow_up, plan_what_is_left, watch_registers
from certificates.actions.follow_ups.planning import AWAITED, GAP, OPENING, READING
from certificates.models import FollowUp, Gap
from deadlines.models import Deadline
from deadlines.registry import alert_only, daily, on_due, on_reminder
from journal.moves import Actor
from journal.ticks import each_tick

alert_only(READING, GAP)
each_tick("follow_ups")(plan_what_is_left)


@daily("register_watch", makes_up=False)
def watch(at: datetime) -> None:
    """Once a day, what the imported register says of the holders of live labels."""
    watch_registers(at)


def _key(deadline: Deadline) -> int:
    return int(deadline.subject.split(":")[1])


@on_due(OPENING)
def open_it(deadline: Deadline, at: datetime) -> None:
    """Sixty days before the anniversary: the follow-up opens."""
    open_follow_up(follow_up_pk=_key(deadline), at=at, by=Actor.system())


@on_due(AWAITED)
def day_passed(deadline: Deadline, at: datetime) -> None:
    """The anniversary is passed: the clock goes on, for its reminders, until the follow-up comes."""
    let_fall_overdue(follow_up_pk=_key(deadline), at=at, by=Actor.system())


@on_reminder(AWAITED)
def remind(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """On the day, and fifteen days later; False once it came."""
    follow_up = FollowUp.objects.select_related("label__structure", "label__thread").get(pk=_key(deadline))
    if follow_up.state not in FollowUp.AWAITED:
        return False
    mails.awaited(follow_up, offset_days, at=at)
    return True


@on_reminder(GAP)
def remind_of_a_gap(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Ten days before the day of a gap; False when its proof is there."""
    gap = Gap.objects.select_related("follow_up__label__structure").get(pk=_key(deadline))
    if gap.proved_at is not None or gap.follow_up.state != FollowUp.State.GAPS:
        return False
    mails.gap_awaited(gap, at=at, key=str(offset_days))
    return True
