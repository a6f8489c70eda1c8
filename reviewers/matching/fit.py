"""How well a member suits a dossier, and the reasons of it, as codes with their facts (domain 6.3).

Lived experience counts by itself: a patient or a caregiver never loses a point for knowing no field of action or
no cancer type, nor for having evaluated little; a professional is wanted for what they know.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from reviewers.matching.flow import Ints
from reviewers.matching.problem import Dossier, Key, Member, Problem

HALF = 2
LAST_RANK = 2


@dataclass(frozen=True)
class Reason:
    """Why her, or what she lacks: a code, the points that it gave, and the facts to put in words."""

    code: str
    points: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


def fit_reasons(problem: Problem, dossier: Dossier, member: Member) -> list[Reason]:
    """The five parts of a fit, of which the points add up to it (unless the problem brings its own fit)."""
    points, is_lay = problem.points, member.college in problem.lay
    return [
        _knowledge("field", points.field, dossier.fields, member.fields, is_lay),
        _knowledge("cancer", points.cancer, dossier.cancers, member.cancers, is_lay),
        _distance(problem, dossier, member),
        _experience(problem, member),
        _seat(problem, member),
    ]


def _knowledge(what: str, most: int, about: frozenset[str], known: frozenset[str], is_lay: bool) -> Reason:
    if not about:
        return Reason(f"any_{what}", most)
    if shared := about & known:
        return Reason(f"knows_{what}", most, {"codes": sorted(shared)})
    return Reason(f"lived_{what}", most // HALF) if is_lay else Reason(f"other_{what}", 0)


def _distance(problem: Problem, dossier: Dossier, member: Member) -> Reason:
    """Far from the region of the association, so that no local rivalry weighs; an unknown region is half way."""
    most, steps = problem.points.region, _steps(problem, dossier, member.region)
    if steps is None:
        return Reason("unknown_region", most // HALF)
    given = int(most * min(1.0, steps / problem.points.far))
    code = "same_region" if steps == 0 else "other_region" if given == most else "near_region"
    return Reason(code, given, {"region": member.region})


def _steps(problem: Problem, dossier: Dossier, region: str) -> float | None:
    """How far the nearest region of the dossier is; None when one of the two is not known."""
    if not region or not dossier.regions:
        return None
    return min(_between(problem, region, other) for other in sorted(dossier.regions))


def _between(problem: Problem, one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one not in problem.places or other not in problem.places:
        return problem.points.far
    return math.dist(problem.places[one], problem.places[other])


def _experience(problem: Problem, member: Member) -> Reason:
    most, enough = problem.points.experience, problem.points.enough
    if member.college in problem.lay:
        return Reason("lived_experience", most)
    given = most * min(member.experience, enough) // enough if enough else most
    code = "experienced" if member.experience >= enough else "less_experienced"
    return Reason(code, given, {"count": member.experience})


def _seat(problem: Problem, member: Member) -> Reason:
    """Full members are asked first, then substitutes, the reserve last."""
    code = ("full_member", "substitute", "reserve")[min(member.rank, LAST_RANK)]
    return Reason(code, problem.points.seat * max(0, LAST_RANK - member.rank) // LAST_RANK)


def fit_matrix(problem: Problem, dossiers: Sequence[Dossier], members: Sequence[Member]) -> Ints:
    """The fit of each dossier (rows) with each member (columns), in that order."""
    if problem.fit is not None:
        rows = _places(problem.dossiers, dossiers)
        columns = _places(problem.members, members)
        return np.ascontiguousarray(problem.fit[np.ix_(rows, columns)].astype(np.int64))
    points = problem.points
    lay = np.array([member.college in problem.lay for member in members], bool)
    found = np.zeros((len(dossiers), len(members)), np.int64)
    found += _known(points.field, [one.fields for one in dossiers], [one.fields for one in members], lay)
    found += _known(points.cancer, [one.cancers for one in dossiers], [one.cancers for one in members], lay)
    alone = [_experience(problem, one).points + _seat(problem, one).points for one in members]
    found += np.array(alone, np.int64)[None, :]
    return found + _distances(problem, dossiers, members)


def _places(given: Sequence[Dossier | Member], wanted: Sequence[Dossier | Member]) -> list[int]:
    where: dict[Key, int] = {one.key: number for number, one in enumerate(given)}
    return [where[one.key] for one in wanted]


def _known(most: int, about: list[frozenset[str]], known: list[frozenset[str]], lay: Any) -> Ints:
    codes = {code: number for number, code in enumerate(sorted(frozenset().union(*about, *known)))}
    shared = _flags(about, codes) @ _flags(known, codes).T > 0
    asked = np.array([bool(one) for one in about], bool)
    other = np.where(lay, most // HALF, 0)[None, :]
    return np.where(shared | ~asked[:, None], most, other).astype(np.int64)


def _flags(rows: list[frozenset[str]], codes: dict[str, int]) -> Any:
    found = np.zeros((len(rows), len(codes)), np.float32)
    for number, row in enumerate(rows):
        for code in row:
            found[number, codes[code]] = 1
    return found


def _distances(problem: Problem, dossiers: Sequence[Dossier], members: Sequence[Member]) -> Ints:
    """One row per kind of place: there are few regions, however many dossiers."""
    regions = sorted({member.region for member in members})
    where = {region: number for number, region in enumerate(regions)}
    column = np.array([where[member.region] for member in members], np.int64)
    rows: dict[frozenset[str], Ints] = {}
    for dossier in dossiers:
        if dossier.regions not in rows:
            given = [
                _distance(problem, dossier, Member(0, "", 0, region=region)).points for region in regions
            ]
            rows[dossier.regions] = np.array(given, np.int64)[column]
    return np.array([rows[one.regions] for one in dossiers], np.int64).reshape(len(dossiers), len(members))
