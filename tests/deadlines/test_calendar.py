"""Legal time: the vectors of the law, the ends of months, holidays, pauses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.calendar import (
    add_months,
    distance_months,
    due_with_pauses,
    franc_months,
    is_working_day,
    next_working_day,
    working_days_after,
)

DAYS = st.dates(date(1990, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2031, 3, 15), -7, date(2030, 8, 15)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
        (date(2027, 11, 30), 1, date(2027, 12, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2027, 3, 4), 36, date(2030, 3, 4)),
        (date(2027, 3, 4), 0, date(2027, 3, 4)),
    ],
)
def test_months_count_from_day_to_day_and_stop_at_the_end_of_the_month(day, months, expected):
    assert add_months(day, months) == expected


@given(DAYS, st.integers(-600, 600))
def test_a_month_count_reaches_the_right_month_and_never_a_later_day(day, months):
    reached = add_months(day, months)
    assert (reached.year * 12 + reached.month) - (day.year * 12 + day.month) == months
    assert reached.day == day.day or (reached.day < day.day and (reached + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("months", [12 * 8000, -12 * 2028])
def test_months_beyond_the_calendar_are_refused(months):
    with pytest.raises(ValueError, match="outside the calendar"):
        add_months(date(2027, 1, 1), months)


@pytest.mark.parametrize(
    ("notified", "months", "last_day"),
    [
        (date(2019, 2, 4), 2, date(2019, 4, 5)),  # the published example, a Friday
        (date(2025, 12, 31), 2, date(2026, 3, 2)),  # 1 March 2026 is a Sunday
        (date(2026, 3, 6), 2, date(2026, 5, 7)),  # the eve of a holiday is a working day
        (date(2026, 3, 7), 2, date(2026, 5, 11)),  # 8 May is a holiday, then a week-end
        (date(2026, 2, 4), 2, date(2026, 4, 7)),  # Easter Sunday, then Easter Monday
        (date(2027, 10, 24), 2, date(2027, 12, 27)),  # 25 December 2027 is a Saturday
    ],
)
def test_the_day_after_the_anniversary_is_the_last_one_and_moves_to_a_working_day(notified, months, last_day):
    assert franc_months(notified, months) == last_day


@given(DAYS, st.integers(1, 24))
def test_a_delai_franc_ends_on_a_working_day_after_the_anniversary(start, months):
    last_day = franc_months(start, months)
    assert is_working_day(last_day)
    assert 1 <= (last_day - add_months(start, months)).days <= 6


def test_a_delai_franc_of_no_month_is_refused():
    with pytest.raises(ValueError, match="one month"):
        franc_months(date(2027, 1, 4), 0)


@pytest.mark.parametrize(
    "holiday",
    [
        date(2027, 1, 1),
        date(2027, 3, 29),  # Easter Monday
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2027, 5, 6),  # Ascension
        date(2027, 5, 17),  # Whit Monday
        date(2027, 7, 14),
        date(2028, 8, 15),
        date(2027, 11, 1),
        date(2027, 11, 11),
        date(2026, 12, 25),
    ],
)
def test_the_eleven_national_holidays_are_not_worked(holiday):
    assert holiday.weekday() < 5
    assert not is_working_day(holiday)


def test_week_ends_are_not_worked_and_the_holidays_of_alsace_moselle_are():
    assert [is_working_day(date(2027, 2, day)) for day in (5, 6, 7, 8)] == [True, False, False, True]
    assert is_working_day(date(2027, 3, 26))  # Good Friday
    assert next_working_day(date(2027, 2, 5)) == date(2027, 2, 5)
    assert next_working_day(date(2027, 2, 6)) == date(2027, 2, 8)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 5, 7), 3, date(2026, 5, 13)),
        (date(2026, 5, 7), 0, date(2026, 5, 7)),
        (date(2026, 5, 9), 1, date(2026, 5, 11)),
        (date(2026, 5, 7), 1, date(2026, 5, 11)),
        (date(2026, 12, 24), 5, date(2027, 1, 4)),
    ],
)
def test_working_days_skip_week_ends_and_holidays(day, count, expected):
    assert working_days_after(day, count) == expected


@given(DAYS, st.integers(1, 60))
def test_working_days_are_as_many_as_asked(day, count):
    reached = working_days_after(day, count)
    between = (day + timedelta(days=offset) for offset in range(1, (reached - day).days + 1))
    assert sum(map(is_working_day, between)) == count
    assert is_working_day(reached)


def test_a_negative_number_of_working_days_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        working_days_after(date(2027, 1, 4), -1)


@pytest.mark.parametrize(
    ("country", "place", "months"),
    [
        ("FR", "75013", 0),
        ("FR", "", 0),
        ("FR", "2A", 0),
        ("FR", "20090", 0),
        ("FR", "974", 1),
        ("FR", "97 400", 1),
        ("fr", "97600", 1),
        ("FR", "98800", 1),
        ("FR", "97500", 1),
        ("RE", "", 1),
        ("NC", "98800", 1),
        ("PF", "", 1),
        ("BE", "1000", 2),
        ("MC", "98000", 2),
        ("CH", "97400", 2),
    ],
)
def test_the_distance_to_the_court_follows_the_seat(country, place, months):
    assert distance_months(country, place) == months


@pytest.mark.parametrize("country", ["", "F", "FRA", "France", "1A", "ＦＲ"])
def test_a_country_that_is_not_a_code_gives_no_date(country):
    with pytest.raises(ValueError, match="two letters"):
        distance_months(country)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], date(2027, 3, 4)),
        ([(date(2027, 1, 14), date(2027, 1, 24))], date(2027, 3, 14)),
        ([(date(2027, 1, 14), date(2027, 1, 14))], date(2027, 3, 4)),
        # the same days are not given back twice
        ([(date(2027, 1, 14), date(2027, 1, 24)), (date(2027, 1, 20), date(2027, 1, 26))], date(2027, 3, 16)),
        ([(date(2027, 1, 14), date(2027, 1, 24)), (date(2027, 1, 16), date(2027, 1, 18))], date(2027, 3, 14)),
        # before the start nothing runs, after the end nothing is left
        ([(date(2026, 12, 1), date(2027, 1, 6))], date(2027, 3, 6)),
        ([(date(2026, 11, 1), date(2026, 12, 1))], date(2027, 3, 4)),
        ([(date(2027, 3, 5), date(2027, 4, 5))], date(2027, 3, 4)),
        ([(date(2027, 3, 5), None)], date(2027, 3, 4)),
        # a second pause that only an earlier one keeps inside the period
        ([(date(2027, 3, 8), date(2027, 3, 10)), (date(2027, 1, 14), date(2027, 1, 24))], date(2027, 3, 16)),
        # paused on the last day: nothing but that day is left when it runs again
        ([(date(2027, 3, 4), date(2027, 3, 20))], date(2027, 3, 20)),
        ([(date(2027, 1, 14), None)], None),
        ([(date(2027, 3, 4), None)], None),
        ([(date(2027, 1, 14), date(2027, 1, 24)), (date(2027, 2, 1), None)], None),
    ],
)
def test_a_pause_gives_back_the_days_that_were_left(pauses, due):
    assert due_with_pauses(date(2027, 1, 4), months=2, pauses=pauses) == due
    assert due_with_pauses(date(2027, 1, 4), months=2, pauses=reversed(pauses)) == due


def test_a_length_may_mix_months_and_days():
    assert due_with_pauses(date(2027, 1, 31), months=1, days=15) == date(2027, 3, 15)
    assert due_with_pauses(date(2027, 1, 4), days=30) == date(2027, 2, 3)


@given(
    DAYS,
    st.integers(0, 400),
    st.lists(st.tuples(st.integers(-50, 500), st.integers(0, 90)), max_size=6),
)
def test_the_end_is_the_day_found_by_counting_one_day_at_a_time(start, length, spans):
    pauses = [(start + timedelta(days=b), start + timedelta(days=b + n)) for b, n in spans]
    day, left = start, length
    while left or any(begin <= day < end for begin, end in pauses):
        if not any(begin <= day < end for begin, end in pauses):
            left -= 1
        day += timedelta(days=1)
    assert due_with_pauses(start, days=length, pauses=pauses) == day


@pytest.mark.parametrize(
    "arguments",
    [
        {"months": -1},
        {"days": -1},
        {"days": 9, "pauses": [(date(2027, 1, 8), date(2027, 1, 7))]},
    ],
)
def test_an_impossible_period_is_refused(arguments):
    with pytest.raises(ValueError, match=r"negative|cannot end"):
        due_with_pauses(date(2027, 1, 4), **arguments)


def test_a_moment_is_not_a_day():
    moment = datetime(2027, 1, 4, 23, 30, tzinfo=UTC)
    for function in (is_working_day, next_working_day, lambda day: add_months(day, 1)):
        with pytest.raises(TypeError, match="not a datetime"):
            function(moment)
