"""A dispute before a court, followed as dated facts; a person carries a judgment out."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from decisions import clocks, mails
from decisions.litigation_checklist import missing_in_step, missing_to_open, missing_to_resume
from decisions.models import Decision, Litigation, LitigationStep
from decisions.undoing import Cause, can_undo, resume, undo
from journal.moves import Actor, note, subject_key
from journal.refusals import Blocked, Missing, block_unless_empty
from letters import files
from letters.models import StoredFile

Kind = LitigationStep.Kind
PAPER = "litigation"


@transaction.atomic
def open_litigation(
    *, decision_pk: int, court: str, number: str, opened_on: date, at: datetime, by: Actor
) -> Litigation:
    """Note that an act is contested in court: which court, the number it gives, since when.

    Pending, the act is not « définitif », in time or late: whether it came too late is for the judge to say.

    Raises `NotAllowed`, `Blocked` (an act that nobody received, a date, a number already known).
    """
    decision = _held(decision_pk, by, at)
    court, number = " ".join(court.split()), " ".join(number.split())
    block_unless_empty(missing_to_open(decision, court, number, opened_on, on=timezone.localdate(at)))
    try:
        with transaction.atomic():
            litigation = Litigation.objects.create(
                decision=decision,
                court=court,
                number=number,
                opened_on=opened_on,
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
def add_step(
    *,
    litigation_pk: int,
    kind: str,
    happened_on: date,
    text: str = "",
    due_on: date | None = None,
    upload: UploadedFile | None = None,
    at: datetime,
    by: Actor,
) -> LitigationStep:
    """Note a fact of the case, and carry out what a judge ordered; `due_on` becomes a hard deadline.

    An order that suspends, or a judgment that annuls, undoes the effect of the act (domain 5.3): no adversarial
    phase is needed. What an order gave back until a judgment that rejects the claim is taken back by a person
    (`resume_act`), never by this note.

    Raises `NotAllowed`, `Blocked` (a case that is over, dates, an effect that cannot be undone), ValidationError for
    the file.
    """
    on = timezone.localdate(at)
    litigation = Litigation.objects.select_related("decision").get(pk=litigation_pk)
    decision = _held(litigation.decision_id, by, at)
    litigation.decision = decision
    block_unless_empty(missing_in_step(litigation, kind, happened_on, due_on, on=on))
    step = LitigationStep.objects.create(
        litigation=litigation,
        kind=Kind(kind),
        happened_on=happened_on,
        text=text,
        due_on=due_on,
        file=_kept(decision, upload, at=at, by=by),
        recorded_by=by.person,
        recorded_at=at,
    )
    note(decision, what=f"litigation_{step.kind}", at=at, by=by)
    if step.kind in LitigationStep.ENDING:
        _forget_dates(litigation, at)
    if step.kind in LitigationStep.LOST:
        clocks.start_judgment(litigation, decision, happened_on)
    clocks.start_hard_date(step, decision)
    _carry_out(step, decision, at, by)
    return step


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
    step = LitigationStep.objects.select_related("litigation").get(pk=step_pk)
    decision = _held(step.litigation.decision_id, by, at)
    if deadlines.meet(subject=step, kind=clocks.hard_date_kind(step), at=at) is not None:
        note(decision, what="litigation_done", at=at, by=by)
    return step


def _held(decision_pk: int, by: Actor, at: datetime) -> Decision:
    related = Decision.objects.select_related("application__structure", "application__edition")
    decision: Decision = related.hold(decision_pk)
    require("decisions.follow_litigation", by, decision, on=timezone.localdate(at))
    return decision


def _kept(decision: Decision, upload: UploadedFile | None, *, at: datetime, by: Actor) -> StoredFile | None:
    if upload is None:
        return None
    return files.store(upload=upload, subject=decision, purpose=PAPER, thread=decision._thread, at=at, by=by)


def _forget_dates(litigation: Litigation, at: datetime) -> None:
    """The case is over: the dates of its earlier steps have lost their object."""
    for step in litigation.steps.exclude(due_on=None):
        deadlines.drop(subject=step, at=at)


def _carry_out(step: LitigationStep, decision: Decision, at: datetime, by: Actor) -> None:
    if step.kind == Kind.INTERIM_ORDERED and can_undo(decision, Cause.SUSPENDED):
        undo(decision, Cause.SUSPENDED, at=at, by=by)
    if step.kind == Kind.ANNULLED:
        decision.annul(by=by, at=at)
        decision.save()
        deadlines.drop(subject=subject_key(decision), at=at)
        undo(decision, Cause.ANNULLED, at=at, by=by)
