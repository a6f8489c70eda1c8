"""The status of a label at any day: one pure function, used by pages, register, badge and API and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects

from certificates.models import Label, Suspension
from deadlines.calendar import add_months

STATE_CODES = {
    "not_yet_issued": "",
    "valid": "in_force",
    "valid_with_conditions": "in_force_with_conditions",
    "extended": "in_force_extended",
}
ONE_DAY = timedelta(days=1)
# The relations that the status reads beside the label.
PERIODS = ("suspensions", "interruptions", "conditions")
ENDED = {
    Label.State.EXPIRED: "expired",
    Label.State.WITHDRAWN: "withdrawn",
    Label.State.RELINQUISHED: "relinquished",
    Label.State.LAPSED: "lapsed",
    Label.State.TRANSFERRED: "transferred",
}


@dataclass(frozen=True)
class Status:
    """A code of `CODES`, the day since which it holds and the day until which it is known to hold."""

    code: str
    since: date | None = None
    until: date | None = None
    open_conditions: int = 0
    is_waiting: bool = False  # past its written end, while a renewal filed in time is examined

    @property
    def may_be_used(self) -> bool:
        """Whether the association may use the label that day."""
        return self.code in {"valid", "valid_with_conditions", "extended"}

    @property
    def is_current(self) -> bool:
        """Whether the label goes on that day, even if its use is suspended."""
        return self.may_be_used or self.code == "suspended"

    @property
    def state_code(self) -> str:
        """The code under which the tables of state words know this status; empty before the label exists."""
        return STATE_CODES.get(self.code, self.code)


CODES = (
    "not_yet_issued",
    "valid",
    "valid_with_conditions",
    "extended",
    "suspended",
    "withdrawn",
    "expired",
    "renewed",
    "relinquished",
    "lapsed",
    "transferred",
    "annulled",
)


def status_on(label: Label, day: date) -> Status:
    """The status of the label on that day (domain 5.2 rule 9).

    Reads only the label, its suspensions, its interruptions and its conditions, and those of the label that follows
    one that is renewed (docs/adr/0029): `with_periods` reads them ahead for a list. A late nightly job never shows a
    wrong status, because dates decide and not only the stored state.
    """
    if label.state == Label.State.ANNULLED:
        return Status("annulled", since=label.ended_on)
    if day < label.starts_on:
        return _ended(label, day) or Status("not_yet_issued", until=label.starts_on)
    return _ended(label, day) or _interrupted(label, day) or _suspended(label, day) or _in_force(label, day)


def with_periods(labels: Iterable[Label]) -> list[Label]:
    """Those labels with all that `status_on` reads: three queries whatever their number, four when one is renewed."""
    rows = list(labels)
    renewed = [row for row in rows if row.state == Label.State.RENEWED]
    prefetch_related_objects(renewed, "following")
    prefetch_related_objects([*rows, *filter(None, map(next_of, renewed))], *PERIODS)
    return rows


def next_of(label: Label) -> Label | None:
    """The label that takes the place of a renewed one; until it starts, what is decided on it holds for both."""
    return getattr(label, "following", None) if label.state == Label.State.RENEWED else None


def suspension_on(label: Label, day: date) -> Suspension | None:
    """The period that suspends the label that day, None when there is none."""
    for period in _rows(label, "suspensions", day):
        if period.starts_on <= day <= period.last_day:
            return period
    return None


def last_day_of(label: Label) -> date:
    """The last day on which the label may hold.

    Its end, its written extension, or, when a renewal was filed in time and nobody has decided yet, the longest that
    an extension may last: it is shown as « renouvellement en cours » and waits for a person (domain 5.3).
    """
    if label.renewal_filed_on is None:
        return label.valid_until
    return max(label.valid_until, add_months(label.term, settings.EXTENSION_MONTHS))


def _rows(label: Label, relation: str, day: date) -> Iterator[Any]:
    """What hangs on the label, and on the one that takes its place as long as that one has not started."""
    yield from getattr(label, relation).all()
    after = next_of(label)
    if after is not None and day < after.starts_on:
        yield from getattr(after, relation).all()


def _ended(label: Label, day: date) -> Status | None:
    """A measure, a refused renewal or the holder ended it first; else its dates do, whatever the night has written."""
    if label.state in ENDED and label.ended_on and day >= label.ended_on:
        return Status(ENDED[label.state], since=label.ended_on)
    if label.state == Label.State.RENEWED and label.ended_on:
        after, following = next_of(label), max(label.ends_on + ONE_DAY, label.ended_on)
        if after and after.ended_on and after.ended_on < after.starts_on and day >= after.ended_on:
            # The one that follows is as if it had never been; this one was valid until then.
            return Status(ENDED.get(after.state, "withdrawn"), since=after.ended_on)
        if day >= following:
            is_annulled = after is not None and after.state == Label.State.ANNULLED
            return Status("expired" if is_annulled else "renewed", since=following)
    last_day = last_day_of(label)
    return Status("expired", since=last_day + ONE_DAY) if day > last_day else None


def _interrupted(label: Label, day: date) -> Status | None:
    """Withdrawn or annulled for a time, until an appeal or a judge restored it: history is kept."""
    own = len(label.interruptions.all())
    for position, period in enumerate(_rows(label, "interruptions", day)):
        if period.starts_on <= day < period.restored_on:
            code = period.state if position < own else "withdrawn"
            return Status(code, since=period.starts_on, until=period.restored_on - ONE_DAY)
    return None


def _suspended(label: Label, day: date) -> Status | None:
    period = suspension_on(label, day)
    return Status("suspended", since=period.starts_on, until=period.last_day) if period else None


def _in_force(label: Label, day: date) -> Status:
    if day > label.ends_on:
        is_waiting = day > label.valid_until
        until = last_day_of(label) if is_waiting else label.valid_until
        return Status("extended", label.ends_on + ONE_DAY, until, is_waiting=is_waiting)
    waiting = [
        condition
        for condition in _rows(label, "conditions", day)
        if condition.set_on <= day and (condition.met_on is None or condition.met_on > day)
    ]
    if waiting:
        since, until = min(row.set_on for row in waiting), min(row.due_on for row in waiting)
        return Status("valid_with_conditions", since, until, len(waiting))
    return Status("valid", since=label.starts_on, until=label.ends_on)
