"""A label that ends because its holder no longer exists (domain 5.1 LABEL, constater la caducité)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from certificates.checklist import measure_page, missing_in_measure
from certificates.effects.measures import holder_of, label_of, took_effect
from certificates.models import Measure
from decisions.effects import Facts, effect_of
from decisions.models import Decision
from journal.moves import Actor


def expected_end(decision: Decision, on: date) -> Facts:
    """When the logo must be off, if the act is signed that day."""
    return {"logo_before": on + timedelta(days=settings.LOGO_DAYS)}


@effect_of(
    Decision.Kind.LAPSE,
    letter="L10b",
    checks=missing_in_measure,
    expected=expected_end,
    page=measure_page,
    served=holder_of,
)
def lapse(decision: Decision, at: datetime, by: Actor) -> Facts:
    """The label ended with its holder, on the day of the dissolution: the act notes it, from its signature.

    Nobody may be left to receive the letter, and the public must not be sent to a structure that is no more.
    """
    label, measure = label_of(decision), Measure.objects.get(decision=decision)
    ended_on = measure.event_on or timezone.localdate(at)
    label.lapse(by=by, at=at, ended_on=ended_on)
    label.save()
    took_effect(measure, ended_on)
    return expected_end(decision, timezone.localdate(at))
