"""Upper apps say, in their own `due.py`, what happens when a deadline of theirs is due and whom to remind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.utils.functional import Promise

from deadlines.models import Deadline, Extension
from journal.checks import registry_check

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
F = TypeVar("F", bound=Callable[..., object])
Handler = Callable[[Deadline, datetime], None]
Reminding = Callable[[Deadline, int, datetime], bool]

Outcome = Extension.Outcome
Follow = Callable[[Extension, datetime], Outcome]


@dataclass(frozen=True)
class DueDate:
    """A date that a room keeps on its record alone, without a clock."""

    thread_id: int
    subject: str
    due_on: date


Finder = Callable[[date, date], Iterable[DueDate]]
Whose = Callable[[int, str], str]


@dataclass(frozen=True)
class PublicDate:
    """A date by which somebody outside the Institute does something: what, in their words, and how it moves."""

    words: Promise | str
    follow: Follow
    whose: Whose
    find: Finder | None = None
    warning: Promise | str = ""


handlers: dict[str, Handler] = {}
reminders: dict[str, Reminding] = {}
jobs: dict[str, Callable[[datetime], None]] = {}
today_only: set[str] = set()
alerts: set[str] = set()
public: dict[str, PublicDate] = {}
tellers: list[Callable[[Extension, datetime], None]] = []
insiders: list[Callable[[User, Collection[int]], bool]] = []


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


def moves_with_outages(
    kind: str,
    *,
    words: Promise | str,
    whose: Whose,
    find: Finder | None = None,
    warning: Promise | str = "",
) -> Callable[[Follow], Follow]:
    """Register a deadline of the public, which an outage of the service on its last day moves (domain 5.3).

    The function (extension, at) writes the new date where its room keeps it, undoes what the passing of the old one
    did, and says what came of it. The thread is held, `extension.deadline` read again when there is a clock; the clock
    itself is moved by the caller. `whose` names the structure that is told, from the key of the thread and the subject;
    `find` gives the dates that have no clock. What the Institute owes is never here.
    """

    def keep(follow: Follow) -> Follow:
        if kind in public:
            raise RuntimeError(f"{kind} moves twice with outages")
        public[kind] = PublicDate(words, follow, whose, find, warning)
        return follow

    return keep


def only_the_clock(extension: Extension, at: datetime) -> Outcome:
    """The `follow` of a date that is nowhere but in its clock, and that closes nothing when it passes."""
    running = extension.deadline is not None and extension.deadline.ended_at is None
    return Outcome.MOVED if running else Outcome.NOTHING


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
    for kind, date_ in sorted(public.items()):
        if known(kind) == (date_.find is not None):
            yield f"date {kind} moved by outages: either a clock or a way to find it, not both and not none"
    for kind in sorted(reminders.keys() - handlers.keys() - alerts):
        yield f"deadline {kind}: reminded, but nobody says what happens when it is due"
