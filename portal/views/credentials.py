"""What programs read to check a certificate without us: the credential, the badges that carry it, our keys, the lists.

Nothing is signed nor checked here: each answer is a row as it was written, or our public keys.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.access import for_everybody
from certificates.credential import baking, did
from certificates.models import Credential, Label, StatusList
from journal.numbering import InvalidNumber
from portal.forms import read_number
from portal.served import FIVE_MINUTES, JSON, for_programs, told_as_json
from portal.verification import heading_of
from portal.views.verification import nobody

LARGEST = 2_147_483_647  # the number of a list is an integer of the database


class Given(NamedTuple):
    """The credential of a label as it was given."""

    number: str
    title: str
    content: str


def _given(number: str) -> Given | None:
    """The credential of the last issue of that label, when the public may know of it; one query.

    None while it is made: that of the issue before is revoked.
    """
    told = Label.objects.told().exclude(state=Label.State.ANNULLED).filter(number=number)
    newest = Credential.objects.filter(certificate__label__in=told, certificate__replaced_by=None)
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


@for_everybody
def credential(request: HttpRequest, number: str) -> HttpResponse:
    """The credential of a label, as it was signed."""
    given = _read(number)
    if given is None:
        return _none(request, number)
    return for_programs(
        request, given.content.encode(), JSON, seconds=FIVE_MINUTES, name=f"{given.number}-credential.json"
    )


@for_everybody
def badge_png(request: HttpRequest, number: str) -> HttpResponse:
    """The badge as an image that carries the credential: to keep in a collection of badges."""
    given = _read(number)
    if given is None:
        return _none(request, number)
    return for_programs(
        request, baking.png(given.content), "image/png", seconds=FIVE_MINUTES, name=f"{given.number}.png"
    )


@for_everybody
def badge_svg(request: HttpRequest, number: str) -> HttpResponse:
    """The same, as a drawing."""
    given = _read(number)
    if given is None:
        return _none(request, number)
    drawing = baking.svg(given.content, number=given.number, title=given.title)
    return for_programs(
        request, drawing.encode(), "image/svg+xml", seconds=FIVE_MINUTES, name=f"{given.number}.svg"
    )


@for_everybody
def did_document(request: HttpRequest) -> HttpResponse:
    """Who we are and which keys sign for us (did:web)."""
    return for_programs(request, json.dumps(did.document(), indent=1).encode(), JSON, seconds=FIVE_MINUTES)


@for_everybody
def status_list(request: HttpRequest, purpose: str, number: int) -> HttpResponse:
    """A list of suspended or revoked credentials, as it was last signed; one query."""
    lists = StatusList.objects.filter(purpose=purpose, number=min(number, LARGEST))
    content = lists.values_list("content", flat=True).first() if purpose in StatusList.Purpose else None
    if content is None:
        return for_programs(request, b'{"error": "no such list"}', JSON, status=404)
    return for_programs(request, content.encode(), JSON, seconds=FIVE_MINUTES)
