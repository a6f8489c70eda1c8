"""A condition on a label: its proof is sent, then accepted or asked for again; its date may move."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates import mails
from certificates.actions.hearings import held_label
from certificates.checklist import missing_to_lift, missing_to_move_condition, missing_to_send_proof
from certificates.effects.conditions import start_clock
from certificates.models import Condition, Label
from certificates.rules import require_on_label
from deadlines import actions as deadlines
from journal.moves import Actor, note, subject_key
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from letters import files

PROOF = "condition_proof"


@transaction.atomic
def send_condition_proof(
    *, condition_pk: int, text: str, file: UploadedFile | None = None, at: datetime, by: Actor
) -> Condition:
    """Send the proof that a point is corrected; until it is read, sending again replaces it.

    By the association, or typed by the office as it came. Raises `NotAllowed`, `Blocked`, ValidationError for a file.
    """
    condition, label = _held(condition_pk)
    require("certificates.send_condition_proof", by, label, on=timezone.localdate(at))
    missing = missing_to_send_proof(condition, label, text=text, has_file=file is not None)
    if missing:
        raise Blocked(missing)
    if file is not None:
        condition.answer_file = files.store(
            upload=file, subject=label, purpose=PROOF, thread=label._thread, at=at, by=by
        )
    condition.answer, condition.answered_at, condition.asked_again = text.strip(), at, ""
    condition.save(update_fields=["answer", "answer_file", "answered_at", "asked_again"])
    note(label, what="send_condition_proof", at=at, by=by)
    return condition


@transaction.atomic
def accept_condition_proof(
    *, condition_pk: int, seen: datetime | None = None, at: datetime, by: Actor
) -> Condition:
    """The officer finds the proof right: a signatory lifts the condition. `seen` is when the proof read was sent.

    A second call changes nothing. Raises `NotAllowed`, `Blocked` without a proof, or when another came meanwhile.
    """
    condition, label = _held(condition_pk)
    by = require_on_label("certificates.read_condition_proof", by, label, on=timezone.localdate(at))
    if condition.met_on is not None or condition.accepted_at is not None:
        return condition
    _same_proof(condition, seen)
    condition.accepted_at, condition.accepted_by = at, by.person
    condition.save(update_fields=["accepted_at", "accepted_by"])
    note(label, what="accept_condition_proof", at=at, by=by)
    return condition


@transaction.atomic
def lift_condition(*, condition_pk: int, at: datetime, by: Actor) -> Condition:
    """A signatory lifts a condition whose proof an officer accepted: it binds no longer from that day (domain 5.1).

    A second call changes nothing. Raises `NotAllowed`; `Blocked` with what is missing.
    """
    condition, label = _held(condition_pk)
    on = timezone.localdate(at)
    require("certificates.lift_condition", by, label, on=on)
    if condition.met_on is not None:
        return condition
    block_unless_empty(missing_to_lift(condition, by.person, on=on))
    condition.met_on, condition.lifted_by = on, by.person
    condition.save(update_fields=["met_on", "lifted_by"])
    deadlines.meet(subject=subject_key(condition), kind="condition", at=at)
    note(label, what="lift_condition", at=at, by=by)
    mails.condition_read(condition, at=at)
    return condition


@transaction.atomic
def send_back_condition(*, condition_pk: int, at: datetime, by: Actor) -> Condition:
    """A signatory gives an accepted proof back to the officer, with a reason. Raises `NotAllowed`, `Blocked`."""
    condition, label = _held(condition_pk)
    require("certificates.lift_condition", by, label, on=timezone.localdate(at))
    if condition.met_on is not None or condition.accepted_at is None:
        raise Blocked([_("Aucune preuve acceptée n'attend.")])
    if is_blank(by.reason):
        raise Blocked([Missing(_("Dites en une phrase pourquoi."), "#id_back-reason", "reason")])
    condition.accepted_at = condition.accepted_by = None
    condition.save(update_fields=["accepted_at", "accepted_by"])
    note(label, what="send_back_condition", at=at, by=by)
    return condition


@transaction.atomic
def ask_condition_again(
    *, condition_pk: int, why: str, seen: datetime | None = None, at: datetime, by: Actor
) -> Condition:
    """The proof is not enough: say what is missing; the date does not move. Raises `NotAllowed`, `Blocked`."""
    condition, label = _held(condition_pk)
    by = require_on_label("certificates.read_condition_proof", by, label, on=timezone.localdate(at))
    if condition.met_on is not None or condition.accepted_at is not None:
        raise Blocked([_("Cette réserve est levée, ou sa preuve est acceptée.")])
    _same_proof(condition, seen)
    if is_blank(why):
        raise Blocked([_("Dites ce qui manque dans la preuve.")])
    condition.answered_at, condition.asked_again = None, why.strip()
    condition.save(update_fields=["answered_at", "asked_again"])
    note(label, what="ask_condition_again", at=at, by=by)
    mails.condition_read(condition, at=at)
    return condition


@transaction.atomic
def move_condition_date(*, condition_pk: int, due_on: date, at: datetime, by: Actor) -> Condition:
    """Leave more time, with a reason (`by.reason`). Raises `NotAllowed`, `Blocked`."""
    condition, label = _held(condition_pk)
    on = timezone.localdate(at)
    by = require_on_label("certificates.read_condition_proof", by, label, on=on)
    missing = missing_to_move_condition(condition, label, due_on=due_on, reason=by.reason, on=on)
    if missing:
        raise Blocked(missing)
    condition.due_on = due_on
    condition.save(update_fields=["due_on"])
    deadlines.drop(subject=subject_key(condition), at=at)
    start_clock(condition, label, on=on)
    note(label, what="move_condition_date", at=at, by=by)
    mails.condition_due(condition, f"moved-{due_on.isoformat()}", at=at)
    return condition


def _same_proof(condition: Condition, seen: datetime | None) -> None:
    if condition.answered_at is None:
        raise Blocked([_("Aucune preuve n'est à lire.")])
    if seen is not None and seen != condition.answered_at:
        raise Blocked([_("Une autre preuve est arrivée depuis que vous avez ouvert cette page : lisez-la.")])


def _held(condition_pk: int) -> tuple[Condition, Label]:
    label = held_label(Condition.objects.values_list("label_id", flat=True).get(pk=condition_pk))
    return label.conditions.select_related("label__structure", "answer_file").get(pk=condition_pk), label
