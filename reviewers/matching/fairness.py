"""The fairest among near-optimal panels: first the worst-served dossier, then the spread of loads.

Seats move by chains: a dossier takes a better member, who leaves another dossier, which takes a third… until a member
with room, or the one whom the first dossier gave up. A chain is a shortest path among the members of a college.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reviewers.matching.flow import Flags, Ints

NEVER = np.int64(2**40)  # the loss of a move that is not allowed
LONGEST_CHAIN = 4
EAGERNESS = 3  # one point won by a dossier under the goal is worth that many points of the total, while there are some
RUNGS = (
    5,
    20,
    60,
    150,
)  # the ranks, from the worst served, of the levels that are the goals before the highest
MOST_LIFTS = 2_000  # the work is bounded by counts, never by a clock: the same problem gives the same panels
EFFORT = 25_000_000
SMALL = 400  # dossiers
TRIES = 6
BEAM = 24  # of the ways of one length, the best that are followed further
STALE = 0.5  # a move is left when evening won less than this part of what it promised
EVEN = 1e-9
ROUNDS = 6


@dataclass
class College:
    """The seats of one college while they move. Seats are rows; `held` says who sits, pinned ones included."""

    fit: Ints
    weight: Ints
    allowed: Flags
    held: Flags
    dossier: Ints  # of each movable seat
    member: Ints  # of each movable seat
    load: Ints  # files of each member, those under way included
    cap: Ints
    seats_of: list[list[int]] = field(default_factory=list)  # the movable seats of each dossier
    files_of: list[set[int]] = field(default_factory=list)  # the movable seats of each member

    def __post_init__(self) -> None:
        dossiers, members = self.fit.shape
        self.seats_of = [[] for _ in range(dossiers)]
        self.files_of = [set() for _ in range(members)]
        for seat, (row, column) in enumerate(zip(self.dossier.tolist(), self.member.tolist(), strict=True)):
            self.seats_of[row].append(seat)
            self.files_of[column].add(seat)

    def copy(self) -> College:
        """The same seats, to be moved apart."""
        return College(
            self.fit,
            self.weight,
            self.allowed,
            self.held.copy(),
            self.dossier,
            self.member.copy(),
            self.load.copy(),
            self.cap,
        )

    def move(self, seat: int, to: int) -> None:
        """Somebody else takes that seat."""
        row, old = int(self.dossier[seat]), int(self.member[seat])
        self.held[row, old], self.held[row, to] = False, True
        self.member[seat] = to
        self.load[old] -= 1
        self.load[to] += 1
        self.files_of[old].remove(seat)
        self.files_of[to].add(seat)

    def room(self) -> Flags:
        """Which members may still take a file."""
        return self.load < self.cap

    def could_take(self, rows: Ints) -> Flags:
        """Which members could join each of these dossiers, whatever their load."""
        return self.allowed[rows] & ~self.held[rows]


@dataclass
class Seating:
    """The seats of all colleges. The level of a dossier is its fit per seat, in a common unit."""

    colleges: list[College]
    total: Ints  # the fit of each dossier, over all its seats
    factor: Ints  # from a total to a level: dossiers with fewer seats are not worse served for that

    def copy(self) -> Seating:
        """The same seats, to be moved apart."""
        return Seating([one.copy() for one in self.colleges], self.total.copy(), self.factor)

    def levels(self) -> Ints:
        """How well each dossier is served."""
        return self.total * self.factor

    def worst(self) -> int:
        """How well the worst-served dossier is served."""
        return int(self.levels().min(initial=NEVER))

    def move(self, college: College, seat: int, to: int) -> int:
        """Somebody else takes that seat; returns what the total loses."""
        row, old = int(college.dossier[seat]), int(college.member[seat])
        self.total[row] += college.fit[row, to] - college.fit[row, old]
        college.move(seat, to)
        return int(college.weight[row, old] - college.weight[row, to])


def fairest(seating: Seating, *, highest: int, budget: int) -> Seating:
    """Raise the worst-served dossier as near to `highest` as the budget allows, then even the loads with the rest.

    `budget` is what the total may lose; `highest` is what no seating could exceed for its worst-served dossier.
    The worst-served dossier never gets less than it had.
    """
    best, spent = _climbed(seating.copy(), highest, budget)
    if len(seating.total) <= SMALL:
        best, spent = _searched(seating, best, spent, highest, budget)
    _even_loads(best, budget - spent)
    return best


def _climbed(seating: Seating, highest: int, budget: int) -> tuple[Seating, int]:
    """Goal after goal, each a little higher: one too high at once spends all on a few dossiers."""
    levels = np.sort(seating.levels())
    goals = {min(int(levels[rank]), highest) for rank in RUNGS if rank < len(levels)} | {highest}
    lift = _Lift(seating, budget)
    for goal in sorted(goals):
        if goal > seating.worst() and not lift.to(goal):
            break
    return seating, lift.spent


def _searched(seating: Seating, best: Seating, spent: int, highest: int, budget: int) -> tuple[Seating, int]:
    """Where there are few dossiers there is time to look between what was reached and what was not, from the start."""
    for _ in range(TRIES):
        goal = (best.worst() + highest + 1) // 2
        if goal <= best.worst():
            break
        lift = _Lift(seating.copy(), budget)
        if not lift.to(goal):
            highest = goal - 1
        if lift.seating.worst() > best.worst():
            best, spent = lift.seating, lift.spent
    return best, spent


@dataclass
class _Chain:
    """A way for a dossier to get better: a seat of its own, then the members who each leave to the next one."""

    value: int
    college: int
    seat: int
    members: list[int]


class _Lift:
    """Brings each dossier under the goal to it, worst first, within a budget, without pulling another under it."""

    def __init__(self, seating: Seating, budget: int) -> None:
        self.seating, self.left, self.spent = seating, budget, 0
        self.goal = 0
        sizes = [len(one.cap) for one in seating.colleges]
        self.steps = [np.full((size, size), NEVER) for size in sizes]
        self.stale: list[set[int]] = [set() for _ in sizes]
        self.lifts = min(MOST_LIFTS, EFFORT // max(1, sum(size * size for size in sizes)))

    def to(self, goal: int) -> bool:
        """Bring every dossier to that goal; False when one stays under it.

        The goal then comes down to what that dossier has: more for the others would not help the worst served.
        """
        self.goal, start = goal, self.seating.worst()
        self.stale = [set(range(len(one.cap))) for one in self.seating.colleges]
        levels = self.seating.levels()
        for dossier in np.argsort(levels, kind="stable").tolist():
            if levels[dossier] >= self.goal or self.goal <= start:
                break
            while self._level(dossier) < self.goal and self._lift(dossier):
                pass
            self.goal = min(self.goal, self._level(dossier))
        return self.goal == goal

    def _level(self, dossier: int) -> int:
        return int(self.seating.total[dossier] * self.seating.factor[dossier])

    def _lift(self, dossier: int) -> bool:
        if self.lifts <= 0:
            return False
        self.lifts -= 1
        self._refresh()
        chains = [chain for place in range(len(self.steps)) for chain in self._chains(place, dossier)]
        chains.sort(key=lambda chain: (chain.value, chain.college, chain.seat, chain.members))
        return any(self._follow(dossier, chain) for chain in chains)

    def _refresh(self) -> None:
        """The least loss with which a member leaves a file to another one, where files were moved.

        What it costs dossiers that changed since is looked at again when a chain is followed.
        """
        for place, college in enumerate(self.seating.colleges):
            for member in sorted(self.stale[place]):
                seats = sorted(college.files_of[member])
                if not seats:
                    self.steps[place][member] = NEVER
                    continue
                rows = college.dossier[seats]
                total, factor = self.seating.total[rows][:, None], self.seating.factor[rows][:, None]
                after = total + college.fit[rows] - college.fit[rows, member][:, None]
                fine = college.could_take(rows) & ((after * factor >= self.goal) | (after >= total))
                loss = college.weight[rows, member][:, None] - college.weight[rows]
                self.steps[place][member] = np.where(fine, loss, NEVER).min(axis=0)
            self.stale[place].clear()

    def _chains(self, place: int, dossier: int) -> Iterator[_Chain]:
        """The best chain of each length for each seat of that dossier in that college."""
        college, steps = self.seating.colleges[place], self.steps[place]
        factor = int(self.seating.factor[dossier])
        lacking = -(-self.goal // factor) - int(self.seating.total[dossier])
        for seat in college.seats_of[dossier]:
            leaving = int(college.member[seat])
            gain = college.fit[dossier] - college.fit[dossier, leaving]
            enters = college.allowed[dossier] & ~college.held[dossier] & (gain > 0)
            loss = college.weight[dossier, leaving] - college.weight[dossier]
            value = np.where(enters, loss - EAGERNESS * np.minimum(gain, lacking), NEVER)
            ends = college.room()
            ends[leaving] = True
            before: list[Ints] = []
            for _ in range(LONGEST_CHAIN):
                last = int(np.argmin(np.where(ends, value, NEVER)))
                if ends[last] and value[last] < NEVER // 2:
                    yield _Chain(int(value[last]), place, seat, _traced(before, last))
                few = np.argsort(value, kind="stable")[:BEAM]
                through = value[few][:, None] + steps[few]
                before.append(few[np.argmin(through, axis=0)])
                value = through.min(axis=0)

    def _follow(self, dossier: int, chain: _Chain) -> bool:
        """Move the seats of a chain, if it is a real one within the budget; nothing changes otherwise."""
        college = self.seating.colleges[chain.college]
        moves = self._moves(college, dossier, chain)
        if moves is None:
            return False
        leaving = int(college.member[chain.seat])
        loss = sum(
            int(college.weight[college.dossier[seat], college.member[seat]])
            - int(college.weight[college.dossier[seat], to])
            for seat, to in moves
        )
        if loss > self.left:
            return False
        for seat, to in moves:
            self.seating.move(college, seat, to)
        self.left -= loss
        self.spent += loss
        self.stale[chain.college].update(chain.members, [leaving])
        return True

    def _moves(self, college: College, dossier: int, chain: _Chain) -> list[tuple[int, int]] | None:
        if len(set(chain.members)) < len(chain.members):
            return None
        moves, touched = [(chain.seat, chain.members[0])], {dossier}
        for member, to in zip(chain.members, chain.members[1:], strict=False):
            seat = self._cheapest(college, member, to)
            if seat is None or int(college.dossier[seat]) in touched:
                return None
            touched.add(int(college.dossier[seat]))
            moves.append((seat, to))
        return moves

    def _cheapest(self, college: College, member: int, to: int) -> int | None:
        """The seat that a member leaves to another one at the least loss."""
        seats = sorted(college.files_of[member])
        rows = college.dossier[seats]
        total = self.seating.total[rows]
        after = total + college.fit[rows, to] - college.fit[rows, member]
        fine = college.could_take(rows)[:, to] & (
            (after * self.seating.factor[rows] >= self.goal) | (after >= total)
        )
        loss = np.where(fine, college.weight[rows, member] - college.weight[rows, to], NEVER)
        place = int(np.argmin(loss))
        return seats[place] if fine[place] else None


def _traced(before: list[Ints], last: int) -> list[int]:
    members = [last]
    for origins in reversed(before):
        members.append(int(origins[members[-1]]))
    return members[::-1]


def _even_loads(seating: Seating, budget: int) -> None:
    """Files go from loaded members to freer ones of the college, by what each point of evenness costs."""
    floor = seating.worst()
    for place, college in enumerate(seating.colleges):
        share = budget // (len(seating.colleges) - place)
        for _ in range(ROUNDS):
            spent, moved = _even(seating, college, floor, share)
            share -= spent
            budget -= spent
            if not moved:
                break


def _even(seating: Seating, college: College, floor: int, budget: int) -> tuple[int, int]:
    """One round: the cheapest move of each seat of a loaded member; returns what was lost and how many moved."""
    seats, members, benefit = _offers(college)
    spent, moved = 0, 0
    cap = np.maximum(college.cap, 1).tolist()
    for seat, to, promised in zip(seats.tolist(), members.tolist(), benefit.tolist(), strict=True):
        row, leaving = int(college.dossier[seat]), int(college.member[seat])
        load, other = int(college.load[leaving]), int(college.load[to])
        won = (2 * load - 1) / cap[leaving] - (2 * other + 1) / cap[to]
        if college.held[row, to] or other >= college.cap[to] or won < max(EVEN, STALE * promised):
            continue
        cost = int(college.weight[row, leaving] - college.weight[row, to])
        after = int(seating.total[row] + college.fit[row, to] - college.fit[row, leaving])
        if spent + cost > budget or after * int(seating.factor[row]) < floor:
            continue
        spent += seating.move(college, seat, to)
        moved += 1
    return spent, moved


def _offers(college: College) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """For each seat of a member above the average load, who below it would take it at the best price; best first."""
    cap = np.maximum(college.cap, 1)
    average = college.load.sum() / max(int(cap.sum()), 1)
    relief, burden = (2 * college.load - 1) / cap, (2 * college.load + 1) / cap
    loaded = relief > 2 * average
    free = np.nonzero((burden < 2 * average) & college.room())[0]
    seats = np.nonzero(loaded[college.member])[0]
    if not len(free) or not len(seats):
        return seats[:0], free[:0], np.zeros(0)
    rows, old = college.dossier[seats], college.member[seats]
    benefit = relief[old][:, None] - burden[free]
    loss = college.weight[rows, old][:, None] - college.weight[np.ix_(rows, free)]
    fine = college.allowed[np.ix_(rows, free)] & ~college.held[np.ix_(rows, free)]
    price = np.where(fine, loss / benefit, np.inf)
    best = price.argmin(axis=1)
    every = np.arange(len(seats))
    order = np.argsort(price[every, best], kind="stable")
    order = order[np.isfinite(price[every, best][order])]
    return seats[order], free[best[order]], benefit[order, best[order]]
