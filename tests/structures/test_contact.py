"""« Coordonnées »: an address that a letter reaches is asked, mended, and kept apart from what the register said."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.models import Event
from label.checklist import missing_in
from label.correspondence import address_lines
from structures.models import Structure
from tests.factories import label
from tests.factories.accounts import person, signed_in, staff
from tests.factories.structures import frozen, member, register_entry, structure

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PAGE = reverse("structure_contact")
TYPED = {
    "address": "12 quai des Iris",
    "postal_code": "69 002",
    "city": "Lyon",
    "country": "fr",
    "phone": "04 00 00 00 00",
    "email": "bonjour@exemple.fr",
    "website": "www.exemple.fr",
}


def shown(client, page=PAGE):
    """The token that the page carries."""
    return dict(re.findall(r'name="(seen)" value="([^"]*)"', client.get(page).content.decode()))


def test_a_page_without_its_token_writes_nothing_and_keeps_what_was_typed(client):
    found = structure(at=NOW)
    signed_in(client, found.representative())
    for token in ({}, {"seen": ""}, {"go": "mine"}):
        page = client.post(PAGE, {**TYPED, **token})
        told = page.content.decode()
        assert page.status_code == 200 and "Rouvrez la page" in told and "12 quai des Iris" in told
        assert 'name="seen" value=""' in told  # sent again as it is, it is refused again
    assert Structure.objects.get(pk=found.pk).address == "3 rue des Anémones"


def test_the_structure_gives_the_address_that_letters_need(client):
    found = structure(at=NOW, address="", city="", postal_code="")
    signed_in(client, found.representative())
    assert address_lines(found) == []
    assert client.post(PAGE, {**shown(client), **TYPED, "next": "/espace/"}).url == "/espace/"
    found = Structure.objects.get(pk=found.pk)
    assert address_lines(found) == ["12 quai des Iris", "69002 Lyon"]
    assert (found.department, found.website) == ("69", "https://www.exemple.fr")
    assert Event.objects.filter(thread=found.thread_id, move="save_structure").exists()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("address", "", "Répondez à cette question"),
        ("city", " ", "Répondez à cette question"),
        ("postal_code", "6900", "5 chiffres"),
        ("country", "XX", "deux lettres du pays"),
        ("email", "bonjour", "nom@exemple.fr"),
    ],
)
def test_an_address_that_no_letter_reaches_is_told_beside_its_field(client, field, typed, told):
    found = structure(at=NOW)
    signed_in(client, found.representative())
    assert "(facultatif)" not in client.get(PAGE).content.decode().partition("Téléphone")[0]
    page = client.post(PAGE, {**shown(client), **TYPED, field: typed})
    assert page.status_code == 200
    assert told in page.content.decode().replace("&#x27;", "'")
    assert Structure.objects.get(pk=found.pk).address == "3 rue des Anémones"


def test_abroad_there_may_be_no_postal_code(client):
    found = structure(at=NOW)
    signed_in(client, found.representative())
    assert (
        client.post(PAGE, {**shown(client), **TYPED, "country": "BE", "postal_code": ""}).status_code == 302
    )
    assert Structure.objects.get(pk=found.pk).has_postal_address()


def test_what_the_register_said_stays_and_is_shown(client):
    entry = register_entry(address="1 rue du Registre", postal_code="75001", city="Paris")
    found = structure(at=NOW, raw_number=entry.number, name=entry.title)
    signed_in(client, found.representative())
    client.post(PAGE, {**shown(client), **TYPED})
    page = client.get(PAGE).content.decode()
    assert "1 rue du Registre, 75001 Paris" in page
    assert found.register_checks.get().found_address == "1 rue du Registre, 75001 Paris"


def test_who_only_reads_and_a_frozen_space_do_not_write(client):
    found = structure(at=NOW)
    assert signed_in(client, member(found, role="reader", at=NOW)).get(PAGE).status_code == 404
    representative = found.representative()
    frozen(found, at=NOW)
    assert signed_in(client, representative).post(PAGE, TYPED).status_code == 404
    assert Structure.objects.get(pk=found.pk).city == "Villeurbanne"


def test_the_office_writes_it_for_who_called(client):
    found = structure(at=NOW)
    page = reverse("staff_structure_contact", args=[found.pk])
    assert signed_in(client, person()).get(page).status_code == 404
    signed_in(client, staff(Role.SECRETARIAT))
    assert client.post(page, {**shown(client, page), **TYPED}).url == reverse(
        "staff_structure", args=[found.pk]
    )
    assert Structure.objects.get(pk=found.pk).city == "Lyon"


def test_a_dossier_without_address_says_so_and_leads_to_the_page(client):
    application = label.filled(at=NOW)
    assert not missing_in(application, "structure")
    Structure.objects.filter(pk=application.structure_id).update(address="")
    application = type(application).objects.get(pk=application.pk)
    [missing] = missing_in(application, "structure")
    assert "un courrier arrive" in missing.text
    signed_in(client, application.structure.representative())
    section = client.get(missing.url.partition("#")[0]).content.decode()
    assert f'href="{PAGE}?next=/espace/dossiers/' in section
