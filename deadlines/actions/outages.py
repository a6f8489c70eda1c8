"""The service was down on the last day of a deadline of the public: that deadline moves by rule (domain 5.3).

One person records the outage, another confirms it; the tick then moves what it touches, one thread at a time and once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.rules import require
from deadlines import registry
from deadlines.actions.clocks import compute_again
from deadlines.checklist import missing_to_confirm_outage, missing_to_record_outage
from deadlines.models import Deadline, Extension, Outage
from journal.models import Thread
from journal.moves import Actor, append, subject_key
from journal.refusals import block_unless_empty

LOOKED_AT_FOR = timedelta(
    days=366
)  # a receipt noted late may start a clock that ended on a day of an old outage


@dataclass(frozen=True)
class Touched:
    """One date that falls on a day of an outage; `clock` is empty when its room keeps it without one."""

    thread_id: int
    subject: str
    kind: str
    due_on: date
    clock: int | None = None
    is_closed: bool = False


@transaction.atomic
def record_outage(*, began_at: datetime, ended_at: datetime, what: str, at: datetime, by: Actor) -> Outage:
    """Record that the service was down, without effect until somebody else confirms. The same period twice is one.

    Raises `NotAllowed`; `Blocked` with what is missing.
    """
    require("deadlines.record_outage", by, on=timezone.localdate(at))
    block_unless_empty(missing_to_record_outage(began_at=began_at, ended_at=ended_at, what=what, at=at))
    known = Outage.objects.filter(began_at=began_at, ended_at=ended_at, dropped_at=None).first()
    if known is not None:
        return known
    reference = f"PANNE-{began_at:%Y%m%d%H%M%S}-{Outage.objects.filter(began_at=began_at).count() + 1}"
    thread = Thread.objects.create(reference=reference)
    outage = Outage.objects.create(
        thread=thread,
        began_at=began_at,
        ended_at=ended_at,
        what=what.strip(),
        recorded_at=at,
        recorded_by=by.person,
    )
    append(thread, subject=subject_key(outage), move="record_outage", at=at, by=by)
    return outage


@transaction.atomic
def confirm_outage(*, outage_pk: int, at: datetime, by: Actor) -> Outage:
    """A second person confirms: the dates of the public on its days move at the next tick. Twice changes nothing.

    Raises `NotAllowed`; `Blocked` for an outage that was dropped, or for a member of a structure that it touches.
    """
    outage = _held(outage_pk)
    require("deadlines.confirm_outage", by, outage, on=timezone.localdate(at))
    if outage.confirmed_at is not None:
        return outage
    threads = {one.thread_id for one in touched_by(outage)}
    block_unless_empty(missing_to_confirm_outage(outage, threads, user=by.user))
    outage.confirmed_at, outage.confirmed_by = at, by.person
    outage.save(update_fields=["confirmed_at", "confirmed_by"])
    append(outage.thread, subject=subject_key(outage), move="confirm_outage", at=at, by=by)
    return outage


@transaction.atomic
def drop_outage(*, outage_pk: int, at: datetime, by: Actor) -> Outage:
    """An outage recorded by mistake is set aside; one that was confirmed stays, whatever is pressed.

    Raises `NotAllowed`.
    """
    outage = _held(outage_pk)
    require("deadlines.drop_outage", by, outage, on=timezone.localdate(at))
    if outage.confirmed_at is None and outage.dropped_at is None:
        outage.dropped_at, outage.dropped_by = at, by.person
        outage.save(update_fields=["dropped_at", "dropped_by"])
        append(outage.thread, subject=subject_key(outage), move="drop_outage", at=at, by=by)
    return outage


@transaction.atomic
def settle_extension(*, extension_pk: int, at: datetime, by: Actor) -> Extension:
    """The gear of who gave back by hand what the outage took: nothing is left to do. The thread is held.

    The caller has checked who may; `by` says how, as its reason.
    """
    extension = Extension.objects.get(pk=extension_pk)
    if extension.outcome == Extension.Outcome.TO_DO and extension.settled_at is None:
        extension.settled_at, extension.settled_by = at, by.person
        extension.save(update_fields=["settled_at", "settled_by"])
        thread = Thread.objects.hold(extension.thread_id)[extension.thread_id]
        append(thread, subject=subject_key(extension), move="outage_settled", at=at, by=by)
    return extension


def in_effect(at: datetime) -> Iterator[Outage]:
    """The confirmed outages of the last year, oldest first: what is due on a day of two of them moves twice."""
    yield from Outage.objects.confirmed().filter(ended_at__gte=at - LOOKED_AT_FOR).order_by("began_at", "pk")


def touched_by(outage: Outage) -> list[Touched]:
    """The dates of the public on the days of an outage that it has not moved, soonest first.

    A clock that ended before the outage, or because what was awaited came in time, is none of them.
    """
    clocks = {kind for kind, one in registry.public.items() if one.find is None}
    moved = Extension.objects.filter(outage=outage, deadline=OuterRef("pk"))
    days = (outage.first_day, outage.last_day)
    rows = Deadline.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=outage.began_at),
        ~Exists(moved),
        kind__in=clocks,
        due_on__range=days,
    )
    found = [
        Touched(row.thread_id, row.subject, row.kind, row.due_on, row.pk, is_closed=row.ended_at is not None)
        for row in rows
        if row.due_on is not None and not _met_in_time(row)
    ]
    dates = [(kind, date_) for kind, one in registry.public.items() if one.find for date_ in one.find(*days)]
    if dates:
        kept = Extension.objects.filter(outage=outage, deadline=None)
        done = set(kept.values_list("kind", "subject"))
        found += [
            Touched(date_.thread_id, date_.subject, kind, date_.due_on)
            for kind, date_ in dates
            if (kind, date_.subject) not in done
        ]
    return sorted(found, key=lambda one: (one.due_on, one.kind, one.subject))


def _met_in_time(row: Deadline) -> bool:
    in_time = (
        row.ended_at is not None and row.due_on is not None and timezone.localdate(row.ended_at) <= row.due_on
    )
    return in_time and row.outcome == "met"


@transaction.atomic
def extend(*, outage: Outage, touched: Touched, at: datetime) -> Extension | None:
    """Move one date that a confirmed outage touches, tell it, and write it in the journal; None when it is done.

    Its thread is held first, and everything is read again under that lock.
    """
    thread = Thread.objects.hold(touched.thread_id)[touched.thread_id]
    deadline = Deadline.objects.filter(pk=touched.clock).first() if touched.clock else None
    if not _is_still_touched(outage, touched, deadline):
        return None
    extension = Extension(
        outage=outage,
        thread=thread,
        deadline=deadline,
        subject=touched.subject,
        kind=touched.kind,
        whose=registry.public[touched.kind].whose(touched.thread_id, touched.subject),
        was_due_on=touched.due_on,
        due_on=outage.extends_to,
        made_at=at,
    )
    extension.outcome = registry.public[touched.kind].follow(extension, at)
    extension.save(force_insert=True)
    if deadline is not None and extension.gives_time:
        if deadline.ended_at is not None:
            deadline.ended_at, deadline.outcome = None, ""
            deadline.save(update_fields=["ended_at", "outcome"])
        compute_again(deadline)
    if extension.outcome != Extension.Outcome.NOTHING:
        thread = Thread.objects.get(pk=thread.pk)  # `follow` may have written in the journal
        append(thread, subject=subject_key(extension), move="deadline_extended", at=at, by=Actor.system())
        for tell in registry.tellers:
            tell(extension, at)
    return extension


def _is_still_touched(outage: Outage, touched: Touched, deadline: Deadline | None) -> bool:
    known = Extension.objects.filter(outage=outage, deadline=deadline)
    if known.filter(kind=touched.kind, subject=touched.subject).exists():
        return False
    if deadline is not None:
        return deadline.due_on == touched.due_on
    find = registry.public[touched.kind].find
    days = (outage.first_day, outage.last_day)
    return find is not None and any(one.subject == touched.subject for one in find(*days))


def _held(outage_pk: int) -> Outage:
    thread_id = Outage.objects.values_list("thread_id", flat=True).get(pk=outage_pk)
    thread = Thread.objects.hold(thread_id)[thread_id]
    outage = Outage.objects.get(pk=outage_pk)
    outage.thread = thread
    return outage
