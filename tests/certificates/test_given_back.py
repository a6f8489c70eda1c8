"""A label given back by an appeal or a judge: the time that was taken from its holder (docs/adr/0030)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from certificates.models import Condition, Label
from certificates.openings import band
from certificates.questions import condition_overdue_on, valid_on
from certificates.status import status_on
from deadlines.models import Deadline
from deadlines.tick import Report, handle_due
from journal.refusals import Blocked
from label.actions import withdraw
from letters.models import Letter, Mail
from letters.spoken import told_date
from letters.typography import french_date
from tests.factories import appeals, certificates, measures, renewals, withdrawals
from tests.factories.accounts import signed_in
from tests.factories.renewals import noon
from tests.factories.structures import representative_of
from workflows import integrity, todo

pytestmark = pytest.mark.django_db
# The label is granted on 4 January 2027 until 3 January 2030: a renewal protects it until 3 September 2029.
END = date(2030, 1, 3)
DAY = timedelta(days=1)


def given_back(label: Label, *, lost: date, on: date) -> Label:
    """A label withdrawn from the first day, by the whole procedure, and given back on the other by an appeal."""
    at = noon(lost - 50 * DAY)
    found = withdrawals.in_hearing(withdrawals.opened(label, at=at), at=at)
    act = withdrawals.withdrawn(withdrawals.advised(withdrawals.heard(found, at=at)), at=at)
    lodged = noon(lost + DAY)
    appeals.answered(appeals.taken(appeals.lodged(act, at=lodged), at=lodged), "upheld", at=noon(on))
    return Label.objects.select_related("structure", "application").get(pk=label.pk)


def code(label: Label, day: date) -> str:
    return status_on(certificates.read(label), day).code


def tick(day: date) -> None:
    report = Report()
    handle_due(noon(day), report)
    assert report.failures == []


@pytest.mark.parametrize("on", [date(2029, 11, 30), END, END + DAY, date(2030, 1, 30)])
def test_a_label_given_back_late_has_six_months_to_be_renewed_without_a_gap(on: date) -> None:
    label = given_back(certificates.label(), lost=date(2029, 11, 20), on=on)
    until = label.term
    assert (until.day, (until.month - on.month) % 12) == (on.day, 6)
    assert band(label, on + DAY).startswith("À déposer avant le")
    tick(on)
    assert french_date(until) in Letter.objects.get(code="L9b").content["subject"]
    assert code(label, on) in ("valid", "extended") and code(label, until) == "extended"
    member = representative_of(label.structure).person
    reader = todo.Reader(member, on, structures=(label.structure_id,))
    assert [task.due_on for task in todo.todo_for(reader, "space") if task.key.startswith("renewal")] == [
        until
    ]

    filed = renewals.filed(renewals.draft(label, on=on + DAY), on=on + DAY)
    label = measures.fresh(label)
    assert label.renewal_filed_on == on + DAY
    tick(until + DAY)
    assert code(label, until + DAY) == "extended"  # it waits for a person
    assert list(Label.objects.filter(valid_on(until + DAY))) == [label]
    assert list(Label.objects.listed(on=until + DAY)) == [label]
    soon = noon(until - 20 * DAY)
    longer = until + 60 * DAY
    measures.signed(label, "extend", at=soon, renewal_id=filed.pk, ends_on=longer)
    assert measures.fresh(label).valid_until == longer
    assert list(integrity.protections_lost()) == []


def test_a_label_given_back_late_and_not_renewed_ends_after_its_six_months() -> None:
    label = given_back(certificates.label(), lost=date(2029, 11, 20), on=date(2029, 12, 20))
    until = date(2030, 6, 20)
    tick(END + DAY)
    assert [code(label, day) for day in (END, END + DAY, until, until + DAY)] == [
        "valid",
        "extended",
        "extended",
        "expired",
    ]
    tick(until)
    assert measures.fresh(label).state == "in_force"
    tick(until + DAY)
    assert measures.fresh(label).ended_on == until + DAY


def test_a_renewal_given_up_leaves_the_six_months_that_were_given() -> None:
    label = given_back(certificates.label(), lost=date(2029, 11, 20), on=date(2029, 12, 20))
    filed = renewals.filed(renewals.draft(label, on=date(2030, 1, 5)), on=date(2030, 1, 5))
    withdraw(application_pk=filed.pk, at=noon(date(2030, 1, 20)), by=representative_of(label.structure))
    label = measures.fresh(label)
    assert (label.renewal_filed_on, label.valid_until) == (None, date(2030, 6, 20))
    again = renewals.filed(renewals.draft(label, on=date(2030, 3, 1)), on=date(2030, 3, 1))
    assert again.pk and measures.fresh(label).renewal_filed_on == date(2030, 3, 1)


def test_a_label_given_back_in_time_keeps_its_dates() -> None:
    label = given_back(certificates.label(), lost=date(2029, 5, 1), on=date(2029, 6, 1))
    assert (label.term_on, label.extended_until) == (None, None)
    with pytest.raises(Blocked):
        measures.signed(label, "extend", at=noon(date(2029, 12, 1)), ends_on=END + 30 * DAY)


def test_a_condition_has_the_days_that_were_taken_from_its_holder(client: Client) -> None:
    """Its day passed while nobody had anything to correct."""
    label = certificates.label(kind="grant_with_conditions")
    condition = label.conditions.get()
    lost, on = condition.due_on - 10 * DAY, condition.due_on + 40 * DAY
    label = given_back(label, lost=lost, on=on)
    condition = Condition.objects.get(pk=condition.pk)
    assert condition.due_on == on + 10 * DAY
    assert Deadline.objects.running().get(kind="condition").due_on == condition.due_on
    assert not Label.objects.filter(condition_overdue_on(on)).exists()
    told = Mail.objects.filter(kind="condition_due").order_by("-pk").first()
    assert told is not None and told_date(condition.due_on).replace("\xa0", " ") in told.title
    signed_in(client, representative_of(label.structure).person)
    page = client.get(reverse("condition_proof", args=[condition.pk])).content.decode()
    assert "La date est repoussée" in page


def test_a_condition_that_was_late_before_stays_late() -> None:
    label = certificates.label(kind="grant_with_conditions")
    due_on = label.conditions.get().due_on
    given_back(label, lost=due_on + 20 * DAY, on=due_on + 60 * DAY)
    assert label.conditions.get().due_on == due_on
