"""The flow follows the moves: one table, one receiver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from certificates.models import FollowUp, Withdrawal
from decisions.models import Appeal
from journal.moves import Actor, Record, moved
from label.models import Application
from workflows import gateway
from workflows.flows import AppealFlow, FollowUpFlow, WithdrawalFlow
from workflows.flows import CertificationFlow as Flow
from workflows.models import moment

Step = Callable[[Any, Actor], None]


def _start(node: Any) -> Step:
    return lambda record, by: gateway.start(node, record)


def _finish(node: Any) -> Step:
    return lambda record, by: gateway.finish(node, record, by=by)


def _stop(record: Any, by: Actor) -> None:
    gateway.stop(record)


def _go_on(record: Any, by: Actor) -> None:
    """A move that several states know: the node that is open ends, and its gate reads where the record is now."""
    gateway.finish(gateway.open_node(record), record, by=by)


def _reopen(application: Any, by: Actor) -> None:
    """A dossier reopened after a refusal: its pieces were checked once, its panel is to be made."""
    gateway.start(Flow.submitted, application)
    gateway.finish(Flow.completeness, application, by=by)


STEPS: dict[tuple[type[Record], str], Step] = {
    (Application, "submit"): _start(Flow.submitted),
    (Application, "reopen"): _reopen,
    (Application, "ask_documents"): _finish(Flow.completeness),
    (Application, "declare_admissible"): _finish(Flow.completeness),
    (Application, "complete"): _finish(Flow.corrections),
    (Application, "close"): _finish(Flow.corrections),
    (Application, "assign_panel"): _finish(Flow.panel),
    (Application, "close_review"): _finish(Flow.reviews),
    (Application, "rebuild_panel"): _go_on,
    (Application, "defer"): _finish(Flow.session),
    (Application, "answer_deferral"): _finish(Flow.deferral),
    (Application, "record_opinion"): _finish(Flow.session),
    (Application, "ask_second_opinion"): _finish(Flow.decision),
    (Application, "redo_deliberation"): _finish(Flow.decision),
    (Application, "grant"): _finish(Flow.decision),
    (Application, "refuse"): _finish(Flow.decision),
    (Application, "declare_inadmissible"): _stop,
    (Application, "grant_implicitly"): _stop,
    (Application, "withdraw"): _stop,
    (FollowUp, "open_now"): _start(FollowUpFlow.opened),
    (FollowUp, "submit"): _finish(FollowUpFlow.report),
    (FollowUp, "accept"): _finish(FollowUpFlow.reading),
    (FollowUp, "find_gaps"): _finish(FollowUpFlow.reading),
    (FollowUp, "resolve"): _finish(FollowUpFlow.gaps),
    (FollowUp, "escalate"): _go_on,
    (FollowUp, "void"): _stop,
    (Withdrawal, "open"): _start(WithdrawalFlow.opened),
    (Withdrawal, "dismiss"): _finish(WithdrawalFlow.qualification),
    (Withdrawal, "give_formal_notice"): _finish(WithdrawalFlow.qualification),
    (Withdrawal, "record_remedy"): _finish(WithdrawalFlow.compliance),
    (Withdrawal, "notify_grounds"): _go_on,
    (Withdrawal, "close_hearing"): _finish(WithdrawalFlow.hearing),
    (Withdrawal, "record_opinion"): _finish(WithdrawalFlow.opinion),
    (Withdrawal, "maintain"): _finish(WithdrawalFlow.decision),
    (Withdrawal, "maintain_with_conditions"): _finish(WithdrawalFlow.decision),
    (Withdrawal, "withdraw"): _finish(WithdrawalFlow.decision),
    (Withdrawal, "void"): _stop,
    (Appeal, "open"): _start(AppealFlow.lodged),
    (Appeal, "acknowledge"): _finish(AppealFlow.acknowledgement),
    (Appeal, "take_up"): _finish(AppealFlow.intake),
    (Appeal, "declare_inadmissible"): _go_on,
    (Appeal, "note_silence"): _go_on,
    (Appeal, "uphold"): _go_on,
    (Appeal, "uphold_in_part"): _go_on,
    (Appeal, "reject"): _go_on,
    (Appeal, "drop"): _go_on,
}


@receiver(moved)
def follow(sender: type[Record], record: Record, move: str, at: datetime, by: Actor, **_: Any) -> None:
    """Take the step that this move calls for, inside its transaction and at its moment."""
    if step := STEPS.get((sender, move)):
        token = moment.set(at)
        try:
            step(record, by)
        finally:
            moment.reset(token)
