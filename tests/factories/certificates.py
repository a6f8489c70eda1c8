"""Labels of the tests, issued by a signed decision, then moved as the life of a label will move them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from certificates.models import Condition, Label, Suspension
from certificates.status import with_periods
from decisions.models import ProposedCondition
from journal.moves import Actor
from structures.models import Structure
from tests.factories import decisions
from tests.factories.structures import AT
from tests.keeping import kept

ENDING = {"expire", "withdraw", "annul", "relinquish", "lapse", "transfer", "renew"}


@kept
def label(found: Structure | None = None, *, kind: str = "grant", at: datetime = AT, **changes: Any) -> Label:
    """A label in force from the day of `at`, whose act is notified that day."""
    decision = decisions.notified(decisions.advised(found, at=at), kind, at=at, **changes)
    return Label.objects.get(decision=decision)


def moved(found: Label, name: str, *, on: date | None = None, at: datetime = AT) -> Label:
    """That label after one move of its lifecycle; `on` is the first day on which it no longer holds."""
    with transaction.atomic():
        held = Label.objects.hold(found.pk)
        more = {"ended_on": on or at.date()} if name in ENDING else {}
        getattr(held, name)(by=Actor.system(), at=at, **more)
        held.save()
    return held


def suspended(found: Label, *, since: date, until: date, at: datetime = AT) -> Label:
    """That label, suspended between two days."""
    Suspension.objects.create(label=found, starts_on=since, ends_on=until)
    return moved(found, "suspend", at=at)


def lifted(found: Label, *, on: date, at: datetime = AT) -> Label:
    """That label, whose suspension was lifted on a day."""
    Suspension.objects.filter(label=found, lifted_on=None).update(lifted_on=on)
    return moved(found, "lift", at=at)


def withdrawn(found: Label, *, on: date, at: datetime = AT) -> Label:
    """That label, withdrawn from a day on."""
    return moved(found, "withdraw", on=on, at=at)


def expired(found: Label) -> Label:
    """That label, expired by its date."""
    return moved(found, "expire", on=found.ends_on + timedelta(days=1))


def condition(found: Label, *, due_on: date, met_on: date | None = None) -> Condition:
    """A condition on that label."""
    proposed = ProposedCondition.objects.create(
        decision=found.decision, text="Publier les comptes.", proof="Lien vers la page", due_on=due_on
    )
    return Condition.objects.create(
        label=found,
        decision=found.decision,
        proposed=proposed,
        text=proposed.text,
        proof=proposed.proof,
        set_on=found.starts_on,
        due_on=due_on,
        met_on=met_on,
    )


def read(found: Label) -> Label:
    """That label as pages read it: with its periods and conditions."""
    return with_periods(Label.objects.filter(pk=found.pk).prefetch_related("recognised"))[0]
