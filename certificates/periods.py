"""How long the public reads that a label was suspended or withdrawn for a time (domain 5.2, issue 5)."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings

from certificates.models import Interruption, Suspension


def is_told(period: Suspension | Interruption, on: date, *, of_next: bool = False) -> bool:
    """Whether pages may tell that period that day: while it stands, then for the days set.

    Never one that a judge annulled, nor one that made a label invalid from its origin: the label is told as if it had
    not been. `of_next`: under the number of the label that it renewed, where even that was read as a withdrawal.
    """
    if period.annulled_at is not None:
        return False
    if isinstance(period, Interruption):
        last, counts = period.restored_on - timedelta(days=1), of_next or period.state == "withdrawn"
        days = settings.RESTORED_TOLD_DAYS
    else:
        last, counts = period.last_day, period.starts_on <= period.last_day
        days = settings.MEASURE_TOLD_DAYS
    return counts and period.starts_on <= on <= last + timedelta(days=days)
