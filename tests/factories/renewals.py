"""Renewals and additions of the tests, through the real actions, then by the moves alone up to their decision."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction

from accounts.models import Role
from certificates import actions
from certificates.models import Label
from charter.models import Signature
from decisions.models import Decision
from label.actions import present_solutions
from label.actions.filing import _file as file_it
from label.models import Application
from tests.factories import certificates, decisions, structures
from tests.factories import charter as charters
from tests.factories.accounts import staff
from tests.factories.structures import representative_of


def noon(day: date) -> datetime:
    """The middle of that day."""
    return datetime.combine(day, time(11), tzinfo=UTC)


def draft(label: Label, *, on: date) -> Application:
    """The renewal of that label, just opened by its representative that day."""
    by = representative_of(label.structure)
    return actions.open_renewal(structure_pk=label.structure_id, at=noon(on), by=by)


def addition(label: Label, *, on: date, name: str = "Atelier d'écriture") -> Application:
    """A draft that presents another solution under that label."""
    by = representative_of(label.structure)
    made = actions.open_addition(structure_pk=label.structure_id, at=noon(on), by=by)
    shown = structures.solution(label.structure, name=name, at=noon(on))
    return present_solutions(application_pk=made.pk, solution_pks=[shown.pk], at=noon(on), by=by)


def filed(application: Application, *, on: date) -> Application:
    """That draft filed that day, its answers not asked: what is missing in it is the business of other tests."""
    by = representative_of(application.structure)
    signed = Signature.objects.valid_for(application.structure) or charters.signature(
        application.structure, at=noon(on)
    )
    with transaction.atomic():
        found = Application.objects.hold(application.pk)
        found.case_officer = staff(Role.CASE_OFFICER)
        file_it(found, signed, at=noon(on), by=by)
    return Application.objects.get(pk=application.pk)


def advised(application: Application, *, on: date, opinion: str = "favourable") -> Application:
    """That filed dossier, on which the committee gave its opinion that day."""
    return decisions.advise(decisions.judge(application, at=noon(on)), opinion=opinion, at=noon(on))


def decided(application: Application, kind: str = "grant", *, on: date, **changes: Any) -> Decision:
    """The act signed on that dossier that day."""
    return decisions.signed(advised(application, on=on), kind, at=noon(on), **changes)


def label_until(ends_on: date) -> Label:
    """A label in force whose last day is that one, granted on the usual day."""
    found = certificates.label()
    Label.objects.filter(pk=found.pk).update(ends_on=ends_on)
    return Label.objects.select_related("structure", "application").get(pk=found.pk)
