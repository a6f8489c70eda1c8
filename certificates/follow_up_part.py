"""What the page of a label shows of its follow-ups, its declared changes and the alerts of the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Min, Q

from accounts.models import User
from accounts.rules import may
from certificates.models import FollowUp, Label

LATEST = 50


def follow_ups_part(label: Label, user: User, *, on: date, staff: bool) -> dict[str, Any]:
    """The context of `certificates/parts/follow_ups.html` and `certificates/parts/changes.html`.

    As many queries whatever the number of rows: follow-ups, changes and, for the staff, alerts of the register.
    """
    waiting = Q(gaps__closed_at=None, gaps__isnull=False, state="gaps")
    rows = label.follow_ups.annotate(
        waiting_gaps=Count("gaps", filter=waiting), first_gap=Min("gaps__due_on", filter=waiting)
    ).order_by("year")
    counting = {row.year for row in rows if row.state != FollowUp.State.VOID}
    is_live = label.state in Label.LIVE
    return {
        "follow_ups": [row for row in rows if row.state != FollowUp.State.VOID or row.year not in counting],
        "changes": list(label.changes.order_by("-pk")[:LATEST]),
        "alerts": list(label.register_alerts.order_by("-pk")[:LATEST]) if staff else [],
        "may_declare": is_live and may("certificates.declare_change", user, label, on=on),
        "may_ask_merger": is_live and may("certificates.ask_merger", user, label, on=on),
        "staff": staff,
    }
