"""Around a review in a real browser: facts of the office, the second round by keyboard, the dashboard; axe on all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from reviewers.models import Score
from tests.browser.people import enter
from tests.factories import label
from tests.factories import reviewers as factory
from tests.factories.accounts import staff
from tests.factories.structures import structure

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_round_is_given_by_keyboard_without_javascript_on_a_phone(
    another, live_server, axe, fits
) -> None:
    at = timezone.now() - timedelta(days=9)
    application = factory.under_review(structure(name="Rives et Relais"), at=at)
    row = factory.discussing(application, values=(0, 4, 3), at=at)[0]
    page, checked = another(width=360, javascript=False), another(width=360)
    for one in (page, checked):
        enter(one, live_server.url, row.mandate.user)
        one.goto(reverse("committee_reread", args=[row.pk]))
    axe(checked)
    fits(checked)
    first = page.get_by_role("region", name="A1.1")
    expect(first).to_contain_text("vous : 0")
    first.get_by_label("Je change", exact=True).focus()
    page.keyboard.press("Space")
    first.locator("summary").press("Enter")
    first.get_by_label("Ma nouvelle note").select_option("2")
    page.get_by_role("button", name="Enregistrer mes choix").first.press("Enter")
    expect(page.locator("#error-summary")).to_contain_text("dites pourquoi")
    page.get_by_role("region", name="A1.1").get_by_label("Pourquoi je change").fill(
        "Les statuts sont clairs."
    )
    page.get_by_role("button", name="Enregistrer et terminer ma relecture").press("Enter")
    expect(page.get_by_text("Votre relecture est terminée. Merci.")).to_be_visible()
    assert Score.objects.get(round=2).value == 2


def test_the_pages_around_a_review_are_accessible(another, live_server, axe, fits) -> None:
    at = timezone.now() - timedelta(days=9)
    application = factory.under_review(structure(name="Rives et Relais"), at=at)
    rows = factory.discussing(application, values=(0, 4, 3), at=at)
    waiting = label.admissible(at=at)
    people = {
        "member": (rows[0].mandate.user, ["committee_reviews", "committee_my_scores", "committee"]),
        "officer": (waiting.case_officer, [("staff_findings", waiting.reference)]),
        "secretary": (
            staff(Role.SECRETARIAT),
            [
                "staff_dashboard",
                "staff_agreement",
                ("staff_disagreement", application.reference),
                ("staff_discussion", application.reference),
                ("staff_reread", application.reference, rows[0].pk),
                ("staff_opinion", application.reference),
                ("staff_findings", application.reference),
                ("staff_panel", waiting.reference),
            ],
        ),
    }
    for user, addresses in people.values():
        for width in (1280, 320):
            page = another(width=width)
            enter(page, live_server.url, user)
            for address in addresses:
                name, *args = (address,) if isinstance(address, str) else address
                page.goto(reverse(name, args=args))
                axe(page)
                fits(page)
