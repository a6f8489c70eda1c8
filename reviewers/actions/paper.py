"""A grid given on paper, by phone or in a meeting: typed for the member, read back, checked, sealed (domain 6.9)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import may, require
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from letters import files
from letters.models import StoredFile
from reviewers import mails
from reviewers.actions.departures import held
from reviewers.actions.reviews import CORRECTION, Given, _accept, _check_line, _put_overall, _submit, _write
from reviewers.checklist import missing_to_read_back, missing_to_score, missing_to_work
from reviewers.models import Assignment, GridEntry, Score
from reviewers.models.entries import ADVICE, KEEP, REPLACE, is_drawn
from reviewers.paper_checklist import (
    changed_meanwhile,
    missing_about_own,
    missing_to_enter,
    typed_meanwhile,
)

State = Assignment.State
FIRST, SECOND = "first", "second"


@transaction.atomic
def accept_on_behalf(*, assignment_pk: int, means: str, at: datetime, by: Actor) -> Assignment:
    """The member said, by phone or on a signed paper, that there is no link: their dossier may be printed and sent.

    Raises `NotAllowed`; `Blocked` for an unknown means, or when the declaration of interests is not current.
    """
    assignment = held(assignment_pk)
    require("reviewers.enter_paper_grid", by, assignment, on=timezone.localdate(at))
    if means not in Assignment.Means.values:
        raise Blocked([Missing(_("Choisissez une des réponses proposées."), code="means")])
    behalf = by.standing_for(assignment.mandate.user)
    _accept(assignment, at=at, by=behalf)
    assignment.entry_means = means
    assignment.save(update_fields=["entry_means"])
    note(assignment, what="accept_on_behalf", at=at, by=behalf)
    return assignment


@transaction.atomic
def enter_paper_grid(  # noqa: PLR0913 - one act, said in one place
    *,
    assignment_pk: int,
    lines: Mapping[str, Given],
    advice: str,
    comment: str,
    means: str,
    statement_signed: bool,
    read_back_on: date | None,
    scan: UploadedFile | None,
    code: str = "",
    read_back_by: str = GridEntry.ReadBack.CALL,
    seen: str | None = None,
    own: str = "",
    at: datetime,
    by: Actor,
) -> Assignment:
    """Type the grid of a member who wrote, called or came; once read back with them, five days to correct begin.

    `seen` is the token of the typing that the page showed (`GridEntry.token`, empty for none); None: no page. `own`
    says what becomes of what the member wrote themselves, which is never shown: KEEP or REPLACE, at their request.

    Raises `NotAllowed` (the case officer of the dossier never types); `Blocked` for the grid of another dossier,
    person or edition, without the signed statement of no link, without a scan for a grid that came by post, after
    the days to correct, or when something is missing; `ValidationError` for a file that cannot be kept (E15 to E18).
    """
    assignment, today = held(assignment_pk), timezone.localdate(at)
    require("reviewers.enter_paper_grid", by, assignment, on=today)
    behalf = by.standing_for(assignment.mandate.user)
    reasons = missing_to_enter(
        assignment,
        means=means,
        code=code,
        read_back_on=read_back_on,
        read_back_by=read_back_by,
        signed=statement_signed,
        has_scan=scan is not None,
        on=today,
    )
    block_unless_empty(reasons)
    block_unless_empty(changed_meanwhile(assignment, seen))
    if assignment.state == State.PROPOSED:
        _accept(assignment, at=at, by=behalf)
    block_unless_empty(missing_to_score(assignment, on=today))
    replaced = _type(assignment, lines, (advice, comment.strip()), own=own, at=at)
    if scan is not None:
        assignment.paper_grid = keep_scan(assignment, scan, at=at, by=behalf)
    assignment.entered_by, assignment.entry_means, assignment.read_back_on = by.user, means, read_back_on
    assignment.save()
    entry = assignment.entry = _entry(assignment, code, read_back_by if read_back_on else "", at=at)
    entry.corrected = [one for one in entry.corrected if one not in replaced]
    if replaced:
        note(assignment, what="replace_own_words", at=at, by=behalf)
    event = note(assignment, what="enter_paper_grid", at=at, by=behalf)
    if read_back_on:
        _read_back(assignment, event.digest, at=at)
    entry.save()
    return assignment


@transaction.atomic
def seal_entry(*, assignment_pk: int, at: datetime, by: Actor) -> Assignment:
    """The days to correct are over: the clock seals the grid as it stands; a person decides nothing here.

    Raises `NotAllowed`; `Blocked` before the end, while a double check waits, or when something is missing.
    """
    assignment, today = held(assignment_pk), timezone.localdate(at)
    require("reviewers.seal_entry", by, assignment, on=today)
    entry = GridEntry.objects.filter(assignment=assignment).first()
    if entry is None or assignment.state != State.ACCEPTED or entry.is_open(on=today):
        raise Blocked([Missing(_("Les jours pour corriger ne sont pas passés."), code="open")])
    if entry.awaits_second:
        raise Blocked([Missing(_("Une deuxième personne doit encore relire cette grille."), code="second")])
    able = may("reviewers.score_assignment", assignment.mandate.user, assignment, on=today)
    if not able or missing_to_work(assignment, on=today):
        # a link found since, a mandate that stopped: what the member could not send is not sealed for them
        raise Blocked([Missing(_("Cette personne ne peut plus évaluer ce dossier."), code="closed")])
    return _submit(assignment, assignment.overall_advice, assignment.overall_comment, at=at, by=by)


@transaction.atomic
def type_again(
    *, assignment_pk: int, lines: Mapping[str, Given], advice: str, version: int, at: datetime, by: Actor
) -> GridEntry:
    """The double check: a second person types the grid from its scan without seeing the first typing.

    It is about that `version` of the typing, and not about what the member corrected since. Without a difference it
    is settled at once. Raises `NotAllowed` (who typed first, the case officer), `Blocked`.
    """
    assignment, entry = _drawn(assignment_pk, version, at=at, by=by)
    if entry.second_at is not None:
        raise Blocked([Missing(_("Cette grille est déjà relue."), code="second")])
    for code, line in lines.items():
        _check_line(assignment, code, line)
    typed = {code: _choice(line.verdict, line.value) for code, line in lines.items()}
    entry.second_lines = {**typed, ADVICE: advice}
    entry.second_by, entry.second_at = by.user, at
    entry.differences = _differences(assignment, entry.second_lines)
    note(assignment, what="type_again", at=at, by=by)
    if entry.differences:
        entry.save()
        return entry
    return _settle(assignment, entry, changed=False, at=at, by=by)


@transaction.atomic
def settle_differences(
    *, assignment_pk: int, choices: Mapping[str, str], version: int, at: datetime, by: Actor
) -> GridEntry:
    """Say, for each difference, which of the two typings the scan confirms; a change is told to the member again.

    What the member corrected meanwhile stays as they wrote it. Raises `NotAllowed`, and `Blocked` when a difference
    has no answer, when there is nothing to settle, or when the grid was typed again since that `version`.
    """
    assignment, entry = _drawn(assignment_pk, version, at=at, by=by)
    missing = [code for code in entry.to_settle if choices.get(code) not in (FIRST, SECOND)]
    if entry.second_at is None or missing:
        words = _("Pour chaque différence, dites ce que montre la grille numérisée.")
        raise Blocked([Missing(words, code="choices")])
    changed = [code for code in entry.to_settle if choices[code] == SECOND]
    _take_second(assignment, entry, changed, at=at)
    return _settle(assignment, entry, changed=bool(changed), at=at, by=by)


def keep_scan(assignment: Assignment, scan: UploadedFile, *, at: datetime, by: Actor) -> StoredFile:
    """The sheet that came by post, scanned. Raises `ValidationError` for a file that cannot be kept (E15 to E18)."""
    return files.store(
        upload=scan, subject=assignment, purpose="paper_grid", thread=assignment._thread, at=at, by=by
    )


def _type(
    assignment: Assignment, lines: Mapping[str, Given], overall: tuple[str, str], *, own: str, at: datetime
) -> list[str]:
    """Write what was typed, and return which words of the member it replaces, at their request: else those stay."""
    kept = _scores(assignment)
    theirs = [code for code in lines if code in kept and kept[code].is_own]
    theirs += [ADVICE] if assignment.overall_is_own and any(overall) else []
    block_unless_empty(missing_about_own(theirs, own, advice=overall[0]))
    for code, line in lines.items():
        _check_line(assignment, code, line)
        row = kept.get(code)
        if (code in theirs and own == KEEP) or (row is not None and row.typed and _is_same(row, line)):
            continue
        version = row.version if row else 0
        if code not in theirs and line.version not in (None, version):
            raise Blocked([typed_meanwhile()])
        _write(assignment, code, line, version=version, typed=True, at=at)
    if any(overall) and not (ADVICE in theirs and own == KEEP):
        advice, comment = overall
        _put_overall(
            assignment, advice or assignment.overall_advice, comment
        )  # nothing ticked erases nothing
        assignment.overall_typed = True
    else:
        assignment.version += 1  # the letter that tells the member is of this typing
    return theirs if own == REPLACE else []


def _is_same(score: Score, line: Given) -> bool:
    return (score.verdict, score.value, score.comment) == (line.verdict, line.value, line.comment.strip())


def _entry(assignment: Assignment, code: str, read_back_by: str, *, at: datetime) -> GridEntry:
    """The row of that grid, new or typed again: its days to correct, if any ran, and its second reading are over."""
    entry = GridEntry.objects.filter(assignment=assignment).first() or GridEntry(assignment=assignment)
    entry.code, entry.entered_at, entry.read_back_by = code.strip().upper(), at, read_back_by
    entry.correction_due_on = None
    entry.type_over()
    deadlines.drop(subject=assignment, kind=CORRECTION, at=at)
    return entry


def _read_back(assignment: Assignment, digest: str, *, at: datetime) -> None:
    """What was read back is complete; its days to correct begin, and the draw is made, once, if there is a scan."""
    block_unless_empty(missing_to_read_back(assignment, _scores(assignment)))
    entry = assignment.entry
    _start_correction(assignment, at=at)
    if assignment.paper_grid_id and not entry.drawn_from:
        entry.drawn_from, entry.drawn = digest, is_drawn(digest, percent=settings.DOUBLE_CHECK_PERCENT)


def _start_correction(assignment: Assignment, *, at: datetime) -> None:
    """Five days from the read-back, or from today when it is later; more when the member reads a letter."""
    entry, today = assignment.entry, timezone.localdate(at)
    by_letter = entry.read_back_by == GridEntry.ReadBack.LETTER
    days = settings.CORRECTION_DAYS + (settings.CORRECTION_POST_DAYS if by_letter else 0)
    entry.correction_due_on = today + timedelta(days=days)
    deadlines.drop(subject=assignment, kind=CORRECTION, at=at)
    deadlines.start(
        thread=assignment.application.thread, subject=assignment, kind=CORRECTION, started_on=today, days=days
    )
    mails.tell_paper_entry(assignment, days=days, until=entry.correction_due_on, at=at)


def _drawn(assignment_pk: int, version: int, *, at: datetime, by: Actor) -> tuple[Assignment, GridEntry]:
    """The evaluation and its grid, when it was drawn, waits for its double check and is still that typing."""
    assignment = held(assignment_pk)
    require("reviewers.check_entry", by, assignment, on=timezone.localdate(at))
    block_unless_empty(missing_to_score(assignment))
    entry = GridEntry.objects.to_check().filter(assignment=assignment).first()
    if entry is None:
        raise Blocked([Missing(_("Cette grille n'est pas à relire."), code="second")])
    if entry.version != version:
        raise Blocked([typed_meanwhile()])
    assignment.entry = entry
    return assignment, entry


def _scores(assignment: Assignment) -> dict[str, Score]:
    return {score.criterion: score for score in Score.objects.filter(assignment=assignment, round=1)}


def _choice(verdict: str, value: int | None) -> str:
    return str(value) if value is not None else verdict


def _differences(assignment: Assignment, second: Mapping[str, str]) -> list[str]:
    """What the two typed otherwise; what the member wrote themselves is shown to neither."""
    scores = _scores(assignment)
    own = {code for code, score in scores.items() if score.is_own}
    own |= {ADVICE} if assignment.overall_is_own else set()
    first = {code: _choice(score.verdict, score.value) for code, score in scores.items()}
    first[ADVICE] = assignment.overall_advice
    return sorted(code for code in {*first, *second} - own if first.get(code) != second.get(code))


def _take_second(assignment: Assignment, entry: GridEntry, codes: list[str], *, at: datetime) -> None:
    """Write what the second person read; the comments stay those of the first typing."""
    scores = _scores(assignment)
    for code in codes:
        typed = entry.second_lines.get(code, "")
        if code == ADVICE:
            _put_overall(assignment, typed, assignment.overall_comment)
            assignment.save()
            continue
        kept = scores.get(code)
        line = (
            Given(Score.Verdict.SCORED, int(typed))
            if typed.isdigit()
            else Given(typed or Score.Verdict.SCORED)
        )
        comment = kept.comment if kept else ""
        line = Given(line.verdict, line.value, comment)
        _check_line(assignment, code, line)
        _write(assignment, code, line, version=kept.version if kept else 0, typed=True, at=at)


def _settle(assignment: Assignment, entry: GridEntry, *, changed: bool, at: datetime, by: Actor) -> GridEntry:
    """Nothing keeps the grid any more: it is sealed at once when its days are over, unless something changed."""
    entry.settled_at = at
    note(assignment, what="settle_differences", at=at, by=by)
    if changed:
        assignment.version += 1
        assignment.save(update_fields=["version"])
        _start_correction(assignment, at=at)
    entry.save()
    if not entry.is_open(on=timezone.localdate(at)):
        with suppress(Blocked):  # what is missing again waits on the secretariat's list
            seal_entry(assignment_pk=assignment.pk, at=at, by=Actor.system())
    return entry
