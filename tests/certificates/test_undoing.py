"""What an appeal or a judge gives back to a label (domain 5.1 LABEL rétablir, 5.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from certificates.actions import follow_ups as follow_up_actions
from certificates.actions.follow_ups.planning import plan_what_is_left
from certificates.actions.restoring import restore
from certificates.models import Label
from certificates.status import status_on
from certificates.undoing import end_the_suspension, lift_the_conditions
from charter.clocks import start_signature
from charter.models import SIGNATURE
from deadlines.actions import running
from decisions import actions
from decisions.appeal_checklist import possible_outcomes
from decisions.models import Appeal, Decision, Litigation
from decisions.rules import people_of
from journal.moves import Actor
from journal.refusals import Blocked
from tests.factories import appeals, certificates, decisions, follow_ups, measures, withdrawals
from tests.factories import charter as charters
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.structures import AT
from tests.reading import words
from tests.refusing import refused
from workflows import todo
from workflows.integrity import appeals_examined_by_their_authors

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_an_appeal_upheld_or_a_judge_ends_a_suspension() -> None:
    label = certificates.label()
    act = measures.notified(label, "suspend", at=AT + DAY)
    assert measures.fresh(label).state == "suspended"
    at = AT + 10 * DAY

    with transaction.atomic():
        by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
        on = at.date()
        court = {"court": "TA", "number": "1", "opened_on": on, "brought_by": "holder"}
        case = actions.open_litigation(decision_pk=act.pk, **court, at=at, by=by)
        facts = {"litigation_pk": case.pk, "happened_on": on, "at": at, "by": by}
        actions.add_step(kind="interim_ordered", **facts)
        assert measures.fresh(label).state == "in_force"
        assert Decision.objects.get(pk=act.pk).state == "notified"  # until the judgment
        actions.add_step(kind="annulled", **facts)
        assert Decision.objects.get(pk=act.pk).state == "annulled"
        transaction.set_rollback(True)

    appeal = appeals.lodged(Decision.objects.select_related("application__structure").get(pk=act.pk), at=at)
    assert set(possible_outcomes(appeal)) == set(Appeal.Outcome)
    with pytest.raises(Blocked, match="participé à la décision contestée"):
        by = measures.officer_of(label)  # who ran the file and wrote the act
        actions.take_up(appeal_pk=appeal.pk, at=at, by=by)
    appeal = appeals.answered(appeals.taken(appeal, at=at), "upheld", at=at)
    label = Label.objects.get(pk=label.pk)
    assert (appeal.state, label.state) == ("upheld", "in_force")
    assert status_on(label, (AT + 5 * DAY).date()).code == "suspended"  # history is kept
    assert status_on(label, at.date()).code == "valid"


def test_an_appeal_upheld_lifts_the_conditions_it_contests() -> None:
    contested = decisions.notified(decisions.advised(), "grant_with_conditions")
    label = Label.objects.get(decision=contested)
    at = AT + 10 * DAY
    assert status_on(label, at.date()).code == "valid_with_conditions"
    appeal = appeals.answered(appeals.taken(appeals.lodged(contested, at=at), at=at), "upheld", at=at)
    label = Label.objects.get(pk=label.pk)
    assert status_on(label, at.date()).code == "valid"
    assert status_on(label, (at - DAY).date()).code == "valid_with_conditions"
    assert (label.state, appeal.decision.state) == ("in_force", "replaced")


def test_a_plain_grant_gives_nothing_to_undo_to_its_holder() -> None:
    appeal = appeals.lodged(decisions.notified())
    assert set(possible_outcomes(appeal)) == {Appeal.Outcome.REJECTED, Appeal.Outcome.INADMISSIBLE}
    appeal = appeals.answered(appeals.taken(appeal), "inadmissible")
    assert (appeal.state, appeal.decision.state) == ("inadmissible", "notified")


def _lost(act: Decision, *, at: datetime) -> tuple[Litigation, Actor]:
    """A case against that act: the judge suspends it, then rejects the claim ten days later."""
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    on = at.date()
    court = {"court": "TA", "number": "1", "opened_on": on, "brought_by": "holder"}
    case = actions.open_litigation(decision_pk=act.pk, **court, at=at, by=by)
    facts = {"litigation_pk": case.pk, "by": by}
    actions.add_step(kind="interim_ordered", happened_on=on, at=at, **facts)
    later = at + 10 * DAY
    actions.add_step(kind="dismissed", happened_on=later.date(), at=later, **facts)
    return case, by


def _to_resume(by: Actor, *, on: date) -> list[str]:
    reader = todo.Reader(by.person, on, frozenset({Role.APPEAL_OFFICER}))
    return [task.url for task in todo.todo_for(reader, "staff") if task.key.startswith("resume-act")]


def test_a_person_puts_a_suspension_back_once_the_claim_is_rejected() -> None:
    """CJA L521-1: the order held until the judgment; the label never loses anything by itself (domain 5.2 rule 4)."""
    label = certificates.label()
    act = measures.notified(label, "suspend", at=AT + DAY)
    case, by = _lost(act, at=AT + 10 * DAY)
    at = AT + 21 * DAY
    assert measures.fresh(label).state == "in_force"
    assert _to_resume(by, on=at.date()) == [f"/inca/contentieux/{case.pk}/"]
    actions.resume_act(litigation_pk=case.pk, at=at, by=by)
    label = Label.objects.get(pk=label.pk)
    assert label.state == "suspended"
    seen = {day: status_on(label, (AT + day * DAY).date()).code for day in (5, 15, 21)}
    assert seen == {5: "suspended", 15: "valid", 21: "suspended"}
    first, again = label.suspensions.order_by("pk")
    assert first.ends_on == again.ends_on  # the end that the act wrote
    assert _to_resume(by, on=at.date()) == []
    with pytest.raises(Blocked, match="Rien ne retient plus"):
        actions.resume_act(litigation_pk=case.pk, at=at, by=by)


def test_a_suspension_whose_end_is_past_is_not_put_back() -> None:
    label = certificates.label()
    act = measures.notified(label, "suspend", at=AT + DAY)
    case, by = _lost(act, at=AT + 10 * DAY)
    assert _to_resume(by, on=(AT + 60 * DAY).date())
    with pytest.raises(Blocked, match="terminée à la date écrite"):
        actions.resume_act(litigation_pk=case.pk, at=AT + 300 * DAY, by=by)
    assert measures.fresh(label).suspensions.count() == 1
    assert _to_resume(by, on=(AT + 300 * DAY).date()) == []  # nobody is asked for what can no more be done


def test_a_continuation_put_back_follows_the_suspension_that_runs() -> None:
    label = certificates.label()
    first_end = AT.date() + 80 * DAY
    measures.notified(label, "suspend")
    second = measures.notified(label, "suspend", at=AT + 60 * DAY, ends_on=first_end + 40 * DAY)
    case, by = _lost(second, at=AT + 62 * DAY)
    assert status_on(certificates.read(label), first_end + DAY).code == "valid"
    actions.resume_act(litigation_pk=case.pk, at=AT + 75 * DAY, by=by)
    assert status_on(certificates.read(label), first_end).code == "suspended"
    assert status_on(certificates.read(label), first_end + 40 * DAY).code == "suspended"
    assert status_on(certificates.read(label), first_end + 41 * DAY).code == "valid"


def test_what_a_merger_carried_over_is_undone_with_the_act_that_set_it() -> None:
    label = certificates.label(kind="grant_with_conditions")
    contested = measures.notified(label, "suspend", at=AT + 2 * DAY)
    new = measures.taken_over(label)
    assert new.state == "suspended"
    at = new.issued_at + DAY
    with transaction.atomic():
        end_the_suspension(Decision.objects.hold(contested.pk), None, at, Actor.system())
        lift_the_conditions(Decision.objects.hold(label.decision_id), None, at, Actor.system())
    new = measures.fresh(new)
    assert new.state == "in_force"
    assert not new.conditions.filter(met_on=None).exists()


def test_an_appeal_upheld_gives_a_withdrawn_label_back_and_makes_nobody_judge_of_their_own_act() -> None:
    act = withdrawals.withdrawn()
    label = Label.objects.get(measures__decision=act)
    assert label.state == "withdrawn"
    at = act.signed_at + 10 * DAY
    appeal = appeals.answered(appeals.taken(appeals.lodged(act, at=at), at=at), "upheld", at=at)
    assert (appeal.state, measures.fresh(label).state) == ("upheld", "in_force")
    assert appeal.answer.signed_by_id not in people_of(appeal.decision)
    assert list(appeals_examined_by_their_authors()) == []
    shown = [
        status_on(certificates.read(label), day).code for day in (act.signed_at.date() + DAY, at.date() + DAY)
    ]
    assert shown == ["withdrawn", "valid"]


def test_a_label_given_back_in_the_year_of_a_follow_up_already_read_plans_no_other() -> None:
    follow_up = follow_ups.sent()
    label, at = follow_up.label, follow_ups.at(follow_up.due_on - 9 * DAY)
    follow_up_actions.accept_follow_up(follow_up_pk=follow_up.pk, at=at, by=follow_ups.holder(follow_up))
    certificates.withdrawn(label, on=at.date())
    with transaction.atomic():
        restore(Label.objects.hold(label.pk), decision=None, at=at + DAY, by=Actor.system())
    plan_what_is_left(at + DAY)
    assert list(label.follow_ups.filter(year=1).values_list("state", flat=True)) == ["compliant"]


def test_a_label_given_back_has_all_its_days_again_to_sign_the_new_charter() -> None:
    label = certificates.label()
    structure, charter = label.structure, charters.charter(version="2028", at=AT + DAY)
    start_signature(structure, charter, at=AT + DAY)
    certificates.withdrawn(label, on=(AT + 40 * DAY).date(), at=AT + 40 * DAY)
    assert running(structure, SIGNATURE) is None  # asked of holders only
    with transaction.atomic():
        restore(Label.objects.hold(label.pk), decision=None, at=AT + 200 * DAY, by=Actor.system())
    clock = running(structure, SIGNATURE)
    assert clock is not None and clock.due_on == (AT + 290 * DAY).date()
    assert clock.reminders.filter(sent_at=None, dropped_at=None).count() == 3

    charters.signature(structure, at=AT + 201 * DAY)
    certificates.withdrawn(label, on=(AT + 210 * DAY).date(), at=AT + 210 * DAY)
    with transaction.atomic():
        restore(Label.objects.hold(label.pk), decision=None, at=AT + 220 * DAY, by=Actor.system())
    assert running(structure, SIGNATURE) is None  # it is signed


def test_the_page_of_a_follow_up_shows_the_one_that_counts() -> None:
    follow_up = follow_ups.opened()
    label, at = follow_up.label, follow_ups.at(follow_up.due_on - 20 * DAY)
    certificates.withdrawn(label, on=at.date())
    with transaction.atomic():
        restore(Label.objects.hold(label.pk), decision=None, at=at + DAY, by=Actor.system())
    plan_what_is_left(at + DAY)
    assert label.follow_ups.filter(year=1).count() == 2  # one became void with the label
    officer = signed_in(Client(), label.application.case_officer)
    shown = officer.get(reverse("staff_follow_up", args=[label.number, 1]))
    assert shown.status_code == 200
    assert "Sans objet" not in words(shown)


def test_an_appeal_whose_officer_had_a_part_since_is_taken_over() -> None:
    contested = decisions.notified(decisions.advised(), "grant_with_conditions")
    appeal = appeals.taken(appeals.lodged(contested))
    free = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    with pytest.raises(TransitionNotAllowed):
        actions.take_up(appeal_pk=appeal.pk, at=AT + DAY, by=free)
    Decision.objects.filter(pk=contested.pk).update(prepared_by=appeal.officer)  # a part that they took
    appeal = actions.take_up(appeal_pk=appeal.pk, at=AT + DAY, by=free)
    assert appeal.officer == free.person
    assert contested.thread.events.filter(move="take_over_appeal").exists()


def test_a_person_ends_again_a_label_that_a_judge_gave_back() -> None:
    act = withdrawals.withdrawn()
    label = Label.objects.get(measures__decision=act)
    at = act.signed_at + 20 * DAY
    case, by = _lost(act, at=at)
    assert measures.fresh(label).state == "in_force"
    court = {"court": "TA", "number": "2", "opened_on": at.date(), "brought_by": "holder"}
    other = actions.open_litigation(decision_pk=act.pk, **court, at=at, by=by)
    facts = {"litigation_pk": other.pk, "happened_on": at.date(), "at": at, "by": by}
    actions.add_step(kind="interim_ordered", **facts)
    with pytest.raises(Blocked, match="le juge la retient encore"):
        actions.resume_act(litigation_pk=case.pk, at=at + 11 * DAY, by=by)
    actions.add_step(kind="abandoned", **facts)
    assert measures.fresh(label).state == "in_force"
    actions.resume_act(litigation_pk=case.pk, at=at + 12 * DAY, by=by)
    label = Label.objects.get(pk=label.pk)
    assert (label.state, label.ended_on) == ("withdrawn", (at + 12 * DAY).date())
    assert _to_resume(by, on=label.ended_on) == []


def test_the_page_of_a_case_says_why_and_puts_the_act_back() -> None:
    now = timezone.now()
    label = certificates.label(at=now - 40 * DAY)
    act = measures.notified(label, "suspend", at=now - 30 * DAY)
    case, by = _lost(act, at=now - 12 * DAY)
    client, page = signed_in(Client(), by.person), reverse("staff_litigation", args=[case.pk])
    assert "une personne doit le demander ici" in words(client.get(page))
    client.post(page, {"go": "resume"})
    assert measures.fresh(label).state == "suspended"
    again = client.post(page, {"go": "resume"}, follow=True)
    assert "Rien ne retient plus cette décision" in words(again)
    assert "Le label ne change pas tout seul" not in words(again)


def _not_given(contested: Decision, words: str, *, at: datetime) -> None:
    """The answer that upholds an appeal against that act is not sent, for that reason."""
    contested = Decision.objects.select_related("application__structure").get(pk=contested.pk)
    appeal = appeals.taken(appeals.lodged(contested, at=at), at=at)
    given = {"at": at, "by": appeals.officer_of(appeal)}
    act = actions.prepare_answer(appeal_pk=appeal.pk, answer=appeals.answer("upheld"), **given)
    refused(actions.send_for_signature, words, decision_pk=act.pk, **given)


def test_nothing_is_given_back_to_a_label_that_ended_nor_where_no_condition_binds() -> None:
    contested = decisions.notified(decisions.advised(), "grant_with_conditions")
    certificates.expired(Label.objects.get(decision=contested))
    _not_given(contested, "Le label est déjà terminé", at=AT + DAY)
    label = certificates.label()
    measures.notified(label, "suspend", at=AT + DAY)
    lifted = measures.notified(label, "lift", at=AT + 2 * DAY)
    _not_given(lifted, "ne pose pas de réserve", at=AT + 3 * DAY)


def test_no_label_comes_back_beside_the_one_that_the_structure_received_since() -> None:
    act = withdrawals.withdrawn()
    label = Label.objects.get(measures__decision=act)
    at = act.signed_at + DAY
    certificates.label(label.structure, at=at)
    _not_given(act, "choisir lequel reste", at=at)
    with transaction.atomic(), pytest.raises(Blocked, match="choisir lequel reste"):
        restore(Label.objects.hold(label.pk), decision=None, at=at, by=Actor.system())
