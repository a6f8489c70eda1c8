"""The committee in a real browser: the gate, 26 criteria by keyboard, saving by itself, and the pages of the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Role
from reviewers import actions
from reviewers.models import Assignment, Score
from tests.browser.people import enter
from tests.factories import reviewers as factory
from tests.factories.accounts import signatory, staff
from tests.factories.structures import structure

pytestmark = pytest.mark.django_db(transaction=True)
Checks = Callable[[Page], None]
SAYS = "Chaque année, nous envoyons un questionnaire aux personnes qui sont venues. En 2026, 212 ont répondu."


def assignment(**facts: str) -> Assignment:
    """An evaluation proposed today."""
    application = factory.under_review(
        structure(name="Rives et Relais"), at=timezone.now(), criterion_A1_1=SAYS, **facts
    )
    return factory.assignments_of(application)[0]


def seen(pages: list[Page], address: str, axe: Checks, fits: Checks, pictures: Path, name: str) -> None:
    for page in pages:
        page.goto(address)
        axe(page)
        fits(page)
        page.screenshot(path=pictures / f"{name}-{page.viewport_size['width']}.png", full_page=True)


def test_a_review_is_given_by_keyboard_alone_without_javascript(another, live_server) -> None:
    found = assignment()
    page = another(javascript=False)
    enter(page, live_server.url, found.mandate.user)
    page.goto(reverse("committee_assignment", args=[found.pk]))
    page.get_by_label("Je n'ai aucun lien avec ce dossier").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Ouvrir le dossier").press("Enter")
    page.get_by_role("link", name="Continuer mon évaluation").press("Enter")
    for number in range(1, 27):
        expect(page.get_by_text(f"Critère {number} sur 26").first).to_be_visible()
        page.locator("input[value='2']").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Enregistrer et continuer").press("Enter")
    page.get_by_label("Favorable", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Envoyer mon évaluation").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Évaluation envoyée")
    assert Assignment.objects.get(pk=found.pk).state == "submitted"


def test_what_is_typed_is_saved_by_itself_and_a_second_tab_is_told(another, live_server, watch) -> None:
    found = factory.accepted(assignment(), at=timezone.now())
    first = another()
    enter(first, live_server.url, found.mandate.user)
    second = first.context.new_page()
    address = reverse("committee_review", args=[found.pk, "A1.1"])
    first.goto(address)
    second.goto(address)
    first.locator("input[value='2']").check()
    first.locator("textarea").fill("Les réponses ont servi.")
    expect(first.get_by_text("Enregistré à")).to_be_visible()
    first.locator("textarea").fill("Les réponses ont servi à ouvrir le samedi.")
    first.wait_for_timeout(2500)
    assert Score.objects.get().comment == "Les réponses ont servi à ouvrir le samedi."
    second.locator("textarea").fill("Autre texte.")
    expect(second.get_by_text("Cette réponse a été changée ailleurs")).to_be_visible()
    second.get_by_role("button", name="Garder ma réponse").click()
    second.wait_for_load_state()
    assert Score.objects.get().comment == "Autre texte."
    watch.problems.clear()  # the console tells the 409 of the second tab


def test_a_text_that_cannot_be_kept_is_said_beside_its_field_and_never_saved(
    another, live_server, axe, watch
) -> None:
    found = factory.accepted(assignment(), at=timezone.now())
    page = another()
    enter(page, live_server.url, found.mandate.user)
    page.goto(reverse("committee_review", args=[found.pk, "A1.1"]))
    page.locator("input[value='2']").check()
    page.locator("textarea").fill("é" * 5200)
    problem = page.locator("#id_A1-1-comment_error")
    expect(problem).to_contain_text("de trop")
    expect(page.get_by_text("1 réponse n'est pas enregistrée")).to_be_visible()
    expect(page.get_by_text("Enregistré à")).to_have_count(0)
    assert page.locator("textarea").get_attribute("aria-invalid") == "true"
    axe(page)
    page.locator("textarea").fill("Les réponses ont servi.")
    expect(page.get_by_text("Enregistré à")).to_be_visible()
    expect(problem).to_have_count(0)
    watch.problems.clear()  # the console tells the 422


def test_a_page_left_open_says_when_nothing_is_kept_any_more_and_keeps_the_text(
    another, live_server, watch
) -> None:
    found = factory.accepted(assignment(), at=timezone.now())
    page = another()
    enter(page, live_server.url, found.mandate.user)
    page.goto(reverse("committee_review", args=[found.pk, "A1.1"]))
    actions.replace(assignment_pk=found.pk, at=timezone.now(), by=factory.secretary())
    page.locator("textarea").fill("Un texte long.")
    expect(page.get_by_role("alert").filter(has_text="Cette page n'enregistre plus rien.")).to_be_visible()
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_timeout(1500)
    expect(page.locator("textarea")).to_have_value("Un texte long.")
    watch.problems.clear()  # the console tells the 404


def test_a_page_left_open_after_sending_says_so_in_two_lines(another, live_server, watch) -> None:
    found = factory.filled(assignment(), at=timezone.now())
    page = another()
    enter(page, live_server.url, found.mandate.user)
    page.goto(reverse("committee_review", args=[found.pk, "A1.1"]))
    factory.submit(found, at=timezone.now())
    page.locator("textarea").fill("Un texte de trop.")
    expect(page.get_by_text("Votre évaluation est déjà envoyée")).to_be_visible()
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("textarea")).to_have_value("Un texte de trop.")
    watch.problems.clear()  # the console tells the 409


def test_the_pages_of_a_member_are_accessible(another, live_server, axe, fits, tmp_path) -> None:
    found = assignment()
    pages = [another(width=1280), another(width=360)]
    for page in pages:
        enter(page, live_server.url, found.mandate.user)

    def look(name: str, *args: object) -> None:
        seen(pages, reverse(name, args=args), axe, fits, tmp_path, name)

    look("committee_gate", found.pk)
    factory.filled(found, others={"A1.1": 4}, at=timezone.now())
    Score.objects.filter(criterion__in=["A2.1", "A5.3"]).delete()
    look("committee_reviews")
    look("committee_dossier", found.pk)
    look("committee_review", found.pk, "A1.1")
    look("committee_review", found.pk, "A3.3")
    look("committee_grid", found.pk)
    look("committee_send", found.pk)
    look("committee_alert", found.pk)
    look("committee_unavailable", found.pk)
    look("committee_stand_down", found.pk)
    look("committee_mandate")
    look("committee_interests")
    look("committee_pause")
    look("committee_done", "envoi")
    for page in pages:
        page.goto(reverse("committee_review", args=[found.pk, "A2.1"]))
        page.get_by_role("button", name="Enregistrer et continuer").click()
        axe(page)
        fits(page)
        page.screenshot(path=tmp_path / f"error-{page.viewport_size['width']}.png", full_page=True)


def test_the_pages_of_the_office_are_accessible(another, live_server, axe, fits, tmp_path) -> None:
    at = timezone.now() - timedelta(days=5)
    found = structure(name="Rives et Relais")
    application = factory.admissible(found, at=at)
    members = factory.committee(at=at)
    actions.declare_link(
        mandate_pk=members[0].pk,
        organisation_name="Rives et Relais",
        kind="officer",
        description="Ma sœur y travaille.",
        at=at,
        by=factory.member_actor(members[0]),
    )
    more = factory.member(college=members[0].college, at=at)
    people = {
        "secretary": staff(Role.SECRETARIAT),
        "ethics": staff(Role.ETHICS_OFFICER),
        "signatory": signatory(),
    }
    pages = {name: [another(width=1280), another(width=360)] for name in people}
    for name, user in people.items():
        for page in pages[name]:
            enter(page, live_server.url, user)

    def look(who: str, name: str, *args: object, called: str = "") -> None:
        seen(pages[who], reverse(name, args=args), axe, fits, tmp_path, called or name)

    look("secretary", "staff_members")
    look("secretary", "staff_approach")
    look("ethics", "staff_mandate", members[0].pk)
    look("signatory", "staff_mandate", factory.approached(at=at).pk, called="staff_mandate_approached")
    look("secretary", "staff_panel", application.reference)
    chosen = [more, *members[1:]]
    actions.name_panel(
        application_pk=application.pk,
        mandate_pks=[one.pk for one in chosen],
        at=at,
        by=factory.secretary(),
    )
    rows = factory.assignments_of(application)
    look("secretary", "staff_panel", application.reference, called="staff_panel_named")
    look("secretary", "staff_paper_grid", application.reference, rows[0].pk)
    for place, row in enumerate(rows):
        factory.submitted(row, value=place % 5, at=at)
    look("secretary", "staff_opinion", application.reference)
