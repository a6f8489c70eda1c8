"""The public pages as people meet them: axe, the smallest phone, keyboard words, nothing but HTML."""

import re
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.actions.issuing import make_certificate
from label.models import Edition
from tests.certificates.seal.test_sealing import with_a_box
from tests.factories import certificates
from tests.factories.portal import granted, moved, solution, structure, suspended, with_condition
from tests.portal.test_badge import NAMES
from tests.portal.test_verification import STATES

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
    found += [reverse("badge_code", args=[label.number]) for label in labels]
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


# The words of the image, each inside the frame and clear of the others and of the icon.
OUTSIDE = """() => {
    const boxes = Array.from(document.querySelectorAll('text'), (one) => [one.textContent, one.getBBox()]);
    const wrong = boxes.filter(([, box]) =>
        box.x < 44 || box.x + box.width > 236 || box.y < 1 || box.y + box.height > 79);
    boxes.forEach(([words, box], place) => {
        const next = boxes[place + 1];
        if (next && box.y + 0.75 * box.height > next[1].y + 0.25 * next[1].height) { wrong.push([words, box]); }
    });
    return wrong.map(([words, box]) => `${words}: ${box.x} ${box.y} ${box.width} ${box.height}`);
}"""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_badge_keeps_its_words_inside_its_frame(page, language, watch):
    today = timezone.localdate()
    badges = [reverse("live_badge", args=[STATES[code][0](today).number]) for code in STATES]
    badges += [
        reverse("live_badge", args=[number])
        for number in ("LBL-2027-000123-28", "rien", "DOS-2027-000042-20")
    ]
    for address in badges:
        page.goto(f"{address}?langue={language}")
        assert page.evaluate(OUTSIDE) == [], address
        watch.problems.clear()  # a 404 is told to the console
    for name in NAMES.values():
        Edition.objects.update(title_fr=name[:200], title_en=name[:200])
        label = granted(name[:300], starts_on=today, ends_on=today + timedelta(days=900))
        page.goto(f"{reverse('live_badge', args=[label.number])}?langue={language}")
        assert page.evaluate(OUTSIDE) == [], name


def test_the_code_of_the_badge_is_selected_by_keyboard_and_copied(page, labels):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(reverse("badge_code", args=[labels[0].number]))
    code = page.get_by_label("Code HTML du badge")
    page.get_by_role("link", name="Sélectionner le code").press("Enter")
    assert code.evaluate("one => one === document.activeElement")
    assert code.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd) === one.value")
    page.get_by_role("button", name="Copier").press("Enter")
    page.get_by_role("button", name="Copié").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == code.input_value()
    shown = page.locator("main img")
    assert shown.evaluate("one => [one.naturalWidth, one.naturalHeight]") == [240, 80]


def test_the_code_of_the_badge_without_javascript(plain_page, labels):
    plain_page.goto(reverse("badge_code", args=[labels[0].number]))
    plain_page.get_by_role("link", name="Sélectionner le code").press("Enter")
    assert plain_page.get_by_role("button", name="Copier").count() == 0
    plain_page.keyboard.press("Control+A")
    code = plain_page.get_by_label("Code HTML du badge")
    assert code.evaluate("one => one === document.activeElement")
    assert code.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd) === one.value")


@contextmanager
def site(page):
    """A site of somebody else, of one page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args):
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_pasted_badge_is_seen_on_another_site_under_its_own_rules(another, labels, live_server, settings):
    """The page of somebody else, with the code as it was given: the image loads, and the link leads to the answer."""
    settings.PUBLIC_URL = live_server.url
    visitor = another()
    visitor.goto(reverse("badge_code", args=[labels[2].number]))
    code = visitor.get_by_label("Code HTML du badge").input_value()
    with site(
        f'<!doctype html><title>Une association</title><link rel="icon" href="data:,"><main>{code}</main>'
    ) as there:
        visitor.goto(there)
        visitor.wait_for_function("document.images[0].complete && document.images[0].naturalWidth === 240")
        visitor.get_by_role("link").press("Enter")
        visitor.wait_for_url(f"**/verifier/{labels[2].number}/")
    assert visitor.locator(".lb-state__word").inner_text() == "Label suspendu"
