"""The clocks of a report: past their date the lists show them, and a person acts; old sources are erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from deadlines.calendar import add_months
from deadlines.registry import alert_only, daily, do_each
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
    old = Source.objects.filter(over, erased_at=None)
    do_each(_reports_of(old), lambda pk: actions.erase_source(report_pk=pk, at=at, by=Actor.system()))


def _reports_of(sources: QuerySet[Source]) -> Iterator[int]:
    """Their keys, some at a time and in order, so that one in trouble is not met again in this passage."""
    last = 0
    while rows := list(sources.filter(pk__gt=last).order_by("pk").values_list("pk", "report_id")[:BATCH]):
        yield from (report_pk for _pk, report_pk in rows)
        last = rows[-1][0]
