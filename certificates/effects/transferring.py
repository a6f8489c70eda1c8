"""A merger: the successor holds a new label for the time that was left (domain 5.3, association merges)."""

from __future__ import annotations

from datetime import date, datetime

from certificates.checklist import measure_page, missing_in_measure
from certificates.checklist.measures import labels_joined
from certificates.effects.conditions import set_condition
from certificates.effects.issuing import issue
from certificates.effects.measures import came_too_late, holder_of, label_of, took_effect
from certificates.effects.notification import at_notification
from certificates.effects.suspending import carry_over
from certificates.models import Label, Measure
from decisions.effects import Facts, effect_of
from decisions.models import Decision
from journal.moves import Actor
from structures.models import Structure

# What was sent for a condition, and read, goes with it.
ALREADY_SENT = ("answer", "answer_file", "answered_at", "asked_again", "accepted_at", "accepted_by")


def successor_of(decision: Decision) -> Structure:
    """Who receives the act: the structure that takes over; while none is chosen, who holds the label."""
    found = Structure.objects.filter(pk__in=Measure.objects.filter(decision=decision).values("successor"))
    return found.first() or holder_of(decision)


@effect_of(
    Decision.Kind.TRANSFER,
    letter="L6b",
    checks=missing_in_measure,
    page=measure_page,
    served=successor_of,
    on_receipt=True,
)
def transfer_later(decision: Decision, at: datetime, by: Actor) -> Facts:
    """Nothing yet: the two labels change together on the day when the successor receives the act."""
    return {}


@at_notification(Decision.Kind.TRANSFER)
def transfer(decision: Decision, received_on: date, at: datetime, by: Actor) -> None:
    """End the label of the absorbed structure and issue that of the successor until the same day.

    When both are labelled, one label replaces the two, until the earlier end.
    """
    label, measure = label_of(decision), Measure.objects.select_related("successor").get(decision=decision)
    successor = measure.successor
    if label.state not in Label.LIVE or successor is None:
        came_too_late(decision, label, at=at, by=by)
        return
    ended = [label, *(Label.objects.hold(own.pk) for own in labels_joined(measure)[1:])]
    ends_on = min(former.ends_on for former in ended)
    if received_on >= ends_on:
        came_too_late(decision, label, at=at, by=by)
        return
    conditions = [row for former in ended for row in former.conditions.filter(met_on=None).order_by("pk")]
    periods = [row for former in ended for row in former.suspensions.holding_from(received_on)]
    for former in ended:
        former.transfer(by=by, at=at, ended_on=received_on)
        former.save()
    new = issue(
        decision,
        structure=successor,
        starts_on=received_on,
        ends_on=ends_on,
        previous=label,
        at=at,
        by=by,
    )
    # A merger frees from nothing: what weighed on the labels weighs on the one that continues them.
    for row in conditions:
        set_condition(
            new,
            row.proposed,
            on=new.starts_on,
            due_on=row.due_on,
            **{name: getattr(row, name) for name in ALREADY_SENT},
        )
    carry_over(new, periods, decision, at=at, by=by)
    took_effect(measure, received_on)
