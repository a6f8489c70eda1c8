"""« Le service était en panne » on the pages of those whose date moved."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deadlines.models import Extension
from deadlines.registry import public
from journal.moves import subject_key

register = template.Library()
MOST_SHOWN = 10


@register.inclusion_tag("parts/more_time.html")
def more_time(record: models.Model, today: date | None = None) -> dict[str, Any]:
    """What outages gave back to that structure, or to that record, and still runs; nothing, most days. One query."""
    on, key = today or timezone.localdate(), subject_key(record)
    runs = Q(deadline=None) | Q(deadline__ended_at=None)
    rows = Extension.objects.filter(Q(whose=key) | Q(subject=key), runs, due_on__gte=on)
    rows = rows.filter(outcome__in=Extension.GIVING_TIME).select_related("outage")
    return {
        "rows": [
            {"row": row, "words": public[row.kind].words, "warning": public[row.kind].warning}
            for row in rows.order_by("due_on", "pk")[:MOST_SHOWN]
        ]
    }
