"""Why a seat stays empty, and the smallest changes that would fill every seat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from reviewers.matching.flow import Block, Ints, best, fewest_extra
from reviewers.matching.problem import MOST_FILES, Key, Member, Pair, Problem, Rule
from reviewers.matching.table import Table

MOST_READMITTED = 12  # dossiers that are tried again one by one before being set aside


@dataclass(frozen=True)
class Shortfall:
    """Seats of one college of one dossier that nobody can take.

    `rule` is what fails; `counts` says how many members of the college each rule keeps away (`full`: their load,
    in this proposal).
    """

    dossier: Key
    college: str
    missing: int
    below_minimum: bool
    rule: Rule
    counts: Mapping[Rule, int]


@dataclass(frozen=True)
class Relaxation:
    """Changes that, made together, fill every seat that is still wanted."""

    extra_files: Mapping[Key, int] = field(default_factory=dict)  # above the load that a member chose
    lifted: tuple[Pair, ...] = ()  # exclusions taken back
    unpinned: tuple[Pair, ...] = ()  # pins refused for a full load, which would eat the files added: given up
    new_members: Mapping[str, int] = field(default_factory=dict)  # by college, without any link
    fewer_seats: Mapping[tuple[Key, str], int] = field(default_factory=dict)  # by dossier and college
    without: tuple[Key, ...] = ()  # dossiers left for later

    @property
    def size(self) -> int:
        """How many changes it takes; a pin given up is none, since it was refused already."""
        counted = (self.extra_files, self.new_members, self.fewer_seats)
        return len(self.lifted) + len(self.without) + sum(sum(one.values()) for one in counted)

    @property
    def severity(self) -> tuple[int, ...]:
        """What is given up, the gravest first, to order changes of the same size."""
        return (
            len(self.without),
            sum(self.fewer_seats.values()),
            sum(self.new_members.values()),
            len(self.lifted),
        )


def shortfalls(table: Table, missing: Mapping[str, Ints]) -> list[Shortfall]:
    """The empty seats, dossier by dossier."""
    found = [
        _shortfall(table, code, int(row), int(gaps[row]))
        for code, gaps in missing.items()
        for row in np.nonzero(gaps)[0]
    ]
    return sorted(found, key=lambda one: (table.row[one.dossier], one.college))


def _shortfall(table: Table, college: str, row: int, gaps: int) -> Shortfall:
    dossier, block = table.dossiers[row], table.block(college)
    kept_away: Counter[Rule] = Counter()
    for column in table.columns[college]:
        if rule := table.rule_against(dossier.key, table.members[column].key):
            kept_away[rule] += 1
    possible, filled = int(block.allowed[row].sum()), int(block.need[row]) - gaps
    counts = {**kept_away, Rule.FULL: possible - filled} if possible > filled else {**kept_away}
    if possible >= block.need[row]:
        rule = Rule.FULL
    else:  # the rule that keeps most people away
        rule = max(kept_away, key=lambda one: (kept_away[one], one.value), default=Rule.COLLEGE)
    return Shortfall(dossier.key, college, gaps, filled < block.floor[row], rule, counts)


def relaxations(table: Table, missing: Mapping[str, Ints]) -> list[Relaxation]:
    """The smallest change of each kind, those with fewer changes first; nothing when nothing is missing."""
    if not any(gaps.any() for gaps in missing.values()):
        return []
    found = [*_more_work(table, missing), _fewer_seats(table, missing), _without(table, missing)]
    found.append(_new_members(missing))
    unique = {repr(one): one for one in found if one.size}
    return sorted(unique.values(), key=lambda one: (one.size, one.severity))


def _more_work(table: Table, missing: Mapping[str, Ints]) -> Iterator[Relaxation]:
    """More files for some members, after taking back as many exclusions as a dossier cannot do without."""
    files: dict[Key, int] = {}
    lifted: list[Pair] = []
    for college, gaps in missing.items():
        if not gaps.any():
            continue
        block = table.block(college)
        lifted += _lift(table, college, block)
        extra = fewest_extra(block)
        if extra is None:
            return
        files |= {
            table.members[column].key: int(count)
            for column, count in zip(table.columns[college], extra, strict=True)
            if count
        }
    unpinned = [
        (one.dossier, one.member)
        for one in table.refused_pins
        if one.rule == Rule.FULL and one.member in files
    ]
    yield Relaxation(extra_files=files, lifted=tuple(lifted), unpinned=tuple(unpinned))


def _lift(table: Table, college: str, block: Block) -> list[Pair]:
    """The exclusions without which a dossier has too few members to choose from, the best fit first."""
    found: list[Pair] = []
    columns = table.columns[college]
    lacking = block.need - block.allowed.sum(axis=1)
    for row in np.nonzero(lacking > 0)[0]:
        barred = table.conflict[row, columns] | table.last_cycle[row, columns]
        could = np.nonzero(table.excluded[row, columns] & ~barred)[0]
        order = sorted(
            could.tolist(), key=lambda place: (block.spare[place] == 0, -block.weight[row, place], place)
        )
        for place in order[: int(lacking[row])]:
            block.allowed[row, place] = True
            found.append((table.dossiers[row].key, table.members[columns[place]].key))
    return found


def _fewer_seats(table: Table, missing: Mapping[str, Ints]) -> Relaxation:
    """The empty seats given up; a dossier in which a college would be empty is left for later (domain 6.3)."""
    seats: dict[tuple[Key, str], int] = {}
    without: set[int] = set()
    for college, gaps in missing.items():
        for row in np.nonzero(gaps)[0].tolist():
            dossier = table.dossiers[row]
            if dossier.wanted(college) > gaps[row]:
                seats[dossier.key, college] = int(gaps[row])
            else:
                without.add(row)
    gone = {table.dossiers[row].key for row in without}
    kept = {pair: count for pair, count in seats.items() if pair[0] not in gone}
    return Relaxation(fewer_seats=kept, without=_keys(table, without))


def _without(table: Table, missing: Mapping[str, Ints]) -> Relaxation:
    """As few dossiers left for later as was found: those that are short, less those that fit again afterwards."""
    short: set[int] = set()
    for gaps in missing.values():
        short |= set(np.nonzero(gaps)[0].tolist())
    if len(short) <= MOST_READMITTED:
        blocks = [table.block(college) for college in missing]
        for row in sorted(short, key=lambda row: (sum(gaps[row] for gaps in missing.values()), row)):
            if len(short) > 1 and all(_is_filled(block, short - {row}) for block in blocks):
                short.remove(row)
    return Relaxation(without=_keys(table, short))


def _is_filled(block: Block, without: set[int]) -> bool:
    need = block.need.copy()
    need[list(without)] = 0
    rows, _members = best(replace(block, need=need, floor=np.minimum(block.floor, need)))
    return len(rows) == need.sum()


def _new_members(missing: Mapping[str, Ints]) -> Relaxation:
    """As many people more in a college as its shortest dossier lacks."""
    return Relaxation(
        new_members={college: int(gaps.max()) for college, gaps in missing.items() if gaps.any()}
    )


def _keys(table: Table, rows: set[int]) -> tuple[Key, ...]:
    return tuple(table.dossiers[row].key for row in sorted(rows))


def relaxed(problem: Problem, change: Relaxation) -> Problem:
    """The problem with these changes made: it has a panel for every dossier that is left."""
    members = [
        replace(one, cap=max(one.cap, one.load) + change.extra_files[one.key])
        if one.key in change.extra_files
        else one
        for one in problem.members
    ]
    most = min(MOST_FILES, sum(sum(one.seats.values()) for one in problem.dossiers))
    for college, count in change.new_members.items():
        members += [Member(f"new {college} {number}", college, most) for number in range(1, count + 1)]
    kept = [place for place, one in enumerate(problem.dossiers) if one.key not in change.without]
    dossiers = []
    for place in kept:
        one = problem.dossiers[place]
        seats = {
            code: count - change.fewer_seats.get((one.key, code), 0) for code, count in one.seats.items()
        }
        dossiers.append(replace(one, seats=seats))
    fit = problem.fit
    if fit is not None:
        fit = np.pad(fit[kept], ((0, 0), (0, len(members) - len(problem.members))))
    exclusions = [pair for pair in problem.exclusions if pair not in change.lifted]
    pins = [pair for pair in problem.pins if pair not in change.unpinned]
    return replace(problem, members=members, dossiers=dossiers, exclusions=exclusions, pins=pins, fit=fit)
