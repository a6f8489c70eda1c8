"""The pages of members and of the office, as a browser posts them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.models import Event
from label.models import Application
from reviewers import actions
from reviewers.gridcode import code_of
from reviewers.models import Assignment, College, InterestLink, Mandate, Opinion, Score
from tests.factories import reviewers as factory
from tests.factories.accounts import signatory, signed_in, staff
from tests.factories.structures import proof, structure
from tests.reading import plain, words

pytestmark = pytest.mark.django_db
NOW = timezone.now()
State = Assignment.State


def page(name: str, *args: Any) -> str:
    return reverse(name, args=args)


@pytest.fixture
def proposed() -> Assignment:
    application = factory.under_review(
        structure(name="Rives et Relais"),
        at=NOW,
        criterion_A1_1="Chaque année, 212 personnes <script>alert(1)</script> viennent.",
        governance_bodies="Assemblée générale et bureau.",
    )
    return factory.assignments_of(application)[0]


@pytest.fixture
def accepted(proposed: Assignment) -> Assignment:
    return factory.accepted(proposed, at=NOW)


# --- P15 ------------------------------------------------------------------------------------------------------


def test_the_gate_shows_name_number_and_summary_and_nothing_else(
    client: Client, proposed: Assignment
) -> None:
    signed_in(client, proposed.mandate.user)
    assert client.get(page("committee_assignment", proposed.pk)).url == page("committee_gate", proposed.pk)
    text = plain(client.get(page("committee_gate", proposed.pk)).content.decode())
    assert "Rives et Relais" in text
    assert proposed.application.structure.number() in text
    assert "Nous accueillons les proches" in text
    assert "Assemblée générale et bureau" not in text
    for closed in ("committee_dossier", "committee_grid", "committee_send", "committee_grid_pdf"):
        assert client.get(page(closed, proposed.pk)).status_code == 404
    assert client.get(page("committee_review", proposed.pk, "A1.1")).status_code == 404


def test_the_dossier_opens_after_the_box_is_ticked(client: Client, proposed: Assignment) -> None:
    signed_in(client, proposed.mandate.user)
    gate = page("committee_gate", proposed.pk)
    answer = client.post(gate, {"go": "open"})
    assert "Cochez la case si vous n" in plain(answer.content.decode())
    assert Assignment.objects.get(pk=proposed.pk).state == State.PROPOSED
    answer = client.post(gate, {"go": "open", "no_link": "on", "statement": "Ma sœur préside."})
    assert "signalez-le, ou effacez ce texte" in plain(answer.content.decode())
    assert Assignment.objects.get(pk=proposed.pk).state == State.PROPOSED
    answer = client.post(gate, {"go": "open", "no_link": "on", "statement": ""})
    assert answer.url == page("committee_dossier", proposed.pk)
    text = plain(client.get(answer.url).content.decode())
    assert "Assemblée générale et bureau" in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert client.get(gate).url == page("committee_dossier", proposed.pk)


def test_a_link_is_told_and_an_old_address_is_not_found(client: Client, proposed: Assignment) -> None:
    signed_in(client, proposed.mandate.user)
    gate = page("committee_gate", proposed.pk)
    assert "Répondez à cette question" in plain(client.post(gate, {"go": "report"}).content.decode())
    answer = client.post(gate, {"go": "report", "statement": "Ma sœur préside."}, follow=True)
    assert "Le déontologue vous répond. Vous ne voyez pas le dossier en attendant." in plain(
        answer.content.decode()
    )
    for name in ("committee_gate", "committee_assignment", "committee_dossier", "committee_unavailable"):
        assert client.get(page(name, proposed.pk)).status_code == 404
    reference = proposed.application.reference
    words = "Ma sœur préside."
    signed_in(client, staff(Role.ETHICS_OFFICER))
    assert words in plain(client.get(page("staff_panel", reference)).content.decode())
    signed_in(client, proposed.application.case_officer)
    text = plain(client.get(page("staff_panel", reference)).content.decode())
    assert words not in text
    assert "Déportée" not in text


def test_a_link_told_from_an_old_page_is_heard_and_a_second_click_shows_the_same_answer(
    client: Client, proposed: Assignment
) -> None:
    signed_in(client, proposed.mandate.user)
    gate = page("committee_gate", proposed.pk)
    token = client.get(gate).content.decode().split('name="once" value="')[1].split('"')[0]
    client.post(gate, {"go": "open", "no_link": "on"})
    told = {"go": "report", "statement": "Ma sœur préside.", "once": token}
    first, second = client.post(gate, told), client.post(gate, told)
    assert first.url == second.url == page("committee_done", "lien")
    left = Assignment.objects.get(pk=proposed.pk)
    assert (left.state, left.link_statement) == (State.STOOD_DOWN, "Ma sœur préside.")


def test_one_may_decline_without_a_word(client: Client, proposed: Assignment) -> None:
    signed_in(client, proposed.mandate.user)
    answer = client.post(page("committee_gate", proposed.pk), {"go": "decline"}, follow=True)
    assert answer.status_code == 200
    assert Assignment.objects.get(pk=proposed.pk).state == State.DECLINED


def test_an_unknown_answer_changes_nothing(client: Client, proposed: Assignment) -> None:
    signed_in(client, proposed.mandate.user)
    answer = client.post(page("committee_gate", proposed.pk), {"go": "burn", "statement": "x"})
    assert answer.status_code == 200
    assert Assignment.objects.get(pk=proposed.pk).state == State.PROPOSED


# --- P16, P17 -------------------------------------------------------------------------------------------------


def test_one_criterion_is_read_scored_and_left_for_the_next(client: Client, accepted: Assignment) -> None:
    signed_in(client, accepted.mandate.user)
    address = page("committee_review", accepted.pk, "A1.1")
    text = plain(client.get(address).content.decode())
    assert "Critère 1 sur 26" in text
    assert "212 personnes" in text
    assert "Absent" in text
    assert "But lucratif ou avantage personnel constaté." in text  # the anchor of this criterion
    assert "Sans objet" not in text
    assert 'value="previous"' not in text
    answer = client.post(address, {"A1-1-note": "3", "A1-1-comment": "", "A1-1-version": "0"})
    assert answer.url == page("committee_review", accepted.pk, "A1.2")
    assert Score.objects.get().value == 3
    back = client.post(answer.url, {"A1-2-note": "", "A1-2-version": "0", "go": "previous"})
    assert back.url == address
    assert Score.objects.count() == 1
    later = client.post(answer.url, {"A1-2-note": "", "A1-2-comment": "À voir.", "go": "later"})
    assert later.url == page("committee_review", accepted.pk, "A1.3")
    assert Score.objects.get(criterion="A1.2").is_given is False
    text = plain(client.get(later.url).content.decode())
    assert "1 déjà noté" in text
    assert client.get(page("committee_review", accepted.pk, "Z9.9")).status_code == 404


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("", "Choisissez une note de 0 à 4"),
        ("0", "Expliquez en une phrase pourquoi vous donnez 0."),
        ("7", "Choisissez une note de 0 à 4"),
        ("na", "Choisissez une note de 0 à 4"),
    ],
)
def test_what_is_left_to_do_is_said_beside_the_field(
    client: Client, accepted: Assignment, note: str, words: str
) -> None:
    signed_in(client, accepted.mandate.user)
    address = page("committee_review", accepted.pk, "A1.1")
    answer = client.post(address, {"A1-1-note": note, "A1-1-comment": "", "A1-1-version": "0"})
    text = plain(answer.content.decode())
    assert answer.status_code == 200
    assert words in text
    assert "<title>Erreur" in text.replace("\n", "").replace("  ", "")
    assert Score.objects.filter(value=0).exists() is (note == "0")  # kept all the same


def test_after_an_error_the_next_saving_is_not_a_conflict(client: Client, accepted: Assignment) -> None:
    signed_in(client, accepted.mandate.user)
    address = page("committee_review", accepted.pk, "A1.1")
    text = plain(client.post(address, {"A1-1-note": "0", "A1-1-version": "0"}).content.decode())
    assert 'name="A1-1-version" value="1"' in text
    answer = client.post(address, {"A1-1-note": "0", "A1-1-comment": "Rien.", "A1-1-version": "1"})
    assert answer.status_code == 302
    assert Score.objects.get().comment == "Rien."


def test_the_script_saves_and_two_tabs_never_overwrite_each_other(
    client: Client, accepted: Assignment
) -> None:
    signed_in(client, accepted.mandate.user)
    address = page("committee_review", accepted.pk, "A1.1")
    auto = {"headers": {"X-Autosave": "1"}}
    answer = client.post(address, {"A1-1-note": "2", "A1-1-version": "0"}, **auto)
    assert answer.status_code == 200
    assert "Enregistré à" in plain(answer.content.decode())
    assert 'data-lb-token="A1-1-version" data-lb-value="1"' in plain(answer.content.decode())
    other = client.post(address, {"A1-1-note": "4", "A1-1-comment": "Modèle", "A1-1-version": "0"}, **auto)
    assert other.status_code == 409
    assert "Cette réponse a été changée ailleurs à" in plain(other.content.decode())
    assert Score.objects.get().value == 2
    shown = client.post(address, {"A1-1-note": "4", "A1-1-comment": "Modèle", "A1-1-version": "0"})
    text = plain(shown.content.decode())
    assert "Modèle" in text
    assert 'name="A1-1-seen" value="1"' in text
    mine = {"A1-1-note": "4", "A1-1-comment": "Modèle", "A1-1-version": "0", "A1-1-seen": "1"}
    assert client.post(address, {**mine, "go": "mine-A1-1"}).status_code == 302
    assert Score.objects.get().value == 4


def test_a_comment_that_is_too_long_or_strange_stays_on_the_page(
    client: Client, accepted: Assignment
) -> None:
    signed_in(client, accepted.mandate.user)
    address = page("committee_review", accepted.pk, "A1.1")
    answer = client.post(address, {"A1-1-note": "2", "A1-1-comment": "é" * 100_000, "A1-1-version": "0"})
    assert "de trop" in plain(answer.content.decode()) or "dépasse la limite" in plain(
        answer.content.decode()
    )
    assert "é" * 100_000 in plain(answer.content.decode())
    assert not Score.objects.exists()
    strange = "<script>alert(1)</script> 🎗️ \u202eenvers"
    client.post(address, {"A1-1-note": "2", "A1-1-comment": strange, "A1-1-version": "0"})
    text = plain(client.get(address).content.decode())
    assert "&lt;script&gt;alert(1)" in text
    assert "🎗️" in text


def test_the_whole_grid_is_saved_theme_by_theme_and_remembered(client: Client, accepted: Assignment) -> None:
    signed_in(client, accepted.mandate.user)
    address = page("committee_grid", accepted.pk)
    assert client.post(address, {"go": "whole"}).url == address
    assert Mandate.objects.get(pk=accepted.mandate_id).whole_grid is True
    text = plain(client.get(address).content.decode())
    assert text.count('id="theme-') == 7
    data = {"A1-1-note": "2", "A1-1-version": "0", "A3-3-note": "na", "A3-3-version": "0", "go": "theme-3"}
    assert client.post(address, data).url == f"{address}#theme-3"
    assert {row.criterion: row.verdict for row in Score.objects.all()} == {
        "A1.1": "scored",
        "A3.3": "not_applicable",
    }
    assert client.post(address, {"go": "one_at_a_time"}).url == page("committee_review", accepted.pk, "A1.1")
    assert Mandate.objects.get(pk=accepted.mandate_id).whole_grid is False


def test_sending_names_what_is_missing_then_seals(client: Client, proposed: Assignment) -> None:
    assignment = factory.filled(proposed, at=NOW)
    signed_in(client, assignment.mandate.user)
    Score.objects.filter(criterion="A4.1").delete()
    address = page("committee_send", assignment.pk)
    text = plain(client.get(address).content.decode())
    assert "Ce qu'il manque avant de pouvoir envoyer votre évaluation" in text
    assert page("committee_review", assignment.pk, "A4.1") in text
    assert 'value="send"' not in text
    client.post(address, {"advice": "favourable", "comment": "Solide.", "go": "save"})
    kept = Assignment.objects.get(pk=assignment.pk)
    assert (kept.state, kept.overall_advice, kept.overall_comment) == ("accepted", "favourable", "Solide.")
    client.post(page("committee_review", assignment.pk, "A4.1"), {"A4-1-note": "none", "A4-1-version": "0"})
    assert 'value="send"' in plain(client.get(address).content.decode())
    refused = client.post(address, {"advice": "", "go": "send"})
    assert "Répondez à cette question" in plain(refused.content.decode())
    answer = client.post(address, {"advice": "favourable", "comment": "Solide.", "go": "send"}, follow=True)
    assert "Évaluation envoyée. Merci." in plain(answer.content.decode())
    events = Event.objects.count()
    again = client.post(address, {"advice": "unfavourable", "go": "send"})
    assert "a pas été comptée deux fois." in plain(again.content.decode())
    assert client.get(page("committee_review", assignment.pk, "A1.1")).status_code == 200
    assert Event.objects.count() == events
    assert Assignment.objects.get(pk=assignment.pk).overall_advice == "favourable"


def test_alert_unavailability_and_late_link(client: Client, accepted: Assignment) -> None:
    signed_in(client, accepted.mandate.user)
    assert client.get(page("committee_alert", accepted.pk)).status_code == 200
    client.post(page("committee_alert", accepted.pk), {"text": "Danger."})
    assert Assignment.objects.get(pk=accepted.pk).safety_alert == "Danger."
    address = page("committee_unavailable", accepted.pk)
    assert client.get(address).status_code == 200
    before = accepted.review_due_on
    assert client.post(address, {"choice": "more_time"}).url == page("committee_done", "temps")
    assert Assignment.objects.get(pk=accepted.pk).review_due_on == before + timedelta(days=14)
    assert client.post(address, {}).status_code == 200
    down = page("committee_stand_down", accepted.pk)
    assert client.get(down).status_code == 200
    assert client.post(down, {"statement": "Salariée."}).url == page("committee_done", "lien")
    assert client.get(down).status_code == 404


def test_a_break_and_a_return(client: Client, accepted: Assignment) -> None:
    signed_in(client, accepted.mandate.user)
    assert client.get(page("committee_pause")).status_code == 200
    client.post(page("committee_pause"))
    assert Assignment.objects.get(pk=accepted.pk).state == State.REPLACED
    assert client.get(page("committee_pause")).status_code == 200
    client.post(page("committee_mandate"), {"go": "resume"})
    assert Mandate.objects.get(pk=accepted.mandate_id).state == "active"


def test_the_printed_grid_holds_every_criterion(client: Client, accepted: Assignment) -> None:
    from tests.reading import pdf_words

    signed_in(client, accepted.mandate.user)
    for query in ("", "?gros=1"):
        answer = client.get(page("committee_grid_pdf", accepted.pk) + query)
        assert answer["Content-Type"] == "application/pdf"
        text = pdf_words(answer.content)
        assert accepted.application.reference in text
        for row in accepted.application.edition.data["criteria"]:
            assert row["code"] in text
        assert accepted.mandate.user.last_name not in text


# --- mandate and links ----------------------------------------------------------------------------------------


def test_a_person_reads_the_consent_and_gives_it(client: Client) -> None:
    mandate = factory.approached(college=College.CAREGIVERS, at=NOW)
    signed_in(client, mandate.user)
    address = page("committee_mandate")
    assert "collège « Aidants »" in plain(client.get(address).content.decode())
    assert "Cochez la case" in plain(client.post(address, {"go": "consent"}).content.decode())
    client.post(address, {"go": "consent", "agree": "on"})
    kept = Mandate.objects.get(pk=mandate.pk)
    assert kept.consented_at is not None
    assert "Aidants" in kept.consent_text
    assert client.get(page("committee_interests")).status_code == 200
    assert signed_in(client, staff()).get(address).status_code == 404


def test_links_are_declared_and_confirmed_by_the_member(client: Client) -> None:
    mandate = factory.member(at=NOW)
    signed_in(client, mandate.user)
    address = page("committee_interests")
    wrong = client.post(address, {"organisation_name": "", "kind": "officer", "since": "hier"})
    assert "Écrivez une date comme 03/03/2027." in plain(wrong.content.decode())
    assert not InterestLink.objects.exists()
    client.post(address, {"organisation_name": "Rives", "kind": "donor", "since": "3 mars 2020"})
    assert InterestLink.objects.get().since is not None
    assert "Rives" in plain(client.get(address).content.decode())
    client.post(address, {"go": "confirm"})
    assert Event.objects.filter(move="confirm").exists()


# --- the office -----------------------------------------------------------------------------------------------


def test_a_mandate_goes_through_the_pages_of_the_office(client: Client) -> None:
    secretary, ethics, signs = staff(Role.SECRETARIAT), staff(Role.ETHICS_OFFICER), signatory()
    signed_in(client, secretary)
    data = {
        "first_name": "Anne",
        "last_name": "Lebrun",
        "email": "anne@exemple.fr",
        "college": "patients",
        "seat": "full",
        "load_cap": "3",
    }
    answer = client.post(page("staff_approach"), data)
    mandate = Mandate.objects.get()
    assert answer.url == page("staff_mandate", mandate.pk)
    assert (mandate.user.email, mandate.load_cap) == ("anne@exemple.fr", 3)
    actions.record_consent(mandate_pk=mandate.pk, at=NOW, by=factory.member_actor(mandate))
    assert client.post(answer.url, {"go": "appoint", "appoint-act_reference": "x"}).status_code == 404
    signed_in(client, signs)
    today = timezone.localdate().strftime("%d/%m/%Y")
    assert client.post(answer.url, {"go": "appoint", "appoint-act_reference": ""}).status_code == 200
    client.post(answer.url, {"go": "appoint", "appoint-act_reference": "DEC-4", "appoint-starts_on": today})
    assert Mandate.objects.get().state == "appointed"
    signed_in(client, ethics)
    activation = {
        "go": "activate",
        "activate-interests_link": "https://dpi.exemple.fr/anne",
        "activate-filed_on": today,
        "activate-confidentiality_signed_on": today,
        "activate-trained_on": "",
    }
    assert client.post(answer.url, activation).status_code == 200
    client.post(answer.url, {**activation, "activate-trained_on": today})
    assert Mandate.objects.get().state == "active"
    link = actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name="Rives",
        kind="donor",
        at=NOW,
        by=factory.member_actor(mandate),
    )
    assert "Rives" in plain(client.get(answer.url).content.decode())
    client.post(answer.url, {"go": "analyse_link", "link": str(link.pk), "severity": "without_effect"})
    assert InterestLink.objects.get().severity == "without_effect"
    assert client.post(answer.url, {"go": "analyse_link", "link": "x"}).status_code == 404
    signed_in(client, signs)
    assert "Rives" not in plain(client.get(answer.url).content.decode())  # links are not for signatories
    ending = {"go": "terminate", "terminate-act_reference": "DEC-9", "terminate-reason": "Entendue."}
    assert client.post(answer.url, ending).status_code == 404  # nobody has heard the member yet
    grounds = {"go": "grounds", "grounds-ground": "breach", "grounds-facts": "Notes publiées."}
    client.post(answer.url, {**grounds, "grounds-notified_on": today})
    heard = {"go": "observations", "observations-means": "spoken", "observations-heard_on": today}
    assert "Écrivez ce que" in plain(client.post(answer.url, heard).content.decode())
    client.post(answer.url, {**heard, "observations-observations": "Je conteste."})
    client.post(answer.url, ending)
    assert Mandate.objects.get().state == "terminated"


def test_the_ethics_officer_answers_a_member_on_the_panel_page(client: Client) -> None:
    application = factory.under_review(at=NOW)
    assignment = factory.assignments_of(application)[0]
    by = factory.member_actor(assignment)
    actions.stand_down(assignment_pk=assignment.pk, statement="Ma sœur préside.", at=NOW, by=by)
    address, go = page("staff_panel", application.reference), f"answer-{assignment.pk}"
    signed_in(client, staff(Role.SECRETARIAT))
    assert go not in client.get(address).content.decode()
    assert client.post(address, {"go": go, "reason": "Vu."}).status_code == 404

    signed_in(client, staff(Role.ETHICS_OFFICER))
    assert f'value="{go}"' in client.get(address).content.decode()
    client.post(address, {"go": go, "reason": ""})
    assert Assignment.objects.get(pk=assignment.pk).link_answered_at is None
    client.post(address, {"go": go, "reason": "Lien de famille."})
    assert Assignment.objects.get(pk=assignment.pk).link_answered_at is not None
    shown = plain(client.get(address).content.decode())
    assert "Examiné par le déontologue" in shown and go not in shown


def test_the_list_of_members_has_the_same_queries_for_3_and_30(client: Client) -> None:
    signed_in(client, staff(Role.SECRETARIAT))
    address = page("staff_members")
    counts = []
    for more in (3, 27):
        for _one in range(more):
            factory.approached()
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        counts.append(len(captured))
    assert plain(answer.content.decode()).count('class="lb-record"') == 30
    assert counts[0] == counts[1]
    assert counts[0] <= 10 + 4  # the four of the session and its second factor


def test_the_list_of_members_turns_its_pages(client: Client) -> None:
    signed_in(client, staff(Role.SECRETARIAT))
    Mandate.objects.all()
    for _one in range(51):
        factory.approached()
    first = client.get(page("staff_members"))
    assert 'rel="next"' in plain(first.content.decode())
    last = Mandate.objects.order_by("pk")[49]
    second = plain(client.get(page("staff_members") + f"?apres={last.pk}").content.decode())
    assert second.count('class="lb-record"') == 1
    assert client.get(page("staff_members") + "?apres=" + "9" * 40).status_code == 200


def test_the_panel_is_composed_on_its_page(client: Client) -> None:
    application = factory.admissible(structure(name="Rives et Relais"), at=NOW)
    members = factory.committee(at=NOW)
    actions.declare_link(
        mandate_pk=members[0].pk,
        organisation_name="Rives et Relais",
        kind="officer",
        description="Texte confidentiel du lien",
        at=NOW,
        by=factory.member_actor(members[0]),
    )
    address = page("staff_panel", application.reference)
    signed_in(client, application.case_officer)
    text = plain(client.get(address).content.decode())
    assert 'name="member"' not in text
    assert client.post(address, {"go": "name", "member": [one.pk for one in members]}).status_code == 404
    signed_in(client, staff(Role.SECRETARIAT))
    text = words(client.get(address))
    assert f"{members[0].user} : a un lien avec la structure" in text
    assert "Texte confidentiel" not in text
    answer = client.post(address, {"go": "name", "member": [one.pk for one in members]})
    assert answer.status_code == 200
    assert not Assignment.objects.exists()
    assert f'id="member-{members[1].pk}" checked' in plain(answer.content.decode())
    chosen = [factory.member(college=members[0].college, at=NOW), *members[1:]]
    client.post(address, {"go": "name", "member": [one.pk for one in chosen]})
    assert Application.objects.get(pk=application.pk).state == "under_review"
    rows = factory.assignments_of(application)
    client.post(address, {"go": f"replace-{rows[0].pk}"})
    assert Assignment.objects.get(pk=rows[0].pk).state == State.DECLINED
    assert client.post(address, {"go": "replace-999999"}).status_code == 404
    assert client.post(address, {"go": "burn-1"}).status_code == 404
    assert client.post(address, {"go": f"recuse-{rows[1].pk}", "reason": "Lien."}).status_code == 404
    signed_in(client, staff(Role.ETHICS_OFFICER))
    client.post(address, {"go": f"recuse-{rows[1].pk}", "reason": "Lien découvert."})
    assert Assignment.objects.get(pk=rows[1].pk).state == State.RECUSED


def test_a_paper_grid_is_typed_on_its_page(client: Client, proposed: Assignment) -> None:
    signed_in(client, staff(Role.SECRETARIAT))
    address = page("staff_paper_grid", proposed.application.reference, proposed.pk)
    assert client.get(address).status_code == 200
    codes = [row["code"].replace(".", "-") for row in proposed.application.edition.data["criteria"]]
    data: dict[str, Any] = {f"{code}-note": "2" for code in codes} | {
        f"{code}-version": "0" for code in codes
    }
    data |= {
        "means": "post",
        "statement_signed": "on",
        "advice": "favourable",
        "read_back_by": "call",
        "seen": "",
    }
    assert "en haut de chaque page" in plain(client.post(address, data).content.decode())
    data["code"] = str(code_of(proposed)).lower().replace("-", " ")
    data["read_back_on"] = timezone.localdate().strftime("%d/%m/%Y")
    answer = client.post(address, data)
    assert "Joignez la grille numérisée." in plain(answer.content.decode())
    answer = client.post(address, {**data, "scan": proof("grille.pdf", b"MZ")})
    assert "vrai PDF" in plain(answer.content.decode())
    assert Assignment.objects.get(pk=proposed.pk).state == State.PROPOSED
    assert client.post(address, {**data, "scan": proof("grille.pdf")}).status_code == 302
    kept = Assignment.objects.get(pk=proposed.pk)
    assert (kept.state, kept.entry.correction_due_on) == (
        State.ACCEPTED,
        timezone.localdate() + timedelta(days=5),
    )
    assert "Grille relue" in plain(client.get(address).content.decode())


def test_the_result_is_shown_and_the_opinion_written(client: Client) -> None:
    application = factory.in_deliberation(at=NOW - timedelta(days=10), value=3)
    address = page("staff_opinion", application.reference)
    signed_in(client, application.case_officer)
    text = plain(client.get(address).content.decode())
    assert "75,0 %" in text
    assert "Enregistrer l'avis" not in text
    assert client.post(address, {"kind": "favourable"}).status_code == 200
    assert not Opinion.objects.exists()
    signed_in(client, staff(Role.SECRETARIAT))
    data = {
        "kind": "favourable",
        "reasons": "Trop court.",
        "votes_for": "12",
        "votes_against": "0",
        "votes_abstained": "1",
        **{f"present_{code}": "6" for code in College.values},
        "minutes": proof("pv.pdf"),
        "solutions": list(application.solutions.values_list("pk", flat=True)),
        "adopted_on": timezone.localdate().strftime("%d/%m/%Y"),
    }
    answer = client.post(address, data)
    assert "300 caractères au moins" in plain(answer.content.decode())
    assert "Trop court." in plain(answer.content.decode())
    again = {**data, "reasons": factory.REASONS, "minutes": proof("pv.pdf")}
    assert client.post(address, again).status_code == 302
    assert Opinion.objects.get().votes["for"] == 12
    assert Application.objects.get(pk=application.pk).state == "advised"


def test_lists_are_empty_with_words(client: Client) -> None:
    mandate = factory.member(at=NOW)
    signed_in(client, mandate.user)
    assert "Rien pour le moment. Nous vous écrirons." in plain(
        client.get(page("committee_reviews")).content.decode()
    )
    assert client.get(page("committee_done", "rien")).status_code == 404
    assert client.get(page("committee_dossier", 10**18)).status_code == 404


def test_my_reviews_have_the_same_queries_for_one_and_three(client: Client) -> None:
    mandate = factory.member(at=NOW)
    signed_in(client, mandate.user)
    counts = []
    for number in range(3):
        others = [one for one in factory.committee(at=NOW) if one.college != mandate.college]
        others += [mandate, factory.member(college=mandate.college, at=NOW)]
        application = factory.under_review(structure(name=f"Association {number}"), members=others, at=NOW)
        factory.accepted(Assignment.objects.get(application=application, mandate=mandate), at=NOW)
        client.get(page("committee_reviews"))
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(page("committee_reviews"))
        counts.append(len(captured))
    assert plain(answer.content.decode()).count('class="lb-task"') == 3
    assert counts[0] == counts[2]
