"""What follows from a move: an act loses its object with its dossier, or waits; the panel is told of a notified act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from decisions.models import Decision
from journal.moves import Actor, moved, note
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


@receiver(moved, sender=Application)
def give_back_what_waits_for_another_opinion(
    record: Application, move: str, at: datetime, by: Actor, **_: Any
) -> None:
    """An act sent for signature comes back to who prepared it when the committee deliberates again; thread held."""
    if move not in ("ask_second_opinion", "redo_deliberation"):
        return
    decision = Decision.objects.filter(
        application=record,
        kind__in=Decision.ON_A_REQUEST,
        state=Decision.State.PREPARED,
        submitted_at__isnull=False,
    ).first()
    if decision is not None:
        decision.held_with(record).submitted_at = None
        decision.save(update_fields=["submitted_at"])
        note(decision, what="await_opinion", at=at, by=by.because(""))


@receiver(moved, sender=Decision)
def tell_the_panel(record: Decision, move: str, at: datetime, by: Actor, **_: Any) -> None:
    """Who evaluated reads the decision once it is notified, never before (domain 5.3, INCa decides otherwise)."""
    if move == "notify" and record.application is not None and record.is_on_a_request:
        mails.tell_outcome(record.application, key=str(record.pk), at=at, on=timezone.localdate(at))
