"""The clocks of a report: past their date the lists show them, and a person acts; old sources are erased."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from deadlines.calendar import add_months
from deadlines.registry import alert_only, daily
from feedback import actions
from feedback.clocks import ANSWER, FACTS, INQUIRY, SAFETY
from feedback.models import Source
from journal.moves import Actor

BATCH = 200

alert_only(ANSWER, SAFETY, FACTS, INQUIRY)


@daily("report_sources")
def forget_who_reported(at: datetime) -> None:
    """Who reported is erased some months after the report ended, or after the one to which it is linked did."""
    before = add_months(timezone.localdate(at), -settings.REPORT_SOURCE_KEPT_MONTHS)
    over = Q(report__ended_at__date__lt=before) | Q(report__duplicate_of__ended_at__date__lt=before)
    old = Source.objects.filter(over, erased_at=None).order_by("pk").values_list("report_id", flat=True)
    for report_pk in list(old[:BATCH]):
        actions.erase_source(report_pk=report_pk, at=at, by=Actor.system())
