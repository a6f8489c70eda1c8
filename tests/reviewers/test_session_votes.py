"""The vote on an item: who, how often, in what way, and what comes of it (domain 6.10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from reviewers import actions as reviewing
from reviewers.actions import sessions
from reviewers.models import (
    AgendaItem,
    Assignment,
    Ballot,
    Choice,
    Opinion,
    SecretCount,
    Session,
)
from reviewers.room import room_of
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.sessions import SITS_AT
from tests.reviewers.test_actions import statements
from tests.reviewers.test_sessions import linked, refused
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db
LATER = SITS_AT + timedelta(minutes=5)


def cast(item, mandate, choice="favourable", *, by=None, at=SITS_AT):
    return sessions.cast_ballot(
        item_pk=item.pk,
        choice=choice,
        mandate_pk=mandate.pk,
        at=at,
        by=by or reviewers.member_actor(mandate),
    )


def test_an_open_vote_changes_until_it_is_closed() -> None:
    item = factory.voting()
    first, second, *_others = factory.seated()
    cast(item, first, "unfavourable")
    cast(item, first, "favourable", at=LATER)
    cast(item, second, "abstention")
    room = room_of(item.session, on=timezone.localdate(SITS_AT), item=item)
    assert [one.pk for one in sessions.voting.awaited(item, room)] == [one.pk for one in factory.seated()[2:]]
    by = factory.secretary_of(item.session)
    assert "pas encore clos" in refused(
        sessions.adopt_opinion, item_pk=item.pk, reasons=factory.REASONS, at=LATER, by=by
    )
    item = sessions.close_vote(item_pk=item.pk, at=LATER, by=by)
    assert item.counts == {
        "favourable": 1,
        "favourable_with_conditions": 0,
        "unfavourable": 0,
        "abstention": 1,
    }
    assert item.outcome == "favourable"
    before = Event.objects.count()
    assert "clos depuis 10 h 05" in refused(cast, item=item, mandate=first).replace("\xa0", " ")
    assert sessions.close_vote(item_pk=item.pk, at=LATER + timedelta(hours=1), by=by).vote_closed_at == LATER
    assert Event.objects.count() == before


def test_who_is_absent_out_kept_away_or_a_stranger_does_not_vote() -> None:
    application = factory.deliberated()
    members = reviewers.committee()
    stranger = reviewers.approached()
    linked(members[0], application)
    session = factory.opened([application], here=[*members[:4], members[4]])
    item = factory.voting(session)
    by = factory.secretary_of(session)
    sessions.record_step_out(session_pk=session.pk, mandate_pk=members[1].pk, at=SITS_AT, by=by)
    sessions.record_departure(session_pk=session.pk, mandate_pk=members[2].pk, at=SITS_AT, by=by)
    for mandate in (members[0], members[1], members[2], members[5]):
        assert "vote n'est pas pris" in refused(cast, item=item, mandate=mandate).replace("’", "'")
        refused(cast, item=item, mandate=mandate, by=by)
    with pytest.raises(NotAllowed):
        cast(item, stranger)
    with pytest.raises(NotAllowed):
        cast(item, members[3], by=Actor(stranger.user, "member"))
    assert "pas pris" in refused(cast, item=item, mandate=members[3], by=reviewers.member_actor(members[4]))
    with pytest.raises(NotAllowed):  # a role left empty is nobody's, and never the one of the secretariat
        cast(item, members[3], by=Actor(stranger.user, ""))
    assert "pas pris" in refused(cast, item=item, mandate=members[3], by=Actor(members[4].user, ""))
    with pytest.raises(ValueError, match="peut-être"):
        cast(item, members[3], "peut-être")
    sessions.record_return(session_pk=session.pk, mandate_pk=members[1].pk, at=SITS_AT, by=by)
    cast(item, members[1])
    assert Ballot.objects.count() == 1


def test_a_vote_said_aloud_is_entered_by_the_secretariat() -> None:
    item = factory.voting()
    member = factory.seated()[3]
    by = factory.secretary_of(item.session)
    ballot = cast(item, member, by=Actor(by.user, by.role, on_behalf_of=subject_key(member.user)))
    assert ballot.cast_by is None
    assert Event.objects.get(move="ballot").on_behalf_of == subject_key(member.user)


def test_a_proxy_votes_twice_and_falls_with_its_holder() -> None:
    members = reviewers.committee()
    session = factory.convened([factory.deliberated(), factory.deliberated()], members=members)
    for mandate in members[:5]:
        factory.attend(session, mandate)
    factory.attend(session, members[5], "proxy", holder_pk=members[4].pk)
    by = factory.secretary_of(session)
    sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=by)
    item = factory.voting(Session.objects.get())
    holder = reviewers.member_actor(members[4])
    cast(item, members[4], "favourable", by=holder)
    cast(item, members[5], "unfavourable", by=holder)
    assert "pas pris" in refused(cast, item=item, mandate=members[5], by=reviewers.member_actor(members[0]))
    assert "pas pris" in refused(cast, item=item, mandate=members[5])  # who gave the proxy is not there
    assert {row.mandate_id: row.cast_by_id for row in Ballot.objects.all()} == {
        members[4].pk: None,
        members[5].pk: members[4].pk,
    }
    for mandate in members[:4]:
        cast(item, mandate)
    sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by)
    factory.adopted(item)
    second = factory.voting(session, 1)
    sessions.record_step_out(session_pk=session.pk, mandate_pk=members[4].pk, at=SITS_AT, by=by)
    assert "pas pris" in refused(cast, item=second, mandate=members[5], by=holder)


def test_a_secret_vote_keeps_nobody_s_choice() -> None:
    item = factory.voting()
    members = factory.seated()
    cast(item, members[0], "unfavourable")
    sessions.ask_secret_ballot(item_pk=item.pk, at=SITS_AT, by=reviewers.member_actor(members[1]))
    assert not Ballot.objects.exists()  # what was cast openly is torn up
    sessions.ask_secret_ballot(item_pk=item.pk, at=SITS_AT, by=reviewers.member_actor(members[2]))
    for mandate, choice in zip(members, ["unfavourable", *["favourable"] * 3], strict=False):
        cast(item, mandate, choice)
    assert "déjà dans l'urne" in refused(cast, item=item, mandate=members[0]).replace("’", "'")
    by = factory.secretary_of(item.session)
    assert "elle-même" in refused(cast, item=item, mandate=members[4], by=by)

    assert set(Ballot.objects.values_list("choice", "is_secret")) == {("", True)}
    names = {field.name for field in SecretCount._meta.get_fields()}
    assert names == {"id", "item", "choice", "count"}
    moves = Event.objects.filter(subject=subject_key(item), move="ballot").order_by("position")
    assert not any(moves.exclude(reason_digest="").values_list("pk", flat=True))
    item = sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by)
    assert (item.counts["favourable"], item.counts["unfavourable"]) == (3, 1)
    assert list(breaches()) == []


def test_paper_ballots_are_counted_with_the_others() -> None:
    item = factory.voting(secret=True)
    members = factory.seated()
    by = factory.secretary_of(item.session)
    cast(item, members[0], "favourable")
    count = {"item_pk": item.pk, "at": SITS_AT, "by": by}
    keys = [one.pk for one in members[1:4]]
    assert "autant" in refused(
        sessions.count_paper_ballots, mandate_pks=keys, counts={"favourable": 2}, **count
    )
    assert "déjà voté" in refused(
        sessions.count_paper_ballots, mandate_pks=[members[0].pk], counts={"favourable": 1}, **count
    )
    assert "entier" in refused(
        sessions.count_paper_ballots, mandate_pks=keys, counts={"favourable": 4, "unfavourable": -1}, **count
    )
    assert "entier" in refused(sessions.count_paper_ballots, mandate_pks=keys, counts={"oui": 3}, **count)
    sessions.count_paper_ballots(mandate_pks=keys, counts={"favourable": 1, "abstention": 2}, **count)
    item = sessions.close_vote(**count)
    assert item.counts == {
        "favourable": 2,
        "favourable_with_conditions": 0,
        "unfavourable": 0,
        "abstention": 2,
    }
    other = factory.voting(factory.opened([factory.deliberated()], members=members))
    assert "secret" in refused(
        sessions.count_paper_ballots,
        mandate_pks=keys,
        counts={"favourable": 3},
        **count | {"item_pk": other.pk},
    )


def test_in_a_tie_a_co_chair_decides_and_says_why() -> None:
    item = factory.voting()
    members = factory.seated()
    for mandate, choice in zip(members, ["favourable", "unfavourable"] * 3, strict=True):
        cast(item, mandate, choice)
    chair, by = factory.chair_of(item.session), factory.secretary_of(item.session)
    decide = {"item_pk": item.pk, "choice": "unfavourable", "at": SITS_AT}
    assert "égalité" in refused(sessions.cast_deciding_vote, by=chair.because("Trop tôt."), **decide)
    assert sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by).outcome == ""
    assert "trancher" in refused(
        sessions.adopt_opinion, item_pk=item.pk, reasons=factory.REASONS, at=SITS_AT, by=by
    )
    with pytest.raises(NotAllowed):
        sessions.cast_deciding_vote(by=by.because("Non."), **decide)
    refused(sessions.cast_deciding_vote, by=chair, **decide)
    assert "sens" in refused(
        sessions.cast_deciding_vote, by=chair.because("Hm."), **decide | {"choice": "abstention"}
    )
    item = sessions.cast_deciding_vote(by=chair.because("Les comptes manquent."), **decide)
    assert (item.outcome, item.casting_by.user) == ("unfavourable", chair.user)
    assert "égalité" in refused(sessions.cast_deciding_vote, by=chair.because("Encore."), **decide)
    assert factory.adopted(item, solutions=[]).kind == Opinion.Kind.UNFAVOURABLE


def test_an_opinion_says_what_was_voted_and_why() -> None:
    item = factory.counted(choices=["favourable_with_conditions"] * 4 + ["favourable", "unfavourable"])
    by = factory.secretary_of(item.session)
    solutions = list(item.application.solutions.values_list("pk", flat=True))
    facts = {"item_pk": item.pk, "at": SITS_AT, "by": by}
    words = refused(sessions.adopt_opinion, reasons="Trop court.", solutions=[0], **facts)
    for part in ("300", "réserve", "réponses proposées"):
        assert part in words
    assert Application.objects.get().state == "in_deliberation"
    opinion = sessions.adopt_opinion(
        reasons=factory.REASONS,
        conditions=["Publier les comptes.", " "],
        minority="Un membre aurait préféré attendre.",
        solutions=solutions,
        **facts,
    )
    assert opinion.item_id == item.pk
    assert opinion.kind == "favourable_with_conditions"
    assert opinion.conditions == ["Publier les comptes."]
    assert (opinion.votes["for"], opinion.votes["against"], opinion.votes["abstained"]) == (5, 1, 0)
    assert Application.objects.get().state == "advised"
    assert AgendaItem.objects.get().state == "adopted"
    assert list(breaches()) == []
    assert "pas encore clos" in refused(sessions.adopt_opinion, reasons=factory.REASONS, **facts)
    assert Opinion.objects.count() == 1


def test_what_a_holder_cast_leaves_with_them_and_a_vote_already_closed_is_counted_again() -> None:
    session = factory.convened(members=reviewers.committee(per_college=3))
    members = factory.seated()
    giver = next(one for one in members[1:] if one.college == members[0].college)
    for mandate in members:
        if mandate != giver:
            factory.attend(session, mandate)
    factory.attend(session, giver, "proxy", holder_pk=members[0].pk)
    sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=factory.secretary_of(session))
    item, holder = factory.voting(session), reviewers.member_actor(members[0])
    cast(item, members[0], "unfavourable")
    cast(item, giver, "unfavourable", by=holder)
    for mandate in members:
        if mandate not in (members[0], giver):
            cast(item, mandate, "favourable")
    by = factory.secretary_of(session)
    assert sessions.close_vote(item_pk=item.pk, at=LATER, by=by).counts["unfavourable"] == 2
    sessions.state_on_item(
        item_pk=item.pk, mandate_pk=members[0].pk, has_link=True, text="Ma sœur.", at=LATER, by=holder
    )
    assert "pas encore clos" in refused(
        sessions.adopt_opinion, item_pk=item.pk, reasons=factory.REASONS, at=LATER, by=by
    )
    counted = sessions.close_vote(item_pk=item.pk, at=LATER, by=by)
    assert (counted.counts["unfavourable"], counted.counts["favourable"]) == (0, 7)
    assert list(breaches()) == []


def test_a_secret_vote_begins_again_when_a_voter_has_a_link() -> None:
    item = factory.voting()
    session, members = item.session, factory.seated()
    sessions.ask_secret_ballot(item_pk=item.pk, at=SITS_AT, by=reviewers.member_actor(members[1]))
    for mandate in members:
        cast(item, mandate, "unfavourable")
    sessions.state_on_item(
        item_pk=item.pk,
        mandate_pk=members[0].pk,
        has_link=True,
        text="Ma sœur.",
        at=LATER,
        by=reviewers.member_actor(members[0]),
    )
    by = factory.secretary_of(session)
    assert "Personne n'a encore voté" in refused(sessions.close_vote, item_pk=item.pk, at=LATER, by=by)
    for mandate in members[1:]:
        cast(item, mandate, "favourable")
    counted = sessions.close_vote(item_pk=item.pk, at=LATER, by=by)
    assert (counted.counts["unfavourable"], counted.counts["favourable"]) == (0, 5)
    assert Event.objects.filter(move="ballots_removed").count() == 1
    assert list(breaches()) == []


def test_scores_become_final_when_the_vote_opens_and_a_late_recusal_takes_a_ballot_out() -> None:
    application = reviewers.in_deliberation()
    session = factory.opened([application])
    item = factory.voting(session)
    rows = reviewers.assignments_of(application)
    assert {row.state for row in rows} == {"final"}
    for mandate in factory.seated():
        cast(item, mandate, "unfavourable" if mandate == rows[0].mandate else "favourable")
    reviewing.recuse(
        assignment_pk=rows[0].pk, at=LATER, by=reviewers.ethics_officer().because("Lien découvert.")
    )
    by = factory.secretary_of(session)
    item = sessions.close_vote(item_pk=item.pk, at=LATER, by=by)
    assert item.counts["unfavourable"] == 0
    assert Event.objects.filter(move="ballots_removed").count() == 1
    # A college below its minimum: no opinion can be written, the item goes back to the panel.
    words = refused(sessions.adopt_opinion, item_pk=item.pk, reasons=factory.REASONS, at=LATER, by=by)
    assert "recomposez le panel" in words
    sessions.send_back(item_pk=item.pk, sent_to="evaluation", at=LATER, by=by.because("Panel à recomposer."))
    assert Application.objects.get().state == "admissible"
    assert Assignment.objects.filter(state="final").count() == 5
    assert list(breaches()) == []


def test_the_base_refuses_what_the_actions_refuse() -> None:
    item = factory.voting()
    first, second = factory.seated()[:2]
    Ballot.objects.create(item=item, mandate=first, choice=Choice.FAVOURABLE, cast_at=SITS_AT)
    for wrong in (
        {"mandate": first, "choice": "favourable"},
        {"mandate": second, "choice": "favourable", "is_secret": True},
        {"mandate": second, "choice": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ballot.objects.create(item=item, cast_at=SITS_AT, **wrong)


def test_statements_of_a_vote_are_few_and_do_not_grow_with_the_members() -> None:
    counts = []
    for per_college in (2, 5):
        with transaction.atomic():
            session = factory.opened(
                [factory.deliberated()], members=reviewers.committee(per_college=per_college)
            )
            item = factory.voting(session)
            mandate = factory.seated()[-1]
            found = []
            for choice in ("favourable", "unfavourable"):
                with CaptureQueriesContext(connection) as captured:
                    cast(item, mandate, choice)
                found.append(len(statements(captured)))
            with CaptureQueriesContext(connection) as captured:
                sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=factory.secretary_of(session))
            counts.append([*found, len(statements(captured))])
            transaction.set_rollback(True)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


def test_blocked_is_a_refusal_that_writes_nothing() -> None:
    item = factory.called()
    before = Event.objects.count()
    with pytest.raises(Blocked):
        cast(item, factory.seated()[0])
    assert (Event.objects.count(), Ballot.objects.count()) == (before, 0)
