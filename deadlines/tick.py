"""One tick of the clock: what is due at a moment, exactly once however often and wherever it runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deadlines import registry
from deadlines.actions.outages import extend, in_effect, touched_by
from deadlines.models import Deadline, Reminder, TickRun
from journal import ticks
from journal.models import Thread

logger = logging.getLogger(__name__)

BATCH = 200
PASSAGE = "tick"  # the clock itself, among the daily jobs
TAKEN_OVER_AFTER = timedelta(
    minutes=30
)  # a job that failed, or whose worker died, is started again after that


@dataclass
class Report:
    """What one tick did; `failures` names what will be tried again."""

    deadlines: int = 0
    sent: int = 0
    dropped: int = 0
    jobs: int = 0
    extended: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"deadlines: {self.deadlines}, reminders sent: {self.sent}, dropped: {self.dropped}, "
            f"daily jobs: {self.jobs}, moved by outages: {self.extended}, failures: {len(self.failures)}"
        )


def tick(at: datetime, *, without: Collection[str] = ()) -> Report:
    """Do everything due at that moment: what outages move, daily jobs, deadlines, reminders, and rows left.

    Daily jobs are those of missed days, then of today.
    `without` names daily jobs to leave out: who lives years in an hour compares everything at the end.
    Several workers may tick at once. Nothing that fails stops the rest; it is logged and tried again later.
    """
    report = Report()
    give_time_back(at, report)
    for name in (job for job in registry.jobs if job not in without):
        _run_daily(name, at, report)
    handle_due(at, report)
    remind(at, report)
    for name, job in ticks.jobs.items():
        _guarded(name, partial(job, at), report)
    _note_the_passage(at)
    return report


def _note_the_passage(at: datetime) -> None:
    """One row a day that says when the clock passed last, whether or not anything was due."""
    row, is_new = TickRun.objects.get_or_create(
        job=PASSAGE, slot=timezone.localdate(at), defaults={"started_at": at, "finished_at": at}
    )
    if not is_new:
        TickRun.objects.filter(pk=row.pk, finished_at__lt=at).update(finished_at=at)


def give_time_back(at: datetime, report: Report) -> None:
    """Move what confirmed outages touch, before anything is handled as passed."""
    for outage in in_effect(at):
        for one in touched_by(outage):
            name = f"extension {one.kind} {one.subject}"
            work = partial(extend, outage=outage, touched=one, at=at)
            report.extended += _guarded(name, work, report) is not None


def handle_due(at: datetime, report: Report) -> None:
    """Hand each deadline whose last day is over to the app that it belongs to, oldest first."""
    on = timezone.localdate(at)
    for key in _keys_due(on):
        if _guarded(f"deadline {key}", partial(_handle, key, on, at), report):
            report.deadlines += 1


def remind(at: datetime, report: Report) -> None:
    """Send the reminders whose day has come and that still apply; remember what became of each."""
    on = timezone.localdate(at)
    for key in _keys_to_remind(on):
        outcome = _guarded(f"reminder {key}", partial(_remind, key, on, at), report)
        report.sent += outcome == "sent"
        report.dropped += outcome == "dropped"


def _keys_due(on: date) -> Iterator[int]:
    """Keys of due deadlines by keyset, so that one that fails is not met again in this tick."""
    after = Q()
    while True:
        due = Deadline.objects.due(on=on).filter(after).order_by("due_on", "pk")
        rows = list(due.values_list("due_on", "pk")[:BATCH])
        yield from (key for _day, key in rows)
        if len(rows) < BATCH:
            return
        day, last = rows[-1]
        after = Q(due_on__gt=day) | Q(due_on=day, pk__gt=last)


def _keys_to_remind(on: date) -> Iterator[int]:
    after = Q()
    while True:
        waiting = Reminder.objects.filter(sent_at=None, dropped_at=None, due_on__lte=on)
        waiting = waiting.filter(deadline__due_on__isnull=False)  # a clock that stands still reminds nobody
        rows = list(waiting.filter(after).order_by("due_on", "pk").values_list("due_on", "pk")[:BATCH])
        yield from (key for _day, key in rows)
        if len(rows) < BATCH:
            return
        day, last = rows[-1]
        after = Q(due_on__gt=day) | Q(due_on=day, pk__gt=last)


def _handle(key: int, on: date, at: datetime) -> bool:
    """One deadline in its own transaction: thread held, read again, handed over if it is still due."""
    with transaction.atomic():
        Thread.objects.hold(Deadline.objects.values_list("thread_id", flat=True).get(pk=key))
        deadline = Deadline.objects.due(on=on).filter(pk=key).first()
        if deadline is None:
            return False
        handler = registry.handlers.get(deadline.kind)
        if handler is not None:
            handler(deadline, at)
        elif deadline.kind not in registry.alerts:
            raise LookupError(f"deadline {deadline.kind}: no on_due() and not alert_only()")
        Deadline.objects.filter(pk=key).update(handled_at=at)
        return True


def _remind(key: int, on: date, at: datetime) -> str:
    """One reminder in its own transaction, dropped when a later one or the day itself overtook it."""
    with transaction.atomic():
        Thread.objects.hold(Reminder.objects.values_list("deadline__thread_id", flat=True).get(pk=key))
        waiting = Reminder.objects.select_related("deadline").filter(sent_at=None, dropped_at=None)
        reminder = waiting.filter(pk=key, due_on__lte=on, deadline__due_on__isnull=False).first()
        if reminder is None:
            return ""
        deadline = reminder.deadline
        is_overtaken = waiting.filter(
            deadline=deadline, due_on__lte=on, offset_days__gt=reminder.offset_days
        ).exists()
        is_too_late = reminder.offset_days < 0 and deadline.due_on is not None and deadline.due_on < on
        is_wanted = deadline.ended_at is None and not (is_overtaken or is_too_late)
        applies = is_wanted and deadline.kind in registry.reminders
        if applies and registry.reminders[deadline.kind](deadline, reminder.offset_days, at):
            Reminder.objects.filter(pk=key).update(sent_at=at)
            return "sent"
        Reminder.objects.filter(pk=key).update(dropped_at=at)
        return "dropped"


def _run_daily(name: str, at: datetime, report: Report) -> None:
    """One job for each day without a finished run, in order, up to today."""
    for slot in _slots(name, on=timezone.localdate(at)):
        run = _claim(name, slot, at)
        if run is None:
            return  # somebody else runs it, and the following days wait for it
        moment = at if slot == timezone.localdate(at) else _last_second(slot)
        failures = len(report.failures)
        _guarded(f"{name} of {slot}", partial(registry.jobs[name], moment), report)
        if len(report.failures) > failures:
            return
        TickRun.objects.filter(pk=run.pk).update(finished_at=at)
        report.jobs += 1


def _slots(name: str, *, on: date) -> list[date]:
    """The days to do: since the first one that is not finished, at most `TICK_CATCH_UP_DAYS` back; a new job: today."""
    first = on - timedelta(days=0 if name in registry.today_only else settings.TICK_CATCH_UP_DAYS)
    runs = dict(TickRun.objects.filter(job=name, slot__gte=first).values_list("slot", "finished_at"))
    last_before = TickRun.objects.filter(job=name, slot__lt=first).exists()
    start = first if last_before else min(runs, default=on)
    days = (start + timedelta(days=count) for count in range((on - start).days + 1))
    return [day for day in days if runs.get(day) is None]


def _claim(name: str, slot: date, at: datetime) -> TickRun | None:
    """The slot, when nobody else runs it: the unique row decides, and one worker takes over a run left behind."""
    run, is_new = TickRun.objects.get_or_create(job=name, slot=slot, defaults={"started_at": at})
    if is_new:
        return run
    left = TickRun.objects.filter(pk=run.pk, finished_at=None, started_at=run.started_at)
    if run.finished_at is None and run.started_at <= at - TAKEN_OVER_AFTER and left.update(started_at=at):
        return run
    return None


def _last_second(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def _guarded(name: str, work: Callable[[], object], report: Report) -> object:
    try:
        return work()
    except Exception as error:  # one dossier in trouble must not stop the others
        logger.exception("tick: %s failed: %s", name, type(error).__name__)
        report.failures.append(name)
        return None
