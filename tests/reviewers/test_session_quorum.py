"""The quorum of an item is there when its ballots are counted and its opinion adopted, or the item waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Role
from journal.models import Event
from journal.moves import subject_key
from label.models import Application
from reviewers.actions import sessions
from reviewers.minutes import blocks_of, record_of
from reviewers.models import AgendaItem, Ballot, Mandate, Session
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.accounts import acting, signatory
from tests.factories.sessions import SITS_AT
from tests.reading import plain
from tests.reviewers.test_session_views import opened
from tests.reviewers.test_sessions import refused
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db


def departs(session: Session, mandate: Mandate) -> None:
    """For good."""
    sessions.record_departure(
        session_pk=session.pk, mandate_pk=mandate.pk, at=SITS_AT, by=factory.secretary_of(session)
    )


def steps_out(session: Session, mandate: Mandate) -> None:
    """For a moment."""
    sessions.record_step_out(
        session_pk=session.pk, mandate_pk=mandate.pk, at=SITS_AT, by=factory.secretary_of(session)
    )


def tells_a_link(session: Session, mandate: Mandate) -> None:
    """With the item: whoever is kept away does not count."""
    sessions.state_on_item(
        item_pk=factory.item_of(session).pk,
        mandate_pk=mandate.pk,
        has_link=True,
        text="Ma sœur y travaille.",
        at=SITS_AT,
        by=reviewers.member_actor(mandate),
    )


def is_paused(session: Session, mandate: Mandate) -> None:
    """Out of office."""
    reviewers.actions.pause(mandate_pk=mandate.pk, at=SITS_AT, by=reviewers.member_actor(mandate))


LOST = pytest.mark.parametrize("loses", [departs, steps_out, tells_a_link, is_paused])


@LOST
@pytest.mark.parametrize("secret", [False, True])
def test_a_vote_that_lost_the_quorum_of_its_item_is_not_counted_and_the_item_waits(
    loses: Callable[[Session, Mandate], None], secret: bool
) -> None:
    item = factory.voting(secret=secret)
    session, members = item.session, factory.seated()
    for mandate in members[:4]:
        factory.vote(item, mandate)
    for mandate in members[4:]:  # nobody is left of the professionals
        loses(session, mandate)
    by = factory.secretary_of(session)
    doing: dict[str, Any] = {"item_pk": item.pk, "at": SITS_AT}

    words = refused(sessions.close_vote, by=by, **doing)

    assert "quorum de ce point est perdu" in words and "Professionnels de santé" in words
    back = by.because("Quorum perdu.")
    for way in ("association", "evaluation"):
        assert "prochaine séance" in refused(
            sessions.send_back, sent_to=way, questions=["Qui ?"], by=back, **doing
        )
    assert "pourquoi" in refused(sessions.send_back, sent_to="later", by=by, **doing)
    assert Ballot.objects.count() == 4
    sessions.send_back(sent_to="later", by=back, **doing)
    found = AgendaItem.objects.get()
    assert (found.state, found.sent_to, found.counts, found.outcome) == ("sent_back", "later", {}, "")
    assert not Ballot.objects.exists()
    assert sum(found.secret_counts.values_list("count", flat=True)) == 0
    assert Application.objects.get().state == "in_deliberation"
    moves = Event.objects.filter(subject=subject_key(found)).order_by("-position")
    assert [one.move for one in moves[:2]] == ["send_back", "ballots_set_aside"]
    assert moves[0].reason.text == "Quorum perdu."
    assert list(breaches()) == []
    again = factory.planned(members[:0] or None, at=SITS_AT, sits_at=SITS_AT.replace(year=SITS_AT.year + 1))
    assert factory.listed(again, found.application, at=SITS_AT).state == "listed"


@LOST
def test_no_opinion_is_adopted_once_the_quorum_of_the_item_is_lost(
    loses: Callable[[Session, Mandate], None],
) -> None:
    item = factory.counted()
    session, by = item.session, factory.secretary_of(item.session)
    for mandate in factory.seated()[4:]:
        loses(session, mandate)
    adopt: dict[str, Any] = {"item_pk": item.pk, "reasons": factory.REASONS, "at": SITS_AT, "by": by}

    words = refused(sessions.adopt_opinion, **adopt)

    assert "quorum de ce point est perdu" in words
    sessions.send_back(item_pk=item.pk, sent_to="later", at=SITS_AT, by=by.because("Quorum perdu."))
    assert sessions.close_session(session_pk=session.pk, at=SITS_AT, by=by).state == "closed"
    told = str(blocks_of(record_of(Session.objects.get()), {}))
    assert "n'a pas été compté" in told and "Avis :" not in told
    assert list(breaches()) == []


def test_a_vote_goes_to_its_end_once_who_was_out_is_back() -> None:
    item = factory.voting()
    session, members, by = item.session, factory.seated(), factory.secretary_of(item.session)
    for mandate in members[:4]:
        factory.vote(item, mandate)
    for mandate in members[4:]:
        steps_out(session, mandate)
    refused(sessions.close_vote, item_pk=item.pk, at=SITS_AT, by=by)
    sessions.record_return(session_pk=session.pk, mandate_pk=members[4].pk, at=SITS_AT, by=by)
    assert "pas en discussion" in refused(
        sessions.send_back, item_pk=item.pk, sent_to="later", at=SITS_AT, by=by.because("Tard.")
    )
    assert sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by).counts["favourable"] == 4
    assert factory.adopted(item).kind == "favourable"


def test_the_page_of_the_chair_says_why_and_offers_the_later_session_only() -> None:
    world = opened(dossiers=1)
    item = world.item()
    for place in range(6):
        world.states(place, item)
    world.run(f"call-{item.pk}")
    world.run("open_vote")
    for place in range(4):
        own = f"vote-{world.members[place].pk}"
        world.post(world.member(place), "vote", item.pk, go=own, **{f"{own}-choice": "favourable"})
    world.run("close_vote")
    assert "Adopter l'avis" in world.read(world.member(0), "run")
    for mandate in world.members[4:]:
        world.office.post(world.url("attendance", space="staff"), {"go": f"gone-{mandate.pk}"})

    page = world.read(world.member(0), "run")
    refusal = world.post(world.member(0), "run", go="adopt", **{"adopt-reasons": factory.REASONS})
    forged = {"send_back-sent_to": "evaluation", "send_back-reason": "Quorum perdu."}
    other = world.post(world.member(0), "run", go="send_back", **forged)
    world.run("send_back", **forged | {"send_back-sent_to": "later"})

    assert (
        "Ce qu'il manque avant de pouvoir compter ce vote" in page and "quorum de ce point est perdu" in page
    )
    assert "Adopter l'avis" not in page and "Questions à la structure" not in page
    assert (
        refusal.status_code == 200 and factory.REASONS[:40] in refusal.content.decode()
    )  # nothing typed is lost
    assert other.status_code == 200
    assert plain(AgendaItem.objects.get().state) == "sent_back"
    assert "peut être close" not in page and "Clore la séance" in world.read(world.member(0), "run")


def test_what_if_a_college_is_empty_a_member_of_the_reserve_sits_by_a_written_act() -> None:
    """Domain 5.3: substitutes, another date, a contribution, then a member of the reserve; never another college."""
    members = reviewers.committee()
    reserve = reviewers.member(college="caregivers", seat="reserve")
    session = factory.convened(members=members)
    for mandate in members:
        if mandate.college == "caregivers":
            is_paused(session, mandate)
        else:
            factory.attend(session, mandate)
    begin = {"session_pk": session.pk, "at": SITS_AT, "by": factory.chair_of(session)}
    assert "Aidants" in refused(sessions.begin_session, **begin)
    attends = {"session_pk": session.pk, "mandate_pk": reserve.pk, "mode": "present", "at": SITS_AT}
    by = factory.secretary_of(session)
    assert "ne siège pas" in refused(sessions.record_attendance, **attends, by=by)

    reviewers.actions.change_seat(
        mandate_pk=reserve.pk,
        seat="substitute",
        act_reference="DEC-2027-031",
        at=SITS_AT,
        by=acting(signatory(), Role.SIGNATORY),
    )

    sessions.record_attendance(**attends, by=by)
    opened_now = sessions.begin_session(**begin)
    assert opened_now.quorum["by_college"]["caregivers"] == 1
    item = factory.called(opened_now)
    sessions.open_vote(item_pk=item.pk, at=SITS_AT, by=by)
    here = [one for one in members if one.college != "caregivers"] + [reserve]
    for mandate in here:
        factory.state(item, mandate)
        factory.vote(item, mandate)
    sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by)
    opinion = factory.adopted(AgendaItem.objects.get(pk=item.pk))
    assert opinion.votes["favourable"] == 5 and not opinion.without_colleges
    told = plain(str(blocks_of(record_of(Session.objects.get()), {})))
    assert f"{reserve.user.get_full_name()}, Aidants" in told
    assert list(breaches()) == []
