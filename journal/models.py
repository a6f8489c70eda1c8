"""Threads, their chained events, the erasable reasons, and the yearly counters."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

GENESIS = "0" * 64


class ThreadQuerySet(models.QuerySet["Thread"]):
    def hold(self, *thread_ids: int) -> dict[int, Thread]:
        """Lock these threads in key order until the end of the transaction; returns them by key.

        This is the first lock that an action takes (design section 2): sessions first, then threads by key. Each
        thread is locked after the root of its story, which has a lower key.
        """
        held = self.filter(pk__in=thread_ids).locking()
        return {thread.pk: thread for thread in held if thread.pk in thread_ids}

    def locking(self) -> ThreadQuerySet:
        """These threads and the roots of their stories, in key order, locked when they are read.

        As one list of keys: with « or », PostgreSQL reads the whole table to find two rows.
        """
        own = self.order_by()
        both = own.values("pk").union(own.filter(root__isnull=False).values("root"), all=True)
        return self.model._default_manager.select_for_update().filter(pk__in=both).order_by("pk")


class Thread(models.Model):
    """The one row that serialises a dossier with all that follows from it, and the head of its hash chain.

    Dossiers that follow one another (a label, its renewals, the solutions added to it) are one story: each thread but
    the first names the first one, its root, and is never held without it. So an act that touches two of them never
    waits for somebody who holds the other.
    """

    reference = models.CharField(max_length=60, unique=True)
    root = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later")
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="root_is_older", condition=Q(root=None) | Q(root__lt=models.F("id"))),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def root_key(self) -> int:
        """The key of the first thread of its story: its own when nothing came before."""
        return self.root_id or self.pk


class Event(models.Model):
    """One move, append-only: keys, never names. The digest covers every field and the previous digest."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="events")
    position = models.PositiveIntegerField()
    at = models.DateTimeField()
    subject = models.CharField(max_length=80)
    move = models.CharField(max_length=60)
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=40)
    on_behalf_of = models.CharField(max_length=80, blank=True)
    reason_digest = models.CharField(max_length=64, blank=True)
    snapshot = models.CharField(max_length=64, blank=True)
    norm_version = models.CharField(max_length=40, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["thread", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread", "position"], name="event_position_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="event_subject"),
            models.Index(fields=["-at", "-id"], name="event_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}/{self.position} {self.subject} {self.move}"

    def compute(self) -> str:
        """The SHA-256 of this event, chained to the previous one, in hexadecimal."""
        body: list[Any] = [
            self.thread_id,
            self.position,
            self.at.astimezone(UTC).isoformat(),
            self.subject,
            self.move,
            self.source,
            self.target,
            self.actor_id,
            self.role,
            self.on_behalf_of,
            self.reason_digest,
            self.snapshot,
            self.norm_version,
            self.request_id,
            self.previous,
        ]
        return hashlib.sha256(json.dumps(body, separators=(",", ":")).encode()).hexdigest()


def reason_digest(salt: str, text: str) -> str:
    """The salted digest of a reason, so that the text can be erased without breaking the chain."""
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


class Reason(models.Model):
    """The text of a reason, beside the chain: it can be erased when its retention period ends."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="reason")
    salt = models.CharField(max_length=32)
    text = models.TextField(max_length=10_000)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"reason of {self.event_id}"


def new_salt() -> str:
    """A fresh random salt of 32 hexadecimal characters."""
    return secrets.token_hex(16)


class CounterQuerySet(models.QuerySet["Counter"]):
    def allocate(self, prefix: str, year: int) -> int:
        """The next number of that prefix and year, from 1, without gap; locks the counter row.

        Call it inside the transaction that uses the number, after the thread is held.
        """
        row = self.filter(prefix=prefix, year=year)
        if not row.update(last=models.F("last") + 1):
            self.bulk_create([self.model(prefix=prefix, year=year)], ignore_conflicts=True)
            row.update(last=models.F("last") + 1)
        return row.values_list("last", flat=True).get()


class Counter(models.Model):
    """The last number given, per prefix and year."""

    prefix = models.CharField(max_length=3)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    objects = CounterQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["prefix", "year"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}: {self.last}"
