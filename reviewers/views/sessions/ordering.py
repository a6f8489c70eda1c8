"""The agenda of a session: dossiers put on it and taken off, the order in which people leave the fewest times."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from journal.refusals import Missing
from reviewers import agenda as engine
from reviewers.actions import sessions as actions
from reviewers.actions.sessions.planning import listed_items
from reviewers.conflicts import barred_from_each
from reviewers.models import AgendaItem, Mandate, Session
from reviewers.registry import kinds, subject_of
from reviewers.room import members_in_office
from reviewers.session_forms import ListForm, WhyForm
from reviewers.views.access import refusals, tell
from reviewers.views.sessions.access import Row, agenda_of, visible_session

State = Session.State
LONGEST_RANK = 3


@dataclass
class Place:
    """One item to put in order: who leaves for it, by name, for the secretariat only."""

    row: Row
    people: list[Any]
    first: bool = False
    last: bool = False


@staff_required(Role.SECRETARIAT)
def agenda(request: HttpRequest, reference: str) -> HttpResponse:
    """Add, take off, move; the engine proposes an order and says why."""
    found = visible_session(request, reference, State.PLANNED, State.CONVENED)
    planned = found.state == State.PLANNED
    go = request.POST.get("go", "")
    form = ListForm(request.POST if go == "list" else None, dossiers=to_list(request)) if planned else None
    why = WhyForm(request.POST if go.startswith("off-") else None, prefix="off")
    if request.method == "POST":
        page = _do(request, found, form, why)
        if page is not None:
            return page
    members = members_in_office(on=timezone.localdate())
    away = away_by_item(found, members)
    rows = [row for row in agenda_of(found, person(request)) if row.item.state == AgendaItem.State.LISTED]
    names = {one.pk: one.user for one in members}
    places = [Place(row, [names[key] for key in sorted(away[row.item.pk])]) for row in rows]
    if places:
        places[0].first = places[-1].last = True
    order = engine.fewest_passages({row.item.pk: away[row.item.pk] for row in rows})
    present = [row.item.pk for row in rows]
    ranks = {key: rank for rank, key in enumerate(order, start=1)}
    context = {
        "session": found,
        "planned": planned,
        "places": places,
        "form": form,
        "why": why,
        "taken_off": go.partition("-")[2] if why.errors else "",
        "why_present": why_told(present, away),
        "why_proposed": why_told(order, away),
        "proposed": sorted(rows, key=lambda row: ranks[row.item.pk])
        if engine.passages(order, away) < engine.passages(present, away)
        else [],
        "problem_forms": [one for one in (form, why) if one is not None and one.is_bound],
        "has_errors": bool((form is not None and form.errors) or why.errors),
    }
    return render(request, "reviewers/sessions/agenda.html", context)


def to_list(request: HttpRequest) -> list[tuple[str, str]]:
    """What waits for the committee and stands on no agenda, kind by kind: `opinion-12` and its name."""
    user, on = person(request), timezone.localdate()
    return [
        (f"{kind}-{key}", name) for kind in kinds() for key, name in subject_of(kind).to_list(user, on=on)
    ]


def away_by_item(found: Session, members: Collection[Mandate]) -> dict[int, frozenset[int]]:
    """For each item not called yet, the members whom a link keeps away; as many queries whatever the agenda."""
    items = listed_items(found)
    keys = {one.user_id: one.pk for one in members}
    barred = barred_from_each([one.application for one in items], list(keys), on=timezone.localdate())
    return {one.pk: frozenset(keys[user] for user in barred[one.application_id]) for one in items}


def why_told(order: Sequence[int], away: Mapping[int, Collection[int]]) -> str:
    """« 2 personnes quittent la salle 1 fois » : who goes out, in how many movements, in that order."""
    people: set[int] = set()
    times, before = 0, frozenset[int]()
    for key in order:
        absent = frozenset(away[key])
        times += bool(absent - before)
        people |= absent
        before = absent
    if not people:
        return _("Personne ne quitte la salle.")
    words = ngettext(
        "%(n)s personne quitte la salle %(times)s fois.",
        "%(n)s personnes quittent la salle %(times)s fois.",
        len(people),
    )
    return words % {"n": len(people), "times": times}


def _do(request: HttpRequest, found: Session, form: ListForm | None, why: WhyForm) -> HttpResponse | None:
    """Add, take off or move; None when a form must be shown again."""
    go = request.POST.get("go", "")
    here = redirect("staff_session_agenda", found.reference)
    if go == "list" and form is not None:
        return here if _list(request, found, form) else None
    if go.startswith("off-"):
        return here if _take_off(request, found, why, go.partition("-")[2]) else None
    if go not in ("order", "propose") and not go.startswith(("up-", "down-")):
        raise Http404
    reasons: list[Missing] = []
    with refusals(into=reasons):
        actions.order_agenda(
            session_pk=found.pk,
            item_pks=None if go == "propose" else _wanted(request, found, go),
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT),
        )
        messages.success(request, _("L'ordre du jour est enregistré."))
    if reasons:
        tell(request, reasons)
    return here


def _list(request: HttpRequest, found: Session, form: ListForm) -> bool:
    """Put the chosen dossiers on the agenda: all of them, or none."""
    if not form.is_valid():
        return False
    data = form.cleaned_data
    with refusals(form), transaction.atomic():
        for chosen in data["dossiers"]:
            kind, _dash, key = chosen.rpartition("-")
            actions.list_item(
                session_pk=found.pk,
                subject_pk=int(key),
                kind=kind,
                hearing=data["hearing"],
                minutes_planned=data["minutes_planned"],
                at=timezone.now(),
                by=actor_for(request, Role.SECRETARIAT),
            )
        messages.success(request, _("L'ordre du jour est enregistré."))
    return not form.errors


def _take_off(request: HttpRequest, found: Session, why: WhyForm, key: str) -> bool:
    row = next((one for one in agenda_of(found, person(request)) if str(one.item.pk) == key), None)
    if row is None or not row.is_open:
        raise Http404
    if not why.is_valid():
        return False
    with refusals(why):
        actions.take_off(
            item_pk=row.item.pk,
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT).because(why.cleaned_data["reason"]),
        )
        messages.success(request, _("Le point est retiré de l'ordre du jour."))
    return not why.errors


def _wanted(request: HttpRequest, found: Session, go: str) -> list[int]:
    """The keys in the order asked: by the numbers written, or with one item moved by one place."""
    keys = [one.pk for one in listed_items(found)]
    if go == "order":
        ranks = {key: _rank(request.POST.get(f"rank-{key}", ""), place) for place, key in enumerate(keys, 1)}
        return sorted(keys, key=lambda key: (ranks[key], keys.index(key)))
    moved = next((key for key in keys if go.partition("-")[2] == str(key)), None)
    if moved is None:
        return keys
    place = keys.index(moved)
    other = place + (-1 if go.startswith("up-") else 1)
    if 0 <= other < len(keys):
        keys[place], keys[other] = keys[other], keys[place]
    return keys


def _rank(text: str, otherwise: int) -> int:
    """The number written beside an item; its present place for anything that is not one."""
    plain = text.strip()
    is_number = plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_RANK
    return int(plain) if is_number else otherwise
