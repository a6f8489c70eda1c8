"""Charters and signatures of the tests, made through the real actions."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core import mail
from django.utils import timezone

from accounts.models import OneTimeCode, Role, User
from charter import actions
from charter.models import Charter, IdentityCheck, Signature
from journal.moves import Actor
from structures.models import Structure
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, proof, representative_of
from tests.keeping import kept

FIRST = Path(__file__).resolve().parents[2] / "charter" / "data" / "charter-2027.json"


def text() -> dict[str, Any]:
    """The text of the first charter, as `Charter.text` keeps it."""
    content = json.loads(FIRST.read_text(encoding="utf-8"))
    content.pop("version")
    return content


@kept
def draft(*, version: str = "2027", at: datetime = AT, by: Actor | None = None, **parts: Any) -> Charter:
    """A draft version."""
    by = by or acting(signatory(), "signatory")
    return actions.prepare_version(version=version, text={**text(), **parts}, at=at, by=by)


@kept
def adopted(
    *, version: str = "2027", effective_on: date | None = None, at: datetime = AT, **parts: Any
) -> Charter:
    """An adopted version, that takes effect on the day of `at` when no other day is given."""
    by = acting(signatory(), "signatory")
    made = draft(version=version, at=at, by=by, **parts)
    return actions.adopt_charter(
        charter_pk=made.pk,
        effective_on=effective_on or timezone.localdate(at),
        opinion="Le comité est favorable.",
        opinion_on=timezone.localdate(at),
        immediate_reason="La loi impose ce changement.",
        at=at,
        by=by,
    )


@kept
def charter(*, version: str = "2027", at: datetime = AT, **parts: Any) -> Charter:
    """A version in force; the one before is superseded."""
    made = adopted(version=version, at=at, **parts)
    return actions.enter_into_force(charter_pk=made.pk, at=at, by=Actor.system())


def signature(found: Structure, *, quality: str = "Présidente", at: datetime = AT) -> Signature:
    """That structure signs the version in force with a code; a first version is made when there is none."""
    present = Charter.objects.in_force() or charter(at=at)
    by = representative_of(found)
    asked = actions.request_signing_code(structure_pk=found.pk, at=at, by=by)
    OneTimeCode.objects.filter(pk=asked.pk).update(code_hash=make_password("123456"))
    return actions.sign_charter(
        structure_pk=found.pk, charter_pk=present.pk, quality=quality, code="123456", at=at, by=by
    )


def identity(
    found: Structure, signatory: User | None = None, *, way: str = "letter", at: datetime = AT, **fields: Any
) -> IdentityCheck:
    """Who represents that structure, without a declared number, wrote back that they signed by hand."""
    fields = {"result": "confirmed", "answered_by": "Nadia Brossard, présidente", **fields}
    if way == "letter":
        fields.setdefault("proof", proof("reponse.pdf"))
    return actions.check_identity(
        structure_pk=found.pk,
        signatory=signatory or representative_of(found).person,
        way=way,
        done_on=fields.pop("done_on", timezone.localdate(at)),
        at=at,
        by=acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
        **fields,
    )


def code_received() -> str:
    """The six digits of the last mail that left."""
    found = re.search(r"(\d{3}) (\d{3})", mail.outbox[-1].subject)
    if found is None:
        raise LookupError("the last mail has no code")
    return found[1] + found[2]
