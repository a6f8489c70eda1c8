"""The order of the items of an agenda in which people leave and return the fewest times: pure, deterministic.

Two items side by side cost as many passages through the door as people kept away from one and not from the other.
The shortest order is a path through the distinct sets of absent people: exact up to `EXACT` sets, then a good one.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
Absent = frozenset[int]
EXACT = 11  # distinct sets of absent people: 11² × 2¹¹ steps at most


def passages(order: Sequence[K], absent: Mapping[K, Collection[int]]) -> int:
    """How many times somebody goes through the door between two items of this order."""
    return sum(len(frozenset(absent[one]) ^ frozenset(absent[two])) for one, two in pairwise(order))


def fewest_passages(absent: Mapping[K, Collection[int]]) -> list[K]:
    """The items in the order with the fewest passages; items with the same absent people keep their given order.

    `absent` says, for each item in the order proposed, who may not take part. Among equal orders the one nearest to
    the order proposed is taken, so the same agenda always gives the same order.
    """
    groups: dict[Absent, list[K]] = {}
    for item, people in absent.items():
        groups.setdefault(frozenset(people), []).append(item)
    sets = list(groups)
    path = _exact(sets) if len(sets) <= EXACT else _near(sets)
    return [item for place in path for item in groups[sets[place]]]


def _steps(sets: Sequence[Absent]) -> list[list[int]]:
    return [[len(one ^ two) for two in sets] for one in sets]


def _exact(sets: Sequence[Absent]) -> list[int]:
    """The best path by dynamic programming on the sets already visited (Held and Karp)."""
    if len(sets) < 2:
        return list(range(len(sets)))
    steps, every = _steps(sets), range(len(sets))
    # best[(visited, last)] = (cost, path): ties fall to the first path in the order proposed.
    best: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {
        (1 << place, place): (0, (place,)) for place in every
    }
    for _ in every[1:]:
        following: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {}
        for (visited, last), (cost, path) in best.items():
            for place in every:
                if visited & (1 << place):
                    continue
                key = (visited | (1 << place), place)
                found = (cost + steps[last][place], (*path, place))
                if key not in following or found < following[key]:
                    following[key] = found
        best = following
    return list(min(best.values())[1])


def _near(sets: Sequence[Absent]) -> list[int]:
    """A path by nearest neighbour from each start, made shorter by turning stretches round while that helps."""
    steps = _steps(sets)
    found = (_untangled(_nearest(start, steps), steps) for start in range(len(sets)))
    return min(found, key=lambda path: (_length(path, steps), path))


def _nearest(start: int, steps: list[list[int]]) -> list[int]:
    path, left = [start], set(range(len(steps))) - {start}
    while left:
        last = path[-1]
        path.append(min(left, key=lambda place: (steps[last][place], place)))
        left.remove(path[-1])
    return path


def _untangled(path: list[int], steps: list[list[int]]) -> list[int]:
    improved = True
    while improved:
        improved = False
        for first in range(len(path) - 1):
            for last in range(first + 1, len(path)):
                if _gain(path, first, last, steps) > 0:
                    path[first : last + 1] = reversed(path[first : last + 1])
                    improved = True
    return path


def _gain(path: list[int], first: int, last: int, steps: list[list[int]]) -> int:
    """What turning this stretch round would save at its two ends."""
    saved = 0
    if first > 0:
        saved += steps[path[first - 1]][path[first]] - steps[path[first - 1]][path[last]]
    if last < len(path) - 1:
        saved += steps[path[last]][path[last + 1]] - steps[path[first]][path[last + 1]]
    return saved


def _length(path: Sequence[int], steps: list[list[int]]) -> int:
    return sum(steps[one][two] for one, two in pairwise(path))
