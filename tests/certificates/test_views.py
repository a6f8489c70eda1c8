"""The certificate that anybody downloads; the pages of the association and of the staff."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates.actions.issuing import make_certificate
from certificates.models import Label
from certificates.seal.checking import check
from tests.factories import certificates, structures
from tests.factories.accounts import person, signed_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def label() -> Label:
    return certificates.label(at=timezone.now())


def fetched(client: Client, number: str) -> tuple[int, bytes]:
    """The status and the bytes of a certificate, read to the end so that the file is closed."""
    answer = client.get(reverse("certificate_pdf", args=[number]))
    return answer.status_code, answer.getvalue()


def made(label: Label) -> None:
    """A worker did its part."""
    make_certificate(certificate_pk=label.certificates.get().pk, at=timezone.now())


def today() -> date:
    return timezone.localdate()


def test_anybody_downloads_the_sealed_certificate_once_a_worker_has_made_it(
    client: Client, label: Label
) -> None:
    certificate = label.certificates.get()
    waiting = client.get(reverse("certificate_pdf", args=[label.number]), follow=True)
    assert "Certificat en cours de scellement." in waiting.content.decode()

    make_certificate(certificate_pk=certificate.pk, at=timezone.now())

    answer = client.get(reverse("certificate_pdf", args=[label.number]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert "attachment" in answer["Content-Disposition"]
    assert check(answer.getvalue()).number == label.number


@pytest.mark.parametrize("typed", ["{n}", "{low}", "{plain}"])
def test_the_number_is_read_as_people_type_it(client: Client, label: Label, typed: str) -> None:
    made(label)
    number = typed.format(n=label.number, low=label.number.lower(), plain=label.number.replace("-", ""))

    assert fetched(client, number)[0] == 200


@pytest.mark.parametrize("number", ["LBL-2027-999999-00", "rien", "LBL-2027-000001-08", "x" * 500])
def test_no_certificate_for_an_unknown_number(client: Client, label: Label, number: str) -> None:
    assert fetched(client, number)[0] == 404


def test_an_annulled_label_has_no_certificate(client: Client, label: Label) -> None:
    made(label)
    certificates.moved(label, "annul", on=today())

    assert fetched(client, label.number)[0] == 404


def test_a_withdrawn_label_keeps_its_file(client: Client, label: Label) -> None:
    made(label)
    certificates.withdrawn(label, on=today())

    assert fetched(client, label.number)[0] == 200


# --- the association ------------------------------------------------------------------------------------------


def test_the_association_reads_its_label_and_its_duties(client: Client, label: Label) -> None:
    certificates.condition(label, due_on=today() + timedelta(days=40))
    signed_in(client, label.structure.representative())

    page = client.get(reverse("space_label")).content.decode()

    assert label.number in page
    assert "Valide, avec réserves" in page
    assert "Publier les comptes." in page
    assert "Demander le renouvellement" in page
    assert reverse("certificate_pdf", args=[label.number]) in page


def test_a_label_that_ended_has_no_more_duties(client: Client, label: Label) -> None:
    certificates.withdrawn(label, on=today())
    signed_in(client, label.structure.representative())

    page = client.get(reverse("space_label")).content.decode()

    assert "Label retiré" in page
    assert "Demander le renouvellement" not in page


def test_a_structure_without_label_is_told_so(client: Client) -> None:
    signed_in(client, structures.structure().representative())

    page = client.get(reverse("space_label")).content.decode()

    assert "Votre structure n" in page and "a pas encore de label." in page


def test_the_page_shows_the_label_of_the_structure_chosen_only(client: Client, label: Label) -> None:
    signed_in(client, structures.structure(name="Autre maison").representative())

    assert label.number not in client.get(reverse("space_label")).content.decode()


def test_a_person_without_structure_is_led_to_find_it(client: Client, label: Label) -> None:
    signed_in(client, person())

    assert client.get(reverse("space_label")).status_code == 302


def test_the_page_of_the_association_costs_the_same_with_more_labels(
    client: Client, label: Label, django_assert_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    signed_in(client, label.structure.representative())
    certificates.moved(label, "expire", on=today())
    client.get(reverse("space_label"))
    with CaptureQueriesContext(connection) as alone:
        client.get(reverse("space_label"))
    for _ in range(2):
        certificates.moved(certificates.label(label.structure, at=timezone.now()), "expire", on=today())
    with CaptureQueriesContext(connection) as several:
        client.get(reverse("space_label"))

    assert len(several) == len(alone)


# --- the staff ---------------------------------------------------------------------------------------------------


def test_the_staff_read_the_state_today_and_at_any_date(client: Client, label: Label) -> None:
    certificates.suspended(label, since=today(), until=today() + timedelta(days=30))
    signed_in(client, staff(Role.CASE_OFFICER))
    address = reverse("staff_label", args=[label.number])

    page = client.get(address).content.decode()
    later = client.get(
        address, {"jour": (today() + timedelta(days=31)).strftime("%d/%m/%Y")}
    ).content.decode()
    before = client.get(address, {"jour": "3 mars 2020"}).content.decode()

    assert "Suspendu" in page
    assert "Actif" in later
    assert "existait pas encore" in before


def test_an_unreadable_date_is_told_beside_the_field(client: Client, label: Label) -> None:
    signed_in(client, staff(Role.CASE_OFFICER))

    page = client.get(reverse("staff_label", args=[label.number]), {"jour": "demain"}).content.decode()

    assert "Écrivez une date comme 03/03/2027." in page
    assert 'value="demain"' in page


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CASE_OFFICER, 200),
        (Role.SECRETARIAT, 200),
        (Role.SIGNATORY, 200),
        (Role.APPEAL_OFFICER, 200),
        (Role.ETHICS_OFFICER, 200),
        (Role.DATA_PROTECTION_OFFICER, 404),
        (Role.TECHNICAL_ADMINISTRATOR, 404),
    ],
)
def test_who_opens_the_staff_page(client: Client, label: Label, role: str, status: int) -> None:
    signed_in(client, staff(role))

    assert client.get(reverse("staff_label", args=[label.number])).status_code == status


def test_the_association_does_not_open_the_staff_page(client: Client, label: Label) -> None:
    signed_in(client, label.structure.representative())

    assert client.get(reverse("staff_label", args=[label.number])).status_code == 404
