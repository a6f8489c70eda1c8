"""An appeal from its lodging to its answer: who may, what the law's time becomes, and what an answer undoes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from deadlines.actions import wrongly_computed
from deadlines.models import Deadline
from deadlines.tick import tick as run
from decisions import actions
from decisions.appeal_checklist import possible_outcomes
from decisions.models import Appeal, Decision
from decisions.rules import contested_by_part_of, free_to_examine, people_of
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed, Stale
from label.models import Application
from letters.models import Letter
from reviewers.panels import judged_before
from tests.factories import appeals, decisions
from tests.factories.accounts import acting, give_role, person, signatory, staff
from tests.factories.appeals import LODGED, fresh, officer_of
from tests.factories.structures import AT, PDF, representative_of
from workflows.integrity import (
    appeals_examined_by_their_authors,
    clocks_wrongly_computed,
    flows_that_differ,
)

pytestmark = pytest.mark.django_db


def scanned() -> SimpleUploadedFile:
    return SimpleUploadedFile("recours.pdf", PDF)


def court(decision: Decision) -> Deadline | None:
    return Deadline.objects.running().of(decision).filter(kind="court").first()


def read(decision: Decision) -> Decision:
    return Decision.objects.select_related("application__structure").get(pk=decision.pk)


def test_an_upheld_appeal_reopens_the_dossier_for_others() -> None:
    refusal = appeals.refused()
    structure = refusal.application.structure
    representative = representative_of(structure)
    for by in (acting(person(), "representative"), decisions.officer_of(refusal.application)):
        with pytest.raises(NotAllowed):
            actions.lodge(decision_pk=refusal.pk, contested="Tout.", asked="Revoir.", at=LODGED, by=by)
    with pytest.raises(Blocked):
        actions.lodge(decision_pk=refusal.pk, contested=" ", asked="\u200b", at=LODGED, by=representative)

    appeal = appeals.lodged(refusal, scores_contested=True)
    assert (appeal.state, appeal.is_late, appeal.silence_on) == ("acknowledged", False, date(2027, 3, 24))
    assert appeal.receipt.code == "L1r"
    assert "n'ont pas participé" in str(appeal.receipt.content)
    assert court(refusal) is None and read(refusal).court_until is None
    with pytest.raises(Blocked, match="déjà déposé"):
        appeals.lodged(refusal)

    signed_it = acting(refusal.signed_by, Role.CASE_OFFICER)
    give_role(refusal.signed_by, Role.CASE_OFFICER)
    free = staff(Role.APPEAL_OFFICER, first_name="Paul", last_name="Libre")
    with pytest.raises(Blocked, match="Paul Libre"):
        actions.take_up(appeal_pk=appeal.pk, at=LODGED, by=signed_it)
    appeal = appeals.taken(appeal, officer=free)
    other = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    with pytest.raises(TransitionNotAllowed):
        actions.take_up(appeal_pk=appeal.pk, at=LODGED, by=other)
    with pytest.raises(NotAllowed):
        actions.prepare_answer(appeal_pk=appeal.pk, answer=appeals.answer(), at=LODGED, by=other)

    by = officer_of(appeal)
    half = appeals.answer("upheld", points=(), what_changes=" ")
    act = actions.prepare_answer(appeal_pk=appeal.pk, answer=half, at=LODGED, by=by)
    with pytest.raises(Stale):
        actions.prepare_answer(appeal_pk=appeal.pk, answer=appeals.answer(), seen="old", at=LODGED, by=by)
    with pytest.raises(Blocked, match="point.*change"):
        actions.send_for_signature(decision_pk=act.pk, at=LODGED, by=by)
    appeal = appeals.to_sign(appeal, "upheld")
    with pytest.raises(Blocked, match="participé à la décision contestée"):
        actions.sign(decision_pk=act.pk, at=LODGED, by=acting(refusal.signed_by, Role.SIGNATORY))
    actions.sign(decision_pk=act.pk, at=LODGED, by=acting(signatory(), Role.SIGNATORY))

    appeal, refusal = fresh(appeal), read(refusal)
    assert (appeal.state, refusal.state, appeal.answer.supersedes) == ("upheld", "replaced", refusal)
    again = Application.objects.get(reopens=refusal.application)
    assert (again.state, again.kind, again.edition) == ("admissible", "initial", refusal.application.edition)
    assert again.snapshot.content["solutions"] == refusal.snapshot.content["solutions"]
    assert again.snapshot.digest != refusal.snapshot.digest
    assert again.implicit_decision_on == date(2027, 3, 24)
    assert judged_before([again]) == {again.pk: set()}
    on = LODGED.date()
    mine = Application.objects.visible_to
    assert again not in mine(representative.user, on=on)
    decisions.receive(appeal.answer, at=LODGED + timedelta(days=3))
    assert again not in mine(representative.user, on=on)  # the letter tells it first
    assert again in mine(representative.user, on=on + timedelta(days=3))
    answer = read(appeal.answer)
    assert (answer.gracious_until, answer.court_until) == (None, date(2027, 3, 30))
    letter = str(answer.letter.content)
    assert "Nous faisons droit" in letter and "page 12" in letter
    assert court(refusal) is None
    assert list(wrongly_computed()) == []
    assert [*flows_that_differ(), *clocks_wrongly_computed(), *appeals_examined_by_their_authors()] == []


def test_a_rejected_appeal_gives_the_whole_time_to_go_to_court() -> None:
    """The time to sue counts anew, whole, from the receipt of the answer; and the answer goes to court only."""
    contested = appeals.inadmissible()
    before = contested.court_until
    appeal = appeals.answered(appeals.taken(appeals.lodged(contested)))
    assert (appeal.state, read(contested).state) == ("rejected", "notified")
    assert Deadline.objects.get(subject=subject_key(appeal)).outcome == "met"
    assert court(contested) is None
    decisions.receive(appeal.answer, at=AT + timedelta(days=40))  # 13 February 2027
    contested = read(contested)
    assert contested.court_until == date(2027, 4, 14) > before
    first, second = Deadline.objects.filter(subject=subject_key(contested), kind="court").order_by("pk")
    assert (first.outcome, first.due_on) == ("interrupted", before)
    assert second.proof == subject_key(appeal.answer.letter)
    assert list(wrongly_computed()) == []
    with pytest.raises(Blocked, match="devant le tribunal"):
        appeals.lodged(appeal.answer, at=AT + timedelta(days=41))
    run(AT + timedelta(days=120))
    assert read(contested).state == read(appeal.answer).state == "final"


def test_silence_rejects_an_appeal_and_a_late_answer_stays_possible() -> None:
    contested = appeals.inadmissible()
    appeal = appeals.taken(appeals.lodged(contested))
    run(LODGED + timedelta(days=59))  # the last day: still in time
    assert fresh(appeal).state == "under_review"
    run(LODGED + timedelta(days=75))  # late by sixteen days: the day of the law is kept
    run(LODGED + timedelta(days=75))
    appeal, contested = fresh(appeal), read(contested)
    assert (appeal.state, appeal.implicitly_rejected_on) == ("implicitly_rejected", date(2027, 3, 24))
    assert contested.court_until == date(2027, 5, 25)
    with pytest.raises(NotAllowed):
        actions.note_silence(appeal_pk=appeal.pk, at=LODGED, by=officer_of(appeal))
    with pytest.raises(Blocked):
        by = representative_of(contested.application.structure)
        actions.drop_appeal(appeal_pk=appeal.pk, at=LODGED + timedelta(days=80), by=by)
    late = LODGED + timedelta(days=90)
    appeal = appeals.answered(appeal, at=late)
    decisions.receive(appeal.answer, at=late)  # 24 April: the time still ran, it counts anew
    assert (appeal.state, read(contested).court_until) == ("rejected", date(2027, 6, 25))
    assert "considéré comme rejeté" in str(appeal.answer.letter.content)


def test_without_receipt_the_association_has_one_year(settings) -> None:
    """CRPA L112-6: what nobody told it is not held against it."""
    contested = appeals.inadmissible()
    settings.SERVICE_PHONE = ""
    appeal = appeals.lodged(contested)
    assert (appeal.state, appeal.receipt) == ("received", None)
    officer = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    with pytest.raises(Blocked, match="accusé de réception"):
        actions.take_up(appeal_pk=appeal.pk, at=LODGED, by=officer)
    with transaction.atomic():
        run(LODGED + timedelta(days=70))
        assert fresh(appeal).state == "implicitly_rejected"
        assert read(contested).court_until == date(2028, 3, 24)
        assert list(wrongly_computed()) == []
        transaction.set_rollback(True)
    settings.SERVICE_PHONE = "01 00 00 00 00"
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    appeal = actions.acknowledge_appeal(appeal_pk=appeal.pk, at=LODGED, by=secretary)
    again = actions.acknowledge_appeal(appeal_pk=appeal.pk, at=LODGED, by=secretary)
    assert (again.state, Letter.objects.filter(code="L1r").count()) == ("acknowledged", 1)


def test_the_postmark_protects_an_appeal_that_comes_by_post() -> None:
    """Domain 5.3, paper by post: CRPA L112-1. Posted on the last day, received once the act was noted as final."""
    contested = appeals.inadmissible()  # received on 4 January: until Friday 5 March
    assert contested.gracious_until == date(2027, 3, 5)
    run(AT + timedelta(days=63))
    assert read(contested).state == "final"
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    facts = {"contested": "Tout.", "asked": "Revoir.", "means": "post", "received_on": date(2027, 3, 8)}
    at = AT + timedelta(days=64)

    def enter(**changes):
        by = changes.pop("by", secretary)
        return actions.enter_appeal(decision_pk=contested.pk, **{**facts, **changes}, at=at, by=by)

    for wrong in (
        {},  # neither postmark nor copy
        {"postmarked_on": date(2027, 3, 9), "scan": scanned()},  # posted after it came
        {"postmarked_on": date(2026, 3, 5), "scan": scanned()},  # before the act, a slip of the year
        {
            "postmarked_on": date(2027, 3, 5),
            "received_on": date(2027, 4, 1),
            "scan": scanned(),
        },  # not there yet
    ):
        with pytest.raises(Blocked):
            enter(**wrong)
    with pytest.raises(NotAllowed):
        enter(by=representative_of(contested.application.structure))
    appeal = fresh(enter(postmarked_on=date(2027, 3, 5), scan=scanned()))
    assert (appeal.is_late, appeal.lodged_on, appeal.silence_on) == (
        False,
        date(2027, 3, 5),
        date(2027, 5, 8),
    )
    assert read(contested).state == "notified"
    assert appeal.receipt.channel == "post" and not appeal.silence_is_opposable  # not posted yet
    with pytest.raises(Blocked):
        actions.record_appeal_read_back(appeal_pk=appeal.pk, read_on=date(2027, 3, 1), at=at, by=secretary)
    read_on = timezone.localdate(at)
    assert actions.record_appeal_read_back(
        appeal_pk=appeal.pk, read_on=read_on, at=at, by=secretary
    ).read_back_on


def test_a_late_appeal_is_examined_and_protects_nothing() -> None:
    contested = appeals.inadmissible()
    until = contested.court_until
    late = AT + timedelta(days=100)
    run(late)
    appeal = appeals.lodged(contested, at=late)
    assert appeal.is_late and "ne protège plus" in str(appeal.receipt.content)
    assert (read(contested).state, read(contested).court_until) == ("final", until)
    by = representative_of(contested.application.structure)
    with transaction.atomic():
        dropped = actions.drop_appeal(appeal_pk=appeal.pk, at=late, by=by)
        assert (dropped.state, read(contested).court_until) == ("dropped", until)
        appeals.lodged(contested, at=late)  # a dropped appeal may be followed by another one
        transaction.set_rollback(True)
    appeal = appeals.answered(appeals.taken(appeal, at=late), "upheld", at=late)
    assert Application.objects.get(reopens=contested.application).state == "submitted"
    assert read(contested).state == "replaced"


def test_what_people_did_closes_the_appeal_to_them() -> None:
    """The two ways of asking who had a part agree, for each person of the Institute."""
    contested = appeals.refused()
    secretary = staff(Role.SECRETARIAT)
    appeal = appeals.lodged(contested)
    people = people_of(contested)
    assert {contested.prepared_by_id, contested.signed_by_id, contested.application.case_officer_id} <= people
    for user in {contested.prepared_by, contested.signed_by, secretary, staff(Role.APPEAL_OFFICER)}:
        shown = Appeal.objects.visible_to(user, on=LODGED.date()).filter(pk=appeal.pk).exists()
        asked = Appeal.objects.filter(contested_by_part_of(user), pk=appeal.pk).exists()
        assert (asked, shown) == (user.pk in people, user.pk not in people)
    assert not free_to_examine(contested, on=LODGED.date()).filter(pk__in=people).exists()
    assert set(possible_outcomes(appeal)) == set(Appeal.Outcome)


def test_an_appeal_needs_an_act_that_stands() -> None:
    signed = decisions.signed(decisions.filed(), "inadmissible")
    by = representative_of(signed.application.structure)
    with pytest.raises(Blocked, match="en vigueur"):
        actions.lodge(decision_pk=signed.pk, contested="Tout.", asked="Revoir.", at=LODGED, by=by)
    with pytest.raises(Decision.DoesNotExist):
        actions.lodge(decision_pk=99_999, contested="Tout.", asked="Revoir.", at=LODGED, by=by)
    assert not Appeal.objects.exists()
    assert Actor.system().user is None
