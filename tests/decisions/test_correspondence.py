"""The letters of acts as their PDF says them: reasons, criteria, places, pieces, signatory; nothing a judge misses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from decisions import actions
from decisions.models import Decision
from journal.moves import Actor
from journal.refusals import Blocked
from label.actions import answer_piece
from label.actions.pieces import time_starts_at_receipt
from letters import rendering
from letters.models import Letter, Template
from letters.pdf import render_letter
from letters.typography import french_date
from structures.models import Structure
from tests.factories import decisions, label, outages, structures
from tests.factories.accounts import acting, signatory
from tests.factories.structures import AT, representative_of
from tests.reading import pdf_words, plain

pytestmark = pytest.mark.django_db
LAW, FACT = "L'article 4 du règlement le dit.", f"{decisions.IN_FACT} Le bilan du 3 mai le montre."
KINDS = [
    ("grant", "favourable", "L6"),
    ("grant_with_conditions", "favourable_with_conditions", "L7"),
    ("refuse", "unfavourable", "L8"),
    ("inadmissible", "", "L3"),
    ("close", "", "L4"),
]


def signed(kind: str, opinion: str) -> Decision:
    """An act of that kind, signed by Irène Valmy when its time has come."""
    at = AT
    if kind == "close":
        application, at = decisions.incomplete(), AT + timedelta(days=50)
    else:
        application = decisions.advised(opinion=opinion) if opinion else decisions.filed()
    by = acting(signatory(first_name="Irène", last_name="Valmy"), "signatory")
    return decisions.signed(
        application, kind, by=by, at=at, reasons_in_law=f"{decisions.IN_LAW} {LAW}", reasons_in_fact=FACT
    )


def said(decision: Decision) -> str:
    """The words of the PDF of an act."""
    letter = Letter.objects.get(subject=decisions.key(decision))
    return plain(pdf_words(render_letter(rendering.from_data(letter.content))))


@pytest.mark.parametrize(("kind", "opinion", "code"), KINDS)
def test_each_act_says_both_reasons_the_legal_basis_and_who_signs(
    kind: str, opinion: str, code: str, settings
) -> None:
    settings.LEGAL_BASIS = "délibération 2027-04 du conseil d'administration"
    text = said(signed(kind, opinion))

    assert Letter.objects.filter(code=code).exists()
    assert LAW in text
    assert "Le bilan du 3 mai le montre." in text
    assert "délibération 2027-04 du conseil d'administration" in text
    assert "Irène Valmy Directrice générale adjointe" in text


@pytest.mark.parametrize(("kind", "opinion", "code"), KINDS[1:4])
def test_an_act_names_the_criteria_on_which_its_reasons_rest(kind: str, opinion: str, code: str) -> None:
    decision = signed(kind, opinion)
    assert decision.application is not None
    title = decision.application.edition.criterion("A1.1")["fr"]

    assert plain(f"A1.1 – {title}") in said(decision)


@pytest.mark.parametrize(("kind", "opinion", "code"), KINDS[1:3])
def test_a_refusal_and_conditions_rest_on_a_criterion(kind: str, opinion: str, code: str) -> None:
    with pytest.raises(Blocked) as blocked:
        decisions.to_sign(decisions.advised(opinion=opinion), kind, criteria=[])

    assert [(reason.code, reason.url.split("#")[1]) for reason in blocked.value.reasons] == [
        ("id_criteria", "id_criteria")
    ]


def test_a_version_of_the_text_that_loses_the_reasons_stops_the_signature() -> None:
    decision = decisions.to_sign(decisions.advised(opinion="unfavourable"), "refuse")
    row = Template.objects.filter(code="L8").latest("version")
    Template.objects.create(
        code="L8",
        version=row.version + 1,
        subject=row.subject,
        summary=row.summary,
        body=row.body.replace("{{ reasons_in_law }}", ""),
        in_force_from=row.in_force_from,
    )

    with pytest.raises(Blocked) as blocked:
        actions.sign(decision_pk=decision.pk, at=AT, by=acting(signatory(), "signatory"))

    assert [reason.code for reason in blocked.value.reasons] == ["reasons_in_law"]
    assert Decision.objects.get().state == "prepared"


def test_a_grant_names_the_places_of_each_action() -> None:
    application = decisions.advised()
    solution = application.solutions.get()
    solution.territory, solution.remote = "departmental", True
    solution.save()
    solution.facets.filter(facet__in=["region", "department"]).delete()
    solution.facets.create(facet="department", code="69")

    text = said(decisions.signed(application))

    assert "zone couverte : Rhône (69), à distance" in text
    assert "Un ou plusieurs départements" not in text


def test_conditions_read_as_sentences() -> None:
    text = said(signed("grant_with_conditions", "favourable_with_conditions"))

    assert "avec 1 réserve : un point à corriger." in text
    assert "Preuve à envoyer : Lien vers la page. Avant le" in text


def test_a_closing_names_what_is_missing_what_came_and_why_the_date_moved() -> None:
    application = label.incomplete(codes=("paper_statutes", "paper_accounts"))
    asked = application.open_request()
    answer_piece(
        application_pk=application.pk,
        piece_pk=asked.pieces.get(code="paper_statutes").pk,
        answer="Les voici.",
        at=AT + timedelta(days=7),
        by=representative_of(application.structure),
    )
    received = AT + timedelta(days=9)
    Letter.objects.filter(pk=asked.letter_id).update(received_on=received.date())
    with transaction.atomic():
        time_starts_at_receipt(
            letter_pk=asked.letter_id, received_on=received.date(), at=received, by=Actor.system()
        )
    application.document_requests.update(reminded_at=AT + timedelta(days=40))

    text = said(decisions.signed(application, "close", at=AT + timedelta(days=70)))

    missing, came = text.split("Nous avons bien reçu :")
    assert "Derniers comptes approuvés" in missing
    assert "Statuts de la structure" not in missing
    assert came.lstrip("• ").startswith("Statuts de la structure")
    assert "donnait jusqu'au 8 février 2027. Vous l'avez reçue le 13 janvier 2027" in text
    assert "s'est donc terminé le 12 février 2027" in text


def test_a_seat_abroad_has_its_country_in_capitals_on_the_envelope() -> None:
    found = structures.structure()
    Structure.objects.filter(pk=found.pk).update(country="CH", postal_code="1204", city="Genève")

    text = said(decisions.signed(decisions.advised(Structure.objects.get(pk=found.pk))))

    assert "1204 Genève SUISSE" in text


def test_the_letter_that_closes_cites_the_outage_that_gave_more_time() -> None:
    application = decisions.incomplete(reminded=False)
    due_on = application.open_request().due_on
    extension = outages.applied(due_on)
    application.document_requests.update(reminded_at=AT + timedelta(days=40))
    text = said(decisions.signed(application, "close", at=AT + timedelta(days=80)))
    assert f"Le service était en panne le {plain(french_date(due_on))}" in text
    assert f"prolongé jusqu'au {plain(french_date(extension.due_on))}" in text
    assert "compté à partir de ce jour" not in text  # nothing moved because of the post
