"""The list of reports that this person may read: those of labels with which they have nothing to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import staff_required
from desks.forms import ReportFilter
from desks.keyset import page_of
from desks.selections import REPORT_ROLES
from feedback.models import Report


@staff_required(*REPORT_ROLES)
@require_safe
def staff_reports(request: HttpRequest) -> HttpResponse:
    """Reports, the newest first; those that are open unless another choice is made."""
    form = ReportFilter(request.GET)
    chosen = form.chosen()
    rows = Report.objects.visible_to(request.user, on=timezone.localdate())
    if not chosen.get("etat"):
        rows = rows.under_way()
    elif chosen["etat"] != "all":
        rows = rows.filter(state=chosen["etat"])
    if chosen.get("danger"):
        rows = rows.on_safety()
    page = page_of(rows.select_related("label__structure", "officer"), request)
    return render(request, "desks/staff_reports.html", {"form": form, "page": page})
