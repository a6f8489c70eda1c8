"""What is due today, and where the dossiers stand (screens P11)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import STAFF_ROLES, person, staff_required
from accounts.models import Role
from accounts.rules import roles_of
from desks.keyset import AFTER, BEFORE, filters_of, link
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from desks.todo import place_of, reader_for
from desks.views.appeals import APPEAL_ROLES
from label.models import Application
from label.visibility import HANDLING_ROLES
from letters.spoken import told_distance
from workflows import todo

EVERYONE = "equipe"
TITLES = {
    Role.CASE_OFFICER: gettext_lazy("À faire"),
    Role.SECRETARIAT: gettext_lazy("À faire"),
    Role.SIGNATORY: gettext_lazy("À signer"),
    Role.ETHICS_OFFICER: gettext_lazy("À analyser"),
    Role.APPEAL_OFFICER: gettext_lazy("Recours"),
}


@staff_required(*Role.values)
def staff(request: HttpRequest) -> HttpResponse:
    """The to-do list of a person of the Institute; the technical administrator goes to the state of the service."""
    today = timezone.localdate()
    roles = roles_of(person(request), on=today)
    if not roles & frozenset(TITLES):
        return redirect("staff_service")
    page = todo.todo_page(
        _reader(request),
        "staff",
        after=todo.read_cursor(request.GET.get(AFTER, "")),
        before=todo.read_cursor(request.GET.get(BEFORE, "")),
    )
    context = {
        "title": next(str(words) for role, words in TITLES.items() if role in roles),
        "today": today,
        "sections": _sections(page.tasks, today),
        "page": _neighbours(request, page),
        "has_team": Role.CASE_OFFICER in roles,
        "reads_appeals": bool(APPEAL_ROLES & roles),
        "everyone": request.GET.get("qui") == EVERYONE,
        "file_url": reverse("staff_todo_file") + filters_of(request),
        "board": _board(request, today),
    }
    return render(request, "desks/staff.html", context)


@staff_required(*STAFF_ROLES)
def staff_todo_file(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    columns = [_("À faire"), _("Dossier"), _("Échéance"), _("Date implicite"), _("Depuis")]
    rows = (
        (task.title, task.about, task.due_on, task.legal_on, task.since)
        for task in todo.pages(_reader(request), "staff", limit=MAXIMUM_ROWS)
    )
    return spreadsheet("a-faire", columns, rows)


def _reader(request: HttpRequest) -> todo.Reader:
    return reader_for(request, mine_only=request.GET.get("qui") != EVERYONE)


def _neighbours(request: HttpRequest, page: todo.TodoPage) -> dict[str, str]:
    return {
        "previous_url": link(request, BEFORE, todo.write_cursor(page.before)) if page.before else "",
        "next_url": link(request, AFTER, todo.write_cursor(page.after)) if page.after else "",
    }


def _sections(tasks: list[todo.Task], today: date) -> list[dict[str, Any]]:
    """« En retard », « Cette semaine », « Ensuite »: by the date of the act, else by the legal date."""
    sunday = today + timedelta(days=6 - today.weekday())
    late: list[dict[str, Any]] = []
    week: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for task in tasks:
        day = task.due_on or task.legal_on
        chosen = later if day is None or day > sunday else week if day >= today else late
        chosen.append({"task": task, "clock": _clock_words(task, today)})
    for rows in (late, week, later):
        rows.sort(key=lambda row: place_of(row["task"]))
    return [
        {"title": _("En retard"), "rows": late, "empty": _("Rien en retard.")},
        {"title": _("Cette semaine"), "rows": week, "empty": ""},
        {"title": _("Ensuite"), "rows": later, "empty": ""},
    ]


def _clock_words(task: todo.Task, today: date) -> str:
    """« refus implicite dans 12 jours », as the law of this scheme has it."""
    accepting = settings.SILENCE_EFFECT == "acceptance"
    if task.legal_on is None:
        return ""
    words = _("acceptation implicite {when}") if accepting else _("refus implicite {when}")
    return words.format(when=told_distance((task.legal_on - today).days))


def _board(request: HttpRequest, today: date) -> list[dict[str, Any]]:
    """How many dossiers stand at each step, and since when the oldest one was filed; one query on open dossiers."""
    user = person(request)
    if not HANDLING_ROLES & roles_of(user, on=today):
        return []
    rows = Application.objects.visible_to(user, on=today).filter(state__in=Application.UNDER_WAY)
    found = {
        row["state"]: row
        for row in rows.order_by().values("state").annotate(n=Count("pk"), oldest=Min("submitted_at"))
    }
    list_url = reverse("staff_applications")
    return [
        {"state": state.value, "url": f"{list_url}?etape={state.value}", **found[state.value]}
        for state in Application.UNDER_WAY
        if state.value in found
    ]
