"""Is this credential, pasted or dropped by anybody, one that we gave? One small answer for the page of verification."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef

from certificates.credential import contents, proof
from certificates.credential.did import issuer_id
from certificates.credential.keys import public_keys
from certificates.models import Certificate, Credential, Label
from certificates.status import Status, status_on, with_periods

LARGEST: Final = 64 * 1024  # bytes; one of ours has four thousand
LONGEST_NUMBER: Final = 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a credential that somebody shows.

    `code`: « unreadable » (no JSON, too large, too deep, a name twice), « not_ours » (somebody else made it, or it is
    something else), « unknown » (our name, and nothing that we gave), « altered » (not the one that we gave),
    « key_gone » (the one that we gave, signed by a key that is published no more: it may have been stolen),
    « replaced » (a newer issue took its place), « genuine ». The last four come with the number and the status of the
    label that day.
    """

    code: str
    number: str = ""
    status: Status | None = None


def check(text: str, *, on: date) -> Verdict:
    """The verdict on a credential that anybody may have written; at most five queries, and bounded work.

    The signature is checked only on what is word for word what we gave: nothing written by somebody else is ever
    turned into a graph. So a field that no context defines, which a signature does not cover, is seen too.
    """
    shown = _read(text)
    if shown is None:
        return Verdict("unreadable")
    issuer = shown.get("issuer")
    name = issuer.get("id") if isinstance(issuer, dict) else issuer
    subject = shown.get("credentialSubject")
    number = subject.get("licenseNumber") if isinstance(subject, dict) else None
    if name != issuer_id() or not isinstance(number, str) or not isinstance(shown.get("id"), str):
        return Verdict("not_ours")
    kept = _kept(number[:LONGEST_NUMBER], shown["id"])
    if kept is None:
        return Verdict("unknown")
    return _judged(kept, shown, on)


def _judged(kept: Credential, shown: dict[str, Any], on: date) -> Verdict:
    if json.loads(kept.content) != shown:
        return _told(kept, on, "altered")
    keys = public_keys()
    if kept.signed_by not in keys:
        return _told(kept, on, "key_gone")
    try:
        proof.verify(shown, keys=keys)
    except proof.InvalidProof:
        return _told(kept, on, "altered")
    return _told(kept, on, "replaced" if kept.is_replaced else "genuine")  # type: ignore[attr-defined]


def _read(text: str) -> dict[str, Any] | None:
    if len(text) > LARGEST or len(text.encode(errors="replace")) > LARGEST:
        return None
    try:
        shown = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return shown if isinstance(shown, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name written twice says one thing to us and another to whoever reads the first: refused."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("the same name twice")
    return read


def _kept(number: str, identifier: str) -> Credential | None:
    """The credential that we gave under that identifier, when the public may know of its label."""
    told = Label.objects.told().filter(number=number.replace("\0", ""))
    given = Credential.objects.filter(certificate__label__in=told).select_related("certificate")
    others = Certificate.objects.filter(replaces=OuterRef("certificate_id"))
    for credential in given.annotate(is_replaced=Exists(others)):
        if contents.credential_id(number, credential.certificate.issue) == identifier:
            return credential
    return None


def _told(credential: Credential, on: date, code: str) -> Verdict:
    [label] = with_periods(Label.objects.filter(pk=credential.certificate.label_id))
    return Verdict(code, label.number, status_on(label, on))
