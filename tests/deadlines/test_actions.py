"""Clocks: the same events always give the same day; reminders move and end with their clock."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from deadlines import actions, registry
from deadlines.models import Deadline, Reminder
from journal.models import Thread

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
SUBJECT = "label.application:1"


@pytest.fixture(autouse=True)
def known_kinds():
    registry.alert_only("test_clock", "test_other")
    yield
    registry.alerts.difference_update({"test_clock", "test_other"})


def started(**facts):
    facts = {"kind": "test_clock", "started_on": date(2027, 1, 31), "months": 2, **facts}
    thread, _ = Thread.objects.get_or_create(reference="T-1")
    return actions.start(thread=thread, subject=SUBJECT, **facts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({"months": 2, "started_on": date(2026, 12, 31)}, date(2027, 2, 28)),
        ({"months": 0, "days": 15, "started_on": date(2027, 3, 1)}, date(2027, 3, 16)),
        ({"months": 2, "franc": True, "started_on": date(2019, 2, 4)}, date(2019, 4, 5)),
        ({"months": 3, "franc": True, "started_on": date(2027, 1, 29)}, date(2027, 4, 30)),
        ({"months": 2, "franc": True, "started_on": date(2027, 2, 28)}, date(2027, 4, 29)),
    ],
)
def test_the_last_day_follows_from_start_and_length(facts, due):
    assert started(**facts).due_on == due


@pytest.mark.django_db
def test_a_delai_franc_that_ends_on_a_sunday_goes_to_the_next_working_day():
    # 30 January 2027 + 1 month: 28 February, plus one day: Monday 1 March; 26 February + 1: 27 March is a Saturday,
    # and Monday 29 March 2027 is Easter Monday.
    assert started(months=1, franc=True, started_on=date(2027, 2, 26)).due_on == date(2027, 3, 30)


@pytest.mark.django_db
def test_a_pause_gives_back_exactly_the_days_that_were_left():
    started(months=2, started_on=date(2027, 1, 10))
    paused = actions.pause(subject=SUBJECT, kind="test_clock", begins_on=date(2027, 2, 1), cause="L2")
    assert paused.due_on is None
    resumed = actions.resume(subject=SUBJECT, kind="test_clock", ends_on=date(2027, 2, 21))
    assert resumed.due_on == date(2027, 3, 30)
    fresh = Deadline.objects.get(pk=resumed.pk)
    assert fresh.due_on == actions.recomputed_due_on(fresh)


@pytest.mark.django_db
def test_a_pause_with_an_end_runs_out_by_itself_ends_sooner_or_lasts_longer():
    started(months=2, started_on=date(2027, 1, 10))
    given = {"subject": SUBJECT, "kind": "test_clock", "begins_on": date(2027, 2, 1), "cause": "L2"}
    assert actions.pause(**given, until=date(2027, 3, 3)).due_on == date(2027, 4, 9)
    assert actions.resume(subject=SUBJECT, kind="test_clock", ends_on=date(2027, 3, 20)).due_on == date(
        2027, 4, 9
    )
    later = {**given, "begins_on": date(2027, 2, 10)}
    assert actions.pause(**later, until=date(2027, 3, 12)).due_on == date(2027, 4, 18)
    again = actions.resume(subject=SUBJECT, kind="test_clock", ends_on=date(2027, 2, 21))
    assert again.due_on == actions.recomputed_due_on(again) == date(2027, 3, 30)
    assert again.pauses.count() == 1


@pytest.mark.django_db
def test_a_clock_that_stands_still_is_never_due_and_its_reminders_wait():
    deadline = started(months=0, days=10, started_on=date(2027, 3, 1), reminders=(-3,))
    actions.pause(subject=SUBJECT, kind="test_clock", begins_on=date(2027, 3, 2), cause="L2")
    assert not Deadline.objects.due(on=date(2028, 1, 1)).exists()
    actions.resume(subject=SUBJECT, kind="test_clock", ends_on=date(2027, 3, 12))
    assert Reminder.objects.get(deadline=deadline).due_on == date(2027, 3, 18)


@pytest.mark.django_db
def test_a_clock_handled_while_late_is_handled_again_after_its_date_moved():
    deadline = started(months=0, days=5, started_on=date(2027, 3, 1))
    actions.pause(subject=SUBJECT, kind="test_clock", begins_on=date(2027, 3, 3), cause="L2")
    Deadline.objects.filter(pk=deadline.pk).update(handled_at=AT)
    actions.resume(subject=SUBJECT, kind="test_clock", ends_on=date(2027, 3, 10))
    assert Deadline.objects.get(pk=deadline.pk).handled_at is None


@pytest.mark.django_db
def test_two_running_clocks_of_one_kind_are_refused_and_one_may_follow_another():
    started()
    with pytest.raises(IntegrityError), transaction.atomic():
        started()
    actions.meet(subject=SUBJECT, kind="test_clock", at=AT)
    assert started(started_on=date(2027, 5, 1)).due_on == date(2027, 7, 1)


@pytest.mark.django_db
def test_a_kind_that_no_app_knows_is_refused():
    with pytest.raises(LookupError):
        started(kind="test_unknown")
    assert not Deadline.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("end", "outcome"), [(actions.meet, "met"), (actions.let_pass, "passed"), (actions.drop, "dropped")]
)
def test_an_ended_clock_keeps_its_outcome_and_drops_its_reminders(end, outcome):
    deadline = started(reminders=(-7, 7))
    end(subject=SUBJECT, kind="test_clock", at=AT)
    fresh = Deadline.objects.get(pk=deadline.pk)
    assert (fresh.ended_at, fresh.outcome) == (AT, outcome)
    assert set(fresh.reminders.values_list("dropped_at", flat=True)) == {AT}


@pytest.mark.django_db
def test_drop_without_kind_ends_every_clock_of_the_subject_and_no_other():
    started()
    started(kind="test_other")
    elsewhere = actions.start(
        thread=Thread.objects.get(),
        subject="label.application:2",
        kind="test_clock",
        started_on=date(2027, 1, 1),
        days=1,
    )
    assert actions.drop(subject=SUBJECT, at=AT) == 2
    assert list(Deadline.objects.running()) == [elsewhere]


@pytest.mark.django_db
def test_a_reminder_before_the_start_is_not_planned():
    deadline = started(months=0, days=10, started_on=date(2027, 3, 1), reminders=(-30, -7, 2))
    assert sorted(deadline.reminders.values_list("offset_days", flat=True)) == [-7, 2]


@pytest.mark.django_db
def test_acting_on_a_clock_that_does_not_run_changes_nothing():
    for act in (actions.meet, actions.let_pass):
        assert act(subject=SUBJECT, kind="test_clock", at=AT) is None
    assert actions.pause(subject=SUBJECT, kind="test_clock", begins_on=date(2027, 3, 1), cause="x") is None
    assert actions.resume(subject=SUBJECT, kind="test_clock", ends_on=date(2027, 3, 1)) is None


class Recomputing(TestCase):
    """Whatever stands still and for how long, the stored day is the one that the events give."""

    @given(
        st.dates(date(2026, 1, 1), date(2028, 1, 1)),
        st.integers(0, 6),
        st.integers(0, 60),
        st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
        st.booleans(),
    )
    def test_stored_and_recomputed_days_agree(self, start, months, days, pauses, franc):
        deadline = started(started_on=start, months=months, days=days, franc=franc)
        day = start
        for wait, length in pauses:
            day = date.fromordinal(day.toordinal() + wait)
            actions.pause(subject=SUBJECT, kind="test_clock", begins_on=day, cause="L2")
            day = date.fromordinal(day.toordinal() + length)
            actions.resume(subject=SUBJECT, kind="test_clock", ends_on=day)
        fresh = Deadline.objects.get(pk=deadline.pk)
        assert fresh.due_on is not None
        assert fresh.due_on == actions.recomputed_due_on(fresh)
