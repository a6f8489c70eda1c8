"""What every record with a lifecycle inherits: holding, moving, and the event written with the row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import connections, models, transaction
from django.dispatch import Signal, receiver
from django_fsm import TransitionNotAllowed
from django_fsm.signals import post_transition, pre_transition

from journal.models import Event, Reason, Thread, new_salt, reason_digest
from journal.refusals import NotAllowed
from journal.request_ids import current_request_id

if TYPE_CHECKING:
    from accounts.models import User

moved = Signal()  # sent inside the transaction, after the row and its event are written

SYSTEM_ROLE = "system"


@dataclass(frozen=True)
class Actor:
    """Who acts: the person, the role in which they act, for whom, and why.

    `on_behalf_of` is a subject key such as `structures.structure:12`, never a name.
    """

    user: User | None
    role: str
    on_behalf_of: str = ""
    reason: str = ""

    @classmethod
    def system(cls, reason: str = "") -> Actor:
        """The clock: opens windows, reminds, expires by date; it never decides (domain 5.2 rule 4)."""
        return cls(None, SYSTEM_ROLE, reason=reason)

    @property
    def user_id(self) -> int | None:
        """The key of the person, None for the clock."""
        return self.user.pk if self.user else None

    @property
    def person(self) -> User:
        """The person who acts. Raises `NotAllowed` for the clock, which never does a person's act."""
        if self.user is None:
            raise NotAllowed("only a person does this")
        return self.user

    def standing_for(self, record: models.Model) -> Actor:
        """The same actor, on behalf of that person or structure."""
        return replace(self, on_behalf_of=subject_key(record))

    def because(self, reason: str) -> Actor:
        """The same actor with a reason."""
        return replace(self, reason=reason)


def subject_key(record: models.Model | str) -> str:
    """The text that names a record in the journal and in lower apps: `label.application:12`; a text stays itself."""
    if isinstance(record, str):
        return record
    return f"{record._meta.label_lower}:{record.pk}"


R = TypeVar("R", bound="Record")


class RecordQuerySet(models.QuerySet[R]):
    def hold(self, pk: int) -> R:
        """A fresh instance whose thread is locked until the end of the transaction, the root of its story first.

        Raises `DoesNotExist` when absent and `TransitionNotAllowed` outside a transaction.
        """
        if not connections[self.db].in_atomic_block:
            raise TransitionNotAllowed("hold() outside a transaction")
        sql, values = _locking(self.model, self.db)
        held = list(Thread.objects.using(self.db).raw(sql, [pk if one == 0 else one for one in values]))
        if not held:
            raise self.model.DoesNotExist(pk)
        record = self.get(pk=pk)
        record._thread = held[-1]  # a root is older than what follows from it
        return record

    def open(self, *, thread: Thread, at: datetime, by: Actor, **fields: Any) -> R:
        """Create the record in its first state and write its opening event on a thread already held or new."""
        if self.model.thread_path == "thread_id":
            fields.setdefault("thread_id", thread.pk)
        with transaction.atomic(savepoint=False):
            record = self.create(**fields)
            record._thread = thread
            write_event(record, move="open", source="", target=record.state, at=at, by=by)
        moved.send(sender=type(record), record=record, move="open", at=at, by=by)
        return record

    def update(self, **kwargs: Any) -> int:
        """Refuses to write a state: states change by moves only."""
        if "state" in kwargs:
            raise TypeError("a state changes by a move only")
        return super().update(**kwargs)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        """Refuses to write a state: states change by moves only."""
        if "state" in fields:
            raise TypeError("a state changes by a move only")
        return super().bulk_update(objs, fields, batch_size)


@cache
def _locking(model: type[Record], using: str) -> tuple[str, tuple[Any, ...]]:
    """The statement that locks the thread of a record and its root, put into words once: 0 stands for its key.

    Each move begins with it, and wording it took four times as long as running it.
    """
    rows = Thread.objects.filter(**{model.path_from_thread(): 0}).locking()
    sql, values = rows.query.get_compiler(using).as_sql()
    return sql, tuple(values)


class Record(models.Model):
    """A row with a lifecycle. `thread_path` leads from the row to the key of its thread."""

    thread_path = "thread_id"
    _thread: Thread
    state: str  # a field of each lifecycle

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    @cache
    def path_from_thread(cls) -> str:
        """`thread_path` walked the other way, from a thread to the key of its record: `application__assignments`."""
        steps: list[str] = []
        model: Any = cls
        for name in cls.thread_path.removesuffix("_id").split("__"):
            field = model._meta.get_field(name)
            steps.insert(0, field.related_query_name())
            model = field.related_model
        return "__".join(steps)

    def held_with(self, other: Record) -> Self:
        """Say that this record lives on a thread that `other` already holds."""
        self._thread = other._thread
        return self

    def journal_snapshot(self) -> str:
        """The SHA-256 of what this record judges or states, written with each of its moves."""
        return ""

    def journal_norm(self) -> str:
        """The version of the norm (edition, charter) under which this record moves."""
        return ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; after a move, write row, event and head of chain in one transaction."""
        pending = self.__dict__.pop("_move", None)
        if pending is None:
            super().save(*args, **kwargs)
            return
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            write_event(self, **pending)
        moved.send(sender=type(self), record=self, move=pending["move"], at=pending["at"], by=pending["by"])


def write_event(record: Record, *, move: str, source: str, target: str, at: datetime, by: Actor) -> Event:
    """Append one event to the thread that the record holds."""
    return append(
        record._thread,
        subject=subject_key(record),
        move=move,
        source=source,
        target=target,
        snapshot=record.journal_snapshot(),
        norm=record.journal_norm(),
        at=at,
        by=by,
    )


def append(  # noqa: PLR0913 - the fields of one event
    thread: Thread,
    *,
    subject: str,
    move: str,
    source: str = "",
    target: str = "",
    snapshot: str = "",
    norm: str = "",
    at: datetime,
    by: Actor,
) -> Event:
    """Append one event about a subject to a thread that is held, and advance the head of its chain."""
    salt = new_salt() if by.reason else ""
    event = Event(
        thread=thread,
        position=thread.length + 1,
        at=at,
        subject=subject,
        move=move,
        source=source,
        target=target,
        actor_id=by.user_id,
        role=by.role,
        on_behalf_of=by.on_behalf_of,
        reason_digest=reason_digest(salt, by.reason) if by.reason else "",
        snapshot=snapshot,
        norm_version=norm,
        request_id=current_request_id.get(),
        previous=thread.head,
    )
    event.digest = event.compute()
    event.save(force_insert=True)
    if by.reason:
        Reason.objects.create(event=event, salt=salt, text=by.reason)
    thread.length, thread.head = event.position, event.digest
    Thread.objects.filter(pk=thread.pk).update(length=thread.length, head=thread.head)
    return event


def note(record: Record, *, what: str, at: datetime, by: Actor) -> Event:
    """Write on the journal something that is not a move of the lifecycle (a file taken, an act served).

    The record must be held. `what` is a short code; state and target stay as they are.
    """
    return write_event(record, move=what, source=record.state, target=record.state, at=at, by=by)


@receiver(pre_transition)
def refuse_a_careless_move(instance: Any, name: str, method_kwargs: dict[str, Any], **_: Any) -> None:
    """Refuse a move on a record that is not held, moved twice before saving, or without `by` and `at`."""
    if not isinstance(instance, Record):
        return
    if "_thread" not in instance.__dict__:
        raise TransitionNotAllowed(f"{name}: take the record with hold() first")
    if "_move" in instance.__dict__:
        raise TransitionNotAllowed(f"{name}: second move before save")
    if not isinstance(method_kwargs.get("by"), Actor) or not isinstance(method_kwargs.get("at"), datetime):
        raise TransitionNotAllowed(f"{name}: by= or at= is missing")


@receiver(post_transition)
def remember_the_move(
    instance: Any, name: str, source: str, target: str | None, method_kwargs: dict[str, Any], **_: Any
) -> None:
    """Keep the move on the instance until `save()` writes it."""
    if isinstance(instance, Record):
        instance.__dict__["_move"] = {
            "move": name,
            "source": source,
            "target": target or source,
            "at": method_kwargs["at"],
            "by": method_kwargs["by"],
        }
