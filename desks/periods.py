"""The period that a page of figures is about, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deadlines.calendar import add_months

LAST_YEAR = "12-mois"
YEARS = 5
MONTHS = 12


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, seen from `on`, today."""

    code: str
    start: date
    end: date
    on: date

    @property
    def days(self) -> tuple[date, date]:
        """Both ends, as a range for a query."""
        return self.start, self.end


def period_of(code: str, *, on: date) -> Period:
    """The period of a code: a year of the choices, else the last twelve months."""
    if code.isdecimal() and code in {year for year, _words in choices(on)}:
        year = int(code)
        return Period(code, date(year, 1, 1), date(year, 12, 31), on)
    return Period(LAST_YEAR, add_months(on, -12) + timedelta(days=1), on, on)


def choices(on: date) -> list[tuple[str, str | Promise]]:
    """The periods that one may choose."""
    years: list[tuple[str, str | Promise]] = [
        (str(on.year - back), str(on.year - back)) for back in range(YEARS)
    ]
    return [(LAST_YEAR, _("12 derniers mois")), *years]


@dataclass(frozen=True)
class Month:
    """A month of the board of dates: its code in addresses, its words, its first day and that of the next one."""

    code: str
    words: str
    start: date
    following: date


def months(on: date) -> list[Month]:
    """The present month and the eleven that follow."""
    first = on.replace(day=1)
    starts = [add_months(first, ahead) for ahead in range(MONTHS + 1)]
    return [
        Month(f"{start:%Y-%m}", date_format(start, "F Y"), start, following)
        for start, following in pairwise(starts)
    ]


def month_of(code: str, *, on: date) -> Month | None:
    """The month of a code; None for any other."""
    return next((one for one in months(on) if one.code == code), None)
