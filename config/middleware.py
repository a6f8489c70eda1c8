"""What every request passes through: an identifier, and the language that the person chose."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions import middleware as sessions
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from accounts.access import is_for_everybody
from journal.request_ids import current_request_id

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request a random identifier, written in logs and in the journal."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identifier = uuid.uuid4().hex
        token = current_request_id.set(identifier)
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-Id"] = identifier
        return response


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's own, but what others may keep carries nobody's cookie: an answer that is the same for everybody."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The answer with the cookie of the session, when the answer is for one person."""
        return response if is_for_everybody(response) else super().process_response(request, response)


class NulMiddleware:
    """An address with a NUL names nothing: no text of PostgreSQL holds one. Last, so that the 404 page is whole."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        values = (value for _name, many in request.GET.lists() for value in many)
        if "\x00" in request.path_info or any("\x00" in value for value in values):
            raise Http404
        return self.get_response(request)


class LanguageMiddleware:
    """French unless the person chose English (cookie); the browser's own language does not decide."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        if not is_for_everybody(response):
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ["Cookie"])
        return response
