"""Before deciding, who signs may ask the committee again: once only, with a written question (domain 5.1)."""

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
from decisions import actions
from decisions.models import Decision
from decisions.rules import people_of
from desks.bundle.contents import parts_of
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from reviewers import minutes as writing
from reviewers.actions import sessions
from reviewers.models import AgendaItem, SecondOpinion
from tests.factories import decisions as factory
from tests.factories import sessions as sitting
from tests.factories.accounts import acting, person, signatory, signed_in, staff
from tests.factories.sessions import SITS_AT
from tests.factories.structures import AT
from tests.reading import plain, words
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db
QUESTION = "Le financement de 2027 change-t-il votre avis sur l'indépendance ?"
LATER = SITS_AT + timedelta(days=3)


def ask(application: Application, by: Any = None, *, question: str = QUESTION, at: Any = AT) -> SecondOpinion:
    """A signatory who had no part in the dossier asks, unless said otherwise."""
    return actions.ask_second_opinion(
        application_pk=application.pk,
        question=question,
        at=at,
        by=by or acting(signatory(), Role.SIGNATORY),
    )


def refused(application: Application, by: Any = None, **facts: Any) -> str:
    """The words of the refusal."""
    with pytest.raises(Blocked) as caught:
        ask(application, by, **facts)
    return plain(str(caught.value))


def test_the_committee_answers_a_second_time_and_the_decision_rests_on_its_answer() -> None:
    first = sitting.adopted()
    dossier = first.application
    act = factory.to_sign(dossier, at=LATER)
    asked = ask(dossier, at=LATER)
    assert asked.opinion == first
    dossier = Application.objects.get(pk=dossier.pk)
    assert dossier.state == "in_deliberation"
    clocks = Deadline.objects.running().of(dossier).values_list("kind", "due_on")
    assert ("second_opinion", timezone.localdate(LATER) + timedelta(days=15)) in clocks
    assert "decision" not in dict(clocks)
    back = Decision.objects.get(pk=act.pk)
    assert (back.state, back.submitted_at) == ("prepared", None)
    with pytest.raises(Blocked):
        actions.send_for_signature(decision_pk=act.pk, at=LATER, by=factory.officer_of(dossier))
    assert list(breaches()) == []

    item = sitting.called(sitting.opened([dossier], members=sitting.seated()))
    record = writing.record_of(item.session)
    assert QUESTION in plain(str(writing.blocks_of(record, {})))
    by = sitting.secretary_of(item.session)
    sessions.open_vote(item_pk=item.pk, at=LATER, by=by)
    for mandate in sitting.seated():
        sitting.state(item, mandate)
    second = sitting.adopted(
        sitting.counted(AgendaItem.objects.get(pk=item.pk), choices=("unfavourable",) * 6), solutions=[]
    )
    assert second.pk != first.pk and second.kind == "unfavourable"
    assert dict(Deadline.objects.of(dossier).values_list("kind", "outcome"))["second_opinion"] == "met"
    assert Application.objects.get(pk=dossier.pk).state == "advised"
    assert "Un second avis a déjà été demandé" in refused(dossier, at=LATER)

    act = factory.to_sign(dossier, "refuse", at=LATER)
    assert act.opinion == second
    signed = actions.sign(decision_pk=act.pk, at=LATER, by=acting(asked.asked_by, Role.SIGNATORY))
    bundle = parts_of(signed)
    assert [part.title for part in bundle].count("Avis du comité") == 2
    part = next(part for part in bundle if part.title == "Second avis demandé")
    assert part.dated == timezone.localdate(LATER) and QUESTION in plain(str(part.blocks))


def test_who_could_not_sign_asks_nothing() -> None:
    dossier = factory.advised()
    for role in (Role.SECRETARIAT, Role.CASE_OFFICER, Role.ETHICS_OFFICER):
        with pytest.raises(NotAllowed):
            ask(dossier, acting(staff(role), role))
    inside = signatory()
    dossier.structure.memberships.create(user=inside, role="reader", started_at=AT)
    with pytest.raises(NotAllowed):
        ask(dossier, acting(inside, Role.SIGNATORY))
    without = acting(staff(Role.SIGNATORY), Role.SIGNATORY)
    assert "délégation" in refused(dossier, without)
    ran = signatory()
    Application.objects.filter(pk=dossier.pk).update(case_officer=ran)
    assert "instruit" in refused(dossier, acting(ran, Role.SIGNATORY))
    assert "question" in refused(dossier, question="  ")
    assert Application.objects.get(pk=dossier.pk).state == "advised"
    assert not SecondOpinion.objects.exists()


def test_nothing_is_asked_before_an_opinion_nor_once_the_decision_is_signed() -> None:
    assert "entre l'avis" in refused(factory.in_deliberation())
    signed = factory.signed()
    assert "entre l'avis" in refused(signed.application)


def test_who_asked_takes_no_part_in_an_appeal_and_the_question_is_never_rewritten() -> None:
    dossier = factory.advised()
    asked = ask(dossier)
    act = factory.signed(factory.advise(Application.objects.get(pk=dossier.pk)))
    assert act.signed_by != asked.asked_by and asked.asked_by_id in people_of(act)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondOpinion.objects.filter(pk=asked.pk).update(question="Une autre ?")


def test_the_page_asks_and_tells_what_forbids_it() -> None:
    now = timezone.now()
    dossier = factory.advised(at=now - timedelta(days=2))
    user = signatory()
    client = signed_in(Client(), user)
    page = reverse("staff_second_opinion", args=[dossier.reference])
    of_dossier = reverse("staff_application", args=[dossier.reference])
    assert page in client.get(of_dossier).content.decode()
    assert client.post(page, {"question": " "}).status_code == 200
    assert not SecondOpinion.objects.exists()

    assert client.post(page, {"question": QUESTION}).url == reverse("staff_opinion", args=[dossier.reference])
    asked = SecondOpinion.objects.get()
    assert (asked.question, asked.asked_by) == (QUESTION, user)
    told = words(client.get(reverse("staff_opinion", args=[dossier.reference])))
    assert "Second avis demandé par le signataire" in told and QUESTION in told
    again = client.post(page, {"question": "Encore ?"})
    assert again.status_code == 200 and "déjà été demandé" in words(again)
    assert page not in client.get(of_dossier).content.decode()
    for stranger in (staff(Role.SECRETARIAT), staff(Role.CASE_OFFICER), person()):
        assert signed_in(Client(), stranger).get(page).status_code == 404


def test_the_members_read_the_question_before_they_deliberate_again() -> None:
    first = sitting.adopted()
    ask(first.application, at=LATER)
    dossier = Application.objects.get(pk=first.application_id)
    session = sitting.convened([dossier], members=sitting.seated())
    item = sitting.item_of(session)
    member = sitting.seated()[2]
    sitting.state(item, member)
    client = signed_in(Client(), member.user)
    page = reverse("committee_session_item", args=[session.reference, item.pk])
    assert QUESTION in words(client.get(page))
    before = reverse("committee_session_item", args=[first.item.session.reference, first.item.pk])
    assert QUESTION not in words(client.get(before))  # it came after that deliberation
