"""How a public answer leaves: what others may keep of it and how long, and when the same bytes are not sent again."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import etag

JSON = "application/json; charset=utf-8"
FIVE_MINUTES = 300


def fresh(request: HttpRequest, page: bytes) -> HttpResponse:
    """A page for one reader: a measure shows at once, nothing between us and the reader keeps it."""
    response = _unless_known(request, page, "text/html; charset=utf-8", "")
    patch_cache_control(response, private=True, no_cache=True)
    return response


def for_programs(
    request: HttpRequest,
    body: bytes,
    content_type: str,
    *,
    seconds: int = 0,
    name: str = "",
    status: int = 200,
    mark: str = "",
) -> HttpResponse:
    """An answer that any site may read, the same for everybody, kept by anybody for so many seconds.

    0 second: asked again each time. `name`: downloaded under that name. `mark`: the ETag of what does not change with
    the hour, when the body tells the hour.
    """
    if status == 200:
        response = _unless_known(request, body, content_type, mark)
    else:
        response = HttpResponse(body, content_type=content_type, status=status)
    patch_cache_control(response, public=True, **({"max_age": seconds} if seconds else {"no_cache": True}))
    response["Access-Control-Allow-Origin"] = "*"
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def told_as_json(
    request: HttpRequest, answer: dict[str, Any], now: datetime, *, status: int = 200
) -> HttpResponse:
    """The answer with an ETag that changes only when the answer does, not with the hour of the check."""
    mark = f"W/{_digest(json.dumps(answer, ensure_ascii=False).encode())}"
    dated = json.dumps({**answer, "checked_at": now.isoformat(timespec="seconds")}, ensure_ascii=False)
    return for_programs(request, dated.encode(), JSON, status=status, mark=mark)


def _digest(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()}"'


@etag(lambda request, body, content_type, mark: mark or _digest(body))
def _unless_known(request: HttpRequest, body: bytes, content_type: str, mark: str) -> HttpResponse:
    """The body, unless whoever asks holds it already: then 304, and nothing else."""
    return HttpResponse(body, content_type=content_type)
