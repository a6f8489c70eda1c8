"""From the text that names a subject to the record, for those who may see it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.rules import Claim
from journal.keys import row_key
from journal.moves import Record, subject_key
from letters import registry

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def split(subject: str) -> tuple[type[models.Model], int]:
    """The model and the key of the row that a subject names; LookupError when it names nothing."""
    _label, colon, digits = subject.partition(":")
    key = row_key(digits)
    if not colon or key is None:
        raise LookupError(subject)
    try:
        return registry.model_of(subject), key
    except ValueError as error:
        raise LookupError(subject) from error


def visible(subject: str, user: User | AnonymousUser, *, on: date) -> Any:
    """The record of a subject as that person may see it on that day; LookupError otherwise."""
    model, key = split(subject)
    manager = model._default_manager
    if not hasattr(manager, "visible_to"):
        raise LookupError(subject)
    record = manager.visible_to(user, on=on).filter(pk=key).first()
    if record is None:
        raise LookupError(subject)
    return record


def held(subject: str) -> Any:
    """The record of a subject, its thread locked; call it inside a transaction. LookupError when it is no record."""
    model, key = split(subject)
    if not issubclass(model, Record):
        raise LookupError(subject)
    return model.objects.hold(key)


def corresponds(question: str, claim: Claim, record: models.Model) -> bool:
    """Whether the association's side `reads`, `writes` or `represents`; False when nobody declared the exchanges."""
    entry = registry.correspondents.get(subject_key(record).split(":", 1)[0])
    return entry is not None and bool(getattr(entry, question)(claim, record))


def still_addressed(subject: str, user: User, *, on: date) -> bool:
    """Whether the addressee of a letter may open it: not once they have left the association that it is about."""
    entry = registry.correspondents.get(subject.split(":", 1)[0])
    if entry is None:
        return True
    try:
        return bool(entry.reads(Claim(user, on), visible(subject, user, on=on)))
    except LookupError:
        return False


def role_for_association(user: User, record: models.Model, *, on: date) -> str:
    """In which role somebody acts for the association of a subject: what the journal keeps."""
    claim = Claim(user, on)
    if corresponds("represents", claim, record):
        return "representative"
    return "editor" if corresponds("writes", claim, record) else "reader"
