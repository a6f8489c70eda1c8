"""A form that creates something creates it once: a double click, or a page sent again, leads to what it created."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone

from accounts.access import person
from accounts.models import UsedForm

FIELD = "once"
KEPT = timedelta(days=1)  # nobody sends the same page again later than that
Creating = TypeVar("Creating", bound=Callable[..., HttpResponse | None])


def new_token() -> str:
    """What a page writes in its creating form; each page has its own."""
    return secrets.token_hex(16)


def once(create: Creating) -> Creating:
    """Guard a view, or the part of a view that creates: the same page with the same words creates once.

    The token is consumed in the transaction of the creation, which waits for the same form under way. `create`
    receives the request first; it redirects to what it created, and anything else leaves the form usable.
    """

    @wraps(create)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        key = _key(request)
        if not key:
            return create(request, *args, **kwargs)
        user, now = person(request), timezone.now()
        with transaction.atomic():
            used, is_new = UsedForm.objects.get_or_create(user=user, key=key, defaults={"used_at": now})
            if not is_new:
                return redirect(used.led_to)
            answer = create(request, *args, **kwargs)
            if not isinstance(answer, HttpResponseRedirect):
                used.delete()
                return answer
            used.led_to = answer.url
            used.save(update_fields=["led_to"])
        return answer

    return cast(Creating, guarded)


def forget_used_forms(at: datetime) -> int:
    """Delete the tokens that nobody will send again; returns how many."""
    return UsedForm.objects.filter(used_at__lte=at - KEPT).delete()[0]


def led_to(request: HttpRequest) -> HttpResponse | None:
    """Where this form already led, for a page that no longer knows what it was asked; None for a fresh form."""
    key = _key(request)
    used = UsedForm.objects.filter(user=person(request), key=key).first() if key else None
    return redirect(used.led_to) if used and used.led_to else None


def _key(request: HttpRequest) -> str:
    """The digest of the token with all that was typed and joined; empty for a page without token."""
    if request.method != "POST" or not request.POST.get(FIELD):
        return ""
    typed = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    joined = sorted(
        (name, str(file)) for name, files in request.FILES.lists() for file in cast(list[Any], files)
    )
    return hashlib.sha256(json.dumps([request.path, typed, joined]).encode()).hexdigest()
