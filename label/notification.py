"""What may be told of how a request ended: nothing before its act is notified (screens, principle 7).

The room of acts declares it in its `correspondence.py`. Pages, lists and mails of the association and of the
committee ask here, so that none of them says « accordé » or « refusé » before the letter was received.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from journal.checks import registry_check

DECIDING = "deciding"  # shown in place of the state when the committee gave no opinion (L3, L4)


@dataclass(frozen=True)
class Outcome:
    """A notified act, as the association and the committee may read it; never the score of a person."""

    words: str  # « Octroi du label »
    notified_on: date
    opinion: str
    opinion_reasons: str
    axes: list[dict[str, str]]  # name, result
    divergence: str
    gracious_until: date | None
    court_until: date | None


Withheld = Callable[[date], Q]
Outcomes = Callable[[Iterable[int], date], Mapping[int, Outcome]]


@dataclass(frozen=True)
class Notification:
    """`withheld` (day) gives the Q of dossiers whose act nobody may know yet; `outcomes` (keys, day) the acts known.

    `concealed` (day) gives the Q of dossiers of which the very existence would tell an act that was not received.
    """

    withheld: Withheld
    outcomes: Outcomes
    concealed: Withheld


_declared: list[Notification] = []


def declare(*, withheld: Withheld, outcomes: Outcomes, concealed: Withheld) -> None:
    """Say how requests end, once, from the room that knows it."""
    _declared.append(Notification(withheld, outcomes, concealed))


def withheld(on: date) -> Q:
    """The dossiers that have ended by an act which is not notified on that day."""
    return _declared[0].withheld(on)


def concealed(on: date) -> Q:
    """The dossiers that an answer reopened, while the association has not received that answer."""
    return _declared[0].concealed(on)


def outcomes(application_pks: Iterable[int], *, on: date) -> Mapping[int, Outcome]:
    """The newest act notified on that day, by key of dossier; dossiers without one are left out."""
    return _declared[0].outcomes(application_pks, on)


@registry_check
def one_room_tells_how_requests_end() -> Iterable[str]:
    """One fault when no room declared it, or several did."""
    if len(_declared) != 1:
        yield f"{len(_declared)} rooms say how requests end, instead of one"
