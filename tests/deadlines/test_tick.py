"""The tick: exactly once per slot, missed days in order, one dossier in trouble never stops the others."""

import signal
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deadlines import actions, registry
from deadlines.management.commands.tick import moment
from deadlines.models import Deadline, Reminder, TickRun
from deadlines.tick import TAKEN_OVER_AFTER, Report, handle_due, remind, tick
from journal.models import Thread

NOON = datetime(2027, 3, 10, 11, tzinfo=UTC)


@pytest.fixture
def kinds():
    """What an app declares in `due.py`, for the time of a test: what was done is kept in `done`."""
    done, sent = [], []

    def handle(deadline, at):
        done.append(deadline.pk)
        if deadline.subject == "a.b:13":
            raise ValueError("a dossier in trouble")

    def send(deadline, offset_days, at):
        sent.append((deadline.pk, offset_days))
        return deadline.subject != "a.b:404"

    registry.on_due("test_due")(handle)
    registry.on_reminder("test_due")(send)
    registry.alert_only("test_alert")
    yield done, sent
    registry.handlers.pop("test_due")
    registry.reminders.pop("test_due")
    registry.alerts.discard("test_alert")


@pytest.fixture
def only_our_jobs():
    kept = dict(registry.jobs)
    registry.jobs.clear()
    yield registry.jobs
    registry.jobs.clear()
    registry.jobs.update(kept)
    registry.today_only.discard("test_job")


def clock(number=1, *, days=5, kind="test_due", **facts):
    thread = Thread.objects.create(reference=f"T-{number}-{kind}")
    facts.setdefault("started_on", date(2027, 3, 1))
    return actions.start(thread=thread, subject=f"a.b:{number}", kind=kind, days=days, **facts)


@pytest.mark.django_db
def test_the_last_day_is_still_in_time_and_the_next_one_is_not(kinds):
    deadline = clock(days=9)
    assert deadline.due_on == date(2027, 3, 10)
    tick(NOON)
    assert kinds[0] == []
    tick(NOON + timedelta(days=1))
    assert kinds[0] == [deadline.pk]
    assert Deadline.objects.get(pk=deadline.pk).handled_at == NOON + timedelta(days=1)


@pytest.mark.django_db
def test_the_day_changes_at_midnight_in_paris(kinds):
    clock(days=9)
    tick(datetime(2027, 3, 10, 22, 59, tzinfo=UTC))
    assert kinds[0] == []
    tick(datetime(2027, 3, 10, 23, 0, tzinfo=UTC))
    assert len(kinds[0]) == 1


@pytest.mark.django_db
def test_a_deadline_is_handled_once_however_often_the_tick_runs(kinds):
    clock()
    for _ in range(3):
        tick(NOON)
    assert len(kinds[0]) == 1


@pytest.mark.django_db
def test_what_ended_in_time_is_left_alone(kinds):
    clock()
    actions.meet(subject="a.b:1", kind="test_due", at=NOON)
    tick(NOON)
    assert kinds[0] == []


@pytest.mark.django_db
def test_an_alert_is_marked_and_goes_on_running(kinds):
    deadline = clock(kind="test_alert")
    tick(NOON)
    fresh = Deadline.objects.get(pk=deadline.pk)
    assert (fresh.handled_at, fresh.ended_at) == (NOON, None)


@pytest.mark.django_db
def test_a_dossier_in_trouble_is_told_and_tried_again_and_the_others_go_on(kinds, caplog):
    clock(13, days=1)
    good = clock(14, days=2)
    report = Report()
    handle_due(NOON, report)
    assert (report.deadlines, len(report.failures)) == (1, 1)
    assert Deadline.objects.get(pk=good.pk).handled_at == NOON
    assert Deadline.objects.get(subject="a.b:13").handled_at is None
    assert "failed: ValueError" in caplog.text
    with pytest.raises(CommandError, match="to be tried again"):
        call_command("tick", at="2027-03-10")


@pytest.mark.django_db
def test_oldest_first_over_several_batches(kinds, monkeypatch):
    monkeypatch.setattr("deadlines.tick.BATCH", 2)
    expected = [clock(number, days=7 - number).pk for number in range(1, 6)][::-1]
    tick(NOON)
    assert kinds[0] == expected


@pytest.mark.django_db
def test_reminders_leave_once_on_their_day(kinds):
    deadline = clock(days=12, reminders=(-3,))
    assert deadline.due_on == date(2027, 3, 13)
    tick(NOON - timedelta(days=1))
    assert kinds[1] == []
    tick(NOON)
    tick(NOON)
    assert kinds[1] == [(deadline.pk, -3)]
    assert Reminder.objects.get().sent_at == NOON


@pytest.mark.django_db
def test_a_reminder_that_no_longer_applies_is_remembered_as_dropped(kinds):
    clock(404, days=12, reminders=(-3,))
    tick(NOON)
    assert Reminder.objects.get().dropped_at == NOON
    assert Reminder.objects.get().sent_at is None


@pytest.mark.django_db
def test_after_days_without_tick_only_the_latest_reminder_leaves(kinds):
    deadline = clock(days=12, reminders=(-7, -5, -3))
    report = Report()
    remind(NOON, report)
    assert kinds[1] == [(deadline.pk, -3)]
    assert (report.sent, report.dropped) == (1, 2)


@pytest.mark.django_db
def test_a_daily_job_runs_once_per_day(only_our_jobs):
    seen = []
    registry.daily("test_job")(seen.append)
    for hours in (0, 1, 2):
        tick(NOON + timedelta(hours=hours))
    tick(NOON + timedelta(days=1))
    assert seen == [NOON, NOON + timedelta(days=1)]
    assert TickRun.objects.filter(job="test_job").count() == 2


@pytest.mark.django_db
def test_missed_days_are_made_up_in_order_each_as_its_own_slot(only_our_jobs):
    seen = []
    registry.daily("test_job")(seen.append)
    tick(NOON)
    tick(NOON + timedelta(days=3))
    assert [at.date() for at in seen] == [
        date(2027, 3, 10),
        date(2027, 3, 11),
        date(2027, 3, 12),
        date(2027, 3, 13),
    ]
    assert seen[1] == datetime(2027, 3, 11, 22, 59, 59, tzinfo=UTC)
    assert seen[3] == NOON + timedelta(days=3)


@pytest.mark.django_db
def test_a_job_that_looks_at_what_is_there_now_makes_up_for_no_missed_day(only_our_jobs):
    seen = []
    registry.daily("test_job", makes_up=False)(seen.append)
    tick(NOON)
    tick(NOON + timedelta(days=3))
    tick(NOON + timedelta(days=3, hours=1))
    assert seen == [NOON, NOON + timedelta(days=3)]


@pytest.mark.django_db
def test_a_very_long_silence_is_made_up_for_a_bounded_number_of_days(only_our_jobs, settings):
    settings.TICK_CATCH_UP_DAYS = 5
    seen = []
    registry.daily("test_job")(seen.append)
    tick(NOON)
    tick(NOON + timedelta(days=400))
    assert len(seen) == 1 + 6


@pytest.mark.django_db
def test_a_job_that_failed_is_tried_again_before_the_following_days(only_our_jobs):
    seen = []

    def job(at):
        seen.append(at)
        if len(seen) == 1:
            raise OSError("no network")

    registry.daily("test_job")(job)
    assert tick(NOON).failures
    tick(NOON + timedelta(minutes=5))
    assert len(seen) == 1
    tick(NOON + TAKEN_OVER_AFTER)
    assert len(seen) == 2
    assert TickRun.objects.get(job="test_job").finished_at == NOON + TAKEN_OVER_AFTER


@pytest.mark.django_db
def test_a_run_left_by_a_dead_worker_is_taken_over(only_our_jobs):
    seen = []
    registry.daily("test_job")(seen.append)
    TickRun.objects.create(job="test_job", slot=date(2027, 3, 10), started_at=NOON - TAKEN_OVER_AFTER)
    tick(NOON)
    tick(NOON)
    assert seen == [NOON]


@pytest.mark.django_db
def test_the_work_follows_what_is_due_and_not_what_exists(kinds, only_our_jobs):
    clock(1)
    thread = Thread.objects.get(reference="T-1-test_due")
    tick(NOON)
    with CaptureQueriesContext(
        connection,
    ) as few:
        tick(NOON)
    Deadline.objects.bulk_create(
        Deadline(
            thread=thread, subject=f"c.d:{number}", kind="test_due", started_on=date(2027, 3, 1), days=30,
            due_on=date(2027, 3, 31),
        )
        for number in range(500)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        tick(NOON)
    assert len(many) == len(few)


@pytest.mark.django_db
def test_the_command_says_what_it_did(kinds, capsys):
    clock()
    call_command("tick", at="2027-03-10")
    assert "deadlines: 1" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["yesterday", "2027-13-01", "2027-03-01T25:00", ""])
def test_a_moment_that_cannot_be_read_is_refused_with_an_example(text):
    with pytest.raises(CommandError, match="2027-03-01"):
        moment(text)


def test_a_date_is_its_noon_in_paris_and_a_moment_keeps_its_zone():
    assert moment("2027-03-01") == datetime(2027, 3, 1, 11, tzinfo=UTC)
    assert moment("2027-07-01T08:00") == datetime(2027, 7, 1, 6, tzinfo=UTC)
    assert moment("2027-07-01T08:00+00:00") == datetime(2027, 7, 1, 8, tzinfo=UTC)


@pytest.mark.django_db
def test_every_refuses_what_makes_no_sense():
    with pytest.raises(CommandError):
        call_command("tick", every=0)
    with pytest.raises(CommandError):
        call_command("tick", every=60, at="2027-03-01")


@pytest.mark.django_db(transaction=True)
def test_the_clock_ticks_until_it_is_told_to_stop(only_our_jobs, capsys):
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    stopper = threading.Timer(1.5, signal.raise_signal, [signal.SIGTERM])
    seen = []
    registry.daily("test_job")(seen.append)
    try:
        stopper.start()
        call_command("tick", every=1)
    finally:
        stopper.cancel()
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert len(seen) == 1
    assert capsys.readouterr().out.count("daily jobs: 1") == 1


def test_a_kind_with_two_meanings_or_none_is_a_fault(kinds):
    assert list(registry.kinds_are_complete()) == []
    registry.alert_only("test_due")
    registry.on_reminder("test_orphan")(lambda deadline, offset, at: True)
    try:
        assert len(list(registry.kinds_are_complete())) == 2
    finally:
        registry.alerts.discard("test_due")
        registry.reminders.pop("test_orphan")


def test_nothing_is_registered_twice(kinds):
    with pytest.raises(RuntimeError):
        registry.on_due("test_due")(lambda deadline, at: None)
    with pytest.raises(RuntimeError):
        registry.alert_only("test_alert")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_do_each_thing_once(kinds, only_our_jobs):
    seen = []
    registry.daily("test_job")(seen.append)
    TickRun.objects.create(job="test_job", slot=date(2027, 3, 7), started_at=NOON, finished_at=NOON)
    clocks = [clock(number, days=4, reminders=(2,)).pk for number in range(20, 40)]
    start = threading.Barrier(8)
    failures = []

    def work():
        start.wait()
        try:
            failures.extend(tick(NOON).failures)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    tick(NOON + TAKEN_OVER_AFTER)
    assert failures == []
    assert sorted(kinds[0]) == sorted(clocks)
    assert sorted(kinds[1]) == sorted((key, 2) for key in clocks)
    assert len(seen) == 3
    assert seen == sorted(seen)
