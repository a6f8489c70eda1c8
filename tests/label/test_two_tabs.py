"""Two tabs or two colleagues on the same words: neither text is lost, and a person chooses (E11)."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from label import actions
from structures.models import Structure
from tests.factories import label
from tests.factories.accounts import signed_in
from tests.factories.structures import PDF, representative_of, structure

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def hidden(client, url: str) -> dict[str, str]:
    """What the forms of a page carry without showing it."""
    page = client.get(url).content.decode()
    return dict(re.findall(r'<input type="hidden" name="((?:seen|theirs)\w*)" value="([^"]*)"', page))


def tokens_in(answer) -> dict[str, str]:
    return dict(re.findall(r'name="((?:seen|theirs)\w*)" value="([^"]*)"', answer.content.decode()))


class TestPieces:
    @pytest.fixture
    def page(self, client):
        application = label.incomplete(codes=("paper_statutes", "paper_accounts"), at=NOW)
        signed_in(client, application.structure.representative())
        first, second = application.open_request().pieces.order_by("pk")
        url = reverse("application_pieces", args=[application.reference])
        return client, url, first, second

    def test_both_texts_are_kept_and_the_person_chooses(self, page):
        client, url, first, second = page
        old = hidden(client, url)
        client.post(url, {**old, f"{first.pk}-answer": "De Claire"})
        mine = {**old, f"{first.pk}-answer": "De Paul", f"{second.pk}-answer": "Les comptes"}
        client.post(url, {**mine, f"{second.pk}-answer": ""})
        answer = client.post(url, mine)
        told = answer.content.decode()
        assert answer.status_code == 409
        assert "De Claire" in told and "De Paul" in told and "Garder mon texte" in told
        kept = [row.answer for row in first.request.pieces.order_by("pk")]
        assert kept == ["De Claire", "Les comptes"]
        chosen = {**mine, **tokens_in(answer), "go": "mine"}
        assert client.post(url, chosen).status_code == 302
        assert type(first).objects.get(pk=first.pk).answer == "De Paul"

    def test_a_page_left_as_it_was_erases_nothing(self, page):
        client, url, first, second = page
        old = hidden(client, url)
        client.post(url, {**old, f"{first.pk}-answer": "De Claire"})
        assert client.post(url, {**old, f"{second.pk}-answer": "Les comptes"}).status_code == 302
        assert [row.answer for row in first.request.pieces.order_by("pk")] == ["De Claire", "Les comptes"]

    def test_a_file_is_not_replaced_unseen(self, page):
        client, url, first, _second = page
        old = hidden(client, url)

        def sending():
            return {**old, f"{first.pk}-upload": SimpleUploadedFile("a.pdf", PDF, "application/pdf")}

        client.post(url, sending())
        kept = type(first).objects.get(pk=first.pk).file_id
        assert client.post(url, sending()).status_code == 409
        assert type(first).objects.get(pk=first.pk).file_id == kept
        answer = client.post(url, sending())
        client.post(url, {**sending(), **tokens_in(answer), "go": "mine"})
        assert type(first).objects.get(pk=first.pk).file_id != kept


def test_a_person_or_partner(client):
    application = label.draft(at=NOW)
    by = representative_of(application.structure)
    row = actions.save_contributor(
        application_pk=application.pk, name="Une ligue", part="Une salle", is_confirmed=False, at=NOW, by=by
    )
    signed_in(client, application.structure.representative())
    url = reverse("application_contributor", args=[application.reference, row.pk])
    old = hidden(client, url)
    typed = {"name": "Une ligue", "part": "Deux salles"}
    assert client.post(url, {**old, **typed}).status_code == 302
    assert client.post(url, {**old, **typed}).status_code == 302  # the same words: nothing to choose
    answer = client.post(url, {**old, **typed, "part": "Un bus"})
    told = answer.content.decode()
    assert answer.status_code == 409 and "Deux salles" in told and "Un bus" in told
    assert client.post(url, {**old, "go": "remove"}).status_code == 409
    assert application.contributors.get().part == "Deux salles"
    client.post(url, {**typed, "part": "Un bus", **tokens_in(answer), "go": "mine"})
    assert application.contributors.get().part == "Un bus"
    client.post(url, {**hidden(client, url), "go": "remove"})
    assert not application.contributors.exists()


def test_where_letters_go(client):
    found = structure(at=NOW)
    signed_in(client, found.representative())
    url = reverse("structure_contact")
    old = hidden(client, url)
    typed = {"address": "12 quai des Iris", "postal_code": "69002", "city": "Lyon", "country": "FR"}
    assert client.post(url, {**old, **typed}).status_code == 302
    answer = client.post(url, {**old, **typed, "address": "1 rue Neuve"})
    told = answer.content.decode()
    assert answer.status_code == 409 and "12 quai des Iris" in told and "1 rue Neuve" in told
    assert Structure.objects.get(pk=found.pk).address == "12 quai des Iris"
    assert client.post(url, {**tokens_in(answer), "go": "theirs", "next": "/espace/"}).status_code == 302
    client.post(url, {**typed, "address": "1 rue Neuve", **tokens_in(answer), "go": "mine"})
    assert Structure.objects.get(pk=found.pk).address == "1 rue Neuve"
