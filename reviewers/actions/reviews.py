"""Answering a proposal, scoring criterion by criterion, sealing the review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.moves import Actor
from journal.refusals import Blocked, Missing, Refusal, block_unless_empty
from journal.seen import must_write
from letters.spoken import told_excess
from reviewers.actions.departures import held, start_review_clock
from reviewers.actions.evaluations import close_if_complete
from reviewers.checklist import OPINIONS, missing_to_accept, missing_to_score, missing_to_submit, na_refused
from reviewers.grid import criteria
from reviewers.models import Assignment, GridEntry, Score
from reviewers.models.entries import ADVICE

COMMENT_LIMIT = 5000
CORRECTION = "grid_correction"  # the days to correct a grid that somebody else typed
State = Assignment.State
Verdict = Score.Verdict


class StaleScore(Refusal):
    """The score was changed elsewhere since the page was opened (E11); `theirs` is the row that is kept."""

    def __init__(self, theirs: Score):
        self.theirs = theirs
        super().__init__(f"{theirs.criterion} is at version {theirs.version}")


@dataclass(frozen=True)
class Given:
    """One line of a grid: a verdict, a score when there is one, a comment."""

    verdict: str = Verdict.SCORED
    value: int | None = None
    comment: str = ""
    version: int | None = None  # of the score that the page of a typist showed (0: none); None: no page


@transaction.atomic
def accept_assignment(*, assignment_pk: int, at: datetime, by: Actor) -> Assignment:
    """The member states that there is no link with this dossier; it opens, and 21 days run.

    Raises `NotAllowed`, and `Blocked` when the declaration of interests is not current.
    """
    assignment = held(assignment_pk)
    require("reviewers.open_assignment", by, assignment, on=timezone.localdate(at))
    return _accept(assignment, at=at, by=by)


@transaction.atomic
def save_score(
    *,
    assignment_pk: int,
    criterion: str,
    verdict: str,
    value: int | None,
    comment: str,
    version: int,
    at: datetime,
    by: Actor,
) -> Score:
    """Keep what the member thinks of one criterion; incomplete is kept too. `version` is the one they read (0: none).

    Raises `NotAllowed`; `Blocked` when sealed (E30) or refused (E20, E26, E27); `StaleScore` (E11); `LookupError`
    for a criterion that is not in the grid.
    """
    assignment = held(assignment_pk)
    require("reviewers.score_assignment", by, assignment, on=timezone.localdate(at))
    block_unless_empty(missing_to_score(assignment, on=timezone.localdate(at)))
    line = Given(verdict, value, comment)
    _check_line(assignment, criterion, line)
    score = _write(assignment, criterion, line, version=version, at=at)
    _corrected(assignment, criterion, at=at)
    return score


@transaction.atomic
def save_overall(
    *, assignment_pk: int, advice: str, comment: str, seen: str | None = None, at: datetime, by: Actor
) -> Assignment:
    """Keep the overall advice and its comment as a draft; `seen` is the token of the page (`overall_token`).

    Raises `NotAllowed`, `Blocked`, and `Stale` (E11) when both were changed elsewhere since.
    """
    assignment = held(assignment_pk)
    require("reviewers.score_assignment", by, assignment, on=timezone.localdate(at))
    block_unless_empty(missing_to_score(assignment, on=timezone.localdate(at)))
    if _is_to_write(assignment, advice, comment, seen=seen):
        changes = advice != assignment.overall_advice
        _put_overall(assignment, advice, comment)
        assignment.overall_typed = False
        assignment.save(update_fields=["overall_advice", "overall_comment", "overall_typed", "version"])
        if changes:
            _corrected(assignment, ADVICE, at=at)
    return assignment


@transaction.atomic
def submit_review(
    *, assignment_pk: int, advice: str, comment: str, seen: str | None = None, at: datetime, by: Actor
) -> Assignment:
    """Seal a review; when it is the last one awaited, the evaluation closes in the same transaction.

    Raises `NotAllowed`; `Blocked` when it is already sent (E30) or something is missing (E21, E26 to E28); `Stale`
    (E11) as `save_overall`.
    """
    assignment = held(assignment_pk)
    require("reviewers.score_assignment", by, assignment, on=timezone.localdate(at))
    block_unless_empty(missing_to_score(assignment, on=timezone.localdate(at)))
    _is_to_write(assignment, advice, comment, seen=seen)
    return _submit(assignment, advice, comment, at=at, by=by)


def _accept(assignment: Assignment, *, at: datetime, by: Actor) -> Assignment:
    today = timezone.localdate(at)
    block_unless_empty(missing_to_accept(assignment, on=today))
    # Never earlier than the day that the proposal promised.
    assignment.review_due_on = max(assignment.review_due_on, today + timedelta(days=settings.REVIEW_DAYS))
    assignment.accept(by=by, at=at)
    assignment.save()
    deadlines.meet(subject=assignment, kind="assignment_answer", at=at)
    start_review_clock(assignment, at=at)
    return assignment


def _submit(assignment: Assignment, advice: str, comment: str, *, at: datetime, by: Actor) -> Assignment:
    block_unless_empty(missing_to_score(assignment))
    scores = {score.criterion: score for score in assignment.scores.all() if score.round == 1}
    block_unless_empty(missing_to_submit(assignment, scores, advice=advice))
    _put_overall(assignment, advice, comment)
    assignment.submit(by=by, at=at)
    assignment.save()
    deadlines.meet(subject=assignment, kind="review", at=at)
    if assignment.entered_by_id:
        deadlines.meet(subject=assignment, kind=CORRECTION, at=at)
    close_if_complete(assignment.application.held_with(assignment), at=at)
    return assignment


def _is_to_write(assignment: Assignment, advice: str, comment: str, *, seen: str | None) -> bool:
    """Whether what was typed differs from what is kept; raises `Stale` when another page changed it meanwhile."""
    kept = (assignment.overall_advice, assignment.overall_comment)
    return must_write(assignment, kept=kept, given=(advice, comment.strip()), seen=seen)


def _put_overall(assignment: Assignment, advice: str, comment: str) -> None:
    if advice and advice not in OPINIONS:
        raise Blocked([Missing(_("Choisissez une des réponses proposées."), code="advice")])
    _check_length(comment, COMMENT_LIMIT)
    assignment.overall_advice, assignment.overall_comment = advice, comment.strip()
    assignment.version += 1


def _corrected(assignment: Assignment, code: str, *, at: datetime) -> None:
    """The member changes what somebody else typed for them."""
    entry = GridEntry.objects.filter(assignment=assignment).first() if assignment.entered_by_id else None
    if entry is not None:
        entry.correct(code, at=at)


def _write(
    assignment: Assignment, criterion: str, line: Given, *, version: int, typed: bool = False, at: datetime
) -> Score:
    """Insert or change one score; its thread is held, so that the version read is the version replaced."""
    score = Score.objects.filter(assignment=assignment, criterion=criterion, round=1).first()
    if (score.version if score else 0) != version:
        if score is None:
            score = Score(assignment=assignment, criterion=criterion, version=0, saved_at=at)
        raise StaleScore(score)
    if score is None:
        score = Score(assignment=assignment, criterion=criterion, version=0)
    score.verdict, score.value, score.comment = line.verdict, line.value, line.comment.strip()
    score.typed = typed
    score.version += 1
    score.saved_at = at
    score.save()
    return score


def _check_line(assignment: Assignment, code: str, line: Given) -> None:
    """Refuse what no grid may hold, even as a draft: unknown criterion, score or verdict."""
    rows = {row.code: row for row in criteria(assignment.application.edition, assignment.snapshot)}
    if code not in rows:
        raise LookupError(code)
    scored = line.verdict == Verdict.SCORED
    in_range = line.value is None or (isinstance(line.value, int) and 0 <= line.value <= 4)
    if line.verdict not in Verdict.values or not in_range or (line.value is not None and not scored):
        text = _("Choisissez une note de 0 à 4, ou « Je ne me prononce pas ».")
        raise Blocked([Missing(text, code="note")])
    if line.verdict == Verdict.NOT_APPLICABLE and not rows[code].na_allowed:
        raise Blocked([Missing(na_refused(), code="note")])
    _check_length(line.comment, COMMENT_LIMIT)


def _check_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise Blocked([Missing(told_excess(len(text), limit), code="comment")])
