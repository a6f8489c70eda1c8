"""For which structure somebody acts: the one chosen in the session, checked at each page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.access import person
from accounts.rules import Claim
from journal.moves import Actor, subject_key
from structures.models import Membership, Structure
from structures.rules import role_in

SESSION_KEY = "structure"
MAXIMUM_HATS = 50


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The current memberships of the signed-in person, oldest first, read once per request."""
    found: list[Membership] | None = request.__dict__.get("_memberships")
    if found is None:
        rows = Membership.objects.none()
        if request.user.is_authenticated:
            rows = Membership.objects.current().filter(user=request.user.pk).select_related("structure")
        found = request.__dict__["_memberships"] = list(rows.order_by("pk")[:MAXIMUM_HATS])
    return found


def current_membership(request: HttpRequest) -> Membership | None:
    """The membership with which the person acts: the structure chosen in the session, else the first one."""
    mine = memberships_of(request)
    chosen = request.session.get(SESSION_KEY)
    return next((one for one in mine if one.structure_id == chosen), mine[0] if mine else None)


def current_structure(request: HttpRequest) -> Structure | None:
    """The structure for which the signed-in person acts now; None when they belong to none."""
    member = current_membership(request)
    return member.structure if member else None


def choose_structure(request: HttpRequest, structure: Structure) -> None:
    """From now on the person acts for that structure (membership is checked again at each page)."""
    request.session[SESSION_KEY] = structure.pk
    request.__dict__.pop("_memberships", None)


def member_actor(request: HttpRequest, structure: Structure) -> Actor:
    """The signed-in person in the role they hold in that structure; "visitor" when they hold none."""
    user = person(request)
    role = role_in(Claim(user, timezone.localdate()), structure)
    return Actor(user, role or "visitor", subject_key(structure))


def hats(request: HttpRequest) -> dict[str, Any]:
    """What the header says to somebody with several structures: for whom they act and where to change."""
    member = current_membership(request)
    if member is None or len(memberships_of(request)) < 2:
        return {}
    return {"acting_for": member.structure.name, "acting_for_change_url": reverse("structure_choose")}


def for_structure(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the page the structure of the person as second argument; without one, lead them to find it."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        structure = current_structure(request)
        if structure is None:
            return redirect("structure_find")
        return view(request, structure, *args, **kwargs)

    return page
