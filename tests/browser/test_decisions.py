"""The pages of an act and of a label in a real browser: read, typed and signed, on a phone and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.second_factor import code_at, enrol
from certificates.models import Label
from decisions.models import Decision
from label.models import Application
from tests.factories import certificates, decisions
from tests.factories.accounts import signatory, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
Checks = Callable[[Page], None]


def enter(page: Page, user: User, live_server) -> Page:
    """The session of that person in this browser."""
    cookie = signed_in(Client(), user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return page


def looked_at(page: Page, axe: Checks, fits: Checks, name: str, pictures: Path) -> None:
    axe(page)
    fits(page)
    page.screenshot(path=pictures / f"{name}.png", full_page=True)


def test_an_act_is_prepared_and_signed_without_javascript(
    another, live_server, axe: Checks, fits: Checks, tmp_path: Path
) -> None:
    application = decisions.advised(opinion="favourable_with_conditions", at=timezone.now())
    page = enter(another(javascript=False), application.case_officer, live_server)
    page.goto(reverse("staff_decision_prepare", args=[application.reference]))
    page.get_by_text("Octroi avec réserves", exact=True).click()
    page.locator("#id_reasons_in_law").fill(decisions.IN_LAW)
    page.locator("#id_reasons_in_fact").fill(decisions.IN_FACT)
    page.locator("label", has_text="A1.1 –").click()
    page.locator("#id_conditions-0-proof").fill("Lien vers la page")
    page.locator("#id_conditions-0-due_on").fill("1er mars 2099")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("button", name="Transmettre à la signature").click()

    decision = Decision.objects.get()
    user = signatory(first_name="Irène", last_name="Valmy")
    secret = enrol(user)
    page = enter(another(javascript=False), user, live_server)
    page.goto(reverse("staff_decision_sign", args=[decision.pk]))
    page.locator("#id_code").fill(code_at(secret, timezone.now()))
    page.get_by_role("button", name="Signer la décision").click()

    expect(page.get_by_text("La décision est signée.")).to_be_visible()
    assert Label.objects.get().application == application


def test_the_pages_of_an_act_are_accessible(
    another, live_server, axe: Checks, fits: Checks, tmp_path: Path
) -> None:
    application = decisions.advised(opinion="favourable_with_conditions", at=timezone.now())
    pages = [enter(another(width=width), application.case_officer, live_server) for width in (1280, 360)]
    prepare = reverse("staff_decision_prepare", args=[application.reference])
    for page in pages:
        page.goto(prepare)
        looked_at(page, axe, fits, f"prepare-{page.viewport_size['width']}", tmp_path)
    decision = decisions.prepared(application, "grant_with_conditions", at=timezone.now(), reasons_in_fact="")
    for page in pages:
        page.goto(prepare)
        looked_at(page, axe, fits, f"missing-{page.viewport_size['width']}", tmp_path)
    decisions.to_sign(application, "grant_with_conditions", at=timezone.now())
    user = signatory(first_name="Irène", last_name="Valmy")
    enrol(user)
    for width in (1280, 360):
        page = enter(another(width=width), user, live_server)
        page.goto(reverse("staff_decision_sign", args=[decision.pk]))
        looked_at(page, axe, fits, f"sign-{width}", tmp_path)
        page.goto(reverse("staff_decision", args=[decision.pk]))
        looked_at(page, axe, fits, f"decision-{width}", tmp_path)


def test_the_pages_of_a_label_are_accessible(
    another, live_server, axe: Checks, fits: Checks, tmp_path: Path
) -> None:
    label = certificates.label(kind="grant_with_conditions", at=timezone.now())
    reader = Application.objects.get().case_officer
    for width in (1280, 360):
        page = enter(another(width=width), label.structure.representative(), live_server)
        page.goto(reverse("space_label"))
        looked_at(page, axe, fits, f"space-{width}", tmp_path)
        page = enter(another(width=width), reader, live_server)
        page.goto(reverse("staff_label", args=[label.number]) + "?jour=03%2F03%2F2020")
        looked_at(page, axe, fits, f"staff-{width}", tmp_path)
