"""How often the Institute departs from the opinion of its committee: counts per year that name nobody (domain 5.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from decisions.checklist import OPINIONS_OF_KIND, departing
from decisions.models import Decision

FEW = 5  # below, a figure that leaves the Institute is not told
MOST_YEARS = 20


@dataclass(frozen=True)
class Year:
    """What is told of one year; None for a count of 1 to 4, which is told as « moins de 5 »."""

    year: int
    notified: int | None
    departed: int | None = None
    granted_against: int | None = None
    refused_against: int | None = None
    without_college: int | None = None
    is_told: bool = False  # enough decisions for anything more than their number
    is_split: bool = False  # enough departures each way to tell which way


def decisions_by_year(*, on: date) -> list[Year]:
    """The years that are over on that day, newest first, from the acts that were notified in them. One query.

    Counted: acts that grant or refuse, whatever became of them since. The running year is left out: who looked twice
    would learn what one decision said. A count of 1 to 4 is not told, nor which way the departures go while one way has
    that few; a year with fewer than five decisions tells nothing else.
    """
    rows = (
        Decision.objects.filter(
            kind__in=[kind.value for kind in OPINIONS_OF_KIND],
            notified_on__isnull=False,
            notified_on__year__lt=on.year,
        )
        .order_by()
        .values_list("notified_on__year")
        .annotate(
            notified=Count("pk"),
            granted=Count("pk", filter=departing() & ~Q(kind=Decision.Kind.REFUSE)),
            refused=Count("pk", filter=departing() & Q(kind=Decision.Kind.REFUSE)),
            without=Count("pk", filter=Q(opinion__isnull=False) & ~Q(opinion__without_colleges="")),
        )
        .order_by("-notified_on__year")
    )
    return [told(year, counts) for year, *counts in rows[:MOST_YEARS]]


def told(year: int, counts: Sequence[int]) -> Year:
    """What may be said of the four counts of a year: decisions, granted and refused against, without a college."""
    notified, granted, refused, without = counts
    if notified < FEW:
        return Year(year, None)
    return Year(
        year,
        notified,
        departed=_enough(granted + refused),
        granted_against=granted,
        refused_against=refused,
        without_college=_enough(without),
        is_told=True,
        is_split=granted + refused > 0 and all(one == 0 or one >= FEW for one in (granted, refused)),
    )


def _enough(count: int) -> int | None:
    return count if count == 0 or count >= FEW else None
