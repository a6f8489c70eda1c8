"""Conditions set on a label after its grant, each with its proof and its date (domain 5.1 LABEL, 5.2 rule 11)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from certificates.checklist import measure_page, missing_in_measure
from certificates.effects.measures import came_too_late, holder_of, label_of, took_effect
from certificates.effects.notification import at_notification
from certificates.effects.withdrawing import maintain_with_conditions
from certificates.models import Condition, Label, Measure
from deadlines import actions as deadlines
from decisions.effects import Facts, effect_of
from decisions.models import Decision, ProposedCondition
from journal.moves import Actor, subject_key

CLOCK = "condition"
REMINDERS = (-30, -7)


@effect_of(
    Decision.Kind.CONDITIONS,
    letter="L7b",
    checks=missing_in_measure,
    page=measure_page,
    served=holder_of,
    on_receipt=True,
)
def conditions_later(decision: Decision, at: datetime, by: Actor) -> Facts:
    """The conditions bind the holder from their notification; a procedure that they end stops with the signature."""
    maintain_with_conditions(decision, at, by)
    return {}


@at_notification(Decision.Kind.CONDITIONS)
def conditions_bind(decision: Decision, received_on: date, at: datetime, by: Actor) -> None:
    """The conditions of the act are set on the label."""
    label = label_of(decision)
    if label.state not in Label.LIVE:
        came_too_late(decision, label, at=at, by=by)
        return
    set_conditions(label, decision, on=received_on)
    took_effect(Measure.objects.get(decision=decision), received_on)


def set_conditions(label: Label, decision: Decision, *, on: date) -> None:
    """Write the conditions of an act on a label, with the clock of each. The label is held.

    One whose day is past before it binds has, from that day, the time that the act left at its signature: no time runs
    before the receipt (domain 3.2, CRPA L221-8).
    """
    signed_on = timezone.localdate(decision.signed_at) if decision.signed_at else on
    for row in decision.conditions.order_by("pk"):
        due_on = row.due_on if row.due_on > on else on + (row.due_on - signed_on)
        set_condition(label, row, on=on, due_on=due_on)


def set_condition(
    label: Label, proposed: ProposedCondition, *, on: date, due_on: date, **sent: Any
) -> Condition:
    """Write on a label what an act asks for, with what was already `sent` for it, and start its clock. It is held."""
    condition = Condition.objects.create(
        label=label,
        decision_id=proposed.decision_id,
        proposed=proposed,
        text=proposed.text,
        proof=proposed.proof,
        set_on=on,
        due_on=due_on,
        **sent,
    )
    start_clock(condition, label, on=on)
    return condition


def start_clock(condition: Condition, label: Label, *, on: date) -> None:
    """The clock of the date by which a condition is to be met. The label is held."""
    deadlines.start(
        thread=label._thread,
        subject=subject_key(condition),
        kind=CLOCK,
        started_on=on,
        days=max((condition.due_on - on).days, 0),
        reminders=REMINDERS,
    )
