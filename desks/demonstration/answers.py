"""What the structures of the demonstration answer: plain sentences about what they do, never a named patient."""

from __future__ import annotations

import io
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from desks.demonstration.structures import Told
from label.models import Edition
from label.questions import Question, questions_of
from letters.typography import french_date

EVIDENCE = {
    "A1": (
        "Nos statuts disent que l'aide est gratuite et ouverte à toute personne touchée par un cancer, sans "
        "condition de revenu, d'origine ou de croyance. Le règlement intérieur le rappelle, et il est affiché "
        "dans notre local. Nous travaillons avec deux autres associations de la ville."
    ),
    "A2": (
        "L'action est née d'une enquête auprès de quatre-vingts personnes, malades et proches, et de trois "
        "réunions publiques. Chaque année, un questionnaire court dit ce qui a aidé et ce qui a manqué ; "
        "le programme change en conséquence."
    ),
    "A3": (
        "L'assemblée générale se réunit chaque année. Cinq des douze membres du conseil ont eu un cancer et "
        "trois sont des proches. Une vice-présidente peut remplacer à tout moment. Une convention lie "
        "l'association à l'hôpital."
    ),
    "A4": (
        "Les comptes sont présentés à l'assemblée générale et publiés sur notre site. Nous tenons la liste "
        "de toute aide reçue d'une entreprise. Aucun financeur ne relit nos contenus."
    ),
    "A5": (
        "Nos documents citent leurs sources et portent une date. Les intervenants sont diplômés, suivent une "
        "formation chaque année et ne remplacent jamais un soin. Une fiche dit quoi faire en cas d'urgence. "
        "Un cahier recueille les réclamations, auxquelles nous répondons en quinze jours."
    ),
    "A6": (
        "Nous notons le moins possible : un prénom et un téléphone. Les dossiers papier sont sous clé, "
        "l'ordinateur est protégé, et chacun peut demander à voir ou à effacer ce qui le concerne."
    ),
    "A7": (
        "Tout est gratuit. On peut venir, téléphoner ou écrire ; rien n'oblige à passer par internet. "
        "Le local est de plain-pied, et nos textes sont relus par des personnes qui lisent difficilement."
    ),
}
PLAIN = {
    "governance_bodies": "L'assemblée générale fixe les orientations, le conseil de douze personnes décide, le bureau "
    "de quatre personnes suit les affaires courantes.",
    "governance_elections": "Les membres élisent le conseil pour trois ans, par tiers chaque année, à bulletin secret.",
    "governance_seats": "12",
    "governance_patients": "5",
    "governance_caregivers": "3",
    "governance_participation": "Ils votent au conseil et coprésident le groupe qui prépare chaque nouvelle action.",
    "structure_volunteers": "34",
    "contributors_exist": "yes",
    "funding_employees": "2",
    "funding_budget": "86 400,00",
    "funding_sources": "Cotisations et dons pour la moitié, ville et département pour le reste.",
    "funding_industry": "no",
    "funding_institute": "no",
    "funding_institute_partner": "no",
}
SECOND_CONTACT = "Secrétariat de l'association, 01 00 00 00 00"
PAPERS = (
    ("statuts.pdf", "Statuts signés", ("A1.1", "A3.1")),
    ("rapport-activite.pdf", "Rapport d'activité de l'an dernier", ("A2.4", "A2.2", "A7.3")),
    ("comptes.pdf", "Comptes approuvés de l'an dernier", ("A4.1",)),
)


def answer_to(question: Question, told: Told, today: date) -> str:
    """What that structure answers; empty for what it leaves empty."""
    by_key = {
        "structure_summary": told.summary,
        "structure_people_helped": str(told.helped),
        "structure_second_contact": SECOND_CONTACT if told.editor is None else "",
        "governance_last_meeting": french_date(today - timedelta(days=160)),
        "funding_year": str(today.year - 1),
    }
    if question.criterion:
        return EVIDENCE[question.criterion.split(".")[0]]
    return by_key.get(question.key, PLAIN.get(question.key, ""))


def answers_of(told: Told, edition: Edition, today: date) -> dict[str, str]:
    """Every answer of that structure, by question."""
    with override("fr"):
        found = {question.key: answer_to(question, told, today) for question in questions_of(edition)}
    return {key: text for key, text in found.items() if text}


def paper(name: str, title: str, structure: str) -> SimpleUploadedFile:
    """A page of PDF that says what it is."""
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  (heavy, and only the demonstration draws here)

    content = io.BytesIO()
    page = Canvas(content, invariant=1)
    page.setTitle(f"{title} – {structure}")
    page.setFont("Helvetica-Bold", 16)
    page.drawString(72, 760, title)
    page.setFont("Helvetica", 12)
    page.drawString(72, 730, structure)
    page.drawString(72, 700, "Document inventé pour la démonstration.")
    page.showPage()
    page.save()
    return SimpleUploadedFile(name, content.getvalue(), content_type="application/pdf")
