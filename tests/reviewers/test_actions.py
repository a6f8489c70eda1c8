"""What people do on the committee: panels, reviews, the closing, departures, opinions, paper."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from deadlines.models import Deadline
from journal.models import Event, Reason
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from journal.verification import broken_links
from label.actions import withdraw
from label.models import Application
from letters.models import Mail
from letters.visibility import may_see_file
from reviewers import actions
from reviewers.models import Assignment, College, Evaluation, Mandate, Opinion, Score
from reviewers.panels import candidates
from reviewers.scoring import Sheet, aggregate
from structures.models import Membership
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, give_role, person, signatory, staff
from tests.factories.structures import AT, representative_of, structure
from tests.reading import plain

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=2)
SESSION = AT + timedelta(days=10)
State = Assignment.State


def reasons(refusal: pytest.ExceptionInfo[Blocked]) -> list[str]:
    return [plain(str(reason.text)) for reason in refusal.value.reasons]


def spaced(words: str) -> str:
    """A pattern for these words whatever the spaces of typography."""
    return re.escape(words).replace(r"\ ", r"\s")


def statements(captured: CaptureQueriesContext) -> list[str]:
    """The statements without those that only frame a transaction."""
    frames = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return [row["sql"] for row in captured.captured_queries if not row["sql"].startswith(frames)]


# --- panel ----------------------------------------------------------------------------------------------------


def test_a_panel_is_asked_with_pseudonyms_clocks_and_mails_without_the_name_of_the_structure() -> None:
    application = factory.under_review(structure(name="Rives et Relais"))
    rows = factory.assignments_of(application)
    assert application.state == "under_review"
    assert sorted(row.pseudonym for row in rows) == [
        "Aidant A",
        "Aidant B",
        "Patient A",
        "Patient B",
        "Professionnel A",
        "Professionnel B",
    ]
    today = timezone.localdate(AT)
    assert {row.answer_due_on for row in rows} == {today + timedelta(days=5)}
    clock = Deadline.objects.get(subject=subject_key(rows[0]), kind="assignment_answer")
    assert clock.due_on == rows[0].answer_due_on
    assert [one.due_on for one in clock.reminders.all()] == [today + timedelta(days=3)]
    mails = Mail.objects.filter(kind="M5")
    assert mails.count() == 6
    assert not [mail for mail in mails if "Rives" in mail.title + mail.text]
    assert {row.snapshot_id for row in rows} == {application.snapshot_id}


def test_a_panel_wants_two_members_in_each_college() -> None:
    application = factory.admissible()
    chosen = [one.pk for one in factory.committee() if one.college != College.CAREGIVERS]
    with pytest.raises(Blocked) as refusal:
        actions.name_panel(application_pk=application.pk, mandate_pks=chosen, at=AT, by=factory.secretary())
    assert reasons(refusal) == ["Choisissez encore 2 personnes du collège « Aidants »."]
    assert not Assignment.objects.exists()


def test_one_per_college_is_enough_only_with_a_written_derogation() -> None:
    application = factory.admissible()
    chosen = [factory.member(college=college).pk for college in College]
    secretary = factory.secretary()
    with pytest.raises(Blocked):
        actions.name_panel(application_pk=application.pk, mandate_pks=chosen, at=AT, by=secretary)
    actions.name_panel(
        application_pk=application.pk,
        mandate_pks=chosen,
        derogation="Cancer très rare : personne d'autre n'est libre.",
        at=AT,
        by=secretary,
    )
    assert Application.objects.get(pk=application.pk).state == "under_review"
    assert Reason.objects.get(event__move="assign_panel").text.startswith("Cancer très rare")


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        ("link", "a un lien avec la structure"),
        ("name", "a un lien avec la structure"),
        ("insider", "a un lien avec la structure"),
        ("staff", "travaille à l'Institut"),
        ("paused", "en pause"),
        ("overdue", "liens d'intérêts à confirmer"),
        ("loaded", "a déjà 1 dossier sur 1"),
        ("over", "mandat terminé ou pas encore commencé"),
    ],
)
def test_who_cannot_take_a_dossier_and_why(why: str, expected: str) -> None:
    found = structure(name="Rives et Relais")
    application = factory.admissible(found)
    members = factory.committee()
    target, at = members[0], AT
    match why:
        case "link":
            link(target, name="Rives et Relais")
        case "name":
            link(target, name="RIVES ET RELAIS !")
            assert target.links.get().structure is None
        case "insider":
            Membership.objects.create(structure=found, user=target.user, role="reader", started_at=AT)
        case "staff":
            give_role(target.user, Role.CASE_OFFICER)
        case "paused":
            actions.pause(mandate_pk=target.pk, at=AT, by=factory.member_actor(target))
        case "overdue":
            at = AT + timedelta(days=380)
            for one in members[1:]:
                actions.confirm_interests(mandate_pk=one.pk, at=at, by=factory.member_actor(one))
        case "loaded":
            Mandate.objects.filter(pk=target.pk).update(load_cap=1)
            others = [target, *factory.committee()[1:]]
            factory.under_review(structure(name="Autre"), members=others)
        case "over":
            Mandate.objects.filter(pk=target.pk).update(ends_on=AT.date() - timedelta(days=1))
    with pytest.raises(Blocked) as refusal:
        actions.name_panel(
            application_pk=application.pk,
            mandate_pks=[one.pk for one in members],
            at=at,
            by=factory.secretary(),
        )
    assert reasons(refusal) == [f"{target.user} : {expected}"]
    assert not Assignment.objects.filter(application=application).exists()


def link(mandate: Mandate, *, name: str, at: Any = AT, **facts: Any) -> Any:
    return actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name=name,
        kind="officer",
        at=at,
        by=factory.member_actor(mandate),
        **facts,
    )


def test_a_link_without_effect_or_ended_long_ago_closes_nothing() -> None:
    found = structure(name="Rives et Relais")
    application = factory.admissible(found)
    members = factory.committee()
    harmless = link(members[0], name="Rives et Relais")
    actions.analyse_link(link_pk=harmless.pk, severity="without_effect", at=AT, by=factory.ethics_officer())
    link(members[1], name="Rives et Relais", until=AT.date() - timedelta(days=6 * 365))
    actions.name_panel(
        application_pk=application.pk,
        mandate_pks=[one.pk for one in members],
        at=AT,
        by=factory.secretary(),
    )
    assert Assignment.objects.count() == 6


def test_a_member_is_replaced_by_somebody_else_who_gets_a_new_pseudonym() -> None:
    application = factory.under_review()
    first = next(row for row in factory.assignments_of(application) if row.college == College.PATIENTS)
    actions.decline(assignment_pk=first.pk, at=AT, by=factory.member_actor(first))
    other = factory.member(college=first.college)
    [added] = factory.add_to_panel(application, other, at=LATER)
    assert added.pseudonym == "Patient C"
    assert Assignment.objects.get(pk=first.pk).state == State.DECLINED


def test_several_people_asked_at_once_are_all_asked_or_none() -> None:
    application = factory.under_review()
    for row in factory.assignments_of(application)[:2]:
        actions.decline(assignment_pk=row.pk, at=AT, by=factory.member_actor(row))
    able, full = factory.member(college=College.PATIENTS), factory.member(college=College.PATIENTS)
    with transaction.atomic():
        paused = Mandate.objects.hold(full.pk)
        paused.pause(by=factory.secretary(), at=AT)
        paused.save()
    before = Assignment.objects.count()
    for chosen in ([able, full], []):
        with pytest.raises(Blocked):
            factory.add_to_panel(application, *chosen, at=LATER)
    assert Assignment.objects.count() == before


def test_a_dossier_that_was_withdrawn_weighs_on_nobody() -> None:
    application = factory.under_review()
    row = factory.assignments_of(application)[0]
    Mandate.objects.filter(pk=row.mandate_id).update(load_cap=1)
    other = factory.admissible(structure(name="Deuxième"))

    def load() -> tuple[int, bool]:
        found = {one.mandate.pk: one for one in candidates(other, on=AT.date())}[row.mandate_id]
        return found.load, found.eligible

    assert load() == (1, False)
    withdraw(application_pk=application.pk, at=LATER, by=representative_of(application.structure))
    assert load() == (0, True)
    seen = Assignment.objects.visible_to(row.mandate.user, on=AT.date())
    assert not seen.filter(pk=row.pk).exists()


@pytest.mark.parametrize("move", ["withdraw", "declare_inadmissible"])
def test_a_dossier_that_ends_during_the_evaluation_releases_its_reviewers(move: str) -> None:
    application = factory.under_review()
    waiting, reading, sent, *_others = factory.assignments_of(application)
    factory.accepted(reading)
    factory.submitted(sent)
    with transaction.atomic():
        held = Application.objects.hold(application.pk)
        getattr(held, move)(by=Actor.system("Deux dossiers."), at=LATER)
        held.save()

    states = dict(Assignment.objects.filter(application=application).values_list("pk", "state"))
    assert [states.pop(one.pk) for one in (waiting, reading, sent)] == [
        State.EXPIRED,
        State.EXPIRED,
        State.SUBMITTED,
    ]
    assert set(states.values()) == {State.EXPIRED}
    subjects = [subject_key(Assignment(pk=one.pk)) for one in (waiting, reading)]
    assert not Deadline.objects.running().filter(subject__in=subjects).exists()
    told = Mail.objects.filter(kind="evaluation_over")
    assert told.filter(recipient__in=[waiting.mandate.user, reading.mandate.user]).count() == 2
    assert not told.filter(recipient=sent.mandate.user).exists()
    assert application.structure.name not in " ".join(told.values_list("text", flat=True))
    event = Event.objects.get(subject=subjects[1], move="expire")
    assert event.reason_digest == ""


def test_the_ethics_officer_closes_a_link_told_on_a_dossier_with_a_note() -> None:
    application = factory.under_review()
    assignment, other, *_rest = factory.assignments_of(application)
    member, ethics = factory.member_actor(assignment), factory.ethics_officer()
    actions.stand_down(assignment_pk=assignment.pk, statement="Ma sœur préside.", at=AT, by=member)

    for by, pk in ((member, assignment.pk), (factory.secretary(), assignment.pk)):
        with pytest.raises(NotAllowed):
            actions.answer_link_statement(assignment_pk=pk, at=LATER, by=by.because("Vu."))
    with pytest.raises(Blocked, match="conclu"):
        actions.answer_link_statement(assignment_pk=assignment.pk, at=LATER, by=ethics)
    with pytest.raises(Blocked, match="signalé"):
        actions.answer_link_statement(assignment_pk=other.pk, at=LATER, by=ethics.because("Vu."))
    for _twice in range(2):
        actions.answer_link_statement(assignment_pk=assignment.pk, at=LATER, by=ethics.because("Vu."))

    kept = Assignment.objects.get(pk=assignment.pk)
    assert (kept.state, kept.link_answered_at) == (State.STOOD_DOWN, LATER)
    assert Event.objects.get(subject=subject_key(kept), move="answer_link_statement").reason.text == "Vu."
    mail = Mail.objects.get(kind="link_answered")
    assert mail.recipient == assignment.mandate.user and application.structure.name not in mail.text


# --- answering and scoring ------------------------------------------------------------------------------------


def test_accepting_opens_the_dossier_until_the_day_that_was_promised() -> None:
    asked = factory.assignments_of(factory.under_review(at=LATER))[0]
    assignment = factory.accepted(asked, at=LATER)
    assert assignment.state == State.ACCEPTED
    assert assignment.no_link_stated_at == LATER
    assert assignment.review_due_on == asked.review_due_on == timezone.localdate(LATER) + timedelta(days=26)
    subject = subject_key(assignment)
    assert Deadline.objects.get(subject=subject, kind="assignment_answer").outcome == "met"
    assert Deadline.objects.running().get(subject=subject, kind="review").due_on == assignment.review_due_on


def test_a_member_whose_declaration_is_old_confirms_it_first() -> None:
    late = AT + timedelta(days=370)
    assignment = factory.assignments_of(factory.under_review())[0]
    by = factory.member_actor(assignment)
    with pytest.raises(Blocked) as refusal:
        actions.accept_assignment(assignment_pk=assignment.pk, at=late, by=by)
    assert reasons(refusal) == ["Confirmez vos liens d'intérêts pour recevoir des dossiers."]
    actions.confirm_interests(mandate_pk=assignment.mandate_id, at=late, by=by)
    assert actions.accept_assignment(assignment_pk=assignment.pk, at=late, by=by).state == State.ACCEPTED


def test_a_link_declared_after_accepting_closes_the_grid() -> None:
    assignment = factory.filled(factory.assignments_of(factory.under_review(structure(name="Rives")))[0])
    link(assignment.mandate, name="Rives")
    with pytest.raises(NotAllowed):
        factory.submit(assignment)
    with pytest.raises(NotAllowed):
        save(assignment, "A1.1", 2)


def save(assignment: Assignment, criterion: str, value: int | None, **changes: Any) -> Score:
    parts: dict[str, Any] = {
        "assignment_pk": assignment.pk,
        "criterion": criterion,
        "verdict": "scored",
        "value": value,
        "comment": "",
        "version": 0,
        "at": AT,
        "by": factory.member_actor(assignment),
    }
    return actions.save_score(**{**parts, **changes})


def test_a_score_is_saved_and_saved_again_and_never_over_another_tab() -> None:
    assignment = factory.accepted()
    first = save(assignment, "A1.1", 3)
    second = save(assignment, "A1.1", 0, comment="But lucratif.", version=first.version)
    assert (second.value, second.comment, second.version) == (0, "But lucratif.", 2)
    for stale in (0, first.version):
        with pytest.raises(actions.StaleScore) as refusal:
            save(assignment, "A1.1", 4, version=stale)
        assert refusal.value.theirs.value == 0
    assert Score.objects.get().value == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value": 5}, "Choisissez une note de 0 à 4"),
        ({"value": -1}, "Choisissez une note de 0 à 4"),
        ({"verdict": "guess", "value": None}, "Choisissez une note de 0 à 4"),
        ({"verdict": "no_opinion", "value": 2}, "Choisissez une note de 0 à 4"),
        ({"verdict": "not_applicable", "value": None}, "Ce critère concerne toutes les structures"),
        ({"comment": "x" * 5001}, "a 1 caractère de trop (5 000 au plus)"),
    ],
)
def test_a_grid_refuses_what_is_no_score(changes: dict[str, Any], words: str) -> None:
    assignment = factory.accepted()
    with pytest.raises(Blocked, match=spaced(words)):
        save(assignment, "A1.1", **{"value": 2, **changes})
    assert not Score.objects.exists()


def test_a_criterion_of_another_edition_is_unknown() -> None:
    assignment = factory.accepted()
    with pytest.raises(LookupError):
        save(assignment, "Z9.9", 2)


def test_not_applicable_is_accepted_where_the_edition_allows_it() -> None:
    assert save(factory.accepted(), "A3.3", None, verdict="not_applicable").is_given


def test_a_review_is_sent_only_when_it_is_complete() -> None:
    assignment = factory.filled(value=2)
    Score.objects.filter(criterion="A2.1").delete()
    Score.objects.filter(criterion="A2.2").update(value=4, comment=" ")
    with pytest.raises(Blocked) as refusal:
        factory.submit(assignment, advice="")
    assert [reason.code for reason in refusal.value.reasons] == ["A2.1", "A2.2", "advice"]
    assert "Expliquez en une phrase pourquoi vous donnez 4." in reasons(refusal)[1]
    assert refusal.value.reasons[0].url == f"/comite/dossiers/{assignment.pk}/criteres/A2.1/"
    assert Assignment.objects.get(pk=assignment.pk).state == State.ACCEPTED


def test_a_criterion_that_a_small_structure_left_out_is_not_asked_for() -> None:
    texts = {"funding_employees": "0", "funding_budget": "12 000", "criterion_A2_1": "Une enquête."}
    assignment = factory.accepted(factory.assignments_of(factory.under_review(**texts))[0])
    left = set(assignment.snapshot.content["optional_criteria"])
    assert "A1.3" in left
    with pytest.raises(LookupError):
        save(assignment, "A1.3", 2)


def test_a_sent_review_is_sealed_and_a_second_click_counts_nothing() -> None:
    assignment = factory.submitted()
    events = Event.objects.count()
    for again in (lambda: factory.submit(assignment), lambda: save(assignment, "A1.1", 1, version=1)):
        with pytest.raises(Blocked) as refusal:
            again()
        assert reasons(refusal) == [
            "Votre évaluation est déjà envoyée, le 4 janvier 2027. Elle n'a pas été comptée deux fois."
        ]
    assert Event.objects.count() == events
    assert set(Score.objects.values_list("value", flat=True)) == {3}


def test_nobody_writes_in_the_grid_of_somebody_else() -> None:
    assignment = factory.accepted()
    other = factory.member()
    for by in (factory.member_actor(other), factory.secretary(), factory.ethics_officer()):
        with pytest.raises(NotAllowed):
            save(assignment, "A1.1", 2, by=by)


def test_an_alert_is_kept_and_told_without_its_words() -> None:
    assignment = factory.accepted()
    secretary = factory.secretary()
    by = factory.member_actor(assignment)
    actions.raise_alert(assignment_pk=assignment.pk, text="Un bénévole donne des doses.", at=AT, by=by)
    mail = Mail.objects.get(kind="safety_alert", recipient=secretary.user)
    assert "doses" not in mail.title + mail.text
    assert Event.objects.filter(move="safety_alert").exists()
    actions.raise_alert(assignment_pk=assignment.pk, text="", at=AT, by=by)
    assert Assignment.objects.get(pk=assignment.pk).safety_alert == ""


# --- the closing ----------------------------------------------------------------------------------------------


def test_the_last_review_closes_the_evaluation_with_a_frozen_result() -> None:
    application = factory.under_review()
    rows = factory.assignments_of(application)
    for row in rows[:-1]:
        factory.submitted(row, value=2)
    assert Application.objects.get(pk=application.pk).state == "under_review"
    assert not Evaluation.objects.exists()
    factory.submitted(rows[-1], value=4)
    assert Application.objects.get(pk=application.pk).state == "in_deliberation"
    evaluation = Evaluation.objects.get()
    codes = [row["code"] for row in application.edition.data["criteria"]]
    sheets = [Sheet(row.college, dict.fromkeys(codes, 2), "favourable") for row in rows[:-1]]
    sheets.append(Sheet(rows[-1].college, dict.fromkeys(codes, 4), "favourable"))
    expected = aggregate(application.edition.data, sheets).as_data()
    assert evaluation.result == json.loads(json.dumps(expected))
    assert evaluation.result["valid"] is True
    assert list(broken_links()) == []


def test_statements_of_a_review_saved_sent_and_closing(django_assert_max_num_queries: Any) -> None:
    """Design section 8: 14, 14 and 24, flat in the number of dossiers."""
    counts = []
    for _dossier in range(2):
        application = factory.under_review(structure(name=f"Association {_dossier}"))
        rows = factory.assignments_of(application)
        for row in rows:
            factory.filled(row)
        with CaptureQueriesContext(connection) as saved:
            save(rows[0], "A1.1", 2, version=1)
        with CaptureQueriesContext(connection) as sent:
            factory.submit(rows[0])
        for row in rows[1:-1]:
            factory.submit(row)
        with CaptureQueriesContext(connection) as closed:
            factory.submit(rows[-1])
        assert Application.objects.get(pk=application.pk).state == "in_deliberation"
        counts.append([len(statements(one)) for one in (saved, sent, closed)])
    assert counts[0] == counts[1]
    assert counts[0][0] <= 14
    assert counts[0][1] <= 14
    assert counts[0][2] <= 24


def test_a_departure_can_be_what_completes_a_panel() -> None:
    members = [*factory.committee(), factory.member(college=College.PATIENTS)]
    application = factory.under_review(members=members)
    rows = factory.assignments_of(application)
    leaver = next(row for row in rows if row.mandate_id == members[-1].pk)
    for row in rows:
        if row.pk != leaver.pk:
            factory.submitted(row)
    assert Application.objects.get(pk=application.pk).state == "under_review"
    actions.replace(assignment_pk=leaver.pk, at=AT, by=factory.member_actor(leaver))
    assert Application.objects.get(pk=application.pk).state == "in_deliberation"


def test_an_evaluation_is_closed_early_only_with_a_derogation_and_no_empty_college() -> None:
    application = factory.under_review()
    rows = factory.assignments_of(application)
    secretary = factory.secretary()
    one_each = {row.college: row for row in rows}
    for college in (College.PATIENTS, College.CAREGIVERS):
        factory.submitted(one_each[college])

    def close(derogation: str) -> Evaluation:
        return actions.close_evaluation(
            application_pk=application.pk, derogation=derogation, at=LATER, by=secretary
        )

    with pytest.raises(Blocked) as refusal:
        close("Urgence.")
    assert reasons(refusal) == ["Il manque 1 évaluation du collège « Professionnels de santé »."]
    factory.submitted(one_each[College.PROFESSIONALS])
    with pytest.raises(Blocked):
        close("  ")
    evaluation = close("Deux membres malades, séance demain.")
    assert evaluation.result["valid"] is True
    assert evaluation.derogation == "Deux membres malades, séance demain."
    states = Assignment.objects.filter(application=application).values_list("state", flat=True)
    assert sorted(states) == ["expired"] * 3 + ["submitted"] * 3
    assert Application.objects.get(pk=application.pk).state == "in_deliberation"


# --- departures -----------------------------------------------------------------------------------------------


def test_standing_down_keeps_the_words_and_discards_the_draft() -> None:
    assignment = factory.filled()
    by = factory.member_actor(assignment)
    with pytest.raises(Blocked):
        actions.stand_down(assignment_pk=assignment.pk, statement=" ", at=AT, by=by)
    actions.stand_down(assignment_pk=assignment.pk, statement="Ma sœur préside.", at=AT, by=by)
    kept = Assignment.objects.get(pk=assignment.pk)
    assert (kept.state, kept.link_statement) == (State.STOOD_DOWN, "Ma sœur préside.")
    assert kept.scores.count() == 26  # sealed, not erased
    assert not Deadline.objects.running().filter(subject=subject_key(kept)).exists()
    assert "sœur" not in json.dumps(list(Reason.objects.values_list("text", flat=True)))


def test_a_late_recusal_makes_the_result_invalid_and_never_lower() -> None:
    application = factory.in_deliberation()
    assert factory.evaluation_of(application).result["valid"] is True
    row = factory.assignments_of(application)[0]
    ethics = factory.ethics_officer()
    with pytest.raises(Blocked):
        actions.recuse(assignment_pk=row.pk, at=LATER, by=ethics)
    actions.recuse(assignment_pk=row.pk, at=LATER, by=ethics.because("Lien découvert."))
    assert Evaluation.objects.count() == 2
    assert factory.evaluation_of(application).result["valid"] is False
    with pytest.raises(Blocked, match="recomposez le panel"):
        opinion(application)
    secretary = factory.secretary()
    actions.rebuild_panel(application_pk=application.pk, at=LATER, by=secretary.because("Un membre récusé."))
    other = factory.member(college=row.college, at=AT)
    actions.name_panel(application_pk=application.pk, mandate_pks=[other.pk], at=LATER, by=secretary)
    assert Application.objects.get(pk=application.pk).state == "under_review"
    new = Assignment.objects.get(application=application, mandate=other)
    factory.submitted(new, at=LATER)
    assert Application.objects.get(pk=application.pk).state == "in_deliberation"
    assert factory.evaluation_of(application).result["valid"] is True
    assert list(broken_links()) == []


def test_nobody_is_recused_once_the_opinion_is_adopted() -> None:
    application = factory.advised()
    row = factory.assignments_of(application)[0]
    with pytest.raises(Blocked, match="L'avis est déjà rendu"):
        actions.recuse(assignment_pk=row.pk, at=LATER, by=factory.ethics_officer().because("Lien."))


def test_more_time_is_private_and_moves_the_clock() -> None:
    assignment = factory.accepted()
    before = assignment.review_due_on
    by = factory.member_actor(assignment)
    more = actions.extend_review(assignment_pk=assignment.pk, at=LATER, by=by)
    assert more.review_due_on == before + timedelta(days=14)
    clock = Deadline.objects.running().get(subject=subject_key(assignment), kind="review")
    assert clock.due_on == more.review_due_on
    others = Assignment.objects.filter(application=assignment.application).exclude(pk=assignment.pk)
    assert more.review_due_on not in set(others.values_list("review_due_on", flat=True))


def test_what_if_a_reviewer_falls_ill_what_was_sent_counts_and_a_draft_stays_sealed() -> None:
    """Domain 5.3: no reason is asked; who comes back needs no new nomination, and reopens nothing."""
    application = factory.under_review()
    first, second, *_others = factory.assignments_of(application)
    sent = factory.submitted(first)
    draft = factory.filled(second)
    by = factory.member_actor(draft)
    actions.pause(mandate_pk=sent.mandate_id, at=LATER, by=factory.member_actor(sent))
    actions.replace(assignment_pk=draft.pk, at=LATER, by=by)
    kept, left = Assignment.objects.get(pk=sent.pk), Assignment.objects.get(pk=draft.pk)
    assert (kept.state, left.state) == (State.SUBMITTED, State.REPLACED)
    assert kept in application.assignments.filter(state__in=Assignment.COUNTED)
    assert left.scores.count() == len(application.edition.data["criteria"])  # kept, read by nobody
    score = {"criterion": "A1.1", "verdict": "scored", "value": 1, "comment": "Je change.", "version": 1}
    with pytest.raises((NotAllowed, Blocked)):
        actions.save_score(assignment_pk=left.pk, **score, at=LATER, by=by)
    reader = factory.secretary().user
    assert not Score.objects.visible_to(reader, on=LATER.date()).filter(assignment=left).exists()
    back = actions.resume(mandate_pk=sent.mandate_id, at=LATER, by=factory.member_actor(sent))
    assert back.state == "active" and Assignment.objects.get(pk=sent.pk).state == State.SUBMITTED


def test_a_break_hands_everything_over_and_asks_nothing() -> None:
    application = factory.under_review()
    rows = factory.assignments_of(application)
    accepted = factory.accepted(rows[0])
    mandate = accepted.mandate
    others = [mandate, *(one for one in factory.committee() if one.college != mandate.college)]
    others.append(factory.member(college=mandate.college))
    other = factory.under_review(structure(name="Deuxième"), members=others)
    actions.pause(mandate_pk=mandate.pk, at=LATER, by=factory.member_actor(mandate))
    states = dict(Assignment.objects.filter(mandate=mandate).values_list("application_id", "state"))
    assert states == {application.pk: State.REPLACED, other.pk: State.EXPIRED}
    assert Mandate.objects.get(pk=mandate.pk).state == "paused"
    back = actions.resume(mandate_pk=mandate.pk, at=LATER, by=factory.member_actor(mandate))
    assert back.state == "active"
    assert list(broken_links()) == []


# --- mandates and links ---------------------------------------------------------------------------------------


def test_nobody_is_appointed_without_an_express_consent_kept_with_its_text() -> None:
    mandate = factory.approached(college=College.PATIENTS)
    by = acting(signatory(), Role.SIGNATORY)
    today = timezone.localdate(AT)
    with pytest.raises(Blocked, match=spaced("pas encore donné son accord")):
        actions.appoint(mandate_pk=mandate.pk, act_reference="DEC-1", starts_on=today, at=AT, by=by)
    actions.record_consent(mandate_pk=mandate.pk, at=AT, by=factory.member_actor(mandate))
    with pytest.raises(Blocked, match=spaced("référence de l'acte")):
        actions.appoint(mandate_pk=mandate.pk, act_reference=" ", starts_on=today, at=AT, by=by)
    made = actions.appoint(mandate_pk=mandate.pk, act_reference="DEC-1", starts_on=today, at=AT, by=by)
    assert "collège « Patients »" in plain(made.consent_text)
    assert "médical" in made.consent_text
    assert made.consented_at == AT
    assert made.ends_on is not None
    assert made.ends_on.year == today.year + 3


def test_one_person_has_one_running_mandate() -> None:
    user = person()
    factory.approached(user=user)
    with pytest.raises(Blocked, match="a déjà un mandat"):
        factory.approached(user=user, college=College.CAREGIVERS)


def test_a_mandate_is_active_once_everything_is_done_and_past() -> None:
    mandate = factory.appointed()
    today = timezone.localdate(AT)
    parts: dict[str, Any] = {
        "mandate_pk": mandate.pk,
        "interests_link": "https://dpi.exemple.fr/",
        "filed_on": today,
        "confidentiality_signed_on": today,
        "trained_on": today + timedelta(days=1),
        "at": AT,
        "by": factory.ethics_officer(),
    }
    with pytest.raises(Blocked, match="pas encore passée"):
        actions.activate(**parts)
    with pytest.raises(Blocked, match="formation manque"):
        actions.activate(**{**parts, "trained_on": None})
    assert actions.activate(**{**parts, "trained_on": today}).state == "active"


def test_a_link_is_recognised_by_its_number_or_exact_name_and_examined() -> None:
    known = structure(name="Rives et Relais", raw_number="W751000123")
    mandate = factory.member()
    by_number = link(mandate, name="L'association de ma sœur", organisation_number="w 751 000 123")
    by_name = link(mandate, name="rives et relais")
    unknown = link(mandate, name="Une autre", organisation_number="je ne sais pas")
    assert (by_number.structure, by_name.structure, unknown.structure) == (known, known, None)
    clock = Deadline.objects.running().get(subject=subject_key(mandate), kind="link_analysis")
    ethics = factory.ethics_officer()
    for one in (by_number, by_name):
        actions.analyse_link(link_pk=one.pk, severity="blocking", at=LATER, by=ethics)
    assert Deadline.objects.get(pk=clock.pk).outcome == ""
    actions.analyse_link(link_pk=unknown.pk, severity="without_effect", at=LATER, by=ethics)
    assert Deadline.objects.get(pk=clock.pk).outcome == "met"
    with pytest.raises(Blocked):
        actions.analyse_link(link_pk=unknown.pk, severity="maybe", at=LATER, by=ethics)


def test_a_late_confirmation_waits_for_the_ethics_officer() -> None:
    from journal.moves import Actor

    mandate = factory.member()
    late = AT + timedelta(days=370)
    actions.expire_interests(mandate_pk=mandate.pk, at=late, by=Actor.system())
    ethics = factory.ethics_officer()
    with pytest.raises(Blocked, match="n'a pas encore confirmé"):
        actions.analyse_interests(mandate_pk=mandate.pk, at=late, by=ethics)
    waiting = actions.confirm_interests(mandate_pk=mandate.pk, at=late, by=factory.member_actor(mandate))
    assert waiting.state == "interests_overdue"
    back = actions.analyse_interests(mandate_pk=mandate.pk, at=late, by=ethics)
    assert back.state == "active"
    assert back.interests_confirmed_on == timezone.localdate(late)
    assert Deadline.objects.running().filter(subject=subject_key(mandate), kind="interests").count() == 1


# --- opinion --------------------------------------------------------------------------------------------------


def opinion(application: Application, **changes: Any) -> Opinion:
    parts: dict[str, Any] = {
        "application_pk": application.pk,
        "kind": "favourable",
        "reasons": factory.REASONS,
        "votes": {"for": 10, "against": 2, "abstained": 1},
        **factory.on_paper(),
        "solutions": list(application.solutions.values_list("pk", flat=True)),
        "adopted_on": timezone.localdate(SESSION),
        "at": SESSION,
        "by": factory.secretary(),
    }
    return actions.record_opinion(**{**parts, **changes})


def test_an_opinion_is_written_with_its_reasons_and_the_scores_become_final() -> None:
    application = factory.in_deliberation()
    made = opinion(application, minority="Un membre aurait demandé une enquête.")
    assert made.votes == {"for": 10, "against": 2, "abstained": 1}
    assert made.evaluation == factory.evaluation_of(application)
    assert Application.objects.get(pk=application.pk).state == "advised"
    assert set(Assignment.objects.values_list("state", flat=True)) == {State.FINAL}
    clock = Deadline.objects.running().get(subject=subject_key(application), kind="decision")
    assert clock.due_on == made.adopted_on + timedelta(days=30)
    with pytest.raises(Blocked):
        opinion(application)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reasons": "Trop court."}, "300 caractères au moins"),
        ({"kind": "perhaps"}, "Choisissez le sens de l'avis"),
        ({"kind": "favourable_with_conditions"}, "au moins une réserve"),
        ({"solutions": []}, "au moins une action"),
        ({"solutions": [10**6]}, "Choisissez une des réponses"),
        ({"votes": {"for": -1}}, "nombre entier"),
        ({"votes": {"maybe": 1}}, "nombre entier"),
        ({"adopted_on": timezone.localdate(SESSION) + timedelta(days=1)}, "pas encore passée"),
        ({"adopted_on": date(2020, 1, 1)}, "l'avis ne peut pas être plus ancien"),
        ({"votes": {"for": 0, "against": 0, "abstained": 0}}, "au moins un vote"),
        ({"votes": {"abstained": 3}}, "au moins un vote"),
        ({"votes": {"for": 19}}, "plus de votes que de personnes"),
        ({"present": {"patients": 9, "caregivers": 9}}, "Personne du collège « Professionnels"),
        ({"present": {"patients": 6, "caregivers": 6, "elsewhere": 6}}, "nombre entier"),
        ({"minutes": None}, "procès-verbal signé"),
    ],
)
def test_an_opinion_is_refused_when_something_is_missing(changes: dict[str, Any], words: str) -> None:
    application = factory.in_deliberation()
    with pytest.raises(Blocked, match=spaced(words)):
        opinion(application, **changes)
    assert not Opinion.objects.exists()


def test_an_opinion_on_paper_has_the_quorum_of_every_session() -> None:
    application = factory.in_deliberation()
    for _more in range(3):
        for college in College.values:
            factory.member(college=college)
    one_each = dict.fromkeys(College.values, 1)
    with pytest.raises(Blocked, match=spaced("3 personnes, il en faut 8")):
        opinion(application, votes={"for": 3}, present=one_each)
    made = opinion(application, votes={"for": 3}, present=dict.fromkeys(College.values, 3))
    assert made.present == dict.fromkeys(College.values, 3)
    assert made.paper_minutes.name == "pv.pdf"


def test_the_minutes_on_paper_are_for_the_offices_that_handle_the_dossier() -> None:
    application = factory.in_deliberation()
    kept = opinion(application).paper_minutes
    association = representative_of(application.structure).user
    member = factory.assignments_of(application)[0].mandate.user
    secretary, on = factory.secretary().user, timezone.localdate(SESSION)
    assert [may_see_file(kept, one, on=on) for one in (secretary, member, association)] == [
        True,
        False,
        False,
    ]


def test_a_late_review_is_stopped_seven_days_after_its_date_and_a_call() -> None:
    row = factory.accepted(factory.assignments_of(factory.under_review())[0])
    due, by = row.review_due_on, factory.secretary()

    def stop(days: int, called_on: date | None) -> Assignment:
        at = AT + timedelta(days=(due - timezone.localdate(AT)).days + days)
        return actions.expire(assignment_pk=row.pk, called_on=called_on, at=at, by=by)

    for days, called_on, words in (
        (6, due, "avant le"),
        (7, None, "quel jour vous avez appelé"),
        (7, due - timedelta(days=1), "L'appel a eu lieu entre"),
        (7, due + timedelta(days=8), "L'appel a eu lieu entre"),
    ):
        with pytest.raises(Blocked, match=words):
            stop(days, called_on)
    with pytest.raises(Blocked, match="sans un appel"):
        actions.expire(assignment_pk=row.pk, at=AT + timedelta(days=90), by=Actor.system())
    stopped = stop(7, due + timedelta(days=5))
    assert (stopped.state, stopped.called_on) == ("expired", due + timedelta(days=5))


def test_an_opinion_waits_for_the_closing_and_for_the_secretariat() -> None:
    application = factory.under_review()
    with pytest.raises(Blocked, match="pas en délibération"):
        opinion(application)
    officer = acting(application.case_officer, Role.CASE_OFFICER)
    with pytest.raises(NotAllowed):
        opinion(application, by=officer)


def test_an_agent_who_belongs_to_the_association_runs_no_panel_of_it() -> None:
    application = factory.in_deliberation()
    insider = staff(Role.SECRETARIAT)
    Membership.objects.create(structure=application.structure, user=insider, role="reader", started_at=AT)
    with pytest.raises(NotAllowed):
        opinion(application, by=acting(insider, Role.SECRETARIAT))
