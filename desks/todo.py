"""The to-do list as the pages read it: who reads, for which structures, and the count that the header shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.access import person
from accounts.rules import roles_of
from journal.models import Event
from structures.context import SESSION_KEY
from structures.models import Membership
from workflows import todo

REMEMBERED = "_todo_count"


def reader_for(request: HttpRequest, *, mine_only: bool = True) -> todo.Reader:
    """The signed-in person as a reader of to-do lists today."""
    user, on = person(request), timezone.localdate()
    return todo.Reader(user, on, roles_of(user, on=on), _structures(request), mine_only)


def place_of(task: todo.Task) -> tuple[date, datetime]:
    """The order of every list: the oldest obligation first, by the date that its row shows.

    That is the date to keep, else the day since which it waits.
    """
    return task.due_on or timezone.localdate(task.since), task.since


def count_for(request: HttpRequest, area: str) -> int:
    """How many things await the person of this request in one area: staff, committee or space.

    Kept in the memory of the worker for `TODO_COUNT_SECONDS`, until anything moves in any dossier: one query, two
    when somebody has to count again.
    """
    if area not in todo.AREAS or not request.user.is_authenticated:
        return 0
    known: dict[str, int] = request.__dict__.setdefault(REMEMBERED, {})
    if area not in known:
        known[area] = _kept(request, area, lambda: todo.count(reader_for(request), area))
    return known[area]


def _kept(request: HttpRequest, area: str, count: Callable[[], int]) -> int:
    if not settings.TODO_COUNT_SECONDS:
        return count()
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    structure = request.session.get(SESSION_KEY)
    key = f"todo:{area}:{person(request).pk}:{structure}:{timezone.localdate()}:{newest}"
    return int(caches["answers"].get_or_set(key, count, settings.TODO_COUNT_SECONDS) or 0)


def remember_count(request: HttpRequest, area: str, found: int) -> None:
    """Keep for the header the count that the page has just found."""
    request.__dict__.setdefault(REMEMBERED, {})[area] = found


def _structures(request: HttpRequest) -> QuerySet[Any, Any]:
    """The structure for which the person acts, as a subquery: the one chosen, else the first one."""
    mine = Membership.objects.current().filter(user=person(request))
    chosen = request.session.get(SESSION_KEY)
    return (
        mine.filter(structure=chosen).values("structure")
        if chosen
        else mine.order_by("pk").values("structure")[:1]
    )
