"""A merger: the successor holds a new label for the time that was left (domain 5.3, association merges)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from certificates.checklist import measure_page, missing_in_measure
from certificates.checklist.measures import labels_joined, lasts_until, periods_of
from certificates.effects.conditions import set_condition
from certificates.effects.issuing import issue
from certificates.effects.measures import came_too_late, holder_of, label_of, took_effect
from certificates.effects.notification import at_notification
from certificates.effects.suspending import carry_over
from certificates.models import Label, Measure
from certificates.renewals import renewal_under_way
from decisions.effects import Facts, effect_of
from decisions.models import Decision
from journal.moves import Actor
from label.actions import hand_over
from label.models import Application
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

    When both are labelled, one label replaces the two, until the earlier end. What protected them protects it: the
    extension, the renewal filed in time. The successor goes on with the renewal of the absorbed structure.
    """
    label, measure = label_of(decision), Measure.objects.select_related("successor").get(decision=decision)
    successor = measure.successor
    if label.state not in Label.LIVE or successor is None:
        came_too_late(decision, label, at=at, by=by)
        return
    ended = [label, *(Label.objects.hold(own.pk) for own in labels_joined(measure)[1:])]
    first = min(ended, key=lambda former: lasts_until(former, received_on))
    if received_on >= lasts_until(first, received_on):
        came_too_late(decision, label, at=at, by=by)
        return
    conditions = [row for former in ended for row in former.conditions.filter(met_on=None).order_by("pk")]
    periods = [row for former in ended for row in periods_of(former).holding_from(received_on)]
    renewal = renewal_under_way(label)
    for former in ended:
        former.transfer(by=by, at=at, ended_on=received_on)
        former.save()
    new = issue(
        decision,
        structure=successor,
        starts_on=received_on,
        previous=label,
        at=at,
        by=by,
        **_time_left(first, ended, received_on),
    )
    if renewal is not None:
        held = Application.objects.hold(renewal.pk)
        hand_over(application=held, structure=successor, at=at, by=by)
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


def _time_left(first: Label, ended: list[Label], on: date) -> dict[str, Any]:
    """The dates of the label that continues others from that day, as those of the one that ends `first` were.

    Past its own end, the new one ends when that one would have, and an extension counts from the same day as before:
    a merger neither shortens nor lengthens it.
    """
    filed = [former.renewal_filed_on for former in (first, *ended) if former.renewal_filed_on]
    protected = {"renewal_filed_on": filed[0] if filed else None}
    if on < first.ends_on:
        return {
            "ends_on": first.ends_on,
            "extended_until": first.extended_until,
            "term_on": first.term_on,
            **protected,
        }
    return {"ends_on": lasts_until(first, on), "term_on": first.term, **protected}
