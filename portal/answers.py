"""Public answers kept for the minute in the memory of the worker, so that a check costs one indexed query.

The key holds the heads of the journals of the label and of its structure: any move, on either, makes a new
answer at once. What no journal tells (a facet of a solution, a certificate just made) shows within the minute.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import get_language

from portal.verification import Heading

Answer = TypeVar("Answer")


def may_keep(request: HttpRequest) -> bool:
    """Only what a visitor asks plainly: no session that the header would show, no date, no message."""
    return not request.GET and not {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()


def answer_of(kind: str, heading: Heading, now: datetime, build: Callable[[], Answer]) -> Answer:
    """The answer of this minute about that label in the language of the page, built when nobody asked before."""
    minute = f"{localtime(now):%Y%m%d%H%M}"
    heads = f"{heading.head}:{heading.structure_head}:{heading.following_head}"
    key = f"{kind}:{heading.number}:{get_language()}:{minute}:{heads}"
    kept: Answer | None = caches["answers"].get(key)
    if kept is None:
        kept = build()
        caches["answers"].set(key, kept)
    return kept
