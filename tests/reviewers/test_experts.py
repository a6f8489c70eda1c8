"""Somebody from outside before the committee: invited to one item, heard without a vote, gone before it deliberates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from deadlines.calendar import add_months
from deadlines.tick import tick
from desks.bundle.contents import parts_of
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from letters.models import Letter
from letters.pdf import spoken
from letters.rendering import from_data
from reviewers import minutes as writing
from reviewers.actions import sessions
from reviewers.models import AgendaItem, Expert, Minutes, Session
from reviewers.room import room_of
from tests.factories import decisions, reviewers
from tests.factories import sessions as factory
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.sessions import CONVENED_AT, SITS_AT
from tests.factories.structures import AT, structure
from tests.reading import plain, words

pytestmark = pytest.mark.django_db
DAY = timezone.localdate(SITS_AT)
SIGNED = timezone.localdate(AT)
NAME, QUALITY = "Solveig Aarnes", "Généticienne, centre de référence des sarcomes"
WHY = "Maladie très rare : chaque membre et chaque personne de la liste de réserve a un lien."


def invited(item: AgendaItem, *, by: Actor | None = None, **facts: Any) -> Expert:
    """Somebody is invited to that item, by the secretariat of its session unless said otherwise."""
    found = {
        "name": NAME,
        "quality": QUALITY,
        "why": WHY,
        "declared_on": SIGNED,
        "confidentiality_signed_on": SIGNED,
        "no_link": True,
        "documents": ["Résumé de l'action", ""],
        "at": AT,
    } | facts
    return sessions.invite_expert(item_pk=item.pk, by=by or factory.secretary_of(item.session), **found)


def planned_item() -> AgendaItem:
    """An item on the agenda of a session that nobody was told of."""
    session = factory.planned()
    factory.listed(session, factory.deliberated())
    return factory.item_of(session)


def in_discussion() -> tuple[AgendaItem, Expert]:
    """An item in discussion on which somebody from outside is invited; six members sit."""
    item = planned_item()
    expert = invited(item)
    session = sessions.convene(
        session_pk=item.session_id, at=CONVENED_AT, by=factory.secretary_of(item.session)
    )
    for mandate in factory.seated():
        factory.attend(session, mandate)
    sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=factory.chair_of(session))
    return factory.called(Session.objects.get(pk=session.pk)), expert


def refused(act: Any, **facts: Any) -> str:
    """The words of the refusal."""
    with pytest.raises(Blocked) as caught:
        act(**facts)
    return plain(str(caught.value))


def test_what_if_everyone_knows_everyone_an_expert_is_heard_without_a_vote() -> None:
    item, expert = in_discussion()
    session, by = item.session, factory.secretary_of(item.session)
    before = room_of(session, on=DAY, item=item).quorum.as_data()
    letters = [spoken(from_data(one.content)) for one in Letter.objects.filter(code="L14")]
    assert len(letters) == 6
    assert all(f"Audition, sans voix : {NAME} ({QUALITY})" in plain(text) for text in letters)
    open_vote = {"act": sessions.open_vote, "item_pk": item.pk, "at": SITS_AT, "by": by}
    assert "n'a pas encore été entendue" in refused(**open_vote)

    sessions.hear_expert(expert_pk=expert.pk, at=SITS_AT, by=factory.chair_of(session))
    assert "sort avant la délibération" in refused(**open_vote)
    assert "sort avant" in refused(sessions.mark_discussed, item_pk=item.pk, point_pks=[], at=SITS_AT, by=by)
    assert room_of(session, on=DAY, item=item).quorum.as_data() == before
    sessions.see_expert_out(expert_pk=expert.pk, at=SITS_AT + timedelta(minutes=20), by=by)

    sessions.open_vote(item_pk=item.pk, at=SITS_AT, by=by)
    for mandate in factory.seated():
        factory.state(item, mandate)
    opinion = factory.adopted(factory.counted(AgendaItem.objects.get(pk=item.pk)))
    assert sum(opinion.item.counts.values()) == 6  # the members', and nobody else's
    closed = sessions.close_session(session_pk=session.pk, at=SITS_AT + timedelta(hours=2), by=by)
    minutes = sessions.draft_minutes(session_pk=closed.pk, at=SITS_AT + timedelta(days=1), by=by)
    told = _text(writing.blocks_of(minutes.record, {}))
    for expected in (
        f"Audition, sans voix, de {NAME}, {QUALITY}",
        WHY,
        "aucun lien avec la structure",
        "Engagement de confidentialité du",
        "Résumé de l'action",
        "avant la délibération.",
    ):
        assert expected in told, expected
    extract = _text(writing.extract_blocks([minutes.record], on=DAY))
    assert "Personnes extérieures entendues, sans voix : 1." in extract and NAME not in extract
    page = words(
        signed_in(Client(), session.secretary).get(
            reverse("staff_opinion", args=[item.application.reference])
        )
    )
    assert f"Entendu sans voix : {NAME}, {QUALITY}" in page
    act = decisions.prepared(opinion.application)
    bundle = next(part for part in parts_of(act) if part.title == "Avis du comité")
    assert f"{NAME}, {QUALITY}" in _text(bundle.blocks)


def _text(blocks: Any) -> str:
    """Every word of these blocks."""
    return plain(str(blocks)).replace("\\xa0", " ").replace("\\u202f", " ")


def test_who_has_a_link_or_a_seat_is_not_invited() -> None:
    item = planned_item()
    member = factory.seated()[0].user.get_full_name()
    president = item.application.structure.representative().get_full_name()
    for facts, expected in (
        ({"no_link": False}, "empêche d'être entendu"),
        ({"name": " "}, "nom de la personne"),
        ({"quality": ""}, "qui est cette personne"),
        ({"why": ""}, "liste de réserve"),
        ({"declared_on": SIGNED + timedelta(days=1)}, "n'est pas encore passée"),
        ({"confidentiality_signed_on": SIGNED + timedelta(days=1)}, "n'est pas encore passée"),
        ({"name": f"Mme {member.upper()}"}, "siège au comité"),
        ({"name": president}, "agit pour la structure"),
        ({"documents": ["x" * 301]}, "300 caractères"),
        ({"documents": ["x"] * 31}, "30 documents"),
    ):
        assert expected in refused(invited, item=item, **facts), facts
    assert not Expert.objects.exists()

    invited(item)
    assert "déjà invitée" in refused(invited, item=item, name="AARNES Solveig")
    invited(item, name="Deux")
    invited(item, name="Trois")
    assert "3 personnes au plus" in refused(invited, item=item, name="Quatre")


def test_only_the_secretariat_invites_and_not_for_its_own_association() -> None:
    item = planned_item()
    for by in (
        factory.chair_of(item.session),
        acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        acting(staff(Role.SIGNATORY), Role.SIGNATORY),
    ):
        with pytest.raises(NotAllowed):
            invited(item, by=by)
    own = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    item.application.structure.memberships.create(user=own.user, role="reader", started_at=AT)
    with pytest.raises(NotAllowed):
        invited(item, by=own)
    expert = invited(item)
    with pytest.raises(NotAllowed):
        sessions.erase_expert(expert_pk=expert.pk, at=AT, by=factory.secretary_of(item.session))


def test_nobody_is_added_or_taken_back_once_the_members_are_convened() -> None:
    item = planned_item()
    by = factory.secretary_of(item.session)
    gone = invited(item)
    sessions.give_up_expert(expert_pk=gone.pk, at=AT, by=by)
    stays = invited(item)  # the same person may be invited again
    assert "retirée" in refused(sessions.hand_documents, expert_pk=gone.pk, documents=["A"], at=AT, by=by)
    sessions.convene(session_pk=item.session_id, at=CONVENED_AT, by=by)

    assert "fixé depuis la convocation" in refused(invited, item=item, name="Un autre")
    assert "fixé" in refused(sessions.give_up_expert, expert_pk=stays.pk, at=SITS_AT, by=by)
    sessions.hand_documents(expert_pk=stays.pk, documents=["Bilan", " "], at=CONVENED_AT, by=by)
    assert Expert.objects.get(pk=stays.pk).documents == ["Bilan"]
    assert "n'est pas ouverte" in refused(sessions.hear_expert, expert_pk=stays.pk, at=CONVENED_AT, by=by)


def test_a_committee_that_does_without_says_why() -> None:
    item, expert = in_discussion()
    by = factory.secretary_of(item.session)
    act = {"act": sessions.do_without_expert, "expert_pk": expert.pk, "at": SITS_AT}
    assert "pourquoi" in refused(**act, by=by)
    assert "n'est pas dans la séance" in refused(
        sessions.see_expert_out, expert_pk=expert.pk, at=SITS_AT, by=by
    )
    sessions.do_without_expert(expert_pk=expert.pk, at=SITS_AT, by=by.because("Train arrêté."))
    sessions.open_vote(item_pk=item.pk, at=SITS_AT, by=by)
    assert "n'est pas en discussion" in refused(sessions.hear_expert, expert_pk=expert.pk, at=SITS_AT, by=by)
    record = writing.record_of(Session.objects.get())
    assert "Sans audition : Train arrêté." in _text(writing.blocks_of(record, {}))


def test_an_item_sent_back_sees_them_out_and_a_chair_with_a_link_conducts_no_hearing() -> None:
    item, expert = in_discussion()
    chair = item.session.lay_chair
    sessions.state_on_item(
        item_pk=item.pk,
        mandate_pk=chair.pk,
        has_link=True,
        text="Une proche.",
        at=SITS_AT,
        by=reviewers.member_actor(chair),
    )
    assert "à l'écart" in refused(
        sessions.hear_expert, expert_pk=expert.pk, at=SITS_AT, by=factory.chair_of(item.session)
    )
    by = factory.secretary_of(item.session)
    sessions.hear_expert(expert_pk=expert.pk, at=SITS_AT, by=by)
    sessions.send_back(item_pk=item.pk, sent_to="later", at=SITS_AT, by=by.because("Il est tard."))
    assert Expert.objects.get().left_at == SITS_AT
    assert "terminé" in refused(sessions.hand_documents, expert_pk=expert.pk, documents=[], at=SITS_AT, by=by)


def test_what_is_known_of_them_is_erased_after_the_legal_period(settings) -> None:
    item, expert = in_discussion()
    by = factory.secretary_of(item.session)
    sessions.hear_expert(expert_pk=expert.pk, at=SITS_AT, by=by)
    sessions.send_back(item_pk=item.pk, sent_to="later", at=SITS_AT, by=by.because("Il est tard."))
    last = add_months(DAY, settings.MANDATE_KEPT_MONTHS)
    early = SITS_AT + (last - DAY) - timedelta(days=1)
    assert "encore être gardées" in refused(
        sessions.erase_expert, expert_pk=expert.pk, at=early, by=Actor.system()
    )

    tick(at=early + timedelta(days=1))

    gone = Expert.objects.get()
    assert (gone.name, gone.quality, gone.why, gone.documents) == ("", "", "", [])
    assert gone.erased_at and gone.heard_at == SITS_AT
    with pytest.raises(IntegrityError), transaction.atomic():
        Expert.objects.filter(pk=gone.pk).update(name="Encore")


def test_the_pages_invite_conduct_and_tell_each_reader_what_is_theirs() -> None:
    now = timezone.now()
    members = reviewers.committee(at=now - timedelta(days=40))
    found = factory.deliberated(found=structure(name="Sarcomes rares"), at=now - timedelta(days=40))
    session = factory.planned(members, at=now - timedelta(days=40), sits_at=now)
    item = factory.listed(session, found, at=now - timedelta(days=40))
    office = signed_in(Client(), session.secretary)
    chair, member, away = (signed_in(Client(), members[place].user) for place in (0, 2, 4))
    page = reverse("staff_session_experts", args=[session.reference, item.pk])
    assert page in office.get(reverse("staff_session_agenda", args=[session.reference])).content.decode()
    data = {
        "go": "invite",
        "name": NAME,
        "quality": QUALITY,
        "why": WHY,
        "declared_on": now.strftime("%d/%m/%Y"),
        "confidentiality_signed_on": now.strftime("%d/%m/%Y"),
        "documents": "Résumé\nBilan",
    }

    without = office.post(page, data)
    assert without.status_code == 200 and "Un lien avec la structure empêche" in words(without)
    assert office.post(page, data | {"no_link": "on"}).url == page
    expert = Expert.objects.get()
    assert expert.documents == ["Résumé", "Bilan"] and expert.invited_by == session.secretary
    handed = office.post(
        page, {"go": f"documents-{expert.pk}", f"documents-{expert.pk}-documents": "Bilan 2026"}
    )
    assert handed.url == page and Expert.objects.get().documents == ["Bilan 2026"]
    assert office.post(page, {"go": "off-0"}).url == page  # taken back by somebody else meanwhile
    for stranger in (chair, signed_in(Client(), staff(Role.CASE_OFFICER))):
        assert stranger.get(page).status_code == stranger.post(page, data).status_code == 404

    sessions.convene(session_pk=session.pk, at=now - timedelta(days=20), by=factory.secretary_of(session))
    for mandate in members:
        factory.attend(Session.objects.get(), mandate, at=now)
    sessions.state_on_item(
        item_pk=item.pk,
        mandate_pk=members[4].pk,
        has_link=True,
        text="Une proche.",
        at=now,
        by=reviewers.member_actor(members[4]),
    )
    factory.state(item, members[2], at=now)
    run, live = (reverse(f"committee_session_{name}", args=[session.reference]) for name in ("run", "live"))
    own = reverse("committee_session_item", args=[session.reference, item.pk])
    chair.post(run, {"go": "begin"})
    chair.post(run, {"go": f"call-{item.pk}"})
    assert f"Audition, sans voix, de {NAME}" in words(chair.get(run))
    assert "invitée sur ce point" in words(member.get(live)) and NAME in words(member.get(own))
    assert NAME in words(office.get(reverse("staff_session", args=[session.reference])))
    assert away.get(own).status_code == 404 and NAME not in words(away.get(live))

    assert chair.post(run, {"go": "hear-0"}).status_code == 404
    chair.post(run, {"go": f"hear-{expert.pk}"})
    assert "est entendue, sans voix" in words(member.get(live))
    assert "sort avant la délibération" in words(chair.get(run))
    chair.post(run, {"go": f"out-{expert.pk}"})
    seen = Expert.objects.get()
    assert seen.heard_at and seen.left_at and "Entendue de" in words(chair.get(run))
    assert not Minutes.objects.exists()


def test_the_page_of_the_sitting_keeps_the_reason_for_which_one_is_not_heard() -> None:
    now = timezone.now()
    members = reviewers.committee(at=now - timedelta(days=40))
    session = factory.planned(members, at=now - timedelta(days=40), sits_at=now)
    item = factory.listed(
        session, factory.deliberated(at=now - timedelta(days=40)), at=now - timedelta(days=40)
    )
    expert = invited(item)
    by = factory.secretary_of(session)
    sessions.convene(session_pk=session.pk, at=now - timedelta(days=20), by=by)
    for mandate in members:
        factory.attend(Session.objects.get(), mandate, at=now)
    sessions.begin_session(session_pk=session.pk, at=now, by=by)
    sessions.call_item(item_pk=item.pk, at=now, by=by)
    run = reverse("staff_session_run", args=[session.reference])
    office = signed_in(Client(), session.secretary)
    data = {"go": "without_expert", "without_expert-expert": str(expert.pk)}
    assert office.post(run, data).status_code == 200
    assert office.post(run, data | {"without_expert-reason": "Grève des trains."}).url == run
    page = words(office.get(run))
    assert "Sans audition : Grève des trains." in page and "Ouvrir le vote" in page
    assert Expert.objects.get().not_heard == "Grève des trains."
