"""A problem as arrays: who may sit where, what each pair is worth, and what is already settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from reviewers.matching.fit import fit_matrix
from reviewers.matching.flow import Block, Flags, Ints
from reviewers.matching.problem import Dossier, Key, Member, Pair, Problem, Rule, in_order, place


@dataclass(frozen=True)
class RefusedPin:
    """Somebody whom the secretariat kept and who cannot sit there, with the rule that forbids it."""

    dossier: Key
    member: Key
    rule: Rule


class Table:
    """Rows are dossiers and columns members, both in the order of their keys: the input may come shuffled."""

    def __init__(self, problem: Problem) -> None:
        problem.check()
        self.problem = problem
        self.dossiers: list[Dossier] = in_order(problem.dossiers)
        self.members: list[Member] = in_order(problem.members)
        self.row = {one.key: number for number, one in enumerate(self.dossiers)}
        self.column = {one.key: number for number, one in enumerate(self.members)}
        self.shape = (len(self.dossiers), len(self.members))
        self.fit = fit_matrix(problem, self.dossiers, self.members)
        self.conflict = self._marked(problem.conflicts)
        self.last_cycle = self._marked(problem.last_cycle)
        self.excluded = self._marked(problem.exclusions)
        self.seated = self._marked(problem.seated)
        self.barred = self.conflict | self.last_cycle | self.excluded
        self.refused_pins: list[RefusedPin] = []
        self.pinned = self._accepted_pins()
        self.weight = self.fit
        if problem.existing:
            self.weight = self.fit + problem.keep_cost * self._marked(problem.existing)
        asked = self.pinned.sum(axis=0)
        self.spare = np.array([one.spare for one in self.members], np.int64) - asked
        self.load = np.array([one.load for one in self.members], np.int64) + asked
        self.cap = np.array([one.cap for one in self.members], np.int64)
        college = np.array([one.college for one in self.members])
        self.columns = {code: np.nonzero(college == code)[0] for code in problem.colleges()}

    def _marked(self, pairs: Iterable[Pair]) -> Flags:
        """The pairs as marks; a pair that names nobody here marks nothing."""
        known = [
            (self.row[dossier], self.column[member])
            for dossier, member in pairs
            if dossier in self.row and member in self.column
        ]
        found = np.zeros(self.shape, bool)
        if known:
            found[tuple(np.array(known).T)] = True
        return found

    def rule_against(self, dossier: Key, member: Key) -> Rule | None:
        """The rule that keeps this member away from this dossier, loads apart; None when there is none."""
        if dossier not in self.row or member not in self.column:
            return Rule.UNKNOWN
        row, column = self.row[dossier], self.column[member]
        if not self.dossiers[row].wanted(self.members[column].college):
            return Rule.COLLEGE
        for rule, marks in (
            (Rule.CONFLICT, self.conflict),
            (Rule.LAST_CYCLE, self.last_cycle),
            (Rule.EXCLUDED, self.excluded),
        ):
            if marks[row, column]:
                return rule
        return None

    def _accepted_pins(self) -> Flags:
        """The pins that no rule forbids; the others are told, never followed: a conflict gives way to nobody."""
        found = np.zeros(self.shape, bool)
        taken: Counter[Key] = Counter()
        for dossier, member in sorted(
            set(self.problem.pins), key=lambda pair: (place(pair[0]), place(pair[1]))
        ):
            rule = self.rule_against(dossier, member)
            if rule is None and self.seated[self.row[dossier], self.column[member]]:
                continue
            if rule is None and taken[member] >= self.members[self.column[member]].spare:
                rule = Rule.FULL
            if rule is not None:
                self.refused_pins.append(RefusedPin(dossier, member, rule))
                continue
            taken[member] += 1
            found[self.row[dossier], self.column[member]] = True
        return found

    def block(self, college: str) -> Block:
        """The seats of one college that are still to fill."""
        columns = self.columns[college]
        settled = self.seated[:, columns] | self.pinned[:, columns]
        sitting = settled.sum(axis=1)
        wanted = np.array([one.wanted(college) for one in self.dossiers], np.int64)
        least = np.array([one.least(college) for one in self.dossiers], np.int64)
        return Block(
            weight=self.weight[:, columns],
            allowed=~self.barred[:, columns] & ~settled,
            need=np.maximum(wanted - sitting, 0),
            floor=np.maximum(least - sitting, 0),
            spare=np.maximum(self.spare[columns], 0),
        )

    def settled_fit(self) -> Ints:
        """The fit of those who sit already, by dossier."""
        return np.asarray(np.where(self.seated | self.pinned, self.fit, 0).sum(axis=1), np.int64)
