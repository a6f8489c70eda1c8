"""Somebody in front of a browser: signed in at once, or through the pages as everybody does."""

from __future__ import annotations

import io
import re
from datetime import timedelta

from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from reportlab.pdfgen.canvas import Canvas

from accounts import second_factor
from accounts.models import User
from tests.factories.accounts import signed_in
from tests.reading import pdf_words, plain

expect.set_options(timeout=20_000)  # two cores shared by several browsers and servers


def enter(page: Page, address: str, user: User) -> None:
    """Sign that person in, in this browser, without the pages of the sign-in."""
    cookie = signed_in(Client(), user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": address}])


def a_pdf(*lines: str) -> bytes:
    """A true PDF of one page that says this."""
    made = io.BytesIO()
    canvas = Canvas(made)
    for place, line in enumerate(lines):
        canvas.drawString(72, 770 - 20 * place, line)
    canvas.save()
    return made.getvalue()


def upload(name: str, *lines: str) -> dict[str, object]:
    """That PDF, as a person chooses it in a file field."""
    return {"name": name, "mimeType": "application/pdf", "buffer": a_pdf(*lines)}


def work() -> None:
    """The background tasks that wait are done, as the worker beside the pages would."""
    call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)


def code_for(address: str) -> str:
    """The six digits of the last mail that this person received with a code."""
    subjects = [one.subject for one in mail.outbox if address in one.to]
    found = [re.match(r"(\d{3})\s(\d{3}) ", subject) for subject in subjects]
    return next(f"{one[1]}{one[2]}" for one in reversed(found) if one)


def subjects_to(address: str) -> list[str]:
    """The subjects of the mails that this person received, with plain spaces."""
    return [plain(one.subject) for one in mail.outbox if address in one.to]


class Somebody:
    """A person with a browser of their own, who reads, fills and presses."""

    def __init__(self, page: Page, email: str = "") -> None:
        self.page = page
        self.email = email
        self.secret = ""
        self.used: set[str] = set()

    def reads(self, words: str) -> None:
        """Wait until the page says this, whatever its kinds of spaces."""
        pattern = re.compile(r"\s".join(re.escape(part) for part in words.split(" ")))
        expect(self.page.get_by_text(pattern).first).to_be_visible()

    def is_on(self, title: str) -> None:
        """Wait for the page of that heading."""
        pattern = re.compile(r"\s".join(re.escape(part) for part in title.split(" ")))
        expect(self.page.locator("h1")).to_have_text(pattern)

    def presses(self, words: str) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=words, exact=True).first.click()

    def follows(self, words: str) -> None:
        """Follow the first link that says this."""
        self.page.get_by_role("link", name=words).first.click()

    def fills(self, label: str, text: str) -> None:
        """Write in the field of that label."""
        self.page.get_by_label(label).first.fill(text)

    def chooses(self, label: str) -> None:
        """Tick a box or choose an answer by its words."""
        self.ticks(self.page.get_by_label(label, exact=True).first)

    def ticks(self, field: Locator) -> None:
        """Tick that box or answer as a hand does: on its label, that the design stretches over it."""
        self.page.locator(f"label[for='{field.get_attribute('id')}']").click()
        expect(field).to_be_checked()

    def downloads(self, link: str) -> str:
        """Download the PDF behind that link; what it says."""
        with self.page.expect_download() as waited:
            self.follows(link)
        return pdf_words(waited.value.path().read_bytes())

    def signs_in(self) -> None:
        """By e-mail code, from the sign-in page on which they stand or to which they go."""
        if "/connexion/" not in self.page.url:
            self.page.goto("/compte/connexion/")
        self.fills("Adresse e-mail", self.email)
        self.presses("Recevoir le code")
        self.is_on("Regardez vos e-mails")
        self.page.get_by_label("Code", exact=True).fill(code_for(self.email))
        self.presses("Continuer")

    def declines_a_device(self) -> None:
        """« Plus tard »."""
        self.is_on("Ajouter cet appareil ?")
        self.presses("Plus tard")

    def enrols(self) -> None:
        """Set the application of codes up, as every person of the Institute does the first time."""
        self.is_on("Installer l'application de connexion")
        self.page.get_by_text("Je ne peux pas photographier").click()
        self.secret = self.page.locator(".lb-mono").inner_text().replace(" ", "")
        self.page.get_by_label("Code", exact=True).fill(self.shown())
        self.presses("Continuer")
        self.presses("J'ai gardé ces codes")

    def shown(self) -> str:
        """A code that the application shows about now and that was not given yet."""
        now = timezone.now()
        codes = [second_factor.code_at(self.secret, now + timedelta(seconds=shift)) for shift in (0, 30, -30)]
        fresh = next(code for code in codes if code not in self.used)
        self.used.add(fresh)
        return fresh


def of_the_institute(page: Page, email: str) -> Somebody:
    """Somebody of the Institute, for the first time: the e-mail code, then the application of codes."""
    somebody = Somebody(page, email)
    page.goto("/inca/")
    somebody.signs_in()
    somebody.enrols()
    page.wait_for_url("**/inca/**")
    return somebody
