"""What is missing in a question asked before a merger, and in its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from certificates.models import Label, MergerRequest
from journal.refusals import Missing
from journal.wording import is_blank, length_read
from label.models import PaperEntry
from letters.spoken import told_date
from structures.identifiers import numbers_in
from structures.models import Structure


@dataclass(frozen=True)
class MergerQuestion:
    """What the holder asks before a merger; how and when it came, when the office typed it."""

    successor_name: str
    successor_number: str
    planned_on: date
    text: str
    means: str = ""
    received_on: date | None = None


def missing_to_ask_merger(
    label: Label, question: MergerQuestion, *, has_treaty: bool, on: date
) -> list[Missing]:
    """The parties, the planned day, the project of treaty; on a label in force whose holder asked nothing else."""
    if label.state not in Label.LIVE:
        return [Missing(_("Ce label est terminé."))]
    if label.merger_requests.filter(answered_at=None, dropped_at=None).exists():
        return [Missing(_("Une demande attend déjà notre réponse."))]
    found = [*_missing_parties(question), *_wrong_days(label, question, on)]
    if is_blank(question.text):
        found.append(Missing(_("Dites ce que devient l'action reconnue."), code="text"))
    if not has_treaty:
        found.append(Missing(_("Joignez le projet de traité de fusion."), code="treaty"))
    if question.means and question.means not in PaperEntry.Means.values:
        found.append(Missing(_("Dites comment cette demande est arrivée."), code="means"))
    return found


def _missing_parties(question: MergerQuestion) -> Iterator[Missing]:
    if is_blank(question.successor_name):
        yield Missing(_("Écrivez le nom de l'autre structure."), code="successor_name")
    if not numbers_in(question.successor_number):
        yield Missing(
            _("Écrivez le numéro RNA, SIREN ou SIRET de l'autre structure."), code="successor_number"
        )


def _wrong_days(label: Label, question: MergerQuestion, on: date) -> Iterator[Missing]:
    if question.planned_on <= on:
        words = _("Cette demande se fait avant la fusion. Une fusion faite se déclare comme un changement.")
        yield Missing(words, code="planned_on")
    elif question.planned_on > label.ends_on:
        words = _("Le label se termine le {date}, avant la fusion prévue.")
        yield Missing(words.format(date=told_date(label.ends_on)), code="planned_on")
    if question.received_on is not None and question.received_on > on:
        yield Missing(_("Cette date n'est pas encore passée."), code="received_on")


def missing_to_answer_merger(
    asked: MergerRequest,
    *,
    outcome: str,
    conditions: str,
    reasons: tuple[str, str],
    has_delegation: bool,
    on: date,
) -> list[Missing]:
    """An outcome, its conditions, reasons in law and in fact; after two months of silence, only a yes is left."""
    if not asked.is_open:
        return [Missing(_("Cette demande n'attend plus de réponse."))]
    found = []
    if not has_delegation:
        found.append(Missing(_("Vous n'avez pas de délégation de signature valable aujourd'hui.")))
    if outcome not in MergerRequest.Outcome.values:
        found.append(Missing(_("Choisissez la réponse."), code="outcome"))
    elif asked.is_accepted_by_silence(on=on) and outcome != MergerRequest.Outcome.YES:
        words = _("Le silence vaut accord depuis le {date} : seul un oui peut encore être écrit.")
        found.append(Missing(words.format(date=told_date(asked.due_on)), code="outcome"))
    if outcome == MergerRequest.Outcome.YES_IF and is_blank(conditions):
        found.append(Missing(_("Écrivez les conditions."), code="conditions"))
    for code, said in zip(("reasons_in_law", "reasons_in_fact"), reasons, strict=True):
        if length_read(said) < settings.REASONS_MIN_LENGTH:
            words = _("Écrivez au moins {n} caractères.")
            found.append(Missing(words.format(n=settings.REASONS_MIN_LENGTH), code=code))
    return found


def request_before(label: Label, successor: Structure | None) -> MergerRequest | None:
    """The answered request, or the one that silence accepted, that a transfer of that label to it follows."""
    if successor is None:
        return None
    asked = MergerRequest.objects.filter(label=label, successor=successor, dropped_at=None)
    return asked.select_related("answer").order_by("-pk").first()
