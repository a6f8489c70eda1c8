"""What the acts on a label share: the label held with its act, to whom it is served, how its effect is kept."""

from __future__ import annotations

from datetime import date, datetime

from certificates.models import Label, Measure
from decisions.models import Decision
from journal.moves import Actor, note
from structures.models import Structure


def label_of(decision: Decision) -> Label:
    """The label of an act that is held, read afresh and held with it."""
    found: Label = Label.objects.select_related("structure", "edition", "application").get(
        measures__decision=decision
    )
    return found.held_with(decision)


def held_under(label: Label, decision: Decision) -> Label:
    """A label on which that held act weighs, held: its own, or the one that continues it on another thread."""
    same = label.thread_id == decision.thread_id
    return label.held_with(decision) if same else Label.objects.hold(label.pk)


def holder_of(decision: Decision) -> Structure:
    """The structure to which an act on a label is served: who holds it today, else who held it when it was written."""
    return Structure.objects.get(labels__measures__decision=decision)


def took_effect(measure: Measure, on: date) -> None:
    """Keep the first day on which the act changed the label."""
    measure.took_effect_on = on
    measure.save(update_fields=["took_effect_on"])


def came_too_late(decision: Decision, label: Label, *, at: datetime, by: Actor) -> None:
    """The label ended, or the written end passed, before the act was received: it changes nothing and says so."""
    note(decision.held_with(label), what="measure_without_effect", at=at, by=by)
