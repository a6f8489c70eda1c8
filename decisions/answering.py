"""What the signature of an answer to an appeal does: the appeal ends, and what it changes is undone."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from deadlines import actions as deadlines
from decisions.appeal_checklist import missing_in_answer
from decisions.clocks import APPEAL_SILENCE
from decisions.effects import Facts, effect_of, served_to, take_the_place
from decisions.models import Appeal, Decision
from decisions.undoing import undo
from journal.moves import Actor
from structures.models import Structure

Outcome = Appeal.Outcome
ENDING = {
    Outcome.UPHELD: "uphold",
    Outcome.PARTLY_UPHELD: "uphold_in_part",
    Outcome.REJECTED: "reject",
    Outcome.INADMISSIBLE: "declare_inadmissible",
}


def where_it_is_written(decision: Decision) -> str:
    """The page of the answer, for who examines the appeal."""
    appeal = Appeal.objects.get(answer=decision)
    return reverse("staff_appeal_answer", args=[appeal.pk])


def who_was_served(answer: Decision) -> Structure:
    """The structure that contested: the one to which the contested act was served, though the label changed hands."""
    return served_to(
        Appeal.objects.select_related("decision__application__structure").get(answer=answer).decision
    )


@effect_of(
    Decision.Kind.APPEAL_ANSWER,
    letter="L16",
    obstacles=missing_in_answer,
    page=where_it_is_written,
    permission="decisions.answer_appeal",
    served=who_was_served,
)
def answer_the_appeal(decision: Decision, at: datetime, by: Actor) -> Facts:
    """The appeal ends; upheld, the answer takes the place of the contested act and its effect is undone.

    Both acts stay in the history. Rejected, the contested act stands, and the time to go to court counts anew from
    the receipt of the answer.
    """
    appeal: Appeal = (
        Appeal.objects.select_related("decision__application__structure", "decision__snapshot")
        .get(answer=decision)
        .held_with(decision)
    )
    getattr(appeal, ENDING[Outcome(appeal.outcome)])(by=by, at=at)
    appeal.save()
    deadlines.meet(subject=appeal, kind=APPEAL_SILENCE, at=at)
    if appeal.outcome in Appeal.CHANGING:
        take_the_place(decision, appeal.decision.held_with(decision), at=at, by=by)
        decision.save(update_fields=["supersedes"])
        undo(appeal.decision, appeal.outcome, answer=decision, at=at, by=by)
    return {}
