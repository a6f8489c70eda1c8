"""Acts that take effect when they are notified, and not before: what burdens a holder binds it from then on (L221-8).

See docs/adr/0018-a-measure-takes-effect-at-notification.md.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.dispatch import receiver

from decisions.models import Decision
from journal.moves import Actor, moved

TakesEffect = Callable[[Decision, date, datetime, Actor], None]
_at_notification: dict[str, TakesEffect] = {}


def at_notification(kind: str) -> Callable[[TakesEffect], TakesEffect]:
    """Register the function (decision, received_on, at, by) run when an act of that kind is notified.

    It runs in the transaction that records the receipt, the thread held. `by` is the house on behalf of the act, which
    executes itself: neither who opened the letter nor who noted its receipt decided anything.
    The act keeps its `@effect_of`, which then changes nothing at the signature and only tells the letter its facts.
    """

    def keep(function: TakesEffect) -> TakesEffect:
        if kind in _at_notification:
            raise RuntimeError(f"{kind} takes effect twice at its notification")
        _at_notification[kind] = function
        return function

    return keep


@receiver(moved, sender=Decision)
def take_effect(record: Decision, move: str, at: datetime, by: Actor, **_: object) -> None:
    """The letter of an act is received, with proof or by presumption."""
    if move == "notify" and record.kind in _at_notification and record.notified_on is not None:
        _at_notification[record.kind](record, record.notified_on, at, Actor.system().standing_for(record))
