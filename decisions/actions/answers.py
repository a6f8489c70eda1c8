"""The answer to an appeal: written point by point by who examines it, then signed like every act of the Institute."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from decisions.actions.acts import write
from decisions.appeal_checklist import missing_to_write_answer, possible_outcomes
from decisions.content import Answer, Content, answer_of, answer_token
from decisions.effects import dossier_of
from decisions.models import AnsweredPoint, Appeal, Decision
from journal.moves import Actor
from journal.refusals import Blocked, Missing, Stale, block_unless_empty


@transaction.atomic
def prepare_answer(
    *, appeal_pk: int, answer: Answer, seen: str | None = None, at: datetime, by: Actor
) -> Decision:
    """Write the answer to an appeal, or write it anew; it comes back from the signature when its text changes.

    `seen` is the token of the text that the page showed. Raises `NotAllowed`; `Blocked` when it is not the time or
    the outcome is not possible; `Stale` with the appeal when it was changed elsewhere; `TransitionNotAllowed` once
    signed.
    """
    related = Appeal.objects.select_related(
        "answer", "decision__application__structure", "decision__snapshot"
    )
    appeal: Appeal = related.defer("decision__snapshot__content").hold(appeal_pk)
    application = dossier_of(appeal.decision).held_with(appeal)
    require("decisions.answer_appeal", by, application, on=timezone.localdate(at))
    require("decisions.write_answer", by, appeal, on=timezone.localdate(at))
    block_unless_empty(missing_to_write_answer(appeal))
    if answer.outcome not in possible_outcomes(appeal):
        raise Blocked([Missing(_("Choisissez le sens de la réponse dans la liste."), code="outcome")])
    kept = answer_of(appeal)
    if kept is not None and kept.text() == answer.text() and appeal.answer is not None:
        return appeal.answer
    if seen is not None and seen != answer_token(appeal):
        raise Stale(appeal)
    return _write(appeal, answer, at=at, by=by)


def _write(appeal: Appeal, answer: Answer, *, at: datetime, by: Actor) -> Decision:
    content = Content(
        kind=Decision.Kind.APPEAL_ANSWER,
        reasons_in_law=answer.reasons_in_law,
        reasons_in_fact=answer.reasons_in_fact,
    )
    application = dossier_of(appeal.decision).held_with(appeal)
    act = write(application=application, content=content, at=at, by=by)
    act.snapshot = appeal.decision.snapshot
    act.save(update_fields=["snapshot"])
    changes = answer.outcome in Appeal.CHANGING
    appeal.answer, appeal.outcome = act, answer.outcome
    appeal.what_changes = answer.what_changes if changes else ""
    appeal.save(update_fields=["answer", "outcome", "what_changes"])
    appeal.points.all().delete()
    AnsweredPoint.objects.bulk_create(
        AnsweredPoint(appeal=appeal, point=point, answer=text) for point, text in answer.points
    )
    return act
