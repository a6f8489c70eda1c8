"""What follows from a move: a renewal for the label that it follows, a label or a procedure for what it carried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from certificates.actions.closing import close_under_way
from certificates.actions.hearings import drop
from certificates.actions.hearings_before_refusal import drop_before_a_refusal
from certificates.actions.renewals import note_filing, release
from certificates.actions.withdrawals import drop_waiting
from certificates.log.noting import ENDS, note_move
from certificates.models import Credential, Label, Withdrawal
from certificates.tasks import tell_status_after_commit
from decisions.models import Decision
from journal.moves import Actor, moved
from label.models import Application


@receiver(moved, sender=Application)
def a_renewal_moves(record: Application, move: str, at: datetime, by: Actor, **_: Any) -> None:
    """Filed or reopened, it may protect the label; withdrawn, no longer. The root of its story is held."""
    if record.kind != Application.Kind.RENEWAL:
        return
    if move in ("submit", "reopen"):
        note_filing(record, at=at, by=by)
    elif move == "withdraw":
        drop_before_a_refusal(record, at=at, by=by)
        release(record, on=timezone.localdate(at), at=at, by=by)


@receiver(moved, sender=Label)
def a_label_ends(record: Label, move: str, at: datetime, by: Actor, **_: Any) -> None:
    """It is logged, and what was under way stops; for one that is renewed, once its holder knows."""
    if move in ENDS and record.ended_on is not None:
        note_move(record, ENDS[move], on=record.ended_on, at=at)
    if record.state != Label.State.RENEWED:
        close_under_way(record, at=at, by=by)


# A label that is issued has no credential yet; one that expires or is renewed holds until the day that its own gives.
KEEPS_ITS_BITS = {"open", "expire", "renew"}


@receiver(moved, sender=Label)
def its_credentials_follow(record: Label, move: str, at: datetime, **_: Any) -> None:
    """Its bits change at once in a task; when that task is lost, the clock finds them by their day.

    Until it starts, what moves it moves the label that it renews too (docs/adr/0029).
    """
    if move in KEEPS_ITS_BITS:
        return
    on = timezone.localdate(at)
    for label_pk in filter(None, (record.pk, record.previous_id if on < record.starts_on else None)):
        if Credential.objects.filter(certificate__label=label_pk).update(check_on=on):
            tell_status_after_commit(label_pk)


@receiver(moved, sender=Withdrawal)
def close_what_the_procedure_carried(
    record: Withdrawal, move: str, at: datetime, by: Actor, **_: Any
) -> None:
    """A procedure that ended leaves no step to sign, nothing to answer and no other act; the thread is held."""
    if record.state in Withdrawal.LIVE:
        return
    drop_waiting(record, at)
    for hearing in record.hearings.filter(closed_on=None, dropped_at=None):
        hearing.label = record.label.held_with(record)
        drop(hearing, at=at, by=by)
    for decision in Decision.objects.filter(measure__withdrawal=record, state=Decision.State.PREPARED):
        decision.held_with(record).abandon(by=by, at=at)
        decision.save()
