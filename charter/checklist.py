"""What is missing before a version of the charter is adopted, or signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from charter.lifecycle import NormLifecycle
from charter.models import Charter, IdentityCheck
from deadlines.calendar import add_months
from journal.refusals import Missing
from journal.wording import is_blank
from letters.spoken import told_date
from structures.models import Membership, Structure

CALLS, LETTER = ("person", "structure"), "letter"
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
    return found or missing_identity(structure, signatory, since=signed_on)


def missing_identity(structure: Structure, signatory: User, *, since: date) -> list[Missing]:
    """Before a signature by hand is accepted: who signed said so at a declared number, or in writing (domain 5.3)."""
    latest = IdentityCheck.objects.latest_of(structure, signatory, since=since)
    page = reverse("staff_charter_identity", args=[structure.pk])
    if latest is None:
        text = _("Appelez d'abord la personne au numéro déclaré, et notez sa réponse.")
        return [Missing(text, page, "identity")]
    match latest.result:
        case IdentityCheck.Result.DENIED:
            text = _("La personne jointe dit qu'elle n'a pas signé : cette signature n'est pas acceptée.")
            return [Missing(text, page, "identity")]
        case IdentityCheck.Result.NO_ANSWER:
            text = _("Personne n'a répondu. Rappelez, ou écrivez à l'adresse du siège et notez la réponse.")
            return [Missing(text, page, "identity")]
    return []


def declared_numbers(structure: Structure, signatory: User) -> dict[str, str]:
    """The numbers that were declared, by whose they are: those called back, never another one."""
    numbers = {"person": signatory.phone.strip(), "structure": structure.phone.strip()}
    return {whose: number for whose, number in numbers.items() if number}


def missing_to_check_identity(
    found: IdentityCheck, *, way: str, has_proof: bool, today: date
) -> list[Missing]:
    """Before a check of who signed is noted: a declared number first, a letter when it does not answer."""
    structure, signatory = found.structure, found.signatory
    wrong = []
    if way not in (*CALLS, LETTER):
        wrong.append(Missing(_("Choisissez une des réponses proposées."), code="way"))
    elif way in CALLS and not found.number:
        text = _("Aucun numéro n'est déclaré ici. Appelez l'autre numéro, ou vérifiez par lettre.")
        wrong.append(Missing(text, code="way"))
    elif way == LETTER and not _calls_are_over(structure, signatory):
        text = _("Appelez d'abord le numéro déclaré : la lettre vient quand personne ne répond.")
        wrong.append(Missing(text, code="way"))
    if not Membership.objects.filter(structure=structure, user=signatory).exists():
        wrong.append(Missing(_("Cette personne n'est pas dans l'espace de la structure."), code="member"))
    if found.done_on > today:
        wrong.append(Missing(_("Cette date n'est pas encore arrivée."), code="done_on"))
    if found.result not in IdentityCheck.Result.values:
        wrong.append(Missing(_("Choisissez une des réponses proposées."), code="result"))
    elif found.result != IdentityCheck.Result.NO_ANSWER:
        if not found.answered_by:
            wrong.append(Missing(_("Dites qui a répondu."), code="answered_by"))
        if way == LETTER and not has_proof:
            wrong.append(Missing(_("Joignez la réponse écrite et signée."), code="proof"))
    return wrong


def _calls_are_over(structure: Structure, signatory: User) -> bool:
    """Whether no number is declared, or each one was called without an answer."""
    tried = IdentityCheck.objects.filter(
        structure=structure, signatory=signatory, result=IdentityCheck.Result.NO_ANSWER
    )
    return set(declared_numbers(structure, signatory).values()) <= set(tried.values_list("number", flat=True))
