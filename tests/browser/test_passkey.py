"""Signing in by e-mail code, then with the device itself, in a real browser with a virtual authenticator."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import second_factor
from accounts.models import Role, StaffRecovery, User
from tests.factories.accounts import person, staff

pytestmark = pytest.mark.django_db(transaction=True)


def virtual_authenticator(page: Page, *, verifies: bool = True) -> None:
    """A device built into the browser: it keeps keys and recognises its owner, or not."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def code_received() -> str:
    return re.match(r"\d{3} \d{3}", mail.outbox[-1].subject)[0]


def sign_in(page: Page, address: str) -> None:
    page.goto("/compte/connexion/")
    page.get_by_label("Adresse e-mail").fill(address)
    page.get_by_role("button", name="Recevoir le code").click()
    page.wait_for_url("**/connexion/code/")
    page.get_by_label("Code", exact=True).fill(code_received())
    page.get_by_role("button", name="Continuer").click()


@pytest.fixture
def reachable(live_server):
    """Devices know a place by its name: `localhost`, not a number."""
    return live_server.url.replace("127.0.0.1", "localhost")


def test_a_device_is_added_then_signs_in(page, axe, fits, reachable):
    virtual_authenticator(page)
    page.goto(f"{reachable}/compte/connexion/")
    axe(page)
    fits(page)
    page.get_by_label("Adresse e-mail").fill("awa@exemple.fr")
    page.get_by_role("button", name="Recevoir le code").click()
    page.wait_for_url("**/connexion/code/")
    axe(page)
    fits(page)
    page.get_by_label("Code", exact=True).fill(code_received())
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/compte/nom/")
    axe(page)
    page.get_by_label("Prénom").fill("Awa")
    page.get_by_label("Nom", exact=True).fill("Ba")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/compte/appareil/")
    axe(page)
    page.get_by_role("link", name="Ajouter").click()
    page.wait_for_url("**/appareils/ajouter/**")
    axe(page)
    fits(page)
    page.get_by_label("Nom de cet appareil").fill("Ordinateur")
    page.get_by_role("button", name="Ajouter cet appareil").click()
    page.wait_for_url(lambda url: "ajouter" not in url)
    device = Authenticator.objects.get()
    assert (device.user.email, device.data["name"]) == ("awa@exemple.fr", "Ordinateur")

    page.goto(f"{reachable}/compte/deconnexion/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.goto(f"{reachable}/compte/connexion/?next=/compte/preferences/")
    sent = len(mail.outbox)
    page.get_by_role("button", name="Utiliser l'empreinte, le visage ou le code de mon appareil").click()
    page.wait_for_url(f"{reachable}/compte/preferences/")
    assert len(mail.outbox) == sent
    axe(page)
    fits(page)
    page.goto(f"{reachable}/compte/")
    expect(page.get_by_text("Ordinateur").first).to_be_visible()
    axe(page)
    fits(page)


def test_a_device_that_knows_nobody_says_so(page, reachable):
    virtual_authenticator(page, verifies=False)
    page.goto(f"{reachable}/compte/connexion/")
    page.get_by_role("button", name="Utiliser l'empreinte").click()
    expect(page.get_by_text("Cet appareil n'a pas répondu.")).to_be_visible()
    assert "connexion" in page.url


def test_without_javascript_the_code_does_all(plain_page, fits):
    person("camille@exemple.fr", device_offer_declined_at=timezone.now())
    plain_page.goto("/compte/connexion/")
    expect(plain_page.get_by_role("button", name="Utiliser l'empreinte")).to_be_hidden()
    sign_in(plain_page, "camille@exemple.fr")
    plain_page.goto("/compte/")
    expect(plain_page.get_by_role("heading", name="Mon compte")).to_be_visible()
    plain_page.goto("/compte/appareils/ajouter/")
    expect(plain_page.get_by_text("Votre navigateur ne permet pas")).to_be_visible()


def test_pages_of_staff(page, axe, fits):
    user = staff(
        Role.TECHNICAL_ADMINISTRATOR, email="agent@inca.exemple.fr", device_offer_declined_at=timezone.now()
    )
    colleague = staff(Role.SECRETARIAT, Role.SIGNATORY)
    lost = staff(Role.CASE_OFFICER)
    StaffRecovery.objects.create(person=lost, first_by=colleague, first_at=timezone.now())
    sign_in(page, user.email)
    page.wait_for_url("**/compte/application/**")
    axe(page)
    fits(page)
    page.get_by_text("Je ne peux pas photographier").click()
    secret = page.locator(".lb-mono").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(second_factor.code_at(secret, timezone.now()))
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/codes-de-secours/**")
    axe(page)
    fits(page)
    page.get_by_role("button", name="J'ai gardé ces codes").click()
    other = User.objects.get(pk=colleague.pk)
    for path in (
        "/compte/", "/compte/absence/", "/compte/sessions/", "/compte/codes-de-secours/nouveaux/", "/inca/acces/",
        f"/inca/acces/{StaffRecovery.objects.get().pk}/", "/inca/personnes/", "/inca/personnes/nouvelle/",
        f"/inca/personnes/{other.pk}/", f"/inca/personnes/{other.pk}/role/", f"/inca/personnes/{other.pk}/delegation/",
        f"/inca/personnes/{other.pk}/absence/",
    ):  # fmt: skip
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        axe(page)
        fits(page)
