"""Roles and delegations that one person gave and that another confirms, or not."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import actions
from accounts.access import actor_for, person, staff_required
from accounts.models import Delegation, Right, Role, RoleGrant
from accounts.rules import may
from journal.keys import row_key
from journal.refusals import Blocked, NotAllowed

CONFIRMING = (Role.DATA_PROTECTION_OFFICER, Role.TECHNICAL_ADMINISTRATOR, Role.SIGNATORY)
KINDS: dict[str, type[Right]] = {"role": RoleGrant, "delegation": Delegation}
MOST_SHOWN = 200


@never_cache
@staff_required(*CONFIRMING)
def rights_to_confirm(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, the oldest first; a button for whoever is neither giver nor beneficiary."""
    problem = ""
    if request.method == "POST":
        problem = _answer(request)
        if not problem:
            return redirect("staff_rights")
    today = timezone.localdate()
    waiting = [
        {"kind": kind, "row": row, "mine": may("accounts.confirm_rights", person(request), row, on=today)}
        for kind, model in KINDS.items()
        for row in model.objects.waiting()
        .select_related("user", "granted_by")
        .order_by("granted_at", "pk")[:MOST_SHOWN]
    ]
    return render(request, "accounts/rights.html", {"waiting": waiting, "problem": problem})


def _answer(request: HttpRequest) -> str:
    model, key = KINDS.get(request.POST.get("kind", "")), row_key(request.POST.get("pk", ""))
    if model is None or key is None:
        raise Http404
    right = get_object_or_404(model.objects.select_related("user"), pk=key)
    by, now = actor_for(request, *CONFIRMING), timezone.now()
    try:
        if request.POST.get("go") == "confirm":
            actions.confirm_right(right=right, at=now, by=by)
            messages.success(request, _("C'est confirmé pour {name}.").format(name=right.user))
        else:
            actions.refuse_right(right=right, at=now, by=by)
            messages.success(
                request, _("Ce n'est pas confirmé : rien ne change pour {name}.").format(name=right.user)
            )
    except NotAllowed:
        raise Http404 from None
    except Blocked as refusal:
        return str(refusal)
    return ""
