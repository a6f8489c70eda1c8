"""Panels by computation: the exact optimum, then fairness, under rules that nothing breaks."""

import itertools
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewers.matching import (
    Dossier,
    Member,
    Problem,
    Proposal,
    Rule,
    propose_panels,
    relaxed,
    replace_member,
)
from reviewers.matching.fit import fit_matrix, fit_reasons

COLLEGES = ("caregivers", "patients", "professionals")
TWO = dict.fromkeys(COLLEGES, 2)


def instance(
    dossiers: int, members: int, seed: int, *, slack: float = 0.25, conflicts: float = 0.05
) -> Problem:
    """Dossiers and members with random fits, uneven loads and random conflicts."""
    rng = np.random.default_rng(seed)
    colleges = [COLLEGES[number % 3] for number in range(members)]
    people = []
    for code in COLLEGES:
        places = [number for number, college in enumerate(colleges) if college == code]
        shares = rng.uniform(0.5, 1.5, len(places))
        caps = np.ceil(shares / shares.sum() * 2 * dossiers * (1 + slack)).astype(int)
        people += [Member(number, code, int(cap)) for number, cap in zip(places, caps, strict=True)]
    people.sort(key=lambda one: one.key)
    barred = np.argwhere(rng.random((dossiers, members)) < conflicts)
    return Problem(
        [Dossier(number, TWO) for number in range(dossiers)],
        people,
        conflicts=[(int(row), int(column)) for row, column in barred],
        fit=rng.integers(0, 1001, (dossiers, members)),
    )


def second_solver(problem: Problem) -> tuple[int, int]:
    """The number of seats filled and their greatest fit, seat by seat along shortest paths among the members.

    Independent of the flow of OR-Tools: successive shortest paths, by Bellman and Ford, one dossier after the other.
    """
    filled = total = 0
    barred = {*problem.conflicts, *problem.last_cycle, *problem.exclusions}
    for code in COLLEGES:
        people = [(place, one) for place, one in enumerate(problem.members) if one.college == code]
        if not people:
            continue
        fit = problem.fit[:, [place for place, _one in people]].astype(float)
        free = np.array([[(d.key, one.key) not in barred for _p, one in people] for d in problem.dossiers])
        held = np.zeros_like(free)
        room = np.array([one.spare for _place, one in people])
        for row, dossier in enumerate(problem.dossiers):
            for _seat in range(dossier.wanted(code)):
                if (path := _shortest(fit, free, held, room, row)) is None:
                    break
                _take(held, room, row, path)
        filled += int(held.sum())
        total += int(fit[held].sum())
    return filled, total


def _shortest(fit, free, held, room, row):
    """The members along which a seat of that row is found at the least cost, with the rows that they leave."""
    size = len(room)
    cost = np.where(free[row] & ~held[row], -fit[row], np.inf)
    leaves = np.full((size, size), np.inf)
    whose = np.zeros((size, size), int)
    for member in range(size):
        rows = np.nonzero(held[:, member])[0]
        if len(rows):
            change = np.where(free[rows] & ~held[rows], fit[rows, member][:, None] - fit[rows], np.inf)
            leaves[member], whose[member] = change.min(axis=0), rows[change.argmin(axis=0)]
    came = np.full(size, -1)
    for _ in range(size):
        through = cost[:, None] + leaves
        better = through.min(axis=0) < cost - 1e-9
        if not better.any():
            break
        came[better] = through.argmin(axis=0)[better]
        cost = np.where(better, through.min(axis=0), cost)
    last = int(np.argmin(np.where(room > 0, cost, np.inf)))
    if room[last] <= 0 or not np.isfinite(cost[last]):
        return None
    path = [last]
    while came[path[-1]] >= 0:
        path.append(int(came[path[-1]]))
    path.reverse()
    return path, [int(whose[one, other]) for one, other in itertools.pairwise(path)]


def _take(held, room, row, path) -> None:
    members, rows = path
    held[row, members[0]] = True
    for leaving, to, moved in zip(members, members[1:], rows, strict=False):
        held[moved, leaving], held[moved, to] = False, True
    room[members[-1]] -= 1


@pytest.mark.parametrize(
    ("dossiers", "members", "slack", "conflicts"),
    [(8, 9, 0.25, 0.1), (30, 15, 0.05, 0.1), (60, 24, 0.25, 0.03), (60, 24, 0.0, 0.1), (200, 40, 0.05, 0.1)],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_optimum_is_exact_and_fairness_stays_near_it(dossiers, members, slack, conflicts, seed) -> None:
    problem = instance(dossiers, members, seed, slack=slack, conflicts=conflicts)
    plain, fair = propose_panels(problem, is_fair=False), propose_panels(problem)
    seats = sum(len(panel) for panel in plain.panels.values())
    assert (seats, plain.value) == second_solver(problem)
    assert plain.optimum == plain.value == fair.optimum
    assert fair.value * 1000 >= fair.optimum * 995
    assert fair.worst >= plain.worst == fair.plain_worst
    assert sum(len(panel) for panel in fair.panels.values()) == seats
    rows = fair.table.problem.fit
    assert fair.value == sum(int(rows[seat.dossier, seat.member]) for p in fair.panels.values() for seat in p)
    kept_rules(fair)


def test_fairness_serves_the_worst_dossier_better_and_evens_the_loads() -> None:
    """On dossiers that look alike, the optimum gives some of them what nobody wanted."""
    rng = np.random.default_rng(7)
    problem = instance(90, 30, 7, slack=0.05, conflicts=0.1)
    topics, people = rng.dirichlet(np.full(12, 0.3), 90), rng.dirichlet(np.full(12, 0.3), 30)
    alike = topics @ people.T / np.outer(np.linalg.norm(topics, axis=1), np.linalg.norm(people, axis=1))
    problem = replace(problem, fit=np.rint(1 + 999 * alike).astype(np.int64))
    plain, fair = propose_panels(problem, is_fair=False), propose_panels(problem)
    assert plain.is_complete
    assert fair.worst > plain.worst
    assert fair.spread < plain.spread


def kept_rules(proposal: Proposal) -> None:
    """No rule is broken, whatever was asked."""
    problem = proposal.table.problem
    dossiers = {one.key: one for one in problem.dossiers}
    members = {one.key: one for one in problem.members}
    pairs = proposal.pairs()
    refused = {(one.dossier, one.member) for one in proposal.refused_pins}
    assert len(set(pairs)) == len(pairs)
    assert not {*pairs} & {*problem.conflicts, *problem.last_cycle, *problem.exclusions, *problem.seated}
    taken = Counter(member for _dossier, member in pairs)
    for key, count in taken.items():
        assert count <= members[key].spare
        assert proposal.loads[key] == members[key].load + count
    for key, seats in proposal.panels.items():
        for code in COLLEGES:
            there = {seat.member for seat in seats if seat.college == code}
            assert all(members[one].college == code for one in there)
            sitting = {m for d, m in problem.seated if d == key and members[m].college == code}
            pinned = {seat.member for seat in seats if seat.is_pinned and seat.college == code}
            gaps = sum(
                one.missing for one in proposal.shortfalls if (one.dossier, one.college) == (key, code)
            )
            wanted = max(dossiers[key].wanted(code), len(sitting) + len(pinned))
            assert len(there) + len(sitting) + gaps == wanted
    for pair in problem.pins:
        assert pair in pairs or pair in refused or pair in problem.seated


@st.composite
def problems(draw) -> Problem:
    """Small problems in which everything may go wrong: too few members, links, pins that no rule allows."""
    members = [
        Member(
            key,
            draw(st.sampled_from(COLLEGES)),
            draw(st.integers(0, 4)),
            draw(st.integers(0, 2)),
            draw(st.sampled_from(["", "11", "84", "93"])),
            frozenset(draw(st.sets(st.sampled_from("abc"), max_size=2))),
            frozenset(draw(st.sets(st.sampled_from("xy"), max_size=1))),
            draw(st.integers(0, 9)),
            draw(st.integers(0, 3)),
        )
        for key in range(draw(st.integers(0, 9)))
    ]
    dossiers = [
        Dossier(
            f"d{key}",
            {code: draw(st.integers(0, 2)) for code in COLLEGES},
            dict.fromkeys(COLLEGES, 1),
            frozenset(draw(st.sets(st.sampled_from(["11", "84"]), max_size=1))),
            frozenset(draw(st.sets(st.sampled_from("abc"), max_size=2))),
            frozenset(draw(st.sets(st.sampled_from("xy"), max_size=1))),
        )
        for key in range(draw(st.integers(0, 5)))
    ]
    pairs = st.lists(
        st.tuples(
            st.sampled_from([one.key for one in dossiers] or ["?"]),
            st.sampled_from([one.key for one in members] or ["?"]),
        ),
        max_size=6,
    )
    barred = [draw(pairs) for _ in range(3)]
    free = [pair for pair in draw(pairs) if not any(pair in one for one in barred) and "?" not in pair]
    return Problem(
        dossiers,
        members,
        conflicts=barred[0],
        last_cycle=barred[1],
        exclusions=barred[2],
        pins=draw(pairs),
        seated=free[:2],
        existing=draw(pairs),
        places={"11": (2, 3), "84": (4, 4), "93": (5, 4)},
    )


@settings(max_examples=80, deadline=None)
@given(problem=problems(), seed=st.integers(0, 9))
def test_rules_hold_and_the_order_of_the_input_does_not_matter(problem: Problem, seed: int) -> None:
    found = propose_panels(problem)
    kept_rules(found)
    assert found.value * 1000 >= found.optimum * 995
    assert found.worst >= found.plain_worst
    shuffled = random.Random(seed)
    mixed = {
        name: shuffled.sample(list(getattr(problem, name)), len(getattr(problem, name)))
        for name in ("dossiers", "members", "conflicts", "exclusions", "pins", "seated", "existing")
    }
    again = propose_panels(replace(problem, **mixed))
    assert {key: set(seats) for key, seats in again.panels.items()} == {
        key: set(seats) for key, seats in found.panels.items()
    }
    assert again.shortfalls == found.shortfalls
    assert again.relaxations == found.relaxations


@settings(max_examples=80, deadline=None)
@given(problem=problems())
def test_each_proposed_change_is_enough(problem: Problem) -> None:
    found = propose_panels(problem)
    assert found.is_complete == (not found.shortfalls) == (not found.relaxations)
    missing = sum(one.missing for one in found.shortfalls)
    for change in found.relaxations:
        assert propose_panels(relaxed(problem, change), is_fair=False).is_complete, change
        assert change.size <= missing + len(change.lifted)  # somebody taken back may be full too
    for change in found.relaxations:
        for key in change.extra_files:
            less = {**change.extra_files, key: change.extra_files[key] - 1}
            lighter = replace(change, extra_files={one: count for one, count in less.items() if count})
            assert not propose_panels(relaxed(problem, lighter), is_fair=False).is_complete


def one_college(caps: list[int], dossiers: int = 2, wanted: int = 1, **others: object) -> Problem:
    """Dossiers that want patients only."""
    members = [Member(f"m{number}", "patients", cap) for number, cap in enumerate(caps, 1)]
    return Problem(
        [Dossier(f"d{n}", {"patients": wanted}) for n in range(1, dossiers + 1)], members, **others
    )


def test_too_little_time_is_told_with_one_more_file() -> None:
    found = propose_panels(one_college([1], dossiers=2))
    [gap] = found.shortfalls
    assert (gap.rule, gap.missing, gap.below_minimum, gap.counts) == (Rule.FULL, 1, True, {Rule.FULL: 1})
    assert not found.is_possible
    first, *others = found.relaxations
    assert (first.extra_files, first.size) == ({"m1": 1}, 1)
    assert {one.without for one in others} == {(), (gap.dossier,)}
    assert [one.new_members for one in others if one.new_members] == [{"patients": 1}]


def test_a_pin_refused_for_a_full_load_does_not_eat_the_files_added() -> None:
    """Once m1 takes one file more, the pin on d2, where m2 is kept too, would leave d1 empty all the same."""
    problem = one_college([0, 1], dossiers=2, pins=[("d2", "m1"), ("d2", "m2")])
    found = propose_panels(problem)
    assert [one.rule for one in found.refused_pins] == [Rule.FULL]
    change = next(one for one in found.relaxations if one.extra_files.get("m1"))
    assert change.unpinned == (("d2", "m1"),)
    assert propose_panels(relaxed(problem, change)).is_complete
    assert not propose_panels(relaxed(problem, replace(change, unpinned=()))).is_complete


def test_links_are_told_and_no_amount_of_work_replaces_them() -> None:
    pairs = {"conflicts": [("d1", "m1")], "last_cycle": [("d1", "m2")]}
    found = propose_panels(one_college([5, 5, 5], dossiers=1, wanted=2, **pairs))
    [gap] = found.shortfalls
    assert gap.rule in (Rule.CONFLICT, Rule.LAST_CYCLE)
    assert gap.counts == {Rule.CONFLICT: 1, Rule.LAST_CYCLE: 1}
    assert not any(one.extra_files for one in found.relaxations)
    assert found.relaxations[0].new_members == {"patients": 1}
    assert found.relaxations[1].fewer_seats == {("d1", "patients"): 1}


def test_an_exclusion_can_be_taken_back() -> None:
    found = propose_panels(one_college([1, 1], dossiers=1, wanted=2, exclusions=[("d1", "m2")]))
    assert found.shortfalls[0].rule == Rule.EXCLUDED
    assert found.relaxations[0].lifted == (("d1", "m2"),)


def test_the_minimum_of_each_dossier_comes_before_the_comfort_of_one() -> None:
    """Two seats for two dossiers that want two: each has one, though one of them would suit both members more."""
    dossiers = [Dossier(key, {"patients": 2}, {"patients": 1}) for key in ("d1", "d2")]
    members = [Member(key, "patients", 1) for key in ("m1", "m2")]
    found = propose_panels(Problem(dossiers, members, fit=np.array([[900, 900], [0, 0]])))
    assert {key: len(seats) for key, seats in found.panels.items()} == {"d1": 1, "d2": 1}
    assert found.is_possible
    assert not found.is_complete


@pytest.mark.parametrize(
    ("problem", "missing"),
    [
        (Problem([], []), 0),
        (Problem([], [Member(1, "patients", 4)]), 0),
        (Problem([Dossier(1, {})], [Member(1, "patients", 4)]), 0),
        (Problem([Dossier(1, {"patients": 0})], []), 0),
        (Problem([Dossier(1, TWO)], []), 6),
        (Problem([Dossier(1, TWO)], [Member(1, "patients", 0)]), 6),
        (Problem([Dossier(1, TWO)], [Member(1, "patients", 1, 3)]), 6),
        (Problem([Dossier(1, {"patients": 1})], [Member(1, "patients", 4)], fit=np.zeros((1, 1), int)), 0),
    ],
)
def test_nobody_or_nothing_gets_a_clear_answer(problem: Problem, missing: int) -> None:
    found = propose_panels(problem)
    assert sum(one.missing for one in found.shortfalls) == missing
    assert found.is_complete == (missing == 0)
    for change in found.relaxations:
        assert propose_panels(relaxed(problem, change)).is_complete


def test_a_college_without_members_says_so() -> None:
    found = propose_panels(Problem([Dossier(1, {"patients": 1})], []))
    assert found.shortfalls[0].rule == Rule.COLLEGE
    assert {"patients": 1} in [one.new_members for one in found.relaxations]


@pytest.mark.parametrize(
    "problem",
    [
        Problem([Dossier(1, {}), Dossier(1, {})], []),
        Problem([], [Member(1, "patients", 1), Member(1, "patients", 1)]),
        Problem([], [Member(1, "patients", -1)]),
        Problem([], [Member(1, "patients", 10**9)]),
        Problem([Dossier(1, {"patients": -1})], []),
        Problem([Dossier(1, {"patients": 10**6})], []),
        Problem([], [], keep_cost=-1),
        Problem([], [], tolerance=2000),
        Problem([Dossier(1, {})], [], fit=np.zeros((2, 2), int)),
        Problem([Dossier(1, {})], [Member(1, "patients", 1)], fit=np.full((1, 1), -5)),
    ],
)
def test_what_makes_no_sense_is_refused(problem: Problem) -> None:
    with pytest.raises(ValueError, match="twice|from 0 to|one row"):
        propose_panels(problem)


def test_a_pin_sits_unless_a_rule_forbids_it() -> None:
    pairs = [("d1", "m2"), ("d2", "m2"), ("d1", "m1"), ("d1", "nobody")]
    problem = one_college([4, 1, 4], conflicts=[("d1", "m1")], pins=pairs)
    found = propose_panels(replace(problem, fit=np.array([[0, 0, 900], [0, 0, 900]])))
    assert [(seat.member, seat.is_pinned) for seat in found.panels["d1"]] == [("m2", True)]
    assert {(one.dossier, one.member): one.rule for one in found.refused_pins} == {
        ("d2", "m2"): Rule.FULL,
        ("d1", "m1"): Rule.CONFLICT,
        ("d1", "nobody"): Rule.UNKNOWN,
    }


def test_an_earlier_proposal_is_kept_when_others_are_hardly_better() -> None:
    problem = one_college([1, 1], dossiers=1, existing=[("d1", "m2")], fit=np.array([[500, 400]]))
    assert [seat.member for seat in propose_panels(problem).panels["d1"]] == ["m2"]
    assert [s.member for s in propose_panels(replace(problem, keep_cost=50)).panels["d1"]] == ["m1"]


def test_replacing_one_person_moves_nobody_else() -> None:
    problem = instance(30, 15, 3)
    found = propose_panels(problem)
    [gone, *_others] = found.panels[4]
    after = replace_member(found, 4, gone.member)
    [new] = set(after.pairs()) - set(found.pairs())
    assert set(found.pairs()) - set(after.pairs()) == {(4, gone.member)}
    free = [
        one.key
        for one in problem.members
        if one.college == gone.college
        and found.loads[one.key] < one.cap
        and (4, one.key) not in {*problem.conflicts, *found.pairs()}
    ]
    assert new == (4, max(free, key=lambda key: problem.fit[4, key]))
    nobody = replace_member(propose_panels(one_college([1], dossiers=1)), "d1", "m1")
    assert nobody.shortfalls[0].rule == Rule.EXCLUDED


def test_those_who_sit_already_are_not_proposed_again() -> None:
    problem = one_college([4, 4], dossiers=1, wanted=2, seated=[("d1", "m1")])
    assert [seat.member for seat in propose_panels(problem).panels["d1"]] == ["m2"]


@settings(max_examples=60, deadline=None)
@given(problem=problems())
def test_the_reasons_add_up_to_the_fit(problem: Problem) -> None:
    matrix = fit_matrix(problem, problem.dossiers, problem.members)
    for row, dossier in enumerate(problem.dossiers):
        for column, member in enumerate(problem.members):
            assert sum(one.points for one in fit_reasons(problem, dossier, member)) == matrix[row, column]
            assert 0 <= matrix[row, column] <= problem.points.top


@settings(max_examples=60, deadline=None)
@given(problem=problems())
def test_lived_experience_is_never_a_handicap(problem: Problem) -> None:
    """For the same person in the college of patients or caregivers: at least the fit of a professional as expert."""

    def fit(member: Member) -> np.ndarray:
        return fit_matrix(problem, problem.dossiers, [member])

    for member in problem.members:
        novice = replace(member, experience=0)
        expert = replace(novice, college="professionals")
        for lay in (replace(novice, college="patients"), replace(novice, college="caregivers")):
            assert (fit(lay) == fit(replace(lay, experience=50))).all()
            assert (fit(lay) >= fit(expert)).all()
            assert (fit(replace(lay, fields=frozenset())) >= fit(replace(expert, fields=frozenset()))).all()


def test_a_substitute_is_asked_when_full_members_lack() -> None:
    members = [
        Member("m1", "patients", 1),
        Member("m2", "patients", 9, rank=1),
        Member("m3", "patients", 9, rank=2),
    ]
    dossiers = [Dossier(key, {"patients": 1}) for key in ("d1", "d2")]
    found = propose_panels(Problem(dossiers, members))
    assert sorted(member for _dossier, member in found.pairs()) == ["m1", "m2"]


def test_why_her_is_told_with_facts() -> None:
    dossier = Dossier("d1", {"professionals": 1}, regions=frozenset({"11"}), fields=frozenset({"INFO"}))
    members = [
        Member("near", "professionals", 4, 1, "11", frozenset({"INFO"}), experience=1),
        Member("far", "professionals", 4, 1, "93", frozenset({"INFO", "FORM"}), experience=9),
    ]
    places = {"11": (2.0, 3.0), "93": (5.0, 4.0)}
    found = propose_panels(Problem([dossier], members, places=places, last_cycle=[("d1", "gone")]))
    assert [seat.member for seat in found.panels["d1"]] == ["far"]
    told = {reason.code: dict(reason.facts) for reason in found.why("d1", "far")}
    assert told["knows_field"] == {"codes": ["INFO"]}
    assert told["other_region"] == {"region": "93"}
    assert told["experienced"] == {"count": 9}
    assert told["load"] == {"count": 2, "cap": 4}
    assert {reason.code for reason in found.why("d1", "near")} >= {
        "same_region",
        "less_experienced",
        "any_cancer",
    }
