"""The holder gives its label up: a typed statement, at once, without a hearing (domain 5.1 LABEL, renoncer)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.rules import require
from certificates import mails
from certificates.actions.hearings import held_label
from certificates.checklist import missing_to_relinquish
from certificates.models import Label
from journal.moves import Actor
from journal.refusals import block_unless_empty
from letters import files

STATEMENT = "relinquishment"


@transaction.atomic
def relinquish(*, label_pk: int, statement: str, at: datetime, by: Actor) -> Label:
    """The legal representative gives the label up; `statement` is the number, typed. A second call changes nothing.

    What was under way on the label loses its object (`certificates.follow`). Raises `NotAllowed`, `Blocked`.
    """
    label = held_label(label_pk)
    require("certificates.relinquish", by, label, on=timezone.localdate(at))
    if label.state == Label.State.RELINQUISHED:
        return label
    block_unless_empty(missing_to_relinquish(label, statement=statement))
    return _end(label, statement, at, by)


@transaction.atomic
def record_relinquishment(
    *, label_pk: int, letter: UploadedFile, received_on: date, at: datetime, by: Actor
) -> Label:
    """The office notes a signed statement that came by post: the scan is kept, the label ends today.

    Raises `NotAllowed`, `Blocked`, ValidationError for a file (E15, E16, E18).
    """
    label = held_label(label_pk)
    on = timezone.localdate(at)
    require("certificates.record_relinquishment", by, label, on=on)
    if label.state == Label.State.RELINQUISHED:
        return label
    block_unless_empty(missing_to_relinquish(label, statement=label.number, received_on=received_on, on=on))
    files.store(upload=letter, subject=label, purpose=STATEMENT, thread=label._thread, at=at, by=by)
    return _end(label, label.number, at, by)


def _end(label: Label, statement: str, at: datetime, by: Actor) -> Label:
    label.relinquish(by=by.because(statement.strip()), at=at, ended_on=timezone.localdate(at))
    label.save()
    mails.relinquished(label, at=at)
    return label
