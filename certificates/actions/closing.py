"""What was under way on a label that has ended loses its object, and its clocks stop."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from certificates.actions.follow_ups.planning import end_follow_ups
from certificates.actions.hearings import drop
from certificates.models import Condition, Label, MergerRequest, Withdrawal
from charter.models import SIGNATURE
from deadlines import actions as deadlines
from decisions.models import Decision
from journal.moves import Actor, subject_key


def close_under_way(label: Label, *, at: datetime, by: Actor) -> None:
    """Void the follow-ups, procedures, hearings and drafts of acts of a label that ended; the thread is held.

    An effect that ends a label by a procedure moves the procedure first: it is then no longer under way here.
    """
    if label.state in Label.LIVE or label.ended_on is None:
        return
    end_follow_ups(label=label, at=at, by=by)
    for procedure in Withdrawal.objects.filter(label=label, state__in=Withdrawal.LIVE).order_by("pk"):
        procedure.held_with(label).void(by=by, at=at)
        procedure.save()
        deadlines.drop(subject=procedure, at=at)
    for hearing in label.hearings.filter(closed_on=None, dropped_at=None, renewal=None):
        drop(hearing, at=at, by=by)
    _give_up_acts(label, at, by)
    _end_periods(label, label.ended_on, at)
    for asked in MergerRequest.objects.filter(label=label, answered_at=None, dropped_at=None):
        asked.dropped_at = at
        asked.save(update_fields=["dropped_at"])
        deadlines.drop(subject=asked, at=at)
    for condition in Condition.objects.filter(label=label, met_on=None):
        deadlines.drop(subject=subject_key(condition), at=at)
    deadlines.drop(subject=label, at=at)
    if not Label.objects.live().filter(structure=label.structure_id).exists():
        # A new charter is asked of holders only.
        deadlines.drop(subject=label.structure, kind=SIGNATURE, at=at)


def _give_up_acts(label: Label, at: datetime, by: Actor) -> None:
    for decision in Decision.objects.filter(measure__label=label, state=Decision.State.PREPARED):
        decision.held_with(label).abandon(by=by, at=at)
        decision.save()


def _end_periods(label: Label, ended_on: date, at: datetime) -> None:
    """A suspension stops with the label: were it restored, only a new act would suspend it again."""
    for period in label.suspensions.filter(Q(lifted_on=None) | Q(lifted_on__gt=ended_on)):
        period.stop(ended_on)
        deadlines.drop(subject=subject_key(period), at=at)
