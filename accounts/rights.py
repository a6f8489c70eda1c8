"""Rights in the journal: each role, delegation and absence is told on the thread of its person, by keys and digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import CharField, DateField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import Absence, Dated, Delegation, Role, RoleGrant
from journal.models import Event, Thread
from journal.moves import Actor, append, subject_key

RIGHTS: tuple[type[Dated], ...] = (RoleGrant, Delegation, Absence)


def hold_rights(user_pk: int) -> Thread:
    """The thread of the rights of a person, locked until the end of the transaction; made when first needed."""
    thread, _is_new = Thread.objects.get_or_create(reference=f"PER-{user_pk}")
    return Thread.objects.hold(thread.pk)[thread.pk]


def note_right(thread: Thread, row: Dated, *, what: str, at: datetime, by: Actor) -> Event:
    """Write on that thread what became of a right: `give`, `confirm`, `end`, `cancel`; the digest covers it all."""
    return append(thread, subject=subject_key(row), move=what, snapshot=digest(row), at=at, by=by)


def digest(row: Dated) -> str:
    """The SHA-256 of every field of a right, so that a row changed behind the journal is found."""
    fields = [_told(getattr(row, field.attname)) for field in row._meta.concrete_fields]
    return hashlib.sha256(json.dumps(fields, default=str).encode()).hexdigest()


def _told(value: Any) -> Any:
    """A moment in the zone in which the database gives it back, whatever the zone in which it was written."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def rights_that_differ() -> Iterator[str]:
    """One sentence per right that is not what its last event says; rights older than their journal have none."""
    for model in RIGHTS:
        key = Concat(Value(f"{model._meta.label_lower}:"), Cast("pk", CharField()), output_field=CharField())
        last = Event.objects.filter(subject=OuterRef("key")).order_by("-position").values("snapshot")[:1]
        rows = model._default_manager.annotate(key=key).annotate(told=Subquery(last)).exclude(told=None)
        for row in rows.iterator(chunk_size=2000):
            if row.told != digest(row):
                yield f"{subject_key(row)} is not what its journal says"
        given = Event.objects.filter(subject__startswith=f"{model._meta.label_lower}:").exclude(move="cancel")
        cancelled = Event.objects.filter(subject=OuterRef("subject"), move="cancel")
        known = model._default_manager.annotate(key=key).filter(key=OuterRef("subject"))
        gone = given.filter(~Exists(cancelled), ~Exists(known)).values_list("subject", flat=True)
        yield from (f"{subject} is gone without a word in its journal" for subject in sorted(set(gone)))


def administration_not_apart() -> Iterator[str]:
    """Who holds the technical administration holds no other role on the same day, and signs nothing."""
    held = RoleGrant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=OuterRef("starts_on")),
        role=Role.TECHNICAL_ADMINISTRATOR,
        user=OuterRef("user"),
        starts_on__lte=Coalesce(OuterRef("ends_on"), Value(date.max), output_field=DateField()),
    )
    other_roles = RoleGrant.objects.exclude(role=Role.TECHNICAL_ADMINISTRATOR)
    for rows in (other_roles, Delegation.objects.all()):
        for row in rows.filter(Exists(held)).order_by("pk").iterator(chunk_size=2000):
            yield f"{subject_key(row)} belongs to somebody who holds the technical administration"
