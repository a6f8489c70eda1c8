"""Files, letters and exchanges about a structure: the lowest record that people correspond about."""

from __future__ import annotations

import io
import itertools
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role, User
from journal.models import Thread
from journal.moves import Actor
from letters import registry
from letters.models import Letter, Template
from structures.models import Membership, Structure
from structures.rules import is_member, is_writer, represents
from tests.factories.accounts import acting, person, staff

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
_numbers = itertools.count(1)


def a_structure(*, at: datetime = AT, **facts: Any) -> Structure:
    """An open structure with its thread, without member."""
    thread = Thread.objects.create(reference=f"STR-{uuid.uuid4().hex[:12]}")
    facts.setdefault("name", f"Escale Anémone {next(_numbers)}")
    return Structure.objects.open(
        thread=thread, at=at, by=Actor.system(), created_at=at, thread_id=thread.pk, **facts
    )


def a_member(structure: Structure, role: str = "representative", *, at: datetime = AT, **facts: Any) -> User:
    """A person who belongs to the structure."""
    user = person(**facts)
    Membership.objects.create(structure=structure, user=user, role=role, quality="Présidente", started_at=at)
    return user


def an_upload(content: bytes = PDF, name: str = "statuts.pdf") -> SimpleUploadedFile:
    """What a browser sends."""
    return SimpleUploadedFile(name, content)


def an_archive(**parts: bytes) -> bytes:
    """A zip archive with these parts; `__` stands for `/` and `_dot_` for `.`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


@contextmanager
def letter_about_structures(
    code: str = "T1", *, compulsory: tuple[str, ...] = ("reasons",), receipt: Any = None, **facts: Any
) -> Iterator[None]:
    """For the time of a test an app declares a letter about structures, and who corresponds about them."""
    given = {"reasons": "Les motifs", "address_lines": ["1 rue de l'Exemple", "75001 Paris"], **facts}
    Template.objects.get_or_create(
        code=code,
        version=1,
        defaults={
            "subject": "Lettre pour {{ structure }}",
            "summary": "Une ligne.\nUne autre ligne.",
            "body": "# Motifs\n{{ reasons }}\n\n@law Code de test, article 1.",
            "in_force_from": date(2020, 1, 1),
        },
    )

    def gather(record: Structure, **extra: Any) -> dict[str, Any]:
        return {"structure": record.name, **given, **extra}

    registry.letter(code, compulsory=compulsory)(gather)
    if receipt is not None:
        registry.on_receipt(code)(receipt)
    is_new = "structures.structure" not in registry.correspondents
    if is_new:
        registry.exchanges(
            "structures.structure",
            reads=is_member,
            writes=is_writer,
            represents=represents,
            association=lambda record, on: members_of(record),
            office=lambda record, on: User.objects.holding(Role.SECRETARIAT, on=on),
        )
    try:
        yield
    finally:
        registry.declared.pop(code)
        registry.receipts.pop(code, None)
        if is_new:
            registry.correspondents.pop("structures.structure")


def members_of(structure: Structure) -> list[User]:
    """Everybody in the structure."""
    rows = (
        Membership.objects.current().filter(structure=structure).select_related("user__shares_mailbox_with")
    )
    return [row.user for row in rows.order_by("pk")]


def a_letter(
    structure: Structure,
    *,
    addressee: User | None = None,
    channel: str = "online",
    at: datetime = AT,
    **extra: Any,
) -> Letter:
    """A letter issued by a case officer; inside `letter_about_structures`."""
    from django.db import transaction

    from letters.actions import issue

    officer = staff(first_name="Nour", last_name="Benali")
    with transaction.atomic():
        held = Structure.objects.hold(structure.pk)
        by = acting(officer, Role.CASE_OFFICER)
        return issue("T1", record=held, addressee=addressee, channel=channel, at=at, by=by, **extra)
