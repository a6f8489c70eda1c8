"""What a judge says of a label: conditions annulled in part, the refusal of a renewal suspended or annulled."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates.actions import hearings, offer_refusal_hearing
from certificates.models import Condition, Label
from certificates.status import status_on
from deadlines.models import Deadline
from decisions import actions
from decisions.models import Decision, Litigation, LitigationStep
from journal.models import Event, Reason
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from label.actions import withdraw
from label.models import Application
from letters.models import Letter, Mail
from tests.certificates.test_renewal import END, OPENS, code, listed, tick
from tests.certificates.test_undoing import _to_resume
from tests.factories import appeals, certificates, decisions, measures, renewals
from tests.factories import label as labels
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.renewals import noon
from tests.factories.structures import AT, choosing, representative_of
from tests.reading import words
from workflows import todo
from workflows.integrity import (
    annulled_conditions_that_bind,
    breaches,
    labels_lost_by_who_won,
    refusals_held_back_for_nothing,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ASKED = [
    ("Publier les comptes.", "Lien vers la page", date(2028, 9, 1)),
    ("Former les bénévoles.", "Programme", date(2028, 9, 1)),
]


def lawyer() -> Actor:
    return acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)


def case_on(act: Decision, by: Actor, *, at: datetime, brought_by: str = "holder") -> Litigation:
    facts = {"court": "Tribunal administratif", "number": f"{act.pk}", "opened_on": at.date()}
    return actions.open_litigation(decision_pk=act.pk, brought_by=brought_by, **facts, at=at, by=by)


def step(case: Litigation, kind: str, by: Actor, *, at: datetime, **more: Any) -> LitigationStep:
    facts = {"litigation_pk": case.pk, "kind": kind, "happened_on": at.date(), "at": at, "by": by}
    return actions.add_step(**facts, **more)


def to_do(by: Actor, *, on: date) -> set[str]:
    reader = todo.Reader(by.person, on, frozenset({Role.APPEAL_OFFICER}))
    return {task.key.rpartition("-")[0] for task in todo.todo_for(reader, "staff")}


def test_a_holder_that_wins_against_its_conditions_keeps_its_label() -> None:
    now = timezone.now()
    asked = [(text, proof, (now + 300 * DAY).date()) for text, proof, _day in ASKED]
    at = now - 30 * DAY
    contested = decisions.notified(decisions.advised(at=at), "grant_with_conditions", at=at, conditions=asked)
    label, by = Label.objects.get(decision=contested), lawyer()
    case = case_on(contested, by, at=now)
    first, second = contested.conditions.order_by("pk")
    with pytest.raises(Blocked, match="annulée en partie"):
        step(case, "annulled", by, at=now)
    part = {"text": "Le juge annule la première réserve.", "conditions": [str(first.pk)]}
    for wrong, match in (
        ({"text": " "}, "quelle partie"),
        ({"conditions": []}, "quelles réserves"),
        ({"conditions": [str(first.pk), "none"]}, "pas les deux"),
        ({"conditions": ["999999"]}, "pas les deux"),
    ):
        with pytest.raises(Blocked, match=match):
            step(case, "partly_annulled", by, at=now, **(part | wrong))
    Mail.objects.all().delete()

    page, client = reverse("staff_litigation", args=[case.pk]), signed_in(Client(), by.person)
    shown = client.get(page)
    assert "Publier les comptes." in words(shown) and "La structure qui a reçu la décision" in words(shown)
    day = timezone.localdate(now)
    said = {"go": "add", "kind": "partly_annulled", "text": part["text"], "conditions": str(first.pk)}
    said |= {"happened_on": day.strftime("%d/%m/%Y")}
    client.post(page, said)
    assert LitigationStep.objects.filter(kind="partly_annulled").exists()
    assert Condition.objects.get(proposed=first).met_on == day
    assert Condition.objects.get(proposed=second).met_on is None
    label = Label.objects.get(pk=label.pk)
    assert (label.state, Decision.objects.get(pk=contested.pk).state) == ("in_force", "notified")
    assert status_on(certificates.read(label), day).open_conditions == 1
    assert "Réserve annulée : Publier les comptes." in words(client.get(page))
    told = Mail.objects.filter(kind="changed_by_a_judge")
    assert label.structure.representative() in {mail.recipient for mail in told}
    assert all("Le reste de la décision s'applique." in mail.text.replace("’", "'") for mail in told)
    theirs = choosing(signed_in(Client(), label.structure.representative()), label.structure)
    assert "Décision annulée en partie par le juge" in words(theirs.get(reverse("space_decisions")))
    public = words(Client().get(reverse("verify_label", args=[label.number])))
    assert "Annulé" not in public
    assert Deadline.objects.running().filter(kind="judgment").exists()  # the judgment may be contested too
    assert list(breaches()) == []

    Condition.objects.filter(proposed=first).update(met_on=None)
    assert len(list(annulled_conditions_that_bind())) == 1
    Condition.objects.filter(proposed=first).update(met_on=day)
    Litigation.objects.get(pk=case.pk).steps.filter(kind="partly_annulled").update(kind="annulled")
    certificates.moved(label, "annul", on=day, at=now)
    assert len(list(labels_lost_by_who_won())) == 1


def test_another_part_annulled_takes_nothing_off_and_conditions_set_later_are_the_same() -> None:
    label = certificates.label()
    hearing = measures.heard(label, "conditions")
    later, due_on = AT + 40 * DAY, AT.date() + 300 * DAY
    asked = measures.one_condition(due_on)
    act = measures.notified(label, "conditions", at=later, hearing_id=hearing.pk, conditions=asked)
    by, at = lawyer(), AT + 60 * DAY
    kept = act.conditions.count()
    assert kept and Condition.objects.filter(decision=act, met_on=None).count() == kept
    case = case_on(act, by, at=at, brought_by="other")
    step(case, "partly_annulled", by, at=at, text="Le juge annule la date.", conditions=["none"])
    assert Condition.objects.filter(decision=act, met_on=None).count() == kept
    with pytest.raises(Blocked, match="terminée"):
        step(case, "annulled", by, at=at)
    again = actions.open_litigation(
        decision_pk=act.pk, court="CAA", number="2", opened_on=at.date(), brought_by="holder", at=at, by=by
    )
    keys = [str(pk) for pk in act.conditions.values_list("pk", flat=True)]
    step(again, "partly_annulled", by, at=at, text="Toutes les réserves.", conditions=keys)
    assert not Condition.objects.filter(decision=act, met_on=None).exists()
    assert not Deadline.objects.running().filter(kind="condition").exists()
    assert code(label, at.date()) == "valid"


def test_what_a_judge_annuls_in_part_of_another_act_is_noted_and_changes_nothing_by_itself() -> None:
    label = certificates.label()
    act = measures.notified(label, "suspend", at=AT + DAY)
    by, at = lawyer(), AT + 20 * DAY
    case = case_on(act, by, at=at)
    found = step(case, "partly_annulled", by, at=at, text="Le juge annule la durée au-delà de deux mois.")
    assert found.carried_out_at is not None and "carry-out" not in to_do(by, on=at.date())
    assert code(label, at.date()) == "suspended"
    assert not Mail.objects.filter(kind="changed_by_a_judge").exists()


def refused(label: Label, received: date) -> Decision:
    """A renewal filed in time, refused; the refusal is received that day."""
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    advised = renewals.advised(filed, on=OPENS, opinion="unfavourable")
    heard_on = noon(received - 60 * DAY)
    officer, holder = decisions.officer_of(advised), representative_of(label.structure)
    told = {"application_pk": filed.pk, "contemplated": "Les comptes ne sont pas publiés."}
    hearing = offer_refusal_hearing(**told, at=heard_on, by=officer)
    measures.received(hearing.letter, at=heard_on)
    hearings.say_nothing_to_add(hearing_pk=hearing.pk, at=heard_on, by=holder)
    hearings.close_hearing(hearing_pk=hearing.pk, at=heard_on, by=officer)
    decision = decisions.signed(advised, "refuse", at=noon(received - 5 * DAY))
    return decisions.receive(decision, at=noon(received))


def test_a_judge_who_suspends_a_refused_renewal_gives_its_protection_back_until_the_judgment() -> None:
    """CJA L521-1: the label goes on as if nothing were refused, and the request is examined again by a day."""
    label, by = certificates.label(), lawyer()
    received = END + 30 * DAY
    refusal = refused(label, received)
    assert code(label, received + DAY) == "expired"
    at = noon(END + 60 * DAY)
    case = case_on(refusal, by, at=at)
    with pytest.raises(Blocked, match="réexaminer"):
        step(case, "interim_ordered", by, at=at)
    Mail.objects.all().delete()
    ordered = step(case, "interim_ordered", by, at=at, due_on=at.date() + 30 * DAY)
    label = Label.objects.get(pk=label.pk)
    assert (label.state, Decision.objects.get(pk=refusal.pk).state) == ("in_force", "notified")
    seen = [code(label, day) for day in (received, received + DAY, at.date(), at.date() + 100 * DAY)]
    assert seen == ["extended", "expired", "extended", "extended"]  # history is kept
    assert listed(label, at.date()) == [label.number]
    again = Application.objects.get(reopens=refusal.application)
    assert (again.state, again.kind) == ("admissible", "renewal")
    hard = Deadline.objects.running().get(kind="injunction")
    assert hard.due_on == ordered.due_on
    told = Mail.objects.filter(kind="changed_by_a_judge")
    assert label.structure.representative() in {mail.recipient for mail in told}
    assert "examinée de nouveau" in told.first().text
    assert list(breaches()) == []

    for months in range(1, 25):  # two years of waiting for the judge
        tick(at + 30 * months * DAY)
        assert code(label, (at + 30 * months * DAY).date()) == "extended", months
    assert not Letter.objects.filter(code="L9b", issued_at__gt=at).exists()
    assert not Letter.objects.filter(code="L10").exists()

    judged = at + 740 * DAY
    step(case, "dismissed", by, at=judged)
    assert _to_resume(by, on=judged.date()) == [f"/inca/contentieux/{case.pk}/"]
    actions.resume_act(litigation_pk=case.pk, at=judged + DAY, by=by)
    label = Label.objects.get(pk=label.pk)
    assert (label.state, code(label, judged.date()), code(label, (judged + 3 * DAY).date())) == (
        "expired",
        "extended",
        "expired",
    )
    assert _to_resume(by, on=judged.date()) == []
    with pytest.raises(Blocked, match="Rien ne retient plus"):
        actions.resume_act(litigation_pk=case.pk, at=judged + DAY, by=by)


def test_before_its_end_the_label_is_protected_again_and_a_claim_given_up_lets_it_end() -> None:
    label, by = certificates.label(), lawyer()
    refusal = refused(label, END - 60 * DAY)
    assert Label.objects.get(pk=label.pk).renewal_filed_on is None
    at = noon(END - 50 * DAY)
    case = case_on(refusal, by, at=at)
    step(case, "interim_ordered", by, at=at, due_on=at.date() + 30 * DAY)
    assert Label.objects.get(pk=label.pk).renewal_filed_on == OPENS
    tick(noon(END + DAY))
    assert code(label, END + 20 * DAY) == "extended"
    step(case, "abandoned", by, at=noon(END + 30 * DAY))
    for months in range(1, 9):  # nobody puts the refusal back: nothing prolongs the label any more
        tick(noon(END + 30 * (months + 1) * DAY))
    assert code(label, END + 300 * DAY) == "expired"
    assert Label.objects.get(pk=label.pk).state == "expired"
    assert _to_resume(by, on=END + 300 * DAY) == []


def test_what_ends_the_new_examination_ends_what_the_order_protected() -> None:
    label, by = certificates.label(), lawyer()
    refusal = refused(label, END + 30 * DAY)
    at = noon(END + 40 * DAY)
    case = case_on(refusal, by, at=at)
    step(case, "interim_ordered", by, at=at, due_on=at.date() + 60 * DAY)
    again = Application.objects.get(reopens=refusal.application)
    Application.objects.filter(pk=again.pk).update(case_officer=staff(Role.CASE_OFFICER))
    decisions.notified(Application.objects.get(pk=again.pk), "inadmissible", at=at + 30 * DAY)
    assert Label.objects.get(pk=label.pk).state == "expired"
    assert list(refusals_held_back_for_nothing()) == []
    step(case, "annulled", by, at=at + 90 * DAY)  # it was examined again: no third dossier
    assert Application.objects.filter(structure=label.structure, kind="renewal").count() == 2
    assert Decision.objects.get(pk=refusal.pk).state == "annulled"


def test_a_refusal_annulled_or_given_up_on_appeal_gives_back_what_the_filing_protected() -> None:
    label, by = certificates.label(), lawyer()
    received = END + 30 * DAY
    refusal = refused(label, received)
    at = noon(END + 60 * DAY)
    step(case_on(refusal, by, at=at), "annulled", by, at=at, due_on=at.date() + 60 * DAY)
    label = Label.objects.get(pk=label.pk)
    assert (label.state, label.extended_until) == ("in_force", None)  # the wait of any renewal, and no more
    assert code(label, at.date()) == "extended" and code(label, END + 200 * DAY) == "expired"
    assert list(breaches()) == []


def test_a_late_judgment_brings_no_label_back() -> None:
    label, by = certificates.label(), lawyer()
    refusal = refused(label, END + 30 * DAY)
    at = noon(END + 700 * DAY)
    step(case_on(refusal, by, at=at), "annulled", by, at=at, due_on=at.date() + 60 * DAY)
    assert Label.objects.get(pk=label.pk).state == "expired"
    assert Application.objects.get(reopens=refusal.application).state == "admissible"


def test_an_invariant_sees_a_label_that_the_order_does_not_protect() -> None:
    label, by = certificates.label(), lawyer()
    refusal = refused(label, END + 30 * DAY)
    at = noon(END + 40 * DAY)
    case = case_on(refusal, by, at=at)
    step(case, "interim_ordered", by, at=at, due_on=at.date() + 60 * DAY)
    assert list(refusals_held_back_for_nothing()) == []
    certificates.moved(Label.objects.get(pk=label.pk), "expire", on=at.date() + DAY, at=at)
    assert len(list(refusals_held_back_for_nothing())) == 1


def test_a_judgment_is_noted_while_another_dossier_is_open_and_carried_out_once_it_ends() -> None:
    now = timezone.now()
    refusal, by = appeals.refused(at=now - 60 * DAY), lawyer()
    structure = refusal.application.structure
    other = labels.submitted(structure, at=now - 9 * DAY)
    case = case_on(refusal, by, at=now - DAY)
    found = step(case, "annulled", by, at=now, due_on=(now + 60 * DAY).date())
    assert Decision.objects.get(pk=refusal.pk).state == "annulled"
    assert found.carried_out_at is None
    assert not Application.objects.filter(reopens=refusal.application).exists()
    assert Deadline.objects.running().filter(kind="injunction").exists()
    assert {"carry-out", "hard-date"} <= to_do(by, on=now.date())
    page, client = reverse("staff_litigation", args=[case.pk]), signed_in(Client(), by.person)
    shown = words(client.get(page))
    assert "Ce que le juge a dit reste à faire." in shown and other.reference in shown
    with pytest.raises(Blocked, match=other.reference):
        actions.carry_out(step_pk=found.pk, at=now, by=by)
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    for do in (actions.carry_out, actions.leave_undone):
        with pytest.raises(NotAllowed):
            do(step_pk=found.pk, at=now, by=secretary.because("Pour voir."))

    withdraw(application_pk=other.pk, at=now, by=representative_of(structure))
    assert "Faire ce que le juge a dit" in words(client.get(page))
    client.post(page, {"go": "carry_out", "step": found.pk})
    again = Application.objects.get(reopens=refusal.application)
    assert again.state == "admissible"
    assert "carry-out" not in to_do(by, on=now.date())
    assert again.reference in words(client.get(page))
    assert "C'est déjà fait" in words(client.post(page, {"go": "carry_out", "step": found.pk}, follow=True))
    assert Application.objects.filter(reopens=refusal.application).count() == 1
    assert list(breaches()) == []


def test_the_other_dossier_may_stand_for_the_new_examination_with_a_reason() -> None:
    now = timezone.now()
    refusal, by = appeals.refused(at=now - 60 * DAY), lawyer()
    labels.submitted(refusal.application.structure, at=now - 9 * DAY)
    case = case_on(refusal, by, at=now - DAY)
    found = step(case, "annulled", by, at=now, due_on=(now + 60 * DAY).date())
    page, client = reverse("staff_litigation", args=[case.pk]), signed_in(Client(), by.person)
    client.post(page, {"go": "leave", "step": found.pk, "leave-reason": " "})
    assert "carry-out" in to_do(by, on=now.date())
    client.post(page, {"go": "leave", "step": found.pk, "leave-reason": "Le nouveau dossier en tient lieu."})
    assert "carry-out" not in to_do(by, on=now.date())
    event = Event.objects.get(move="litigation_without_object")
    assert Reason.objects.get(event=event).text == "Le nouveau dossier en tient lieu."
    assert Deadline.objects.running().filter(kind="injunction").exists()  # kept by a word of its own
    assert client.post(page, {"go": "carry_out", "step": "x"}).status_code == 404


def test_a_suspended_refusal_protects_at_once_even_while_another_dossier_is_open() -> None:
    label, by = certificates.label(), lawyer()
    received = END + 30 * DAY
    refusal = refused(label, received)
    labels.submitted(label.structure, at=noon(received + 3 * DAY))
    at = noon(END + 60 * DAY)
    case = case_on(refusal, by, at=at)
    found = step(case, "interim_ordered", by, at=at, due_on=at.date() + 30 * DAY)
    assert found.carried_out_at is None and "carry-out" in to_do(by, on=at.date())
    assert (Label.objects.get(pk=label.pk).state, code(label, at.date())) == ("in_force", "extended")
    step(case, "dismissed", by, at=at + DAY)
    assert "carry-out" not in to_do(by, on=at.date())  # the order is over
    actions.resume_act(litigation_pk=case.pk, at=at + 2 * DAY, by=by)
    assert Label.objects.get(pk=label.pk).state == "expired"


def test_a_refused_first_request_holds_nothing_back() -> None:
    refusal, by = appeals.refused(), lawyer()
    at = AT + 40 * DAY
    case = case_on(refusal, by, at=at)
    step(case, "interim_ordered", by, at=at, due_on=at.date() + 30 * DAY)
    assert Application.objects.get(reopens=refusal.application).state == "admissible"
    step(case, "dismissed", by, at=at + DAY)
    assert _to_resume(by, on=at.date()) == []
    with pytest.raises(Blocked, match="ne retient rien"):
        actions.resume_act(litigation_pk=case.pk, at=at + 2 * DAY, by=by)
