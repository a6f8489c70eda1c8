"""The second round: it opens once every review is in; each member keeps or changes scores, and both rounds stay."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.moves import Actor
from journal.refusals import Blocked, Missing, block_unless_empty
from label.models import Application
from letters.spoken import told_excess
from reviewers import mails
from reviewers.actions.departures import held
from reviewers.actions.evaluations import evaluate_second_round, held_application
from reviewers.actions.reviews import StaleScore
from reviewers.checklist import (
    mend_score,
    missing_change,
    missing_to_open_discussion,
    missing_to_reread,
)
from reviewers.grid import criteria
from reviewers.models import Assignment, Evaluation, Mandate, RereadEntry, Score

REASON_LIMIT = 2000
State = Assignment.State


@transaction.atomic
def open_discussion(*, application_pk: int, at: datetime, by: Actor) -> list[Assignment]:
    """Show each member of the panel the scores of the others, by college and pseudonym; each may keep or change theirs.

    Not to those whose mandate does not allow it that day: their scores stay, and it may be opened to them later.
    Raises `NotAllowed`, and `Blocked` while a review is awaited or when the discussion is already open (domain 5.1).
    """
    application, today = held_application(application_pk), timezone.localdate(at)
    require("reviewers.run_discussion", by, application, on=today)
    live = _live(application)
    block_unless_empty(missing_to_open_discussion(application, live))
    able = set(Mandate.objects.at_work(on=today).values_list("user_id", flat=True))
    opened = [one for one in live if one.state == State.SUBMITTED and one.user_id in able]
    if not opened:
        raise Blocked([_("Personne ne peut relire ses notes aujourd'hui : regardez les mandats du panel.")])
    for assignment in opened:
        assignment.held_with(application).reopen(by=by, at=at)
        assignment.save()
        mails.tell_discussion(assignment, at=at, on=today)
    return opened


@transaction.atomic
def keep_score(
    *, assignment_pk: int, criterion: str, version: int, first: bool = False, at: datetime, by: Actor
) -> Score:
    """« Je garde ma note »: the last score stands in the second round, and the member said so.

    One that they changed in this round stays changed; with `first`, they go back to that of the first round.
    `version` is that of the second-round row they read (0: none). Raises `NotAllowed`, `Blocked`, `StaleScore`, and
    `LookupError` for a criterion that the member did not score.
    """
    assignment = _rereading(assignment_pk, at, by)
    before, score = _rounds(assignment, criterion, version)
    if score.change_reason and not first:
        return score
    score.verdict, score.value, score.comment = before.verdict, before.value, before.comment
    score.change_reason = ""
    return _written(score, at)


@transaction.atomic
def change_score(
    *,
    assignment_pk: int,
    criterion: str,
    verdict: str,
    value: int | None,
    reason: str,
    version: int,
    at: datetime,
    by: Actor,
) -> Score:
    """« Je change »: another score with its reason, beside that of the first round, which stays.

    Raises `NotAllowed`; `Blocked` when the discussion is closed to the member, for a score that the grid refuses (E26,
    E27), the same score, or no reason (E20, E29); `StaleScore`; `LookupError` for a criterion that they did not score.
    """
    assignment = _rereading(assignment_pk, at, by)
    before, score = _rounds(assignment, criterion, version)
    score.verdict, score.value, score.change_reason = verdict, value, reason.strip()
    score.comment = score.change_reason  # what explains a 0, a 1 or a 4 in this round
    block_unless_empty([*_refused(assignment, score), *missing_change(before, score)])
    return _written(score, at)


@transaction.atomic
def finish_rereading(*, assignment_pk: int, at: datetime, by: Actor) -> Assignment:
    """The member has read the others: what was not reread stays as it was. The last who could closes the discussion.

    Raises `NotAllowed`, `Blocked`.
    """
    assignment = held(assignment_pk)
    require("reviewers.reread_scores", by, assignment, on=timezone.localdate(at))
    block_unless_empty(missing_to_reread(assignment, on=timezone.localdate(at)))
    assignment.finalise(by=by, at=at)
    assignment.save()
    application = assignment.application.held_with(assignment)
    if not any(one.state == State.REOPENED for one in _live(application)):
        close_discussion(application, at=at, by=Actor.system())
    return assignment


@transaction.atomic
def end_discussion(*, application_pk: int, at: datetime, by: Actor) -> Evaluation | None:
    """The secretariat closes the discussion. Raises `NotAllowed`, and `Blocked` when none is open."""
    application = held_application(application_pk)
    require("reviewers.run_discussion", by, application, on=timezone.localdate(at))
    if not any(assignment.state == State.REOPENED for assignment in _live(application)):
        raise Blocked([_("Aucune discussion n'est ouverte sur ce dossier.")])
    return close_discussion(application, at=at, by=by)


def close_discussion(application: Application, *, at: datetime, by: Actor) -> Evaluation | None:
    """Every review that counts becomes final, and the result of the second round is frozen when a score was changed.

    Part of an act whose author was checked, on a dossier already held (vote opened, opinion recorded). Called again,
    it does nothing: the answer is None then, and when no score was changed.
    """
    for assignment in _live(application):
        if assignment.state in (State.SUBMITTED, State.REOPENED):
            assignment.held_with(application).finalise(by=by.because(""), at=at)
            assignment.save()
    return evaluate_second_round(application, at=at)


def _live(application: Application) -> list[Assignment]:
    rows = Assignment.objects.filter(application=application, state__in=Assignment.LIVE).order_by("pk")
    return list(rows.select_related("mandate__user", "application__thread"))


def _rereading(assignment_pk: int, at: datetime, by: Actor) -> Assignment:
    """The evaluation reread: by its member, or by who types for them once it is noted how they answered."""
    assignment = held(assignment_pk)
    is_typed = bool(by.on_behalf_of)
    rule = "reviewers.enter_rereading" if is_typed else "reviewers.reread_scores"
    require(rule, by, assignment, on=timezone.localdate(at))
    block_unless_empty(missing_to_reread(assignment, on=timezone.localdate(at)))
    if is_typed and not RereadEntry.objects.filter(assignment=assignment).exists():
        raise Blocked([Missing(_("Dites d'abord comment la personne a répondu."), code="means")])
    return assignment


def _rounds(assignment: Assignment, criterion: str, version: int) -> tuple[Score, Score]:
    """The score of the first round and that of the second, new when there is none; its thread is held."""
    rows = {row.round: row for row in assignment.scores.filter(criterion=criterion)}
    if 1 not in rows:
        raise LookupError(criterion)
    score = rows.get(2) or Score(assignment=assignment, criterion=criterion, round=2, version=0)
    if score.version != version:
        raise StaleScore(score)
    return rows[1], score


def _refused(assignment: Assignment, score: Score) -> list[Missing]:
    """What no grid may hold: E26, E27, and a reason that is too long."""
    row = {row.code: row for row in criteria(assignment.application.edition, assignment.snapshot)}[
        score.criterion
    ]
    scored, value = score.verdict == Score.Verdict.SCORED, score.value
    in_range = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 4
    if score.verdict not in Score.Verdict.values or in_range != scored or (value is not None) != scored:
        text = _("Choisissez une note de 0 à 4, ou « Je ne me prononce pas ».")
        return [Missing(text, code="note")]
    if len(score.change_reason) > REASON_LIMIT:
        return [Missing(told_excess(len(score.change_reason), REASON_LIMIT), code="reason")]
    if score.verdict == Score.Verdict.NOT_APPLICABLE and (mend := mend_score(row, score)):
        return [Missing(mend, code="note")]
    return []


def _written(score: Score, at: datetime) -> Score:
    score.version += 1
    score.saved_at = at
    score.save()
    return score
