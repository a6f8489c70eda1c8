"""The sessions of the committee as lists, for the office and for those who sit; the attendance of one as a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from accounts.models import Role
from accounts.rules import may
from desks.forms import SessionFilter
from desks.keyset import Order, filters_of, key, page_of
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from reviewers.minutes import attendance_rows
from reviewers.models import AgendaItem, Session
from reviewers.views.sessions.access import READERS, own_seat, visible_session


def moment(text: str) -> datetime:
    """A moment read from an address. Raises ValueError when it is none, or says no time zone."""
    found = datetime.fromisoformat(text)
    if timezone.is_naive(found):
        raise ValueError(text)
    return found


LATEST = Order(("sits_at", "pk"), (moment, key), descending=True)


@staff_required(*READERS)
def staff_sessions(request: HttpRequest) -> HttpResponse:
    """Every session, the latest first; filters in the address."""
    form, rows = _sessions(request)
    page = page_of(rows, request, order=LATEST)
    context = {
        "form": form,
        "page": page,
        "can_plan": may("reviewers.plan_session", request.user, on=timezone.localdate()),
        "file_url": reverse("staff_sessions_file") + filters_of(request),
    }
    return render(request, "desks/staff_sessions.html", context)


@staff_required(*READERS)
def staff_sessions_file(request: HttpRequest) -> HttpResponse:
    """The same sessions as a file."""
    _form, rows = _sessions(request)
    columns = [_("Séance"), _("Date"), _("Lieu"), _("État"), _("Points à l'ordre du jour"), _("Avis adoptés")]
    lines = (
        (row.reference, row.sits_at, row.place, row.get_state_display(), row.listed, row.adopted)
        for row in rows.order_by("-sits_at", "-pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("seances", columns, lines)


def _sessions(request: HttpRequest) -> tuple[SessionFilter, QuerySet[Any, Any]]:
    form = SessionFilter(request.GET)
    chosen = form.chosen()
    rows = Session.objects.visible_to(person(request), on=timezone.localdate())
    if state := chosen.get("etat"):
        rows = rows.filter(state=state)
    if year := chosen.get("annee"):
        rows = rows.filter(sits_at__year=year)
    kept = ~Q(items__state=AgendaItem.State.SENT_BACK, items__called_at=None)
    adopted = Q(items__state=AgendaItem.State.ADOPTED)
    return form, rows.annotate(
        listed=Count("items", filter=kept & Q(items__isnull=False)), adopted=Count("items", filter=adopted)
    )


def committee_sessions(request: HttpRequest) -> HttpResponse:
    """The sessions to come and those held, for those who sit; nothing of their agendas."""
    own_seat(request)
    rows = Session.objects.visible_to(request.user, on=timezone.localdate())
    page = page_of(rows, request, order=LATEST)
    to_come = [row for row in page.rows if row.state in (*Session.TO_COME, Session.State.OPEN)]
    context = {
        "to_come": sorted(to_come, key=lambda row: (row.sits_at, row.pk)),
        "held": [row for row in page.rows if row not in to_come],
        "page": page,
    }
    return render(request, "desks/committee_sessions.html", context)


@staff_required(Role.SECRETARIAT)
def staff_session_attendance_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Who took part, and what is to be paid back."""
    found = visible_session(request, reference)
    if found.state not in Session.HELD:
        raise Http404
    columns = [_("Membre"), _("Collège"), _("Participation"), _("Frais (euros)"), _("Note")]
    return spreadsheet(f"presences-{found.reference}", columns, attendance_rows(found))
