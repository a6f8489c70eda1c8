"""Outages of the service, recorded and confirmed by the real actions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role
from deadlines import actions
from deadlines.models import Extension, Outage
from deadlines.tick import tick
from tests.factories.accounts import acting, signatory, staff


def moment(day: date, hour: int = 9) -> datetime:
    """An hour of that day in Paris."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


def recorded(first: date, last: date | None = None, *, at: datetime | None = None, by: Any = None) -> Outage:
    """An outage of a day, or of several, that waits for a second person."""
    end = moment(last or first, 20)
    return actions.record_outage(
        began_at=moment(first),
        ended_at=end,
        what="Se connecter et envoyer.",
        at=at or end + timedelta(hours=1),
        by=by or acting(staff(Role.TECHNICAL_ADMINISTRATOR), Role.TECHNICAL_ADMINISTRATOR),
    )


def confirmed(first: date, last: date | None = None, *, at: datetime | None = None) -> Outage:
    """An outage that a signatory confirmed; nothing has moved yet."""
    outage = recorded(first, last, at=at)
    when = at or outage.recorded_at
    return actions.confirm_outage(outage_pk=outage.pk, at=when, by=acting(signatory(), Role.SIGNATORY))


def applied(first: date, last: date | None = None, *, at: datetime | None = None) -> Extension:
    """The one thing that an outage moved, once the clock has passed."""
    outage = confirmed(first, last, at=at)
    report = tick(at or outage.recorded_at)
    assert report.failures == []
    return Extension.objects.get(outage=outage)
