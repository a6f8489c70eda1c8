"""What is missing before a version of the charter is adopted, or signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from charter.lifecycle import NormLifecycle
from charter.models import Charter
from deadlines.calendar import add_months
from journal.refusals import Missing
from journal.wording import is_blank
from letters.spoken import told_date
from structures.models import Membership, Structure

PARTS = ("preamble_fr", "preamble_en", "articles")


def missing_to_adopt(charter: Charter) -> list[Missing]:
    """The whole text in French and English, articles numbered from 1 (domain 5.1 NORM)."""
    text = charter.text if isinstance(charter.text, dict) else {}
    articles = text.get("articles")
    complete = all(text.get(part) for part in PARTS) and isinstance(articles, list)
    if not complete or not isinstance(articles, list):
        return [
            Missing(_("Écrivez le préambule et les engagements, en français et en anglais."), code="text")
        ]
    found = []
    for place, article in enumerate(articles, start=1):
        is_whole = isinstance(article, dict) and article.get("fr") and article.get("en")
        if not is_whole or article.get("number") != place:
            found.append(Missing(_("Complétez l'engagement {n}.").format(n=place), code=f"article_{place}"))
    return found


@dataclass(frozen=True)
class Adoption:
    """What goes with the adoption of a text: its date, the opinion of the committee, and why it does not wait."""

    effective_on: date
    opinion: str = ""
    opinion_on: date | None = None
    immediate_reason: str = ""

    def write_on(self, norm: NormLifecycle) -> None:
        """Note it on the text that is adopted; the caller moves and saves it."""
        norm.effective_on, norm.opinion = self.effective_on, self.opinion
        norm.opinion_on, norm.immediate_reason = self.opinion_on, self.immediate_reason


def missing_to_bring_in(adoption: Adoption, *, replaces: bool, today: date) -> list[Missing]:
    """What the adoption of a charter or of an edition lacks (domain 5.1 NORM, 5.3).

    A text that replaces another one needs the opinion of the committee, and `NORM_NOTICE_MONTHS` of notice unless a
    law requires it at once, with the written reason. The first one has nobody to warn.
    """
    if adoption.effective_on < today:
        return [Missing(_("La date d'effet ne peut pas être passée."), code="effective_on")]
    if not replaces:
        return []
    found = []
    if is_blank(adoption.opinion):
        found.append(Missing(_("Écrivez ce que le comité en a pensé."), code="opinion"))
    if adoption.opinion_on is None or adoption.opinion_on > today:
        found.append(
            Missing(_("Donnez la date de l'avis du comité, aujourd'hui au plus tard."), code="opinion_on")
        )
    earliest = earliest_effect(today)
    if adoption.effective_on < earliest and is_blank(adoption.immediate_reason):
        found.append(
            Missing(
                _(
                    "Choisissez une date à partir du {date}, pour prévenir les associations. "
                    "Si la loi impose d'aller plus vite, écrivez pourquoi."
                ).format(date=told_date(earliest)),
                code="effective_on",
            )
        )
    return found


def earliest_effect(today: date) -> date:
    """The first day on which a text adopted today may replace another one."""
    return add_months(today, settings.NORM_NOTICE_MONTHS)


def missing_to_sign(charter_pk: int, quality: str) -> list[Missing]:
    """The version shown is still the one in force, and the person says in which quality they sign."""
    found = []
    if not Charter.objects.filter(pk=charter_pk, state=Charter.State.IN_FORCE).exists():
        found.append(Missing(_("La charte a changé entre-temps. Relisez-la, puis signez."), code="version"))
    if is_blank(quality):
        found.append(
            Missing(_("Écrivez en quelle qualité vous signez : présidente, trésorier…"), code="quality")
        )
    return found


def missing_on_paper(structure: Structure, signatory: User, signed_on: date, *, today: date) -> list[Missing]:
    """The signatory of a paper represents or represented the structure, and the day is not to come."""
    found = []
    seats = Membership.objects.filter(
        structure=structure, user=signatory, role=Membership.Role.REPRESENTATIVE
    )
    if not seats.exists():
        found.append(Missing(_("Cette personne ne représente pas la structure."), code="signatory"))
    if signed_on > today:
        found.append(Missing(_("La date de la signature ne peut pas être à venir."), code="signed_on"))
    return found
