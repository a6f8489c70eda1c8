"""The list of the yearly follow-ups, the soonest first, on screen and as a file."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from certificates.models import FollowUp
from desks.forms import FollowUpFilter
from desks.keyset import BY_DATE, filters_of, page_of
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from label.visibility import HANDLING_ROLES

SOON = timedelta(days=60)


@staff_required(*HANDLING_ROLES)
def staff_follow_ups(request: HttpRequest) -> HttpResponse:
    """The follow-ups that are under way; filters show the others."""
    form, rows = _follow_ups(request)
    context = {
        "form": form,
        "page": page_of(rows, request, order=BY_DATE),
        "today": timezone.localdate(),
        "file_url": reverse("staff_follow_ups_file") + filters_of(request),
    }
    return render(request, "desks/staff_follow_ups.html", context)


@staff_required(*HANDLING_ROLES)
def staff_follow_ups_file(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    _form, rows = _follow_ups(request)
    columns = [
        _("Structure"),
        _("Numéro du label"),
        _("Année"),
        _("État"),
        _("Attendu avant le"),
        _("Transmis le"),
    ]
    lines = (
        (
            row.label.structure.name,
            row.label.number,
            row.due_on.year,
            row.get_state_display(),
            row.due_on,
            row.submitted_at,
        )
        for row in rows.order_by("due_on", "pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("suivis", columns, lines)


def _follow_ups(request: HttpRequest) -> tuple[FollowUpFilter, QuerySet[FollowUp]]:
    on = timezone.localdate()
    form = FollowUpFilter(request.GET)
    chosen = form.chosen()
    rows = FollowUp.objects.visible_to(person(request), on=on)
    if state := chosen.get("etat"):
        rows = rows.filter(state=state)
    else:
        coming = Q(state=FollowUp.State.UPCOMING, due_on__lte=on + SOON)
        rows = rows.filter(Q(state__in=FollowUp.LIVE) & (~Q(state=FollowUp.State.UPCOMING) | coming))
    if chosen.get("retard"):
        rows = rows.filter(state__in=FollowUp.AWAITED, due_on__lt=on)
    if words := chosen.get("texte"):
        rows = rows.filter(Q(label__number__icontains=words) | Q(label__structure__name__icontains=words))
    return form, rows.select_related("label__structure")
