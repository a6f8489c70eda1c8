"""Several people at once in a session, on PostgreSQL: a vote counts once, a closed vote takes no ballot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from journal.models import Event
from journal.refusals import Blocked
from journal.verification import broken_links
from label.models import Application
from letters.models import Mail
from reviewers import actions
from reviewers.actions import sessions
from reviewers.models import (
    AgendaItem,
    Assignment,
    Attendance,
    Ballot,
    ChairApproval,
    Choice,
    Evaluation,
    Mandate,
    Opinion,
    SecretCount,
    Session,
)
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.sessions import CONVENED_AT, SITS_AT
from tests.factories.structures import AT
from tests.reviewers.test_races import at_once, sending
from tests.reviewers.test_sessions import linked
from workflows.integrity import breaches

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def voting(item: AgendaItem, mandate: Mandate, choice: str = "favourable") -> Callable[[], Any]:
    return lambda: sessions.cast_ballot(
        item_pk=item.pk,
        choice=choice,
        mandate_pk=mandate.pk,
        at=SITS_AT,
        by=reviewers.member_actor(mandate),
    )


@pytest.mark.parametrize("secret", [False, True])
def test_eight_votes_of_one_person_are_one_vote(secret: bool) -> None:
    item = factory.voting(secret=secret)
    mandate = factory.seated()[1]

    found = at_once([voting(item, mandate, choice) for choice in ("favourable", "unfavourable") * 4])

    assert Ballot.objects.count() == 1
    if secret:
        assert sum(isinstance(one, Blocked) for one in found) == 7
        assert sum(SecretCount.objects.values_list("count", flat=True)) == 1
    assert list(broken_links()) == []


def test_everybody_votes_at_once_in_secret_and_each_ballot_is_in_the_urn() -> None:
    item = factory.voting(secret=True)
    members = factory.seated()

    at_once([voting(item, mandate, "favourable") for mandate in members])

    assert Ballot.objects.count() == 6
    assert dict(SecretCount.objects.values_list("choice", "count"))["favourable"] == 6


def test_closing_the_vote_against_late_ballots_counts_exactly_those_that_were_taken() -> None:
    item = factory.voting()
    first, *others = factory.seated()
    voting(item, first)()
    by = factory.secretary_of(item.session)

    def closing() -> Any:
        return sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by)

    found = at_once([*(voting(item, mandate) for mandate in others), closing])

    taken = 1 + sum(isinstance(one, Ballot) for one in found)
    closed = AgendaItem.objects.get(pk=item.pk)
    assert closed.counts["favourable"] == taken == Ballot.objects.count()
    assert sum(isinstance(one, Blocked) for one in found) == 6 - taken


def test_closing_the_vote_against_the_departure_that_breaks_the_quorum_follows_their_order() -> None:
    *others, last = reviewers.committee()
    session = factory.opened([factory.deliberated()], members=[*others, last], here=others)
    item = factory.voting(session)
    for mandate in others:
        voting(item, mandate)()
    by, chair = factory.secretary_of(session), factory.chair_of(session)
    only = others[-1]  # alone of the professionals in the room

    def closing() -> Any:
        return sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=chair)

    def leaving() -> Any:
        return sessions.record_departure(session_pk=session.pk, mandate_pk=only.pk, at=SITS_AT, by=by)

    closed, left = at_once([closing, leaving])

    assert not isinstance(left, Exception)
    moves = list(
        Event.objects.filter(move__in=["close_vote", "member_left"])
        .order_by("position")
        .values_list("move", flat=True)
    )
    found = AgendaItem.objects.get(pk=item.pk)
    if isinstance(closed, Blocked):  # the departure came first: the vote cannot be counted
        assert moves == ["member_left"]
        assert (found.vote_closed_at, found.counts) == (None, {})
    else:
        assert moves == ["close_vote", "member_left"]
        assert found.counts["favourable"] == 5
    with pytest.raises(Blocked):  # whichever came first, no opinion is adopted without the quorum
        sessions.adopt_opinion(item_pk=item.pk, reasons=factory.REASONS, at=SITS_AT, by=by)
    sessions.send_back(item_pk=item.pk, sent_to="later", at=SITS_AT, by=by.because("Quorum perdu."))
    assert not Ballot.objects.exists()
    assert list(broken_links()) == []
    assert list(breaches()) == []


def test_two_co_chairs_and_the_secretary_approve_at_once_and_the_minutes_are_approved_once() -> None:
    dossiers = [factory.deliberated(), factory.deliberated()]
    members = reviewers.committee(per_college=3)
    linked(members[0], dossiers[0])
    linked(members[6], dossiers[1])
    session = factory.opened(dossiers)
    by = factory.secretary_of(session).because("Faute de temps.")
    for place in range(2):
        sessions.send_back(item_pk=factory.called(session, place).pk, sent_to="later", at=SITS_AT, by=by)
    sessions.close_session(session_pk=session.pk, at=SITS_AT, by=by)
    session = factory.sent_for_approval(Session.objects.get(pk=session.pk))
    actors = [reviewers.member_actor(members[0]), reviewers.member_actor(members[6]), by]

    def approving(actor: Any) -> Callable[[], Any]:
        return lambda: sessions.approve_minutes(session_pk=session.pk, at=SITS_AT, by=actor)

    found = at_once([approving(actor) for actor in actors])

    assert not any(isinstance(one, Exception) for one in found)
    assert Session.objects.get(pk=session.pk).state == "minutes_approved"
    assert ChairApproval.objects.count() == 2
    assert Event.objects.filter(move="approve_minutes").count() == 1
    assert list(broken_links()) == []


def test_two_people_adopt_at_once_and_one_opinion_is_written() -> None:
    item = factory.counted()
    solutions = list(item.application.solutions.values_list("pk", flat=True))

    def adopting(by: Any) -> Callable[[], Any]:
        return lambda: sessions.adopt_opinion(
            item_pk=item.pk, reasons=factory.REASONS, solutions=solutions, at=SITS_AT, by=by
        )

    chair, office = factory.chair_of(item.session), factory.secretary_of(item.session)
    found = at_once([adopting(chair), adopting(office), adopting(office)])

    assert sum(isinstance(one, Opinion) for one in found) == 1
    assert Opinion.objects.count() == 1
    assert list(breaches()) == []


def test_the_last_review_against_a_recusal_leaves_one_true_result() -> None:
    application = reviewers.under_review()
    *given, last = reviewers.assignments_of(application)
    for row in given:
        reviewers.submitted(row)
    reviewers.filled(last)
    ethics = reviewers.ethics_officer().because("Lien découvert.")

    def recusing() -> Any:
        return actions.recuse(assignment_pk=given[0].pk, at=AT, by=ethics)

    found = at_once([sending(last), recusing])

    assert all(isinstance(one, Assignment) for one in found)
    application = Application.objects.get()
    counted = Assignment.objects.filter(state__in=Assignment.COUNTED).count()
    assert counted == 5
    result = Evaluation.objects.order_by("-pk").first()
    if (
        application.state == "in_deliberation"
    ):  # the review came first: the result was made again without the other
        assert result is not None
        assert sum(one["count"] for one in result.result["colleges"].values()) == 5
        assert result.result["valid"] is False
    else:  # the recusal came first: a college lacks a member, the evaluation stays open
        assert (application.state, result) == ("under_review", None)
    assert list(breaches()) == []


def test_an_opening_vote_against_a_recusal_never_mixes_threads() -> None:
    application = reviewers.in_deliberation()
    session = factory.opened([application])
    item = factory.called(session)
    row = reviewers.assignments_of(application)[0]
    ethics, by = reviewers.ethics_officer().because("Lien découvert."), factory.secretary_of(session)

    at_once(
        [
            lambda: sessions.open_vote(item_pk=item.pk, at=SITS_AT, by=by),
            lambda: actions.recuse(assignment_pk=row.pk, at=SITS_AT, by=ethics),
        ]
    )

    assert Assignment.objects.get(pk=row.pk).state == "recused"
    assert set(Assignment.objects.exclude(pk=row.pk).values_list("state", flat=True)) <= {
        "final",
        "submitted",
    }
    assert list(broken_links()) == []


def test_a_session_begins_once_and_a_dossier_is_on_one_agenda() -> None:
    session = factory.convened()
    for mandate in factory.seated():
        factory.attend(session, mandate)
    by = factory.secretary_of(session)
    at_once([lambda: sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=by)] * 4)
    assert Event.objects.filter(move="begin").count() == 1

    application = factory.deliberated()
    planned: list[Session] = [factory.planned(factory.seated()) for _ in range(4)]

    def listing(one: Session) -> Callable[[], Any]:
        return lambda: factory.listed(one, application)

    found = at_once([listing(one) for one in planned])
    assert sum(isinstance(one, AgendaItem) for one in found) == 1
    assert AgendaItem.objects.filter(application=application).count() == 1


def test_closing_a_secret_vote_against_late_ballots_never_tells_fewer_than_three() -> None:
    item = factory.voting(secret=True)
    first, *others = factory.seated()
    voting(item, first)()
    by = factory.secretary_of(item.session)

    def closing() -> Any:
        return sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by)

    found = at_once([closing, voting(item, others[0]), closing, voting(item, others[1]), closing])

    closed = AgendaItem.objects.get(pk=item.pk)
    cast = Ballot.objects.count()
    assert all(isinstance(one, (AgendaItem, Ballot, Blocked)) for one in found)
    assert (closed.vote_closed_at is not None) <= (cast == 3)
    assert sum(closed.counts.values()) == (3 if closed.vote_closed_at else 0)
    assert list(broken_links()) == []


def test_a_vote_asked_secret_while_people_leave_opens_in_secret_with_three_or_in_the_open() -> None:
    session = factory.opened()
    members, by = factory.seated(), factory.secretary_of(session)
    item = factory.called(session)

    def leaving(mandate: Mandate) -> Callable[[], Any]:
        return lambda: sessions.record_departure(
            session_pk=session.pk, mandate_pk=mandate.pk, at=SITS_AT, by=by
        )

    def asking() -> Any:
        return sessions.ask_secret_ballot(item_pk=item.pk, at=SITS_AT, by=by)

    def giving_up() -> Any:
        return sessions.give_up_secret_ballot(item_pk=item.pk, at=SITS_AT, by=by)

    at_once([asking, *(leaving(one) for one in members[1:5]), giving_up, asking])

    found = AgendaItem.objects.get(pk=item.pk)
    assert found.secret_counts.count() == (len(Choice) if found.is_secret else 0)
    with pytest.raises(Blocked):  # two are left: no secret opens, and none is asked for any more
        sessions.open_vote(item_pk=item.pk, at=SITS_AT, by=by)
    if not found.is_secret:
        with pytest.raises(Blocked):
            asking()
    assert list(broken_links()) == []


def test_a_change_sent_twice_at_once_is_told_once() -> None:
    session = factory.convened()
    before, by = Mail.objects.count(), factory.secretary_of(session)

    def changing(minutes: int) -> Callable[[], Any]:
        return lambda: sessions.change_session(
            session_pk=session.pk, place="Nantes", at=CONVENED_AT + timedelta(minutes=minutes), by=by
        )

    at_once([changing(minutes) for minutes in range(4)])

    assert Mail.objects.count() == before + len(factory.seated())


def test_a_chair_who_tells_a_link_stops_running_the_session_at_once() -> None:
    session = factory.opened()
    item = factory.called(session)
    chair, other = session.lay_chair, factory.seated()[3]
    by = reviewers.member_actor(chair)

    def telling() -> Any:
        return sessions.state_on_item(
            item_pk=item.pk, mandate_pk=chair.pk, has_link=True, text="Ma sœur.", at=SITS_AT, by=by
        )

    def sending_out() -> Any:
        return sessions.record_step_out(session_pk=session.pk, mandate_pk=other.pk, at=SITS_AT, by=by)

    at_once([telling, sending_out])

    moves = list(Event.objects.filter(move__in=["state_link", "member_stepped_out"]).order_by("pk"))
    assert moves[-1].move == "state_link"  # nothing of the chair after it
    with pytest.raises(Blocked):
        sessions.record_departure(session_pk=session.pk, mandate_pk=other.pk, at=SITS_AT, by=by)
    assert list(broken_links()) == []


def test_two_proxies_to_one_holder_while_they_go_out_are_one_at_most() -> None:
    session = factory.convened(members=reviewers.committee(per_college=3))
    first, second, holder = factory.seated()[:3]
    for mandate in factory.seated()[2:]:
        factory.attend(session, mandate)
    by = factory.secretary_of(session)
    sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=by)

    def giving(mandate: Mandate) -> Callable[[], Any]:
        return lambda: factory.attend(session, mandate, "proxy", holder_pk=holder.pk)

    def going_out() -> Any:
        return sessions.record_step_out(session_pk=session.pk, mandate_pk=holder.pk, at=SITS_AT, by=by)

    at_once([giving(first), giving(second), going_out])

    proxies = Attendance.objects.filter(mode="proxy", holder=holder)
    assert proxies.count() <= 1
    assert list(broken_links()) == []
