"""From sealed reviews to one frozen result, and from the result to the next step of the dossier."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.moves import Actor
from journal.refusals import Blocked, block_unless_empty
from label.models import Application
from reviewers import scoring
from reviewers.checklist import missing_to_close, panel_minimum
from reviewers.grid import left_out
from reviewers.models import Assignment, Evaluation, Score

State = Assignment.State


def close_if_complete(application: Application, *, at: datetime) -> Evaluation | None:
    """Close the evaluation when everything that was asked has come and each college has its minimum; else nothing.

    The dossier is held. The clock's hand closes it: no person decides anything here.
    """
    if application.state != Application.State.UNDER_REVIEW:
        return None
    assignments = _live(application)
    if missing_to_close(application, assignments):
        return None
    return _close(application, assignments, derogation="", at=at, by=Actor.system())


@transaction.atomic
def close_evaluation(*, application_pk: int, derogation: str, at: datetime, by: Actor) -> Evaluation:
    """Close with fewer reviews than asked, for a reason written down; those still awaited are released.

    Raises `NotAllowed`, and `Blocked` without a derogation or when a college would be empty.
    """
    application = held_application(application_pk)
    require("reviewers.close_evaluation", by, application, on=timezone.localdate(at))
    if application.state != Application.State.UNDER_REVIEW:
        raise Blocked([_("L'évaluation de ce dossier est terminée.")])
    assignments = _live(application)
    block_unless_empty(missing_to_close(application, assignments, derogation=derogation))
    for assignment in assignments:
        if assignment.state in Assignment.OPEN:
            assignment.held_with(application).expire(by=by, at=at)
            assignment.save()
            deadlines.drop(subject=assignment, at=at)
    return _close(
        application, assignments, derogation=derogation.strip(), at=at, by=by.because(derogation.strip())
    )


def evaluate_again(application: Application, *, at: datetime) -> Evaluation | None:
    """After a late recusal or a late alert: a new result; it may be invalid, never lower by a trick.

    When a second round was counted, both rounds are computed again: the page shows the one beside the other.
    """
    last = latest(application)
    if last is None or application.state not in (
        Application.State.IN_DELIBERATION,
        Application.State.DEFERRED,
    ):
        return None
    live = _live(application)
    found = _evaluate(application, live, derogation=last.derogation, at=at)
    return (
        found if last.round == 1 else _evaluate(application, live, round=2, derogation=last.derogation, at=at)
    )


def evaluate_second_round(application: Application, *, at: datetime) -> Evaluation | None:
    """The result after the discussion, beside that of the first round; None when no score was changed or it is written.

    The dossier is held.
    """
    last = latest(application)
    if last is None or last.round == 2:
        return None
    live = _live(application)
    changed = Score.objects.filter(assignment__in=live, round=2).exclude(change_reason="")
    if not changed.exists():
        return None
    return _evaluate(application, live, round=2, derogation=last.derogation, at=at)


def first_round(application: Application) -> Evaluation | None:
    """The last result of the first round."""
    return Evaluation.objects.filter(application=application, round=1).order_by("-pk").first()


def latest(application: Application) -> Evaluation | None:
    """The result that counts: the last one frozen."""
    return Evaluation.objects.filter(application=application).order_by("-pk").first()


def held_application(application_pk: int) -> Application:
    """The dossier with what rules and results read, its thread locked."""
    return Application.objects.select_related("edition", "snapshot", "structure", "thread").hold(
        application_pk
    )


def sheets_of(assignments: Iterable[Assignment], scores: Iterable[Score]) -> list[scoring.Sheet]:
    """The sheets of a panel: a score, None for « sans objet », nothing for « je ne me prononce pas »."""
    found: dict[int, dict[str, int | None]] = defaultdict(dict)
    for score in scores:
        if score.verdict == Score.Verdict.NOT_APPLICABLE or score.value is not None:
            found[score.assignment_id][score.criterion] = score.value
    return [
        scoring.Sheet(
            college=assignment.college,
            scores=found[assignment.pk],
            overall_advice=assignment.overall_advice,
            safety_alert=bool(assignment.safety_alert),
            pseudonym=assignment.pseudonym,
        )
        for assignment in assignments
    ]


def _live(application: Application) -> list[Assignment]:
    return list(Assignment.objects.filter(application=application, state__in=Assignment.LIVE).order_by("pk"))


def _close(
    application: Application, assignments: list[Assignment], *, derogation: str, at: datetime, by: Actor
) -> Evaluation:
    evaluation = _evaluate(application, assignments, derogation=derogation, at=at)
    application.close_review(by=by, at=at)
    application.save()
    return evaluation


def _evaluate(
    application: Application,
    assignments: list[Assignment],
    *,
    derogation: str,
    at: datetime,
    round: int = 1,  # noqa: A002 - the word of the committee, and of the column
) -> Evaluation:
    snapshot = application.snapshot
    if snapshot is None:
        raise Blocked([_("Ce dossier n'a jamais été déposé.")])
    counted = [assignment for assignment in assignments if assignment.state in Assignment.COUNTED]
    scores = Score.objects.filter(assignment__in=counted).of_round(round)
    outside = left_out(snapshot)
    result = scoring.aggregate(
        application.edition.data,
        sheets_of(counted, (score for score in scores if score.criterion not in outside)),
        minimum_per_college=panel_minimum(application.edition, derogation=derogation) if derogation else None,
        not_applicable=outside,
    ).as_data()
    return Evaluation.objects.create(
        application=application,
        snapshot=snapshot,
        round=round,
        result=result,
        digest=digest_of(result),
        derogation=derogation,
        closed_at=at,
    )


def digest_of(result: dict[str, Any]) -> str:
    """The SHA-256 of a result, written in one canonical way."""
    text = json.dumps(result, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
