"""Answers of the house itself, when a request cannot reach a subject."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import kept

# How Django begins its reasons when the address of origin was right and the token, or its cookie, was not.
REASON_OF_THE_TOKEN = "CSRF "  # noqa: S105 - the beginning of a sentence


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from elsewhere: say how to go on, never show the technical reason.

    The words of a form of ours are kept: its page, opened again, shows them.
    """
    is_ours = reason.startswith(REASON_OF_THE_TOKEN) and request.headers.get("X-Autosave") != "1"
    page = kept.keep(request, at=timezone.now()) if is_ours else ""
    return render(request, "403_csrf.html", {"page": page}, status=403)
