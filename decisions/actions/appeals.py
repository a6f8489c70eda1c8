"""Lodging an appeal to the Institute, acknowledging it, taking it up, giving it up; noting that its time has passed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from accounts.models import User
from accounts.rules import require
from deadlines import actions as deadlines
from decisions import clocks, mails
from decisions.appeal_checklist import (
    left_by_officer,
    missing_in_appeal,
    missing_to_contest,
    missing_to_drop,
    missing_to_take_up,
    wrong_in_entry,
    wrong_reading,
)
from decisions.effects import served_to
from decisions.models import Appeal, Decision
from journal.moves import Actor, note
from journal.refusals import Blocked, block_unless_empty
from letters import actions as letters
from letters import files
from letters.models import Letter
from letters.postmarks import postmark_of

FILES, SCAN = "appeal", "appeal_scan"


@transaction.atomic
def lodge(
    *,
    decision_pk: int,
    contested: str,
    asked: str,
    scores_contested: bool = False,
    uploads: Iterable[UploadedFile] = (),
    at: datetime,
    by: Actor,
) -> Appeal:
    """The representative contests an act online; the receipt leaves at once, and the time to go to court stops.

    Late, it is accepted and protects no time any more (domain 5.1 APPEAL). Raises `NotAllowed`, `Blocked` (against
    nothing, twice, empty), ValidationError for a file.
    """
    on = timezone.localdate(at)
    decision = _contested(decision_pk, "decisions.lodge_appeal", on=on, by=by)
    block_unless_empty([*missing_to_contest(decision), *missing_in_appeal(contested, asked)])
    said = {"contested": contested, "asked": asked, "scores_contested": scores_contested}
    appeal = _open(decision, said, lodged_by=by.person, lodged_on=on, received_on=on, at=at, by=by)
    appeal.files.set(_kept(appeal, upload, FILES, at=at, by=by) for upload in uploads)
    return _received(appeal, at=at)


@transaction.atomic
def enter_appeal(  # noqa: PLR0913 - one form, one action
    *,
    decision_pk: int,
    contested: str,
    asked: str,
    scores_contested: bool = False,
    means: str,
    received_on: date,
    postmarked_on: date | None = None,
    confirms_dates: bool = False,
    scan: UploadedFile | None = None,
    at: datetime,
    by: Actor,
) -> Appeal:
    """Type an appeal that came by post, phone or visit, for the representative; the postmark protects its time.

    Its silence runs from the receipt (CRPA L112-1, L231-4). Raises `NotAllowed`, `Blocked` as `lodge` and for dates
    and proofs, ValidationError for the scan.
    """
    on = timezone.localdate(at)
    decision = _contested(decision_pk, "decisions.enter_appeal", on=on, by=by)
    postmarked_on = postmark_of(means, postmarked_on)
    wrong = wrong_in_entry(
        decision,
        means=means,
        received_on=received_on,
        postmarked_on=postmarked_on,
        has_scan=scan is not None,
        confirms_dates=confirms_dates,
        on=on,
    )
    block_unless_empty([*missing_to_contest(decision), *missing_in_appeal(contested, asked), *wrong])
    said = {"contested": contested, "asked": asked, "scores_contested": scores_contested, "means": means}
    structure = served_to(decision)
    appeal = _open(
        decision,
        said,
        lodged_by=structure.representative() or by.person,
        lodged_on=postmarked_on or received_on,
        received_on=received_on,
        scan=scan,
        at=at,
        by=by.standing_for(structure),
    )
    return _received(appeal, at=at)


def _contested(decision_pk: int, permission: str, *, on: date, by: Actor) -> Decision:
    related = Decision.objects.select_related("application__structure", "application__edition", "snapshot")
    decision: Decision = related.defer("snapshot__content").hold(decision_pk)
    require(permission, by, decision, on=on)
    return decision


def _open(
    decision: Decision,
    said: dict[str, Any],
    *,
    lodged_by: User,
    lodged_on: date,
    received_on: date,
    scan: UploadedFile | None = None,
    at: datetime,
    by: Actor,
) -> Appeal:
    entered = bool(said.get("means"))
    kept = None
    if scan is not None:
        kept = files.store(upload=scan, subject=decision, purpose=SCAN, thread=decision._thread, at=at, by=by)
    appeal: Appeal = Appeal.objects.open(
        thread=decision._thread,
        at=at,
        by=by,
        decision=decision,
        **said,
        lodged_at=at,
        lodged_by=lodged_by,
        lodged_on=lodged_on,
        received_on=received_on,
        silence_on=received_on,
        entered_by=by.person if entered else None,
        scan=kept,
        is_late=decision.gracious_until is not None and lodged_on > decision.gracious_until,
    )
    if kept is not None:  # whoever may read the appeal reads its copy
        kept.subject = f"{Appeal._meta.label_lower}:{appeal.pk}"
        kept.save(update_fields=["subject"])
    return appeal


def _kept(appeal: Appeal, upload: UploadedFile, purpose: str, *, at: datetime, by: Actor) -> Any:
    return files.store(upload=upload, subject=appeal, purpose=purpose, thread=appeal._thread, at=at, by=by)


def _received(appeal: Appeal, *, at: datetime) -> Appeal:
    """Its clock starts, the time to go to court stops when it is in time, and its receipt leaves if it can."""
    appeal.silence_on = clocks.start_appeal_silence(appeal)
    appeal.save(update_fields=["silence_on"])
    if not appeal.is_late:
        _interrupt(appeal.decision.held_with(appeal), at)
    try:
        with transaction.atomic():
            _acknowledge(appeal, at=at, by=Actor.system())
    except Blocked:  # something that the receipt must say is missing: the secretariat sends it
        pass
    mails.appeal_received(appeal, at=at)
    return appeal


def _interrupt(contested: Decision, at: datetime) -> None:
    clocks.reopen_if_final(contested, at=at)  # posted in time, it came once the clock had noted the end
    clocks.interrupt_court(contested, at=at)


def _acknowledge(appeal: Appeal, *, at: datetime, by: Actor) -> None:
    is_online = appeal.means == Appeal.Means.ONLINE  # an answer to what was sent online
    appeal.receipt = letters.issue(
        "L1r",
        record=appeal,
        addressee=served_to(appeal.decision).representative(),
        channel=Letter.Channel.ONLINE if is_online else Letter.Channel.POST,
        at=at,
        by=by,
    )
    appeal.acknowledge(by=by, at=at)
    appeal.save()


@transaction.atomic
def acknowledge_appeal(*, appeal_pk: int, at: datetime, by: Actor) -> Appeal:
    """Send the receipt that could not leave by itself. A second call changes nothing.

    Raises `NotAllowed`, `Blocked` with what the letter still lacks, `TransitionNotAllowed` once its time has passed.
    """
    appeal = _held(appeal_pk)
    require("decisions.acknowledge_appeal", by, appeal.decision, on=timezone.localdate(at))
    if appeal.state == Appeal.State.ACKNOWLEDGED:
        return appeal
    _acknowledge(appeal, at=at, by=by)
    return appeal


def _held(appeal_pk: int) -> Appeal:
    related = Appeal.objects.select_related(
        "decision__application__structure",
        "decision__application__edition",
        "decision__snapshot",
        "receipt",
        "officer",
    )
    appeal: Appeal = related.defer("decision__snapshot__content").hold(appeal_pk)
    return appeal


@transaction.atomic
def take_up(*, appeal_pk: int, at: datetime, by: Actor) -> Appeal:
    """An officer who had no part in the contested act examines the appeal; what is contested stays as it was judged.

    Once silence has rejected it, it may still be taken up, for an express answer. A second call by the same person
    changes nothing; another person takes over from one who has had a part since. Raises `NotAllowed`, `Blocked` (had a
    part: who is free is named), `TransitionNotAllowed` when somebody else took it.
    """
    on = timezone.localdate(at)
    appeal = _held(appeal_pk)
    require("decisions.take_up_appeal", by, appeal.decision, on=on)
    if appeal.officer_id == by.user_id:
        return appeal
    if appeal.officer_id is not None and not left_by_officer(appeal):
        raise TransitionNotAllowed("somebody took this appeal a moment ago")
    block_unless_empty(missing_to_take_up(appeal, by.user, on=on))
    appeal.officer = by.person
    if appeal.state == Appeal.State.ACKNOWLEDGED:
        appeal.take_up(by=by, at=at)
        appeal.save()
    else:
        appeal.save(update_fields=["officer"])
        is_late = appeal.state != Appeal.State.UNDER_REVIEW
        note(appeal, what="take_up_late" if is_late else "take_over_appeal", at=at, by=by)
    return appeal


@transaction.atomic
def drop_appeal(*, appeal_pk: int, at: datetime, by: Actor) -> Appeal:
    """The association gives its appeal up: the time to go to court starts again that day, and the answer is left.

    A second call changes nothing. Raises `NotAllowed`, `Blocked` once it has ended.
    """
    on = timezone.localdate(at)
    appeal = _held(appeal_pk)
    require("decisions.drop_appeal", by, appeal.decision, on=on)
    if appeal.state == Appeal.State.DROPPED:
        return appeal
    block_unless_empty(missing_to_drop(appeal))
    appeal.drop(by=by, at=at)
    appeal.save()
    deadlines.drop(subject=appeal, at=at)
    if not appeal.is_late:
        contested = appeal.decision.held_with(appeal)
        is_opposable = contested.remedies_opposable or appeal.silence_is_opposable
        clocks.start_court_anew(contested, on, at=at, is_opposable=is_opposable)
    if appeal.answer is not None and appeal.answer.state == Decision.State.PREPARED:
        appeal.answer.held_with(appeal).abandon(by=by, at=at)
        appeal.answer.save()
    return appeal


@transaction.atomic
def record_appeal_read_back(*, appeal_pk: int, read_on: date, at: datetime, by: Actor) -> Appeal:
    """« Relu avec la personne le … »: what was typed was read with who sent it. Raises `NotAllowed`, `Blocked`."""
    appeal = _held(appeal_pk)
    require("decisions.enter_appeal", by, appeal.decision, on=timezone.localdate(at))
    block_unless_empty(wrong_reading(appeal, read_on, on=timezone.localdate(at)))
    appeal.read_back_on = read_on
    appeal.save(update_fields=["read_back_on"])
    note(appeal, what="read_back", at=at, by=by)
    return appeal


@transaction.atomic
def note_silence(*, appeal_pk: int, at: datetime, by: Actor) -> Appeal:
    """Two months without answer have rejected the appeal, the day they ended: a fact of time, noted by the clock.

    The time to go to court against the contested act counts anew from that day, one year when no receipt told it
    (CRPA L231-4, L112-6). Changes nothing once there is an answer. Raises `NotAllowed` for anybody but the clock.
    """
    appeal = _held(appeal_pk)
    require("decisions.note_silence_on_appeal", by, appeal.decision, on=timezone.localdate(at))
    if appeal.state not in Appeal.WAITING or timezone.localdate(at) <= appeal.silence_on:
        return appeal
    appeal.note_silence(by=by, at=at, rejected_on=appeal.silence_on)
    appeal.save()
    deadlines.let_pass(subject=appeal, kind=clocks.APPEAL_SILENCE, at=at)
    if not appeal.is_late:
        clocks.start_court_anew(
            appeal.decision.held_with(appeal),
            appeal.silence_on,
            at=at,
            is_opposable=appeal.silence_is_opposable,
        )
    mails.appeal_rejected_by_silence(appeal, at=at)
    return appeal
