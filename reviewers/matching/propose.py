"""Panels for many dossiers at once: the optimum of each college, then the fairest among the near-optimal ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from reviewers.matching.fairness import NEVER, College, Seating, fairest
from reviewers.matching.fit import Reason, fit_reasons
from reviewers.matching.flow import Block, Ints, best
from reviewers.matching.problem import Key, Pair, Problem
from reviewers.matching.shortage import Relaxation, Shortfall, relaxations, shortfalls
from reviewers.matching.table import RefusedPin, Table


class Seat(NamedTuple):
    """One member proposed for one dossier."""

    dossier: Key
    member: Key
    college: str
    is_pinned: bool = False


@dataclass(frozen=True)
class Proposal:
    """What is proposed: nothing is asked of anybody yet.

    `optimum` and `value` are the total fit before and after fairness, over the seats that were free to fill; `worst`
    and `plain_worst` the fit per seat of the worst-served dossier, after and before.
    """

    table: Table
    panels: Mapping[Key, tuple[Seat, ...]]
    loads: Mapping[Key, int]
    optimum: int
    value: int
    worst: float
    plain_worst: float
    missing: Mapping[str, Ints]

    @property
    def refused_pins(self) -> list[RefusedPin]:
        """Who was kept by hand and cannot sit there."""
        return self.table.refused_pins

    @cached_property
    def shortfalls(self) -> list[Shortfall]:
        """The seats that nobody can take, with the rule that leaves them empty."""
        return shortfalls(self.table, self.missing)

    @cached_property
    def relaxations(self) -> list[Relaxation]:
        """What would do to fill every seat, the smallest change first; each is enough by itself."""
        return relaxations(self.table, self.missing)

    @property
    def is_complete(self) -> bool:
        """Whether every wanted seat is filled."""
        return not any(gaps.any() for gaps in self.missing.values())

    @property
    def is_possible(self) -> bool:
        """Whether every college of every dossier has its minimum."""
        return not any(one.below_minimum for one in self.shortfalls)

    @property
    def spread(self) -> float:
        """The standard deviation of the loads, as parts of what each member accepts."""
        caps = np.maximum(self.table.cap, 1)
        loads = np.array([self.loads[one.key] for one in self.table.members], np.int64)
        return float((loads / caps).std()) if len(caps) else 0.0

    def pairs(self) -> list[Pair]:
        """Every seat as a pair."""
        return [(seat.dossier, seat.member) for seats in self.panels.values() for seat in seats]

    def why(self, dossier: Key, member: Key) -> list[Reason]:
        """Why this member sits, or could sit, on this dossier: fit first, then rules and load."""
        return why(self, dossier, member)


def propose_panels(problem: Problem, *, is_fair: bool = True) -> Proposal:
    """The panels of greatest fit under the rules, then the fairest within the tolerance of the problem.

    The same problem gives the same panels, in whatever order it is written. `is_fair=False` stops at the optimum.
    Raises ValueError for keys given twice and figures out of bounds.
    """
    table = Table(problem)
    blocks = {code: table.block(code) for code in table.columns}
    seating, missing = _optimal(table, blocks)
    optimum, plain_worst = _value(seating, blocks), _per_seat(seating)
    if is_fair:
        highest = _highest(table, blocks, seating)
        seating = fairest(seating, highest=highest, budget=optimum * problem.tolerance // 1000)
    return Proposal(
        table=table,
        panels=_panels(table, seating),
        loads=_loads(table, seating),
        optimum=optimum,
        value=_value(seating, blocks),
        worst=_per_seat(seating),
        plain_worst=plain_worst,
        missing=missing,
    )


def replace_member(proposal: Proposal, dossier: Key, member: Key) -> Proposal:
    """Somebody else instead of this member on this dossier; all the other seats stay as they are.

    When nobody can, the seat is among the shortfalls of the answer. A pin on that seat is lifted.
    """
    gone = (dossier, member)
    problem = proposal.table.problem
    kept = [pair for pair in proposal.pairs() if pair != gone]
    return propose_panels(replace(problem, pins=kept, exclusions=[*problem.exclusions, gone]), is_fair=False)


def _optimal(table: Table, blocks: Mapping[str, Block]) -> tuple[Seating, dict[str, Ints]]:
    """The optimum of each college: colleges share nobody, so that their sum is the optimum of all."""
    colleges, missing = [], {}
    total = table.settled_fit()
    seats = (table.seated | table.pinned).sum(axis=1)
    for code, block in blocks.items():
        rows, members = best(block)
        columns = table.columns[code]
        fit, settled = table.fit[:, columns], (table.seated | table.pinned)[:, columns]
        held = settled.copy()
        held[rows, members] = True
        filled = np.bincount(rows, minlength=len(table.dossiers))
        total = total + np.bincount(rows, fit[rows, members], len(table.dossiers)).astype(np.int64)
        seats = seats + filled
        missing[code] = block.need - filled
        load = table.load[columns] + np.bincount(members, minlength=len(columns))
        colleges.append(
            College(fit, block.weight, block.allowed, held, rows, members, load, table.cap[columns])
        )
    return Seating(colleges, *_comparable(total, seats)), missing


def _comparable(total: Ints, seats: Ints) -> tuple[Ints, Ints]:
    """Totals with the factor that makes them fit per seat; a dossier without a seat is never the worst served."""
    counts = sorted({int(count) for count in seats if count})
    common = int(np.lcm.reduce(np.array(counts, np.int64))) if counts else 1
    factor = np.where(seats > 0, common // np.maximum(seats, 1), 1)
    return np.where(seats > 0, total, NEVER), factor


def _highest(table: Table, blocks: Mapping[str, Block], seating: Seating) -> int:
    """What no seating could exceed for its worst-served dossier: each one with its best members, had it the choice."""
    reachable = np.where(seating.total == NEVER, NEVER, table.settled_fit())
    for college, block in zip(seating.colleges, blocks.values(), strict=True):
        filled = np.bincount(college.dossier, minlength=len(table.dossiers))
        most = int(filled.max(initial=0))
        if most:
            fit = np.where(block.allowed, college.fit, 0)
            top = -np.sort(np.partition(-fit, most - 1, axis=1)[:, :most], axis=1)
            sums = np.concatenate([np.zeros((len(top), 1), np.int64), top.cumsum(axis=1)], axis=1)
            reachable = reachable + sums[np.arange(len(top)), filled]
    return int((reachable * seating.factor).min(initial=NEVER))


def _value(seating: Seating, blocks: Mapping[str, Block]) -> int:
    pairs = zip(seating.colleges, blocks.values(), strict=True)
    return sum(int(block.weight[one.dossier, one.member].sum()) for one, block in pairs)


def _per_seat(seating: Seating) -> float:
    """The fit per seat of the worst-served dossier; 0 when there is none."""
    counts = np.zeros(len(seating.total), np.int64)
    for college in seating.colleges:
        counts += college.held.sum(axis=1)
    return (
        float((seating.total[counts > 0] / counts[counts > 0]).min(initial=np.inf)) if counts.any() else 0.0
    )


def _panels(table: Table, seating: Seating) -> dict[Key, tuple[Seat, ...]]:
    """The seats by dossier, college by college; those who sat already are not proposed again."""
    found: dict[Key, list[Seat]] = {one.key: [] for one in table.dossiers}
    for code, college in zip(table.columns, seating.colleges, strict=True):
        columns = table.columns[code]
        proposed = college.held & ~table.seated[:, columns]
        pinned = table.pinned[:, columns]
        for row, place in zip(*(axis.tolist() for axis in np.nonzero(proposed)), strict=True):
            dossier, member = table.dossiers[row].key, table.members[columns[place]].key
            found[dossier].append(Seat(dossier, member, code, bool(pinned[row, place])))
    return {key: tuple(seats) for key, seats in found.items()}


def _loads(table: Table, seating: Seating) -> dict[Key, int]:
    loads = table.load.copy()
    for code, college in zip(table.columns, seating.colleges, strict=True):
        loads[table.columns[code]] = college.load
    return {one.key: int(load) for one, load in zip(table.members, loads, strict=True)}


def why(proposal: Proposal, dossier: Key, member: Key) -> list[Reason]:
    """The reasons of one pair: what recommends or weakens it, what the secretariat asked, the load."""
    table = proposal.table
    row, column = table.row[dossier], table.column[member]
    one = table.members[column]
    found = fit_reasons(table.problem, table.dossiers[row], one) if table.problem.fit is None else []
    found.sort(key=lambda reason: -reason.points)
    if table.last_cycle[row].any():
        found.append(Reason("not_last_cycle"))
    if table.pinned[row, column]:
        found.append(Reason("pinned"))
    elif (dossier, member) in set(table.problem.existing):
        found.append(Reason("kept"))
    others = table.block(one.college).allowed[row] if one.college in table.columns else np.zeros(0, bool)
    if others.sum() <= table.dossiers[row].wanted(one.college):
        found.append(Reason("only_ones", facts={"count": int(others.sum())}))
    found.append(Reason("load", facts={"count": proposal.loads[member], "cap": one.cap}))
    return found
