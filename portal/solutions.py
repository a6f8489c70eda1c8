"""How a recognised solution is told to the public: what it serves, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from structures.facets import DEPARTMENTS, FIELDS_OF_ACTION, label_of
from structures.places import named


@dataclass(slots=True)
class ToldSolution:
    """A recognised solution with the codes that describe it."""

    name: str
    territory: str = ""
    remote: bool = False
    fields: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)

    def add(self, facet: str, code: str) -> None:
        """Keep a code of one of the facets that are told; others are only searched."""
        kept = {"field": self.fields, "region": self.regions, "department": self.departments}
        if facet in kept:
            kept[facet].append(code)


def fields_told(solutions: Iterable[ToldSolution]) -> str:
    """What the solutions serve, in the order of the closed list: `Soutien psychologique, formation`."""
    held = {code for solution in solutions for code in solution.fields}
    return " · ".join(str(term.label) for term in FIELDS_OF_ACTION if term.code in held)


def places_told(solutions: Iterable[ToldSolution]) -> str:
    """Where the solutions are: everywhere, or the regions and departments, and whether at a distance."""
    kept = list(solutions)
    if any(solution.territory == "national" for solution in kept):
        places = [_("Partout en France")]
    else:
        regions = {code for solution in kept for code in solution.regions}
        departments = {code for solution in kept for code in solution.departments}
        places = named(regions, departments)
    if any(solution.remote for solution in kept):
        places.append(_("à distance"))
    return ", ".join(places)


def department_told(code: str) -> str:
    """The name of a department, or the code itself when it is none."""
    return str(label_of(DEPARTMENTS, code))
