"""What panels are proposed from: dossiers, members, and the rules between them. No database, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Key = int | str
Pair = tuple[Key, Key]  # a dossier and a member
Place = tuple[float, float]
MOST_SEATS = 20
MOST_FIT = 1_000_000
MOST_FILES = 10_000


class Rule(StrEnum):
    """Why a member cannot sit on a panel; the first that holds is told."""

    CONFLICT = "conflict"  # domain 6.4
    LAST_CYCLE = "last_cycle"  # never the same reviewer for two successive cycles of one label (domain 6.3)
    EXCLUDED = "excluded"  # set aside by the secretariat
    FULL = "full"  # the load that the member chose
    COLLEGE = "college"  # this college has no seat there, or nobody is left in it
    UNKNOWN = "unknown"  # no such dossier or member


@dataclass(frozen=True)
class Dossier:
    """One dossier that needs a panel: how many seats of each college, and what it is about.

    `minimum` is what a college needs for a valid panel (all its seats when it says nothing); no cancer type
    means all of them.
    """

    key: Key
    seats: Mapping[str, int]
    minimum: Mapping[str, int] = field(default_factory=dict)
    regions: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    cancers: frozenset[str] = frozenset()

    def least(self, college: str) -> int:
        """How many of that college make the panel valid."""
        return min(self.minimum.get(college, self.wanted(college)), self.wanted(college))

    def wanted(self, college: str) -> int:
        """How many of that college are wanted."""
        return self.seats.get(college, 0)


@dataclass(frozen=True)
class Member:
    """One member who may be asked: the load that they chose, what they have under way, what they know."""

    key: Key
    college: str
    cap: int
    load: int = 0
    region: str = ""
    fields: frozenset[str] = frozenset()
    cancers: frozenset[str] = frozenset()
    experience: int = 0  # evaluations already given
    rank: int = 0  # 0 a full member, 1 a substitute, 2 the reserve: asked in that order unless others suit much better

    @property
    def spare(self) -> int:
        """How many more files they may take."""
        return max(0, self.cap - self.load)


@dataclass(frozen=True)
class Points:
    """What makes a good fit (domain 6.3), out of `top`; the figures are settings [P]."""

    field: int = 400
    cancer: int = 200
    region: int = 300
    experience: int = 100
    seat: int = 500
    far: float = 3.0  # the distance from which two regions cannot be rivals, in steps of the map
    enough: int = 5  # the number of evaluations from which a professional is experienced

    @property
    def top(self) -> int:
        """The fit of somebody whom everything recommends."""
        return self.field + self.cancer + self.region + self.experience + self.seat


@dataclass(frozen=True)
class Problem:
    """All that a proposal rests on. Keys are unique; a pair names a dossier, then a member.

    `seated` already sit there and stay, their file being part of their load; `existing` is an earlier proposal:
    leaving one of its people out costs `keep_cost`; `pins` must sit, `exclusions` must not. `fit` replaces the
    points: one row per dossier, one column per member, in the order given.
    """

    dossiers: Sequence[Dossier]
    members: Sequence[Member]
    conflicts: Collection[Pair] = ()
    last_cycle: Collection[Pair] = ()
    exclusions: Collection[Pair] = ()
    pins: Collection[Pair] = ()
    seated: Collection[Pair] = ()
    existing: Collection[Pair] = ()
    keep_cost: int = 200
    tolerance: int = 5  # what fairness may cost, in thousandths of the optimum
    lay: frozenset[str] = frozenset({"patients", "caregivers"})
    places: Mapping[str, Place] = field(default_factory=dict)  # where each region stands on the map
    points: Points = field(default_factory=Points)
    fit: NDArray[np.int64] | None = None

    def check(self) -> None:
        """Raises ValueError for what no panel could be proposed from: keys twice, figures out of bounds."""
        _refuse_twice("dossier", [one.key for one in self.dossiers])
        _refuse_twice("member", [one.key for one in self.members])
        for dossier in self.dossiers:
            for figure in (*dossier.seats.values(), *dossier.minimum.values()):
                _refuse_beyond(f"seats of dossier {dossier.key}", figure, MOST_SEATS)
        for member in self.members:
            for figure in (member.cap, member.load, member.experience, member.rank):
                _refuse_beyond(f"files of member {member.key}", figure, MOST_FILES)
        _refuse_beyond("keep_cost", self.keep_cost, MOST_FIT)
        _refuse_beyond("tolerance", self.tolerance, 1000)
        if self.fit is not None:
            if self.fit.shape != (len(self.dossiers), len(self.members)):
                raise ValueError("fit: one row per dossier, one column per member")
            _refuse_beyond("fit", int(self.fit.min(initial=0)), MOST_FIT)
            _refuse_beyond("fit", int(self.fit.max(initial=0)), MOST_FIT)

    def colleges(self) -> list[str]:
        """The colleges of which a seat is wanted, in the order of their names."""
        return sorted({code for one in self.dossiers for code, wanted in one.seats.items() if wanted})


def _refuse_twice(what: str, keys: list[Key]) -> None:
    if len(set(keys)) < len(keys):
        raise ValueError(f"a {what} is given twice")


def _refuse_beyond(what: str, figure: int, most: int) -> None:
    if not 0 <= figure <= most:
        raise ValueError(f"{what}: from 0 to {most}, not {figure}")


Keyed = TypeVar("Keyed", Dossier, Member)


def in_order(rows: Iterable[Keyed]) -> list[Keyed]:
    """The same rows in an order that does not depend on how they were given."""
    return sorted(rows, key=lambda one: place(one.key))


def place(key: Key) -> tuple[bool, int, str]:
    """Where a key stands among others: numbers first."""
    return (True, 0, key) if isinstance(key, str) else (False, key, "")
