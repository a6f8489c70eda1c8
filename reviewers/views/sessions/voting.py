"""« Votre vote »: the exact choices, one form for oneself and one for whoever gave a proxy, by name (P19)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.refusals import Missing
from reviewers.actions import sessions as actions
from reviewers.models import AgendaItem, Ballot, Mandate, Session
from reviewers.registry import subject_of
from reviewers.room import Room, room_of, who_stated
from reviewers.session_checklist import missing_to_keep_secret, not_in_this_vote, vote_is_closed
from reviewers.session_forms import BallotForm
from reviewers.views.access import as_member, refusals, tell
from reviewers.views.sessions.access import own_seat, visible_item


def vote(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Vote for oneself, and in a form of its own for each proxy; an open vote may be changed until it is closed."""
    mandate = own_seat(request)
    found = visible_item(request, reference, pk)
    if not who_stated(found, [mandate.pk]):
        return redirect("committee_session_item", found.session.reference, found.pk)
    room = room_of(found.session, on=timezone.localdate(), item=found)
    forms = _forms(request, found, room, mandate)
    go = request.POST.get("go", "")
    if request.method == "POST":
        page = _cast(request, found, forms, go)
        if page is not None:
            return page
    is_open = found.state == AgendaItem.State.VOTING and found.vote_closed_at is None
    context = {
        "item": found,
        "session": found.session,
        "title": subject_of(found.kind).title(found),
        "votes": forms,
        "is_open": is_open,
        "may_vote": mandate.pk in room.in_person,
        "refusal": not_in_this_vote() if is_open else vote_is_closed(found),
        "can_ask_secret": is_open
        and not found.is_secret
        and mandate.pk in room.in_person
        and not missing_to_keep_secret(room),
        "problem_forms": [one["form"] for one in forms if one["form"].is_bound],
        "has_errors": any(one["form"].errors for one in forms),
    }
    return render(request, "reviewers/sessions/vote.html", context)


def _forms(request: HttpRequest, found: AgendaItem, room: Room, mandate: Mandate) -> list[dict[str, Any]]:
    """One form for each vote that this member may cast: their own first, then those of whom they hold the proxy."""
    if mandate.pk not in room.in_person:
        return []
    keys = [mandate.pk, *(giver for giver, holder in room.represented.items() if holder == mandate.pk)]
    cast = {one.mandate_id: one for one in Ballot.objects.filter(item=found, mandate__in=keys)}
    go = request.POST.get("go", "")
    rows = []
    for key in keys:
        ballot = cast.get(key)
        form = BallotForm(
            request.POST if go == f"vote-{key}" else None,
            prefix=f"vote-{key}",
            kind=found.kind,
            initial={"choice": ballot.choice if ballot else ""},
        )
        rows.append(
            {
                "pk": key,
                "for": room.members[key].user if key != mandate.pk else None,
                "ballot": ballot,
                "form": form,
                "is_final": ballot is not None and found.is_secret,
            }
        )
    return rows


def _cast(
    request: HttpRequest, found: AgendaItem, forms: list[dict[str, Any]], go: str
) -> HttpResponse | None:
    """Keep one vote; None when its form must be shown again."""
    here = redirect("committee_session_vote", found.session.reference, found.pk)
    row = next((one for one in forms if go == f"vote-{one['pk']}"), None)
    if row is None:
        if not go.startswith("vote-"):
            raise Http404
        is_open = found.state == AgendaItem.State.VOTING and found.vote_closed_at is None
        messages.error(request, str((not_in_this_vote() if is_open else vote_is_closed(found)).text))
        return here
    form = row["form"]
    if not form.is_valid():
        return None
    with refusals(form):
        actions.cast_ballot(
            item_pk=found.pk,
            choice=form.cleaned_data["choice"],
            mandate_pk=row["pk"],
            at=timezone.now(),
            by=as_member(request),
        )
        return here
    return None


def secret(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """« Demander un vote secret »: one member is enough; votes already cast are cast again."""
    mandate = own_seat(request)
    found = visible_item(request, reference, pk)
    is_open = found.state in AgendaItem.UNDER_WAY and found.vote_closed_at is None
    if found.session.state != Session.State.OPEN or not is_open or found.is_secret:
        return redirect("committee_session_live", found.session.reference)
    if request.method == "POST":
        reasons: list[Missing] = []
        with refusals(into=reasons):
            actions.ask_secret_ballot(item_pk=found.pk, at=timezone.now(), by=as_member(request))
            messages.success(request, _("Le vote est secret."))
        if reasons:
            tell(request, reasons)
        return redirect("committee_session_live", found.session.reference)
    context = {"item": found, "session": found.session, "mandate": mandate}
    return render(request, "reviewers/sessions/secret.html", context)
