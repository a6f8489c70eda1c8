"""Somebody comes on the suppression list: what was asked of them goes to others, in neutral words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import Suppression, User
from accounts.suppression import suppressed
from journal.moves import Actor
from reviewers.actions.mandates import stop_for_silence
from reviewers.models import Assignment, Mandate


@receiver(suppressed, sender=Suppression)
def stop_what_was_asked(user: User | None, at: datetime, by: Actor, **_: Any) -> None:
    """Close the assignments and the mandates of that person, those of a term that is over included."""
    if user is None:
        return
    owing = Assignment.objects.filter(mandate__user=user, state__in=Assignment.OPEN).values("mandate_id")
    running = Mandate.objects.filter(user=user).exclude(state__in=Mandate.OVER)
    for pk in sorted({*running.values_list("pk", flat=True), *owing.values_list("mandate_id", flat=True)}):
        stop_for_silence(mandate_pk=pk, at=at, by=by)
