"""What this room asks from upper ones: which acts were signed under a right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from accounts.models import Right
from journal.checks import registry_check

LastAct = Callable[[Right], date | None]
_last_acts: dict[str, LastAct] = {}


def signed_under(name: str) -> Callable[[LastAct], LastAct]:
    """Register a function right -> the last day on which an act of that name was signed under it, None for none."""

    def keep(last_act: LastAct) -> LastAct:
        if name in _last_acts:
            raise RuntimeError(f"{name} is registered twice")
        _last_acts[name] = last_act
        return last_act

    return keep


def last_act_under(right: Right) -> date | None:
    """The last day on which anything was signed under a role or a delegation; None when nothing was."""
    days = [day for last_act in _last_acts.values() if (day := last_act(right)) is not None]
    return max(days, default=None)


@registry_check
def somebody_says_what_was_signed() -> Iterable[str]:
    """A delegation never ends before an act signed under it: an upper room must say which acts are."""
    if not _last_acts:
        yield "nothing says which acts were signed under a delegation"
