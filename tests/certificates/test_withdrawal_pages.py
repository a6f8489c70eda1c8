"""The withdrawal procedure on its pages: the office, the association, the committee; what each may know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Delegation, Role
from accounts.rules import roles_of
from accounts.second_factor import code_at, enrol
from certificates.actions.withdrawals import open_hearing, open_proposal
from certificates.models import Label, Withdrawal
from deadlines import actions as deadlines
from decisions.models import Decision
from journal.refusals import Blocked
from reviewers.actions import sessions as sitting
from reviewers.minutes import blocks_of, extract_blocks, record_of
from reviewers.models import Session
from reviewers.session_forms import BallotForm
from tests.factories import certificates, decisions, measures, reviewers, sessions, withdrawals
from tests.factories.accounts import acting, give_role, person, signatory, signed_in, staff
from tests.factories.structures import AT, choosing, structure
from tests.reading import words
from workflows import todo

pytestmark = pytest.mark.django_db


def tasks(user, area: str = "staff", *, on, structures=()) -> list[str]:
    reader = todo.Reader(user, on, roles_of(user, on=on), structures)
    return [one.key.rpartition("-")[0] for one in todo.todo_for(reader, area)]


def test_the_committee_reads_the_whole_and_votes() -> None:
    """Through a real session: listed, called, voted among three choices, adopted; told only once notified."""
    members = reviewers.committee(at=AT)
    found = withdrawals.heard(
        withdrawals.answered(withdrawals.in_hearing(at=AT), text="La salle a brûlé, nous rouvrons.")
    )
    label = found.label
    session = sessions.planned(members)
    listing = {"session_pk": session.pk, "kind": "withdrawal", "at": AT, "by": sessions.secretary_of(session)}
    secretary = signed_in(Client(), session.secretary)
    assert "list-withdrawal" in tasks(session.secretary, on=AT.date())
    agenda = reverse("staff_session_agenda", args=[session.reference])
    assert label.number in words(secretary.get(agenda))
    posted = {"go": "list", "dossiers": f"withdrawal-{found.pk}", "minutes_planned": "20"}
    assert secretary.post(agenda, posted).status_code == 302
    item = session.items.get()
    assert (item.kind, item.hearing_planned) == ("withdrawal", False)
    with pytest.raises(Blocked, match="déjà à l'ordre du jour"):
        sitting.list_item(subject_pk=found.pk, **listing)
    early = withdrawals.opened()
    with pytest.raises(Blocked, match="pas fini de répondre"):
        sitting.list_item(subject_pk=early.pk, **listing)
    assert "list-withdrawal" not in tasks(session.secretary, on=AT.date())

    sitting.convene(session_pk=session.pk, at=sessions.CONVENED_AT, by=listing["by"])
    page = reverse("committee_session_procedure", args=[session.reference, item.pk])
    reader = signed_in(Client(), members[0].user)
    assert reader.get(page).status_code == 404  # before saying that there is no link
    sessions.state(item, members[0], at=sessions.CONVENED_AT)
    read = words(reader.get(page))
    for told in ("La salle a brûlé, nous rouvrons.", measures.GROUND.fact, measures.GROUND.source):
        assert told in read, told
    shown = reader.get(reverse("committee_session_item", args=[session.reference, item.pk]))
    assert page in shown.content.decode()
    assert "Résultat de l" not in words(shown)
    assert signed_in(Client(), person()).get(page).status_code == 404

    for mandate in members:
        sessions.attend(session, mandate)
    sitting.begin_session(session_pk=session.pk, at=sessions.SITS_AT, by=sessions.chair_of(session))
    item = sessions.voting(Session.objects.get(pk=session.pk))
    offered = [str(label) for _code, label in BallotForm(kind=item.kind).fields["choice"].choices]
    assert offered[0] == "Maintenir le label"
    assert offered[-1] == "Abstention"
    with pytest.raises(ValueError, match="favourable"):
        sessions.vote(item, members[0], "favourable")
    choices = ("withdraw", "withdraw", "conditions", "conditions", "maintain", "abstention")
    item = sessions.counted(item, choices=choices)
    assert item.outcome == "conditions"  # what both sides accept
    by = sessions.secretary_of(session)
    with pytest.raises(Blocked, match="au moins une réserve"):
        sitting.adopt_opinion(item_pk=item.pk, reasons="Lu.", at=sessions.SITS_AT, by=by)
    opinion = sitting.adopt_opinion(
        item_pk=item.pk,
        reasons="La structure rouvre : une date suffit.",
        conditions=["Rouvrir avant l'été."],
        at=sessions.SITS_AT,
        by=by,
    )
    found = withdrawals.fresh(found)
    assert (found.state, found.opinion, opinion.votes["withdraw"]) == ("advised", opinion, 2)
    assert deadlines.running(found, "withdrawal_decision") is not None
    assert reader.get(page).status_code == 404  # closed with the opinion
    sitting.close_session(session_pk=session.pk, at=sessions.SITS_AT + timedelta(hours=1), by=by)
    record = record_of(Session.objects.get(pk=session.pk))
    written = str(blocks_of(record, {}))
    for told in ("maintenir le label avec réserves", "retirer le label : 2", "Rouvrir avant l'été."):
        assert told in written, told
    day = sessions.SITS_AT.date()
    assert "réserves" not in str(extract_blocks([record], on=day))
    at = sessions.SITS_AT + timedelta(days=5)
    decisions.receive(withdrawals.signed(found, "conditions", at=at), at=at)
    assert "maintenir le label avec réserves" in str(extract_blocks([record], on=at.date()))


def test_who_voted_on_the_withdrawal_does_not_sign_it() -> None:
    """Domain 5.2 rule 1: a member who sits also holds a delegation one day."""
    found = withdrawals.advised()
    mandate = reviewers.committee(at=AT)[0]
    give_role(mandate.user, Role.SIGNATORY)
    Delegation.objects.filter(user=signatory()).update(user=mandate.user)
    found.opinion.item.ballots.create(mandate=mandate, choice="withdraw", cast_at=AT)

    with pytest.raises(Blocked, match="Vous avez évalué"):
        withdrawals.signed(found, at=AT + timedelta(days=50), by=acting(mandate.user, Role.SIGNATORY))


def test_from_opening_to_signature_on_the_pages() -> None:
    """The officer proposes, the signatory signs with a code; the association learns it by the first letter."""
    now = timezone.now()
    begun = now - timedelta(days=60)
    application = decisions.advised(structure(name="Escale Anémone"), at=begun)
    label = Label.objects.get(decision=decisions.notified(application, at=begun))
    officer = signed_in(Client(), label.application.case_officer)
    boss = signatory()
    secret = enrol(boss)
    signing = signed_in(Client(), boss)
    president = choosing(signed_in(Client(), label.structure.representative()), label.structure)

    shown = words(officer.get(reverse("staff_label", args=[label.number])))
    assert "Ouvrir une procédure de retrait" in shown
    opening = reverse("staff_withdrawal_open", args=[label.number])
    assert officer.post(opening, {"origin": "office", "facts": ""}).status_code == 200
    assert officer.post(opening, {"origin": "office", "facts": "Trois appels."}).status_code == 302
    found = Withdrawal.objects.get()
    page = reverse("staff_withdrawal", args=[found.pk])
    text = words(officer.get(page))
    assert "Ce qui protège l'association à cette étape" in text
    theirs = reverse("procedure", args=[found.pk])
    assert president.get(theirs).status_code == 404
    assert president.get(page).status_code == 404
    assert officer.get(theirs).status_code == 404

    propose = reverse("staff_withdrawal_propose", args=[found.pk, "hearing"])
    assert officer.get(propose).status_code == 200
    ground = {
        "grounds-TOTAL_FORMS": "1",
        "grounds-INITIAL_FORMS": "0",
        "grounds-0-fact": "La permanence n'ouvre plus.",
        "grounds-0-text_breached": "Condition 2.",
        "grounds-0-source": "Une personne accompagnée",
        "grounds-0-occurred_on": "03/03/2027",
        "measure": "withdraw",
        "seen": "0",
    }
    short = officer.post(propose, ground | {"days": "3"})
    assert short.status_code == 409
    assert "au moins 30 jours" in words(short)
    assert officer.post(propose, ground | {"days": "30"}).status_code == 302
    proposal = open_proposal(found)
    sign = reverse("staff_withdrawal_sign", args=[proposal.pk])
    assert "sign-step" in tasks(boss, on=timezone.localdate())
    assert "sign-step" not in tasks(label.application.case_officer, on=timezone.localdate())
    assert officer.get(sign).status_code == 404
    assert signing.get(page).status_code == 200
    assert "Ce qui est proposé" in words(signing.get(sign))
    assert signing.post(sign, {"go": "sign", "code": "000000"}).status_code == 200
    assert signing.post(sign, {"go": "sign", "code": code_at(secret, now)}).status_code == 302
    found = withdrawals.fresh(found)
    assert found.state == "hearing"
    hearing = open_hearing(found)
    assert president.get(theirs).status_code == 404  # the letter goes by post: received on paper first
    measures.received(hearing.letter, at=now - timedelta(days=40))
    told = words(president.get(theirs))
    for part in ("Une personne accompagnée", "Répondre par écrit", "Demander à être entendu", "assister"):
        assert part in told, part
    assert "Trois appels" not in told
    for who in (staff(Role.DATA_PROTECTION_OFFICER), person()):
        assert signed_in(Client(), who).get(page).status_code == 404
        assert signed_in(Client(), who).get(theirs).status_code == 404

    assert "close-hearing" in tasks(label.application.case_officer, on=timezone.localdate())
    assert officer.post(page, {"go": "close"}).status_code == 302
    found = withdrawals.advised(withdrawals.fresh(found), at=now - timedelta(days=41))
    decide = reverse("staff_withdrawal_decide", args=[found.pk])
    assert "decide-withdrawal" in tasks(label.application.case_officer, on=timezone.localdate())
    assert signing.get(decide).status_code == 404
    assert officer.get(decide).status_code == 200
    act = {
        "kind": "withdraw",
        "grounds": [str(hearing.grounds.get().pk)],
        "reasons_in_law": decisions.IN_LAW,
        "reasons_in_fact": decisions.IN_FACT,
        "conditions-TOTAL_FORMS": "0",
        "conditions-INITIAL_FORMS": "0",
    }
    assert officer.post(decide, act | {"seen": "x"}).status_code in (302, 409)
    response = officer.get(decide)
    seen = response.context["seen"]
    assert officer.post(decide, act | {"go": "send", "seen": seen}).status_code == 302
    stale = officer.post(decide, act | {"reasons_in_law": decisions.OTHERWISE * 2, "seen": "x"})
    assert stale.status_code == 409
    assert "Garder mon texte" in words(stale)
    decision = Decision.objects.get(measure__withdrawal=found)
    act_page = reverse("staff_decision_sign", args=[decision.pk])
    assert "Décision sur votre label" in words(signing.get(act_page))
    later = {"go": "sign", "code": code_at(secret, now + timedelta(seconds=30))}
    later["seen"] = decision.submitted_at.isoformat()
    assert signing.post(act_page, later).status_code in (200, 302)


def test_an_act_on_its_way_is_not_told_yet() -> None:
    begun = timezone.localtime() - timedelta(days=60)
    found = withdrawals.opened(certificates.label(at=begun), at=begun)
    found = withdrawals.answered(withdrawals.in_hearing(found, at=begun), at=begun)
    found = withdrawals.advised(withdrawals.heard(found, at=begun), at=begun)
    decision = withdrawals.signed(found, at=begun + timedelta(days=50))
    label = Label.objects.get(pk=found.label_id)
    president = choosing(signed_in(Client(), label.structure.representative()), label.structure)
    theirs, check = reverse("procedure", args=[found.pk]), reverse("verify_label", args=[label.number])
    assert "L'Institut prépare sa décision." in words(president.get(theirs))
    assert "Label retiré" not in Client().get(check).content.decode()
    decisions.receive(decision, at=begun + timedelta(days=52))
    assert "La procédure est terminée." in words(president.get(theirs))
    public = Client().get(check).content.decode()
    assert "Label retiré" in public
    assert measures.GROUND.fact.split(" ")[1] not in public


def test_a_formal_notice_is_answered_online_with_its_proof() -> None:
    begun = timezone.localtime() - timedelta(days=10)
    found = withdrawals.on_notice(withdrawals.opened(certificates.label(at=begun), at=begun), at=begun)
    label = Label.objects.get(pk=found.label_id)
    user = label.structure.representative()
    president = choosing(signed_in(Client(), user), label.structure)
    theirs = reverse("procedure", args=[found.pk])
    mine = (label.structure_id,)
    assert "procedure" in tasks(user, "space", on=begun.date(), structures=mine)
    told = words(president.get(theirs))
    assert "Vous pouvez corriger jusqu'au" in told
    assert "Rouvrir la permanence du mardi." in told
    assert president.post(theirs, {"text": " "}).status_code == 200
    assert president.post(theirs, {"text": "Rouverte depuis lundi."}).status_code == 302
    assert "Rouverte depuis lundi." in words(president.get(theirs))
    officer = signed_in(Client(), label.application.case_officer)
    page = reverse("staff_withdrawal", args=[found.pk])
    assert "notice" in tasks(label.application.case_officer, on=begun.date())
    noted = {"go": "answer", "answer-means": "phone", "answer-received_on": f"{begun:%d/%m/%Y}"}
    noted["answer-text"] = "Dit au téléphone."
    assert officer.post(page, noted).status_code == 302
    assert (
        officer.post(page, {"go": "remedy", "remedy-remedy": "Le calendrier est en ligne."}).status_code
        == 302
    )
    assert withdrawals.fresh(found).state == "remedied"


def test_the_list_of_the_office_costs_the_same_for_one_and_for_three() -> None:
    reader = signed_in(Client(), staff(Role.SECRETARIAT))
    address = reverse("staff_withdrawals")
    withdrawals.opened()
    reader.get(address)
    counts = []
    for more in (0, 2):
        for _ in range(more):
            withdrawals.opened()
        with CaptureQueriesContext(connection) as caught:
            assert reader.get(address).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert signed_in(Client(), person()).get(address).status_code == 404
