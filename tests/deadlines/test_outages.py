"""« Service down at a deadline » (domain 5.3): two people, one rule, nothing that the Institute owes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role
from certificates.renewals import is_in_time, window_of
from deadlines import actions, registry
from deadlines.calendar import after_an_outage
from deadlines.models import Deadline, Extension, Outage, after_outages
from deadlines.tick import tick
from journal.models import Event, Reason
from journal.refusals import Blocked, NotAllowed
from label.actions import settle_lost_time
from label.models import Application
from letters.models import Mail
from tests.factories import certificates, decisions, label, outages
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, member, representative_of

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("last", "until"),
    [
        (date(2027, 3, 10), date(2027, 3, 12)),  # a Wednesday: Thursday, and one more
        (date(2027, 3, 11), date(2027, 3, 15)),  # a Thursday: Friday, then Monday
        (date(2027, 3, 13), date(2027, 3, 16)),  # a Saturday: Monday, then Tuesday
        (date(2027, 12, 31), date(2028, 1, 4)),  # a Friday: New Year is a Saturday, Monday, then Tuesday
    ],
)
def test_the_new_date_is_the_second_working_day_everywhere(last: date, until: date) -> None:
    assert after_an_outage(last) == until


def test_a_holiday_of_one_overseas_territory_counts_for_all() -> None:
    # Thursday 27 and Friday 28 May 2027 are working days in Paris; Guadeloupe and Saint-Martin do not work.
    assert after_an_outage(date(2027, 5, 25)) == date(2027, 5, 31)


@pytest.mark.django_db
def test_who_records_and_who_confirms() -> None:
    day = date(2027, 3, 3)
    for role in (Role.CASE_OFFICER, Role.SIGNATORY, Role.ETHICS_OFFICER, Role.APPEAL_OFFICER):
        with pytest.raises(NotAllowed):
            outages.recorded(day, by=acting(staff(role), role))
    outage = outages.recorded(day)
    assert outages.recorded(day).pk == outage.pk  # a second click
    for role in (Role.CASE_OFFICER, Role.SECRETARIAT, Role.TECHNICAL_ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            actions.confirm_outage(outage_pk=outage.pk, at=AT, by=acting(staff(role), role))
    both = staff(Role.SECRETARIAT, Role.SIGNATORY)
    own = outages.recorded(day + DAY, by=acting(both, Role.SECRETARIAT))
    with pytest.raises(NotAllowed):
        actions.confirm_outage(outage_pk=own.pk, at=AT, by=acting(both, Role.SIGNATORY))
    with pytest.raises(IntegrityError), transaction.atomic():
        Outage.objects.filter(pk=own.pk).update(confirmed_at=AT, confirmed_by=both)
    by = acting(signatory(), Role.SIGNATORY)
    first = actions.confirm_outage(outage_pk=outage.pk, at=AT, by=by)
    again = actions.confirm_outage(outage_pk=outage.pk, at=AT + DAY, by=acting(signatory(), Role.SIGNATORY))
    assert first.confirmed_at == again.confirmed_at == AT
    assert actions.drop_outage(outage_pk=outage.pk, at=AT, by=by).dropped_at is None  # confirmed stays
    assert actions.drop_outage(outage_pk=own.pk, at=AT, by=by).dropped_at == AT
    with pytest.raises(Blocked, match="écartée"):
        actions.confirm_outage(outage_pk=own.pk, at=AT, by=acting(signatory(), Role.SIGNATORY))
    moves = (
        Event.objects.filter(subject__startswith="deadlines.outage")
        .order_by("pk")
        .values_list("move", flat=True)
    )
    assert list(moves) == ["record_outage", "record_outage", "confirm_outage", "drop_outage"]


@pytest.mark.django_db
def test_an_outage_is_over_has_a_length_and_says_what_it_prevented() -> None:
    by = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    given = {"began_at": AT, "ended_at": AT + DAY, "what": "Se connecter."}
    for changes, words in (
        ({"ended_at": AT}, "après son début"),
        ({"what": "  "}, "ce que l'on ne pouvait pas faire"),
        ({"ended_at": AT + 3 * DAY}, "une fois qu'elle est finie"),
    ):
        with pytest.raises(Blocked, match=words):
            actions.record_outage(**{**given, **changes}, at=AT + 2 * DAY, by=by)
    assert not Outage.objects.exists()


@pytest.mark.django_db
def test_the_pieces_have_more_time_and_silence_keeps_its_date() -> None:
    application = label.incomplete()
    request = application.open_request()
    due_on, implicit = request.due_on, application.implicit_decision_on
    other = Deadline.objects.running().of(application).get(kind="silence").due_on

    extension = outages.applied(due_on)

    assert (extension.kind, extension.outcome, extension.was_due_on) == ("documents", "moved", due_on)
    clock = Deadline.objects.running().of(application).get(kind="documents")
    assert clock.due_on == application.open_request().due_on == extension.due_on == after_an_outage(due_on)
    fresh = Application.objects.get(pk=application.pk)
    assert fresh.implicit_decision_on == implicit
    assert Deadline.objects.running().of(application).get(kind="silence").due_on == other
    assert list(actions.wrongly_computed()) == []
    assert Event.objects.filter(thread=application.thread, move="deadline_extended").count() == 1
    mail = Mail.objects.get(kind="more_time")
    assert mail.recipient == representative_of(application.structure).user
    assert "Vous n'avez rien à demander" in mail.text and str(extension.due_on.day) in mail.title


@pytest.mark.django_db
def test_a_late_clock_and_a_second_one_are_absorbed() -> None:
    application = label.incomplete()
    due_on = application.open_request().due_on
    late = outages.moment(due_on + 30 * DAY)
    outages.confirmed(due_on, at=late)

    assert tick(late).extended == 1  # first the outage, and only then what has passed
    assert tick(late).extended == 0
    assert tick(late + DAY).extended == 0
    assert Extension.objects.count() == 1
    assert Mail.objects.filter(kind="more_time").count() == 1
    assert list(actions.wrongly_computed()) == []
    assert (
        Deadline.objects.running().of(application).filter(kind="documents_grace").count() == 1
    )  # handled anew, once


@pytest.mark.django_db
def test_an_outage_noted_once_the_reminder_has_left_takes_the_grace_back() -> None:
    application = label.incomplete()
    due_on = application.open_request().due_on
    tick(outages.moment(due_on + DAY))
    assert Deadline.objects.running().of(application).filter(kind="documents_grace").exists()

    extension = outages.applied(due_on, at=outages.moment(due_on + DAY, 11))

    assert extension.outcome == "moved"
    assert not Deadline.objects.running().of(application).filter(kind="documents_grace").exists()
    tick(outages.moment(extension.due_on))
    assert not Deadline.objects.running().of(application).filter(kind="documents_grace").exists()
    tick(outages.moment(extension.due_on + DAY))
    assert Deadline.objects.running().of(application).filter(kind="documents_grace").exists()


@pytest.mark.django_db
def test_what_the_institute_owes_never_moves_and_other_days_neither() -> None:
    application = label.submitted()
    owed = {row.kind: row.due_on for row in Deadline.objects.running().of(application)}
    assert set(owed) == {"completeness", "silence"}
    for day in owed.values():
        outages.confirmed(day, at=outages.moment(day + DAY))
    waiting = label.incomplete()
    due_on = waiting.open_request().due_on
    outages.confirmed(due_on - DAY, at=outages.moment(due_on))
    report = tick(outages.moment(due_on))
    assert report.failures == [] and report.extended == 0
    after = {row.kind: row.due_on for row in Deadline.objects.of(application)}
    assert {kind: after[kind] for kind in owed} == owed
    assert not {"silence", "completeness", "court", "appeal_silence", "decision", "reasons"} & set(
        registry.public
    )


@pytest.mark.django_db
def test_a_dossier_closed_meanwhile_is_for_a_person_who_is_no_member() -> None:
    application = decisions.incomplete()
    due_on = application.open_request().due_on
    closed_at = AT + 70 * DAY
    decisions.signed(application, "close", at=closed_at)
    assert Application.objects.get(pk=application.pk).state == "closed"

    outages.confirmed(due_on, at=closed_at + DAY)
    tick(closed_at + DAY)

    extension = Extension.objects.get(kind="documents")
    assert extension.outcome == "to_do" and not extension.gives_time
    by = label.officer_of(application)
    with pytest.raises(Blocked, match="Dites comment"):
        settle_lost_time(extension_pk=extension.pk, how=" ", at=closed_at + DAY, by=by)
    insider = staff(Role.CASE_OFFICER)
    member(application.structure, user=insider)
    with pytest.raises(NotAllowed):
        settle_lost_time(
            extension_pk=extension.pk, how="Rouvert.", at=closed_at + DAY, by=acting(insider, by.role)
        )
    for _ in range(2):
        done = settle_lost_time(
            extension_pk=extension.pk, how="Nouveau dossier repris.", at=closed_at + DAY, by=by
        )
    assert done.settled_by == by.user
    assert Event.objects.filter(thread=application.thread, move="outage_settled").count() == 1
    assert Reason.objects.filter(text="Nouveau dossier repris.").count() == 1


@pytest.mark.django_db
def test_nobody_confirms_an_outage_that_gives_time_to_their_own_association() -> None:
    application = label.incomplete()
    outage = outages.recorded(application.open_request().due_on)
    insider = signatory()
    member(application.structure, user=insider)
    with pytest.raises(Blocked, match="une autre personne confirme"):
        actions.confirm_outage(outage_pk=outage.pk, at=outage.recorded_at, by=acting(insider, Role.SIGNATORY))
    outage = Outage.objects.get()
    assert outage.confirmed_at is None


@pytest.mark.django_db
def test_two_outages_that_follow_each_other_move_a_date_twice() -> None:
    application = label.incomplete()
    due_on = application.open_request().due_on
    first = outages.confirmed(due_on)
    second = outages.confirmed(first.extends_to, at=outages.moment(first.extends_to, 22))
    tick(outages.moment(first.extends_to, 22))
    assert application.open_request().due_on == second.extends_to
    assert after_outages(due_on, due_on - DAY) == [second.extends_to, due_on - DAY]
    assert list(actions.wrongly_computed()) == []


@pytest.mark.django_db
def test_a_clock_that_stands_still_keeps_what_it_was_given() -> None:
    registry.alert_only("test_clock")
    registry.moves_with_outages("test_clock", words="x", whose=lambda thread, subject: subject)(
        registry.only_the_clock
    )
    tellers, registry.tellers[:] = list(registry.tellers), []
    try:
        application = label.submitted()
        clock = actions.start(
            thread=application.thread,
            subject="test.thing:1",
            kind="test_clock",
            started_on=date(2027, 4, 1),
            days=10,
        )
        day = clock.due_on
        outages.applied(day)
        actions.pause(subject="test.thing:1", kind="test_clock", begins_on=day + DAY, cause="x")
        row = actions.resume(subject="test.thing:1", kind="test_clock", ends_on=day + 2 * DAY)
        assert row.due_on == after_an_outage(day)
    finally:
        registry.alerts.discard("test_clock")
        del registry.public["test_clock"]
        registry.tellers[:] = tellers


@pytest.mark.django_db
def test_a_label_renews_without_interruption_until_the_new_date() -> None:
    found = certificates.label()
    before = window_of(found).protected_until
    outages.confirmed(before, at=outages.moment(before, 22))
    assert window_of(found).protected_until == after_an_outage(before)
    assert is_in_time(found, after_an_outage(before))
    assert not is_in_time(found, after_an_outage(before) + DAY)


def test_moments_are_days_of_paris() -> None:
    outage = Outage(
        began_at=datetime(2027, 3, 3, 23, 30, tzinfo=UTC), ended_at=datetime(2027, 3, 3, 23, 50, tzinfo=UTC)
    )
    assert outage.first_day == outage.last_day == date(2027, 3, 4)
