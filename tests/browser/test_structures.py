"""The pages of structures and of the charter in a real browser: axe, 320 px, without JavaScript."""

import os
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from structures import actions
from structures.models import Structure
from tests.factories import charter as make
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import frozen, invitation, member, proof, register_entry, structure

pytestmark = pytest.mark.django_db(transaction=True)


def enter(page, live_server, user):
    """Sign that person in, in this browser."""
    client = signed_in(Client(), user)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])


@pytest.fixture
def look(axe, fits):
    """Open a page, check it, and keep a picture when a folder is named in $SCREENSHOTS."""

    def run(page, address, name=""):
        page.goto(address)
        assert page.locator("h1").count() == 1
        axe(page)
        fits(page)
        folder = os.environ.get("SCREENSHOTS")
        if folder and name:
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)

    return run


def test_a_space_is_opened_without_javascript(plain_page, live_server):
    register_entry("W990000001", title="ESCALE ANEMONE", address="3 rue des Anémones")
    user = person(first_name="Nadia", last_name="Brossard")
    enter(plain_page, live_server, user)
    plain_page.goto(reverse("structure_find"))
    plain_page.locator("label[for^=id_way]").first.click()
    plain_page.get_by_role("button", name="Continuer").click()
    plain_page.get_by_label("Nom de la structure").fill("Escale Anémone")
    plain_page.get_by_label("Numéro RNA").fill("W 990 000 001")
    plain_page.get_by_role("button", name="Chercher").click()
    plain_page.locator("label[for^=id_role]").first.click()
    plain_page.get_by_label("Qualité").fill("Présidente")
    plain_page.get_by_role("button", name="Oui, c'est elle").click()
    plain_page.wait_for_url("**/espace/")
    assert Structure.objects.get().representative() == user


def test_every_page_of_the_association_reads_well(page, live_server, look):
    register_entry(
        "W990000001", title="LES AMIS DU LAC", address="3 rue des Anémones", updated_on="2026-02-01"
    )
    enter(page, live_server, person(first_name="Rosa", last_name="Lind"))
    look(page, reverse("structure_find"), "find")
    for way in ("rna", "siren", "alsace-moselle", "ailleurs", "sans-numero"):
        look(page, reverse("structure_search", args=[way]), f"search-{way}")
    page.goto(reverse("structure_search", args=["rna"]))
    page.locator("[name=name]").fill("Escale Anémone")
    page.locator("[name=raw_number]").fill("W990000001")
    page.get_by_role("button", name="Chercher").click()
    look(page, page.url, "confirm-mismatch")
    look(page, reverse("structure_choose"), "choose-none")
    look(page, reverse("structure_invitations"), "invitations-none")


def test_the_pages_of_members_read_well(page, live_server, look):
    now = timezone.now()
    make.charter()
    karim = person(first_name="Karim", last_name="Delmas")
    found = structure(editor=karim, registration_kind="foreign", raw_number="BE 0403019261")
    second = structure(name="Les Amis du Lac", representative=found.representative())
    invitation(found, email="suite@exemple.fr", at=now)
    actions.ask_to_join(
        structure_pk=found.pk, quality="Bénévole", at=now, by=acting(person(first_name="Rosa"), "visitor")
    )
    enter(page, live_server, found.representative())
    for name in ("people", "invite", "add_person", "hand_over", "service", "number", "choose"):
        look(page, reverse(f"structure_{name}"), name)
    look(page, reverse("charter_sign"), "charter-sign")
    page.get_by_label("Qualité").fill("Présidente")
    page.get_by_text("J'ai lu la charte").click()
    page.get_by_role("button", name="Recevoir le code de signature").click()
    look(page, page.url, "charter-code")
    enter(page, live_server, karim)
    look(page, reverse("charter_sign"), "charter-colleague")
    frozen(found)
    look(page, reverse("structure_people"), "people-frozen")
    make.signature(second)
    text = make.text()
    text["articles"][2]["fr"] = text["articles"][2]["fr"].replace("une place réelle", "une place entière")
    make.charter(version="2028", **text)
    enter(page, live_server, member(second))
    look(page, reverse("charter_sign"), "charter-changed")
    look(page, reverse("charter_text"), "charter-text")


def test_the_pages_of_the_office_read_well(page, live_server, look):
    register_entry("W990000001", title="LES AMIS DU LAC")
    found = structure(raw_number="W990000001")
    structure(name="ESCALE ANEMONE")
    make.signature(found)
    officer = staff(Role.CASE_OFFICER, first_name="Inès", last_name="Moreau")
    actions.correct_identifier(
        structure_pk=found.pk,
        registration_pk=found.registrations.get().pk,
        kind="rna",
        raw_number="W990000010",
        proof=proof(),
        reason="Deux chiffres inversés.",
        other_entity="Les amis du lac",
        at=timezone.now(),
        by=acting(officer, Role.CASE_OFFICER),
    )
    enter(page, live_server, officer)
    look(page, reverse("staff_structure", args=[found.pk]), "staff-structure")
    for name in (
        "structure_freeze",
        "structure_number",
        "structure_representative",
        "structure_officers",
        "structure_reach",
        "charter_paper",
        "charter_identity",
    ):
        look(page, reverse(f"staff_{name}", args=[found.pk]), f"staff-{name}")
    check = found.register_checks.first()
    look(page, reverse("staff_structure_check", args=[found.pk, check.pk]), "staff-check")
    look(page, reverse("staff_charter"), "staff-charter")
