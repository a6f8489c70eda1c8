"""How a page finds a follow-up, and what all the pages of the yearly follow-up share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.access import actor_for
from accounts.models import Role
from accounts.rules import may
from certificates.follow_up import FIGURES, QUESTIONS, read_before, since
from certificates.models import FollowUp, Label
from certificates.views.labels import canonical
from journal.moves import Actor, subject_key
from journal.refusals import Missing
from reviewers.views.access import refusals, tell
from structures.models import Structure

RELATED = (
    "label__structure",
    "label__application",
    "label__edition",
    "accounts",
    "scan",
    "call",
    "submitted_by",
    "read_by",
)


def held_label(request: HttpRequest, structure: Structure) -> Label:
    """The label that a structure holds, else the last one it held, as this person may see it; Http404 otherwise."""
    seen = Label.objects.visible_to(request.user, on=timezone.localdate()).filter(structure=structure)
    found = seen.filter(state__in=Label.LIVE).first() or seen.order_by("-pk").first()
    if found is None:
        raise Http404
    return found


def own_follow_up(request: HttpRequest, structure: Structure, year: int) -> FollowUp:
    """The follow-up of that year of the label that a structure holds."""
    return _of_year(request, year, label=held_label(request, structure))


def staff_follow_up_of(request: HttpRequest, number: str, year: int) -> FollowUp:
    """The follow-up of that year of the label of that number, as this person of the Institute may see it."""
    return _of_year(request, year, label__number=canonical(number))


def _of_year(request: HttpRequest, year: int, **label: Any) -> FollowUp:
    """The one that counts that year: a label that ended and was given back also has one that became void."""
    seen = FollowUp.objects.visible_to(request.user, on=timezone.localdate()).select_related(*RELATED)
    rows = seen.filter(**label, year=year).order_by("-pk")
    found = next(iter(sorted(rows, key=lambda row: row.state == FollowUp.State.VOID)), None)
    if found is None:
        raise Http404
    return found


def officer_on(request: HttpRequest, structure: Structure | None = None) -> Actor:
    """The person acting as case officer, else as secretariat; on behalf of a structure when they type for it."""
    on_behalf_of = subject_key(structure) if structure is not None else ""
    return actor_for(request, Role.CASE_OFFICER, Role.SECRETARIAT, on_behalf_of=on_behalf_of)


def allowed(request: HttpRequest, permission: str, record: Any) -> bool:
    """Whether the page may offer an act on this record to this person today."""
    return may(permission, request.user, record, on=timezone.localdate())


def must(request: HttpRequest, permission: str, record: Any) -> None:
    """Http404 for a page that is only an act which this person may not do."""
    if not allowed(request, permission, record):
        raise Http404


@contextmanager
def told(request: HttpRequest) -> Iterator[None]:
    """Say why an act of a page without form is refused; NotAllowed is "not found"."""
    refused: list[Missing] = []
    with refusals(into=refused):
        yield
    if refused:
        tell(request, refused)


def after(act: Callable[[], object], request: HttpRequest, page: str, *args: Any) -> HttpResponse:
    """Do an act and go back to a page, with what was refused."""
    with told(request):
        act()
    return redirect(page, *args)


def shown(follow_up: FollowUp) -> dict[str, Any]:
    """What a page tells of a follow-up: what is known, what changed, the figures beside those of last year."""
    answers = follow_up.answers
    last = answers.get("last_figures", {})
    return {
        "follow_up": follow_up,
        "label": follow_up.label,
        "structure": follow_up.label.structure,
        "today": timezone.localdate(),
        "since": since(follow_up.label),
        "read_before": read_before(follow_up),
        "sections": [
            {
                "key": question.key,
                "title": question.title,
                "text": answers.get(question.key, ""),
                "changed": question.key in answers.get("changed", []),
            }
            for question in QUESTIONS
        ],
        "figures": [{"name": name, "now": answers.get(name), "last": last.get(name)} for name in FIGURES],
        "accounts_note": answers.get("accounts_note", ""),
    }
