"""Doors of the pages: who enters a staff page, and as whom they act there."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Any, cast
from urllib.parse import quote

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from accounts.rules import roles_of
from accounts.second_factor import is_enrolled, was_given
from journal.moves import Actor

View = Callable[..., HttpResponse]

FRESH = timedelta(minutes=15)
# The technical administrator keeps the service running and sees no dossier content.
STAFF_ROLES = tuple(role for role in Role.values if role != Role.TECHNICAL_ADMINISTRATOR)


def staff_required(*roles: str) -> Callable[[View], View]:
    """Answer "not found" to whoever holds none of these INCa roles today; no role named = any staff role."""
    wanted = frozenset(roles or STAFF_ROLES)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not wanted & roles_of(request.user, on=timezone.localdate()):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return guard


staff_only = staff_required()


def for_everybody(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The same answer whoever asks: read only, open to all, and no cookie is read for it nor sent with it."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.is_for_everybody = True  # type: ignore[attr-defined]
        return response

    return csrf_exempt(login_not_required(require_safe(marked)))  # another method is refused as such


def is_for_everybody(response: HttpResponseBase) -> bool:
    """Whether that answer is the same for everybody; the page of a failure is not: it has a header and a language."""
    return getattr(response, "is_for_everybody", False)


def person(request: HttpRequest) -> User:
    """The signed-in person; pages call it behind a login."""
    return cast(User, request.user)


def actor_for(request: HttpRequest, *roles: str, on_behalf_of: str = "") -> Actor:
    """The signed-in person acting in the first of these roles that they hold today; Http404 when they hold none."""
    held = roles_of(request.user, on=timezone.localdate())
    for role in roles:
        if role in held:
            return Actor(person(request), role, on_behalf_of)
    raise Http404


def fresh_sign_in(view: View) -> View:
    """Ask again who is there before a change of the means of sign-in, unless they proved it minutes ago."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = person(request)
        records = get_authentication_records(request, user)
        recent = records and time.time() - records[-1]["at"] < FRESH.total_seconds()
        if recent and (was_given(request, user) or not is_enrolled(user)):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else reverse("account_home")
        return redirect(with_next("account_reauthenticate", back))

    return guarded


def network_of(request: HttpRequest) -> str:
    """From where a request comes, as a keyed digest: one IPv4 address, or one IPv6 network of 64 bits."""
    address = ip_address(get_adapter().get_client_ip(request))
    network = ip_network((address, 64 if address.version == 6 else 32), strict=False)
    return salted_hmac("accounts.network", str(network), algorithm="sha256").hexdigest()[:32]


def safe_next(request: HttpRequest) -> str:
    """The page of this service to which a person wanted to go; empty when none or not ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if ours and len(wanted) <= 2000 else ""


def with_next(url_name: str, wanted: str, *args: object) -> str:
    """The address of a page that leads on to another afterwards; `args` are those of the address."""
    page = reverse(url_name, args=args)
    return f"{page}?next={quote(wanted)}" if wanted else page
