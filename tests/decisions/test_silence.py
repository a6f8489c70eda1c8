"""What silence owes once it has decided: reasons within a month, an attestation; the one-year rule (domain 3.1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from accounts.models import Role
from deadlines.actions import wrongly_computed
from deadlines.models import Deadline
from deadlines.tick import tick
from decisions import actions
from decisions.models import Appeal, Decision, SilenceRequest
from journal.refusals import Blocked, NotAllowed
from letters.models import Letter, Mail
from letters.registry import receipts
from tests.factories import appeals, decisions
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, representative_of

pytestmark = pytest.mark.django_db
NOTED = AT + timedelta(days=60)  # 5 March 2027, the day after the implicit date


def silent(*, acknowledged: bool = True) -> Decision:
    application = decisions.filed()
    if acknowledged:
        application = decisions.acknowledged(application)
    by = decisions.officer_of(application)
    return actions.record_implicit(application_pk=application.pk, at=NOTED, by=by)


def test_reasons_of_a_refusal_by_silence() -> None:
    decision = silent()
    by, officer = (
        representative_of(decision.application.structure),
        decisions.officer_of(decision.application),
    )
    ask = {"decision_pk": decision.pk, "kind": "reasons"}
    with pytest.raises(NotAllowed):
        actions.ask_about_silence(**ask, at=NOTED, by=officer)
    with pytest.raises(Blocked):
        actions.ask_about_silence(decision_pk=decision.pk, kind="attestation", at=NOTED, by=by)
    with pytest.raises(Blocked, match="délai de recours"):
        actions.ask_about_silence(**ask, at=AT + timedelta(days=130), by=by)
    asked = actions.ask_about_silence(**ask, at=NOTED, by=by)
    assert actions.ask_about_silence(**ask, at=NOTED, by=by) == asked
    assert Deadline.objects.running().of(asked).get().due_on == date(2027, 4, 5)
    decision = Decision.objects.get(pk=decision.pk)
    assert (decision.gracious_until, decision.court_until) == (None, None)
    tick(NOTED + timedelta(days=25))
    assert Mail.objects.filter(kind="silence_asked").count() >= 2

    answer = {"request_pk": asked.pk, "at": NOTED + timedelta(days=26)}
    with pytest.raises(NotAllowed):
        actions.answer_about_silence(**answer, by=acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER))
    with pytest.raises(Blocked):
        actions.answer_about_silence(**answer, reasons_in_law="Court.", reasons_in_fact="Court.", by=officer)
    reasons = {"reasons_in_law": decisions.IN_LAW, "reasons_in_fact": decisions.IN_FACT}
    asked = actions.answer_about_silence(**answer, **reasons, by=officer)
    assert actions.answer_about_silence(**answer, by=officer).letter == asked.letter
    assert asked.letter.code == "L8b" and "Télérecours" in str(asked.letter.content)
    received = date(2027, 4, 2)
    receipts["L8b"](asked.letter, received, False, answer["at"], officer)
    decision = Decision.objects.get(pk=decision.pk)
    assert (decision.gracious_until, decision.court_until) == (date(2027, 6, 3), date(2027, 6, 3))
    assert list(wrongly_computed()) == []


def test_an_attestation_of_an_acceptance_by_silence(settings) -> None:
    settings.SILENCE_EFFECT = "acceptance"
    application = decisions.acknowledged(decisions.filed())
    officer = decisions.officer_of(application)
    by = acting(signatory(), Role.SIGNATORY)
    decision = actions.record_implicit(application_pk=application.pk, at=NOTED, by=by)
    asked = actions.ask_about_silence(
        decision_pk=decision.pk,
        kind="attestation",
        at=NOTED,
        by=representative_of(application.structure),
    )
    asked = actions.answer_about_silence(request_pk=asked.pk, at=NOTED, by=officer)
    assert asked.letter.code == "L1c"
    assert decision.label.number in str(asked.letter.content)
    assert not Deadline.objects.of(asked).exists()


def test_without_acknowledgement_the_remedies_last_one_year() -> None:
    """CRPA L112-6: the dossier was never acknowledged, so two months are held against nobody."""
    decision = silent(acknowledged=False)
    assert (decision.remedies_opposable, decision.gracious_until, decision.court_until) == (
        False,
        date(2028, 3, 4),
        date(2028, 3, 4),
    )
    appeal = actions.lodge(
        decision_pk=decision.pk,
        contested="Le silence.",
        asked="Une réponse.",
        at=AT + timedelta(days=200),
        by=representative_of(decision.application.structure),
    )
    assert not appeal.is_late


def _reasons_received(asked: SilenceRequest, *, at: datetime) -> None:
    """The reasons are given, and their letter is received that day."""
    by = decisions.officer_of(asked.decision.application)
    reasons = {"reasons_in_law": decisions.IN_LAW, "reasons_in_fact": decisions.IN_FACT}
    asked = actions.answer_about_silence(request_pk=asked.pk, **reasons, at=at, by=by)
    Letter.objects.filter(pk=asked.letter.pk).update(received_on=at.date())
    asked.letter.refresh_from_db()
    receipts["L8b"](asked.letter, at.date(), False, at, by)


def _asked_and_contested() -> tuple[SilenceRequest, Appeal]:
    decision = silent()
    by = representative_of(decision.application.structure)
    asked = actions.ask_about_silence(decision_pk=decision.pk, kind="reasons", at=NOTED, by=by)
    return asked, appeals.lodged(decision, at=NOTED + timedelta(days=5))


def test_reasons_received_while_an_appeal_is_examined_start_no_court() -> None:
    """An appeal interrupts: the court counts from its end, later than the reasons (CRPA L232-4, L411-2)."""
    asked, appeal = _asked_and_contested()
    _reasons_received(asked, at=NOTED + timedelta(days=20))
    contested = Decision.objects.get(pk=asked.decision_id)
    assert contested.court_until is None and contested.gracious_until is not None
    assert not Deadline.objects.running().of(contested).exists()
    dropped = NOTED + timedelta(days=30)
    actions.drop_appeal(
        appeal_pk=appeal.pk, at=dropped, by=representative_of(appeal.decision.application.structure)
    )
    court = Deadline.objects.running().of(contested).get(kind="court")
    assert court.started_on == dropped.date()


def test_an_appeal_that_ends_while_reasons_are_awaited_starts_no_court() -> None:
    asked, appeal = _asked_and_contested()
    tick(NOTED + timedelta(days=80))  # silence has rejected the appeal
    contested = Decision.objects.get(pk=asked.decision_id)
    assert Appeal.objects.get(pk=appeal.pk).state == "implicitly_rejected"
    assert contested.court_until is None
    given = NOTED + timedelta(days=90)
    _reasons_received(asked, at=given)
    court = Deadline.objects.running().of(contested).get(kind="court")
    assert court.started_on == given.date()


def test_an_appeal_while_reasons_are_awaited_is_in_time() -> None:
    """Asked in time, the reasons keep both remedies open until they are given."""
    decision = silent()
    by = representative_of(decision.application.structure)
    actions.ask_about_silence(decision_pk=decision.pk, kind="reasons", at=NOTED, by=by)
    assert not appeals.lodged(decision, at=NOTED + timedelta(days=120)).is_late
