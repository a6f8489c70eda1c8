"""Adapter for the public API « Recherche d'entreprises »: slow, polite, never trusted blindly (domain 4.7).

Associations without SIREN are not in it: a miss proves nothing. Off when its address is empty.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from django.conf import settings

from structures.models import RegisterCheck, Registration
from structures.register import SAME_NAME, Finding, similarity

Result = RegisterCheck.Result
Kind = Registration.Kind

SOURCE = "recherche_entreprises"
KINDS = frozenset({Kind.RNA, Kind.SIREN, Kind.SIRET})
USER_AGENT = "label-associatif (Institut national du cancer)"
TIMEOUT_SECONDS = 5.0
MAXIMUM_BYTES = 512 * 1024
MAXIMUM_TRIES = 3
MAXIMUM_WAIT_SECONDS = 10.0
MAXIMUM_TEXT = 300


class Unavailable(Exception):
    """The API did not give an answer that can be read."""


def find(
    kind: str,
    value: str,
    name: str,
    *,
    base: str | None = None,
    timeout: float = TIMEOUT_SECONDS,
    wait: Callable[[float], None] = time.sleep,
) -> Finding:
    """Ask the API about one number; UNAVAILABLE when it is off, late, busy for too long or not understood."""
    address = settings.RECHERCHE_ENTREPRISES_URL if base is None else base
    if not address or kind not in KINDS:
        return Finding(Result.UNAVAILABLE)
    try:
        answer = _ask(address, value, timeout=timeout, wait=wait)
        return _read(answer, kind, value, name)
    except Unavailable:
        return Finding(Result.UNAVAILABLE)


def _ask(base: str, value: str, *, timeout: float, wait: Callable[[float], None]) -> Any:
    if urlsplit(base).scheme not in {"http", "https"}:
        raise Unavailable("only http and https")
    query = urlencode({"q": value, "page": 1, "per_page": 5})
    request = Request(  # noqa: S310  (the scheme is checked above)
        f"{base.rstrip('/')}/search?{query}", headers={"User-Agent": USER_AGENT, "Accept": "application/json"}
    )
    for attempt in range(1, MAXIMUM_TRIES + 1):
        try:
            with urlopen(request, timeout=timeout) as response:  # noqa: S310
                body = response.read(MAXIMUM_BYTES + 1)
        except HTTPError as error:
            pause = _pause(error.headers.get("Retry-After"))
            code = error.code
            error.close()
            if code != 429 or attempt == MAXIMUM_TRIES or pause is None:
                raise Unavailable(f"status {code}") from None
            wait(pause)
            continue
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable(type(error).__name__) from None
        return _parsed(body)
    raise Unavailable("too many tries")


def _pause(retry_after: str | None) -> float | None:
    """The seconds to wait as the server asks; None when it asks for longer than we wait."""
    text = (retry_after or "1").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        return None
    return float(text) if float(text) <= MAXIMUM_WAIT_SECONDS else None


def _parsed(body: bytes) -> Any:
    if len(body) > MAXIMUM_BYTES:
        raise Unavailable("answer too long")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Unavailable("not JSON") from None


def _read(answer: Any, kind: str, value: str, name: str) -> Finding:
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list):
        raise Unavailable("no list of results")
    same = [row for row in results if isinstance(row, dict) and _bears(row, kind, value)]
    if not same:
        return Finding(Result.NOT_FOUND)
    return _finding(same[0], name)


def _bears(row: dict[str, Any], kind: str, value: str) -> bool:
    """Full-text search also returns neighbours: only the row with that very number is kept."""
    if kind == Kind.RNA:
        return _text(_part(row, "complements").get("identifiant_association")).upper() == value
    return _text(row.get("siren")) == value[:9]


def _finding(row: dict[str, Any], name: str) -> Finding:
    seat = _part(row, "siege")
    names = [_text(row.get(key)) for key in ("nom_raison_sociale", "nom_complet", "sigle")]
    found_name = next((one for one in names if one), "")
    if row.get("etat_administratif") == "C":
        result = Result.CLOSED
    else:
        alike = max((similarity(one, name) for one in names if one), default=0.0)
        result = Result.MATCH if alike >= SAME_NAME else Result.MISMATCH
    number = _text(_part(row, "complements").get("identifiant_association")) or _text(row.get("siren"))
    return Finding(
        result,
        found_name=found_name,
        found_number=number[:40],
        closed_on=_day(row.get("date_fermeture")),
        register_date=_day(_text(row.get("date_mise_a_jour"))[:10]),
        address=_text(seat.get("adresse")),
        postal_code=_text(seat.get("code_postal"))[:12],
        city=_text(seat.get("libelle_commune"))[:120],
        created_on=_day(row.get("date_creation")),
    )


def _part(row: dict[str, Any], key: str) -> dict[str, Any]:
    part = row.get(key)
    return part if isinstance(part, dict) else {}


def _text(value: Any) -> str:
    return value.replace("\x00", "").strip()[:MAXIMUM_TEXT] if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
