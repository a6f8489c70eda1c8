"""Minutes are approved by people who may read them: each chair for what no link hides, never nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from journal.models import Event
from letters.models import Mail
from reviewers.actions import sessions
from reviewers.models import ChairApproval, Mandate, Minutes, Session
from tests.factories import reviewers, structures
from tests.factories import sessions as factory
from tests.factories.accounts import acting, give_role, signed_in, staff
from tests.factories.sessions import SITS_AT
from tests.reading import words
from tests.reviewers.test_session_views import World, opened
from tests.reviewers.test_sessions import linked, refused
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db
AT = SITS_AT + timedelta(days=3)


def closed(links: dict[int, tuple[int, ...]], *, per_college: int = 2) -> tuple[Session, list[Mandate]]:
    """A session over, two items sent back to a later one; each of these members is kept from these items."""
    dossiers = [factory.deliberated(), factory.deliberated()]
    members = reviewers.committee(per_college=per_college)
    for place, items in links.items():
        for item in items:
            linked(members[place], dossiers[item])
    session = factory.opened(dossiers)
    by = factory.secretary_of(session).because("Faute de temps.")
    for place in range(2):
        item = factory.called(session, place)
        sessions.send_back(item_pk=item.pk, sent_to="later", at=SITS_AT, by=by)
    sessions.close_session(session_pk=session.pk, at=SITS_AT, by=by)
    return factory.sent_for_approval(Session.objects.get(pk=session.pk)), members


def approve(session: Session, by: Any) -> Minutes:
    return sessions.approve_minutes(session_pk=session.pk, at=AT, by=by)


def test_two_co_chairs_kept_from_different_items_approve_what_each_may_read() -> None:
    session, members = closed({0: (0,), 6: (1,)}, per_college=3)
    lay, professional = (reviewers.member_actor(one) for one in (members[0], members[6]))
    assert session.professional_chair == members[6]
    first, second = (factory.item_of(session, place) for place in range(2))

    found = approve(session, lay)

    assert found.chair_approved_at is None
    assert list(ChairApproval.objects.values_list("item_id", "approved_by_id")) == [
        (second.pk, lay.user.pk),
    ]
    before = Event.objects.count()
    approve(session, lay)
    assert Event.objects.count() == before  # a second time changes nothing
    approve(session, factory.secretary_of(session))
    assert Session.objects.get().state == "closed"
    found = approve(session, professional)
    assert Session.objects.get().state == "minutes_approved"
    assert found.chair_approved_by == professional.user and found.pdf is not None
    assert set(ChairApproval.objects.values_list("item_id", flat=True)) == {first.pk, second.pk}
    assert [
        one.move for one in Event.objects.filter(move__contains="approve_minutes").order_by("position")
    ] == [
        "approve_minutes_first",
        "approve_minutes_first",
        "approve_minutes",
    ]
    assert list(breaches()) == []


def test_what_changes_in_the_minutes_takes_every_approval_back() -> None:
    session, members = closed({0: (0,)})
    approve(session, reviewers.member_actor(members[0]))
    by = factory.secretary_of(session)
    sessions.complete_minutes(session_pk=session.pk, parts={"opening": "Autre accueil."}, at=AT, by=by)
    assert not ChairApproval.objects.exists()
    approve(session, reviewers.member_actor(members[0]))
    assert "ne change plus" in refused(sessions.draft_minutes, session_pk=session.pk, at=AT, by=by)


def test_who_may_read_what_no_co_chair_may_is_named_after_the_sitting() -> None:
    session, members = closed({0: (0,), 4: (0, 1), 2: (0,)})
    by, name = factory.secretary_of(session), {"session_pk": session.pk, "at": AT}
    assert "écart d'un point" in refused(
        approve, session=session, by=reviewers.member_actor(members[4])
    ).replace("’", "'")
    approve(session, reviewers.member_actor(members[0]))
    assert "Choisissez quelqu'un d'autre" in refused(
        sessions.name_acting_chair, mandate_pk=members[2].pk, by=by, **name
    )
    before = Mail.objects.count()

    sessions.name_acting_chair(mandate_pk=members[3].pk, by=by, **name)

    assert Mail.objects.count() == before + 1
    assert "peuvent relire" in refused(sessions.name_acting_chair, mandate_pk=members[5].pk, by=by, **name)
    approve(session, by)
    approve(session, reviewers.member_actor(members[3]))
    assert Session.objects.get().state == "minutes_approved"


def sent(links: dict[int, tuple[int, ...]]) -> World:
    """The same today, for pages."""
    world = opened()
    for place, items in links.items():
        for item in items:
            world.states(place, world.item(item), link=True)
    by = factory.secretary_of(world.session).because("Faute de temps.")
    for place in range(2):
        item = factory.called(world.session, place, at=world.now)
        sessions.send_back(item_pk=item.pk, sent_to="later", at=world.now, by=by)
    sessions.close_session(session_pk=world.session.pk, at=world.now, by=by)
    for go in ("draft", "send"):
        world.post(world.office, "minutes", space="staff", go=go)
    return world


def test_the_secretariat_names_on_the_page_and_barred_people_are_not_offered() -> None:
    world = sent({0: (0,), 4: (0,), 2: (0,)})
    address, members = world.url("minutes", space="staff"), world.members

    page = world.office.get(address)
    empty = world.office.post(address, {"go": "acting_chair"})
    done = world.office.post(address, {"go": "acting_chair", "acting_chair": members[3].pk})

    offered = {key for key, _name in page.context["acting"].fields["acting_chair"].choices if key}
    assert "Qui approuve pour la présidence ?" in words(page)
    assert offered == {str(members[place].pk) for place in (1, 3, 5)}
    assert empty.status_code == 200 and empty.context["acting"].errors
    assert done.url == address
    assert Session.objects.get().acting_chair == members[3]
    assert "Qui approuve" not in words(world.office.get(address))
    assert world.post(world.member(3), "minutes", go="acting_chair").status_code == 404
    assert "Votre accord porte sur ce qui vous est montré." in world.read(world.member(0), "minutes")
    world.post(world.member(0), "minutes", go="approve")
    told = world.read(world.member(0), "minutes")
    assert "Point 2 approuvé pour la présidence" in told and "Approuver le procès-verbal" not in told
    world.post(world.member(3), "minutes", go="approve")
    assert "Point 1 approuvé" not in world.read(world.member(3), "minutes")
    assert Minutes.objects.get().chair_approved_by == members[3].user


def test_somebody_else_of_the_secretariat_approves_when_a_link_keeps_the_secretary_away() -> None:
    world = sent({})
    other = staff(Role.SECRETARIAT)
    client = signed_in(Client(), other)
    address = world.url("minutes", space="staff")
    world.post(world.member(0), "minutes", go="approve")
    assert client.post(address, {"go": "approve"}).status_code == 404
    structures.member(world.dossiers[0].structure, user=world.session.secretary)
    assert "Approuver le procès-verbal" not in words(world.office.get(address))
    refusal = world.office.post(address, {"go": "approve"}, follow=True)
    assert "une autre personne approuve" in words(refusal)
    client.post(address, {"go": "approve"})
    found = Minutes.objects.get()
    assert (found.secretary_approved_by, Session.objects.get().state) == (other, "minutes_approved")


def test_one_person_does_not_approve_for_both() -> None:
    session, members = closed({})
    give_role(members[0].user, Role.SECRETARIAT)
    Session.objects.filter(pk=session.pk).update(secretary=members[0].user)
    session = Session.objects.get()
    approve(session, reviewers.member_actor(members[0]))
    assert "deux fois" in refused(approve, session=session, by=acting(members[0].user, Role.SECRETARIAT))
