"""The end of the session, told on the page: pushed back at most every five minutes, not at every request."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

KEY = "ends_at"
STEP = timedelta(minutes=5)


def end_of_session(request: HttpRequest) -> datetime | None:
    """When the session of this request ends; None for somebody not signed in."""
    if not request.user.is_authenticated:
        return None
    if written := request.session.get(KEY):
        return datetime.fromisoformat(written)
    return (request.user.last_login or timezone.now()) + timedelta(seconds=settings.SESSION_COOKIE_AGE)


class SessionEndMiddleware:
    """Pushes back the end of the session of a signed-in person who is active."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A visitor without session stays without: public pages read nothing.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            end = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
            known = end_of_session(request)
            if known and end - known > STEP:
                request.session[KEY] = end.isoformat()
        return self.get_response(request)
