"""An address with a NUL is not found, on both databases, whoever asks."""

import pytest
from django.test import Client

from tests.factories.accounts import signed_in, staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/inca/dossiers/a%00b/panel/",
        "/inca/dossiers/a%00b/decision/",
        "/inca/dossiers/a%00b/journal/",
        "/inca/dossiers/?texte=a%00b",
        "/inca/?apres=a%00b",
        "/annuaire/?q=a%00b",
        "/verifier/a%00b/",
    ],
)
def test_an_address_with_a_nul_is_not_found(client: Client, address: str) -> None:
    signed_in(client, staff("secretariat", "case_officer"))

    answer = client.get(address)

    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()
