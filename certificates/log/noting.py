"""What is to be logged, noted in the transaction in which it becomes true for its holder: one row, no lock.

Nothing is told before its holder received the act (docs/adr/0009): what binds from the receipt is noted at the
receipt, and whatever concerns a label whose grant is on its way waits in `LoggedFact.waiting`.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime

import rfc8785
from django.utils import timezone

from certificates.models import Certificate, Label, LoggedFact, Suspension
from journal.moves import subject_key

Kind = LoggedFact.Kind
# What ends a label at its move; one that is renewed ends when its holder knows (`effects.renewing`).
ENDS = {
    "expire": Kind.EXPIRED,
    "withdraw": Kind.WITHDRAWN,
    "annul": Kind.ANNULLED,
    "relinquish": Kind.RELINQUISHED,
    "lapse": Kind.LAPSED,
    "transfer": Kind.TRANSFERRED,
}


def commitment(fact: LoggedFact) -> str:
    """What its leaf holds: the SHA-256 of its salt, then of its facts as canonical JSON (RFC 8785), in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(fact.salt) + rfc8785.dumps(fact.facts)).hexdigest()


def note_certificate(certificate: Certificate) -> None:
    """An issue whose file was just made, with the digest of that file. Its label is held."""
    label = certificate.label
    on = timezone.localdate(certificate.issued_at)
    _note(
        label,
        Kind.ISSUED if certificate.issue == 1 else Kind.CORRECTED,
        subject_key(certificate),
        on=on,
        at=certificate.issued_at,
        issue=str(certificate.issue),
        valid_from=label.starts_on.isoformat(),
        valid_until=label.ends_on.isoformat(),
        pdf_sha256=certificate.file.sha256 if certificate.file else "",
    )


def note_suspension(period: Suspension, label: Label, *, at: datetime) -> None:
    """A period begins to hold; one that was stopped before its first day never does. The label is held."""
    if period.last_day < period.starts_on:
        return
    _note(
        label,
        Kind.SUSPENDED,
        subject_key(period),
        on=period.starts_on,
        at=at,
        until=period.ends_on.isoformat(),
        reason=period.public_reason,
    )


def note_move(label: Label, kind: str, *, on: date, at: datetime) -> None:
    """The last thing written on the journal of a held label is to be logged, with the day on which it counts."""
    _note(label, kind, f"journal:{label._thread.pk}/{label._thread.length}", on=on, at=at)


def _note(label: Label, kind: str, source: str, *, on: date, at: datetime, **more: str) -> None:
    facts = {"kind": str(kind), "label": label.number, "on": on.isoformat(), **more}
    LoggedFact.objects.create(
        label=label, kind=kind, source=source, facts=facts, salt=secrets.token_hex(32), noted_at=at
    )
