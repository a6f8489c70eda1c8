"""Extending a label whose renewal waits for its decision (domain 5.1 LABEL, prolonger)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from certificates import clocks
from certificates.checklist import measure_page, missing_in_measure
from certificates.effects.measures import holder_of, label_of, took_effect
from certificates.models import Label, Measure
from decisions.effects import Facts, effect_of
from decisions.models import Decision
from journal.moves import Actor
from journal.refusals import Blocked


@effect_of(Decision.Kind.EXTEND, letter="L9c", checks=missing_in_measure, page=measure_page, served=holder_of)
def extend(decision: Decision, at: datetime, by: Actor) -> Facts:
    """The label holds until the written date; from the signature, because it only gives."""
    label, measure = label_of(decision), Measure.objects.get(decision=decision)
    if measure.ends_on is None:
        raise Blocked([])
    until(label, measure.ends_on, at=at)
    took_effect(measure, timezone.localdate(at))
    return {}


def until(label: Label, last_day: date, *, at: datetime) -> None:
    """Write the last day of an extension and start its clock. The label is held."""
    label.extended_until = last_day
    label.save(update_fields=["extended_until"])
    clocks.forget_the_end(label, at=at)
    clocks.await_the_end(label, last_day)
