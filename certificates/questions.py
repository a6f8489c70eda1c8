"""The status of labels at a day as questions to the database, for counts and lists: they agree with `status_on`."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates.models import Condition, FollowUp, Interruption, Label, Suspension
from certificates.models.labels import first_end_waiting_on
from certificates.status import ENDED


def valid_on(day: date) -> Q:
    """Labels that may be used that day: valid, under conditions, or waiting for their renewal."""
    return _holds_on(day) & ~Q(Exists(_suspensions(day)))


def suspended_on(day: date) -> Q:
    """Labels suspended that day."""
    return _holds_on(day) & Q(Exists(_suspensions(day)))


def withdrawn_on(day: date) -> Q:
    """Labels withdrawn that day, for good or until an appeal or a judge restored them."""
    ended = Q(starts_on__lte=day, state=Label.State.WITHDRAWN, ended_on__lte=day)
    return ended | (_running_on(day) & Q(Exists(_interruptions(day).filter(state=Label.State.WITHDRAWN))))


def follow_up_overdue_on(day: date) -> Q:
    """Labels with a follow-up that was not sent by its day."""
    late = FollowUp.objects.filter(label=OuterRef("pk"), state__in=FollowUp.AWAITED, due_on__lt=day)
    return Q(Exists(late))


def condition_overdue_on(day: date) -> Q:
    """Labels that hold that day with a condition past its day and not met."""
    late = Condition.objects.filter(label=OuterRef("pk"), met_on=None, due_on__lt=day)
    return _holds_on(day) & Q(Exists(late))


def _holds_on(day: date) -> Q:
    """Begun, neither ended nor interrupted, and not past its last day."""
    filed_until = first_end_waiting_on(day)
    lasts = (
        Q(ends_on__gte=day)
        | Q(extended_until__gte=day)
        | Q(renewal_filed_on__isnull=False, ends_on__gte=filed_until)
    )
    return _running_on(day) & lasts & ~Q(Exists(_interruptions(day)))


def _running_on(day: date) -> Q:
    ended = (
        Q(state=Label.State.ANNULLED)
        | Q(state__in=ENDED, ended_on__lte=day)
        | Q(state=Label.State.RENEWED, ends_on__lt=day, ended_on__lte=day)
    )
    return Q(starts_on__lte=day) & ~ended


def _suspensions(day: date) -> QuerySet[Suspension]:
    return Suspension.objects.holding_on(day).filter(label=OuterRef("pk"))


def _interruptions(day: date) -> QuerySet[Interruption]:
    return Interruption.objects.filter(label=OuterRef("pk"), starts_on__lte=day, restored_on__gt=day)
