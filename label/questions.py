"""The application form as data: sections, and the questions in each of them.

Nothing is asked that the register gives (name, address, date of creation): that is shown, not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from label.models import Application, Edition

Words = str | Promise
Kind = Literal["text", "long_text", "number", "amount", "yes_no", "date"]

NUMBERS_ONLY = _("Des nombres, jamais de noms de personnes malades.")
YES, NO = "yes", "no"
SECOND_CONTACT = "structure_second_contact"


@dataclass(frozen=True)
class Section:
    """One of the eight steps of the form; `slug` stands in its address."""

    number: int
    key: str
    slug: str
    title: Words
    note: Words = ""


SECTIONS = (
    Section(1, "structure", "structure", _("Structure")),
    Section(2, "governance", "fonctionnement", _("Fonctionnement et décisions")),
    Section(3, "solutions", "actions", _("Actions proposées")),
    Section(
        4,
        "contributors",
        "personnes",
        _("Personnes et partenaires pressentis"),
        _("Confidentiel : jamais publié"),
    ),
    Section(5, "funding", "financements", _("Financements et liens avec les industries de santé")),
    Section(6, "evidence", "preuves", _("Preuves par critère"), _("7 thèmes")),
    Section(7, "charter", "charte", _("Charte")),
    Section(8, "check", "deposer", _("Vérifier et déposer")),
)
BY_KEY = {section.key: section for section in SECTIONS}
BY_SLUG = {section.slug: section for section in SECTIONS}
ASKED_OF_AN_ADDITION = ("solutions", "evidence", "charter", "check")


@dataclass(frozen=True)
class Question:
    """One question: `when` names another question whose answer « oui » makes this one required.

    `sometimes`: the checklist says who must answer it.
    """

    key: str
    section: str
    label: Words
    kind: Kind = "long_text"
    help: Words = ""
    limit: int = 2000
    required: bool = True
    when: str = ""
    sometimes: bool = False
    criterion: str = ""
    expected: str = ""
    low: int = 0
    high: int = 2_000_000_000

    def is_required(self, answers: Mapping[str, str], optional_criteria: Iterable[str] = ()) -> bool:
        """Whether it must be answered, given the other answers and the criteria optional for this structure."""
        if self.criterion and self.criterion in optional_criteria:
            return False
        if self.when:
            return answers.get(self.when) == YES
        return self.required


PLAIN_QUESTIONS = (
    Question(
        "structure_summary",
        "structure",
        _("Que fait votre structure, et pour qui ?"),
        help=_("Quelques phrases simples. Les membres du comité les lisent avant d'accepter d'évaluer."),
        limit=1000,
    ),
    Question(
        "structure_people_helped",
        "structure",
        _("Combien de personnes avez-vous aidées l'an dernier ?"),
        "number",
        _("Une estimation suffit. Si vous commencez, écrivez 0."),
    ),
    Question(
        "structure_volunteers",
        "structure",
        _("Combien de bénévoles actifs avez-vous ?"),
        "number",
    ),
    Question(
        SECOND_CONTACT,
        "structure",
        _("Une deuxième personne à joindre : nom et téléphone ou e-mail"),
        "text",
        _(
            "Au cas où la personne qui représente la structure serait absente. "
            "Inutile si quelqu'un d'autre est déjà dans votre espace."
        ),
        limit=200,
        required=False,
        sometimes=True,
    ),
    Question(
        "governance_bodies",
        "governance",
        _("Qui décide dans votre structure ?"),
        help=_("Par exemple : assemblée générale, conseil d'administration, bureau ; ce que chacun décide."),
    ),
    Question(
        "governance_elections",
        "governance",
        _("Comment ces personnes sont-elles choisies, et pour combien de temps ?"),
        limit=1000,
    ),
    Question(
        "governance_last_meeting",
        "governance",
        _("Date de la dernière assemblée générale"),
        "date",
        _("Par exemple 3 mars 2027. Laissez vide si aucune n'a encore eu lieu."),
        required=False,
    ),
    Question(
        "governance_seats",
        "governance",
        _("Combien de personnes siègent dans votre principale instance de décision ?"),
        "number",
        high=100_000,
    ),
    Question(
        "governance_patients",
        "governance",
        _("Parmi elles, combien de patients ou d'anciens patients ?"),
        "number",
        NUMBERS_ONLY,
        high=100_000,
    ),
    Question(
        "governance_caregivers",
        "governance",
        _("Parmi elles, combien d'aidants ou de proches ?"),
        "number",
        NUMBERS_ONLY,
        high=100_000,
    ),
    Question(
        "governance_participation",
        "governance",
        _("Comment les patients et les aidants prennent-ils part aux décisions ?"),
        help=_("Par exemple : vote, groupe de travail, enquête, co-présidence. Sans nom de personne malade."),
    ),
    Question(
        "contributors_exist",
        "contributors",
        _("Des personnes ou des partenaires vont-ils prendre part à vos actions ?"),
        "yes_no",
        _("Par exemple : intervenants, hôpital, autre association. Si oui, ajoutez-les ci-dessous."),
    ),
    Question(
        "funding_year",
        "funding",
        _("Année de votre dernier budget"),
        "number",
        _("Par exemple 2026."),
        low=1900,
        high=2999,
    ),
    Question(
        "funding_budget",
        "funding",
        _("Montant de ce budget, en euros"),
        "amount",
        _("Le total des dépenses de l'année."),
    ),
    Question(
        "funding_employees",
        "funding",
        _("Combien de salariés avez-vous ?"),
        "number",
        _("Sans salarié et jusqu'à 50 000 € de budget, une partie des preuves devient facultative."),
        high=1_000_000,
    ),
    Question(
        "funding_sources",
        "funding",
        _("D'où vient votre argent ?"),
        help=_("Par exemple : cotisations, dons, subventions, ventes ; une part ou un montant pour chacun."),
    ),
    Question(
        "funding_industry",
        "funding",
        _("Une industrie de santé vous a-t-elle aidés ces trois dernières années ?"),
        "yes_no",
        _(
            "Argent, matériel, locaux, repas, déplacements, personnel : tout compte. Ce n'est pas éliminatoire."
        ),
    ),
    Question(
        "funding_industry_names",
        "funding",
        _("Si oui : quelles entreprises, et pour quoi faire ?"),
        when="funding_industry",
        required=False,
    ),
    Question(
        "funding_industry_amount_1",
        "funding",
        _("Si oui : montant reçu de ces entreprises l'année de votre dernier budget, en euros"),
        "amount",
        _("S'il n'y en a pas eu, écrivez 0."),
        when="funding_industry",
        required=False,
    ),
    Question(
        "funding_industry_amount_2",
        "funding",
        _("Si oui : montant reçu de ces entreprises un an avant, en euros"),
        "amount",
        when="funding_industry",
        required=False,
    ),
    Question(
        "funding_industry_amount_3",
        "funding",
        _("Si oui : montant reçu de ces entreprises deux ans avant, en euros"),
        "amount",
        when="funding_industry",
        required=False,
    ),
    Question(
        "funding_institute",
        "funding",
        _("Recevez-vous de l'argent de l'Institut national du cancer ?"),
        "yes_no",
        _("Nous le demandons pour que tout soit clair. Cela n'empêche pas d'obtenir le label."),
    ),
    Question(
        "funding_institute_partner",
        "funding",
        _("Êtes-vous partenaire de l'Institut national du cancer, même sans argent ?"),
        "yes_no",
        _(
            "Par exemple : une convention, une action menée ensemble, un groupe de travail. "
            "Cela n'empêche pas d'obtenir le label."
        ),
    ),
    Question(
        "funding_institute_partner_what",
        "funding",
        _("Si oui : pour quoi faire ?"),
        limit=1000,
        when="funding_institute_partner",
        required=False,
    ),
)


def language() -> str:
    """`fr` or `en`: the language in which the texts of the edition are shown."""
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def criterion_key(code: str) -> str:
    """The key of the question about a criterion: `criterion_A1_1` for `A1.1`."""
    return f"criterion_{code.replace('.', '_')}"


def criterion_questions(edition: Edition) -> list[Question]:
    """One question per criterion of the edition, in its order, in the language of the page."""
    return [_criterion_question(criterion) for criterion in edition.data["criteria"]]


def _criterion_question(criterion: dict[str, Any]) -> Question:
    tongue = language()
    return Question(
        criterion_key(criterion["code"]),
        "evidence",
        criterion[f"question_{tongue}"],
        help=criterion[f"evidence_{tongue}"],
        criterion=criterion["code"],
        expected=criterion["levels"]["2"][tongue],
    )


def questions_of(edition: Edition) -> list[Question]:
    """Every question of the form under that edition, in the order of the sections."""
    order = {section.key: section.number for section in SECTIONS}
    found = [*PLAIN_QUESTIONS, *criterion_questions(edition)]
    return sorted(found, key=lambda question: order[question.section])


def questions_in(edition: Edition, section: str) -> list[Question]:
    """The questions of one section, by its key."""
    return [question for question in questions_of(edition) if question.section == section]


def question_named(edition: Edition, key: str) -> Question:
    """One question by its key; KeyError when the form has none of that name."""
    return {question.key: question for question in questions_of(edition)}[key]


def sections_of(application: Application) -> tuple[Section, ...]:
    """The steps of the form of that dossier, in their order: an addition asks only what is about its solutions."""
    if application.kind != "addition":
        return SECTIONS
    asked = [section for section in SECTIONS if section.key in ASKED_OF_AN_ADDITION]
    return tuple(replace(section, number=number) for number, section in enumerate(asked, 1))


def axes_of(application: Application) -> list[dict[str, Any]]:
    """The themes of the criteria that this dossier answers: all of them, or those that are about a solution."""
    axes: list[dict[str, Any]] = application.edition.data["axes"]
    if application.kind != "addition":
        return axes
    return [axis for axis in axes if axis["code"] in settings.ADDITION_AXES] or axes


def asked_of(application: Application) -> list[Question]:
    """The questions that this dossier asks; the other answers of an addition come from the dossier that it follows."""
    sections = {section.key for section in sections_of(application)}
    axes = {axis["code"] for axis in axes_of(application)}
    return [
        question
        for question in questions_of(application.edition)
        if question.section in sections
        and (not question.criterion or question.criterion.split(".")[0] in axes)
    ]
