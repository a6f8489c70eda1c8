"""What follows from a move: an act loses its object with its dossier; the panel is told of a notified act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from decisions.models import Decision
from journal.moves import Actor, moved
from label.models import Application
from reviewers import mails


@receiver(moved, sender=Application)
def abandon_what_lost_its_object(record: Application, move: str, at: datetime, by: Actor, **_: Any) -> None:
    """A request that is withdrawn leaves nothing to sign; the thread is held."""
    if move != "withdraw":
        return
    decision = Decision.objects.filter(
        application=record, kind__in=Decision.ON_A_REQUEST, state=Decision.State.PREPARED
    ).first()
    if decision is not None:
        decision.held_with(record).abandon(by=by, at=at)
        decision.save()


@receiver(moved, sender=Decision)
def tell_the_panel(record: Decision, move: str, at: datetime, by: Actor, **_: Any) -> None:
    """Who evaluated reads the decision once it is notified, never before (domain 5.3, INCa decides otherwise)."""
    if move == "notify" and record.application is not None and record.is_on_a_request:
        mails.tell_outcome(record.application, key=str(record.pk), at=at, on=timezone.localdate(at))
