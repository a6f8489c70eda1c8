"""A dispute before a court, followed as dated facts; a person carries a judgment out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from decisions import clocks, mails
from decisions.litigation_checklist import (
    CAUSES,
    NO_CONDITION,
    STANDING,
    missing_in_step,
    missing_to_carry_out,
    missing_to_leave,
    missing_to_open,
    missing_to_resume,
)
from decisions.models import Decision, Litigation, LitigationStep
from decisions.undoing import can_undo, obstacles_to_undo, resume, undo, undo_at_once
from journal.moves import Actor, note, subject_key
from journal.refusals import Blocked, Missing, block_unless_empty
from letters import files
from letters.models import StoredFile

Kind = LitigationStep.Kind
PAPER = "litigation"


@transaction.atomic
def open_litigation(
    *, decision_pk: int, court: str, number: str, opened_on: date, brought_by: str, at: datetime, by: Actor
) -> Litigation:
    """Note that an act is contested in court: which court, the number it gives, since when, by whom.

    Pending, the act is not « définitif », in time or late: whether it came too late is for the judge to say.

    Raises `NotAllowed`, `Blocked` (an act that nobody received, a date, a number already known).
    """
    decision = _held(decision_pk, by, at)
    court, number = " ".join(court.split()), " ".join(number.split())
    block_unless_empty(
        missing_to_open(decision, court, number, opened_on, brought_by, on=timezone.localdate(at))
    )
    try:
        with transaction.atomic():
            litigation = Litigation.objects.create(
                decision=decision,
                court=court,
                number=number,
                opened_on=opened_on,
                brought_by=brought_by,
                recorded_by=by.person,
                recorded_at=at,
            )
    except IntegrityError:
        raise Blocked([Missing(_("Ce numéro est déjà suivi pour ce tribunal."), code="number")]) from None
    LitigationStep.objects.create(
        litigation=litigation,
        kind=Kind.LODGED,
        happened_on=opened_on,
        recorded_by=by.person,
        recorded_at=at,
    )
    note(decision, what="litigation_open", at=at, by=by)
    clocks.reopen_if_final(decision, at=at)
    return litigation


@transaction.atomic
def add_step(  # noqa: PLR0913 - one fact of the case per argument
    *,
    litigation_pk: int,
    kind: str,
    happened_on: date,
    text: str = "",
    due_on: date | None = None,
    conditions: Collection[str] = (),
    upload: UploadedFile | None = None,
    at: datetime,
    by: Actor,
) -> LitigationStep:
    """Note a fact of the case, and carry out what a judge ordered; `due_on` becomes a hard deadline.

    An order that suspends, or a judgment that annuls, undoes the effect of the act (domain 5.3): no adversarial
    phase is needed. One that annuls a part takes off the `conditions` named (their keys, or `NO_CONDITION`) and leaves
    the rest. What cannot be undone now waits for a person (`carry_out`): a judgment is always noted. What an order gave
    back until a judgment that rejects the claim is taken back by a person (`resume_act`), never by this note.

    Raises `NotAllowed`, `Blocked` (a case that is over, dates, a part not told), ValidationError for the file.
    """
    on = timezone.localdate(at)
    litigation = Litigation.objects.select_related("decision").get(pk=litigation_pk)
    decision = _held(litigation.decision_id, by, at)
    litigation.decision = decision
    step = LitigationStep(
        litigation=litigation,
        kind=kind,
        happened_on=happened_on,
        text=text,
        due_on=due_on,
        recorded_by=by.person,
        recorded_at=at,
    )
    block_unless_empty(missing_in_step(litigation, step, conditions, on=on))
    step.file = _kept(decision, upload, at=at, by=by)
    step.save()
    if step.kind == Kind.PARTLY_ANNULLED:
        step.conditions.set([int(key) for key in conditions if key != NO_CONDITION])
    note(decision, what=f"litigation_{step.kind}", at=at, by=by)
    if step.kind in LitigationStep.ENDING:
        _forget_dates(litigation, at)
    if step.kind in LitigationStep.STANDING:
        clocks.start_judgment(litigation, decision, happened_on)
    clocks.start_hard_date(step, decision)
    if step.kind in CAUSES:
        _carry_out_or_wait(step, decision, at, by)
    return step


@transaction.atomic
def carry_out(*, step_pk: int, at: datetime, by: Actor) -> LitigationStep:
    """Carry out what a judge said, once nothing is in the way any more.

    Raises `NotAllowed`, `Blocked` (it was done, something still is in the way).
    """
    step, decision = _held_step(step_pk, by, at)
    block_unless_empty(missing_to_carry_out(step, decision))
    undo(decision, CAUSES[step.kind], at=at, by=by)
    return _carried_out(step, decision, "litigation_carried_out", at, by)


@transaction.atomic
def leave_undone(*, step_pk: int, at: datetime, by: Actor) -> LitigationStep:
    """Nothing is left to do of what a judge said, and why (`by`): another dossier of the structure stands for it.

    Raises `NotAllowed`, `Blocked` (it was done, no reason).
    """
    step, decision = _held_step(step_pk, by, at)
    block_unless_empty(missing_to_leave(step, reason=by.reason))
    return _carried_out(step, decision, "litigation_without_object", at, by)


@transaction.atomic
def resume_act(*, litigation_pk: int, at: datetime, by: Actor) -> LitigationStep:
    """Put back in effect, from that day, the act that a judge had suspended until a judgment that rejected the claim.

    Raises `NotAllowed`, `Blocked` (nothing holds it back, it was done, another judge still does).
    """
    litigation = Litigation.objects.get(pk=litigation_pk)
    decision = _held(litigation.decision_id, by, at)
    block_unless_empty(missing_to_resume(litigation, on=timezone.localdate(at)))
    step = LitigationStep.objects.create(
        litigation=litigation,
        kind=Kind.RESUMED,
        happened_on=timezone.localdate(at),
        recorded_by=by.person,
        recorded_at=at,
    )
    note(decision, what=f"litigation_{step.kind}", at=at, by=by)
    resume(decision, at=at, by=by)
    mails.act_resumed(step, decision, at=at)
    return step


@transaction.atomic
def keep_hard_date(*, step_pk: int, at: datetime, by: Actor) -> LitigationStep:
    """What the judge asked for by a date was done: its clock is met. A second call changes nothing.

    Raises `NotAllowed`.
    """
    step, decision = _held_step(step_pk, by, at)
    if deadlines.meet(subject=step, kind=clocks.hard_date_kind(step), at=at) is not None:
        note(decision, what="litigation_done", at=at, by=by)
    return step


def _held(decision_pk: int, by: Actor, at: datetime) -> Decision:
    related = Decision.objects.select_related("application__structure", "application__edition")
    decision: Decision = related.hold(decision_pk)
    require("decisions.follow_litigation", by, decision, on=timezone.localdate(at))
    return decision


def _held_step(step_pk: int, by: Actor, at: datetime) -> tuple[LitigationStep, Decision]:
    """The step, read once its act is held."""
    decision_pk = LitigationStep.objects.values_list("litigation__decision", flat=True).get(pk=step_pk)
    decision = _held(decision_pk, by, at)
    return LitigationStep.objects.select_related("litigation").get(pk=step_pk), decision


def _kept(decision: Decision, upload: UploadedFile | None, *, at: datetime, by: Actor) -> StoredFile | None:
    if upload is None:
        return None
    return files.store(upload=upload, subject=decision, purpose=PAPER, thread=decision._thread, at=at, by=by)


def _forget_dates(litigation: Litigation, at: datetime) -> None:
    """The case is over: the dates of its earlier steps have lost their object."""
    for step in litigation.steps.exclude(due_on=None):
        deadlines.drop(subject=step, at=at)


def _carry_out_or_wait(step: LitigationStep, decision: Decision, at: datetime, by: Actor) -> None:
    """Undo what the judge undid; what cannot be now waits, but for what waits for nothing."""
    cause, stood = CAUSES[step.kind], decision.state in STANDING
    if stood and step.kind == Kind.ANNULLED:
        decision.annul(by=by, at=at)
        decision.save()
        deadlines.drop(subject=subject_key(decision), at=at)
    has_effect = stood and can_undo(decision, cause)
    if has_effect:
        mails.changed_by_a_judge(step, decision, at=at)
    if has_effect and obstacles_to_undo(decision, cause):
        undo_at_once(decision, cause, at=at, by=by)
        return
    if has_effect:
        undo(decision, cause, at=at, by=by)
    step.carried_out_at = at
    step.save(update_fields=["carried_out_at"])


def _carried_out(
    step: LitigationStep, decision: Decision, what: str, at: datetime, by: Actor
) -> LitigationStep:
    step.carried_out_at = at
    step.save(update_fields=["carried_out_at"])
    note(decision, what=what, at=at, by=by)
    return step
