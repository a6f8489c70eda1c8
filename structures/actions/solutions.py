"""The solutions of a structure: written little by little, never overwritten by a second tab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Refusal
from structures import facets
from structures.actions.spaces import refuse_when_frozen
from structures.models import Solution, SolutionFacet, Structure

Facet = SolutionFacet.Facet
PLAIN = ("name", "summary", "main_field", "territory", "place", "remote", "is_free")
LISTS = {
    "fields": Facet.FIELD,
    "cancers": Facet.CANCER,
    "regions": Facet.REGION,
    "departments": Facet.DEPARTMENT,
    "audiences": Facet.AUDIENCE,
    "access": Facet.ACCESS,
    "moments": Facet.MOMENT,
}
CLOSED_LISTS: dict[str, frozenset[str]] = {
    Facet.FIELD: frozenset(term.code for term in facets.FIELDS_OF_ACTION),
    Facet.CANCER: frozenset(term.code for term in facets.CANCER_TYPES),
    Facet.REGION: frozenset(term.code for term in facets.REGIONS),
    Facet.DEPARTMENT: frozenset(term.code for term in facets.DEPARTMENTS),
    Facet.AUDIENCE: frozenset(term.code for term in facets.AUDIENCES),
    Facet.ACCESS: frozenset(term.code for term in facets.ACCESS_MODES),
    Facet.MOMENT: frozenset(term.code for term in facets.MOMENTS),
}
SINGLE = {
    "main_field": CLOSED_LISTS[Facet.FIELD] | {""},
    "territory": frozenset(Solution.Territory.values) | {""},
}


class StaleSolution(Refusal):
    """The solution was changed elsewhere; `theirs` is what is kept now (error E11)."""

    def __init__(self, theirs: Solution):
        self.theirs = theirs
        super().__init__(f"solution {theirs.pk} is at version {theirs.version}")


@transaction.atomic
def save_solution(
    *,
    structure_pk: int,
    solution_pk: int | None = None,
    version: int = 0,
    data: Mapping[str, Any],
    at: datetime,
    by: Actor,
) -> Solution:
    """Write a solution, new when `solution_pk` is None; keys that are not in `data` stay as they are.

    `data` takes name, summary, main_field, territory, place, remote, is_free, and the lists of codes fields,
    cancers, regions, departments, audiences, access, moments. `version` is the token that the page received.
    Raises `StaleSolution`,
    `NotAllowed`, `Blocked` (read only, too many), `ValueError` for a key or a code that does not exist,
    `Solution.DoesNotExist` for a solution of another structure or a removed one.
    """
    structure = Structure.objects.hold(structure_pk)
    refuse_when_frozen(structure)
    require("structures.edit_solution", by, structure, on=timezone.localdate(at))
    _refuse_unknown(data)
    solution = _solution(structure, solution_pk, at)
    if solution_pk is not None and solution.version != version:
        raise StaleSolution(solution)
    for key in PLAIN:
        if key in data:
            setattr(solution, key, data[key])
    solution.version += 1
    solution.updated_at = at
    solution.save()
    for key, facet in LISTS.items():
        if key in data:
            _set_codes(solution, facet, data[key])
    if solution_pk is None:
        note(structure, what="add_solution", at=at, by=by)
    return solution


@transaction.atomic
def remove_solution(*, solution_pk: int, at: datetime, by: Actor) -> Solution:
    """Take a solution off; dossiers that presented it keep their snapshot. Raises `NotAllowed`, `Blocked`."""
    structure_pk = Solution.objects.values_list("structure_id", flat=True).get(pk=solution_pk)
    structure = Structure.objects.hold(structure_pk)
    refuse_when_frozen(structure)
    require("structures.edit_solution", by, structure, on=timezone.localdate(at))
    solution = Solution.objects.get(pk=solution_pk)
    if solution.removed_at is None:
        solution.removed_at = at
        solution.version += 1
        solution.save(update_fields=["removed_at", "version"])
        note(structure, what="remove_solution", at=at, by=by)
    return solution


def _solution(structure: Structure, solution_pk: int | None, at: datetime) -> Solution:
    live = Solution.objects.live().filter(structure=structure)
    if solution_pk is not None:
        return live.get(pk=solution_pk)
    if live.count() >= settings.MAX_SOLUTIONS:
        raise Blocked([_("Votre structure a déjà {n} actions.").format(n=settings.MAX_SOLUTIONS)])
    return Solution(structure=structure, created_at=at, updated_at=at)


def _refuse_unknown(data: Mapping[str, Any]) -> None:
    unknown = set(data) - {*PLAIN, *LISTS}
    if unknown:
        raise ValueError(f"unknown parts of a solution: {sorted(unknown)}")
    wrong = [
        (key, code) for key in LISTS for code in data.get(key, ()) if code not in CLOSED_LISTS[LISTS[key]]
    ]
    wrong += [(key, data[key]) for key, known in SINGLE.items() if key in data and data[key] not in known]
    if wrong:
        raise ValueError(f"unknown codes of a solution: {sorted(wrong)}")


def _set_codes(solution: Solution, facet: str, codes: Iterable[str]) -> None:
    wanted = set(codes)
    rows = SolutionFacet.objects.filter(solution=solution, facet=facet)
    present = set(rows.values_list("code", flat=True))
    rows.exclude(code__in=wanted).delete()
    SolutionFacet.objects.bulk_create(
        SolutionFacet(solution=solution, facet=facet, code=code) for code in sorted(wanted - present)
    )
