"""The calendar of the office: every date to keep, by month and kind, then one by one (screens P11)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from accounts.rules import may, roles_of
from deadlines.models import Deadline
from desks.clocks import ALERT_DAYS, AWAITING_A_PERSON, HIDDEN, KINDS
from desks.forms import DeadlineFilter
from desks.keyset import BY_DATE, filters_of, page_of
from desks.periods import month_of, months
from desks.selections import FIGURE_ROLES
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from feedback.models import Report
from label.models import Application
from label.visibility import HANDLING_ROLES
from reviewers.visibility import COMMITTEE_ROLES

BOARD_MONTHS = 6
NORMS = ("thread__edition", "thread__charter")
on_dossiers = staff_required(*HANDLING_ROLES)


@on_dossiers
def staff_deadlines(request: HttpRequest) -> HttpResponse:
    """The dates to keep, the soonest first."""
    form, rows = _deadlines(request)
    today = timezone.localdate()
    page = page_of(rows, request, order=BY_DATE)
    context = {
        "form": form,
        "page": page,
        "board": _board(request, today),
        "rows": [_shown(row, today) for row in page.rows],
        "today": today,
        "may_send": may("letters.send_mailing", request.user, on=today),
        "sees_outages": may("deadlines.read_touched", request.user, on=today),
        "sees_figures": bool(FIGURE_ROLES & roles_of(person(request), on=today)),
        "file_url": reverse("staff_deadlines_file") + filters_of(request),
    }
    return render(request, "desks/staff_deadlines.html", context)


@on_dossiers
def staff_deadlines_file(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    _form, rows = _deadlines(request)
    columns = [_("Échéance"), _("Dossier"), _("Structure"), _("Date"), _("Commencée le")]
    lines = (
        (
            KINDS.get(row.kind, ""),
            _reference(row),
            _structure_name(row),
            row.due_on,
            row.started_on,
        )
        for row in rows.order_by("due_on", "pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("echeances", columns, lines)


def _deadlines(request: HttpRequest) -> tuple[DeadlineFilter, QuerySet[Deadline]]:
    today = timezone.localdate()
    form = DeadlineFilter(request.GET, kinds=list(KINDS.items()), on=today)
    chosen = form.chosen()
    rows = _visible(request)
    if kind := chosen.get("type"):
        rows = rows.filter(kind=kind)
    if month := month_of(chosen.get("mois") or "", on=today):
        rows = rows.filter(due_on__gte=month.start, due_on__lt=month.following)
    if chosen.get("retard"):
        rows = rows.filter(due_on__lt=today)
    return form, rows.select_related(
        "thread__application__structure", "thread__mandate__user", "thread__structure", *NORMS
    )


def _visible(request: HttpRequest) -> QuerySet[Deadline]:
    """The running dates of what this person may see."""
    today = timezone.localdate()
    dossiers = Application.objects.visible_to(person(request), on=today)
    rows = Deadline.objects.running().filter(due_on__isnull=False).exclude(kind__in=HIDDEN)
    rows = rows.filter(Q(thread__application=None) | Q(thread__application__in=dossiers.values("pk")))
    # Whose label a report is about must not see that it exists.
    reports = Report.objects.visible_to(person(request), on=today)
    hidden = Report.objects.filter(state__in=Report.OPEN).exclude(pk__in=reports.values("pk"))
    rows = rows.exclude(thread__in=hidden.values("thread"))
    if not roles_of(person(request), on=today) & COMMITTEE_ROLES:
        rows = rows.filter(thread__mandate=None)
    return rows


def _board(request: HttpRequest, today: date) -> dict[str, Any]:
    """How many dates of each kind fall in each month, and how many are past, each with its list; one query."""
    shown = months(today)[:BOARD_MONTHS]
    cells: dict[str, Count] = {"past": Count("pk", filter=Q(due_on__lt=today))}
    for rank, month in enumerate(shown):
        inside = Q(due_on__gte=month.start, due_on__lt=month.following)
        cells[f"m{rank}"] = Count("pk", filter=inside)
    found = _visible(request).order_by().values_list("kind").annotate(**cells)
    address = reverse("staff_deadlines")
    lines = [
        {
            "words": KINDS.get(kind, kind),
            "cells": [
                {"n": past, "url": f"{address}?type={kind}&retard=on"},
                *(
                    {"n": n, "url": f"{address}?type={kind}&mois={month.code}"}
                    for n, month in zip(counts, shown, strict=True)
                ),
            ],
        }
        for kind, past, *counts in found
        if past or any(counts)
    ]
    return {"months": shown, "lines": sorted(lines, key=lambda line: str(line["words"]))}


def _shown(row: Deadline, today: date) -> dict[str, Any]:
    day = row.due_on or today  # clocks that stand still are left out by the query
    return {
        "deadline": row,
        "words": KINDS.get(row.kind, ""),
        "reference": _reference(row),
        "structure": _structure_name(row),
        "is_late": day < today and row.kind in AWAITING_A_PERSON,
        "is_near": row.kind == "silence" and today <= day <= today + timedelta(days=ALERT_DAYS),
    }


def _reference(row: Deadline) -> str:
    return row.thread.application.reference if hasattr(row.thread, "application") else ""


def _structure_name(row: Deadline) -> str:
    """Whose date it is: a structure, a member of the committee, or a text that comes into force."""
    thread = row.thread
    if hasattr(thread, "mandate"):
        return str(thread.mandate.user)
    if hasattr(thread, "application"):
        return thread.application.structure.name
    if hasattr(thread, "structure"):
        return thread.structure.name
    return next((str(getattr(thread, name)) for name in ("edition", "charter") if hasattr(thread, name)), "")
