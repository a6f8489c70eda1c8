"""The second factor of the demonstration accounts, for who tries the demonstration; nowhere else."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from accounts.second_factor import code_at
from desks.demonstration.people import DOMAIN, STAFF

STEP = timedelta(seconds=30)


@login_not_required
@require_safe
def demonstration_codes(request: HttpRequest) -> HttpResponse:
    """What the application of each demonstration account shows now; "not found" outside of the demonstration."""
    if not settings.DEMONSTRATION:
        raise Http404
    now = timezone.now()
    told = {person.email: person for person in STAFF}
    users = User.objects.filter(email__in=told, email__endswith=f"@{DOMAIN}").order_by("pk")
    rows = []
    found = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__in=users).select_related("user")
    for authenticator in found.order_by("user_id"):
        secret = get_adapter().decrypt(authenticator.data["secret"])
        user = authenticator.user
        roles = [role.label for role in _roles(told[user.email].roles)]
        rows.append(
            {"user": user, "roles": roles, "codes": [code_at(secret, now), code_at(secret, now + STEP)]}
        )
    return render(request, "desks/demonstration_codes.html", {"rows": rows, "now": now})


def _roles(codes: tuple[str, ...]) -> list[Role]:
    return [Role(code) for code in codes]
