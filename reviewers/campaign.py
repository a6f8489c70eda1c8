"""A campaign: the dossiers whose evaluation closed in a period, or that one session saw. Agreement and deviations.

Domain 6.8: alpha helps to rewrite criteria and to train; it never sets a review aside. The first round alone is
measured: in the second one, members have read each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from statistics import fmean
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from label.models import Application
from reviewers.agreement import krippendorff_alpha
from reviewers.models import Assignment, College, Evaluation, Opinion, Score

METRIC = "ordinal"
MOST_DOSSIERS = 300
GOOD, TENTATIVE = 0.80, 0.667  # how an alpha is read (domain 6.8)


@dataclass(frozen=True)
class Rating:
    """One score of one member on one criterion of one dossier, first round."""

    dossier: int
    person: int  # the key of the user: a renewed mandate makes nobody else of them
    college: str
    criterion: str
    value: int


@dataclass(frozen=True)
class Alpha:
    """An index with the number of scores and of units (a criterion of a dossier) on which it rests."""

    value: float | None
    scores: int
    units: int

    @property
    def reading(self) -> str:
        """How to read it, in words: a low index is about the text of a criterion, not about people."""
        if not self.units:
            return _("pas assez de notes à comparer")
        if self.value is None:
            return _("accord total, indice non calculable")
        if self.value >= GOOD:
            return _("bon accord")
        if self.value >= TENTATIVE:
            return _("accord à prendre avec prudence")
        return _("accord faible")


@dataclass(frozen=True)
class Row:
    """One line of the table of agreement: everybody, between the colleges, inside each college."""

    code: str
    title: str
    all: Alpha
    between: Alpha
    inside: dict[str, Alpha]

    @property
    def is_part(self) -> bool:
        """Whether it gathers several criteria: a theme, or the whole campaign."""
        return "." not in self.code

    @property
    def cells(self) -> list[Alpha]:
        """The five indices in the order of the columns."""
        return [self.all, self.between, *self.inside.values()]

    @property
    def named(self) -> list[tuple[str, Alpha]]:
        """The five indices with the name of their column."""
        names = [_("Ensemble"), _("Entre collèges"), *(str(college.label) for college in College)]
        return list(zip(names, self.cells, strict=True))


@dataclass(frozen=True)
class Deviation:
    """How far the scores of one member stand from the mean of the others of their panels, on average, in points."""

    points: float
    scores: int
    dossiers: int


def dossiers_of_period(start: date, end: date) -> QuerySet[Application, Application]:
    """The dossiers whose evaluation closed between two days, both counted."""
    first, last = _midnight(start), _midnight(end + timedelta(days=1))
    closed = Evaluation.objects.filter(round=1, closed_at__gte=first, closed_at__lt=last)
    return Application.objects.filter(pk__in=closed.values("application"))


def dossiers_of_session(day: date) -> QuerySet[Application, Application]:
    """The dossiers on which the committee gave its opinion that day."""
    return Application.objects.filter(pk__in=Opinion.objects.filter(adopted_on=day).values("application"))


def ratings(dossiers: QuerySet[Application, Application], *, person: int | None = None) -> list[Rating]:
    """The sealed first-round scores of the last of these dossiers; with `person`, only of the panels of that user.

    One query. Reviews set aside for a link do not count, nor do drafts.
    """
    counted = Assignment.objects.filter(state__in=Assignment.COUNTED)
    latest = dossiers.order_by("-pk")
    if person is not None:
        latest = latest.filter(pk__in=counted.filter(user=person).values("application"))
    keys = list(latest.values_list("pk", flat=True)[:MOST_DOSSIERS])
    rows = Score.objects.filter(
        round=1,
        value__isnull=False,
        assignment__application__in=keys,
        assignment__state__in=Assignment.COUNTED,
    )
    named = ("assignment__application", "assignment__user", "assignment__college", "criterion", "value")
    return [Rating(*row) for row in rows.order_by("pk").values_list(*named)]


def agreement(found: Iterable[Rating], edition: Mapping[str, Any], tongue: str) -> list[Row]:
    """The table of a campaign: the whole, each axis, each criterion of the edition, in its order."""
    by_code: dict[str, list[Rating]] = defaultdict(list)
    for rating in found:
        by_code[rating.criterion].append(rating)
    everything = [rating for rows in by_code.values() for rating in rows]
    table = [_row("", _("Toute la campagne"), everything)]
    for axis in edition["axes"]:
        codes = [row for row in edition["criteria"] if row["code"].partition(".")[0] == axis["code"]]
        table.append(_row(axis["code"], axis[tongue], [one for row in codes for one in by_code[row["code"]]]))
        table.extend(_row(row["code"], row[tongue], by_code[row["code"]]) for row in codes)
    return table


def deviations(found: Iterable[Rating]) -> dict[int, Deviation]:
    """By key of user: the mean absolute deviation from the mean of the others on one criterion of one dossier."""
    units: dict[tuple[int, str], list[Rating]] = defaultdict(list)
    for rating in found:
        units[rating.dossier, rating.criterion].append(rating)
    gaps: dict[int, list[float]] = defaultdict(list)
    dossiers: dict[int, set[int]] = defaultdict(set)
    for rows in units.values():
        total = sum(row.value for row in rows)
        for row in rows if len(rows) > 1 else ():
            gaps[row.person].append(abs(row.value - (total - row.value) / (len(rows) - 1)))
            dossiers[row.person].add(row.dossier)
    return {
        person: Deviation(fmean(values), len(values), len(dossiers[person]))
        for person, values in gaps.items()
    }


def own_deviation(user: User, *, on: date) -> Deviation | None:
    """What a member may read about their own scores; None while they are too few, or on too few dossiers.

    Dossiers that a link closes to them, and those still under evaluation, do not count.
    """
    mine = Assignment.objects.visible_to(user, on=on).filter(user=user, state__in=Assignment.COUNTED)
    over = Application.objects.filter(pk__in=mine.values("application")).exclude(
        state__in=[Application.State.ADMISSIBLE, Application.State.UNDER_REVIEW]
    )
    found = deviations(ratings(over, person=user.pk)).get(user.pk)
    if found is None or found.scores < settings.DEVIATION_LEAST_SCORES or found.dossiers < 2:
        return None
    return found


def _row(code: str, title: str, found: Sequence[Rating]) -> Row:
    inside = {
        college: alpha([row.value for row in unit if row.college == college] for unit in _units(found))
        for college in College.values
    }
    return Row(
        code=code,
        title=title,
        all=alpha([row.value for row in unit] for unit in _units(found)),
        between=alpha(_college_means(unit) for unit in _units(found)),
        inside=inside,
    )


def _units(found: Sequence[Rating]) -> list[list[Rating]]:
    units: dict[tuple[int, str], list[Rating]] = defaultdict(list)
    for rating in found:
        units[rating.dossier, rating.criterion].append(rating)
    return list(units.values())


def _college_means(unit: Sequence[Rating]) -> list[Fraction]:
    values: dict[str, list[int]] = defaultdict(list)
    for rating in unit:
        values[rating.college].append(rating.value)
    return [Fraction(sum(given), len(given)) for given in values.values()]


def alpha(units: Iterable[Sequence[int] | Sequence[Fraction]]) -> Alpha:
    """The index of these units, each the values given to it; who gave which does not matter to alpha."""
    kept = [list(values) for values in units if len(values) > 1]
    tallest = max(map(len, kept), default=0)
    columns = [values + [None] * (tallest - len(values)) for values in kept]
    table = [list(row) for row in zip(*columns, strict=True)]
    return Alpha(krippendorff_alpha(table, METRIC), sum(map(len, kept)), len(kept))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
