"""The space of a member of the committee: what is expected of me? (screens P14)"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import person
from desks.todo import reader_for, remember_count
from reviewers.grid import criteria
from reviewers.models import Assignment, Mandate, Session
from workflows import todo
from workflows.todo import sittings
from workflows.todo.committee import open_mandate, reviews_of

State = Assignment.State
MAXIMUM = 50


def committee(request: HttpRequest) -> HttpResponse:
    """The dossiers proposed, the evaluations under way, the mandate and its declaration of links."""
    mandate = _mandate(request)
    rows = [_progress(row) for row in _asked(request)[:MAXIMUM]]
    proposed = [row for row in rows if row["assignment"].state == State.PROPOSED]
    under_way = [row for row in rows if row["assignment"].state in (State.ACCEPTED, State.REOPENED)]
    tasks = todo.todo_for(reader_for(request), "committee", limit=MAXIMUM)
    kinds = {_kind(task) for task in tasks}
    sitting = _sitting(request)
    first = next(iter(proposed or under_way), None)
    remember_count(request, "committee", len(tasks))
    context = {
        "person": person(request),
        "today": timezone.localdate(),
        "mandate": mandate,
        "unanswered": "mandate" in kinds,
        "must_answer": "hearing" in kinds,
        "must_confirm": "interests" in kinds,
        "proposed": proposed,
        "under_way": under_way,
        "next": first,
        "sitting": sitting,
        "meets_first": _meets_first(sitting, first),
        "awaited": [task for task in tasks if _kind(task) in sittings.KEYS],
    }
    return render(request, "desks/committee.html", context)


def _sitting(request: HttpRequest) -> Session | None:
    """« Prochaine séance »: the one under way, else the nearest that will sit."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    coming = Q(state__in=Session.TO_COME, sits_at__gte=today) | Q(state=Session.State.OPEN)
    visible = Session.objects.visible_to(request.user, on=timezone.localdate())
    found: Session | None = visible.filter(coming).order_by("sits_at", "pk").first()
    return found


def _kind(task: todo.Task) -> str:
    return task.key.partition("-")[0]


def _meets_first(sitting: Session | None, review: dict[str, Any] | None) -> bool:
    """Whether the next thing is the meeting rather than a review: under way, or convened for a nearer day."""
    if sitting is None or sitting.state not in (*Session.AWAITED, Session.State.OPEN):
        return False
    if review is None or sitting.state == Session.State.OPEN:
        return True
    asked = review["assignment"]
    due_on = asked.answer_due_on if asked.state == State.PROPOSED else asked.review_due_on
    return asked.state != State.REOPENED and sitting.sits_on < due_on


def _mandate(request: HttpRequest) -> Mandate:
    """The mandate of the person. Raises `Http404` when they sit, or are asked to sit, in no college."""
    mandate = open_mandate(person(request), on=timezone.localdate())
    if mandate is None:
        raise Http404
    return mandate


def _asked(request: HttpRequest) -> Any:
    awaited = [State.PROPOSED, State.ACCEPTED, State.REOPENED]
    return reviews_of(reader_for(request)).filter(state__in=awaited).order_by("review_due_on", "pk")


def _progress(assignment: Assignment) -> dict[str, Any]:
    total = len(criteria(assignment.application.edition, assignment.snapshot))
    given: int = min(assignment.given, total)  # type: ignore[attr-defined]  # annotated by the query
    return {"assignment": assignment, "total": total, "given": given}
