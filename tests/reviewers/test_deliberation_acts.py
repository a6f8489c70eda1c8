"""Once the secret of a deliberation was broken, who presides maintains it or has it done again, in a written act."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from deadlines.models import Deadline
from decisions.models import Decision
from desks.bundle.contents import parts_of
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from reviewers import actions
from reviewers import minutes as writing
from reviewers.actions import sessions
from reviewers.conflicts import barred
from reviewers.models import AgendaItem, DeliberationAct, Opinion
from reviewers.room import room_of
from tests.factories import decisions, reviewers
from tests.factories import sessions as factory
from tests.factories.accounts import acting, signatory, signed_in, staff
from tests.factories.sessions import SITS_AT
from tests.reading import plain, words
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db
LATER = SITS_AT + timedelta(days=3)
DAY = timezone.localdate(LATER)
FACTS = "Le 12, des notes de ce dossier ont été publiées sur un réseau social."
REASONS = "La discussion était déjà close : le sens de l'avis n'a pas pu en dépendre."


def ruled(opinion: Opinion, outcome: str = "redone", *, by: Any = None, **facts: Any) -> DeliberationAct:
    """The co-chair of the patients or caregivers writes the act, unless said otherwise."""
    found = {"facts": FACTS, "reasons": REASONS, "at": LATER} | facts
    return sessions.rule_on_deliberation(
        item_pk=opinion.item_id,
        outcome=outcome,
        by=by or factory.chair_of(opinion.item.session),
        **found,
    )


def refused(opinion: Opinion, outcome: str = "redone", **facts: Any) -> str:
    """The words of the refusal."""
    with pytest.raises(Blocked) as caught:
        ruled(opinion, outcome, **facts)
    return plain(str(caught.value))


def test_what_if_scores_are_published_the_deliberation_is_done_again_by_others() -> None:
    opinion = factory.adopted()
    dossier, guilty = opinion.application, factory.seated()[3]
    sent = decisions.to_sign(dossier, at=LATER)

    act = ruled(opinion, set_apart_pk=guilty.pk)

    assert act.signed_by == opinion.item.session.lay_chair
    dossier = Application.objects.get(pk=dossier.pk)
    assert dossier.state == "in_deliberation"
    assert not Deadline.objects.running().of(dossier).filter(kind="decision").exists()
    assert Decision.objects.get(pk=sent.pk).submitted_at is None
    moves = Event.objects.filter(thread=dossier.thread_id).order_by("position").values_list("move", flat=True)
    assert list(moves)[-2:] == ["redo_deliberation", "await_opinion"]
    assert barred(dossier, [guilty.user_id, factory.seated()[2].user_id], on=DAY) == {guilty.user_id}
    assert list(breaches()) == []

    item = factory.called(factory.opened([dossier], members=factory.seated()))
    room = room_of(item.session, on=DAY, item=item)
    assert guilty.pk in room.away and guilty.pk not in room.here
    again = plain(str(writing.blocks_of(writing.record_of(item.session), {})))
    assert "Délibération refaite, par acte de la présidence du" in again and REASONS in again
    client = signed_in(Client(), guilty.user)
    hidden = reverse("committee_session_item", args=[item.session.reference, item.pk])
    assert client.get(hidden).status_code == 404
    by = factory.secretary_of(item.session)
    sessions.open_vote(item_pk=item.pk, at=SITS_AT, by=by)
    for mandate in factory.seated():
        if mandate != guilty:
            factory.state(item, mandate)
            factory.vote(item, mandate, "unfavourable")
    sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by)
    second = factory.adopted(AgendaItem.objects.get(pk=item.pk), solutions=[])
    assert (second.kind, second.votes["against"]) == ("unfavourable", 5)

    signed = decisions.signed(Application.objects.get(pk=dossier.pk), "refuse", at=LATER)
    assert signed.opinion == second
    part = next(part for part in parts_of(signed) if part.title.startswith("Acte de la présidence"))
    told = plain(str(part.blocks))
    assert FACTS in told and REASONS in told and guilty.user.get_full_name() in told
    assert "signée" in refused(second)


def test_a_deliberation_that_stands_changes_nothing_and_says_why() -> None:
    opinion = factory.adopted()
    act = ruled(opinion, "maintained")

    dossier = Application.objects.get(pk=opinion.application_id)
    assert dossier.state == "advised" and act.set_apart is None
    assert Deadline.objects.running().of(dossier).filter(kind="decision").exists()
    assert Event.objects.filter(thread=dossier.thread_id, move="maintain_deliberation").count() == 1
    assert "déjà prononcée" in refused(opinion)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliberationAct.objects.filter(pk=act.pk).update(reasons="Autre chose.")
    decisions.signed(dossier, at=LATER)


def test_an_act_says_what_happened_and_why_and_sets_apart_nobody_for_nothing() -> None:
    opinion = factory.adopted()
    guilty, chair = factory.seated()[3], opinion.item.session.lay_chair
    for facts, expected in (
        ({"facts": " "}, "ce qui s'est passé"),
        ({"reasons": ""}, "Dites pourquoi"),
        ({"set_apart_pk": 0}, "réponses proposées"),
        ({"outcome": "maintained", "set_apart_pk": guilty.pk}, "personne n'est écarté"),
        ({"set_apart_pk": chair.pk}, "votre propre manquement"),
    ):
        assert expected in refused(opinion, **facts), facts
    with pytest.raises(ValueError, match="annulled"):
        ruled(opinion, "annulled")
    assert not DeliberationAct.objects.exists()
    assert Application.objects.get(pk=opinion.application_id).state == "advised"


def test_only_who_presides_rules_and_never_with_a_link() -> None:
    opinion = factory.adopted()
    session = opinion.item.session
    for by in (
        reviewers.member_actor(factory.seated()[3]),
        factory.secretary_of(session),
        acting(signatory(), Role.SIGNATORY),
    ):
        with pytest.raises(NotAllowed):
            ruled(opinion, by=by)
    actions.declare_link(
        mandate_pk=session.lay_chair_id,
        organisation_name=opinion.application.structure.name,
        kind="officer",
        at=LATER,
        by=factory.chair_of(session),
    )
    assert "à l'écart" in refused(opinion)
    assert ruled(opinion, by=reviewers.member_actor(session.professional_chair)).pk


def test_nothing_is_ruled_before_an_opinion_nor_once_the_decision_is_signed() -> None:
    item = factory.called()
    with pytest.raises(Blocked, match="Aucun avis"):
        sessions.rule_on_deliberation(
            item_pk=item.pk,
            outcome="maintained",
            facts=FACTS,
            reasons=REASONS,
            at=LATER,
            by=factory.chair_of(item.session),
        )
    sessions.open_vote(item_pk=item.pk, at=SITS_AT, by=factory.secretary_of(item.session))
    for mandate in factory.seated():
        factory.state(item, mandate)
    opinion = factory.adopted(factory.counted(AgendaItem.objects.get(pk=item.pk)))
    decisions.signed(opinion.application, at=LATER)
    assert "signée" in refused(opinion)


def test_the_page_is_for_who_presides_and_the_members_read_the_act() -> None:
    opinion = factory.adopted()
    session, members = opinion.item.session, factory.seated()
    own = reverse("committee_session_item", args=[session.reference, opinion.item_id])
    page = reverse("committee_session_rule", args=[session.reference, opinion.item_id])
    chair, member = signed_in(Client(), session.lay_chair.user), signed_in(Client(), members[3].user)
    assert page in chair.get(own).content.decode() and page not in member.get(own).content.decode()
    assert member.get(page).status_code == member.post(page).status_code == 404
    data = {"facts": FACTS, "reasons": REASONS, "outcome": "maintained", "set_apart": str(members[3].pk)}

    assert "personne n'est écarté" in words(chair.post(page, data))
    assert not DeliberationAct.objects.exists()
    assert chair.post(page, data | {"set_apart": ""}).url == own
    told = words(member.get(own))
    assert "Délibération maintenue, par acte du" in told and REASONS in told
    again = chair.post(page, data | {"set_apart": ""})
    assert again.status_code == 200 and "déjà prononcée" in words(again)
    office = signed_in(Client(), staff(Role.SECRETARIAT))
    assert REASONS in words(office.get(reverse("staff_opinion", args=[opinion.application.reference])))
