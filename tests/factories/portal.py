"""Labels as the public meets them: rows opened with the lower rows that they need, and then moved."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from certificates.models import Condition, Label, RecognisedSolution, Suspension
from certificates.search import search_text
from decisions.models import Decision, ProposedCondition
from journal.models import Thread
from journal.moves import Actor
from journal.numbering import format_number
from label.models import Application, Edition
from structures.models import Registration, Solution, SolutionFacet, Structure
from tests.factories.accounts import person

PARIS = ZoneInfo("Europe/Paris")
_sequence = itertools.count(1)


def at(day: date) -> datetime:
    """Noon in Paris on that day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)


def thread(name: str) -> Thread:
    return Thread.objects.create(reference=f"{name}-{next(_sequence)}")


def edition() -> Edition:
    """One edition for all the labels of a test."""
    known = Edition.objects.filter(version="2027").first()
    return known or Edition.objects.open(
        thread=thread("EDI"),
        at=at(date(2027, 1, 4)),
        by=Actor.system(),
        version="2027",
        title_fr="Label associatif",
        title_en="Association label",
        data={},
    )


def structure(name: str = "Escale Anémone", *, rna: str = "", **fields: Any) -> Structure:
    opened = at(date(2027, 1, 4))
    fields = {"city": "Annecy", "department": "74", "region": "84", **fields}
    made = Structure.objects.open(
        thread=thread("STR"), at=opened, by=Actor.system(), name=name, created_at=opened, **fields
    )
    number = rna or f"W74{next(_sequence):07d}"
    Registration.objects.create(structure=made, kind="rna", value=number, added_at=opened)
    return made


def solution(
    owner: Structure, name: str = "Ligne d'écoute Anémone", *, facets: str = "", **fields: Any
) -> Solution:
    """A solution; `facets` is written `field=PSY region=84`."""
    opened = at(date(2027, 1, 4))
    fields = {"territory": "regional", **fields}
    made = Solution.objects.create(structure=owner, name=name, created_at=opened, updated_at=opened, **fields)
    for pair in facets.split():
        facet, code = pair.split("=")
        SolutionFacet.objects.create(solution=made, facet=facet, code=code)
    return made


def granted(
    name: str = "Escale Anémone",
    *,
    starts_on: date = date(2027, 3, 1),
    ends_on: date = date(2030, 2, 28),
    holder: Structure | None = None,
    solutions: tuple[Solution, ...] = (),
    facets: str = "field=PSY cancer=all region=84 audience=patient",
    solution_name: str = "Ligne d'écoute Anémone",
    **fields: Any,
) -> Label:
    """A label in force, with its recognised solutions."""
    holder = holder or structure(name)
    solutions = solutions or (solution(holder, solution_name, facets=facets, remote=True),)
    on, by, author = at(starts_on), Actor.system(), person()
    sequence = next(_sequence)
    application = Application.objects.open(
        thread=thread("DOS"),
        at=on,
        by=by,
        reference=format_number("DOS", starts_on.year, sequence),
        structure=holder,
        edition=edition(),
        opened_at=on,
        opened_by=author,
        edited_at=on,
    )
    decision = Decision.objects.open(
        thread=application.thread,
        at=on,
        by=by,
        kind="grant",
        application=application,
        prepared_by=author,
        prepared_at=on,
    )
    # A structure has one open dossier at most, and may have had several labels.
    with transaction.atomic():
        closed = Application.objects.hold(application.pk)
        closed.purge(by=by, at=on)
        closed.save()
    label = Label.objects.open(
        thread=closed._thread,
        at=on,
        by=by,
        number=format_number("LBL", starts_on.year, sequence),
        structure=holder,
        application=application,
        decision=decision,
        edition=application.edition,
        starts_on=starts_on,
        ends_on=ends_on,
        issued_at=on,
        search_text=search_text(
            holder.name, holder.short_name, holder.city, *[one.name for one in solutions]
        ),
        **fields,
    )
    for one in solutions:
        RecognisedSolution.objects.create(label=label, solution=one, name=one.name, recognised_on=starts_on)
    return label


def moved(label: Label, move: str, on: date, **arguments: Any) -> Label:
    """The label after one of its moves on that day."""
    with transaction.atomic():
        held = Label.objects.hold(label.pk)
        getattr(held, move)(by=Actor.system(), at=at(on), **arguments)
        held.save()
    return held


def suspended(
    label: Label, starts_on: date, *, days: int = 90, lifted_on: date | None = None, public_reason: str = ""
) -> Label:
    Suspension.objects.create(
        label=label,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=days),
        lifted_on=lifted_on,
        public_reason=public_reason,
    )
    held = moved(label, "suspend", starts_on)
    return moved(held, "lift", lifted_on) if lifted_on else held


def with_condition(label: Label, due_on: date, *, met_on: date | None = None) -> Condition:
    proposed = ProposedCondition.objects.create(
        decision=label.decision, text="Publier les comptes.", proof="Comptes", due_on=due_on
    )
    return Condition.objects.create(
        label=label,
        decision=label.decision,
        proposed=proposed,
        text=proposed.text,
        proof=proposed.proof,
        set_on=label.starts_on,
        due_on=due_on,
        met_on=met_on,
    )
