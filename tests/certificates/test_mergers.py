"""A merger: what protected a label protects the one that continues it; what comes too late makes it lapse (5.3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Role
from certificates import actions
from certificates.checklist import missing_in_measure
from certificates.models import Label
from certificates.renewals import renewal_under_way
from certificates.status import status_on
from deadlines.tick import Report, handle_due
from decisions.models import Decision
from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Blocked, Missing
from label.actions import withdraw
from label.models import Application
from structures.models import Structure
from tests.factories import certificates, decisions, measures, renewals, structures, withdrawals
from tests.factories import charter as charters
from tests.factories import label as dossiers
from tests.factories.accounts import acting, staff
from tests.factories.renewals import noon
from tests.factories.structures import AT, representative_of
from workflows import integrity

pytestmark = pytest.mark.django_db
# The label is granted on 4 January 2027 until 3 January 2030: a renewal protects it until 3 September 2029.
END = date(2030, 1, 3)
OPENS = date(2029, 4, 3)
DAY = timedelta(days=1)


def code(label: Label, day: date) -> str:
    return status_on(certificates.read(label), day).code


def successor(*, on: date) -> Structure:
    """A structure that may take an action over from that day."""
    found = structures.structure(name="Nouveau Souffle")
    charters.signature(found, at=noon(on))
    measures.checked(found, at=noon(on))
    return found


def merged(label: Label, found: Structure, *, on: date) -> dict[str, Any]:
    return {"successor_id": found.pk, "event_on": on, "event_proof": "Traité de fusion"}


def another() -> Any:
    return acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)


def taken_over(label: Label, *, on: date) -> Label:
    """The label of the successor, by a merger told of that day and received that day."""
    found = successor(on=on)
    measures.notified(
        label, "transfer", at=noon(on), checked_by=another(), **merged(label, found, on=on - DAY)
    )
    return Label.objects.select_related("structure").get(previous=label)


def tick(day: date) -> None:
    report = Report()
    handle_due(noon(day), report)
    assert report.failures == []


def test_the_renewal_filed_before_a_merger_protects_the_successor_who_goes_on_with_it() -> None:
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    new = taken_over(label, on=date(2029, 10, 1))
    assert (new.ends_on, new.renewal_filed_on) == (END, OPENS)
    before, filed = filed, Application.objects.select_related("structure").get(pk=filed.pk)
    assert filed.structure == new.structure and renewal_under_way(new) == filed
    assert filed.snapshot_id == before.snapshot_id  # what was filed stays as it was filed
    assert Event.objects.filter(subject=subject_key(filed), move="hand_over").exists()
    member, former = representative_of(new.structure).person, representative_of(label.structure).person
    seen = [
        Application.objects.visible_to(one, on=END).filter(pk=filed.pk).exists() for one in (member, former)
    ]
    assert seen == [True, False]
    tick(END + DAY)
    assert code(new, END + DAY) == "extended"  # it waits, as the label before would have
    assert list(integrity.protections_lost()) == []
    decision = renewals.decided(filed, on=date(2030, 2, 1))
    decisions.receive(decision, at=noon(date(2030, 2, 5)))
    granted = Label.objects.get(decision=decision)
    assert (granted.structure, granted.previous, granted.starts_on) == (new.structure, new, END + DAY)
    assert measures.fresh(new).state == "renewed"


def test_a_successor_that_has_a_dossier_open_keeps_the_protection() -> None:
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    found = successor(on=date(2029, 10, 1))
    dossiers.draft(found, at=noon(date(2029, 10, 1)))
    terms = merged(label, found, on=date(2029, 9, 30))
    measures.notified(label, "transfer", at=noon(date(2029, 10, 1)), checked_by=another(), **terms)
    new = Label.objects.get(previous=label)
    assert Application.objects.get(pk=filed.pk).structure_id == label.structure_id
    assert new.renewal_filed_on == OPENS and code(new, END + DAY) == "extended"
    # The dossier left to the former structure ends: nothing is waited for any more.
    withdraw(application_pk=filed.pk, at=noon(date(2029, 11, 1)), by=representative_of(label.structure))
    assert measures.fresh(new).renewal_filed_on is None
    assert code(new, END + DAY) == "expired"


@pytest.mark.parametrize("on", [date(2029, 12, 20), date(2030, 2, 1)])
def test_an_extended_label_is_transferred_until_the_end_of_its_extension(on: date) -> None:
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    until = date(2030, 4, 30)
    measures.notified(label, "extend", at=noon(date(2029, 12, 10)), renewal_id=filed.pk, ends_on=until)
    new = taken_over(label, on=on)
    assert (new.valid_until, new.renewal_filed_on, new.term) == (until, OPENS, END)
    assert [code(new, day) for day in (until, date(2030, 7, 3), date(2030, 7, 4))] == [
        "extended" if on < END else "valid",
        "extended",
        "expired",
    ]
    tick(until + DAY)
    assert measures.fresh(new).state == "in_force"
    # An extension counts from the same day as before: six months after the first end, no more.
    with pytest.raises(Blocked, match="3.juillet 2030"):
        measures.signed(
            new, "extend", at=noon(date(2030, 4, 1)), renewal_id=filed.pk, ends_on=date(2030, 7, 4)
        )
    measures.signed(new, "extend", at=noon(date(2030, 4, 1)), renewal_id=filed.pk, ends_on=date(2030, 7, 3))


def test_a_label_that_waits_for_its_renewal_is_transferred_too() -> None:
    label = certificates.label()
    renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    tick(END + DAY)
    new = taken_over(label, on=date(2030, 2, 1))
    assert (new.ends_on, new.term) == (date(2030, 7, 3), END)
    assert [code(new, date(2030, 7, 3)), code(new, date(2030, 7, 4))] == ["valid", "expired"]


def test_a_withdrawal_and_a_lapse_wait_for_the_receipt_of_a_transfer() -> None:
    label, found = certificates.label(), structures.structure(name="Nouveau Souffle")
    own = certificates.label(found)
    measures.checked(found)
    signed_at = AT + 2 * DAY
    terms = merged(label, found, on=AT.date() + DAY)
    transfer = measures.signed(label, "transfer", at=signed_at, checked_by=another(), **terms)
    page = f"/inca/decisions/{transfer.pk}/"
    for held in (label, own):  # the transfer ends both
        opened = withdrawals.opened(held, at=signed_at)
        advised = withdrawals.advised(
            withdrawals.heard(withdrawals.in_hearing(opened, at=signed_at), at=signed_at)
        )
        at = signed_at + 50 * DAY
        with pytest.raises(Blocked) as refused:
            withdrawals.signed(advised, at=at)
        assert [(one.code, one.url) for one in refused.value.reasons] == [("on_its_way", page)]
    hearing = measures.heard(label, "lapse", at=signed_at)
    event = {"event_on": AT.date() + DAY, "event_proof": "Annonce", "hearing_id": hearing.pk}
    with pytest.raises(Blocked, match="pas encore reçue"):
        measures.signed(label, "lapse", at=signed_at + 40 * DAY, checked_by=another(), **event)


def actions_missing(decision: Decision, on: date) -> list[Missing]:
    return list(missing_in_measure(Decision.objects.get(pk=decision.pk), on))


def test_each_thing_missing_of_a_transfer_leads_to_where_it_is_mended() -> None:
    label = certificates.label()
    opened = withdrawals.opened(label)
    found = structures.structure(name="Sans charte")
    measure = measures.prepared(label, "transfer", **merged(label, found, on=AT.date() - DAY))
    found_missing = actions_missing(measure.decision, AT.date())

    def said(words: str) -> Missing:
        return next(one for one in found_missing if words in str(one.text))

    procedure = said("Une procédure de retrait est ouverte")
    assert (procedure.url, procedure.code) == (f"/inca/retraits/{opened.pk}/", "withdrawal")
    charter = said("n'a pas signé la charte en vigueur")
    assert charter.code == "id_successor" and charter.url.endswith("#id_successor")
    assert said("La fusion vient après le début du label").code == "id_event_on"


def test_a_merger_not_followed_by_a_transfer_within_ninety_days_makes_the_label_lapse() -> None:
    """Domain 5.3: the successor signs the charter and is checked within 90 days, else the label is « caduc »."""
    label = certificates.label()
    event_on = AT.date() + timedelta(days=10)
    at = noon(event_on)
    found = successor(on=event_on)
    last, over = noon(event_on + timedelta(days=90)), noon(event_on + timedelta(days=91))
    in_time = measures.prepared(label, "transfer", at=last, **merged(label, found, on=event_on))
    actions.check_event(measure_pk=in_time.pk, at=last, by=another())
    assert actions_missing(in_time.decision, last.date()) == []
    assert [one.code for one in actions_missing(in_time.decision, over.date())] == ["id_event_on"]
    hearing = measures.heard(label, "lapse", at=at + timedelta(days=55))
    event = {"event_on": event_on, "event_proof": "Traité de fusion", "hearing_id": hearing.pk}
    measures.signed(label, "lapse", at=over, checked_by=another(), **event)
    label = measures.fresh(label)
    assert (label.state, label.ended_on) == ("lapsed", event_on)
    assert Decision.objects.get(pk=in_time.decision_id).state == "abandoned"  # with the label
