"""Where actions are, in words: everywhere, or the regions and departments, the town, and whether at a distance."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from structures.facets import DEPARTMENTS, REGIONS
from structures.models import Solution


def named(regions: Collection[str], departments: Collection[str]) -> list[str]:
    """The names of these regions, then of these departments when their region is not named."""
    places = [str(region.label) for region in REGIONS if region.code in regions]
    return places + [
        f"{department.label} ({department.code})"
        for department in DEPARTMENTS
        if department.code in departments and department.region not in regions
    ]


def where(solution: Solution) -> str:
    """The places of one action; the level alone when no place was given."""
    if solution.territory == Solution.Territory.NATIONAL:
        places = [str(solution.get_territory_display())]
    else:
        places = [
            *([solution.place] if solution.territory == Solution.Territory.LOCAL and solution.place else []),
            *named(solution.codes("region"), solution.codes("department")),
        ]
        if not places and solution.territory:
            places = [str(solution.get_territory_display())]
    if solution.remote:
        places.append(_("à distance"))
    return ", ".join(places)
