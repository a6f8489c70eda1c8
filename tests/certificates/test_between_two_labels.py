"""From the receipt of a renewal to the last day of the old label: what is decided on the next one holds for both.

The public reads the number printed on the old certificate all that time (docs/adr/0029).
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates import actions
from certificates.actions import make_what_a_crash_left
from certificates.credential.checking import check
from certificates.credential.status_lists import refresh_status_lists
from certificates.models import Label, Suspension, Withdrawal
from certificates.questions import condition_overdue_on, suspended_on, valid_on, withdrawn_on
from certificates.status import status_on, with_periods
from deadlines.tick import Report, handle_due
from decisions import actions as acts
from decisions.models import Decision
from journal.models import Event
from portal.register import Choice, page_of, search
from portal.verification import complete, heading_of, history
from portal.words import sentence
from tests.certificates.credential.test_status_lists import credentials_of, published
from tests.factories import (
    appeals,
    certificates,
    decisions,
    feedback,
    measures,
    renewals,
    structures,
    withdrawals,
)
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.renewals import noon
from tests.factories.structures import representative_of
from workflows import integrity

pytestmark = pytest.mark.django_db
# The old label is granted on 4 January 2027 until 3 January 2030; its renewal is received on 5 October 2029.
END = date(2030, 1, 3)
OPENS, RECEIVED, THEN = date(2029, 4, 3), date(2029, 10, 5), date(2029, 10, 20)
DAY = timedelta(days=1)


def renewed(label: Label | None = None, **changes: Any) -> tuple[Label, Label]:
    """A label, and the one that its renewal grants, three months before it starts."""
    old = label or certificates.label()
    filed = renewals.filed(renewals.draft(old, on=OPENS), on=OPENS)
    decision = renewals.decided(filed, on=date(2029, 10, 1), **changes)
    decisions.receive(decision, at=noon(RECEIVED))
    return measures.fresh(old), Label.objects.select_related("structure").get(decision=decision)


def withdrawn_before_it_starts(new: Label, *, kind: str = "withdraw") -> Decision:
    """The act, received, that ends that label before its first day, from the receipt or from its origin."""
    opened = withdrawals.opened(new, at=noon(date(2029, 10, 6)))
    measure = {"measure": kind} if kind == "annul" else {}
    hearing = withdrawals.in_hearing(opened, at=noon(date(2029, 10, 6)), **measure)
    advised = withdrawals.advised(withdrawals.heard(hearing, at=noon(date(2029, 10, 6))))
    return withdrawals.withdrawn(advised, at=noon(date(2029, 10, 20)), kind=kind)


def code(label: Label, day: date) -> str:
    return status_on(certificates.read(label), day).code


def told(label: Label, day: date) -> dict[str, Any]:
    """What programs read of that number on that day."""
    found: dict[str, Any] = Client().get(f"/verifier/{label.number}.json?on={day}").json()
    return found


def said(label: Label, day: date) -> str:
    """The sentence and the history that a person reads that day of that number."""
    heading = heading_of(label.number)
    assert heading is not None
    public = complete(heading)
    rows = [f"{row['words']} {row.get('detail', '')}" for row in history(public, day)]
    told = " ".join([sentence(public, public.status(day)), *rows])
    return " ".join(re.sub("<[^>]+>", "", told).replace("\xa0", " ").split())


def today_is(day: date) -> date:
    """Move the labels, as they stand that day, to the day on which this test runs; gives that day."""
    today, columns = timezone.localdate(), ("starts_on", "ends_on", "ended_on")
    for label in Label.objects.all():
        dates = {name: getattr(label, name) for name in columns if getattr(label, name)}
        Label.objects.filter(pk=label.pk).update(
            **{name: found + (today - day) for name, found in dates.items()}
        )
    return today


def listed(day: date) -> list[str]:
    return [entry.label.number for entry in page_of(search(Choice(), on=day)).entries]


def all_agree(*days: date) -> None:
    """Page, program, register, counts and status say the same of every label on each of those days."""
    for day in days:
        for label in with_periods(Label.objects.all()):
            status = status_on(label, day)
            assert told(label, day)["status"] == status.code, (label, day)
        for test, codes in (
            (valid_on, {"valid", "valid_with_conditions", "extended"}),
            (suspended_on, {"suspended"}),
            (withdrawn_on, {"withdrawn"}),
        ):
            expected = {
                one.pk for one in with_periods(Label.objects.all()) if status_on(one, day).code in codes
            }
            assert set(Label.objects.filter(test(day)).values_list("pk", flat=True)) == expected, (test, day)
        current = [
            one for one in with_periods(Label.objects.order_by("pk")) if status_on(one, day).is_current
        ]
        assert sorted(listed(day)) == sorted(one.number for one in current)
    assert list(integrity.labels_renewed_by_nothing()) == []
    assert list(integrity.under_way_on_an_ended_label()) == []


def test_a_suspension_before_the_next_label_starts_shows_on_the_number_that_people_hold() -> None:
    old, new = renewed()
    decision = measures.notified(new, "suspend", at=noon(THEN), ends_on=date(2029, 12, 1))
    letter = json.dumps(decision.letter.content, ensure_ascii=False)
    assert old.number in letter and new.number in letter
    days = (THEN - DAY, THEN, date(2029, 12, 1), date(2029, 12, 2), END, END + DAY)
    assert [code(old, day) for day in days] == [
        "valid",
        "suspended",
        "suspended",
        "valid",
        "valid",
        "renewed",
    ]
    assert [code(new, day) for day in days] == ["not_yet_issued"] * 5 + ["valid"]
    assert "une vérification est en cours" in said(old, THEN)
    found = search(Choice(), on=THEN)
    assert (found.keys, found.suspended) == ([old.pk], frozenset({old.pk}))
    measures.notified(new, "lift", at=noon(date(2029, 11, 5)))
    assert [code(old, day) for day in (date(2029, 11, 4), date(2029, 11, 5))] == ["suspended", "valid"]
    all_agree(THEN - DAY, THEN, date(2029, 11, 5), END, END + DAY)


def test_the_pages_of_a_label_renewed_tell_its_suspension_and_lead_to_the_next_one(client: Client) -> None:
    old, new = renewed()
    today = today_is(THEN)
    assert [one.pk for one in client.get("/").context["last_labels"]] == [old.pk]
    assert client.get(f"/verifier/{old.number}.json").json()["status"] == "valid"
    measures.notified(new, "suspend", at=timezone.now(), ends_on=today + 9 * DAY)
    # An answer kept for a minute is never older than the measure.
    assert client.get(f"/verifier/{old.number}.json").json()["status"] == "suspended"
    assert client.get("/").context["last_labels"] == []
    assert client.get(f"/api/v1/labels/{old.number}").json()["status"] == "suspended"
    officer = signed_in(Client(), measures.officer_of(new).person)
    staff_page = officer.get(reverse("staff_label", args=[old.number]))
    assert staff_page.context["status"].code == "suspended"
    assert f"Les actes se prennent sur le label {new.number}" in staff_page.content.decode()
    signed_in(client, representative_of(new.structure).person)
    page = client.get(reverse("space_label"))
    assert (page.context["status"].code, page.context["label"]) == ("suspended", old)
    assert reverse("relinquish", args=[new.number]) in page.content.decode()


def test_a_suspension_over_the_start_of_the_next_label_never_stops_in_between() -> None:
    old, new = renewed()
    measures.notified(new, "suspend", at=noon(date(2029, 12, 1)), ends_on=date(2030, 2, 1))
    assert [code(old, END), code(new, END + DAY), code(new, date(2030, 2, 2))] == [
        "suspended",
        "suspended",
        "valid",
    ]
    all_agree(date(2029, 12, 1), END, END + DAY)


def test_a_suspension_that_goes_on_is_lifted_before_the_next_label_starts() -> None:
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    certificates.suspended(label, since=date(2029, 9, 20), until=date(2029, 12, 15))
    decision = renewals.decided(filed, on=date(2029, 10, 1), suspension_outcome="goes_on")
    decisions.receive(decision, at=noon(RECEIVED))
    new = Label.objects.get(decision=decision)
    assert code(label, THEN) == "suspended"
    lifting = measures.notified(new, "lift", at=noon(THEN))
    assert lifting.measure.suspension == Suspension.objects.get(label=label)
    assert [code(label, day) for day in (THEN - DAY, THEN, END)] == ["suspended", "valid", "valid"]
    assert code(new, END + DAY) == "valid"


def test_a_condition_set_before_the_next_label_starts_shows_on_the_old_one() -> None:
    old, new = renewed()
    hearing = measures.heard(new, "conditions", at=noon(date(2029, 10, 6)))
    at, due_on = noon(date(2029, 11, 10)), date(2029, 12, 10)
    measures.notified(
        new, "conditions", at=at, hearing_id=hearing.pk, conditions=measures.one_condition(due_on)
    )
    shown = status_on(certificates.read(old), at.date())
    assert (shown.code, shown.until) == ("valid_with_conditions", due_on)
    assert Label.objects.filter(condition_overdue_on(due_on + DAY)).get() == old
    assert Label.objects.filter(condition_overdue_on(END + DAY)).get() == new
    all_agree(at.date() - DAY, at.date(), END, END + DAY)


@pytest.mark.parametrize("kind", ["withdraw", "annul"])
def test_a_label_withdrawn_before_it_starts_takes_the_old_number_with_it_and_gives_it_back(kind: str) -> None:
    """The act from the origin is about the renewal: the old label was valid until its holder received it."""
    old, new = renewed()
    act = withdrawn_before_it_starts(new, kind=kind)
    gone = measures.fresh(new).ended_on
    assert gone < END
    assert [code(old, day) for day in (gone - DAY, gone, END, END + DAY)] == ["valid", *["withdrawn"] * 3]
    assert code(new, gone) == {"withdraw": "withdrawn", "annul": "annulled"}[kind]
    assert listed(gone) == [] and "L'Institut a retiré ce label" in said(old, gone)
    all_agree(gone - DAY, gone, END, END + DAY)
    at = noon(gone + 10 * DAY)
    appeals.answered(appeals.taken(appeals.lodged(act, at=at), at=at), "upheld", at=at)
    days = (gone - DAY, gone, at.date() - DAY, at.date(), END)
    assert [code(old, day) for day in days] == ["valid", "withdrawn", "withdrawn", "valid", "valid"]
    assert listed(at.date()) == [old.number]
    assert "Label rétabli" in said(old, at.date() + DAY)
    all_agree(at.date(), END, END + DAY)  # the register is asked of no day that is past


@pytest.mark.parametrize(
    ("cause", "kind"), [("upheld", "withdraw"), ("upheld", "annul"), ("judge", "withdraw")]
)
def test_the_number_that_comes_back_with_the_next_label_has_a_credential_that_verifies(
    cause: str, kind: str
) -> None:
    """What was revoked stays so: the old certificate is issued again, linked, and says what it said."""
    old, new = renewed()
    make_what_a_crash_left(noon(RECEIVED))
    act = withdrawn_before_it_starts(new, kind=kind)
    at = noon(measures.fresh(new).ended_on + 10 * DAY)
    refresh_status_lists(at)
    assert [published(one)["revocation"] for one in credentials_of(old) + credentials_of(new)] == [True, True]
    if cause == "judge":
        by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
        facts = {"happened_on": at.date(), "at": at, "by": by}
        court = {"court": "TA", "number": "1", "brought_by": "holder", "opened_on": at.date()}
        case = acts.open_litigation(decision_pk=act.pk, **court, at=at, by=by)
        acts.add_step(litigation_pk=case.pk, kind="interim_ordered", **facts)
        acts.add_step(litigation_pk=case.pk, kind="annulled", **facts)
    else:
        appeals.answered(appeals.taken(appeals.lodged(act, at=at), at=at), "upheld", at=at)
    assert make_what_a_crash_left(at) == 2
    refresh_status_lists(at)
    for label in (old, new):
        first, last = credentials_of(label)
        assert last.certificate.replaces == first.certificate
        assert published(first)["revocation"]
        assert published(last) == {"revocation": False, "suspension": False}
        assert check(last.content, on=at.date()).code == "genuine"
        assert check(first.content, on=at.date()).code == "replaced"
    assert "reissue_certificate" in Event.objects.filter(thread=old.thread_id).values_list("move", flat=True)
    assert list(integrity.status_lists_that_differ()) == []


def test_a_next_label_given_back_once_it_has_started_leaves_the_old_certificate_as_it_is() -> None:
    old, new = renewed()
    make_what_a_crash_left(noon(RECEIVED))
    act = withdrawn_before_it_starts(new)
    at = noon(END + 10 * DAY)
    appeals.answered(appeals.taken(appeals.lodged(act, at=at), at=at), "upheld", at=at)
    assert (old.certificates.count(), new.certificates.count()) == (1, 2)


def test_a_holder_gives_both_numbers_up_at_once() -> None:
    old, new = renewed()
    by = representative_of(new.structure)
    actions.relinquish(label_pk=new.pk, statement=new.number, at=noon(THEN), by=by)
    assert [code(old, THEN - DAY), code(old, THEN), code(new, THEN)] == [
        "valid",
        "relinquished",
        "relinquished",
    ]
    assert "L'association y a renoncé le 20 octobre 2029" in said(new, THEN)
    all_agree(THEN - DAY, THEN, END + DAY)


def test_a_dissolution_before_the_next_label_starts_ends_both() -> None:
    old, new = renewed()
    hearing = measures.heard(new, "lapse", at=noon(date(2029, 10, 10)))
    other = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    event = {"event_on": date(2029, 10, 8), "event_proof": "Journal officiel, annonce 12"}
    measures.signed(
        new, "lapse", at=noon(date(2029, 11, 20)), hearing_id=hearing.pk, checked_by=other, **event
    )
    assert [code(old, day) for day in (date(2029, 10, 7), date(2029, 10, 8))] == ["valid", "lapsed"]
    all_agree(date(2029, 10, 7), date(2029, 11, 20), END + DAY)


def test_a_merger_before_the_next_label_starts_names_the_number_of_the_successor() -> None:
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    certificates.suspended(label, since=date(2029, 9, 20), until=date(2029, 12, 15))
    decision = renewals.decided(filed, on=date(2029, 10, 1), suspension_outcome="goes_on")
    decisions.receive(decision, at=noon(RECEIVED))
    old, new = measures.fresh(label), Label.objects.select_related("structure").get(decision=decision)
    successor = measures.taken_over(new, at=noon(THEN))
    assert (successor.starts_on, successor.ends_on) == (THEN, new.ends_on)
    assert (code(old, THEN), code(new, THEN), code(successor, THEN)) == (
        "transferred",
        "transferred",
        "suspended",
    )
    assert code(successor, date(2029, 12, 16)) == "valid"
    for former in (old, new):
        assert told(former, THEN)["replaced_by"] == successor.number
        assert f"porté par Nouveau Souffle, sous le numéro {successor.number}" in said(former, THEN)
    all_agree(THEN - DAY, date(2029, 12, 16), END + DAY)


def test_a_judge_who_annuls_a_renewal_takes_nothing_from_the_label_before_it() -> None:
    old, new = renewed()
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    facts = {
        "court": "TA",
        "number": "1",
        "brought_by": "other",
        "opened_on": THEN,
        "at": noon(THEN),
        "by": by,
    }
    case = acts.open_litigation(decision_pk=new.decision_id, **facts)
    acts.add_step(litigation_pk=case.pk, kind="annulled", happened_on=THEN, at=noon(THEN), by=by)
    assert Decision.objects.get(pk=new.decision_id).state == "annulled"
    assert (code(old, THEN), code(old, END), code(new, THEN)) == ("valid", "valid", "annulled")
    assert code(old, END + DAY) == "expired" and told(old, END + DAY)["replaced_by"] is None
    all_agree(THEN, END, END + DAY)


def test_a_report_about_the_old_number_leads_to_the_label_in_course() -> None:
    old, new = renewed()
    feedback.confirmed(feedback.World(label=old, at=noon(THEN)), measure="withdrawal")
    assert Withdrawal.objects.get().label == new


def test_the_night_leaves_what_is_told_as_it_is() -> None:
    old, new = renewed()
    measures.notified(new, "suspend", at=noon(THEN), ends_on=date(2029, 12, 1))
    for day in (date(2029, 12, 2), END + DAY):
        before = [code(one, day) for one in (old, new)]
        report = Report()
        handle_due(noon(day), report)
        assert report.failures == []
        assert [code(one, day) for one in (old, new)] == before


def test_the_register_asks_the_same_whatever_the_number_of_labels_renewed(
    client: Client, django_assert_num_queries: Any
) -> None:
    """Ten at most (design section 8): one more for what the next labels are, one more for which are suspended."""
    for names in (["Une"], ["Deux", "Trois"]):
        for name in names:
            renewed(certificates.label(structures.structure(name=name)))
        today_is(THEN if len(names) == 1 else timezone.localdate())
        with django_assert_num_queries(9):
            assert client.get(reverse("register")).status_code == 200
        with django_assert_num_queries(6):
            client.get("/api/v1/labels")


def test_the_verification_page_asks_two_questions_of_a_label_renewed(
    client: Client, django_assert_num_queries: Any
) -> None:
    old, new = renewed()
    measures.notified(new, "suspend", at=noon(THEN), ends_on=date(2029, 12, 1))
    for address in (reverse("verify_label", args=[old.number]), f"/verifier/{old.number}.json?on={THEN}"):
        caches["answers"].clear()
        with django_assert_num_queries(2):
            client.get(address)
