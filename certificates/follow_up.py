"""The yearly follow-up as data: what is asked, from what it is prefilled, and which years of a label have one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.models import FollowUp, Gap, Label
from deadlines.calendar import add_months
from journal.wording import is_blank
from label.answers import texts_of
from label.questions import YES

LIMIT = 5000  # of each text
ONE_DAY = timedelta(days=1)
YEAR = 12  # months


@dataclass(frozen=True)
class Question:
    """One thing that may have changed since last year: the words to tick, and what to write then."""

    key: str
    title: str | Promise
    label: str | Promise
    help: str | Promise = ""


QUESTIONS = (
    Question("activity", gettext_lazy("L'activité"), gettext_lazy("Que fait votre structure, et pour qui ?")),
    Question(
        "accounts",
        gettext_lazy("Les comptes et les financements"),
        gettext_lazy("D'où vient l'argent de votre structure ?"),
    ),
    Question(
        "officers",
        gettext_lazy("Les dirigeants"),
        gettext_lazy("Qui dirige votre structure ?"),
        gettext_lazy("Prénom, nom et fonction de chaque personne du bureau."),
    ),
    Question(
        "industry",
        gettext_lazy("Les liens avec les industries de santé"),
        gettext_lazy("Quels liens votre structure a-t-elle avec des industries de santé ?"),
        gettext_lazy("Argent, matériel, voyages, personnes. S'il n'y en a pas, écrivez « aucun »."),
    ),
    Question(
        "incidents",
        gettext_lazy("Les incidents"),
        gettext_lazy("Quels incidents avez-vous connus depuis un an ?"),
        gettext_lazy(
            "Plainte, accident, litige, mise en cause. Ne citez pas de personne malade. "
            "S'il n'y en a pas, écrivez « aucun »."
        ),
    ),
    Question(
        "register",
        gettext_lazy("Le nom, le siège ou le numéro"),
        gettext_lazy("Quels sont le nom, le numéro et le siège de votre structure ?"),
    ),
)
KEYS = tuple(question.key for question in QUESTIONS)
FIGURES = ("people_helped", "active_volunteers")


def years_of(label: Label) -> list[tuple[int, date]]:
    """The follow-ups of a label: number of the year and anniversary; none in its last year, that of the renewal."""
    end = label.ends_on + ONE_DAY
    found = []
    year = 1
    while add_months(label.starts_on, YEAR * (year + 1)) <= end:
        found.append((year, add_months(label.starts_on, YEAR * year)))
        year += 1
    return found


def last_sent(label: Label) -> FollowUp | None:
    """The last follow-up that the structure sent, of this label or of the one that it renews; None when none was."""
    sent = FollowUp.objects.filter(label__structure=label.structure_id, submitted_at__isnull=False)
    return sent.order_by("-submitted_at", "-pk").first()


def since(label: Label) -> date:
    """The day since which the question « est-ce que quelque chose a changé ? » is asked."""
    last = last_sent(label)
    return timezone.localdate(last.submitted_at) if last and last.submitted_at else label.starts_on


def prefilled(label: Label) -> dict[str, Any]:
    """What is known from the year before: the last follow-up sent, else the dossier; always the register as we hold it.

    The two figures are of the new year: those of last year are kept beside, under `last_figures`. What nobody ever
    answered is named under `unknown`: it stays open on the page.
    """
    last = last_sent(label)
    with translation.override("fr"):
        known = {key: last.answers.get(key, "") for key in KEYS} if last else _from_the_dossier(label)
        known["register"] = _register(label)
    figures = last.answers if last else _figures_of_the_dossier(label)
    return {
        **known,
        "last_figures": {name: figures.get(name) for name in FIGURES},
        "unknown": [key for key in KEYS if is_blank(known[key])],
    }


def _from_the_dossier(label: Label) -> dict[str, Any]:
    texts = texts_of(label.application)
    solutions = ", ".join(row.name for row in label.recognised.all())
    president = label.structure.representative()
    ties = texts.get("funding_industry_names", "") if texts.get("funding_industry") == YES else _("Aucun.")
    return {
        "activity": "\n".join(filter(None, [texts.get("structure_summary", ""), solutions])),
        "accounts": texts.get("funding_sources", ""),
        "officers": "\n".join(
            filter(None, [president.get_full_name() if president else "", texts.get("governance_bodies", "")])
        ),
        "industry": ties,
        "incidents": _("Aucun."),
    }


def _figures_of_the_dossier(label: Label) -> Mapping[str, Any]:
    texts = texts_of(label.application)
    return {
        "people_helped": texts.get("structure_people_helped"),
        "active_volunteers": texts.get("structure_volunteers"),
    }


def _register(label: Label) -> str:
    structure = label.structure
    seat = f"{structure.postal_code} {structure.city}".strip()
    return "\n".join(filter(None, [structure.name, structure.number(), structure.address, seat]))


def escalates_on(follow_up: FollowUp) -> date:
    """The first day on which a follow-up that never came may lead to a procedure."""
    return follow_up.due_on + timedelta(days=settings.FOLLOW_UP_ESCALATION_DAYS)


def read_before(follow_up: FollowUp) -> date | None:
    """The day before which the Institute reads a follow-up that was sent; None before it is."""
    if follow_up.submitted_at is None:
        return None
    return timezone.localdate(follow_up.submitted_at) + timedelta(days=settings.FOLLOW_UP_READING_DAYS)


def usual_days(severity: str) -> int:
    """The time set to mend a gap of that severity."""
    return settings.GAP_MAJOR_DAYS if severity == Gap.Severity.MAJOR else settings.GAP_MINOR_DAYS
