"""What happens to a legal clock: it starts, stands still, runs again, is met, dropped or passes.

These are the gears of the actions of upper apps, which hold the thread and have checked who may act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import models, transaction

from deadlines import calendar, registry
from deadlines.models import Deadline, Pause, Reminder
from journal.models import Thread
from journal.moves import subject_key

Subject = models.Model | str


def recomputed_due_on(deadline: Deadline) -> date | None:
    """The last day of a deadline from its start, length, pauses and outages alone; None while it stands still.

    A délai franc ends on the day after the anniversary, moved to a working day (Code de justice administrative,
    R421-1). An outage of the service on its last day gives a later one. The same events always give the same day.
    """
    pauses = [(pause.begins_on, pause.ends_on) for pause in deadline.pauses.all()] if deadline.pk else []
    due = calendar.due_with_pauses(
        deadline.started_on, months=deadline.months, days=deadline.days + deadline.franc, pauses=pauses
    )
    if due is None:
        return None
    own = calendar.next_working_day(due) if deadline.franc else due
    given = [row.due_on for row in deadline.extensions.all() if row.gives_time] if deadline.pk else []
    return max(own, *given) if given else own


@transaction.atomic
def start(  # noqa: PLR0913 - one fact of the clock per argument
    *,
    thread: Thread,
    subject: Subject,
    kind: str,
    started_on: date,
    months: int = 0,
    days: int = 0,
    franc: bool = False,
    reminders: Iterable[int] = (),
    proof: str = "",
) -> Deadline:
    """Start a clock and plan its reminders (days before when negative, after when positive).

    Raises LookupError when no app says what to do with that kind, IntegrityError when the subject already has a
    running clock of that kind. A reminder that would fall before the start is not planned.
    """
    if not registry.known(kind):
        raise LookupError(f"deadline {kind}: no on_due() and not alert_only()")
    deadline = Deadline(
        thread=thread,
        subject=subject_key(subject),
        kind=kind,
        started_on=started_on,
        months=months,
        days=days,
        franc=franc,
        proof=proof,
    )
    deadline.due_on = recomputed_due_on(deadline)
    deadline.save(force_insert=True)
    if deadline.due_on is not None:
        planned = [(offset, deadline.due_on + timedelta(days=offset)) for offset in sorted(set(reminders))]
        Reminder.objects.bulk_create(
            Reminder(deadline=deadline, offset_days=offset, due_on=day)
            for offset, day in planned
            if day >= started_on
        )
    return deadline


@transaction.atomic
def pause(
    *, subject: Subject, kind: str, begins_on: date, cause: str, until: date | None = None
) -> Deadline | None:
    """Make the running clock stand still from that day; None when none runs.

    With `until` it runs again by itself on that day, unless `resume` comes sooner. A pause that lasts beyond
    `begins_on` is kept, and ends as said now.
    """
    deadline = running(subject, kind)
    if deadline is None:
        return None
    current = deadline.pauses.filter(models.Q(ends_on=None) | models.Q(ends_on__gt=begins_on)).first()
    if current is None:
        Pause.objects.create(deadline=deadline, begins_on=begins_on, ends_on=until, cause=cause)
    elif current.ends_on != until:
        current.ends_on = until
        current.save(update_fields=["ends_on"])
    return compute_again(deadline)


@transaction.atomic
def resume(*, subject: Subject, kind: str, ends_on: date) -> Deadline | None:
    """Make the clock run again on that day with exactly the days that were left; None when none runs.

    A pause that was over before is left as it was. The day cannot lie before the pause began: then the pause had
    no length. Reminders not yet sent move along.
    """
    deadline = running(subject, kind)
    if deadline is None:
        return None
    for stretch in deadline.pauses.filter(models.Q(ends_on=None) | models.Q(ends_on__gt=ends_on)):
        stretch.ends_on = max(ends_on, stretch.begins_on)
        stretch.save(update_fields=["ends_on"])
    return compute_again(deadline)


@transaction.atomic
def meet(*, subject: Subject, kind: str, at: datetime) -> Deadline | None:
    """End the clock because what was awaited happened; None when none runs."""
    return _end(subject, kind, at, "met")


@transaction.atomic
def let_pass(*, subject: Subject, kind: str, at: datetime) -> Deadline | None:
    """End the clock because its time is over and nothing else can come of it; None when none runs."""
    return _end(subject, kind, at, "passed")


@transaction.atomic
def interrupt(*, subject: Subject, kind: str, at: datetime) -> Deadline | None:
    """End the clock because the law makes it count anew, whole, from a day to come; None when none runs.

    Unlike a pause, nothing is left of it: whoever interrupts starts another row when that day is known (an appeal
    to the administration interrupts the time to go to court, CRPA L411-2).
    """
    return _end(subject, kind, at, "interrupted")


@transaction.atomic
def drop(*, subject: Subject, at: datetime, kind: str | None = None) -> int:
    """End one clock of the subject, or all of them, because it has lost its object; says how many."""
    found = Deadline.objects.running().of(subject)
    kinds = [kind] if kind is not None else list(found.values_list("kind", flat=True))
    return sum(_end(subject, one, at, "dropped") is not None for one in kinds)


@transaction.atomic
def settle(*, subject: Subject, at: datetime, met: Collection[str]) -> int:
    """End every running clock of the subject at once: those of kinds `met` are met, the others have lost their object.

    Says how many. Two statements however many clocks run.
    """
    found = Deadline.objects.running().of(subject)
    Reminder.objects.filter(deadline__in=found, sent_at=None, dropped_at=None).update(dropped_at=at)
    outcome = models.Case(
        models.When(kind__in=met, then=models.Value("met")), default=models.Value("dropped")
    )
    return found.update(ended_at=at, outcome=outcome)


def wrongly_computed() -> Iterator[Deadline]:
    """The clocks whose last day is not the one that their events give (domain 5.2 rule 12)."""
    for deadline in (
        Deadline.objects.order_by("pk").prefetch_related("pauses", "extensions").iterator(chunk_size=2000)
    ):
        if deadline.due_on != recomputed_due_on(deadline):
            yield deadline


def running(subject: Subject, kind: str) -> Deadline | None:
    """The running clock of that kind, None when there is none."""
    return Deadline.objects.running().of(subject).filter(kind=kind).first()


def _end(subject: Subject, kind: str, at: datetime, outcome: str) -> Deadline | None:
    deadline = running(subject, kind)
    if deadline is None:
        return None
    deadline.ended_at, deadline.outcome = at, outcome
    deadline.save(update_fields=["ended_at", "outcome"])
    waiting = Reminder.objects.filter(deadline=deadline, sent_at=None, dropped_at=None)
    waiting.update(dropped_at=at)
    return deadline


def compute_again(deadline: Deadline) -> Deadline:
    """Write the last day that the events of a clock give now; its reminders not yet sent move along."""
    before, deadline.due_on = deadline.due_on, recomputed_due_on(deadline)
    if deadline.due_on is not None and deadline.due_on != before:
        deadline.handled_at = None
        for reminder in Reminder.objects.filter(deadline=deadline, sent_at=None, dropped_at=None):
            reminder.due_on = deadline.due_on + timedelta(days=reminder.offset_days)
            reminder.save(update_fields=["due_on"])
    deadline.save(update_fields=["due_on", "handled_at"])
    return deadline
