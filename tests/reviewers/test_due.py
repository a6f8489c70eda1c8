"""What the tick does for the committee: reminds, lets expire, ends terms; and never without a reason to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from deadlines.tick import tick
from journal.models import Event, Thread
from journal.moves import Actor, subject_key
from letters.models import Mail
from reviewers import actions
from reviewers.models import Assignment, Mandate
from tests.factories import reviewers as factory
from tests.factories.structures import AT, structure

pytestmark = pytest.mark.django_db


def live(days: int) -> None:
    """The tick of each day, from the day after the start."""
    for day in range(1, days + 1):
        tick(at=AT + timedelta(days=day))


def test_a_proposal_is_told_again_on_the_third_day_and_expires_after_the_fifth() -> None:
    row, other = factory.assignments_of(factory.under_review())[:2]
    factory.accepted(other)
    live(3)
    again = Mail.objects.filter(kind="M5", recipient=row.mandate.user)
    assert again.count() == 2
    assert Mail.objects.filter(kind="M5", recipient=other.mandate.user).count() == 1
    live(5)
    assert Assignment.objects.get(pk=row.pk).state == "proposed"
    live(7)
    assert Assignment.objects.get(pk=row.pk).state == "expired"
    assert Assignment.objects.get(pk=other.pk).state == "accepted"
    assert Event.objects.get(subject=subject_key(row), move="expire").role == "system"
    assert again.count() == 2


def test_a_review_is_awaited_with_what_is_left_and_never_stopped_by_the_clock() -> None:
    row = factory.accepted()
    actions.save_score(
        assignment_pk=row.pk,
        criterion="A1.1",
        verdict="scored",
        value=2,
        comment="",
        version=0,
        at=AT,
        by=factory.member_actor(row),
    )
    live(30)
    mails = Mail.objects.filter(kind="M6", recipient=row.mandate.user).order_by("pk")
    assert mails.count() == 2
    assert "25 critères" in mails[0].text.replace("\u00a0", " ")
    assert Assignment.objects.get(pk=row.pk).state == "accepted"


def test_a_declaration_that_nobody_confirms_expires_after_twelve_months() -> None:
    mandate, other = factory.member(), factory.member()
    tick(at=AT + timedelta(days=340))
    assert Mail.objects.filter(kind="interests", recipient=mandate.user).exists()
    actions.confirm_interests(
        mandate_pk=other.pk, at=AT + timedelta(days=341), by=factory.member_actor(other)
    )
    tick(at=AT + timedelta(days=367))
    assert Mandate.objects.get(pk=mandate.pk).state == "interests_overdue"
    assert Mandate.objects.get(pk=other.pk).state == "active"


@pytest.mark.parametrize("examined", [False, True])
def test_a_link_that_is_not_examined_in_time_suspends_new_requests(examined: bool) -> None:
    mandate = factory.member()
    link = actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name="Rives",
        kind="donor",
        at=AT,
        by=factory.member_actor(mandate),
    )
    if examined:
        actions.analyse_link(link_pk=link.pk, severity="without_effect", at=AT, by=factory.ethics_officer())
    tick(at=AT + timedelta(days=17))
    assert Mandate.objects.get(pk=mandate.pk).state == ("active" if examined else "interests_overdue")


def test_a_term_ends_after_three_years_and_what_was_accepted_may_be_finished() -> None:
    row = factory.filled()
    mandate = row.mandate
    assert mandate.ends_on is not None
    end = timezone.make_aware(timezone.datetime.combine(mandate.ends_on, timezone.datetime.min.time()))
    tick(at=end)
    assert Mandate.objects.get(pk=mandate.pk).state == "interests_overdue"
    tick(at=end + timedelta(days=2))
    assert Mandate.objects.get(pk=mandate.pk).state == "ended"
    assert factory.submit(row).state == "submitted"


def test_one_mandate_in_trouble_stops_no_other_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Its journal no longer follows from its head: the database refuses the next event."""
    rows = [factory.member() for _ in range(3)]
    for one in rows:
        actions.resign(mandate_pk=one.pk, at=AT, by=factory.member_actor(one))
    broken, *sound = rows
    thread = Thread.objects.get(pk=broken.thread_id)
    Thread.objects.filter(pk=thread.pk).update(length=0)
    later = AT + timedelta(days=5 * 366)
    report = tick(at=later)
    assert [one for one in report.failures if "mandates_to_erase" in one]
    assert {bool(Mandate.objects.get(pk=one.pk).data_erased_at) for one in sound} == {True}
    kept = Mandate.objects.get(pk=broken.pk)
    assert kept.data_erased_at is None and kept.consent_text
    assert f"key {broken.pk}: IntegrityError" in caplog.text
    assert broken.user.last_name not in caplog.text
    Thread.objects.filter(pk=thread.pk).update(length=thread.length)
    assert not tick(at=later + timedelta(hours=1)).failures
    assert Mandate.objects.get(pk=broken.pk).data_erased_at is not None


def test_a_grid_that_somebody_cannot_release_leaves_the_others_to_be_released() -> None:
    rows = factory.assignments_of(factory.under_review())[:2]
    for row in rows:
        factory.accepted(row)
        actions.end(mandate_pk=row.mandate_id, at=AT, by=Actor.system())
    elsewhere = factory.accepted(factory.assignments_of(factory.under_review(structure(name="Ailleurs")))[0])
    actions.end(mandate_pk=elsewhere.mandate_id, at=AT, by=Actor.system())
    thread = Thread.objects.get(pk=rows[0].application.thread_id)
    Thread.objects.filter(pk=thread.pk).update(length=0)
    report = tick(at=AT + timedelta(days=62))
    assert [one for one in report.failures if "mandates_to_release" in one]
    assert Assignment.objects.get(pk=elsewhere.pk).state == "replaced"
    assert {Assignment.objects.get(pk=row.pk).state for row in rows} == {"accepted"}
