"""The status of labels at a day as questions to the database, for counts and lists: they agree with `status_on`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates.models import Condition, FollowUp, Interruption, Label, Suspension
from certificates.status import ENDED


def valid_on(day: date) -> Q:
    """Labels that may be used that day: valid, under conditions, or waiting for their renewal."""
    return _holds_on(day) & ~_suspended(day)


def suspended_on(day: date) -> Q:
    """Labels suspended that day."""
    return _holds_on(day) & _suspended(day)


def withdrawn_on(day: date) -> Q:
    """Labels withdrawn that day, for good or until an appeal or a judge restored them."""
    taken = (Label.State.WITHDRAWN, Label.State.ANNULLED)
    ended = Q(state=Label.State.WITHDRAWN, ended_on__lte=day)
    with_the_next = Label.objects.ended_with_the_next(day) & Q(following__state__in=taken)
    own = _interruptions(day).filter(label=OuterRef("pk"), state=Label.State.WITHDRAWN)
    for_a_time = Q(Exists(own)) | _of_the_next(_interruptions(day), day)
    return ended | with_the_next | (_running_on(day) & for_a_time)


def follow_up_overdue_on(day: date) -> Q:
    """Labels with a follow-up that was not sent by its day."""
    late = FollowUp.objects.filter(label=OuterRef("pk"), state__in=FollowUp.AWAITED, due_on__lt=day)
    return Q(Exists(late))


def condition_overdue_on(day: date) -> Q:
    """Labels that hold that day with a condition past its day and not met."""
    late = Condition.objects.filter(met_on=None, due_on__lt=day)
    return _holds_on(day) & _any(late, day)


def _holds_on(day: date) -> Q:
    """Begun, neither ended nor interrupted, and not past its last day."""
    waits = Label.objects.waiting_on(day)
    lasts = Q(ends_on__gte=day) | Q(term_on__gte=day) | Q(extended_until__gte=day) | waits
    return _running_on(day) & lasts & ~_any(_interruptions(day), day)


def _running_on(day: date) -> Q:
    ended = (
        Q(state=Label.State.ANNULLED)
        | Q(state__in=ENDED, ended_on__lte=day)
        | Q(state=Label.State.RENEWED, ends_on__lt=day, ended_on__lte=day)
        | Label.objects.ended_with_the_next(day)
    )
    return Q(starts_on__lte=day) & ~ended


def _suspended(day: date) -> Q:
    return _any(Suspension.objects.holding_on(day), day)


def _interruptions(day: date) -> QuerySet[Interruption]:
    return Interruption.objects.filter(starts_on__lte=day, restored_on__gt=day)


def _any(rows: QuerySet[Any], day: date) -> Q:
    """Labels with one of those rows, or whose next label has one before it starts."""
    return Q(Exists(rows.filter(label=OuterRef("pk")))) | _of_the_next(rows, day)


def _of_the_next(rows: QuerySet[Any], day: date) -> Q:
    ahead = rows.filter(label__previous=OuterRef("pk"), label__starts_on__gt=day)
    return Q(Exists(ahead), state=Label.State.RENEWED)
