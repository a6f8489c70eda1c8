"""The published list: what a dossier must hold, and the sentence that asks for it when it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from label.models import Edition
from label.questions import BY_KEY, PLAIN_QUESTIONS, SECTIONS, Words, criterion_questions


@dataclass(frozen=True)
class Item:
    """One item: its code (a question, a criterion, a paper), the section it belongs to, and how it is asked for."""

    code: str
    section: str
    what: str
    why: str


def items(edition: Edition) -> list[Item]:
    """Every item that the completeness check may look at and that letter L2 may ask for."""
    found = [*papers()]
    found += [
        Item(question.key, question.section, str(question.label), _answer_missing(question.label))
        for question in PLAIN_QUESTIONS
        if question.required or question.when
    ]
    found += [
        Item(
            "solutions",
            "solutions",
            _("Description des actions présentées"),
            _("Décrivez chaque action : ce qu'elle apporte, à qui, et où."),
        ),
        Item(
            "contributors",
            "contributors",
            _("Personnes et partenaires pressentis"),
            _("Indiquez qui prendra part aux actions et ce que chacun apportera."),
        ),
    ]
    found += [
        Item(
            question.key,
            "evidence",
            f"{question.criterion} – {question.label}",
            _("Il nous manque un élément qui le montre. Par exemple : {examples}.").format(
                examples=question.help
            ),
        )
        for question in criterion_questions(edition)
    ]
    return found


def papers() -> list[Item]:
    """The documents that every dossier is checked for, whatever its answers."""
    return [
        Item(
            "paper_statutes",
            "structure",
            _("Statuts de la structure"),
            _("Nous avons besoin des statuts signés et à jour pour vérifier l'objet de la structure."),
        ),
        Item(
            "paper_registration",
            "structure",
            _("Justificatif d'inscription au registre"),
            _("Le registre que nous consultons ne permet pas de vérifier l'inscription de la structure."),
        ),
        Item(
            "paper_activity_report",
            "structure",
            _("Dernier rapport d'activité"),
            _(
                "Il montre les actions réellement menées. Un compte rendu d'assemblée générale convient aussi."
            ),
        ),
        Item(
            "paper_accounts",
            "funding",
            _("Derniers comptes approuvés"),
            _(
                "Ils montrent d'où vient l'argent et à quoi il sert. Un budget simple suffit pour une petite structure."
            ),
        ),
        Item(
            "paper_people",
            "governance",
            _("Liste des personnes qui dirigent la structure"),
            _(
                "Nous avons besoin des noms et fonctions des personnes déclarées, sans aucune donnée de santé."
            ),
        ),
    ]


def _answer_missing(label: Words) -> str:
    return _("Il nous manque une réponse complète à la question « {question} ».").format(question=label)


def item_named(edition: Edition, code: str) -> Item:
    """One item by its code; KeyError when the published list has none of that name."""
    return {item.code: item for item in items(edition)}[code]


def items_by_section(edition: Edition) -> list[tuple[Any, list[Item]]]:
    """The items under their section of the form, in its order."""
    listed = items(edition)
    grouped = [(section, [item for item in listed if item.section == section.key]) for section in SECTIONS]
    return [(BY_KEY[section.key], rows) for section, rows in grouped if rows]
