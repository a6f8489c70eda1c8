"""At what time each item of an agenda should begin, with its breaks: pure, an estimate and never a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Moment:
    """What is known of the time of one item: how long it should last, when it was called, when it was settled."""

    minutes: int
    called_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True)
class Slot:
    """When an item begins, and whether a break comes just before it."""

    starts_at: datetime
    after_break: bool = False


def timetable(
    starts_at: datetime, moments: Sequence[Moment], *, break_after: int, break_minutes: int
) -> list[Slot]:
    """One slot per item, in order. A break comes before the item that would pass `break_after` minutes of work.

    An item already called begins when it was called; what follows is counted from what really happened. No break
    comes before the first item. Numbers are minutes.
    """
    slots: list[Slot] = []
    cursor, worked = starts_at, 0
    for moment in moments:
        pause = bool(slots) and worked + moment.minutes > break_after
        if pause:
            cursor, worked = cursor + timedelta(minutes=break_minutes), 0
        cursor = moment.called_at or cursor
        slots.append(Slot(cursor, pause))
        worked += moment.minutes
        cursor = moment.settled_at or cursor + timedelta(minutes=moment.minutes)
    return slots
