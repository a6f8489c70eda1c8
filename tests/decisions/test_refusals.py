"""What is refused before an act, an appeal or a fact of a dispute, in the words that a person reads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Role
from decisions import actions
from decisions.models import Appeal, Decision
from journal.refusals import NotAllowed, Stale
from label.models import Application
from reviewers.due import look_for_names_of_the_staff
from tests.factories import appeals, decisions, label
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.structures import AT, PDF, member, representative_of
from tests.refusing import refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ENOUGH = settings.REASONS_MIN_LENGTH
TODAY = timezone.localdate(AT)
LODGED = appeals.LODGED
ON = timezone.localdate(LODGED)


@pytest.mark.parametrize(
    ("words", "kind", "changes"),
    [
        ("motifs en droit manquent", "grant", {"reasons_in_law": "\u200b"}),
        ("motifs en droit sont trop courts", "grant", {"reasons_in_law": "x" * (ENOUGH - 1)}),
        ("motifs en fait manquent", "grant", {"reasons_in_fact": " "}),
        ("motifs en fait sont trop courts", "grant", {"reasons_in_fact": "x" * (ENOUGH - 1)}),
        ("au moins une action reconnue", "grant", {"solution_pks": []}),
        ("au moins un critère", "grant_with_conditions", {"criteria": []}),
        ("au moins une réserve", "grant_with_conditions", {"conditions": []}),
        ("réserve est passée", "grant_with_conditions", {"conditions": [("Publier.", "Lien", TODAY)]}),
        ("entre crochets", "grant_with_conditions", {"conditions": [("[point fort]", "Lien", TODAY + DAY)]}),
        ("comment améliorer", "refuse", {"how_to_improve": "\u200b"}),
        ("au moins un critère", "refuse", {"criteria": []}),
        ("s'écarte de l'avis", "refuse", {"divergence_reasons": "x" * (ENOUGH - 1)}),
    ],
)
def test_an_act_is_sent_whole(words: str, kind: str, changes: dict[str, Any]) -> None:
    application = decisions.advised()
    given = {"divergence_reasons": decisions.OTHERWISE} if kind == "refuse" else {}
    act = decisions.prepared(application, kind, **{**given, **changes})
    by = decisions.officer_of(application)
    refused(actions.send_for_signature, words, decision_pk=act.pk, at=AT, by=by)


def test_reasons_of_the_least_length_are_enough() -> None:
    just = "x" * ENOUGH
    application = decisions.advised()
    conditions = [("Publier.", "Lien", TODAY + DAY)]
    texts = {"reasons_in_law": just, "reasons_in_fact": just, "divergence_reasons": just}
    act = decisions.prepared(application, "grant_with_conditions", conditions=conditions, **texts)
    by = decisions.officer_of(application)
    assert actions.send_for_signature(decision_pk=act.pk, at=AT, by=by).submitted_at == AT
    act = decisions.prepared(application, "refuse", **texts)
    assert actions.send_for_signature(decision_pk=act.pk, at=AT, by=by).submitted_at == AT


def test_a_request_is_inadmissible_for_a_reason_of_the_list() -> None:
    application = decisions.filed()
    act = decisions.prepared(application, "inadmissible", closed_reason="x")
    by = decisions.officer_of(application)
    refused(actions.send_for_signature, "la raison dans la liste", decision_pk=act.pk, at=AT, by=by)


def test_an_act_is_not_written_over_what_somebody_else_wrote() -> None:
    application = decisions.advised()
    decisions.prepared(application)
    given = {
        "application_pk": application.pk,
        "seen": "old",
        "at": AT,
        "by": decisions.officer_of(application),
    }
    actions.prepare(content=decisions.content(application), **given)
    with pytest.raises(Stale):
        actions.prepare(content=decisions.content(application, reasons_in_law="x" * ENOUGH), **given)


def test_a_dossier_from_which_no_piece_is_awaited_is_not_closed() -> None:
    application = decisions.incomplete()
    act = decisions.prepared(application, "close")
    application.document_requests.update(answered_at=AT)
    given = {"decision_pk": act.pk, "at": AT + timedelta(days=90), "by": decisions.officer_of(application)}
    refused(actions.send_for_signature, "Aucune pièce n'est attendue", **given)


def test_nobody_signs_for_a_structure_where_a_person_bears_their_name() -> None:
    same = {"first_name": "Anne-Marie", "last_name": "Lefèvre"}
    by = acting(signatory(**same), Role.SIGNATORY)
    act = decisions.to_sign()
    member(act.application.structure, user=person(**same))
    look_for_names_of_the_staff(AT + DAY)
    refused(actions.sign, "porte votre nom", decision_pk=act.pk, at=AT + DAY, by=by)


def test_an_act_follows_the_stage_and_the_opinion_of_its_dossier() -> None:
    application = decisions.filed()
    by = decisions.officer_of(application)
    act = decisions.prepared(application, "grant", divergence_reasons=decisions.OTHERWISE)
    refused(actions.send_for_signature, "pas à une étape", decision_pk=act.pk, at=AT, by=by)


def test_a_dossier_is_closed_on_proof_once_its_time_and_its_reminder_are_over() -> None:
    application = decisions.incomplete()
    asked = application.document_requests.get()
    late = AT + timedelta(days=200)
    by = decisions.officer_of(application)
    act = decisions.prepared(application, "close", at=late)
    given = {"decision_pk": act.pk, "by": by}
    last = asked.due_on + timedelta(days=settings.DOCUMENTS_GRACE_DAYS)
    at = AT + (last - TODAY)
    refused(actions.send_for_signature, "peut encore envoyer ses pièces", at=at, **given)
    application.document_requests.update(reminded_at=None)
    refused(actions.send_for_signature, "Aucune relance", at=at + DAY, **given)
    application.document_requests.update(reminded_at=AT)
    asked.letter.__class__.objects.filter(pk=asked.letter_id).update(received_on=None)
    refused(actions.send_for_signature, "preuve de réception", at=at + DAY, **given)
    asked.letter.__class__.objects.filter(pk=asked.letter_id).update(received_on=TODAY)
    assert actions.send_for_signature(at=at + DAY, **given).submitted_at == at + DAY


def test_what_is_signed_was_sent_and_comes_back_once() -> None:
    act = decisions.prepared()
    chief = acting(signatory(), Role.SIGNATORY)
    given = {"decision_pk": act.pk, "at": AT}
    refused(actions.sign, "pas encore transmise", by=chief, **given)
    refused(actions.send_back, "pas encore transmise", by=chief.because("Relire."), **given)
    actions.send_for_signature(by=decisions.officer_of(act.application), **given)
    refused(actions.send_back, "en une phrase pourquoi", by=chief.because(" "), **given)
    refused(actions.sign, "a changé depuis", seen=AT - DAY, by=chief, **given)
    with pytest.raises(NotAllowed):
        actions.send_back(by=decisions.officer_of(act.application).because("Relire."), **given)


def test_silence_is_noted_where_it_runs_once_and_after_its_last_day() -> None:
    application = decisions.filed()
    by = decisions.officer_of(application)
    last = application.implicit_decision_on
    assert last is not None
    given = {"application_pk": application.pk, "by": by}
    at = AT + (last - TODAY)
    refused(actions.record_implicit, "peut encore répondre", at=at, **given)
    actions.record_implicit(at=at + DAY, **given)
    refused(actions.record_implicit, "déjà notée", at=at + DAY, **given)
    decided = decisions.signed().application
    given = {"application_pk": decided.pk, "by": decisions.officer_of(decided)}
    refused(actions.record_implicit, "ne court pas", at=at + DAY, **given)


def test_an_appeal_says_what_it_contests_and_asks_and_the_right_person_lodges_it() -> None:
    contested = appeals.inadmissible()
    given = {"decision_pk": contested.pk, "at": LODGED}
    by = representative_of(contested.application.structure)
    refused(actions.lodge, "ce que vous contestez", contested="\u200b", asked="Revoir.", by=by, **given)
    refused(actions.lodge, "ce que vous demandez", contested="Tout.", asked=" ", by=by, **given)
    with pytest.raises(NotAllowed):
        other = representative_of(decisions.filed().structure)
        actions.lodge(contested="Tout.", asked="Revoir.", by=other, **given)


def test_an_appeal_typed_by_the_office_has_true_dates_and_its_copy() -> None:
    contested = appeals.inadmissible()
    notified = contested.notified_on
    assert notified is not None
    by = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    given = {"decision_pk": contested.pk, "contested": "Tout.", "asked": "Revoir.", "at": LODGED, "by": by}
    refused(actions.enter_appeal, "n'est pas encore arrivée", means="phone", received_on=ON + DAY, **given)
    refused(actions.enter_appeal, "n'a été reçue que", means="visit", received_on=notified - DAY, **given)
    post = {"means": "post", "received_on": ON, "postmarked_on": ON, **given}
    refused(actions.enter_appeal, "Joignez la copie", **post)
    scan = SimpleUploadedFile("recours.pdf", PDF, content_type="application/pdf")
    before = {**post, "postmarked_on": notified - DAY, "scan": scan}
    refused(actions.enter_appeal, "n'a été reçue que", confirms_dates=True, **before)
    appeal = actions.enter_appeal(means="visit", received_on=notified, **given)

    read = {"appeal_pk": appeal.pk, "at": LODGED, "by": by}
    refused(actions.record_appeal_read_back, "pas encore arrivée", read_on=ON + DAY, **read)
    refused(actions.record_appeal_read_back, "précède la réception", read_on=notified - DAY, **read)
    assert actions.record_appeal_read_back(read_on=notified, **read).read_back_on == notified
    assert actions.record_appeal_read_back(read_on=ON, **read).read_back_on == ON
    for nobody in (representative_of(contested.application.structure), acting(signatory(), Role.SIGNATORY)):
        with pytest.raises(NotAllowed):
            actions.record_appeal_read_back(read_on=ON, **{**read, "by": nobody})


def test_an_appeal_lodged_online_is_not_read_back() -> None:
    appeal = appeals.lodged()
    by = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    given = {"appeal_pk": appeal.pk, "read_on": ON, "at": LODGED, "by": by}
    refused(actions.record_appeal_read_back, "déposé en ligne", **given)


def test_an_appeal_is_examined_dropped_and_answered_while_it_is_open() -> None:
    appeal = appeals.taken()
    by = appeals.officer_of(appeal)
    given = {"appeal_pk": appeal.pk, "at": LODGED}
    wrong = appeals.answer("x")
    refused(actions.prepare_answer, "le sens de la réponse", answer=wrong, by=by, **given)
    other = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    with pytest.raises(NotAllowed):
        actions.prepare_answer(answer=appeals.answer(), by=other, **given)
    appeals.answered(appeal)
    holder = representative_of(appeal.decision.application.structure)
    refused(actions.drop_appeal, "ne peut plus être arrêté", by=holder, **given)
    with pytest.raises(NotAllowed):
        actions.drop_appeal(by=by, **given)

    appeal = appeals.lodged()
    holder = representative_of(appeal.decision.application.structure)
    given["appeal_pk"] = appeal.pk
    actions.drop_appeal(by=holder, **given)
    refused(actions.take_up, "Ce recours est terminé", by=other, **given)


def test_an_answer_is_written_in_the_role_that_examines_by_who_took_that_appeal_while_it_is_open() -> None:
    dropped = appeals.taken()
    contested = dropped.decision
    former = appeals.officer_of(dropped)
    given = {"appeal_pk": dropped.pk, "answer": appeals.answer(), "at": LODGED}
    with pytest.raises(NotAllowed):
        actions.prepare_answer(by=acting(former.person, Role.SECRETARIAT), **given)
    holder = representative_of(contested.application.structure)
    actions.drop_appeal(appeal_pk=dropped.pk, at=LODGED, by=holder)
    again = appeals.taken(appeals.lodged(contested))
    with pytest.raises(NotAllowed):  # examines another appeal against the same act
        actions.prepare_answer(by=appeals.officer_of(again), **given)
    actions.drop_appeal(appeal_pk=again.pk, at=LODGED, by=holder)
    appeals.taken(appeals.lodged(contested), officer=former.person)
    refused(actions.prepare_answer, "Prenez d'abord ce recours en charge", by=former, **given)


def test_who_may_not_receive_nor_examine_an_appeal_does_not() -> None:
    given = {"appeal_pk": appeals.lodged().pk, "at": LODGED, "by": acting(signatory(), Role.SIGNATORY)}
    for action in (actions.acknowledge_appeal, actions.take_up):
        with pytest.raises(NotAllowed):
            action(**given)


def test_the_answer_to_an_appeal_that_ended_is_not_sent() -> None:
    appeal = appeals.taken()
    by = appeals.officer_of(appeal)
    answer = appeals.answer("upheld", what_changes="\u200b")
    act = actions.prepare_answer(appeal_pk=appeal.pk, answer=answer, at=LODGED, by=by)
    given = {"decision_pk": act.pk, "at": LODGED, "by": by}
    refused(actions.send_for_signature, "Dites ce qui change", **given)
    answer = appeals.answer("rejected", points=())
    actions.prepare_answer(appeal_pk=appeal.pk, answer=answer, at=LODGED, by=by)
    refused(actions.send_for_signature, "un point du recours", **given)


def test_an_answer_changes_nothing_of_an_act_that_a_judge_annulled() -> None:
    appeal = appeals.taken(appeals.lodged(appeals.refused()))
    given = {"at": LODGED, "by": appeals.officer_of(appeal)}
    act = actions.prepare_answer(appeal_pk=appeal.pk, answer=appeals.answer("upheld"), **given)
    case = actions.open_litigation(**court(appeal.decision))
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    judged = {"litigation_pk": case.pk, "happened_on": ON, "due_on": ON + DAY, "at": LODGED, "by": by}
    actions.add_step(kind="annulled", **judged)
    refused(actions.send_for_signature, "il n'y a rien à changer", decision_pk=act.pk, **given)


def test_who_had_a_part_since_in_the_contested_act_sends_no_answer() -> None:
    appeal = appeals.taken()
    given = {"at": LODGED, "by": appeals.officer_of(appeal)}
    act = actions.prepare_answer(appeal_pk=appeal.pk, answer=appeals.answer(), **given)
    Decision.objects.filter(pk=appeal.decision_id).update(prepared_by=appeal.officer)  # a part that they took
    refused(actions.send_for_signature, "une autre le reprend", decision_pk=act.pk, **given)


def test_one_answer_at_a_time_is_written_on_a_dossier() -> None:
    first = appeals.answered(appeals.taken(), "inadmissible")
    again = appeals.taken(appeals.lodged(first.decision))
    given = {"appeal_pk": again.pk, "answer": appeals.answer(), "at": LODGED, "by": appeals.officer_of(again)}
    refused(actions.prepare_answer, "Une réponse à un autre recours", **given)


def test_reasons_are_asked_of_a_silence_that_refused_until_the_last_day() -> None:
    request = appeals.reasons_asked()
    silence = request.decision
    by = representative_of(silence.application.structure)
    given = {"decision_pk": silence.pk, "at": AT, "by": by}
    refused(actions.ask_about_silence, "ce que signifie le silence", kind="attestation", **given)
    refusal = appeals.refused()
    holder = representative_of(refusal.application.structure)
    given = {"decision_pk": refusal.pk, "at": AT, "by": holder}
    refused(actions.ask_about_silence, "ne vient pas du silence", kind="reasons", **given)

    other = decisions.acknowledged(decisions.filed())
    noted_at = AT + timedelta(days=80)
    silence = actions.record_implicit(application_pk=other.pk, at=noted_at, by=decisions.officer_of(other))
    assert silence.court_until is not None
    last = AT + (silence.court_until - TODAY)
    asking = {"decision_pk": silence.pk, "kind": "reasons", "by": representative_of(other.structure)}
    refused(actions.ask_about_silence, "délai de recours", at=last + DAY, **asking)
    assert actions.ask_about_silence(at=last, **asking).pk

    silence = request.decision
    officer = decisions.officer_of(silence.application)
    answer = {"request_pk": request.pk, "at": AT + DAY, "by": officer}
    just, short = "x" * ENOUGH, "x" * (ENOUGH - 1)
    for texts in ((short, just), (just, short)):
        law, fact = texts
        refused(
            actions.answer_about_silence,
            "caractères au moins",
            reasons_in_law=law,
            reasons_in_fact=fact,
            **answer,
        )
    assert actions.answer_about_silence(reasons_in_law=just, reasons_in_fact=just, **answer).letter


def test_nothing_is_asked_of_a_silence_that_an_act_replaced() -> None:
    application = decisions.filed()
    at = AT + timedelta(days=80)
    silence = actions.record_implicit(
        application_pk=application.pk, at=at, by=decisions.officer_of(application)
    )
    decisions.signed(application, "inadmissible", at=at)
    by = representative_of(application.structure)
    given = {"decision_pk": silence.pk, "kind": "reasons", "at": at, "by": by}
    refused(actions.ask_about_silence, "a été remplacée", **given)


def court(decision: Decision, **changes: Any) -> dict[str, Any]:
    """What is said of a case about that act."""
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    facts = {"decision_pk": decision.pk, "court": "TA de Cergy", "number": "27", "brought_by": "holder"}
    return {**facts, "opened_on": ON, "at": LODGED, "by": by, **changes}


def test_a_case_has_its_court_its_number_its_side_and_its_day() -> None:
    refusal = appeals.refused()
    signed_on = timezone.localdate(refusal.signed_at)
    refused(actions.open_litigation, "Indiquez le tribunal", **court(refusal, court=" "))
    refused(actions.open_litigation, "Indiquez le numéro", **court(refusal, number="\u200b"))
    refused(actions.open_litigation, "Dites qui conteste", **court(refusal, brought_by="x"))
    refused(actions.open_litigation, "pas encore arrivée", **court(refusal, opened_on=ON + DAY))
    refused(actions.open_litigation, "précède la décision", **court(refusal, opened_on=signed_on - DAY))
    waiting = decisions.signed(decisions.filed(), "inadmissible")
    refused(actions.open_litigation, "n'est pas notifiée", **court(waiting))
    assert actions.open_litigation(**court(refusal, opened_on=signed_on)).opened_on == signed_on


def test_a_fact_of_a_case_has_true_dates() -> None:
    refusal = appeals.refused()
    case = actions.open_litigation(**court(refusal))
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    at = LODGED + timedelta(days=10)
    given = {"litigation_pk": case.pk, "at": at, "by": by}
    today = timezone.localdate(at)

    def step(words: str, kind: str, on: date = today, **more: Any) -> None:
        refused(actions.add_step, words, kind=kind, happened_on=on, **more, **given)

    for kind in ("x", "lodged", "resumed"):
        step("un fait dans la liste", kind)
    step("pas encore arrivée", "interim_refused", on=today + DAY)
    step("précède le début", "interim_refused", on=ON - DAY)
    step("la date fixée par le juge", "brief_due")
    step("avant quelle date réexaminer", "interim_ordered")
    step("précède ce fait", "brief_due", due_on=today - DAY)
    step("quelle partie", "partly_annulled", text=" ")
    for kind, on in (("interim_refused", ON), ("interim_refused", today)):
        actions.add_step(kind=kind, happened_on=on, **given)
    assert actions.add_step(kind="brief_due", happened_on=today, due_on=today, **given).due_on == today


def test_a_judge_never_takes_a_label_from_who_contests_a_part_of_it() -> None:
    grant = decisions.notified(kind="grant_with_conditions")
    case = actions.open_litigation(**court(grant))
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    given = {"litigation_pk": case.pk, "happened_on": ON, "at": LODGED, "by": by}
    refused(actions.add_step, "annulée en partie", kind="annulled", **given)
    given |= {"kind": "partly_annulled", "text": "La réserve."}
    key = str(grant.conditions.get().pk)
    refused(actions.add_step, "quelles réserves", **given)
    for wrong in ((key, "none"), ("0",), (key, "0")):
        refused(actions.add_step, "mais pas les deux", conditions=wrong, **given)
    assert not actions.add_step(conditions=("none",), **given).conditions.exists()

    due_on = (decisions.LATER + timedelta(days=180)).date()
    both = [("Publier les comptes.", "Lien", due_on), ("Former les bénévoles.", "Programme", due_on)]
    grant = decisions.notified(kind="grant_with_conditions", conditions=both)
    given |= {"litigation_pk": actions.open_litigation(**court(grant, number="28")).pk}
    keys = [str(pk) for pk in grant.conditions.values_list("pk", flat=True)]
    assert actions.add_step(conditions=keys, **given).conditions.count() == 2
    theirs = actions.open_litigation(**court(grant, number="29", brought_by="other"))
    assert actions.add_step(**{**given, "litigation_pk": theirs.pk, "kind": "annulled"}).carried_out_at


def test_what_a_judge_said_is_left_undone_for_a_reason() -> None:
    refusal = appeals.refused()
    label.submitted(refusal.application.structure, at=LODGED - DAY)  # in the way of a new examination
    case = actions.open_litigation(**court(refusal))
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    judged = {"litigation_pk": case.pk, "happened_on": ON, "due_on": ON + DAY, "at": LODGED, "by": by}
    step = actions.add_step(kind="annulled", **judged)
    refused(actions.leave_undone, "Dites en une phrase", step_pk=step.pk, at=LODGED, by=by.because("\u200b"))


def test_who_follows_no_dispute_changes_none() -> None:
    refusal = appeals.refused()
    with pytest.raises(NotAllowed):
        actions.open_litigation(**court(refusal, by=decisions.officer_of(refusal.application)))
    case = actions.open_litigation(**court(refusal))
    by = acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER)
    refused(actions.resume_act, "Rien ne retient plus", litigation_pk=case.pk, at=LODGED, by=by)
    given = {"litigation_pk": case.pk, "kind": "abandoned", "happened_on": ON, "at": LODGED}
    step = actions.add_step(**given, by=by)
    for action in (actions.carry_out, actions.leave_undone):
        refused(action, "C'est déjà fait", step_pk=step.pk, at=LODGED, by=by.because("Rien."))
    assert Application.objects.get(pk=refusal.application_id).state == "refused"
    assert not Appeal.objects.exists()
