"""What is missing before a fact of a dispute is noted: pages and guards read the same list."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from decisions.models import Decision, Litigation, LitigationStep
from decisions.undoing import EXAMINED_AGAIN, Cause, obstacles_to_resume, obstacles_to_undo, resumable_kinds
from journal.refusals import Missing
from journal.wording import is_blank
from label.clocks import acceptance

Kind = LitigationStep.Kind
STANDING = (Decision.State.NOTIFIED, Decision.State.FINAL)
OPENING = (*STANDING, Decision.State.REPLACED)  # a third party may learn of an act once it is replaced
NEEDING_A_DATE = (Kind.BRIEF_DUE,)
GRANTS = (Decision.Kind.GRANT, Decision.Kind.GRANT_WITH_CONDITIONS)
CAUSES = {
    Kind.INTERIM_ORDERED.value: Cause.SUSPENDED,
    Kind.ANNULLED.value: Cause.ANNULLED,
    Kind.PARTLY_ANNULLED.value: Cause.PARTLY_ANNULLED,
}
NO_CONDITION = "none"  # the judge annulled another part of the act


def missing_to_open(
    decision: Decision, court: str, number: str, opened_on: date, brought_by: str, *, on: date
) -> Iterator[Missing]:
    """What is missing before a dispute is followed on that act."""
    if decision.state not in OPENING:
        yield Missing(_("Cette décision n'est pas notifiée : elle ne peut pas être contestée."))
    if is_blank(court):
        yield Missing(_("Indiquez le tribunal."), code="court")
    if is_blank(number):
        yield Missing(_("Indiquez le numéro donné par le tribunal."), code="number")
    if brought_by not in Litigation.BroughtBy.values:
        yield Missing(_("Dites qui conteste."), code="brought_by")
    if opened_on > on:
        yield Missing(_("Cette date n'est pas encore arrivée."), code="opened_on")
    elif decision.signed_at and opened_on < timezone.localdate(decision.signed_at):
        yield Missing(_("Cette date précède la décision."), code="opened_on")


def missing_in_step(
    litigation: Litigation, step: LitigationStep, conditions: Collection[str], *, on: date
) -> Iterator[Missing]:
    """What is wrong with a fact and its dates; what a judge said is always noted, whatever is in the way of it."""
    kind, happened_on, due_on = step.kind, step.happened_on, step.due_on
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
    elif due_on is None and kind == Kind.INTERIM_ORDERED and litigation.decision.kind in EXAMINED_AGAIN:
        text = _(
            "Indiquez avant quelle date réexaminer la demande : celle du juge, ou la vôtre s'il n'en dit pas."
        )
        yield Missing(text, code="due_on")
    elif due_on is not None and due_on < happened_on:
        yield Missing(_("La date fixée par le juge précède ce fait."), code="due_on")
    if kind == Kind.ANNULLED and gives_to_who_contests(litigation):
        text = _(
            "La structure conteste une partie de la décision qui lui donne le label : choisissez « annulée en "
            "partie ». Le label reste."
        )
        yield Missing(text, code="kind")
    if kind == Kind.PARTLY_ANNULLED:
        yield from _annulling_in_part(litigation.decision, step.text, conditions)


def gives_to_who_contests(litigation: Litigation) -> bool:
    """Whether the structure contests an act that gives it a label: a judge annuls what burdens it, never the label."""
    kind = litigation.decision.kind
    gives = kind in GRANTS or (kind == Decision.Kind.IMPLICIT and acceptance())
    return gives and litigation.brought_by == Litigation.BroughtBy.HOLDER


def _annulling_in_part(decision: Decision, text: str, conditions: Collection[str]) -> Iterator[Missing]:
    if is_blank(text):
        yield Missing(_("Dites quelle partie de la décision le juge annule."), code="text")
    known = {str(pk) for pk in decision.conditions.values_list("pk", flat=True)}
    if not known:
        return
    if not conditions:
        yield Missing(
            _("Dites quelles réserves le juge annule, ou qu'il n'en annule aucune."), code="conditions"
        )
    elif (NO_CONDITION in conditions and len(conditions) > 1) or not known | {NO_CONDITION} >= set(
        conditions
    ):
        yield Missing(_("Cochez des réserves, ou « aucune », mais pas les deux."), code="conditions")


def missing_to_carry_out(step: LitigationStep, decision: Decision) -> list[Missing]:
    """Why what a judge said cannot be carried out now; nothing when a person may."""
    if not LitigationStep.objects.waiting().filter(pk=step.pk).exists():
        return [Missing(_("C'est déjà fait, ou il n'y a plus rien à faire."))]
    return obstacles_to_undo(decision, CAUSES[step.kind])


def missing_to_leave(step: LitigationStep, *, reason: str) -> list[Missing]:
    """Why one may not say that nothing is left to do of what a judge said: it is done, or no reason is given."""
    if not LitigationStep.objects.waiting().filter(pk=step.pk).exists():
        return [Missing(_("C'est déjà fait, ou il n'y a plus rien à faire."))]
    return [Missing(_("Dites en une phrase pourquoi."), code="reason")] if is_blank(reason) else []


def missing_to_resume(litigation: Litigation, *, on: date) -> list[Missing]:
    """Why the contested act cannot be put back in effect that day; nothing when a person may."""
    if Litigation.objects.to_resume().filter(pk=litigation.pk, decision__kind__in=resumable_kinds()).exists():
        return obstacles_to_resume(litigation.decision, on=on)
    return [Missing(_("Rien ne retient plus cette décision, ou le juge la retient encore."))]
