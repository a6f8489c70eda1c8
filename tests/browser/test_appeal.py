"""An appeal in a real browser: lodged on a phone, answered point by point, signed, read back from its letters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Role
from accounts.second_factor import code_at, enrol
from decisions.models import Appeal
from label.models import Application
from letters import pdfs
from letters.models import Letter
from tests.browser.test_decisions import enter, looked_at
from tests.factories import appeals, decisions, structures
from tests.factories.accounts import signatory, staff
from tests.factories.structures import PDF
from tests.reading import pdf_words

pytestmark = pytest.mark.django_db(transaction=True)
Checks = Callable[[Page], None]


def words_of(letter: Letter) -> str:
    """The letter read back from its PDF."""
    stored = pdfs.make(letter.pk, at=timezone.now())
    assert stored is not None
    with stored.content.open("rb") as content:
        return pdf_words(content.read())


def test_an_appeal_from_the_decision_to_the_letter_that_answers_it(
    another, live_server, axe: Checks, fits: Checks, tmp_path: Path
) -> None:
    now = timezone.now()
    found = decisions.served_online(structures.structure(at=now), at=now)
    contested = appeals.inadmissible(found, at=now)
    user = contested.application.structure.representative()
    phone = enter(another(width=360), user, live_server)
    phone.goto(reverse("space_decisions"))
    looked_at(phone, axe, fits, "decisions-360", tmp_path)
    phone.get_by_role("link", name="Contester").click()
    looked_at(phone, axe, fits, "contest-360", tmp_path)
    phone.get_by_role("button", name="Déposer le recours").click()
    expect(phone.get_by_text("Dites ce que vous contestez.").first).to_be_visible()
    phone.get_by_label("Ce que vous contestez").fill("Nos comptes étaient joints, page 12.")
    phone.get_by_label("Ce que vous demandez").fill("Examiner le dossier.")
    phone.get_by_label("Fichiers").set_input_files(
        {"name": "comptes.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    phone.get_by_role("button", name="Déposer le recours").click()
    expect(phone.get_by_text("Votre recours est déposé.")).to_be_visible()
    looked_at(phone, axe, fits, "appeal-360", tmp_path)
    appeal = Appeal.objects.get()
    receipt = words_of(appeal.receipt)
    assert "Des personnes qui n'ont pas participé à la décision l'examineront." in receipt.replace("’", "'")
    assert "page 12" in receipt and "Télérecours citoyens" in receipt

    officer = staff(Role.APPEAL_OFFICER, first_name="Antoine", last_name="Roche")
    desk = enter(another(javascript=False), officer, live_server)
    eyes = enter(another(), officer, live_server)  # axe waits for timers: it never ends where scripts are off

    def look(name: str) -> None:
        eyes.goto(desk.url)
        looked_at(eyes, axe, fits, name, tmp_path)

    desk.goto(reverse("staff_appeals"))
    look("staff-appeals")
    desk.get_by_role("link", name=contested.application.structure.name).click()
    look("staff-appeal")
    desk.get_by_role("button", name="Examiner ce recours").click()
    desk.get_by_role("link", name="Préparer la réponse").click()
    desk.get_by_text("Faire droit au recours", exact=True).click()
    desk.locator("#id_what_changes").fill("Les pièces sont vérifiées de nouveau.")
    desk.locator("#id_points-0-answer").fill("C'est exact : les comptes y étaient.")
    desk.locator("#id_reasons_in_law").fill(decisions.IN_LAW)
    desk.locator("#id_reasons_in_fact").fill(decisions.IN_FACT)
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    look("answer")
    desk.get_by_role("button", name="Transmettre à la signature").click()

    signing = signatory(first_name="Denis", last_name="Kervella")
    secret = enrol(signing)
    act = Appeal.objects.get().answer
    page = enter(another(), signing, live_server)
    page.goto(reverse("staff_decision_sign", args=[act.pk]))
    looked_at(page, axe, fits, "sign-answer", tmp_path)
    page.locator("#id_code").fill(code_at(secret, timezone.now()))
    page.get_by_role("button", name="Signer la décision").click()
    expect(page.get_by_text("La décision est signée.")).to_be_visible()

    letter = Appeal.objects.get().answer.letter
    phone.goto(reverse("letter", args=[letter.pk]))
    answer = words_of(letter).replace("’", "'")
    assert "Nous faisons droit à votre recours." in answer
    assert "C'est exact : les comptes y étaient." in answer.replace("\u202f", " ").replace("\xa0", " ")
    phone.goto(reverse("space_decisions"))
    expect(phone.get_by_text("Remplacée").first).to_be_visible()
    looked_at(phone, axe, fits, "replaced-360", tmp_path)
    assert Application.objects.get(reopens=contested.application).state == "submitted"
    assert Client().get(reverse("appeal", args=[appeal.pk])).status_code == 302
