"""An officer who did not send it reads the follow-up: in order, or with gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.rules import require
from certificates import follow_up_mails as mails
from certificates.actions.follow_ups.planning import GAP, GAP_REMINDERS, READING
from certificates.follow_up import usual_days
from certificates.follow_up_checklist import label_is_over, missing_to_find_gaps
from certificates.models import FollowUp, Gap
from certificates.norms import edition_to_read
from deadlines import actions as deadlines
from journal.moves import Actor
from journal.refusals import block_unless_empty

LONGEST_DAYS = 365  # what an officer may give to mend a gap


@dataclass(frozen=True)
class Finding:
    """One gap as an officer writes it; without a date, the time set for its severity."""

    severity: str
    fact: str
    expected: str
    criterion: str = ""
    due_on: date | None = None


@transaction.atomic
def accept_follow_up(*, follow_up_pk: int, at: datetime, by: Actor) -> FollowUp:
    """The follow-up is in order, but for the gaps that came from elsewhere, if any: the association is then told.

    Raises `NotAllowed`, `Blocked` on a label that ended, `TransitionNotAllowed`.
    """
    follow_up = _read(follow_up_pk, at=at, by=by)
    if follow_up.gaps.filter(closed_at=None).exists():
        return _tell_gaps(follow_up, at=at, by=by)
    follow_up.accept(by=by, at=at)
    follow_up.save()
    deadlines.meet(subject=follow_up, kind=READING, at=at)
    mails.in_order(follow_up, at=at)
    return follow_up


@transaction.atomic
def find_gaps(*, follow_up_pk: int, findings: Sequence[Finding], at: datetime, by: Actor) -> FollowUp:
    """List the gaps of a follow-up, each with what is expected and by when; the association is told.

    Raises `NotAllowed`, `Blocked` with what each gap lacks (code: its place and field), `TransitionNotAllowed`.
    """
    follow_up = _read(follow_up_pk, at=at, by=by)
    on = timezone.localdate(at)
    block_unless_empty(
        missing_to_find_gaps(
            edition_to_read(follow_up), findings, on=on, latest=on + timedelta(days=LONGEST_DAYS)
        )
    )
    for finding in findings:
        _write(follow_up, finding, on)
    return _tell_gaps(follow_up, at=at, by=by)


@transaction.atomic
def add_gap(*, follow_up_pk: int, finding: Finding, at: datetime, by: Actor) -> Gap:
    """A gap that comes from elsewhere than the reading, such as a report whose conclusion was confirmed.

    The caller has checked who may. While the follow-up waits to be read, the gap waits with it: the association is told
    of all of them at once, by who reads it.
    """
    follow_up = FollowUp.objects.hold(follow_up_pk)
    block_unless_empty(label_is_over(follow_up.label))
    gap = _write(follow_up, finding, timezone.localdate(at))
    if follow_up.state == FollowUp.State.GAPS:
        _start(follow_up, gap, timezone.localdate(at))
        mails.gaps_found(follow_up, [gap], at=at)
    return gap


def _tell_gaps(follow_up: FollowUp, *, at: datetime, by: Actor) -> FollowUp:
    """The follow-up is read with gaps: each has its whole time from now, and the association is told of all."""
    on = timezone.localdate(at)
    follow_up.find_gaps(by=by, at=at)
    follow_up.save()
    gaps = list(follow_up.gaps.filter(closed_at=None).order_by("pk"))
    for gap in gaps:
        _start(follow_up, gap, on)
    deadlines.meet(subject=follow_up, kind=READING, at=at)
    mails.gaps_found(follow_up, gaps, at=at)
    return follow_up


def _read(follow_up_pk: int, *, at: datetime, by: Actor) -> FollowUp:
    follow_up = FollowUp.objects.hold(follow_up_pk)
    require("certificates.read_follow_up", by, follow_up, on=timezone.localdate(at))
    block_unless_empty(label_is_over(follow_up.label))
    return follow_up


def _write(follow_up: FollowUp, finding: Finding, on: date) -> Gap:
    usual = on + timedelta(days=usual_days(finding.severity))
    return Gap.objects.create(
        follow_up=follow_up,
        severity=finding.severity,
        criterion=finding.criterion,
        fact=finding.fact.strip(),
        expected=finding.expected.strip(),
        due_on=max(finding.due_on or usual, usual),  # an officer gives more time, never less
    )


def _start(follow_up: FollowUp, gap: Gap, on: date) -> None:
    """The clock of a gap of which the association is told that day."""
    gap.due_on = max(gap.due_on, on + timedelta(days=usual_days(gap.severity)))
    gap.save(update_fields=["due_on"])
    deadlines.start(
        thread=follow_up._thread,
        subject=gap,
        kind=GAP,
        started_on=on,
        days=(gap.due_on - on).days,
        reminders=GAP_REMINDERS,
    )
