"""Several members at once, on PostgreSQL: each review counts once, the evaluation closes once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django_fsm import TransitionNotAllowed

from accounts.actions import suppress_person
from journal.models import Event
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from journal.verification import broken_links
from label.models import Application
from reviewers import actions
from reviewers.models import Assignment, Challenge, College, Evaluation, LinkMatch, Mandate, Score
from reviewers.panels import panel_token
from structures.models import Structure
from tests.factories import reviewers as factory
from tests.factories.structures import AT, representative_of, structure

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """What each task returned, or the refusal that it met, all started together."""
    gate = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return task()
        except (Blocked, actions.StaleScore) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def sending(row: Assignment) -> Callable[[], Any]:
    return lambda: factory.submit(row)


def test_the_last_reviews_sent_at_once_close_the_evaluation_once() -> None:
    members = [*factory.committee(), *(factory.member(college=college) for college in list(College)[:2])]
    application = factory.under_review(members=members)
    rows = factory.assignments_of(application)
    for row in rows:
        factory.filled(row)
    assert len(rows) == 8

    found = at_once([sending(row) for row in rows])

    assert all(isinstance(one, Assignment) for one in found)
    assert Evaluation.objects.count() == 1
    assert sum(one["count"] for one in Evaluation.objects.get().result["colleges"].values()) == 8
    assert Application.objects.get(pk=application.pk).state == "in_deliberation"
    assert Event.objects.filter(move="close_review").count() == 1
    assert list(broken_links()) == []


def test_eight_clicks_on_one_button_send_one_review() -> None:
    row = factory.filled()

    found = at_once([sending(row)] * 8)

    assert sum(isinstance(one, Assignment) for one in found) == 1
    assert sum(isinstance(one, Blocked) for one in found) == 7
    assert Event.objects.filter(move="submit", subject__startswith="reviewers.").count() == 1


def test_eight_tabs_write_one_score_and_seven_are_told() -> None:
    row = factory.accepted()

    def writing(value: int) -> Callable[[], Any]:
        return lambda: actions.save_score(
            assignment_pk=row.pk,
            criterion="A1.1",
            verdict="scored",
            value=value,
            comment="",
            version=0,
            at=AT,
            by=factory.member_actor(row),
        )

    found = at_once([writing(value % 5) for value in range(8)])

    assert sum(isinstance(one, Score) for one in found) == 1
    assert sum(isinstance(one, actions.StaleScore) for one in found) == 7
    assert Score.objects.count() == 1


def test_two_panels_named_at_once_never_overload_a_member() -> None:
    members = factory.committee()
    Mandate.objects.update(load_cap=1)
    found: list[Structure] = [structure(name=f"Association {place}") for place in range(4)]
    dossiers = [factory.admissible(one) for one in found]
    secretary = factory.secretary()

    def naming(application: Application) -> Callable[[], Any]:
        return lambda: actions.name_panel(
            application_pk=application.pk,
            mandate_pks=[one.pk for one in members],
            at=AT,
            by=secretary,
        )

    results = at_once([naming(one) for one in dossiers])

    assert sum(isinstance(one, list) for one in results) == 1
    assert Assignment.objects.count() == 6
    assert list(broken_links()) == []


def test_an_acceptance_raced_by_the_suppression_list_leaves_nothing_open() -> None:
    row = factory.assignments_of(factory.under_review())[0]
    secretary = factory.secretary()

    def accept() -> Any:
        try:
            return factory.accepted(row)
        except (TransitionNotAllowed, NotAllowed) as refused:
            return refused

    at_once([accept, lambda: suppress_person(user=row.mandate.user, at=AT, by=secretary)])

    assert Assignment.objects.get(pk=row.pk).state in {"expired", "replaced"}
    assert Mandate.objects.get(pk=row.mandate_id).state == "ended"
    assert list(broken_links()) == []


def test_two_persons_who_add_members_at_once_do_not_double_the_panel() -> None:
    application = factory.under_review()
    rows = factory.assignments_of(application)
    for row in rows:
        actions.decline(assignment_pk=row.pk, at=AT, by=factory.member_actor(row))
    seen, offices = panel_token(application), [factory.secretary(), factory.secretary()]
    teams = [factory.committee(), factory.committee()]

    def adding(place: int) -> Callable[[], Any]:
        return lambda: actions.replace_members(
            application_pk=application.pk,
            mandate_pks=[one.pk for one in teams[place]],
            seen=seen,
            at=AT,
            by=offices[place],
        )

    found = at_once([adding(0), adding(1)])

    assert sum(isinstance(one, list) for one in found) == 1
    assert sum(isinstance(one, Blocked) for one in found) == 1
    live = Assignment.objects.filter(application=application, state__in=Assignment.LIVE)
    assert live.count() == 6
    assert list(broken_links()) == []


def test_one_request_of_recusal_sent_eight_times_is_one_request() -> None:
    application = factory.under_review()
    by = representative_of(application.structure)

    def asking() -> Any:
        return actions.ask_challenge(
            application_pk=application.pk, who="Mme Untel", reasons="Un procès.", at=AT, by=by
        )

    found = at_once([asking] * 8)

    assert len({one.pk for one in found}) == 1
    assert Challenge.objects.count() == 1
    assert Event.objects.filter(move="ask_challenge").count() == 1


def test_two_officers_answer_a_challenge_once() -> None:
    application = factory.under_review()
    row = factory.assignments_of(application)[0]
    challenge = actions.ask_challenge(
        application_pk=application.pk,
        who="Mme Untel",
        reasons="Un procès.",
        at=AT,
        by=representative_of(application.structure),
    )

    def answering(said: str, by: Actor, mandate_pk: int | None = None) -> Callable[[], Any]:
        return lambda: actions.answer_challenge(
            challenge_pk=challenge.pk, answer=said, mandate_pk=mandate_pk, at=AT, by=by
        )

    first, second = (factory.ethics_officer().because(f"Motif {place}.") for place in range(2))
    found = at_once([answering("accepted", first, row.mandate_id), answering("refused", second)])

    assert sum(isinstance(one, Challenge) for one in found) == 1
    kept = Challenge.objects.get()
    assert (Assignment.objects.get(pk=row.pk).state == "recused") == (kept.answer == "accepted")
    assert Event.objects.filter(move="answer_challenge").count() == 1
    assert list(broken_links()) == []


def test_two_officers_settle_a_match_once() -> None:
    application = factory.under_review()
    row = factory.assignments_of(application)[0]
    match = factory.matched(application, mandate=row.mandate)

    def settling(severity: str, by: Actor) -> Callable[[], Any]:
        return lambda: actions.settle_match(match_pk=match.pk, severity=severity, at=AT, by=by)

    first, second = (factory.ethics_officer().because(f"Motif {place}.") for place in range(2))
    found = at_once([settling("blocking", first), settling("without_effect", second)])

    assert sum(isinstance(one, LinkMatch) for one in found) == 1
    assert sum(isinstance(one, Blocked) for one in found) == 1
    kept = LinkMatch.objects.get()
    assert (Assignment.objects.get(pk=row.pk).state == "recused") == (kept.severity == "blocking")
    assert list(broken_links()) == []


def test_a_panel_named_while_a_link_is_settled_never_seats_who_is_kept_away() -> None:
    members = factory.committee()
    application = factory.admissible()
    match = factory.matched(application, mandate=members[0])
    actions.settle_match(
        match_pk=match.pk, severity="without_effect", at=AT, by=factory.ethics_officer().because("Homonyme.")
    )
    seen, secretary = LinkMatch.objects.get().token(), factory.secretary()
    officer = factory.ethics_officer().because("Elle y est élue.")

    at_once(
        [
            lambda: actions.name_panel(
                application_pk=application.pk, mandate_pks=[one.pk for one in members], at=AT, by=secretary
            ),
            lambda: actions.settle_match(
                match_pk=match.pk, severity="blocking", seen=seen, at=AT, by=officer
            ),
        ]
    )

    live = Assignment.objects.filter(user=members[0].user, state__in=Assignment.LIVE)
    assert LinkMatch.objects.get().severity == "blocking"
    assert not live.exists()
