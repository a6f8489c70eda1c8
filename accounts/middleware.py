"""No staff act without a second factor; no word lost when a session ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts import kept
from accounts.access import with_next
from accounts.models import RoleGrant, User
from accounts.second_factor import is_enrolled, was_given

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

STAFF_PAGES = "/inca/"


class StaffSecondFactorMiddleware:
    """Without a second factor in this session, a person holds no INCa role: no staff page, no staff act anywhere.

    On a staff page they are led to set the second factor up, or to give it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a session there is nobody: public pages read nothing.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        found = request.user
        request.user = cast(User, SimpleLazyObject(lambda: _marked(request, found)))
        if request.path.startswith(STAFF_PAGES) and request.user.is_authenticated:
            user = request.user
            today = timezone.localdate()
            if user.lacks_second_factor and RoleGrant.objects.valid(on=today).filter(user=user).exists():
                return _lead_to_second_factor(request, user)
        return self.get_response(request)


def _marked(request: HttpRequest, found: User | AnonymousUser) -> User | AnonymousUser:
    if found.is_authenticated:
        # Lazy: after a sign-in by device it is one query, on the pages that ask for roles.
        found.lacks_second_factor = cast(bool, SimpleLazyObject(lambda: not was_given(request, found)))
    return found


def _lead_to_second_factor(request: HttpRequest, user: User) -> HttpResponse:
    page = "account_reauthenticate" if is_enrolled(user) else "mfa_activate_totp"
    back = request.get_full_path()
    if request.method != "GET":
        back = kept.keep(request, at=timezone.now()) or STAFF_PAGES
    request.words_are_kept = True  # type: ignore[attr-defined]
    return redirect(with_next(page, back))


class KeptWordsMiddleware:
    """What was typed outlives the session: kept aside when its POST is led to sign-in, given back on the same page.

    An autosave is not kept: its page still holds the words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return self._posted(request, self.get_response(request))
        # Without a session nothing was kept: public pages read nothing.
        if request.method != "GET" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        token = kept.words.set(kept.given_back(request, at=timezone.now()))
        try:
            return self.get_response(request)
        finally:
            kept.words.reset(token)

    def _posted(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.user.is_authenticated:
            if response.status_code < 400 and not hasattr(request, "words_are_kept"):
                kept.forget(request)
        elif _leads_to_sign_in(response) and request.headers.get("X-Autosave") != "1":
            page = kept.keep(request, at=timezone.now())
            return redirect_to_login(page) if page else response
        return response


def _leads_to_sign_in(response: HttpResponse) -> bool:
    to_sign_in = f"{resolve_url(settings.LOGIN_URL)}?"
    return isinstance(response, HttpResponseRedirect) and response.url.startswith(to_sign_in)
