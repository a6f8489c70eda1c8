"""What the clock does near the end of a label: it opens the renewal, reminds, lets expire by date; it never decides."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from certificates import clocks, mails
from certificates.effects.extending import until
from certificates.models import Label
from certificates.renewals import is_held_by_a_judge, renewal_under_way
from certificates.status import last_day_of
from deadlines import actions as deadlines
from deadlines.calendar import add_months
from deadlines.models import Deadline
from deadlines.registry import alert_only, on_due, on_reminder
from journal.moves import Actor, note

alert_only(clocks.RENEWAL)  # filed later, a renewal is accepted and does not protect the label


def _label(deadline: Deadline) -> Label:
    found: Label = Label.objects.select_related("structure", "application", "thread").hold(
        int(deadline.subject.split(":")[1])
    )
    return found


@on_due(clocks.END)
@on_due(clocks.EXTENSION)
def expire(deadline: Deadline, at: datetime) -> None:
    """The last day is passed. A label whose renewal was filed in time waits for a person (domain 5.3)."""
    clocks.expire(_label(deadline), at=at)


@on_due(clocks.WINDOW)
def open_the_window(deadline: Deadline, at: datetime) -> None:
    """The renewal opens, nine months before the end."""
    clocks.open_window(_label(deadline), at=at)


@on_due(clocks.JUDGE)
def go_on_until_the_judgment(deadline: Deadline, at: datetime) -> None:
    """The judge has not ruled, and the order holds: the label goes on (CJA L521-1). It only gives."""
    label = _label(deadline)
    deadlines.let_pass(subject=label, kind=clocks.JUDGE, at=at)
    is_protected = label.renewal_filed_on is not None or label.extended_until is not None
    if label.state in Label.LIVE and is_protected and is_held_by_a_judge(label):
        until(label, add_months(last_day_of(label), settings.EXTENSION_MONTHS), at=at)
        clocks.wait_for_the_judge(label, at=at)
        note(label, what="held_by_a_judge", at=at, by=Actor.system())


@on_reminder(clocks.RENEWAL)
def remind_to_renew(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Call again seven, five and two months before the end; False once a renewal is filed or given up."""
    label = _label(deadline)
    if label.state not in Label.LIVE or label.renewal_declined_on or renewal_under_way(label):
        return False
    mails.renewal_call(label, on=timezone.localdate(at), at=at)
    return True
