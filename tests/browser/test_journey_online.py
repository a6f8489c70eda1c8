"""The whole path through the pages: from sign-up by e-mail code to the certificate that anybody checks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from tests.browser.dossier import SENTENCE, SOLUTION, SUMMARY, fill
from tests.browser.people import Somebody, code_for, of_the_institute, subjects_to, upload, work
from tests.factories import label, reviewers
from tests.factories.accounts import person, signatory, staff
from tests.factories.structures import register_entry
from tests.reading import pdf_words, plain

pytestmark = pytest.mark.django_db(transaction=True)

REASONS = (
    "Le comité a lu le dossier : les actions répondent à un besoin dit par les personnes concernées. " * 4
)
IN_LAW = (
    "Vu la décision qui crée le label associatif et fixe son référentiel, et l'avis rendu par le comité. " * 4
)
IN_FACT = "Les patients et les aidants prennent part aux décisions, et les intervenants sont formés. " * 4
COLLEGES = ("patients", "caregivers", "professionals")


@pytest.fixture
def house():
    """What the Institute has before anybody comes: a norm, a charter, its people, a committee, the register."""
    at = timezone.now() - timedelta(days=30)
    label.ready_for_applications(at=at)
    register_entry("W990000001", title="ESCALE ANEMONE", address="3 rue des Anémones")
    staff(Role.CASE_OFFICER, email="claire@inca.exemple.fr", first_name="Claire", last_name="Vasseur")
    staff(Role.SECRETARIAT, email="samira@inca.exemple.fr", first_name="Samira", last_name="Benali")
    signatory("helene@inca.exemple.fr", first_name="Hélène", last_name="Marchand")
    staff(Role.APPEAL_OFFICER)
    for place, college in enumerate(college for college in COLLEGES for _ in range(2)):
        user = person(f"membre{place}@exemple.fr", first_name="Membre", last_name=f"Numéro {place}")
        reviewers.member(user=user, college=college, at=at)


def test_from_sign_up_to_a_certificate_that_anybody_checks(house, another):
    nadia = Somebody(another(), "nadia@exemple.fr")
    sign_up(nadia)
    open_the_space(nadia)
    reference = fill_the_dossier(nadia)
    sign_the_charter(nadia, reference)
    file_it(nadia, reference)
    claire = take_the_file(another(), reference)
    conclude_on_the_register(claire)
    ask_a_document(claire, reference)
    answer(nadia, reference)
    admit(claire, reference)
    write_the_facts(claire)
    samira = name_the_panel(another(), reference)
    review_one_criterion_at_a_time(another(), "membre0@exemple.fr")
    for place in range(1, 6):
        review_on_one_page(another(), f"membre{place}@exemple.fr")
    record_the_opinion(samira, reference)
    prepare_the_decision(claire, reference)
    sign_the_decision(another(), reference)
    number = open_the_letter(nadia, reference)
    check_in_public(another(), number)


def sign_up(nadia: Somebody) -> None:
    nadia.page.goto("/")
    nadia.follows("Demander le label")
    nadia.is_on("Demander le label")
    nadia.follows("Commencer le dossier")
    nadia.signs_in()
    nadia.is_on("Comment vous appelez-vous ?")
    nadia.fills("Prénom", "Nadia")
    nadia.page.get_by_label("Nom", exact=True).fill("Brossard")
    nadia.presses("Continuer")
    nadia.declines_a_device()


def open_the_space(nadia: Somebody) -> None:
    nadia.page.goto("/espace/")
    nadia.follows("Trouver ma structure")
    nadia.is_on("Quelle est votre structure ?")
    nadia.chooses("Elle a un numéro RNA (W…)")
    nadia.presses("Continuer")
    nadia.fills("Nom de la structure", "Escale Anémone")
    nadia.fills("Numéro RNA", "W99000000")
    nadia.presses("Chercher")
    nadia.reads("Vous en avez écrit 9")
    nadia.fills("Numéro RNA", "w 990 000 001")
    nadia.presses("Chercher")
    nadia.is_on("Est-ce bien elle ?")
    nadia.reads("3 rue des Anémones")
    nadia.chooses("Oui, je la représente : je signe et je dépose")
    nadia.fills("Qualité", "Présidente")
    nadia.presses("Oui, c'est elle")
    nadia.is_on("Escale Anémone")
    nadia.follows("Personnes")
    nadia.follows("Voir ou changer")
    nadia.chooses("En ligne")
    nadia.presses("Enregistrer mon choix")
    nadia.reads("Vous les recevez en ligne depuis le")


def fill_the_dossier(nadia: Somebody) -> str:
    nadia.page.goto("/demander/")
    nadia.presses("Commencer le dossier")
    nadia.is_on("Votre dossier")
    reference = re.search(r"DOS-\d{4}-\d{6}-\d\d", nadia.page.url)[0]
    nadia.follows("8. Vérifier et déposer")
    nadia.reads("choses avant de déposer")
    nadia.follows("Retour au dossier")
    fill(nadia)
    return reference


def sign_the_charter(nadia: Somebody, reference: str) -> None:
    nadia.follows("Continuer")
    nadia.reads("Il manque une chose avant de déposer.")
    nadia.page.locator(".lb-missing a").click()
    nadia.is_on("Charte")
    nadia.follows("Lire et signer la charte")
    nadia.is_on("Signer la charte d'engagement")
    nadia.fills("Qualité", "Présidente")
    nadia.page.get_by_text("J'ai lu la charte").click()
    nadia.presses("Recevoir le code de signature")
    nadia.is_on("Regardez vos e-mails")
    nadia.page.get_by_label("Code").fill(code_for(nadia.email))
    nadia.presses("Signer la charte")
    nadia.reads("Charte signée le")
    assert "Nadia Brossard" in nadia.downloads("Télécharger l'attestation (PDF)")


def file_it(nadia: Somebody, reference: str) -> None:
    nadia.page.goto("/espace/")
    nadia.follows("Continuer")
    nadia.follows("8. Vérifier et déposer")
    nadia.reads(SENTENCE)
    nadia.follows("Continuer vers le dépôt")
    nadia.is_on("Déposer le dossier")
    nadia.presses("Déposer le dossier")
    nadia.reads("Dossier déposé")
    receipt = nadia.downloads("Télécharger l'accusé de réception (PDF)")
    assert reference in receipt
    assert "Escale Anémone" in receipt
    work()
    assert f"Dossier déposé : Escale Anémone ({reference})" in subjects_to(nadia.email)


def take_the_file(page, reference: str) -> Somebody:
    claire = of_the_institute(page, "claire@inca.exemple.fr")
    claire.page.goto(f"/inca/dossiers/{reference}/")
    claire.reads("Restent libres pour un recours")
    claire.presses("Prendre le dossier")
    claire.reads("Suivi par Claire Vasseur")
    return claire


def conclude_on_the_register(claire: Somebody) -> None:
    claire.reads("Ce qu'il manque avant de déclarer recevable")
    claire.page.locator("#register").get_by_role("link", name="Conclure").first.click()
    claire.is_on("Conclure sur la réponse du registre")
    claire.ticks(claire.page.locator("[name=conclusion][value=confirmed]"))
    claire.presses("Enregistrer ma conclusion")


def ask_a_document(claire: Somebody, reference: str) -> None:
    claire.page.goto(f"/inca/dossiers/{reference}/")
    claire.follows("Demander des pièces")
    claire.ticks(claire.page.locator("[name=ask_paper_accounts]"))
    claire.page.locator("[name=why_paper_accounts]").fill("Les comptes joints sont ceux d'avant.")
    claire.presses("Voir la lettre")
    claire.reads("Aperçu de la lettre")
    claire.presses("Envoyer la lettre")
    claire.reads("Incomplet")
    work()


def answer(nadia: Somebody, reference: str) -> None:
    assert any("pièce" in subject for subject in subjects_to(nadia.email))
    nadia.page.goto("/espace/")
    nadia.follows("Répondre à la demande")
    nadia.is_on("Envoyer les pièces demandées")
    nadia.reads("Les comptes joints sont ceux d'avant.")
    nadia.fills("Votre réponse", "Voici les comptes approuvés.")
    nadia.page.locator("input[type=file]").set_input_files(upload("comptes.pdf", "Comptes approuvés"))
    nadia.presses("Envoyer les pièces")
    nadia.is_on("Pièces envoyées")


def admit(claire: Somebody, reference: str) -> None:
    claire.page.goto(f"/inca/dossiers/{reference}/")
    claire.reads("5 documents n'ont pas encore de constat")
    claire.follows("Vérifier les pièces")
    claire.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    for field in claire.page.locator("[name^=verdict_paper_][value=present]").all():
        claire.ticks(field)
    claire.presses("Enregistrer les constats")
    claire.page.goto(f"/inca/dossiers/{reference}/")
    claire.presses("Déclarer recevable")
    claire.reads("Recevable, panel à composer")


def write_the_facts(claire: Somebody) -> None:
    """Beside the criteria that the edition names, before the panel reads."""
    claire.page.goto("/inca/")
    claire.follows("Écrire les constats avant le panel")
    claire.is_on("Constats de l'Institut")
    for field in claire.page.locator("textarea[name^=text_]").all():
        field.fill("Les statuts déposés le disent, article 2.")
    claire.presses("Enregistrer les constats")
    claire.reads("Les constats sont enregistrés.")
    assert not claire.page.get_by_text("avant de composer le panel").count()


def name_the_panel(page, reference: str) -> Somebody:
    samira = of_the_institute(page, "samira@inca.exemple.fr")
    samira.page.goto(f"/inca/dossiers/{reference}/")
    samira.follows("Composer le panel")
    samira.is_on("Panel")
    samira.follows("Résumé en langage simple")
    samira.fills("Résumé en langage simple", "Une ligne d'écoute pour les proches, tous les soirs.")
    samira.presses("Enregistrer le résumé")
    samira.page.goto(f"/inca/dossiers/{reference}/panel/")
    for place in range(6):
        samira.chooses(f"Membre Numéro {place}")
    samira.presses("Inviter les membres choisis")
    samira.reads("Membres sollicités")
    work()
    return samira


def accept(page, email: str) -> Somebody:
    """A member signs in, states that there is no link, and opens the dossier."""
    assert "Une évaluation vous est proposée" in subjects_to(email)
    member = Somebody(page, email)
    member.signs_in()
    member.declines_a_device()
    member.is_on("Bonjour Membre")
    member.follows("Répondre")
    member.is_on("Avez-vous un lien avec ce dossier ?")
    member.reads(SUMMARY)
    assert "Ligne d'écoute" not in plain(page.locator("main").inner_text())
    member.chooses("Je n'ai aucun lien avec ce dossier")
    member.presses("Ouvrir le dossier")
    member.is_on("Escale Anémone")
    return member


def review_one_criterion_at_a_time(page, email: str) -> None:
    member = accept(page, email)
    member.follows("Continuer mon évaluation")
    member.is_on("Escale Anémone")
    kept = page.request.get(page.get_by_role("link", name="Statuts signés").get_attribute("href"))
    assert "Statuts de l'association" in pdf_words(kept.body())
    for place in range(1, 27):
        member.reads(f"Critère {place} sur 26")
        page.locator("input[type=radio][value='3']").check()
        member.presses("Enregistrer et continuer")
    send(member)


def review_on_one_page(page, email: str) -> None:
    member = accept(page, email)
    member.follows("Voir toute la grille sur une page")
    member.reads("0 critères sur 26")
    for field in page.locator("input[type=radio][value='3']").all():
        field.check()
    page.get_by_role("button", name=re.compile(r"Enregistrer le thème \d")).last.click()
    member.reads("26 critères sur 26")
    member.follows("Relire mes notes et envoyer mon évaluation")
    send(member)


def send(member: Somebody) -> None:
    member.is_on("Envoyer mon évaluation")
    member.chooses("Favorable")
    member.presses("Envoyer mon évaluation")
    member.is_on("Évaluation envoyée")


def record_the_opinion(samira: Somebody, reference: str) -> None:
    samira.page.goto(f"/inca/dossiers/{reference}/")
    samira.follows("Noter l'avis du comité")
    samira.reads("75,0 %")
    samira.chooses("Favorable")
    samira.fills("Motifs de l'avis", REASONS)
    samira.chooses(SOLUTION)
    samira.fills("Votes pour", "5")
    samira.fills("Votes contre", "0")
    samira.fills("Abstentions", "1")
    for college in ("Patients", "Aidants", "Professionnels de santé"):
        samira.fills(f"Présents du collège « {college} »", "2")
    samira.page.locator("[name=minutes]").set_input_files(upload("pv.pdf", "Procès-verbal signé"))
    samira.fills("Avis adopté le", timezone.localdate().strftime("%d/%m/%Y"))
    samira.presses("Enregistrer l'avis")
    samira.reads("Avis rendu")


def prepare_the_decision(claire: Somebody, reference: str) -> None:
    claire.page.goto(f"/inca/dossiers/{reference}/")
    claire.follows("Préparer une décision")
    claire.is_on("Préparer la décision")
    claire.ticks(claire.page.locator("[name=kind][value=grant]"))
    claire.fills("En droit", IN_LAW)
    claire.presses("Enregistrer")
    claire.reads("Ce qu'il manque avant de transmettre à la signature")
    claire.fills("En fait", IN_FACT)
    claire.presses("Enregistrer")
    claire.presses("Transmettre à la signature")
    claire.reads("Transmise à la signature")


def sign_the_decision(page, reference: str) -> None:
    helene = of_the_institute(page, "helene@inca.exemple.fr")
    helene.page.goto("/inca/")
    helene.page.locator(".lb-task a").first.click()
    if page.get_by_role("link", name="Lire et signer").count():
        helene.follows("Lire et signer")
    helene.reads("La lettre telle qu'elle partira")
    helene.fills("Code de votre application", helene.shown())
    helene.presses("Signer la décision")
    helene.reads("La décision est signée.")
    work()


def open_the_letter(nadia: Somebody, reference: str) -> str:
    assert "Une décision est disponible : Escale Anémone" in subjects_to(nadia.email)
    nadia.page.goto("/espace/")
    nadia.follows("Ouvrir la lettre")
    letter = nadia.downloads("Télécharger la lettre (PDF)")
    assert SOLUTION in letter
    assert "Hélène Marchand" in letter
    nadia.page.goto("/espace/label/")
    number = re.search(r"LBL-\d{4}-\d{6}-\d\d", nadia.page.locator("h1").inner_text())[0]
    certificate = nadia.downloads("Télécharger le certificat (PDF)")
    assert number in certificate
    assert "Escale Anémone" in certificate
    return number


def check_in_public(page, number: str) -> None:
    visitor = Somebody(page)
    page.goto("/")
    visitor.fills("Numéro du label", number.lower().replace("-", " "))
    visitor.presses("Vérifier")
    visitor.reads("Label valide")
    visitor.reads(SOLUTION)
    assert page.url.endswith(f"/verifier/{number}/")
    visitor.follows("Annuaire")
    visitor.reads("1 association labellisée")
    visitor.follows("Escale Anémone")
    visitor.reads("Label valide")
