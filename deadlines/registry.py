"""Upper apps say, in their own `due.py`, what happens when a deadline of theirs is due and whom to remind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from deadlines.models import Deadline
from journal.checks import registry_check

logger = logging.getLogger(__name__)
F = TypeVar("F", bound=Callable[..., object])
Handler = Callable[[Deadline, datetime], None]
Reminding = Callable[[Deadline, int, datetime], bool]

handlers: dict[str, Handler] = {}
reminders: dict[str, Reminding] = {}
jobs: dict[str, Callable[[datetime], None]] = {}
today_only: set[str] = set()
alerts: set[str] = set()


def on_due(kind: str) -> Callable[[Handler], Handler]:
    """Register what the tick does once the last day of a deadline of that kind is over: function (deadline, at).

    The thread is held and the deadline was just read again. `at` is the moment of the tick.
    """
    return _register(handlers, kind)


def on_reminder(kind: str) -> Callable[[Reminding], Reminding]:
    """Register how to remind: function (deadline, offset_days, at) -> True when sent, False when it no longer applies.

    A reminder that a later one has overtaken is dropped without being asked about.
    """
    return _register(reminders, kind)


def daily(
    name: str, *, makes_up: bool = True
) -> Callable[[Callable[[datetime], None]], Callable[[datetime], None]]:
    """Register a job run once per day by the tick: function (at).

    A day without tick is made up for: `at` is then the last second of that day, in Paris. `makes_up=False` is for a job
    that looks at what is there now: a missed day has nothing more to tell it. A job that failed or whose worker died
    is started again, so it must be safe to run again.
    """
    if not makes_up:
        today_only.add(name)
    return _register(jobs, name)


def do_each(keys: Iterable[int], act: Callable[[int], object]) -> None:
    """Do it for each key of a daily job, in a transaction of its own: one in trouble stops none of the others.

    Raises RuntimeError at the end when some could not: the job counts as failed, is shown so and is started again.
    """
    failed = []
    for key in keys:
        try:
            with transaction.atomic():
                act(key)
        except Exception as error:  # whatever it is, the next ones are done
            logger.error("key %s: %s", key, type(error).__name__)  # not its text: it may name somebody
            failed.append(key)
    if failed:
        raise RuntimeError(f"not done: {failed}")


def alert_only(*kinds: str) -> None:
    """Declare kinds of which nothing is done when they are over: lists show them as late, a person acts."""
    for kind in kinds:
        if kind in alerts:
            raise RuntimeError(f"{kind} is declared twice as alert only")
        alerts.add(kind)


def known(kind: str) -> bool:
    """Whether some app said what to do with deadlines of that kind."""
    return kind in handlers or kind in alerts


def _register(table: dict[str, F], key: str) -> Callable[[F], F]:
    def keep(function: F) -> F:
        if key in table:
            raise RuntimeError(f"{key} is registered twice")
        table[key] = function
        return function

    return keep


@registry_check
def kinds_are_complete() -> Iterable[str]:
    """One fault per kind that has two meanings or none."""
    for kind in sorted(alerts & handlers.keys()):
        yield f"deadline {kind}: alert only, and yet something is done when it is due"
    for kind in sorted(reminders.keys() - handlers.keys() - alerts):
        yield f"deadline {kind}: reminded, but nobody says what happens when it is due"
