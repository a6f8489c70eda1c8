"""The same dossier, come by post from somebody without an e-mail address: the office types it for her."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Role
from deadlines.calendar import add_months
from label.models import Application
from letters.models import Letter
from letters.typography import french_date
from tests.browser.dossier import SENTENCE, SOLUTION, fill
from tests.browser.people import Somebody, of_the_institute, upload, work
from tests.factories import label
from tests.factories.accounts import staff
from tests.factories.structures import register_entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house():
    """A norm, a charter, the register, the secretariat."""
    label.ready_for_applications(at=timezone.now() - timedelta(days=30))
    register_entry("W990000002", title="RIVES ET RELAIS", postal_code="58000", city="Nevers")
    staff(Role.SECRETARIAT, email="samira@inca.exemple.fr", first_name="Samira", last_name="Benali")


def test_a_dossier_that_came_by_post_is_filed_for_somebody_without_e_mail(house, another):
    posted = timezone.localdate() - timedelta(days=3)
    samira = of_the_institute(another(), "samira@inca.exemple.fr")
    enter(samira, posted)
    fill(samira)
    keep_the_signed_charter(samira, posted)
    reference = file_it(samira)
    read_the_clocks(samira, reference, posted)
    print_the_letters(samira, reference)
    assert {one for message in mail.outbox for one in message.to} == {samira.email}


def enter(samira: Somebody, posted: date) -> None:
    samira.follows("Dossiers")
    samira.follows("Saisir un dossier reçu")
    samira.fills("Nom ou numéro de la structure", "Rives et Relais")
    samira.presses("Chercher")
    samira.reads("Aucune structure trouvée.")
    samira.follows("Nouvelle structure")
    samira.fills("Nom de la structure", "Rives et Relais")
    samira.page.locator("[name=raw_number]").fill("W990000002")
    samira.fills("Adresse du siège", "18 rue de la Loire")
    samira.fills("Code postal", "58000")
    samira.fills("Commune", "Nevers")
    samira.fills("Prénom de la personne", "Odette")
    samira.fills("Son nom", "Schmitt")
    samira.fills("Sa qualité", "Présidente")
    samira.presses("Enregistrer et continuer")
    samira.is_on("Saisir un dossier reçu")
    samira.reads("représentée par Odette Schmitt")
    samira.ticks(samira.page.locator("[name=means][value=post]"))
    samira.fills("Reçu le", written(timezone.localdate()))
    samira.presses("Commencer la saisie")
    samira.reads("Indiquez la date du cachet de la poste : c'est elle qui compte.")
    samira.fills("Date du cachet de la poste", written(posted))
    samira.page.locator("[name=scan]").set_input_files(upload("dossier.pdf", "Dossier reçu"))
    samira.presses("Commencer la saisie")
    samira.is_on("Votre dossier")
    samira.reads("Saisi par Samira Benali pour Odette Schmitt")


def keep_the_signed_charter(samira: Somebody, posted: date) -> None:
    samira.follows("Continuer")
    samira.reads("Il manque une chose avant de déposer.")
    samira.page.locator(".lb-missing a").click()
    samira.is_on("Charte")
    samira.follows("Enregistrer la charte signée à la main")
    write_back(samira)
    samira.fills("Qualité", "Présidente")
    samira.fills("Date de la signature", written(posted))
    samira.page.locator("[name=scan]").set_input_files(upload("charte.pdf", "Charte signée à la main"))
    samira.presses("Enregistrer la signature")
    samira.reads("Signature enregistrée.")


def write_back(samira: Somebody) -> None:
    """No number was declared to call: who signed by hand answers a letter, before the paper is kept."""
    paper = samira.page.url
    samira.follows("Appelez d'abord la personne au numéro déclaré")
    samira.is_on("Vérifier qui a signé à la main")
    samira.ticks(samira.page.locator("[name=way][value=letter]"))
    samira.fills("Quel jour ?", written(timezone.localdate()))
    samira.ticks(samira.page.locator("[name=result][value=confirmed]"))
    samira.fills("Qui a répondu ?", "Odette Schmitt, présidente")
    samira.page.locator("[name=proof]").set_input_files(upload("reponse.pdf", "J'ai signé la charte."))
    samira.presses("Enregistrer")
    samira.reads("C'est noté.")
    samira.page.goto(paper)


def file_it(samira: Somebody) -> str:
    found = Application.objects.get()
    samira.follows(found.reference)
    samira.is_on("Votre dossier")
    samira.follows("8. Vérifier et déposer")
    samira.reads(SENTENCE)
    samira.follows("Continuer vers le dépôt")
    samira.reads("Saisi par Samira Benali pour Odette Schmitt")
    samira.presses("Déposer le dossier")
    samira.reads("Dossier déposé")
    assert re.search("Rives et Relais", samira.downloads("Télécharger l'accusé de réception (PDF)"))
    work()
    return found.reference


def read_the_clocks(samira: Somebody, reference: str, posted: date) -> None:
    """The postmark is shown; the clocks of the Institute run from the day of receipt."""
    samira.page.goto(f"/inca/dossiers/{reference}/")
    samira.reads("Déposé, à vérifier")
    samira.reads(french_date(posted))
    received = timezone.localdate()
    samira.reads(french_date(received + timedelta(days=15)))
    samira.reads(french_date(add_months(received, 2)))


def print_the_letters(samira: Somebody, reference: str) -> None:
    samira.presses("Préparer la lettre de relecture")
    samira.follows("Voir la lettre de relecture")
    work()
    samira.page.reload()
    read_back = samira.downloads("La lettre à imprimer (PDF)")
    assert "Odette Schmitt" in read_back
    assert SENTENCE in read_back
    assert SOLUTION in read_back
    samira.follows("Retour aux courriers")
    samira.is_on("Courriers")
    for letter in Letter.objects.filter(thread__reference=reference):
        samira.reads(letter.reference)
    assert {letter.channel for letter in Letter.objects.all()} == {Letter.Channel.POST}


def written(day: date) -> str:
    """The day as people type it."""
    return day.strftime("%d/%m/%Y")
