"""Measures on a label lived through the real actions: suspended, lifted, extended, ended, handed over."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from certificates import actions
from certificates.actions.follow_ups.planning import plan_what_is_left
from certificates.actions.relinquishing import STATEMENT
from certificates.actions.restoring import restore
from certificates.models import Condition, Label, Measure, RecognisedSolution, Suspension
from certificates.status import status_on
from certificates.undoing import end_the_suspension
from deadlines.calendar import add_months
from deadlines.models import Deadline
from deadlines.tick import tick
from decisions import actions as acts
from decisions.effects import served_among
from decisions.models import Appeal, Decision
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed, Stale
from letters.models import Letter, Mail, StoredFile
from letters.typography import french_date
from structures.models import Registration, Structure
from tests.factories import appeals, certificates, decisions, measures, structures
from tests.factories.accounts import acting, signatory, signed_in, staff
from tests.factories.structures import AT, PDF, representative_of
from tests.reading import words
from workflows.integrity import measures_without_end
from workflows.todo import Reader, todo_for

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=40)


def code(label: Label, day: date | datetime) -> str:
    on = timezone.localdate(day) if isinstance(day, datetime) else day
    return status_on(certificates.read(label), on).code


def refused(label: Label, kind: str, **changes: Any) -> str:
    """Why that act cannot be sent."""
    measure = measures.prepared(label, kind, **changes)
    with pytest.raises(Blocked) as error:
        acts.send_for_signature(
            decision_pk=measure.decision_id, at=changes.get("at", AT), by=measures.officer_of(label)
        )
    return str(error.value)


def test_a_suspension_binds_from_its_receipt_and_ends_by_itself() -> None:
    label = certificates.label()
    hearing = measures.heard(label)
    decision = measures.signed(label, "suspend", at=LATER, hearing_id=hearing.pk)

    assert measures.fresh(label).state == "in_force"
    assert not Suspension.objects.exists()
    member = representative_of(label.structure).user
    assert Label.objects.visible_to(member, on=LATER.date()).get().state == "in_force"

    received = LATER + timedelta(days=4)
    decisions.receive(decision, at=received)
    period = Suspension.objects.get(label=label)
    assert measures.fresh(label).state == "suspended"
    assert (period.starts_on, period.ends_on) == (received.date(), (LATER + timedelta(days=80)).date())
    assert [code(label, received - timedelta(days=1)), code(label, received)] == ["valid", "suspended"]
    clock = Deadline.objects.get(kind="suspension")
    assert clock.due_on == period.ends_on
    assert clock.proof == f"letters.letter:{decision.letter.pk}"

    end = datetime.combine(period.ends_on, received.timetz())
    for days in (-30, -15, -3, 0):
        tick(end + timedelta(days=days))
    alerts = Mail.objects.filter(kind="suspension_ends").values_list("key", flat=True)
    assert {key.split(":")[2] for key in alerts} == {"-30", "-15", "-3", "0"}
    assert measures.fresh(label).state == "suspended"
    assert code(label, period.ends_on + timedelta(days=1)) == "valid"  # before the night has worked
    tick(end + timedelta(days=41))  # forty days late
    tick(end + timedelta(days=41))
    label = measures.fresh(label)
    assert (label.state, label.ends_on) == ("in_force", date(2030, 1, 3))
    assert Suspension.objects.get(label=label).lifted_on == period.ends_on + timedelta(days=1)


def test_an_urgent_suspension_needs_no_hearing_but_its_reason() -> None:
    label = certificates.label()
    assert "pourquoi la sécurité" in refused(label, "suspend", urgency_reason="Danger.")
    assert "L13b" in refused(label, "suspend", urgency_reason="")
    measures.notified(label, "suspend")
    assert measures.fresh(label).state == "suspended"
    letter = Letter.objects.get(code="L11")
    assert "L. 121-2" in str(letter.content)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": None}, "obligatoire"),
        ({"ends_on": AT.date()}, "vient après son début"),
        ({"ends_on": AT.date() + timedelta(days=120)}, "dure 3\xa0mois au plus"),
        ({"starts_on": AT.date() - timedelta(days=1)}, "avant sa signature"),
        ({"public_reason": ""}, "raison que tout le monde"),
        ({"what_lifts_it": " "}, "ce qui fera lever"),
    ],
)
def test_a_suspension_without_its_parts_is_refused(
    changes: dict[str, Any], words: str, shared_label: Label
) -> None:
    assert words in refused(shared_label, "suspend", **changes)
    assert not Suspension.objects.exists()


def test_a_suspension_never_overlaps_and_is_renewed_once() -> None:
    label = certificates.label()
    first_end = AT.date() + timedelta(days=80)
    measures.notified(label, "suspend")
    assert "commence le lendemain" in refused(
        label, "suspend", starts_on=first_end, ends_on=first_end + timedelta(days=9)
    )
    seen = AT + timedelta(days=60)
    measures.notified(label, "suspend", at=seen, ends_on=first_end + timedelta(days=60))
    one, two = Suspension.objects.filter(label=label).order_by("starts_on")
    assert two.starts_on == one.ends_on + timedelta(days=1)
    tick(AT + timedelta(days=81))
    assert measures.fresh(label).state == "suspended"
    assert code(label, first_end + timedelta(days=1)) == "suspended"
    at = AT + timedelta(days=100)
    assert "ne se prolonge qu'une fois" in refused(
        label, "suspend", at=at, ends_on=two.ends_on + timedelta(days=20)
    )
    tick(AT + timedelta(days=200))
    assert measures.fresh(label).state == "in_force"


def test_a_suspension_received_after_its_own_end_changes_nothing() -> None:
    label = certificates.label()
    decision = measures.signed(label, "suspend")
    decisions.receive(decision, at=AT + timedelta(days=90))
    assert measures.fresh(label).state == "in_force"
    assert not Suspension.objects.exists()


def test_a_suspension_that_begins_later_waits_for_its_day() -> None:
    label = certificates.label()
    begins = AT.date() + timedelta(days=10)
    measures.notified(label, "suspend", starts_on=begins)
    assert measures.fresh(label).state == "in_force"
    assert [code(label, begins - timedelta(days=1)), code(label, begins)] == ["valid", "suspended"]
    tick(AT + timedelta(days=9))
    assert measures.fresh(label).state == "in_force"
    tick(AT + timedelta(days=10))
    assert measures.fresh(label).state == "suspended"


def test_lifting_gives_the_label_back_and_may_carry_conditions() -> None:
    label = certificates.label(kind="grant_with_conditions")
    measures.notified(label, "suspend")
    day = AT + timedelta(days=20)
    due = (day + timedelta(days=90)).date()
    asked = measures.one_condition(due)
    assert "L13b" in refused(label, "lift", at=day, conditions=asked)  # what it asks for needs a hearing
    hearing = measures.heard(label, at=AT - timedelta(days=20))
    decision = measures.signed(label, "lift", at=day, hearing_id=hearing.pk, conditions=asked)
    assert measures.fresh(label).state == "in_force"  # it only gives: from the signature
    assert code(label, day) == "valid_with_conditions"  # the status held before
    assert Condition.objects.filter(label=label).count() == 1
    decisions.receive(decision, at=day + timedelta(days=2))
    assert Condition.objects.filter(label=label).count() == 2
    assert not Deadline.objects.running().filter(kind="suspension").exists()
    tick(AT + timedelta(days=100))
    assert measures.fresh(label).state == "in_force"


def test_lifting_leaves_the_suspensions_lifted_before_as_they_were() -> None:
    label = certificates.label()
    measures.notified(label, "suspend")
    early = AT + timedelta(days=10)
    measures.notified(label, "lift", at=early)
    later = AT + timedelta(days=20)
    measures.notified(label, "suspend", at=later)
    measures.signed(label, "lift", at=later + timedelta(days=10))
    assert code(label, early + timedelta(days=1)) == "valid"
    assert code(label, later + timedelta(days=1)) == "suspended"


def test_the_end_of_a_continuation_leaves_the_running_suspension_to_its_end() -> None:
    label = certificates.label()
    first = measures.notified(label, "suspend")
    end = AT.date() + timedelta(days=80)
    day = AT + timedelta(days=60)
    second = measures.notified(label, "suspend", at=day, ends_on=end + timedelta(days=40))
    with transaction.atomic():
        end_the_suspension(_held(second), None, day, Actor.system())
        assert code(label, day) == "suspended"
        assert code(label, end + timedelta(days=1)) == "valid"
        assert not list(measures_without_end())
        end_the_suspension(_held(first), None, day, Actor.system())
        assert measures.fresh(label).state == "in_force"
        transaction.set_rollback(True)
    with transaction.atomic():
        end_the_suspension(_held(first), None, day, Actor.system())  # still running, its continuation written
        assert measures.fresh(label).state == "in_force"
        assert code(label, day) == "valid"
        assert code(label, end + timedelta(days=1)) == "suspended"


def _held(decision: Decision) -> Decision:
    return Decision.objects.hold(decision.pk)


def test_conditions_set_later_bind_from_their_receipt_and_are_lifted_one_by_one() -> None:
    label = certificates.label()
    due = (LATER + timedelta(days=60)).date()
    assert "L13b" in refused(label, "conditions", conditions=measures.one_condition(due))
    hearing = measures.heard(label, "conditions")
    decision = measures.signed(
        label, "conditions", at=LATER, hearing_id=hearing.pk, conditions=measures.one_condition(due)
    )
    assert code(label, LATER) == "valid"
    decisions.receive(decision, at=LATER + timedelta(days=3))
    assert code(label, LATER + timedelta(days=3)) == "valid_with_conditions"
    condition = Condition.objects.get(label=label)
    at, officer = LATER + timedelta(days=10), measures.officer_of(label)
    holder = representative_of(label.structure)
    keys = {"condition_pk": condition.pk, "at": at}
    with pytest.raises(Blocked):
        actions.accept_condition_proof(by=officer, **keys)
    with pytest.raises(Blocked):
        actions.send_condition_proof(text=" ", by=holder, **keys)
    actions.send_condition_proof(text="Le calendrier est en ligne.", by=holder, **keys)
    actions.ask_condition_again(why="Il manque le mois de mai.", by=officer, **keys)
    assert Condition.objects.get(pk=condition.pk).is_waiting
    actions.send_condition_proof(text="Avec le mois de mai.", by=holder, condition_pk=condition.pk, at=at)
    with pytest.raises(Blocked):  # another proof than the one that was read
        actions.accept_condition_proof(seen=at - timedelta(days=1), by=officer, **keys)
    with pytest.raises(NotAllowed):
        actions.accept_condition_proof(by=holder, **keys)
    signing = acting(signatory(), Role.SIGNATORY)
    with pytest.raises(Blocked, match="acceptée n'attend"):
        actions.lift_condition(by=signing, **keys)
    actions.accept_condition_proof(seen=at, by=officer, **keys)
    actions.accept_condition_proof(seen=at, by=officer, **keys)
    assert code(label, at) == "valid_with_conditions"  # two people lift a condition
    with pytest.raises(Blocked, match="rien à envoyer"):
        actions.send_condition_proof(text="Encore.", by=holder, **keys)
    with pytest.raises(NotAllowed):
        actions.lift_condition(by=officer, **keys)
    with pytest.raises(Blocked, match="délégation"):
        actions.lift_condition(by=acting(staff(Role.SIGNATORY), Role.SIGNATORY), **keys)
    with pytest.raises(Blocked, match="pourquoi"):
        actions.send_back_condition(by=signing, **keys)
    actions.send_back_condition(by=signing.because("Le mois de juin manque."), **keys)
    with pytest.raises(Blocked, match="acceptée n'attend"):
        actions.lift_condition(by=signing, **keys)
    actions.accept_condition_proof(seen=at, by=officer, **keys)
    both = acting(signatory(), Role.SIGNATORY)
    Condition.objects.filter(pk=condition.pk).update(accepted_by=both.person)
    with pytest.raises(Blocked, match="Vous avez accepté"):
        actions.lift_condition(by=both, **keys)
    actions.lift_condition(by=signing, **keys)
    actions.lift_condition(by=signing, **keys)
    assert code(label, at) == "valid"
    assert Deadline.objects.get(kind="condition").outcome == "met"


def test_a_condition_past_its_date_changes_nothing_by_itself_and_may_be_moved() -> None:
    label = certificates.label(kind="grant_with_conditions")
    condition = Condition.objects.get(label=label)
    late = datetime.combine(condition.due_on, AT.timetz()) + timedelta(days=20)
    tick(late)
    assert (measures.fresh(label).state, code(label, late)) == ("in_force", "valid_with_conditions")
    officer = measures.officer_of(label)
    wish = (late + timedelta(days=30)).date()
    with pytest.raises(Blocked):  # without a reason
        actions.move_condition_date(condition_pk=condition.pk, due_on=wish, at=late, by=officer)
    with pytest.raises(Blocked):  # in the past
        actions.move_condition_date(
            condition_pk=condition.pk, due_on=condition.due_on, at=late, by=officer.because("Travaux.")
        )
    actions.move_condition_date(
        condition_pk=condition.pk, due_on=wish, at=late, by=officer.because("Travaux.")
    )
    assert Deadline.objects.running().get(kind="condition").due_on == wish


def test_the_holder_gives_the_label_up_and_everything_stops() -> None:
    label = certificates.label()
    measures.invited(label)
    measures.notified(label, "suspend")
    holder = representative_of(label.structure)
    with pytest.raises(Blocked):
        actions.relinquish(label_pk=label.pk, statement="oui", at=AT, by=holder)
    with pytest.raises(NotAllowed):
        actions.relinquish(label_pk=label.pk, statement=label.number, at=AT, by=measures.officer_of(label))
    draft = measures.prepared(label, "lift")
    actions.relinquish(label_pk=label.pk, statement=label.number.lower(), at=LATER, by=holder)
    actions.relinquish(label_pk=label.pk, statement=label.number, at=LATER, by=holder)
    label = measures.fresh(label)
    assert (label.state, label.ended_on) == ("relinquished", LATER.date())
    assert label.hearings.get().dropped_at is not None
    assert Decision.objects.get(pk=draft.decision_id).state == "abandoned"
    assert not Deadline.objects.running().filter(
        kind__in=["suspension", "label_end", "observations", "condition"]
    )
    with pytest.raises(Blocked):
        measures.prepared(label, "suspend")


def test_a_label_is_given_up_by_a_signed_letter_that_the_office_records() -> None:
    label = certificates.label()
    holder, office = representative_of(label.structure), acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)

    def record(by: Actor, received_on: date, at: datetime = LATER) -> Label:
        letter = SimpleUploadedFile("renonciation.pdf", PDF, content_type="application/pdf")
        return actions.record_relinquishment(
            label_pk=label.pk, letter=letter, received_on=received_on, at=at, by=by
        )

    with pytest.raises(NotAllowed):  # who holds it types it
        record(holder, LATER.date())
    for absurd in (label.starts_on - timedelta(days=1), LATER.date() + timedelta(days=1)):
        with pytest.raises(Blocked, match="Choisissez une date entre le"):
            record(office, absurd)
    assert not StoredFile.objects.filter(purpose=STATEMENT).exists()
    assert record(office, LATER.date()).ended_on == LATER.date()
    record(office, LATER.date(), at=LATER + timedelta(days=1))  # sent twice
    label = measures.fresh(label)
    assert (label.state, label.ended_on) == ("relinquished", LATER.date())
    with StoredFile.objects.get(purpose=STATEMENT).content.open() as scan:
        assert scan.read() == PDF

    ended = certificates.label()
    certificates.expired(ended)
    label = ended
    with pytest.raises(Blocked, match="n'est plus en cours"):
        record(office, LATER.date())


def test_a_condition_never_binds_after_its_day() -> None:
    """No time runs before the receipt: what the act left at its signature is left from there (CRPA L221-8)."""
    label = certificates.label()
    hearing = measures.heard(label, "conditions")
    due = LATER.date() + timedelta(days=5)
    act = measures.signed(
        label, "conditions", at=LATER, hearing_id=hearing.pk, conditions=measures.one_condition(due)
    )
    decisions.receive(act, at=LATER + timedelta(days=20))
    set_late = Condition.objects.get(decision=act)
    assert set_late.due_on == LATER.date() + timedelta(days=25)
    assert Deadline.objects.running().get(kind="condition").due_on == set_late.due_on


def test_association_dissolves() -> None:
    """Domain 5.3: proof, two people, thirty days to answer, dated from the dissolution."""
    label = certificates.label()
    dissolved = (AT + timedelta(days=5)).date()
    event = {"event_on": dissolved, "event_proof": "Journal officiel, annonce 12 du 9 janvier 2027"}
    assert "deuxième personne" in refused(label, "lapse", at=LATER, **event)
    hearing = measures.heard(label, "lapse", at=AT + timedelta(days=6))
    at = AT + timedelta(days=45)
    measure = measures.prepared(label, "lapse", at=at, hearing_id=hearing.pk, **event)
    with pytest.raises(Blocked):  # who prepared it
        actions.check_event(measure_pk=measure.pk, at=at, by=measures.officer_of(label))
    other = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    actions.check_event(measure_pk=measure.pk, at=at, by=other)
    again = {"event_on": dissolved, "event_proof": "Autre annonce", "hearing_id": hearing.pk}
    assert "deuxième personne" in refused(label, "lapse", at=at, **again)  # what was read has changed
    measures.signed(label, "lapse", at=at, hearing_id=hearing.pk, checked_by=other, **event)
    label = measures.fresh(label)
    assert (label.state, label.ended_on) == ("lapsed", dissolved)
    assert code(label, dissolved) == "lapsed"
    assert code(label, dissolved - timedelta(days=1)) == "valid"


def test_association_merges_when_both_are_labelled() -> None:
    """Domain 5.3: charter signed, successor checked; one label, the earliest end, what weighed still weighs."""
    label = certificates.label(kind="grant_with_conditions")
    found = structures.structure(name="Nouveau Souffle")
    own = certificates.label(found, at=AT + timedelta(days=2))
    merged = {
        "event_on": (AT + timedelta(days=30)).date(),
        "event_proof": "Traité de fusion du 3 février 2027",
    }
    late = AT + timedelta(days=130)
    assert "dans les 90\xa0jours" in refused(label, "transfer", at=late, successor_id=found.pk, **merged)
    over = datetime.combine(label.ends_on, AT.timetz())
    assert "il ne peut plus l'être" in refused(label, "transfer", at=over, successor_id=found.pk, **merged)
    measures.notified(own, "suspend", at=AT + timedelta(days=3))
    assert "qui reprend l'action" in refused(
        label, "transfer", at=LATER, successor_id=label.structure_id, **merged
    )
    stranger = structures.structure(name="Sans charte")
    assert "charte" in refused(label, "transfer", at=LATER, successor_id=stranger.pk, **merged)
    measures.checked(found, at=AT)
    other = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    decision = measures.signed(label, "transfer", at=LATER, successor_id=found.pk, checked_by=other, **merged)
    assert decision.letter.addressee == found.representative()
    assert (measures.fresh(label).state, measures.fresh(own).state) == ("in_force", "suspended")
    member = representative_of(found).user
    assert Decision.objects.visible_to(member, on=LATER.date()).filter(pk=decision.pk).exists()
    decisions.receive(decision, at=LATER + timedelta(days=1))
    new = Label.objects.get(previous=label)
    assert measures.fresh(label).state == measures.fresh(own).state == "transferred"
    assert (new.structure, new.ends_on, new.starts_on) == (
        found,
        label.ends_on,
        (LATER + timedelta(days=1)).date(),
    )
    assert RecognisedSolution.objects.filter(label=new).count() == 2
    assert [row.text for row in Condition.objects.filter(label=new)] == ["Publier les comptes."]
    assert new.state == "suspended"  # as the label of the successor was
    carried = new.suspensions.get()
    assert french_date(carried.ends_on) in json.dumps(decision.letter.content, ensure_ascii=False)
    assert carried.ends_on == AT.date() + timedelta(days=83)
    # The next act on the new label is served to who holds it, not to the structure that is no more.
    after = carried.ends_on + timedelta(days=1)
    terms = {"starts_on": after, "ends_on": after + timedelta(days=9)}
    suspension = measures.signed(new, "suspend", at=LATER + timedelta(days=5), **terms)
    assert suspension.letter.addressee == found.representative()
    former = representative_of(label.structure).user
    assert not Decision.objects.visible_to(former, on=late.date()).filter(pk=suspension.pk).exists()
    _only_who_was_served_contests(suspension, found, former)


def _only_who_was_served_contests(suspension: Decision, found: Structure, former: User) -> None:
    """The remedies are those of the structure to which the act was served, not of the one that applied."""
    at = LATER + timedelta(days=6)
    contested = decisions.receive(suspension, at=at)
    said = {"decision_pk": contested.pk, "contested": "Rien n'a cessé.", "asked": "Relire.", "at": at}
    with pytest.raises(NotAllowed):
        acts.lodge(**said, by=acting(former, "representative"))
    appeal = acts.lodge(**said, by=representative_of(found))
    receipt = appeals.fresh(appeal).receipt
    assert receipt.addressee == found.representative()
    assert found.name in str(receipt.content)
    seen = {who: Appeal.objects.visible_to(who, on=at.date()).count() for who in (former, receipt.addressee)}
    assert seen == {former: 0, receipt.addressee: 1}
    answer = appeals.answered(appeals.taken(appeals.fresh(appeal), at=at), at=at).answer
    assert answer.letter.addressee == found.representative()
    assert found.name in str(answer.letter.content)
    decisions.receive(answer, at=at)
    shown = {who: Decision.objects.visible_to(who, on=at.date()).filter(pk=answer.pk).count() for who in seen}
    assert shown == {former: 0, receipt.addressee: 1}
    told = Decision.objects.filter(served_among([found.pk]))  # what its space lists
    assert set(told.values_list("pk", flat=True)) >= {contested.pk, answer.pk}


def test_two_people_on_one_act_lose_nothing() -> None:
    label = certificates.label()
    seen = actions.token_of_measure(None)
    measure = measures.prepared(label, "suspend")
    terms = measures.terms("suspend", label, ends_on=AT.date() + timedelta(days=10))
    write = {
        "label_pk": label.pk,
        "kind": "suspend",
        "content": measures.content("suspend"),
        "at": AT,
        "by": measures.officer_of(label),
    }
    with pytest.raises(Stale):
        actions.prepare_measure(terms=terms, seen=seen, **write)
    same = actions.prepare_measure(terms=measures.terms("suspend", label), seen=seen, **write)
    assert same.pk == measure.pk
    token = actions.token_of_measure(measure)
    actions.prepare_measure(terms=terms, seen=token, **write)
    assert Measure.objects.get().ends_on == terms.ends_on
    other = certificates.label(structures.structure())
    foreign = measures.invited(other)
    with pytest.raises(Blocked):  # the hearing of another label
        actions.prepare_measure(terms=actions.Terms(hearing_id=foreign.pk), **write)


def test_who_may_act_on_a_label() -> None:
    """State × role of each verb: only the officer of the label, who signs is somebody else."""
    label = certificates.label(kind="grant_with_conditions")
    condition = Condition.objects.get(label=label)
    hearing = measures.invited(label)
    officer, holder = measures.officer_of(label), representative_of(label.structure)
    stranger = representative_of(structures.structure())
    people = {
        "officer": officer,
        "other officer": acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        "signatory": acting(signatory(), Role.SIGNATORY),
        "secretary": acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
        "appeal": acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER),
        "holder": holder,
        "stranger": stranger,
    }
    verbs: dict[str, tuple[Any, set[str]]] = {
        "prepare": (
            lambda by: actions.prepare_measure(
                label_pk=label.pk,
                kind="suspend",
                content=measures.content("suspend"),
                terms=measures.terms("suspend", label),
                at=AT,
                by=by,
            ),
            {"officer"},
        ),
        "invite": (
            lambda by: actions.notify_grounds(
                label_pk=label.pk, measure="suspend", grounds=[measures.GROUND], days=30, at=AT, by=by
            ),
            {"officer", "signatory"},
        ),
        "answer": (
            lambda by: actions.observe(hearing_pk=hearing.pk, text="Nous avons rouvert.", at=AT, by=by),
            {"holder"},
        ),
        "type": (
            lambda by: actions.observe(
                hearing_pk=hearing.pk, text="Reçu.", at=AT, by=by, **measures.by_post(AT.date())
            ),
            {"officer", "secretary"},
        ),
        "read the file": (lambda by: actions.open_file(hearing_pk=hearing.pk, at=AT, by=by), {"holder"}),
        "close": (
            lambda by: actions.close_hearing(hearing_pk=hearing.pk, at=AT, by=by),
            {"officer", "secretary"},
        ),
        "send proof": (
            lambda by: actions.send_condition_proof(condition_pk=condition.pk, text="Fait.", at=AT, by=by),
            {"holder", "officer", "other officer", "secretary"},
        ),
        "accept proof": (
            lambda by: actions.accept_condition_proof(condition_pk=condition.pk, at=AT, by=by),
            {"officer"},
        ),
        "lift condition": (
            lambda by: actions.lift_condition(condition_pk=condition.pk, at=AT, by=by),
            {"signatory"},
        ),
        "give up": (
            lambda by: actions.relinquish(label_pk=label.pk, statement="x", at=AT, by=by),
            {"holder"},
        ),
    }
    for name, (verb, allowed) in verbs.items():
        for who, by in people.items():
            try:
                verb(by)
                may = True
            except Blocked:
                may = True
            except NotAllowed:
                may = False
            assert may == (who in allowed), (name, who)


@pytest.fixture
def shared_label() -> Label:
    return certificates.label()


def test_the_officer_never_signs_and_a_delegation_is_needed() -> None:
    label = certificates.label()
    measure = measures.prepared(label, "suspend")
    acts.send_for_signature(decision_pk=measure.decision_id, at=AT, by=measures.officer_of(label))
    without = acting(staff(Role.SIGNATORY), Role.SIGNATORY)
    with pytest.raises(Blocked, match="délégation"):
        acts.sign(decision_pk=measure.decision_id, at=AT, by=without)


def test_a_label_is_extended_only_while_its_renewal_waits_and_near_its_end() -> None:
    label = certificates.label()
    end = label.ends_on
    near = datetime.combine(end - timedelta(days=20), AT.timetz())
    longest = date(2030, 7, 3)
    with pytest.raises(Blocked, match="Aucun dossier"):
        measures.prepared(label, "extend", at=near, ends_on=longest)
    application = measures.renewal(label, at=near - timedelta(days=150))
    early = near - timedelta(days=100)
    assert "à partir du" in refused(label, "extend", at=early, ends_on=longest)
    assert "Choisissez une date" in refused(label, "extend", at=near, ends_on=date(2030, 7, 4))
    assert "manque" in refused(label, "extend", at=near)
    measures.signed(label, "extend", at=near, ends_on=date(2030, 5, 1))
    label = measures.fresh(label)
    assert (label.state, label.extended_until) == ("in_force", date(2030, 5, 1))
    assert code(label, end + timedelta(days=1)) == "extended"
    assert Deadline.objects.running().get(kind="extension_end").due_on == date(2030, 5, 1)
    tick(datetime.combine(date(2030, 5, 2), AT.timetz()))  # the renewal still waits: until the longest
    assert measures.fresh(label).state == "in_force"
    assert Deadline.objects.running().get(kind="extension_end").due_on == longest
    assert application.state == "submitted"
    tick(datetime.combine(longest + timedelta(days=9), AT.timetz()))
    label = measures.fresh(label)
    assert (label.state, label.ended_on) == ("expired", longest + timedelta(days=1))


def test_a_withdrawn_label_is_restored_with_its_history() -> None:
    label = certificates.label(kind="grant_with_conditions")
    certificates.withdrawn(label, on=AT.date() + timedelta(days=30))
    back = AT + timedelta(days=90)
    with transaction.atomic():
        held = Label.objects.hold(label.pk)
        restore(held, decision=None, at=back, by=acting(signatory(), Role.SIGNATORY))
    assert measures.fresh(label).state == "in_force"
    days = [29, 30, 89, 90]
    found = [code(label, AT.date() + timedelta(days=day)) for day in days]
    assert found == ["valid_with_conditions", "withdrawn", "withdrawn", "valid_with_conditions"]
    assert Deadline.objects.running().filter(kind="condition").count() == 1  # it binds again, with its clock
    assert label.follow_ups.exclude(state="void").count() == 0
    plan_what_is_left(back)
    assert label.follow_ups.exclude(state="void").count() == 2
    assert Deadline.objects.running().get(kind="label_end").due_on == label.ends_on

    certificates.withdrawn(label, on=AT.date() + timedelta(days=100))
    late = datetime.combine(label.ends_on + timedelta(days=30), AT.timetz())
    with transaction.atomic():
        held = Label.objects.hold(label.pk)
        restore(held, decision=None, at=late, by=acting(signatory(), Role.SIGNATORY))
    label = measures.fresh(label)
    assert label.extended_until == add_months(late.date(), 6)  # six months to file a renewal
    assert code(label, late) == "extended"


def test_wrong_registration_number_found_later() -> None:
    """Domain 5.3: (a) issued again with the same dates; (b) suspended while it is checked, then corrected."""
    label = certificates.label()
    officer = measures.officer_of(label)
    with pytest.raises(Blocked, match="déjà ce qui est vrai"):
        actions.reissue_certificate(label_pk=label.pk, at=AT, by=officer.because("Numéro."))
    measures.notified(label, "suspend", public_reason="being_checked")
    Registration.objects.filter(structure=label.structure).update(superseded_at=AT)
    Registration.objects.create(
        structure=label.structure, kind="rna", value=structures.rna_number(), added_at=AT
    )
    measures.signed(label, "lift", at=AT + timedelta(days=9))
    with pytest.raises(Blocked):  # without a reason
        actions.reissue_certificate(label_pk=label.pk, at=AT, by=officer)
    made = actions.reissue_certificate(label_pk=label.pk, at=AT, by=officer.because("Faute de frappe."))
    assert (made.issue, made.replaces.issue) == (2, 1)
    assert made.facts["ends_on"] == label.ends_on.isoformat()
    assert made.facts["registration"] != made.replaces.facts["registration"]


def test_only_the_officer_of_a_living_label_issues_its_certificate_again() -> None:
    label = certificates.label()
    other = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER, reason="Une lettre manque.")
    with pytest.raises(NotAllowed):
        actions.reissue_certificate(label_pk=label.pk, at=AT, by=other)
    certificates.withdrawn(label, on=LATER.date(), at=LATER)
    by = measures.officer_of(label).because("Une lettre manque.")
    with pytest.raises(Blocked, match="n'est plus en cours"):
        actions.reissue_certificate(label_pk=label.pk, at=LATER, by=by)


def test_two_people_lift_a_condition_on_its_page() -> None:
    now = timezone.now()
    label = certificates.label(at=now - timedelta(days=9), kind="grant_with_conditions")
    condition = Condition.objects.get(label=label)
    keys = {"condition_pk": condition.pk, "at": now, "by": representative_of(label.structure)}
    actions.send_condition_proof(text="Les comptes sont en ligne.", **keys)
    page = reverse("staff_condition", args=[condition.pk])
    chief = signatory()
    officer = signed_in(Client(), label.application.case_officer)
    signing = signed_in(Client(), chief)
    seen = {"seen": Condition.objects.get().answered_at.isoformat()}
    assert "Lever la réserve" not in words(signing.get(page))
    assert officer.post(page, {"go": "lift"}).status_code == 404
    assert officer.post(page, {"go": "accept", **seen}).status_code == 302
    assert "Lever la réserve" not in words(officer.get(page))
    reader = Reader(chief, timezone.localdate(now), frozenset({Role.SIGNATORY}))
    assert page in [one.url for one in todo_for(reader, "staff")]
    assert "Lever la réserve" in words(signing.get(page))
    assert signing.post(page, {"go": "back", "back-reason": " "}).status_code == 200
    assert signing.post(page, {"go": "lift"}).status_code == 302
    assert Condition.objects.get().met_on == timezone.localdate(now)
