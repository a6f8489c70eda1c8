"""Disputes before a court: dated facts, hard deadlines, and what a judgment undoes (domain 5.1, 5.3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Role
from certificates.models import Label
from certificates.status import status_on
from deadlines.models import Deadline, Reminder
from deadlines.tick import tick
from decisions import actions
from decisions.models import Decision, Litigation
from decisions.undoing import _registered
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from letters.models import Mail
from tests.factories import appeals, decisions
from tests.factories.accounts import acting, staff
from tests.factories.structures import AT
from tests.reading import plain

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=40)


def officer() -> Actor:
    return acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)


def case_about(decision: Decision, by: Actor, **changes: Any) -> Litigation:
    facts = {"court": "Tribunal administratif de Cergy", "number": "2700123", "opened_on": LATER.date()}
    facts["brought_by"] = "holder"
    return actions.open_litigation(decision_pk=decision.pk, **{**facts, **changes}, at=LATER, by=by)


def test_a_court_annuls_a_refusal() -> None:
    """Domain 5.3: re-examination application, injunction date as hard clock, other panel."""
    refusal, by = appeals.refused(), officer()
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    with pytest.raises(NotAllowed):
        case_about(refusal, secretary)
    for wrong in (
        {"court": " "},
        {"number": "\u200b"},
        {"opened_on": date(2027, 12, 1)},
        {"opened_on": date(2026, 1, 1)},
        {"brought_by": ""},
    ):
        with pytest.raises(Blocked):
            case_about(refusal, by, **wrong)
    case = case_about(refusal, by)
    with pytest.raises(Blocked, match="déjà suivi"):
        case_about(refusal, by)

    def step(kind: str, on: date, **more: Any) -> Any:
        at = LATER + (on - LATER.date())
        return actions.add_step(litigation_pk=case.pk, kind=kind, happened_on=on, at=at, by=by, **more)

    brief = step("brief_due", date(2027, 3, 1), due_on=date(2027, 4, 15))
    for wrong in (
        {"kind": "brief_due", "on": date(2027, 3, 2)},
        {"kind": "lodged", "on": date(2027, 3, 2)},
        {"kind": "annulled", "on": date(2027, 1, 1)},
        {"kind": "annulled", "on": date(2027, 6, 1), "due_on": date(2027, 5, 1)},
    ):
        with pytest.raises(Blocked):
            step(**wrong)
    tick(AT + timedelta(days=80))
    told = Mail.objects.filter(kind="hard_date")
    assert told.count() > 1 and all("15 avril 2027" in plain(mail.text) for mail in told)
    actions.keep_hard_date(step_pk=brief.pk, at=LATER, by=by)
    actions.keep_hard_date(step_pk=brief.pk, at=LATER, by=by)
    assert not Deadline.objects.running().of(brief).exists()

    step("annulled", date(2027, 6, 1), due_on=date(2027, 8, 1), text="L'Institut réexamine la demande.")
    assert Decision.objects.get(pk=refusal.pk).state == "annulled"
    again = Application.objects.get(reopens=refusal.application)
    assert again.state == "admissible"
    injunction = Deadline.objects.running().get(kind="injunction")
    assert (injunction.due_on, Reminder.objects.filter(deadline=injunction).count()) == (date(2027, 8, 1), 4)
    assert not Deadline.objects.running().of(refusal).exists()
    with pytest.raises(Blocked, match="terminée"):
        step("abandoned", date(2027, 6, 2))


def test_a_court_annuls_a_grant_contested_by_somebody_else() -> None:
    """Domain 5.3: the label is annulled, without adversarial phase: there is a judgment."""
    grant, by = decisions.notified(), officer()
    label = Label.objects.get(decision=grant)
    case = case_about(grant, by, brought_by="other")
    ordered = {"kind": "annulled", "happened_on": date(2027, 2, 13), "at": LATER, "by": by}
    with transaction.atomic():
        Label.objects.hold(label.pk)
        actions.add_step(litigation_pk=case.pk, **ordered)
    label = Label.objects.get(pk=label.pk)
    assert (label.state, status_on(label, date(2027, 2, 1)).code) == ("annulled", "annulled")
    assert Decision.objects.get(pk=grant.pk).state == "annulled"
    assert not Deadline.objects.running().filter(subject=subject_key(label)).exists()
    told = Mail.objects.filter(kind="annulled_by_a_judge")
    assert label.structure.representative() in [mail.recipient for mail in told]
    assert label.number in told.first().title and label.structure.name not in told.first().text


def test_a_case_that_ends_otherwise_changes_nothing() -> None:
    contested, by = appeals.inadmissible(), officer()
    case = case_about(contested, by)
    facts = {"happened_on": LATER.date(), "at": LATER, "by": by}
    actions.add_step(litigation_pk=case.pk, kind="brief_due", due_on=date(2027, 9, 1), **facts)
    actions.add_step(litigation_pk=case.pk, kind="dismissed", **facts)
    assert Decision.objects.get(pk=contested.pk).state == "notified"
    assert Deadline.objects.get(kind="brief").outcome == "dropped"


def test_every_open_kind_can_be_annulled() -> None:
    from decisions.effects import OPEN_KINDS

    known = {kind for kind, cause in _registered if cause == "annulled"}
    assert set(OPEN_KINDS) - known == {Decision.Kind.APPEAL_ANSWER}


def test_an_act_is_not_final_while_a_case_is_pending() -> None:
    """« Définitive » says that the times to contest are over: a claim lodged in time keeps them open."""
    refusal, by = appeals.refused(), officer()
    case = case_about(refusal, by)
    tick(AT + timedelta(days=120))
    assert Decision.objects.get(pk=refusal.pk).state == "notified"
    judged = AT + timedelta(days=130)
    facts = {"happened_on": judged.date(), "at": judged, "by": by}
    actions.add_step(litigation_pk=case.pk, kind="dismissed", **facts)
    tick(judged + timedelta(days=30))  # the judgment itself may be contested for two months
    assert Decision.objects.get(pk=refusal.pk).state == "notified"
    tick(judged + timedelta(days=70))
    assert Decision.objects.get(pk=refusal.pk).state == "final"


def test_a_case_noted_late_opens_a_final_act_again() -> None:
    refusal, by = appeals.refused(), officer()
    tick(AT + timedelta(days=120))
    assert Decision.objects.get(pk=refusal.pk).state == "final"
    facts = {
        "court": "TA",
        "number": "1",
        "opened_on": LATER.date(),
        "brought_by": "holder",
        "at": AT + timedelta(days=121),
    }
    actions.open_litigation(decision_pk=refusal.pk, **facts, by=by)
    assert Decision.objects.get(pk=refusal.pk).state == "notified"


def test_a_judgment_closes_nothing_while_an_appeal_keeps_the_court_open() -> None:
    refusal, by = appeals.refused(), officer()
    case = case_about(refusal, by)
    facts = {"happened_on": LATER.date(), "at": LATER, "by": by}
    actions.add_step(litigation_pk=case.pk, kind="abandoned", **facts)
    appeals.lodged(refusal, at=LATER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("decisions.due.note_silence", lambda **_: None)  # the appeal goes on beyond its silence
        tick(LATER + timedelta(days=75))
    assert Deadline.objects.get(kind="judgment").handled_at is not None
    assert Decision.objects.get(pk=refusal.pk).state == "notified"
