"""The hearing before a measure (CRPA L121-1, L122-1): grounds notified, observations, the association heard.

The verbs check who may and hold the label; the gears below them, used by the procedures of this room, do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates.checklist import (
    last_arrival,
    missing_to_answer,
    missing_to_close,
    missing_to_notify,
    missing_to_observe,
    missing_to_plan_oral,
    missing_to_record_oral,
)
from certificates.models import Ground, Hearing, Label, Observation, Withdrawal
from certificates.rules import require_on_label
from deadlines import actions as deadlines
from journal.moves import Actor, note, subject_key
from journal.refusals import Blocked, block_unless_empty
from label.models import Application
from letters import actions as letters
from letters import files
from letters.models import Letter, StoredFile
from letters.postmarks import postmark_of

CLOCK = "observations"  # domain 3.2; its subject is the hearing
POST_CLOCK = "observations_by_post"  # the same, and the time of the post (CRPA L112-1)
CLOCKS = (CLOCK, POST_CLOCK)
OBSERVATION_FILE = "observation"
MINUTES_FILE = "oral_minutes"


@dataclass(frozen=True)
class GroundContent:
    """One ground to notify: the fact, its day, the text breached, and its source without any identity."""

    fact: str
    text_breached: str
    source: str
    occurred_on: date | None = None
    criterion: str = ""


@transaction.atomic
def notify_grounds(
    *,
    label_pk: int,
    measure: str,
    grounds: Sequence[GroundContent],
    days: int,
    is_urgent: bool = False,
    at: datetime,
    by: Actor,
) -> Hearing:
    """Tell the association which measure is contemplated and why: letter L13b, and a time to answer.

    The time runs from the proof of receipt (domain 3.2). Raises `NotAllowed`; `Blocked` with what is missing, or for a
    measure that only a withdrawal procedure may lead to.
    """
    label = held_label(label_pk)
    by = require_on_label("certificates.notify_grounds", by, label, on=timezone.localdate(at))
    if measure == Hearing.Measure.REFUSE:
        raise Blocked([_("Un refus de renouvellement s'annonce depuis le dossier de renouvellement.")])
    if measure in Hearing.OF_A_PROCEDURE:
        raise Blocked([_("Un retrait ou une annulation s'annonce dans une procédure de retrait.")])
    return invite(label, measure=measure, grounds=grounds, days=days, is_urgent=is_urgent, at=at, by=by)


def invite(
    label: Label,
    *,
    measure: str,
    grounds: Sequence[GroundContent],
    days: int,
    is_urgent: bool = False,
    withdrawal: Withdrawal | None = None,
    at: datetime,
    by: Actor,
) -> Hearing:
    """The gear of `notify_grounds`, for a caller that holds the label and has checked who may. Raises `Blocked`."""
    block_unless_empty(
        missing_to_notify(label, measure, [asdict(ground) for ground in grounds], days, is_urgent=is_urgent)
    )
    hearing = Hearing.objects.create(
        label=label,
        withdrawal=withdrawal,
        measure=measure,
        days=days,
        is_urgent=is_urgent,
        notified_at=at,
        notified_by=by.person,
    )
    Ground.objects.bulk_create(Ground(hearing=hearing, **asdict(ground)) for ground in grounds)
    hearing.letter = letters.issue(
        "L13b",
        record=label,
        addressee=label.structure.representative(),
        channel=label.structure.service_channel(),
        at=at,
        by=by,
        hearing=hearing,
    )
    hearing.save(update_fields=["letter"])
    note(label, what="invite_to_answer", at=at, by=by)
    return hearing


def time_to_answer_starts(*, letter: Letter, received_on: date, at: datetime, by: Actor) -> Hearing | None:
    """Letter L13b or L9d was received: the time to answer runs, with it as its proof; None for another letter.

    A second clock closes the hearing once what was posted the last day had time to arrive. Called inside the
    transaction that records the receipt; the thread is held.
    """
    hearing = Hearing.objects.filter(letter=letter, answer_until=None, dropped_at=None).first()
    if hearing is None:
        return None
    hearing.answer_until = received_on + timedelta(days=hearing.days)
    hearing.save(update_fields=["answer_until"])
    _start_clock(hearing, CLOCK, letter, received_on, hearing.answer_until)
    wait_for_the_post(hearing, hearing.answer_until, letter=letter, started_on=received_on)
    return hearing


def wait_for_the_post(hearing: Hearing, answer_until: date, *, letter: Letter, started_on: date) -> None:
    """Where a letter went by post, the hearing closes once what was posted the last day had time to arrive.

    Called inside a transaction that holds the thread, once the last day to answer is known or has moved.
    """
    last = last_arrival(hearing, answer_until)
    if last != answer_until:
        _start_clock(hearing, POST_CLOCK, letter, started_on, last)


def _start_clock(hearing: Hearing, kind: str, letter: Letter, started_on: date, last: date) -> None:
    deadlines.start(
        thread=letter.thread,
        subject=subject_key(hearing),
        kind=kind,
        started_on=started_on,
        days=(last - started_on).days,
        proof=subject_key(letter),
    )


@transaction.atomic
def open_file(*, hearing_pk: int, at: datetime, by: Actor) -> Hearing:
    """The association reads the file of the procedure (CRPA L122-2): the first time is kept. Raises `NotAllowed`."""
    hearing = held_hearing(hearing_pk)
    require("certificates.read_procedure", by, hearing, on=timezone.localdate(at))
    if hearing.file_read_at is None:
        hearing.file_read_at = at
        hearing.save(update_fields=["file_read_at"])
        note(_told_on(hearing), what="read_procedure", at=at, by=by)
    return hearing


@transaction.atomic
def observe(  # noqa: PLR0913 - one form, one action
    *,
    hearing_pk: int,
    text: str,
    file: UploadedFile | None = None,
    means: str = Observation.Means.ONLINE,
    received_on: date | None = None,
    postmarked_on: date | None = None,
    confirms_dates: bool = False,
    read_back_on: date | None = None,
    at: datetime,
    by: Actor,
) -> Observation:
    """What the association answers: online by itself, or typed by the office as it came by post, phone or visit.

    What was said aloud is read back first. What came by post has its postmark, whose day counts, and its copy: posted
    in time, it is kept even once the hearing is closed, until the act that answers it is signed (CRPA L112-1). The
    same words of the same day are one answer. Raises `NotAllowed`, `Blocked`, ValidationError for a file (E15, E16,
    E18).
    """
    on = timezone.localdate(at)
    hearing = held_hearing(hearing_pk)
    is_online = means == Observation.Means.ONLINE
    require("certificates.answer_hearing" if is_online else "certificates.run_hearing", by, hearing, on=on)
    said: dict[str, Any] = {
        "text": text.strip(),
        "means": means,
        "received_on": on if is_online else received_on,
        "postmarked_on": postmark_of(means, postmarked_on),
        "read_back_on": read_back_on,
    }
    block_unless_empty(
        missing_to_observe(hearing, **said, confirms_dates=confirms_dates, has_copy=file is not None, on=on)
    )
    again = hearing.observations.filter(**said, recorded_by=by.person).first()
    if again is not None and (file is None or not is_online):
        return again
    stored = _stored(hearing, file, OBSERVATION_FILE, at, by) if file else None
    observation = Observation.objects.create(
        hearing=hearing, **said, file=stored, recorded_at=at, recorded_by=by.person
    )
    note(_told_on(hearing), what="observe", at=at, by=by)
    return observation


@transaction.atomic
def say_nothing_to_add(*, hearing_pk: int, at: datetime, by: Actor) -> Hearing:
    """The association has said all: the hearing may close before its last day. Its representative says so.

    Before a refusal of a renewal it may have nothing to say at all: no right to be heard is given up then. Raises
    `NotAllowed`, `Blocked`.
    """
    hearing = held_hearing(hearing_pk)
    on = timezone.localdate(at)
    require("certificates.give_up_answering", by, hearing, on=on)
    block_unless_empty(missing_to_answer(hearing))
    if hearing.renewal_id is None and not hearing.observations.exists():
        raise Blocked([_("Répondez d'abord par écrit, ou attendez la date limite.")])
    hearing.complete_on = on
    hearing.save(update_fields=["complete_on"])
    note(_told_on(hearing), what="nothing_to_add", at=at, by=by)
    return hearing


@transaction.atomic
def ask_to_be_heard(
    *, hearing_pk: int, assisted_by: str = "", asked_on: date | None = None, at: datetime, by: Actor
) -> Hearing:
    """Ask for an oral hearing, with who assists or represents (CRPA L122-1).

    With `asked_on` the office notes what the association asked by post or aloud. Asking twice changes only who
    assists. Raises `NotAllowed`, `Blocked`.
    """
    hearing = held_hearing(hearing_pk)
    on = timezone.localdate(at)
    is_for_them = asked_on is not None
    require("certificates.run_hearing" if is_for_them else "certificates.answer_hearing", by, hearing, on=on)
    block_unless_empty(missing_to_answer(hearing))
    if hearing.oral_asked_on is None or hearing.oral_waived_on is not None:
        hearing.oral_asked_on, hearing.oral_waived_on = asked_on or on, None
        note(_told_on(hearing), what="ask_to_be_heard", at=at, by=by)
    hearing.assisted_by = assisted_by.strip()
    hearing.save(update_fields=["oral_asked_on", "oral_waived_on", "assisted_by"])
    return hearing


@transaction.atomic
def waive_oral_hearing(*, hearing_pk: int, at: datetime, by: Actor) -> Hearing:
    """The representative gives up being heard: the written answer is enough. Raises `NotAllowed`, `Blocked`."""
    hearing = held_hearing(hearing_pk)
    on = timezone.localdate(at)
    require("certificates.give_up_answering", by, hearing, on=on)
    block_unless_empty(missing_to_answer(hearing))
    if hearing.oral_asked_on is not None and hearing.oral_waived_on is None:
        hearing.oral_waived_on = on
        hearing.save(update_fields=["oral_waived_on"])
        note(_told_on(hearing), what="waive_oral_hearing", at=at, by=by)
    return hearing


@transaction.atomic
def plan_oral_hearing(*, hearing_pk: int, planned_at: datetime, at: datetime, by: Actor) -> Hearing:
    """Fix the day and the hour at which the association is heard; they may move. Raises `NotAllowed`, `Blocked`."""
    hearing = held_hearing(hearing_pk)
    by = require_on_label("certificates.run_hearing", by, hearing, on=timezone.localdate(at))
    block_unless_empty(missing_to_plan_oral(hearing, planned_at=planned_at, at=at))
    hearing.oral_planned_at = planned_at
    hearing.save(update_fields=["oral_planned_at"])
    note(_told_on(hearing), what="plan_oral_hearing", at=at, by=by)
    return hearing


@transaction.atomic
def record_oral_hearing(
    *,
    hearing_pk: int,
    held_on: date,
    minutes: str,
    assisted_by: str = "",
    file: UploadedFile | None = None,
    at: datetime,
    by: Actor,
) -> Hearing:
    """Keep the minutes of the oral hearing, once. Raises `NotAllowed`, `Blocked`, ValidationError for a file."""
    hearing = held_hearing(hearing_pk)
    on = timezone.localdate(at)
    by = require_on_label("certificates.run_hearing", by, hearing, on=on)
    block_unless_empty(missing_to_record_oral(hearing, held_on=held_on, minutes=minutes, on=on))
    if file is not None:
        hearing.oral_file = _stored(hearing, file, MINUTES_FILE, at, by)
    hearing.oral_held_on, hearing.oral_minutes = held_on, minutes.strip()
    hearing.assisted_by = assisted_by.strip() or hearing.assisted_by
    hearing.save(update_fields=["oral_file", "oral_held_on", "oral_minutes", "assisted_by"])
    note(_told_on(hearing), what="record_oral_hearing", at=at, by=by)
    return hearing


@transaction.atomic
def close_hearing(*, hearing_pk: int, at: datetime, by: Actor) -> Hearing:
    """Close a hearing that belongs to no withdrawal procedure: what was said is whole. Raises `NotAllowed`, `Blocked`.

    That of a withdrawal closes with a move of the procedure, which calls `shut`.
    """
    hearing = held_hearing(hearing_pk)
    by = require_on_label("certificates.run_hearing", by, hearing, on=timezone.localdate(at))
    if hearing.withdrawal_id is not None:
        raise Blocked([_("Cette réponse fait partie d'une procédure de retrait : fermez-la depuis sa page.")])
    if hearing.closed_on is not None:
        return hearing
    return shut(hearing, at=at, by=by)


def shut(hearing: Hearing, *, at: datetime, by: Actor) -> Hearing:
    """The gear of `close_hearing`, for a caller that holds it and has checked who may. Raises `Blocked`."""
    on = timezone.localdate(at)
    block_unless_empty(missing_to_close(hearing, on=on))
    hearing.closed_on = on
    hearing.save(update_fields=["closed_on"])
    deadlines.settle(subject=subject_key(hearing), at=at, met=CLOCKS)
    note(_told_on(hearing), what="hearing_closed", at=at, by=by)
    return hearing


@transaction.atomic
def drop_hearing(*, hearing_pk: int, at: datetime, by: Actor) -> Hearing:
    """The measure is given up: nothing more is asked from the association. Raises `NotAllowed`, `Blocked`."""
    hearing = held_hearing(hearing_pk)
    by = require_on_label("certificates.notify_grounds", by, hearing, on=timezone.localdate(at))
    if hearing.withdrawal_id is not None:
        raise Blocked([_("Cette réponse fait partie d'une procédure de retrait : fermez-la depuis sa page.")])
    drop(hearing, at=at, by=by)
    return hearing


def drop(hearing: Hearing, *, at: datetime, by: Actor) -> None:
    """The gear of `drop_hearing`: the hearing has lost its object. Its label, or its renewal, is held."""
    if hearing.dropped_at is None:
        hearing.dropped_at = at
        hearing.save(update_fields=["dropped_at"])
        deadlines.drop(subject=subject_key(hearing), at=at)
        note(_told_on(hearing), what="hearing_dropped", at=at, by=by)


def held_label(label_pk: int) -> Label:
    """That label with its dossier and its structure, read afresh, its thread locked."""
    found: Label = Label.objects.select_related(
        "structure", "application__structure", "application__case_officer", "edition"
    ).hold(label_pk)
    found.application.held_with(found)
    return found


def held_hearing(hearing_pk: int) -> Hearing:
    """A hearing read once the thread of its label is locked, and that of the renewal that it is about."""
    found = Hearing.objects.only("label_id", "renewal_id").get(pk=hearing_pk)
    label = held_label(found.label_id)
    dossiers = Application.objects.select_related("structure", "case_officer")
    renewal = dossiers.hold(found.renewal_id) if found.renewal_id else None
    hearing: Hearing = label.hearings.select_related("letter").get(pk=hearing_pk)
    if renewal is not None:
        hearing.renewal = renewal
    return hearing


def _stored(hearing: Hearing, file: UploadedFile, purpose: str, at: datetime, by: Actor) -> StoredFile:
    label = hearing.label
    return files.store(upload=file, subject=label, purpose=purpose, thread=label._thread, at=at, by=by)


def _told_on(hearing: Hearing) -> Application | Label:
    """The held record whose journal tells the hearing: the renewal, else the label."""
    return hearing.renewal or hearing.label
