"""What is missing before a fact of a dispute is noted: pages and guards read the same list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from decisions.models import Decision, Litigation, LitigationStep
from decisions.undoing import Cause, obstacles_to_resume, obstacles_to_undo, resumable_kinds
from journal.refusals import Missing
from journal.wording import is_blank

Kind = LitigationStep.Kind
STANDING = (Decision.State.NOTIFIED, Decision.State.FINAL)
OPENING = (*STANDING, Decision.State.REPLACED)  # a third party may learn of an act once it is replaced
NEEDING_A_DATE = (Kind.BRIEF_DUE,)


def missing_to_open(
    decision: Decision, court: str, number: str, opened_on: date, *, on: date
) -> Iterator[Missing]:
    """What is missing before a dispute is followed on that act."""
    if decision.state not in OPENING:
        yield Missing(_("Cette décision n'est pas notifiée : elle ne peut pas être contestée."))
    if is_blank(court):
        yield Missing(_("Indiquez le tribunal."), code="court")
    if is_blank(number):
        yield Missing(_("Indiquez le numéro donné par le tribunal."), code="number")
    if opened_on > on:
        yield Missing(_("Cette date n'est pas encore arrivée."), code="opened_on")
    elif decision.signed_at and opened_on < timezone.localdate(decision.signed_at):
        yield Missing(_("Cette date précède la décision."), code="opened_on")


def missing_in_step(
    litigation: Litigation, kind: str, happened_on: date, due_on: date | None, *, on: date
) -> Iterator[Missing]:
    """What is wrong with a fact, its dates, and what it would undo."""
    over = litigation.steps.filter(kind__in=LitigationStep.ENDING).first()
    if over is not None:
        yield Missing(_("Cette affaire est terminée : {how}.").format(how=over.get_kind_display()))
    if kind not in Kind.values or kind in LitigationStep.WITH_AN_ACTION:
        yield Missing(_("Choisissez un fait dans la liste."), code="kind")
        return
    if happened_on > on:
        yield Missing(_("Cette date n'est pas encore arrivée."), code="happened_on")
    elif happened_on < litigation.opened_on:
        yield Missing(_("Cette date précède le début de l'affaire."), code="happened_on")
    if due_on is None and kind in NEEDING_A_DATE:
        yield Missing(_("Indiquez la date fixée par le juge."), code="due_on")
    elif due_on is not None and due_on < happened_on:
        yield Missing(_("La date fixée par le juge précède ce fait."), code="due_on")
    if kind == Kind.ANNULLED and over is None:
        yield from _annulling(litigation.decision)


def missing_to_resume(litigation: Litigation, *, on: date) -> list[Missing]:
    """Why the contested act cannot be put back in effect that day; nothing when a person may."""
    if Litigation.objects.to_resume().filter(pk=litigation.pk, decision__kind__in=resumable_kinds()).exists():
        return obstacles_to_resume(litigation.decision, on=on)
    return [Missing(_("Rien ne retient plus cette décision, ou le juge la retient encore."))]


def _annulling(decision: Decision) -> Iterator[Missing]:
    if decision.state not in STANDING:
        yield Missing(_("Cette décision n'est plus en vigueur : il n'y a rien à annuler."), code="kind")
        return
    yield from obstacles_to_undo(decision, Cause.ANNULLED)
