"""Legal time: pure calendar arithmetic. Nothing here reads the clock or the database.

Public holidays are those of metropolitan France (Code du travail, L3133-1); the two further holidays of
Alsace-Moselle are left out, because the service and its court sit outside these departments. Only the time given back
after an outage also skips the holidays of one place (`after_an_outage`).
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from holidays import country_holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5

# Each pair is an ISO country code and the prefix of the department and postal codes of the same territory.
OVERSEAS = {
    "GP": "971",
    "MQ": "972",
    "GF": "973",
    "RE": "974",
    "PM": "975",
    "YT": "976",
    "BL": "977",
    "MF": "978",
    "TF": "984",
    "WF": "986",
    "PF": "987",
    "NC": "988",
}

Pause = tuple[date, date | None]


def add_months(day: date, months: int) -> date:
    """Return the day `months` calendar months after `day` (before it when negative).

    Months count from calendar day to calendar day; when the month reached is too short, its last day is taken
    (31 December and 2 months: 28 or 29 February). Rule: quantième à quantième, Code de procédure civile,
    article 641, which the administrative judge follows. Raises ValueError outside the years 1 to 9999.
    """
    _refuse_moment(day)
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"{months} months from {day} is outside the calendar")
    month = month_index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def franc_months(start: date, months: int) -> date:
    """Return the last day on which an act is admissible, for a délai franc of `months` that `start` opens.

    Neither the day of notification nor the day the period ends counts: the last day is the day after the
    month anniversary (notified 4 February 2019, two months: 5 April 2019), moved to the next working day when
    it is a Saturday, a Sunday or a public holiday. Rule: Code de justice administrative, R421-1, délai franc;
    the move to a working day follows article 642 of the Code de procédure civile. Raises ValueError for less
    than one month.
    """
    if months < 1:
        raise ValueError("a délai franc lasts one month at least")
    return next_working_day(add_months(start, months) + ONE_DAY)


def is_working_day(day: date) -> bool:
    """Say whether `day` is neither a Saturday, nor a Sunday, nor a French public holiday (L3133-1)."""
    _refuse_moment(day)
    return day.weekday() < SATURDAY and day not in _public_holidays(day.year)


def next_working_day(day: date) -> date:
    """Return `day` itself when it is a working day, otherwise the first one after it (CPC, article 642)."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def working_days_after(day: date, count: int) -> date:
    """Return the `count`-th working day (jour ouvré) after `day`, which itself does not count.

    Rule: the day of the event opens the period without being part of it (CPC, article 641); used for the
    periods that CRPA expresses in working days, such as the electronic acknowledgement (R112-11-1). With a
    count of 0 the answer is `day`. Raises ValueError when `count` is negative.
    """
    _refuse_moment(day)
    if count < 0:
        raise ValueError("a number of working days is never negative")
    for _ in range(count):
        day = next_working_day(day + ONE_DAY)
    return day


def after_an_outage(day: date) -> date:
    """Return the last day of what was due while the service was down, when `day` is the last day of the outage.

    The next working day after it, and one more (domain 5.3; the same idea as CPC, article 748-7). Both are working
    days everywhere in France, overseas and Alsace-Moselle included: one date for all, and nobody has less.
    """
    found = day
    for _ in range(2):
        found += ONE_DAY
        while not is_working_day(found) or found in _holidays_somewhere(found.year):
            found += ONE_DAY
    return found


def distance_months(country: str, postal_code_or_department: str = "") -> int:
    """Return the months of distance that a seat adds to the time to go to court: 0, 1 overseas, 2 abroad.

    `country` is an ISO code of two letters; a French overseas territory is known by its own code (`RE`) or by
    `FR` and a postal code or department code (`97400`, `974`). Rule: Code de justice administrative, R421-7.
    It holds for the court only, never for an informal appeal. Raises ValueError when the country is not two
    letters: a wrong date would be worse than none.
    """
    code = country.strip().upper()
    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise ValueError("a country is an ISO code of two letters")
    if code in OVERSEAS:
        return 1
    if code != "FR":
        return 2
    return int("".join(postal_code_or_department.split())[:3] in OVERSEAS.values())


def due_with_pauses(
    start: date, *, months: int = 0, days: int = 0, pauses: Iterable[Pause] = ()
) -> date | None:
    """Return the day a period ends, or None while it stands still in a pause that has no end yet.

    The period runs from `start` for `months` calendar months and then `days` days. A pause is a pair
    (first day the clock stands still, day it runs again or None); it gives back exactly the days that were
    left, so the end moves by the length of the pause (CRPA, L114-5: the period is suspended until the missing
    documents arrive). Pauses may overlap and come in any order; what lies before `start` is ignored, and so
    is a pause that begins after the end of the period, because that clock had already run out. The end is
    not moved to a working day: use `next_working_day` where the rule says so. Raises ValueError when a length
    is negative or a pause ends before it begins.
    """
    if months < 0 or days < 0:
        raise ValueError("the length of a period is never negative")
    due = add_months(start, months) + timedelta(days=days)
    counted_until = start
    for begin, end in sorted(pauses, key=lambda pause: pause[0]):
        if end is not None and end < begin:
            raise ValueError("a pause cannot end before it begins")
        if begin > due:
            continue
        if end is None:
            return None
        due += max(end - max(begin, counted_until), timedelta())
        counted_until = max(counted_until, end)
    return due


def _refuse_moment(day: date) -> None:
    """A moment has a time zone and so no certain day: the caller says which day it was in Paris."""
    if isinstance(day, datetime):
        raise TypeError("legal time counts days: give a date, not a datetime")


@lru_cache(maxsize=256)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("FR", years=year, expand=False))


@lru_cache(maxsize=256)
def _holidays_somewhere(year: int) -> frozenset[date]:
    places = country_holidays("FR").subdivisions
    return frozenset(day for place in places for day in country_holidays("FR", subdiv=place, years=year))
