"""The quorum of a sitting, overall and by college: pure arithmetic (domain 5.1 SESSION, ITEM)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from reviewers.scoring import COLLEGES

HALF = 50  # percent


@dataclass(frozen=True)
class Quorum:
    """How many members are in office, how many are needed and here, and which colleges have nobody."""

    in_office: int
    needed: int
    here: int
    by_college: dict[str, int]
    absent_colleges: tuple[str, ...]

    @property
    def lacking(self) -> int:
        """How many more members are needed overall."""
        return max(self.needed - self.here, 0)

    @property
    def is_reached(self) -> bool:
        """Whether the sitting, or the item, may begin."""
        return not self.lacking and not self.absent_colleges

    def as_data(self) -> dict[str, Any]:
        """The figures as plain data, for the record."""
        return {
            "in_office": self.in_office,
            "needed": self.needed,
            "here": self.here,
            "by_college": self.by_college,
        }


def quorum(
    in_office: Mapping[int, str],
    here: Collection[int],
    *,
    without: Collection[int] = (),
    second: bool = False,
    in_writing: Collection[int] = (),
    percent: int = HALF,
) -> Quorum:
    """Count the quorum. Keys are those of mandates; `in_office` gives the college of each member who counts.

    `here` are the members present, remote or represented; `without` those kept away from an item, who count
    neither as members nor as here. Half of the members in office and one per college. After a `second`
    convocation no overall number is needed, and a college is heard through a written contribution too.
    """
    members = {key: college for key, college in in_office.items() if key not in without}
    seated = [college for key, college in members.items() if key in here]
    written = {college for key, college in members.items() if second and key in in_writing}
    found = Counter(seated)
    return Quorum(
        in_office=len(members),
        needed=0 if second else -(-len(members) * percent // 100),
        here=len(seated),
        by_college={college: found[college] for college in COLLEGES},
        absent_colleges=tuple(one for one in COLLEGES if not found[one] and one not in written),
    )
