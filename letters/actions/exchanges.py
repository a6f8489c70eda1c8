"""One thread of exchanges per subject: messages of both sides, calls that were noted; internal notes lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.rules import Claim, require
from journal.moves import Actor, Record, note, subject_key
from journal.refusals import NotAllowed
from letters import registry, subjects
from letters.actions.mails import queue_mail
from letters.models import Exchange, InternalNote, StoredFile
from letters.rules import speaks_for_association

OFFICE_PATH = "/inca/messages/{subject}/"
ASSOCIATION_PATH = "/espace/messages/{subject}/"
SAME_CLICK = timedelta(minutes=1)  # the same words of the same person within it are one post sent twice


@transaction.atomic
def write_message(
    *, record: Record | str, text: str, at: datetime, by: Actor, files: Sequence[StoredFile] = ()
) -> Exchange:
    """Write to the other side; it is told by mail that a message waits, never what it says.

    A second click within the minute gives the message of the first one.
    `record` is a subject or its key. Raises NotAllowed when the actor neither writes for the association nor works
    on the subject in the office.
    """
    held = subjects.held(subject_key(record))
    require("letters.write_message", by, held, on=timezone.localdate(at))
    claim = Claim(by.user, timezone.localdate(at), by.role)
    side = Exchange.Side.ASSOCIATION if speaks_for_association(claim, held) else Exchange.Side.OFFICE
    return _written(held, Exchange.Kind.MESSAGE, side, text, files, at, by)


@transaction.atomic
def record_call(
    *,
    record: Record | str,
    text: str,
    at: datetime,
    by: Actor,
    kind: str = Exchange.Kind.PHONE_CALL,
    files: Sequence[StoredFile] = (),
) -> Exchange:
    """Note a call, a visit or a paper that came; the association reads it. Raises NotAllowed unless by the office."""
    held = subjects.held(subject_key(record))
    require("letters.record_call", by, held, on=timezone.localdate(at))
    return _written(held, Exchange.Kind(kind), Exchange.Side.OFFICE, text, files, at, by)


@transaction.atomic
def write_note(*, record: Record | str, text: str, at: datetime, by: Actor) -> InternalNote:
    """Write a note of the office, never shown to the association and never changed. Raises NotAllowed."""
    held = subjects.held(subject_key(record))
    require("letters.write_note", by, held, on=timezone.localdate(at))
    if by.user is None:
        raise NotAllowed("letters.write_note")
    written = {"subject": subject_key(held), "author": by.user, "text": text.strip()}
    again = InternalNote.objects.filter(**written, at__gt=at - SAME_CLICK).first()
    return again or InternalNote.objects.create(thread=held._thread, at=at, **written)


def mark_read(*, record: Record | str, side: str, at: datetime) -> int:
    """Note that one side has opened what the other wrote; says how many messages were new."""
    waiting = Exchange.objects.of(record).exclude(side=side).filter(read_at=None).order_by()
    return waiting.update(read_at=at)


def _written(
    record: Record, kind: str, side: str, text: str, files: Sequence[StoredFile], at: datetime, by: Actor
) -> Exchange:
    if by.user is None:
        raise NotAllowed("letters.write_message")
    written = {
        "subject": subject_key(record),
        "kind": kind,
        "side": side,
        "author": by.user,
        "text": text.strip(),
    }
    again = _sent_twice(written, files, at)
    if again is not None:
        return again
    exchange = Exchange.objects.create(thread=record._thread, at=at, **written)
    exchange.files.set(files)
    note(record, what=f"exchange_{kind}", at=at, by=by)
    _tell_the_other_side(exchange, record, at)
    return exchange


def _sent_twice(written: dict[str, Any], files: Sequence[StoredFile], at: datetime) -> Exchange | None:
    """The message that a second click posts again, with the same files; the thread is held."""
    same = Exchange.objects.filter(**written, at__gt=at - SAME_CLICK).order_by("-pk").first()
    if same is None or sorted(one.sha256 for one in same.files.all()) != sorted(one.sha256 for one in files):
        return None
    return same


def _tell_the_other_side(exchange: Exchange, record: Record, at: datetime) -> None:
    kind = exchange.subject.split(":", 1)[0]
    entry = registry.correspondents.get(kind)
    if entry is None:
        return
    on = timezone.localdate(at)
    is_office = exchange.side == Exchange.Side.OFFICE
    path = (ASSOCIATION_PATH if is_office else OFFICE_PATH).format(subject=exchange.subject)
    for person in entry.association(record, on) if is_office else registry.office_of(record, kind, on):
        queue_mail(
            kind="message",
            key=str(exchange.pk),
            recipient=person,
            title=gettext_lazy("Un message vous attend"),
            text=gettext_lazy("Un message vous attend dans votre espace."),
            at=at,
            thread=exchange.thread,
            path=path,
        )
