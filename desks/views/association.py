"""The space of a structure: what to do now, its dossiers, its label, who may act (screens P04)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.access import person
from accounts.rules import may
from certificates.models import Label
from certificates.status import status_on, with_periods
from desks.keyset import page_of
from desks.todo import reader_for, remember_count
from label import clocks
from label.models import Application
from label.views.tracking import STEPS
from letters.models import Exchange
from structures.context import current_structure, hats
from structures.models import Membership, Structure
from workflows import todo

MAXIMUM_PEOPLE = 30
MAXIMUM_LABELS = 10


def space(request: HttpRequest) -> HttpResponse:
    """What must I do now? Without a structure: create one or join one."""
    structure = current_structure(request)
    today = timezone.localdate()
    if structure is None:
        return render(request, "desks/first_visit.html", {"person": person(request)})
    tasks = _in_order(todo.todo_for(reader_for(request), "space"))
    remember_count(request, "space", len(tasks))
    dossiers = _dossiers(request, structure, today).exclude(told_state__in=Application.FINAL)
    open_dossiers = [_shown(dossier) for dossier in dossiers.order_by("-pk")[:5]]
    labels = _labels(request, structure, today)
    may_begin = not (open_dossiers or labels) and may(
        "label.open_application", person(request), structure, on=today
    )
    context = {
        "structure": structure,
        "person": person(request),
        "today": today,
        "greeting": _greeting(len(tasks)),
        "next": None if may_begin or not tasks else tasks[0],
        "tasks": [_row(task) for task in (tasks if may_begin else tasks[1:])],
        "dossiers": open_dossiers,
        "answer_by": _answer_by(open_dossiers),
        "labels": labels,
        "people": list(_people(structure)),
        "may_invite": may("structures.invite_member", person(request), structure, on=today),
        "may_begin": may_begin,
        **hats(request),
    }
    return render(request, "desks/space.html", context)


def space_applications(request: HttpRequest) -> HttpResponse:
    """Every dossier of the structure, the newest first."""
    structure = current_structure(request)
    if structure is None:
        return render(request, "desks/first_visit.html", {"person": person(request)})
    page = page_of(_dossiers(request, structure, timezone.localdate()), request)
    rows = [_shown(dossier) for dossier in page.rows]
    context = {"structure": structure, "page": page, "rows": rows, **hats(request)}
    return render(request, "desks/space_applications.html", context)


def _greeting(number: int) -> str:
    if not number:
        return ""
    return ngettext("Vous avez {n} chose à faire.", "Vous avez {n} choses à faire.", number).format(n=number)


def _in_order(tasks: list[todo.Task]) -> list[todo.Task]:
    """By legal date, then in the order of the procedure, then what is only advised."""
    return sorted(tasks, key=lambda task: (task.advised, task.due_on or date.max, task.rank))


def _row(task: todo.Task) -> dict[str, Any]:
    return {
        "title": task.title,
        "url": task.url,
        "why": task.why,
        "before": task.due_on,
        "advised": task.advised,
    }


def _dossiers(request: HttpRequest, structure: Structure, today: date) -> Any:
    told = Application.objects.as_told(on=today)
    rows = told.visible_to(person(request), on=today).filter(structure=structure)
    return rows.exclude(state=Application.State.PURGED)


def _shown(dossier: Application) -> dict[str, Any]:
    return {"dossier": dossier, "step": STEPS.get(dossier.told_state, 0)}


def _labels(request: HttpRequest, structure: Structure, today: date) -> list[dict[str, Any]]:
    found = Label.objects.visible_to(person(request), on=today).filter(structure=structure)
    found = found.prefetch_related("recognised").order_by("-pk")[:MAXIMUM_LABELS]
    return [{"label": label, "status": status_on(label, today)} for label in with_periods(found)]


def _answer_by(rows: list[dict[str, Any]]) -> date | None:
    """The next news of the Institute; nothing once a decision is on its way, which a mail has announced (M8)."""
    running = (row["dossier"] for row in rows if row["dossier"].told_state == row["dossier"].state)
    dossier = next(running, None)
    return clocks.next_news(dossier) if dossier else None


def _people(structure: Structure) -> Any:
    rows = Membership.objects.current().filter(structure=structure).select_related("user")
    return rows.order_by("-role", "pk")[:MAXIMUM_PEOPLE]


def space_messages(request: HttpRequest) -> HttpResponse:
    """The exchanges with the office, dossier by dossier, those with something unread told first by a word."""
    structure = current_structure(request)
    if structure is None:
        return render(request, "desks/first_visit.html", {"person": person(request)})
    on = timezone.localdate()
    about_labels = "certificates.label:"  # for who holds a label by a merger, and not for who applied for it
    exchanges = Exchange.objects.filter(thread=OuterRef("thread")).exclude(subject__startswith=about_labels)
    unread = exchanges.filter(side=Exchange.Side.OFFICE, read_at=None)
    rows = _dossiers(request, structure, on).annotate(
        last_at=Subquery(exchanges.order_by("-pk").values("at")[:1]),
        has_unread=Exists(unread),
        exchange_subject=Concat(
            Value("label.application:"), Cast("pk", CharField()), output_field=CharField()
        ),
    )
    of_label = Concat(Value(about_labels), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    held = (
        Label.objects.visible_to(person(request), on=on)
        .filter(Exists(Exchange.objects.filter(subject=of_label)), structure=structure)
        .annotate(
            exchange_subject=Concat(Value(about_labels), Cast("pk", CharField()), output_field=CharField())
        )
    )
    context = {"structure": structure, "page": page_of(rows, request), "labels": held[:MAXIMUM_LABELS]}
    return render(request, "desks/space_messages.html", {**context, **hats(request)})
