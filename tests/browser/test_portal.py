"""The public pages as people meet them: axe, the smallest phone, keyboard words, nothing but HTML."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.actions.issuing import make_certificate
from tests.certificates.seal.test_sealing import with_a_box
from tests.factories import certificates
from tests.factories.portal import granted, moved, solution, structure, suspended, with_condition

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def labels():
    """One label of each look: valid, with a condition, suspended, withdrawn; the first has a great deal to say."""
    today = timezone.localdate()
    start, end = today - timedelta(days=30), today + timedelta(days=900)
    long_name = "Association des personnes touchées par un cancer et de leurs proches de la vallée de l'Arve"
    holder = structure(
        long_name, website="https://exemple.fr/une-adresse-tres-longue-qui-doit-se-couper", phone="0450000000"
    )
    many = tuple(
        solution(holder, f"Atelier {place}", facets="field=PSY field=AID region=84", remote=True)
        for place in range(3)
    )
    valid = granted(holder=holder, solutions=many, starts_on=start, ends_on=end)
    conditional = granted("Maison Bleue", starts_on=start, ends_on=end)
    with_condition(conditional, today + timedelta(days=40))
    paused = suspended(granted("Le Fil", starts_on=start, ends_on=end), today - timedelta(days=2))
    gone = moved(granted("Port Calme", starts_on=start, ends_on=end), "withdraw", today, ended_on=today)
    return [valid, conditional, paused, gone]


def addresses(labels):
    names = (
        "home",
        "verify",
        "verify_file",
        "contact",
        "accessibility",
        "personal_data",
        "legal_notice",
        "source_code",
        "log",
    )
    found = [reverse(name) for name in names]
    found += [f"{reverse('register')}?vue={view}" for view in ("liste", "tableau", "carte", "impression")]
    found += [f"{reverse('register')}?champ=PSY&lieu=84&q=atelier", f"{reverse('register')}?q=rien"]
    found += [reverse("verify_label", args=[label.number]) for label in labels]
    found += [
        f"{reverse('verify_label', args=[labels[0].number])}?date=hier",
        f"{reverse('verify')}?numero=LBL",
    ]
    found += [reverse("log_label", args=[labels[0].number])]
    return [*found, reverse("verify_label", args=["LBL-2027-000123-28"])]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_rule_of_accessibility_is_broken(page, axe, fits, labels, language):
    page.goto(reverse("set_language_simple", args=[language]))
    for address in addresses(labels):
        page.goto(address)
        axe(page)
        fits(page)


def test_from_the_home_page_to_the_answer_without_javascript(plain_page, labels):
    plain_page.goto("/")
    plain_page.get_by_label("Numéro du label").fill(labels[0].number.lower().replace("-", " "))
    plain_page.get_by_role("button", name="Vérifier").press("Enter")
    assert plain_page.url.endswith(f"/verifier/{labels[0].number}/")
    assert plain_page.locator(".lb-state__word").inner_text() == "Label valide"
    plain_page.get_by_label("Date", exact=False).fill("3 mars 1999")
    plain_page.get_by_role("button", name="Afficher l'état à cette date").click()
    assert "n'existait pas encore" in plain_page.get_by_role("status").inner_text()


def test_filters_without_javascript_on_a_phone(another, labels):
    phone = another(width=360, javascript=False)
    phone.goto("/annuaire/")
    phone.locator("label", has_text="Soutien psychologique").click()
    phone.get_by_label("Où ?").select_option("84")
    phone.get_by_role("button", name=re.compile("Afficher les \\d+ résultats")).click()
    assert "champ=PSY" in phone.url
    assert "2 associations labellisées, 1 label suspendu" in phone.get_by_role("status").inner_text()
    phone.get_by_role("link", name="Retirer le filtre Soutien psychologique").click()
    assert "champ=PSY" not in phone.url


def test_a_certificate_is_dropped_without_javascript(plain_page):
    now = timezone.now()
    label = certificates.label(at=now)
    made = make_certificate(certificate_pk=label.certificates.get().pk, at=now).newest_file()
    with made.content.open("rb") as stored:
        content = stored.read()
    for given, word in (
        (content, "Certificat authentique"),
        (with_a_box(content), "Fichier modifié"),
        (b"%PDF-1.7 nothing", "Fichier illisible"),
    ):
        plain_page.goto("/verifier/")
        plain_page.get_by_role("link", name="Déposez-le").click()
        file = {"name": "certificat.pdf", "mimeType": "application/pdf", "buffer": given}
        plain_page.get_by_label("Déposer le certificat").set_input_files(file)
        plain_page.get_by_role("button", name="Vérifier").first.click()
        assert plain_page.locator("#file-word").inner_text() == word
