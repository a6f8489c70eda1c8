"""Withdrawing a label, for the future or from its origin (domain 5.1 LABEL and REVOCATION).

CRPA L242-2 for the future, L242-1 from the origin within four months, L241-2 for fraud. The signature ends the
procedure; the label ends when the act is notified, and not before.
"""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from certificates.actions.withdrawals import DECISION
from certificates.checklist import measure_page, missing_in_measure
from certificates.effects.measures import came_too_late, holder_of, label_of, took_effect
from certificates.effects.notification import at_notification
from certificates.models import Label, Measure, Withdrawal
from deadlines import actions as deadlines
from decisions.effects import Facts, effect_of
from decisions.models import Decision
from journal.moves import Actor

Kind = Decision.Kind


def expected_withdrawal(decision: Decision, on: date) -> Facts:
    """How long the holder has to take the logo off, from the receipt."""
    return {"logo_days": settings.LOGO_DAYS}


@effect_of(
    Kind.WITHDRAW,
    letter="L12",
    checks=missing_in_measure,
    expected=expected_withdrawal,
    page=measure_page,
    served=holder_of,
    on_receipt=True,
)
@effect_of(
    Kind.ANNUL,
    letter="L12",
    checks=missing_in_measure,
    expected=expected_withdrawal,
    page=measure_page,
    served=holder_of,
    on_receipt=True,
)
def end_the_procedure(decision: Decision, at: datetime, by: Actor) -> Facts:
    """The procedure ends with the signature; the label lives until its holder receives the act (CRPA L221-8)."""
    withdrawal = withdrawal_of(decision)
    withdrawal.withdraw(by=by, at=at)
    withdrawal.save()
    deadlines.settle(subject=withdrawal, at=at, met=[DECISION])
    return expected_withdrawal(decision, timezone.localdate(at))


@at_notification(Kind.WITHDRAW)
def withdraw(decision: Decision, received_on: date, at: datetime, by: Actor) -> None:
    """The label ends for the future, from the receipt."""
    _end(decision, "withdraw", received_on, at, by)


@at_notification(Kind.ANNUL)
def annul(decision: Decision, received_on: date, at: datetime, by: Actor) -> None:
    """The label is deemed never granted; its history stays known to the Institute."""
    _end(decision, "annul", received_on, at, by)


def _end(decision: Decision, move: str, received_on: date, at: datetime, by: Actor) -> None:
    label = label_of(decision)
    if label.state not in Label.LIVE:
        came_too_late(decision, label, at=at, by=by)
        return
    getattr(label, move)(by=by, at=at, ended_on=received_on)
    label.save()
    took_effect(Measure.objects.get(decision=decision), received_on)


def maintain_with_conditions(decision: Decision, at: datetime, by: Actor) -> None:
    """An act that sets conditions ends the procedure from which it comes, when there is one; the thread is held."""
    if not Withdrawal.objects.filter(measures__decision=decision).exists():
        return
    withdrawal = withdrawal_of(decision)
    withdrawal.maintain_with_conditions(by=by, at=at)
    withdrawal.save()
    deadlines.settle(subject=withdrawal, at=at, met=[DECISION])


def withdrawal_of(decision: Decision) -> Withdrawal:
    """The procedure of an act that is held, read afresh and held with it."""
    found: Withdrawal = Withdrawal.objects.select_related("label__edition").get(measures__decision=decision)
    return found.held_with(decision)
