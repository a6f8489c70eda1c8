"""Before a merger: the holder asks whether its label will go on, and a signatory answers in writing (domain 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import delegation_of, require
from certificates import mails
from certificates.actions.hearings import held_label
from certificates.checklist.mergers import MergerQuestion, missing_to_answer_merger, missing_to_ask_merger
from certificates.models import Label, MergerRequest
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from letters import actions as letters
from letters import files
from structures.identifiers import numbers_in
from structures.models import Registration

TREATY = "merger_treaty"
CLOCK = "merger_request"
ANSWER_MONTHS = 2  # CRPA L231-1
ALERTS = (-30, -15, -7, -3)


@dataclass(frozen=True)
class MergerAnswer:
    """What the Institute answers: yes, yes under conditions, or no, with its reasons."""

    outcome: str
    conditions: str = ""
    reasons_in_law: str = ""
    reasons_in_fact: str = ""


@transaction.atomic
def ask_before_merger(
    *,
    label_pk: int,
    question: MergerQuestion,
    treaty: UploadedFile | None,
    at: datetime,
    by: Actor,
) -> MergerRequest:
    """Ask whether the label will go on after a merger; its receipt leaves and two months run (law of 1901, 9 bis III).

    The question says how it came when the office types it for who wrote, called or came. Raises `NotAllowed`;
    `Blocked` with what is missing, or while another request waits; ValidationError for the file.
    """
    label, on = held_label(label_pk), timezone.localdate(at)
    require("certificates.ask_merger", by, label, on=on)
    day = question.received_on or on
    block_unless_empty(missing_to_ask_merger(label, question, has_treaty=treaty is not None, on=on))
    kept = (
        files.store(upload=treaty, subject=label, purpose=TREATY, thread=label._thread, at=at, by=by)
        if treaty is not None
        else None
    )
    kind, number = numbers_in(question.successor_number)[0]
    row = Registration.objects.filter(kind=kind, value=number, superseded_at=None).first()
    asked = MergerRequest(
        label=label,
        successor_name=question.successor_name.strip(),
        successor_number=number,
        successor_id=row.structure_id if row else None,
        planned_on=question.planned_on,
        text=question.text.strip(),
        treaty=kept,
        means=question.means,
        asked_by=by.person,
        asked_at=at,
        received_on=day,
        due_on=day,
    )
    asked.save(force_insert=True)
    clock = deadlines.start(
        thread=label._thread,
        subject=asked,
        kind=CLOCK,
        started_on=day,
        months=ANSWER_MONTHS,
        reminders=ALERTS,
    )
    asked.due_on = clock.due_on or day
    note(label, what="merger_asked", at=at, by=by)
    asked.receipt = letters.issue(
        "L1m",
        record=label,
        addressee=label.structure.representative(),
        channel=label.structure.service_channel(),
        at=at,
        by=by,
        asked=asked,
    )
    asked.save(update_fields=["due_on", "receipt"])
    return asked


@transaction.atomic
def answer_before_merger(*, request_pk: int, content: MergerAnswer, at: datetime, by: Actor) -> MergerRequest:
    """Answer in writing, under a delegation of signature: letter L20. The same person twice changes nothing.

    Raises `NotAllowed`, also for a member of the holder or of the successor; `Blocked` with what is missing, or for
    anything but a yes once silence is an acceptance.
    """
    asked, label = _held(request_pk)
    on = timezone.localdate(at)
    require("certificates.answer_merger", by, asked, on=on)
    if asked.answered_at is not None and asked.answered_by == by.user and asked.outcome == content.outcome:
        return asked
    block_unless_empty(
        missing_to_answer_merger(
            asked,
            outcome=content.outcome,
            conditions=content.conditions,
            reasons=(content.reasons_in_law, content.reasons_in_fact),
            has_delegation=delegation_of(by.user, on=on) is not None,
            on=on,
        )
    )
    asked.outcome = content.outcome
    asked.conditions = content.conditions.strip() if content.outcome == MergerRequest.Outcome.YES_IF else ""
    asked.reasons_in_law, asked.reasons_in_fact = (
        content.reasons_in_law.strip(),
        content.reasons_in_fact.strip(),
    )
    asked.answered_at, asked.answered_by = at, by.person
    asked.answer = letters.issue(
        "L20",
        record=label,
        addressee=label.structure.representative(),
        channel=label.structure.service_channel(),
        at=at,
        by=by,
        asked=asked,
    )
    asked.save()
    deadlines.meet(subject=asked, kind=CLOCK, at=at)
    note(label, what="merger_answered", at=at, by=by)
    if asked.successor is not None:
        mails.merger_answered(asked, asked.successor, at=at)
    return asked


@transaction.atomic
def drop_merger_request(*, request_pk: int, at: datetime, by: Actor) -> MergerRequest:
    """The holder asks no longer: nothing is awaited. Twice changes nothing.

    Raises `NotAllowed`; `Blocked` once answered.
    """
    asked, label = _held(request_pk)
    require("certificates.ask_merger", by, label, on=timezone.localdate(at))
    if asked.answered_at is not None:
        raise Blocked([Missing(_("Nous avons déjà répondu à cette demande."))])
    if asked.dropped_at is None:
        asked.dropped_at = at
        asked.save(update_fields=["dropped_at"])
        deadlines.drop(subject=asked, kind=CLOCK, at=at)
        note(label, what="merger_dropped", at=at, by=by)
    return asked


def _held(request_pk: int) -> tuple[MergerRequest, Label]:
    label = held_label(MergerRequest.objects.values_list("label_id", flat=True).get(pk=request_pk))
    asked = MergerRequest.objects.select_related("successor", "answered_by").get(pk=request_pk)
    asked.label = label
    return asked, label
