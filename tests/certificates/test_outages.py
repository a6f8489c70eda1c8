"""What an outage of the service gives back to who holds a label, deadline by deadline (domain 5.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from certificates import actions
from certificates.models import Condition, FollowUp, Hearing, Label, Withdrawal
from certificates.renewals import window_of
from deadlines import actions as deadlines
from deadlines.calendar import after_an_outage
from deadlines.models import Deadline, Extension
from deadlines.tick import tick
from decisions.models import Decision
from journal.models import Event
from letters.models import Mail
from tests.factories import (
    appeals,
    certificates,
    decisions,
    follow_ups,
    measures,
    outages,
    renewals,
    withdrawals,
)
from tests.factories.structures import AT
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
POST = timedelta(days=settings.OBSERVATIONS_POST_DAYS)  # letters go by post in this world


def sound() -> None:
    assert list(deadlines.wrongly_computed()) == []
    assert [one for one in breaches() if "clock" in one or "state" in one] == []


def test_a_follow_up_is_late_no_longer() -> None:
    follow_up = follow_ups.overdue()
    due_on = follow_up.due_on
    extension = outages.applied(due_on, at=outages.moment(due_on + DAY, 23))
    fresh = FollowUp.objects.get(pk=follow_up.pk)
    assert (extension.kind, extension.outcome) == ("follow_up", "moved")
    assert (fresh.state, fresh.due_on) == ("open", extension.due_on)
    assert Deadline.objects.running().of(fresh).get(kind="follow_up").due_on == extension.due_on
    assert Event.objects.filter(move="gain_time").count() == 1
    assert Mail.objects.filter(kind="more_time").exists()
    tick(outages.moment(extension.due_on))
    assert FollowUp.objects.get(pk=follow_up.pk).state == "open"
    tick(outages.moment(extension.due_on + DAY))
    assert FollowUp.objects.get(pk=follow_up.pk).state == "overdue"
    sound()


def test_a_follow_up_sent_in_time_or_escalated() -> None:
    follow_up = follow_ups.sent()
    outages.confirmed(follow_up.due_on, at=outages.moment(follow_up.due_on, 23))
    tick(outages.moment(follow_up.due_on, 23))
    assert not Extension.objects.exclude(outcome="nothing").exists()
    assert not Mail.objects.filter(kind="more_time").exists()


def test_a_gap_and_a_condition_have_more_time() -> None:
    follow_up = follow_ups.with_gaps()
    gap = follow_up.gaps.order_by("due_on").first()
    assert gap is not None
    extension = outages.applied(gap.due_on)
    assert follow_up.gaps.get(pk=gap.pk).due_on == extension.due_on == after_an_outage(gap.due_on)

    label = certificates.label(kind="grant_with_conditions")
    condition = Condition.objects.get(label=label)
    outages.confirmed(condition.due_on)
    tick(outages.moment(condition.due_on, 22))
    moved = Extension.objects.get(kind="condition")
    assert Condition.objects.get(pk=condition.pk).due_on == moved.due_on
    sound()


def test_a_hearing_has_more_time_and_one_that_its_date_closed_opens_again() -> None:
    label = certificates.label()
    hearing = measures.invited(label)
    measures.received(hearing.letter)
    last = Hearing.objects.get(pk=hearing.pk).answer_until
    assert last is not None
    closes = last + POST + DAY
    tick(outages.moment(closes))
    assert Hearing.objects.get(pk=hearing.pk).closed_on is not None

    extension = outages.applied(last, at=outages.moment(closes, 22))

    fresh = Hearing.objects.get(pk=hearing.pk)
    assert (extension.outcome, fresh.closed_on, fresh.answer_until) == ("given_back", None, extension.due_on)
    assert Deadline.objects.running().of(fresh).get(kind="observations").due_on == extension.due_on
    tick(outages.moment(extension.due_on + POST + DAY))
    assert Hearing.objects.get(pk=hearing.pk).closed_on is not None
    sound()


def test_a_hearing_on_which_an_act_rests_is_for_a_person() -> None:
    label = certificates.label()
    hearing = measures.invited(label)
    measures.received(hearing.letter)
    last = Hearing.objects.get(pk=hearing.pk).answer_until
    assert last is not None
    tick(outages.moment(last + POST + DAY))
    clock = Deadline.objects.of(hearing).get(kind="observations")
    signed_at = AT + timedelta(days=40)
    measures.signed(label, "suspend", at=signed_at, hearing_id=hearing.pk)
    outage = outages.confirmed(last, at=signed_at + DAY)
    tick(signed_at + DAY)
    assert Extension.objects.get(outage=outage, deadline=clock).outcome == "to_do"
    assert Hearing.objects.get(pk=hearing.pk).closed_on is not None


def test_the_answer_before_a_refusal_has_more_time() -> None:
    label = certificates.label()
    opens = window_of(label).opens_on
    filed = renewals.filed(renewals.draft(label, on=opens), on=opens)
    advised = renewals.advised(filed, on=opens, opinion="unfavourable")
    hearing = actions.offer_refusal_hearing(
        application_pk=advised.pk,
        contemplated="Les comptes ne sont pas publiés.",
        at=renewals.noon(opens),
        by=decisions.officer_of(advised),
    )
    measures.received(hearing.letter, at=renewals.noon(opens))
    last = Hearing.objects.get().answer_until
    assert last is not None
    outages.confirmed(last)
    assert tick(outages.moment(last, 22)).extended == 1
    assert Hearing.objects.get().answer_until == after_an_outage(last)
    assert Extension.objects.get(kind="observations").outcome == "moved"
    assert tick(outages.moment(last, 23)).extended == 0


def test_a_hearing_served_by_post_closes_as_many_days_after_its_new_date() -> None:
    label = certificates.label()
    hearing = measures.invited(label)
    assert hearing.is_by_post()
    measures.received(hearing.letter)
    last = Hearing.objects.get(pk=hearing.pk).answer_until
    assert last is not None
    extension = outages.applied(last)
    clocks = Deadline.objects.running().of(Hearing.objects.get(pk=hearing.pk))
    assert {one.kind: one.due_on for one in clocks} == {
        "observations": extension.due_on,
        "observations_by_post": extension.due_on + POST,
    }
    tick(outages.moment(extension.due_on + DAY))
    assert Hearing.objects.get(pk=hearing.pk).closed_on is None
    tick(outages.moment(extension.due_on + POST + DAY))
    assert Hearing.objects.get(pk=hearing.pk).closed_on is not None
    sound()


def test_a_formal_notice_has_more_time() -> None:
    found = withdrawals.on_notice()
    assert found.comply_by is not None
    extension = outages.applied(found.comply_by)
    fresh = Withdrawal.objects.get(pk=found.pk)
    assert fresh.comply_by == extension.due_on
    assert extension.whose.endswith(f":{fresh.label.structure_id}")
    sound()


def test_an_act_is_contested_here_until_the_new_date_and_in_court_until_the_same() -> None:
    decision = decisions.receive(appeals.refused())
    gracious, court = decision.gracious_until, decision.court_until
    assert gracious is not None
    extension = outages.applied(gracious)
    fresh = Decision.objects.get(pk=decision.pk)
    assert (extension.kind, extension.deadline) == ("gracious", None)
    assert (fresh.gracious_until, fresh.court_until) == (extension.due_on, court)
    assert "saisir le tribunal ne change pas" in Mail.objects.filter(kind="more_time").latest("pk").text
    tick(outages.moment(gracious, 22))
    assert Extension.objects.count() == 1
    appeal = appeals.lodged(fresh, at=outages.moment(extension.due_on))
    assert appeal.is_late is False


def test_an_appeal_noted_late_meanwhile_is_for_a_person() -> None:
    decision = decisions.receive(appeals.refused())
    gracious = decision.gracious_until
    assert gracious is not None
    appeal = appeals.lodged(decision, at=outages.moment(gracious + DAY))
    assert appeal.is_late is True
    extension = outages.applied(gracious, at=outages.moment(gracious + DAY, 22))
    assert extension.outcome == "to_do"


def test_a_renewal_noted_late_protects_the_label_after_all() -> None:
    label = certificates.label()
    limit = window_of(label).protected_until
    tick(renewals.noon(window_of(label).opens_on))
    renewals.filed(renewals.draft(label, on=limit - 10 * DAY), on=limit + DAY)
    assert Label.objects.get(pk=label.pk).renewal_filed_on is None

    outages.confirmed(limit, at=outages.moment(limit + DAY, 22))
    report = tick(outages.moment(limit + DAY, 22))

    assert report.failures == []
    assert Label.objects.get(pk=label.pk).renewal_filed_on == limit + DAY
    assert Extension.objects.get(kind="renewal").outcome == "moved"
    sound()
