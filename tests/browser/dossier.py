"""Filling the form of a dossier, whoever types: the association itself, or the office for somebody who wrote."""

from __future__ import annotations

from playwright.sync_api import expect

from label.questions import PLAIN_QUESTIONS
from tests.browser.people import Somebody, upload

SUMMARY = "Escale Anémone écoute les personnes touchées par un cancer et leurs proches, au téléphone."
SOLUTION = "Ligne d'écoute Anémone"
SENTENCE = "Nos statuts le disent, et cela se vérifie chaque année à l'assemblée."
ANSWERS = {
    "structure_summary": SUMMARY,
    "structure_people_helped": "240",
    "structure_volunteers": "34",
    "governance_last_meeting": "3 mars 2026",
    "governance_seats": "12",
    "governance_patients": "5",
    "governance_caregivers": "3",
    "contributors_exist": "yes",
    "funding_year": "2026",
    "funding_budget": "84 000,50",
    "funding_employees": "2",
    "funding_industry": "no",
    "funding_institute": "no",
    "funding_institute_partner": "no",
}


def fill(somebody: Somebody) -> None:
    """Sections 1 to 6, from the summary of the dossier; ends on the section of the charter."""
    somebody.follows("1. Structure")
    answer_questions(somebody, "structure")
    answer_questions(somebody, "governance")
    describe_solution(somebody)
    answer_questions(somebody, "contributors", partner=("Hôpital voisin", "Un local deux jours par semaine."))
    answer_questions(somebody, "funding")
    give_evidence(somebody)
    somebody.is_on("Charte")


def answer_questions(somebody: Somebody, section: str, *, partner: tuple[str, str] = ("", "")) -> None:
    """Every question of that section, then, where partners are asked for, one of them."""
    page, before = somebody.page, somebody.page.url
    for question in PLAIN_QUESTIONS:
        if question.section != section or question.when:
            continue
        text = ANSWERS.get(question.key, SENTENCE)
        if question.kind == "yes_no":
            somebody.ticks(page.locator(f"[name={question.key}][value={text}]"))
        else:
            page.locator(f"[name={question.key}]").fill(text)
    if partner[0]:
        page.locator("[name=name]").fill(partner[0])
        page.locator("[name=part]").fill(partner[1])
        somebody.presses("Ajouter à la liste")
        somebody.reads(partner[1])
    somebody.presses("Enregistrer et continuer")
    page.wait_for_url(lambda url: url != before)


def describe_solution(somebody: Somebody) -> None:
    """One action with its facets."""
    page = somebody.page
    somebody.fills("Nom de l'action", SOLUTION)
    somebody.presses("Ajouter une action")
    somebody.is_on("Décrire une action")
    somebody.fills("L'action en quelques phrases", "Une écoute par téléphone, six jours sur sept.")
    page.locator("[name=main_field]").select_option("PSY")
    for name, value in (
        ("fields_of_action", "AID"),
        ("cancers", "all"),
        ("audiences", "patient"),
        ("territory", "regional"),
        ("access", "phone"),
        ("is_free", "yes"),
    ):
        somebody.ticks(page.locator(f"[name={name}][value={value}]"))
    page.locator("[name=regions]").select_option("84")
    somebody.presses("Enregistrer et continuer")
    somebody.is_on("Actions proposées")
    expect(page.get_by_label(SOLUTION, exact=True)).to_be_checked()
    somebody.presses("Enregistrer et continuer")
    somebody.is_on("Personnes et partenaires pressentis")


def give_evidence(somebody: Somebody) -> None:
    """A sentence per criterion, and a document that shows the first one."""
    page = somebody.page
    page.locator("[name=upload]").set_input_files(upload("statuts.pdf", "Statuts de l'association"))
    page.locator("[name=description]").fill("Statuts signés")
    somebody.presses("Ajouter un document")
    somebody.reads("1 document sur 8")
    somebody.ticks(page.get_by_label("Statuts signés").first)
    for theme in range(1, 8):
        somebody.reads(f"Thème {theme} sur 7")
        for field in page.locator("textarea[name^=criterion_]").all():
            field.fill(SENTENCE)
        somebody.presses("Enregistrer et continuer")
