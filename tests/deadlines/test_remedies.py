"""Remedies as vectors: month ends, leap years, holidays on the last day, distance, pauses, an appeal in the middle."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from deadlines import actions
from deadlines.calendar import add_months, distance_months, due_with_pauses, franc_months
from deadlines.models import Deadline
from journal.models import Thread

VECTORS = [  # notified on, country, postal code, last day (gracious), last day (court)
    (date(2019, 2, 4), "FR", "75001", date(2019, 4, 5), date(2019, 4, 5)),  # domain/vectors.py
    (date(2025, 12, 31), "FR", "75001", date(2026, 3, 2), date(2026, 3, 2)),  # 1 March is a Sunday
    (date(2027, 12, 31), "FR", "75001", date(2028, 3, 1), date(2028, 3, 1)),  # 29 February, leap year
    (date(2028, 12, 31), "FR", "75001", date(2029, 3, 1), date(2029, 3, 1)),  # 28 February, ordinary year
    (date(2028, 2, 29), "FR", "75001", date(2028, 5, 2), date(2028, 5, 2)),  # 30 April: a Sunday, then 1 May
    (date(2026, 2, 5), "FR", "75001", date(2026, 4, 7), date(2026, 4, 7)),  # 6 April 2026: Easter Monday
    (date(2028, 6, 14), "FR", "75001", date(2028, 8, 16), date(2028, 8, 16)),  # 15 August, a Tuesday
    (date(2026, 2, 5), "FR", "97400", date(2026, 4, 7), date(2026, 5, 6)),  # overseas: the court only
    (date(2026, 2, 5), "RE", "", date(2026, 4, 7), date(2026, 5, 6)),
    (date(2026, 2, 5), "BE", "1000", date(2026, 4, 7), date(2026, 6, 8)),  # abroad; 6 June is a Saturday
    (
        date(2025, 10, 31),
        "FR",
        "98714",
        date(2026, 1, 2),
        date(2026, 2, 2),
    ),  # 1 January, then 1 February a Sunday
]


@pytest.mark.parametrize(("day", "country", "postal_code", "gracious", "court"), VECTORS)
def test_the_last_day_to_contest(
    day: date, country: str, postal_code: str, gracious: date, court: date
) -> None:
    assert franc_months(day, 2) == gracious
    assert franc_months(day, 2 + distance_months(country, postal_code)) == court


@pytest.mark.parametrize(
    ("received", "rejected"),
    [
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2027, 12, 31), date(2028, 2, 29)),
        (date(2026, 6, 15), date(2026, 8, 15)),  # a holiday: silence is no act to be done, nothing moves
        (date(2026, 2, 6), date(2026, 4, 6)),  # Easter Monday, the same
    ],
)
def test_silence_on_an_appeal_counts_from_day_to_day(received: date, rejected: date) -> None:
    assert add_months(received, 2) == rejected


def test_pauses_that_overlap_count_once() -> None:
    start = date(2026, 1, 31)
    pauses = [
        (date(2026, 2, 10), date(2026, 2, 20)),
        (date(2026, 2, 15), date(2026, 3, 1)),
        (date(2026, 2, 16), date(2026, 2, 17)),
    ]
    assert due_with_pauses(start, months=2, pauses=pauses) == date(2026, 4, 19)  # 31 March and 19 days
    assert due_with_pauses(start, months=2, pauses=pauses[::-1]) == date(2026, 4, 19)


@pytest.mark.django_db
def test_an_appeal_in_the_middle_starts_the_clock_anew_and_each_row_recomputes() -> None:
    """Interruption is no pause: nothing is left of the first clock, and both give the same day when asked again."""
    at = datetime(2026, 2, 20, 9, tzinfo=UTC)
    with transaction.atomic():
        thread = Thread.objects.create(reference="DOS-2026-000001-01")
        first = actions.start(
            thread=thread, subject="x.y:1", kind="court", started_on=date(2026, 2, 5), months=2, franc=True
        )
        actions.pause(subject="x.y:1", kind="court", begins_on=date(2026, 2, 10), cause="test")
        actions.resume(subject="x.y:1", kind="court", ends_on=date(2026, 2, 12))
        actions.interrupt(subject="x.y:1", kind="court", at=at)
        second = actions.start(
            thread=thread, subject="x.y:1", kind="court", started_on=date(2026, 4, 20), months=2, franc=True
        )
    rows = list(Deadline.objects.order_by("pk"))
    assert [row.pk for row in rows] == [first.pk, second.pk]
    assert [(row.outcome, row.due_on) for row in rows] == [
        ("interrupted", date(2026, 4, 8)),
        ("", date(2026, 6, 22)),  # 21 June is a Sunday
    ]
    assert list(actions.wrongly_computed()) == []
    Deadline.objects.filter(pk=second.pk).update(due_on=date(2026, 6, 23))
    assert [row.pk for row in actions.wrongly_computed()] == [second.pk]
