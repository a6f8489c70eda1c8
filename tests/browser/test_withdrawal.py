"""A withdrawal in a real browser, from its opening to its act; the letters are read back from their PDFs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.second_factor import code_at, enrol
from certificates.actions.withdrawals import open_hearing
from certificates.models import Hearing, Label, Withdrawal
from decisions.models import Decision
from letters import pdfs
from letters.models import Letter
from tests.browser.people import enter
from tests.factories import certificates, decisions, measures, withdrawals
from tests.factories.accounts import signatory
from tests.factories.structures import structure
from tests.reading import pdf_words

pytestmark = pytest.mark.django_db(transaction=True)
Checks = Callable[[Page], None]


def read(letter: Letter) -> str:
    """What the PDF of that letter says, as another program reads it."""
    made = pdfs.make(letter.pk, at=timezone.now())
    with made.content.open("rb") as content:
        return pdf_words(content.read())


def looked_at(page: Page, axe: Checks, fits: Checks, name: str, pictures: Path) -> None:
    axe(page)
    fits(page)
    page.screenshot(path=pictures / f"{name}.png", full_page=True)


def aged(days: int) -> None:
    """Those days pass: the time to answer is over, and that of the post after it."""
    over = timedelta(days=days + settings.OBSERVATIONS_POST_DAYS)
    Hearing.objects.update(answer_until=timezone.localdate() - over)


def test_a_label_is_withdrawn_step_by_step(
    another, live_server, axe: Checks, fits: Checks, tmp_path: Path
) -> None:
    begun = timezone.now() - timedelta(days=90)
    label = certificates.label(structure(name="Escale Anémone", at=begun), at=begun)
    officer, president = label.application.case_officer, label.structure.representative()
    boss: User = signatory(first_name="Irène", last_name="Valmy")
    secret = enrol(boss)

    def of(user: User, width: int = 1280) -> Page:
        page = another(width=width)
        enter(page, live_server.url, user)
        return page

    desk, signing, space = of(officer), of(boss), of(president, width=360)

    # Opened: the association sees nothing.
    desk.goto(reverse("staff_label", args=[label.number]))
    desk.get_by_role("link", name="Ouvrir une procédure de retrait").click()
    desk.locator("#id_facts").fill("Trois personnes disent que la permanence n'ouvre plus.")
    looked_at(desk, axe, fits, "opening", tmp_path)
    desk.get_by_role("button", name="Ouvrir la procédure").click()
    expect(desk.get_by_text("Ce qui protège l'association à cette étape")).to_be_visible()
    looked_at(desk, axe, fits, "opened", tmp_path)
    found = Withdrawal.objects.get()
    assert space.goto(reverse("procedure", args=[found.pk])).status == 404

    # The grounds: written by the officer, signed by somebody else.
    desk.get_by_role("link", name="Notifier les motifs").click()
    desk.locator("#id_grounds-0-fact").fill(measures.GROUND.fact)
    desk.locator("#id_grounds-0-text_breached").fill(measures.GROUND.text_breached)
    desk.locator("#id_grounds-0-source").fill(measures.GROUND.source)
    looked_at(desk, axe, fits, "grounds", tmp_path)
    desk.get_by_role("button", name="Transmettre à la signature").click()
    expect(desk.get_by_text("À la signature", exact=True)).to_be_visible()
    signing.goto(reverse("staff_withdrawal", args=[found.pk]))
    signing.get_by_role("link", name="Lire et signer").click()
    looked_at(signing, axe, fits, "sign-step", tmp_path)
    signing.locator("#id_code").fill(code_at(secret, timezone.now()))
    signing.get_by_role("button", name="Signer", exact=True).click()
    expect(signing.get_by_text("L'étape est signée.")).to_be_visible()
    hearing = open_hearing(found)
    told = read(hearing.letter)
    for part in (measures.GROUND.fact, "retrait du label", "30 jours", "assister ou représenter"):
        assert part in told, part
    measures.received(hearing.letter, at=timezone.now())

    # The association reads and answers, on a telephone.
    space.goto(reverse("procedure", args=[found.pk]))
    expect(space.get_by_role("heading", name="Procédure sur votre label")).to_be_visible()
    looked_at(space, axe, fits, "association-360", tmp_path)
    wide = of(president)
    wide.goto(reverse("procedure", args=[found.pk]))
    looked_at(wide, axe, fits, "association-1280", tmp_path)
    space.get_by_role("link", name="Répondre par écrit").click()
    space.locator("#id_text").fill("La salle a brûlé. Nous rouvrons au printemps.")
    space.get_by_role("button", name="Envoyer ma réponse").click()
    expect(space.get_by_text("La salle a brûlé.")).to_be_visible()
    aged(1)

    desk.goto(reverse("staff_withdrawal", args=[found.pk]))
    looked_at(desk, axe, fits, "hearing", tmp_path)
    desk.get_by_role("button", name="Terminer le temps de réponse").click()
    expect(desk.get_by_text("Le comité donne son avis")).to_be_visible()
    withdrawals.advised(withdrawals.fresh(found), at=timezone.now() - timedelta(days=40))

    # The decision: each observation answered, on the notified ground, then signed.
    desk.goto(reverse("staff_withdrawal", args=[found.pk]))
    looked_at(desk, axe, fits, "advised", tmp_path)
    desk.get_by_role("link", name="Préparer la décision").click()
    desk.locator("#id_reasons_in_law").fill(decisions.IN_LAW)
    desk.locator("#id_reasons_in_fact").fill(decisions.IN_FACT)
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(desk.get_by_text("Répondez à ce que la structure a dit")).to_be_visible()
    looked_at(desk, axe, fits, "decide", tmp_path)
    desk.locator("[name^=answer_]").fill(
        "Le sinistre date de l'an passé ; aucune autre salle n'a été cherchée."
    )
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    desk.get_by_role("button", name="Transmettre à la signature").click()
    decision = Decision.objects.get(measure__withdrawal=found)
    signing.goto(reverse("staff_decision_sign", args=[decision.pk]))
    looked_at(signing, axe, fits, "sign-act", tmp_path)
    signing.locator("#id_code").fill(code_at(secret, timezone.now() + timedelta(seconds=30)))
    signing.get_by_role("button", name="Signer la décision").click()
    expect(signing.get_by_text("La décision est signée.")).to_be_visible()

    # Nobody knows before the receipt; then the verification page says it, and nothing of the reasons.
    space.goto(reverse("procedure", args=[found.pk]))
    expect(space.get_by_text("L'Institut prépare sa décision.")).to_be_visible()
    decision = Decision.objects.get(pk=decision.pk)
    told = read(decision.letter)
    for part in (
        "pour l'avenir (abrogation)",
        measures.GROUND.fact,
        "Observation 1",
        "aucune autre salle n'a été cherchée",
        "retirer le label",
        "Recours gracieux",
        "Télérecours citoyens",
        "30 jours",
    ):
        assert part in told, part
    decisions.receive(decision, at=timezone.now())
    assert Label.objects.get(pk=label.pk).state == "withdrawn"
    public = another()
    public.goto(reverse("verify_label", args=[label.number]))
    expect(public.get_by_text("Label retiré").first).to_be_visible()
    expect(public.get_by_text("permanence du mardi")).to_have_count(0)
    space.goto(reverse("procedure", args=[found.pk]))
    looked_at(space, axe, fits, "ended-360", tmp_path)
    desk.goto(reverse("staff_withdrawals"))
    looked_at(desk, axe, fits, "list", tmp_path)
