"""What programs read to check a certificate without us: the credential, the badges that carry it, our keys, the lists.

Nothing is signed nor checked here: each answer is a row as it was written, or our public keys.
"""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from certificates.credential import baking, did
from certificates.models import Credential, Label, StatusList
from journal.numbering import InvalidNumber
from portal.forms import read_number
from portal.verification import heading_of
from portal.views.verification import nobody, told_as_json

JSON = "application/json; charset=utf-8"
LARGEST = 2_147_483_647  # the number of a list is an integer of the database
FIVE_MINUTES = "public, max-age=300"


class Given(NamedTuple):
    """The credential of a label as it was given."""

    number: str
    title: str
    content: str


def _given(number: str) -> Given | None:
    """The credential of the last issue of that label, when the public may know of it; one query."""
    told = Label.objects.told().exclude(state=Label.State.ANNULLED).filter(number=number)
    newest = Credential.objects.filter(certificate__label__in=told).order_by("-certificate__issue")
    row = newest.values_list("certificate__label__edition__title_fr", "content").first()
    return Given(number, *row) if row else None


def _none(request: HttpRequest, number: str) -> HttpResponse:
    """Why there is no credential under that number: in the words of the verification page, or it is being made."""
    now = timezone.now()
    day = timezone.localdate(now)
    try:
        canonical = read_number(number).canonical
    except InvalidNumber as error:
        return told_as_json(request, nobody(number[:64], error.reason, day), now, status=404)
    heading = heading_of(canonical)
    if heading is None or heading.is_on_its_way or heading.state == Label.State.ANNULLED:
        reason = "unknown" if heading is None else "on_its_way" if heading.is_on_its_way else "annulled"
        return told_as_json(request, nobody(canonical, reason, day), now, status=404)
    waits = told_as_json(request, nobody(canonical, "being_made", day), now, status=503)
    waits["Retry-After"] = "60"
    return waits


def _read(number: str) -> Given | None:
    try:
        return _given(read_number(number).canonical)
    except InvalidNumber:
        return None


def _kept(request: HttpRequest, body: bytes, content_type: str, *, name: str = "") -> HttpResponse:
    """An answer that anybody reads from anywhere and keeps five minutes; sent again only when it changed."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = FIVE_MINUTES
    response["Access-Control-Allow-Origin"] = "*"
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return get_conditional_response(request, etag=etag, response=response) or response


@csrf_exempt  # nothing is written: another method is refused as such
@login_not_required
@require_safe
def credential(request: HttpRequest, number: str) -> HttpResponse:
    """The credential of a label, as it was signed."""
    given = _read(number)
    if given is None:
        return _none(request, number)
    return _kept(request, given.content.encode(), JSON, name=f"{given.number}-credential.json")


@csrf_exempt  # nothing is written: another method is refused as such
@login_not_required
@require_safe
def badge_png(request: HttpRequest, number: str) -> HttpResponse:
    """The badge as an image that carries the credential: to keep in a collection of badges."""
    given = _read(number)
    if given is None:
        return _none(request, number)
    return _kept(request, baking.png(given.content), "image/png", name=f"{given.number}.png")


@csrf_exempt  # nothing is written: another method is refused as such
@login_not_required
@require_safe
def badge_svg(request: HttpRequest, number: str) -> HttpResponse:
    """The same, as a drawing."""
    given = _read(number)
    if given is None:
        return _none(request, number)
    drawing = baking.svg(given.content, number=given.number, title=given.title)
    return _kept(request, drawing.encode(), "image/svg+xml", name=f"{given.number}.svg")


@csrf_exempt  # nothing is written: another method is refused as such
@login_not_required
@require_safe
def did_document(request: HttpRequest) -> HttpResponse:
    """Who we are and which keys sign for us (did:web)."""
    return _kept(request, json.dumps(did.document(), indent=1).encode(), JSON)


@csrf_exempt  # nothing is written: another method is refused as such
@login_not_required
@require_safe
def status_list(request: HttpRequest, purpose: str, number: int) -> HttpResponse:
    """A list of suspended or revoked credentials, as it was last signed; one query."""
    lists = StatusList.objects.filter(purpose=purpose, number=min(number, LARGEST))
    content = lists.values_list("content", flat=True).first() if purpose in StatusList.Purpose else None
    if content is None:
        return HttpResponse('{"error": "no such list"}', content_type=JSON, status=404)
    return _kept(request, content.encode(), JSON)
