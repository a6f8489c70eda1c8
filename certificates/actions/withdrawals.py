"""The withdrawal procedure (domain 5.1 REVOCATION): opened, put before the signatories step by step, and closed.

Nothing here ends a label: only a signed act does (`certificates.effects.withdrawing`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import delegation_of, require
from certificates.actions import hearings
from certificates.actions.hearings import GroundContent, held_label
from certificates.checklist import (
    missing_to_answer_notice,
    missing_to_close_procedure,
    missing_to_open,
    missing_to_propose,
    missing_to_record_remedy,
    missing_to_sign_step,
)
from certificates.models import Hearing, Label, NoticeAnswer, Withdrawal, WithdrawalProposal
from certificates.rules import require_on_label
from deadlines import actions as deadlines
from decisions.rules import with_part_in
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, Stale, block_unless_empty
from journal.wording import is_blank
from label.models import Application
from letters import actions as letters
from letters import files
from letters.models import Letter

Step = WithdrawalProposal.Step
ANSWER_FILE = "notice_answer"
# Clocks of a procedure: read by lists, a person acts (domain 5.1 REVOCATION, column « deadline »).
OPENED, NOTICE, OPINION, DECISION = (
    "withdrawal_opened",
    "formal_notice",
    "withdrawal_opinion",
    "withdrawal_decision",
)
CLOCKS = (OPENED, NOTICE, OPINION, DECISION)


@dataclass(frozen=True)
class StepContent:
    """What the officer puts before the signatories: each step uses the parts that it needs."""

    step: str
    reasons: str = ""
    grounds: Sequence[GroundContent] = ()
    acts: Sequence[str] = ()
    days: int | None = None
    measure: str = ""
    is_urgent: bool = False

    def columns(self) -> dict[str, Any]:
        """The same, as the columns of a `WithdrawalProposal`."""
        grounds = [
            asdict(one) | {"occurred_on": one.occurred_on.isoformat() if one.occurred_on else ""}
            for one in self.grounds
        ]
        return {
            "step": self.step,
            "reasons": self.reasons.strip(),
            "grounds": grounds,
            "acts": [text.strip() for text in self.acts if not is_blank(text)],
            "days": self.days,
            "measure": self.measure,
            "is_urgent": self.is_urgent,
        }


def grounds_of(proposal: WithdrawalProposal) -> list[GroundContent]:
    """The grounds of a proposal as they are notified."""
    return [
        GroundContent(
            **row | {"occurred_on": date.fromisoformat(row["occurred_on"]) if row["occurred_on"] else None}
        )
        for row in proposal.grounds
    ]


@transaction.atomic
def open_withdrawal(
    *, label_pk: int, origin: str, origin_key: str = "", facts: str, at: datetime, by: Actor
) -> Withdrawal:
    """Open a procedure: the badge does not change and the association is not told yet (domain 5.2 rule 7).

    A second call with the same origin returns the one that is open. Raises `NotAllowed`; `Blocked` for a label that
    ended, another open procedure, or facts that are not written.
    """
    label = held_label(label_pk)
    by = require_on_label("certificates.prepare_measure", by, label, on=timezone.localdate(at))
    found = label.withdrawals.filter(state__in=Withdrawal.LIVE).first()
    if found is not None and origin_key and found.origin_key == origin_key:
        return found
    block_unless_empty(missing_to_open(label, found, origin=origin, facts=facts))
    return begin_withdrawal(label, origin=origin, origin_key=origin_key, facts=facts, at=at, by=by)


def begin_withdrawal(
    label: Label, *, origin: str, origin_key: str, facts: str, at: datetime, by: Actor
) -> Withdrawal:
    """The gear of `open_withdrawal`, also for a report whose conclusion was confirmed; the label is held."""
    withdrawal: Withdrawal = Withdrawal.objects.open(
        thread=label._thread,
        at=at,
        by=by,
        label=label,
        origin=origin,
        origin_key=origin_key,
        facts=facts.strip(),
        opened_at=at,
        opened_by=by.person,
    )
    _start(withdrawal, OPENED, at, settings.OBSERVATIONS_DAYS)
    return withdrawal


@transaction.atomic
def propose(
    *, withdrawal_pk: int, content: StepContent, seen: int | None = None, at: datetime, by: Actor
) -> WithdrawalProposal:
    """Put a step before the signatories; a new text takes the place of the one that waits.

    `seen` is the key of the proposal that the page showed (0 for none), None for a caller that read no page. Raises
    `NotAllowed`; `Stale` when somebody else proposed since; `Blocked` with what is missing.
    """
    withdrawal, label = held_withdrawal(withdrawal_pk)
    by = require_on_label("certificates.prepare_measure", by, label, on=timezone.localdate(at))
    waiting = open_proposal(withdrawal)
    columns = content.columns()
    if waiting is not None and all(getattr(waiting, name) == value for name, value in columns.items()):
        return waiting
    if seen is not None and seen != (waiting.pk if waiting else 0):
        raise Stale(waiting)
    block_unless_empty(missing_to_propose(withdrawal, label, columns))
    if waiting is not None:
        _drop(waiting, at)
    proposal = WithdrawalProposal.objects.create(
        withdrawal=withdrawal, **columns, proposed_by=by.person, proposed_at=at
    )
    note(withdrawal, what="propose_step", at=at, by=by)
    return proposal


@transaction.atomic
def send_back_step(*, proposal_pk: int, at: datetime, by: Actor) -> WithdrawalProposal:
    """Give a proposal back to the officer, with a reason (`by.reason`). Raises `NotAllowed`, `Blocked`."""
    withdrawal, label = held_withdrawal(_withdrawal_of(proposal_pk))
    require("certificates.sign_step", by, label, on=timezone.localdate(at))
    proposal = _waiting(withdrawal, proposal_pk)
    if is_blank(by.reason):
        raise Blocked([Missing(_("Dites en une phrase pourquoi."), code="reason")])
    _drop(proposal, at, reason=by.reason)
    note(withdrawal, what="send_back_step", at=at, by=by)
    return proposal


@transaction.atomic
def sign_step(*, proposal_pk: int, at: datetime, by: Actor) -> Withdrawal:
    """A signatory takes the step that the officer proposed: it is done, and its letter leaves.

    Raises `NotAllowed`; `Blocked` without a delegation valid that day, for who ran the procedure, when another text
    was proposed since, or with what is missing before that step.
    """
    on = timezone.localdate(at)
    withdrawal, label = held_withdrawal(_withdrawal_of(proposal_pk))
    require("certificates.sign_step", by, label, on=on)
    proposal = _waiting(withdrawal, proposal_pk)
    dossier = with_part_in(by.user, Application.objects.all()).get(pk=label.application_id)
    delegation = delegation_of(by.user, on=on)
    block_unless_empty(
        missing_to_sign_step(proposal, withdrawal, label, dossier, by.person, on=on, delegation=delegation)
    )
    proposal.signed_by, proposal.signed_at = by.person, at
    proposal.save(update_fields=["signed_by", "signed_at"])
    STEPS[Step(proposal.step)](withdrawal, label, proposal, at, by)
    return withdrawal


def _dismiss(
    withdrawal: Withdrawal, label: Label, proposal: WithdrawalProposal, at: datetime, by: Actor
) -> None:
    """The facts are not established: nobody was told, nobody is written to."""
    withdrawal.closing_reason = proposal.reasons
    withdrawal.dismiss(by=by, at=at)
    withdrawal.save()
    deadlines.drop(subject=withdrawal, at=at)


def _give_formal_notice(
    withdrawal: Withdrawal, label: Label, proposal: WithdrawalProposal, at: datetime, by: Actor
) -> None:
    """Letter L13a: exact acts, and a time that runs from its receipt."""
    withdrawal.formal_notice = _letter(
        "L13a", withdrawal, label, at, by, proposal=proposal, grounds=grounds_of(proposal)
    )
    withdrawal.give_formal_notice(by=by, at=at)
    withdrawal.save()
    deadlines.settle(subject=withdrawal, at=at, met=[OPENED])


def _notify_grounds(
    withdrawal: Withdrawal, label: Label, proposal: WithdrawalProposal, at: datetime, by: Actor
) -> None:
    """Letter L13b through the gear of every hearing; a new ground, another hearing (domain 5.1 REVOCATION)."""
    hearings.invite(
        label,
        measure=proposal.measure,
        grounds=grounds_of(proposal),
        days=proposal.days or 0,
        is_urgent=proposal.is_urgent,
        withdrawal=withdrawal,
        at=at,
        by=by,
    )
    withdrawal.notify_grounds(by=by, at=at)
    withdrawal.save()
    deadlines.settle(subject=withdrawal, at=at, met=CLOCKS)


def _maintain(
    withdrawal: Withdrawal, label: Label, proposal: WithdrawalProposal, at: datetime, by: Actor
) -> None:
    """The label stays as it is, and the association is told why."""
    withdrawal.closing_reason = proposal.reasons
    withdrawal.maintain(by=by, at=at)
    withdrawal.closing_letter = _letter("L13c", withdrawal, label, at, by)
    withdrawal.save()
    deadlines.settle(subject=withdrawal, at=at, met=[DECISION])


STEPS: dict[str, Callable[[Withdrawal, Label, WithdrawalProposal, datetime, Actor], None]] = {
    Step.DISMISS: _dismiss,
    Step.FORMAL_NOTICE: _give_formal_notice,
    Step.HEARING: _notify_grounds,
    Step.MAINTAIN: _maintain,
}


@transaction.atomic
def time_to_comply_starts(*, letter: Letter, received_on: date, at: datetime, by: Actor) -> None:
    """Letter L13a was received: the time to correct runs from that day. The thread is held."""
    found = Withdrawal.objects.filter(formal_notice=letter, comply_by=None).first()
    if found is None or found.state != Withdrawal.State.FORMAL_NOTICE:
        return
    proposal = found.proposals.filter(step=Step.FORMAL_NOTICE, signed_at__isnull=False).get()
    withdrawal, _label = held_withdrawal(found.pk)
    withdrawal.comply_by = received_on + timedelta(days=proposal.days or settings.FORMAL_NOTICE_DAYS)
    withdrawal.save(update_fields=["comply_by"])
    deadlines.start(
        thread=withdrawal._thread,
        subject=withdrawal,
        kind=NOTICE,
        started_on=received_on,
        days=(withdrawal.comply_by - received_on).days,
        proof=f"letters.letter:{letter.pk}",
    )


@transaction.atomic
def answer_notice(
    *,
    withdrawal_pk: int,
    text: str,
    file: UploadedFile | None = None,
    means: str = NoticeAnswer.Means.ONLINE,
    received_on: date | None = None,
    at: datetime,
    by: Actor,
) -> NoticeAnswer:
    """What the association corrected, and its proof: online by itself, or typed by the office as it came.

    The same words of the same day are one answer. Raises `NotAllowed`, `Blocked`, ValidationError for a file.
    """
    on = timezone.localdate(at)
    withdrawal, label = held_withdrawal(withdrawal_pk)
    is_online = means == NoticeAnswer.Means.ONLINE
    require("certificates.answer_hearing" if is_online else "certificates.run_hearing", by, label, on=on)
    day = on if is_online else received_on
    block_unless_empty(missing_to_answer_notice(withdrawal, text=text, means=means, received_on=day, on=on))
    said = {"text": text.strip(), "means": means, "received_on": day}
    again = withdrawal.notice_answers.filter(**said, recorded_by=by.person).first()
    if again is not None and file is None:
        return again
    stored = (
        files.store(upload=file, subject=label, purpose=ANSWER_FILE, thread=label._thread, at=at, by=by)
        if file
        else None
    )
    answer = NoticeAnswer.objects.create(
        withdrawal=withdrawal, **said, file=stored, recorded_at=at, recorded_by=by.person
    )
    note(withdrawal, what="answer_notice", at=at, by=by)
    return answer


@transaction.atomic
def record_remedy(*, withdrawal_pk: int, remedy: str, at: datetime, by: Actor) -> Withdrawal:
    """The proof is accepted: the procedure stops and the association is told. Raises `NotAllowed`, `Blocked`."""
    withdrawal, label = held_withdrawal(withdrawal_pk)
    by = require_on_label("certificates.prepare_measure", by, label, on=timezone.localdate(at))
    block_unless_empty(missing_to_record_remedy(withdrawal, remedy=remedy))
    withdrawal.remedy = remedy.strip()
    withdrawal.record_remedy(by=by, at=at)
    withdrawal.closing_letter = _letter("L13c", withdrawal, label, at, by)
    withdrawal.save()
    deadlines.settle(subject=withdrawal, at=at, met=[NOTICE])
    return withdrawal


@transaction.atomic
def close_procedure_hearing(*, withdrawal_pk: int, at: datetime, by: Actor) -> Withdrawal:
    """The association was heard, or its time is over with the proof that it could be: the committee is next.

    Raises `NotAllowed`; `Blocked` with what protects the association and is not there yet.
    """
    withdrawal, label = held_withdrawal(withdrawal_pk)
    by = require_on_label("certificates.run_hearing", by, label, on=timezone.localdate(at))
    return shut_procedure_hearing(withdrawal, label, at=at, by=by)


def shut_procedure_hearing(withdrawal: Withdrawal, label: Label, *, at: datetime, by: Actor) -> Withdrawal:
    """The gear of `close_procedure_hearing`, for a person who may and for the clock; the label is held."""
    hearing = open_hearing(withdrawal)
    block_unless_empty(missing_to_close_procedure(withdrawal, hearing, on=timezone.localdate(at)))
    if hearing is not None:
        hearing.label, hearing.withdrawal = label, withdrawal
        hearings.shut(hearing, at=at, by=by)
    withdrawal.close_hearing(by=by, at=at)
    withdrawal.save()
    _start(withdrawal, OPINION, at, settings.WITHDRAWAL_OPINION_DAYS)
    return withdrawal


def decision_is_awaited(withdrawal: Withdrawal, *, at: datetime) -> None:
    """The opinion is given: the time to decide runs. The procedure is held."""
    deadlines.settle(subject=withdrawal, at=at, met=[OPINION])
    _start(withdrawal, DECISION, at, settings.DECISION_DAYS)


def open_proposal(withdrawal: Withdrawal) -> WithdrawalProposal | None:
    """The step that waits for a signature."""
    return withdrawal.proposals.filter(signed_at=None, dropped_at=None).first()


def open_hearing(withdrawal: Withdrawal) -> Hearing | None:
    """The invitation to answer that is not closed yet."""
    return withdrawal.hearings.filter(closed_on=None, dropped_at=None).select_related("letter").first()


def held_withdrawal(withdrawal_pk: int) -> tuple[Withdrawal, Label]:
    """A procedure and its label, read once their thread is locked."""
    label = held_label(Withdrawal.objects.values_list("label_id", flat=True).get(pk=withdrawal_pk))
    withdrawal: Withdrawal = Withdrawal.objects.select_related("formal_notice", "opinion").get(
        pk=withdrawal_pk
    )
    withdrawal.label = label
    return withdrawal.held_with(label), label


def _withdrawal_of(proposal_pk: int) -> int:
    return WithdrawalProposal.objects.values_list("withdrawal_id", flat=True).get(pk=proposal_pk)


def _waiting(withdrawal: Withdrawal, proposal_pk: int) -> WithdrawalProposal:
    proposal = open_proposal(withdrawal)
    if proposal is None or proposal.pk != proposal_pk:
        raise Blocked([_("Cette étape a changé depuis que vous l'avez ouverte : relisez-la.")])
    return proposal


def _drop(proposal: WithdrawalProposal, at: datetime, *, reason: str = "") -> None:
    proposal.dropped_at, proposal.dropped_reason = at, reason
    proposal.save(update_fields=["dropped_at", "dropped_reason"])


def drop_waiting(withdrawal: Withdrawal, at: datetime) -> None:
    """The step that waits for a signature has lost its object. The procedure is held."""
    if waiting := open_proposal(withdrawal):
        _drop(waiting, at)


def _letter(code: str, withdrawal: Withdrawal, label: Label, at: datetime, by: Actor, **extra: Any) -> Letter:
    return letters.issue(
        code,
        record=label,
        addressee=label.structure.representative(),
        channel=Letter.Channel(label.structure.service_channel()),
        at=at,
        by=by,
        withdrawal=withdrawal,
        **extra,
    )


def _start(withdrawal: Withdrawal, kind: str, at: datetime, days: int) -> None:
    deadlines.start(
        thread=withdrawal._thread,
        subject=withdrawal,
        kind=kind,
        started_on=timezone.localdate(at),
        days=days,
    )
