"""The ways in which an action says no: each carries what a person can read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Missing:
    """One thing missing before a move: `text` for a person, `url` of the place where it is mended."""

    text: StrOrPromise
    url: str = ""
    code: str = ""


class Refusal(Exception):
    """An action was refused and nothing was written."""


class NotAllowed(Refusal):
    """The actor may not do this; pages answer "not found" or hide the act."""


class Blocked(Refusal):
    """The act is not possible yet; `reasons` are what a person reads (error E38)."""

    def __init__(self, reasons: Iterable[Missing | StrOrPromise]):
        self.reasons = [reason if isinstance(reason, Missing) else Missing(str(reason)) for reason in reasons]
        super().__init__("; ".join(str(reason.text) for reason in self.reasons))


class Stale(Refusal):
    """What the page showed was changed elsewhere since (E11); `theirs` is what is kept."""

    def __init__(self, theirs: Any):
        self.theirs = theirs
        super().__init__(f"{type(theirs).__name__} was changed elsewhere")


def block_unless_empty(reasons: Iterable[Missing]) -> None:
    """Raise `Blocked` when a checklist found something missing."""
    found = list(reasons)
    if found:
        raise Blocked(found)
