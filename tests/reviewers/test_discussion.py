"""The second round: who sees which score and when, what may be changed, both rounds kept, both results frozen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deadlines.models import Deadline
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from journal.verification import broken_links
from label.models import Application
from letters.models import Mail
from reviewers import actions
from reviewers.actions.discussion import close_discussion
from reviewers.models import Assignment, Evaluation, Score
from tests.factories import reviewers as factory
from tests.factories.accounts import signed_in, staff
from tests.factories.structures import AT, representative_of, structure
from tests.reading import plain, words

pytestmark = pytest.mark.django_db
State = Assignment.State
LATER = AT + timedelta(days=5)
ON = timezone.localdate(LATER)
NOW = timezone.now()


def changing(row: Assignment, criterion: str = "A1.2", **facts: Any) -> Score:
    given = {"verdict": "scored", "value": 1, "reason": "Les statuts disent autre chose.", "version": 0}
    return actions.change_score(
        assignment_pk=row.pk,
        criterion=criterion,
        **{**given, **facts},
        at=LATER,
        by=factory.member_actor(row),
    )


def seen_by(row: Assignment) -> set[int]:
    """The assignments of which this member reads scores."""
    visible = Score.objects.visible_to(row.mandate.user, on=ON)
    return set(visible.values_list("assignment_id", flat=True))


# --- opening --------------------------------------------------------------------------------------------------


def test_nothing_opens_while_a_review_is_awaited_and_nobody_reads_the_others_before() -> None:
    application = factory.under_review()
    *first, last = factory.assignments_of(application)
    for row in first:
        factory.submitted(row)
    with pytest.raises(Blocked, match="toutes les évaluations"):
        actions.open_discussion(application_pk=application.pk, at=LATER, by=factory.secretary())
    assert seen_by(first[0]) == {first[0].pk}
    factory.submitted(last)
    assert seen_by(first[0]) == {first[0].pk}  # the evaluation is closed, the discussion is not open yet
    for by in (
        factory.member_actor(first[0]),
        factory.ethics_officer(),
        representative_of(application.structure),
    ):
        with pytest.raises(NotAllowed):
            actions.open_discussion(application_pk=application.pk, at=LATER, by=by)

    opened = actions.open_discussion(application_pk=application.pk, at=LATER, by=factory.secretary())

    assert {row.state for row in opened} == {State.REOPENED}
    assert seen_by(first[0]) == {row.pk for row in opened}
    mails = Mail.objects.filter(kind="discussion")
    assert mails.count() == 6
    assert not any(application.structure.name in f"{mail.title} {mail.text}" for mail in mails)
    with pytest.raises(Blocked, match="déjà ouverte"):
        actions.open_discussion(application_pk=application.pk, at=LATER, by=factory.secretary())


def test_a_member_with_a_link_found_since_reads_nothing_and_gets_no_mail() -> None:
    application = factory.in_deliberation()
    row, other = factory.assignments_of(application)[:2]
    actions.declare_link(
        mandate_pk=row.mandate_id,
        organisation_name=application.structure.name,
        kind="family",
        description="",
        at=LATER,
        by=factory.member_actor(row),
    )
    actions.analyse_link(
        link_pk=row.mandate.links.get().pk,
        severity="blocking",
        structure=application.structure,
        at=LATER,
        by=factory.ethics_officer(),
    )

    actions.open_discussion(application_pk=application.pk, at=LATER, by=factory.secretary())

    assert seen_by(row) == set()
    assert len(seen_by(other)) == 6
    assert Mail.objects.filter(kind="discussion").count() == 5
    with pytest.raises(NotAllowed):
        changing(row)


def test_while_the_panel_is_composed_again_nobody_reads_the_others() -> None:
    rows = factory.discussing()
    by = factory.secretary().because("Il manque un aidant.")
    actions.rebuild_panel(application_pk=rows[0].application_id, at=LATER, by=by)
    assert seen_by(rows[0]) == {rows[0].pk}
    with pytest.raises(Blocked, match="arrêtée"):
        changing(rows[0])


# --- keeping and changing -------------------------------------------------------------------------------------


def test_a_change_stands_beside_the_first_round_with_its_reason() -> None:
    row = factory.discussing()[0]

    score = changing(row)

    assert (score.round, score.value, score.version) == (2, 1, 1)
    before = row.scores.get(criterion="A1.2", round=1)
    assert (before.value, before.change_reason) == (3, "")
    again = changing(row, value=2, reason="Après relecture.", version=1)
    assert (again.pk, again.value) == (score.pk, 2)
    with pytest.raises(actions.StaleScore):
        changing(row, value=0, version=1)
    by = factory.member_actor(row)
    kept = actions.keep_score(assignment_pk=row.pk, criterion="A1.2", version=2, at=LATER, by=by)
    assert (kept.value, kept.change_reason) == (2, "Après relecture.")
    back = actions.keep_score(assignment_pk=row.pk, criterion="A1.2", version=2, first=True, at=LATER, by=by)
    assert (back.value, back.change_reason) == (3, "")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"value": 5}, "note de 0 à 4"),
        ({"value": -1}, "note de 0 à 4"),
        ({"value": None}, "note de 0 à 4"),
        ({"value": True}, "note de 0 à 4"),
        ({"value": "2"}, "note de 0 à 4"),
        ({"verdict": "perhaps"}, "note de 0 à 4"),
        ({"verdict": "no_opinion"}, "note de 0 à 4"),
        ({"verdict": "not_applicable", "value": None}, "concerne toutes les structures"),
        ({"value": 3}, "premier tour"),
        ({"reason": "  "}, "dites pourquoi"),
        ({"reason": "x" * 2001}, "au plus"),
    ],
)
def test_what_no_grid_may_hold_is_refused_and_nothing_is_written(facts: dict[str, Any], told: str) -> None:
    row = factory.discussing()[0]
    with pytest.raises(Blocked) as refused:
        changing(row, **facts)
    assert told in plain(" ".join(str(reason.text) for reason in refused.value.reasons))
    assert not Score.objects.filter(round=2).exists()


def test_another_criterion_another_person_or_another_moment_is_refused() -> None:
    rows = factory.discussing()
    with pytest.raises(LookupError):
        changing(rows[0], criterion="A9.9")
    with pytest.raises(NotAllowed):
        actions.keep_score(
            assignment_pk=rows[0].pk, criterion="A1.2", version=0, at=LATER, by=factory.member_actor(rows[1])
        )
    actions.finish_rereading(assignment_pk=rows[0].pk, at=LATER, by=factory.member_actor(rows[0]))
    with pytest.raises(Blocked, match="définitives"):
        changing(rows[0])
    actions.recuse(assignment_pk=rows[1].pk, at=LATER, by=factory.ethics_officer().because("Lien."))
    with pytest.raises(Blocked, match="vous ne l'évaluez plus"):
        changing(rows[1])
    with pytest.raises(Blocked, match="vous ne l'évaluez plus"):
        factory.submit(rows[1])
    with pytest.raises(Blocked, match="déjà envoyée"):
        factory.submit(rows[2])
    assert not Score.objects.filter(round=2).exists()


def test_the_database_keeps_reasons_to_the_second_round() -> None:
    row = factory.accepted()
    for facts in ({"round": 1, "change_reason": "Pourquoi."}, {"round": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Score.objects.create(assignment=row, criterion="A1.1", value=2, saved_at=AT, **facts)


def test_who_may_act_in_the_second_round() -> None:
    from tests.reviewers.test_lifecycle import MEMBER, SECRETARIAT, people, tried, undone, walk

    application = factory.in_deliberation()
    row, other = factory.assignments_of(application)[:2]
    actors = people(row, other, representative_of(application.structure))
    acts: dict[str, Callable[[Actor], object]] = {
        "keep": lambda by: actions.keep_score(
            assignment_pk=row.pk, criterion="A1.2", version=0, at=LATER, by=by
        ),
        "change": lambda by: actions.change_score(
            assignment_pk=row.pk,
            criterion="A1.2",
            verdict="scored",
            value=1,
            reason="Relu.",
            version=0,
            at=LATER,
            by=by,
        ),
        "finish": lambda by: actions.finish_rereading(assignment_pk=row.pk, at=LATER, by=by),
        "close": lambda by: actions.end_discussion(application_pk=application.pk, at=LATER, by=by),
    }
    allowed = {
        **{("reopened", act): {MEMBER} for act in ("keep", "change", "finish")},
        ("reopened", "close"): {SECRETARIAT},
    }
    paths: dict[str, tuple[str, ...]] = {
        "submitted": (),
        "reopened": ("reopen",),
        "final": ("reopen", "finalise"),
        "recused": ("reopen", "recuse"),
    }
    wrong = []
    for state, path in paths.items():
        with undone():
            walk(row, path)
            for act, name in product(acts, actors):
                expected = name in allowed.get((state, act), set())
                if tried(partial(acts[act], actors[name])) != expected:
                    wrong.append((state, act, name, expected))
    assert wrong == []


# --- closing --------------------------------------------------------------------------------------------------


def closing(application: Application, *, by: Actor | None = None) -> Evaluation | None:
    """What opening the vote does: the dossier is held, then its discussion is closed."""
    with transaction.atomic():
        held = Application.objects.select_related("edition", "snapshot").hold(application.pk)
        return close_discussion(held, at=LATER, by=by or Actor.system())


def test_closing_freezes_a_second_result_beside_the_first_and_is_done_once() -> None:
    rows = factory.discussing(values=(2, 4))
    application = rows[0].application
    changing(rows[0], "A1.2", value=4, reason="Convaincue par le groupe.")

    second = closing(application)

    first = Evaluation.objects.get(application=application, round=1)
    assert second is not None
    assert (second.round, first.round) == (2, 1)
    means = [one.result["criteria"]["A1.2"]["college_means"]["caregivers"] for one in (first, second)]
    assert [str(float(mean)) for mean in means] == ["3.0", "4.0"]
    assert first.result["criteria"]["A1.3"] == second.result["criteria"]["A1.3"]
    assert {row.state for row in factory.assignments_of(application)} == {State.FINAL}
    assert closing(application) is None
    assert Evaluation.objects.filter(application=application).count() == 2
    assert list(broken_links()) == []


def test_without_a_change_the_first_round_is_final_and_stands_alone() -> None:
    application = factory.in_deliberation()
    assert closing(application) is None
    assert {row.state for row in factory.assignments_of(application)} == {State.FINAL}
    assert Evaluation.objects.filter(application=application).count() == 1


def test_the_last_member_who_finishes_closes_the_discussion() -> None:
    *rows, last = factory.discussing()
    changing(last)
    for row in rows:
        actions.finish_rereading(assignment_pk=row.pk, at=LATER, by=factory.member_actor(row))
    assert not Evaluation.objects.filter(round=2).exists()
    actions.finish_rereading(assignment_pk=last.pk, at=LATER, by=factory.member_actor(last))
    assert Evaluation.objects.filter(round=2).count() == 1
    with pytest.raises(Blocked, match="Aucune discussion"):
        actions.end_discussion(application_pk=last.application_id, at=LATER, by=factory.secretary())


def test_a_late_recusal_takes_the_review_out_of_both_rounds() -> None:
    rows = factory.discussing()
    changing(rows[0])
    closing(rows[0].application)
    actions.recuse(assignment_pk=rows[0].pk, at=LATER, by=factory.ethics_officer().because("Lien."))
    results = list(Evaluation.objects.filter(application=rows[0].application).order_by("pk"))
    assert [one.round for one in results] == [1, 2, 1, 2]
    assert [one.result["colleges"]["caregivers"]["count"] for one in results] == [2, 2, 1, 1]
    assert [one.result["valid"] for one in results] == [True, True, False, False]


def test_the_opinion_of_yesterdays_session_is_on_the_second_round() -> None:
    rows = factory.discussing()
    changing(rows[0])
    opinion = actions.record_opinion(
        application_pk=rows[0].application_id,
        kind="favourable",
        reasons=factory.REASONS,
        votes={"for": 5, "against": 0},
        **factory.on_paper(),
        solutions=list(rows[0].application.solutions.values_list("pk", flat=True)),
        adopted_on=ON,
        at=LATER + timedelta(days=2),
        by=factory.secretary(),
    )
    assert opinion.evaluation.round == 2


# --- more time ------------------------------------------------------------------------------------------------


def test_a_member_asks_for_more_time_once_and_the_secretariat_gives_more() -> None:
    row = factory.accepted()
    actions.extend_review(assignment_pk=row.pk, at=LATER, by=factory.member_actor(row))
    with pytest.raises(Blocked, match="Appelez-nous"):
        actions.extend_review(assignment_pk=row.pk, at=LATER, by=factory.member_actor(row))
    for days in (0, 61):
        with pytest.raises(Blocked, match="entre 1 et 60"):
            actions.extend_review(assignment_pk=row.pk, days=days, at=LATER, by=factory.secretary())
    more = actions.extend_review(assignment_pk=row.pk, days=7, at=LATER, by=factory.secretary())
    assert more.review_due_on == row.review_due_on + timedelta(days=21)
    (clock,) = Deadline.objects.running().filter(subject=subject_key(row), kind="review")
    assert clock.due_on == more.review_due_on
    other = factory.assignments_of(row.application)[1]
    assert not Assignment.objects.visible_to(other.mandate.user, on=ON).filter(pk=row.pk).exists()


# --- pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def reopened() -> list[Assignment]:
    application = factory.under_review(structure(name="Rives et Relais"), at=NOW - timedelta(days=9))
    return factory.discussing(application, values=(0, 4, 3), at=NOW - timedelta(days=9))


def page(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def test_the_group_is_read_by_pseudonym_differences_first_and_never_by_name(
    client: Client, reopened: list[Assignment]
) -> None:
    mine = reopened[0]
    signed_in(client, mine.mandate.user)
    assert client.get(page("committee_assignment", mine.pk)).url == page("committee_reread", mine.pk)

    shown = client.get(page("committee_reread", mine.pk))

    text = words(shown)
    assert "Patient A : 3 ; Patient B : 0 ; vous : 0 ; Aidant B : 4 ; Professionnel A : 4" in text
    assert "26 critères à discuter" in text
    assert "Il est normal de ne pas être d'accord." in text
    others = [row.mandate.user for row in reopened[1:]]
    assert not [user for user in others if user.last_name in text or user.email in text]
    for name in ("committee_reviews", "committee"):
        assert "Rives et Relais" in words(client.get(page(name)))


def test_choices_are_saved_together_or_not_at_all_and_nothing_typed_is_lost(
    client: Client, reopened: list[Assignment]
) -> None:
    mine = reopened[0]
    signed_in(client, mine.mandate.user)
    url = page("committee_reread", mine.pk)
    typed = {"A1-1-choice": "keep", "A1-2-choice": "change", "A1-2-note": "2"}

    refused = client.post(url, typed)

    assert "dites pourquoi en une phrase" in words(refused)
    assert 'value="2" selected' in refused.content.decode()
    assert not mine.scores.filter(round=2).exists()
    for missing in (
        {"A1-2-choice": "change", "A1-2-reason": "Relu."},
        {"A1-2-note": "2"},
        {"A1-2-choice": "x"},
    ):
        assert "Erreur" in words(client.post(url, missing))
    assert not mine.scores.filter(round=2).exists()

    done = client.post(url, {**typed, "A1-2-reason": "Relu <b>ensemble</b>."}, follow=True)

    assert "Vos choix sont enregistrés" in words(done)
    found = {score.criterion: (score.value, score.change_reason) for score in mine.scores.filter(round=2)}
    assert found == {"A1.1": (0, ""), "A1.2": (2, "Relu <b>ensemble</b>.")}
    assert "vous : 2 (premier tour : 0)" in words(done)
    stale = client.post(
        url, {"A1-2-choice": "change", "A1-2-note": "1", "A1-2-reason": "Non.", "A1-2-version": "0"}
    )
    assert stale.status_code == 409
    assert "Deux textes au même endroit" in words(stale)
    finished = client.post(url, {"go": "finish"}, follow=True)
    assert "Votre relecture est terminée" in words(finished)
    assert Assignment.objects.get(pk=mine.pk).state == State.FINAL
    assert "Enregistrer mes choix" not in words(client.get(url))
    assert "définitives" in words(client.post(url, {"go": "finish"}))


def test_before_the_discussion_or_without_being_of_the_panel_the_page_does_not_exist(client: Client) -> None:
    application = factory.in_deliberation(at=NOW - timedelta(days=9))
    row = factory.assignments_of(application)[0]
    signed_in(client, row.mandate.user)
    assert client.get(page("committee_reread", row.pk)).status_code == 404
    closing(application)
    assert client.get(page("committee_reread", row.pk)).status_code == 404
    signed_in(client, factory.member(at=NOW).user)
    assert client.get(page("committee_reread", row.pk)).status_code == 404


def test_the_secretariat_opens_reads_by_pseudonym_and_closes(client: Client) -> None:
    application = factory.in_deliberation(at=NOW - timedelta(days=9))
    url = page("staff_discussion", application.reference)
    signed_in(client, staff("secretariat"))
    assert "Ouvrir la discussion" in words(client.get(url))
    assert "Patient A : 3" in words(client.post(url, {"go": "open"}, follow=True))
    row = factory.assignments_of(application)[0]
    actions.change_score(
        assignment_pk=row.pk,
        criterion="A1.2",
        verdict="scored",
        value=1,
        reason="Relu.",
        version=0,
        at=timezone.now(),
        by=factory.member_actor(row),
    )
    assert "Aidant A a changé : Relu." in words(client.get(url))
    assert client.post(url, {"go": "dance"}).status_code == 404
    assert "second tour est calculé" in words(client.post(url, {"go": "close"}, follow=True))
    both = words(client.get(page("staff_opinion", application.reference)))
    assert "Résultat du second tour" in both
    assert "Premier tour, avant la discussion" in both
    signed_in(client, staff("case_officer"))
    seen = words(client.get(url))
    assert "Patient A" in seen
    assert "Patient A : 3" not in seen


def test_the_page_of_the_second_round_asks_the_same_questions_whatever_the_panel(
    client: Client, reopened: list[Assignment]
) -> None:
    signed_in(client, reopened[0].mandate.user)
    with CaptureQueriesContext(connection) as asked:
        client.get(page("committee_reread", reopened[0].pk))
    kept = [one for one in asked if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(kept) <= 10


# --- races ----------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_change_against_the_closing_of_the_discussion_is_counted_or_refused() -> None:
    from tests.reviewers.test_races import at_once

    rows = factory.discussing()
    changed, closed = at_once(
        [lambda: changing(rows[0]), lambda: closing(rows[0].application, by=factory.secretary())]
    )

    counted = Evaluation.objects.filter(round=2).exists()
    assert isinstance(changed, Score) == counted == (closed is not None)
    assert {row.state for row in factory.assignments_of(rows[0].application)} == {State.FINAL}
    assert list(broken_links()) == []
