"""The clock over many labels of which one in a hundred is due: its work follows what is due, not what exists.

    python -m tests.bench --labels 100000,1000000

Labels are multiplied by the database itself from one that was really granted, with their thread, structure, dossier,
act and end: writing a million of them through the ORM would take longer than what is measured.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from datetime import time as hour
from typing import Any

from django.db import connection, models
from django.utils import timezone

ONE_IN = 100
STEP = 10_000_000  # the keys of each size start far from those of the one before


def multiplied(
    model: type[models.Model], base: models.Model, number: int, first: int, /, **changed: str
) -> None:
    """Copy one row `number` times; `changed` gives SQL for the columns that differ, where `n` counts from 1."""
    columns, values = [], []
    parameters: list[Any] = []
    for field in model._meta.concrete_fields:
        columns.append(connection.ops.quote_name(field.column))
        if field.primary_key:
            values.append(f"{first} + n")
        elif field.column in changed:
            values.append(changed[field.column])
        else:
            kept = field.get_db_prep_save(field.value_from_object(base), connection)
            kind = field.db_type(connection) if connection.vendor == "postgresql" else None
            values.append(f"CAST(%s AS {kind})" if kind else "%s")
            parameters.append(kept)
    table = connection.ops.quote_name(model._meta.db_table)
    numbers = (
        f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {number})"
    )
    with connection.cursor() as cursor:
        insert = f"INSERT INTO {table} ({', '.join(columns)})"
        select = f"SELECT {', '.join(values)} FROM counted"
        order = (
            f"{insert} {numbers} {select}"
            if connection.vendor == "sqlite"
            else f"{numbers} {insert} {select}"
        )
        cursor.execute(order, parameters)


def known_to_the_planner() -> None:
    """What PostgreSQL does by itself within minutes of so many new rows: before, it reads whole tables."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def many_labels(number: int, first: int, *, one_in: int = ONE_IN) -> datetime:
    """That many labels, one in so many of which ends on one day; returns the moment at which those are due."""
    from certificates.models import Label
    from deadlines.models import Deadline
    from decisions.models import Decision
    from journal.models import Thread
    from label.models import Application
    from structures.models import Structure
    from tests.factories import certificates

    label = certificates.label()
    clock = Deadline.objects.get(subject=f"certificates.label:{label.pk}", kind="label_end")
    due = label.ends_on
    later = f"'{due + timedelta(days=400)}'"
    date = "CAST({} AS date)" if connection.vendor == "postgresql" else "{}"
    ends = f"CASE WHEN n %% {one_in} = 0 THEN {date.format(repr(str(due)))} ELSE {date.format(later)} END"
    key = f"{first} + n"
    text = "'{}-' || " + f"CAST({key} AS varchar(20))"
    multiplied(Thread, label.thread, number, first, reference=text.format("T"), head="''", length="0")
    multiplied(Structure, label.structure, number, first, thread_id=key, name=text.format("Structure"))
    multiplied(
        Application, label.application, number, first,
        thread_id=key, structure_id=key, reference=text.format("DOS"),
    )  # fmt: skip
    multiplied(Decision, label.decision, number, first, thread_id=key, application_id=key)
    multiplied(
        Label, label, number, first,
        thread_id=key, structure_id=key, application_id=key, decision_id=key,
        number=text.format("LBL"), ends_on=ends,
    )  # fmt: skip
    subject = f"'certificates.label:' || CAST({key} AS varchar(20))"
    multiplied(Deadline, clock, number, first, thread_id=key, subject=subject, due_on=ends)
    known_to_the_planner()
    return timezone.make_aware(datetime.combine(due + timedelta(days=1), hour(3)))


def the_clock(sizes: list[int]) -> Iterator[Any]:
    """One tick at each size: the time of one due label is the same, memory does not grow with what exists."""
    from certificates.models import Label
    from deadlines.tick import tick
    from tests.bench import Row, at_most

    tick(many_labels(ONE_IN, STEP // 2), without=["comparison"])  # what the rows measured before left to do
    each: list[float] = []
    for rank, size in enumerate(sizes):
        at = many_labels(size, STEP * (rank + 1))
        due = size // ONE_IN
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begin = time.perf_counter()
        report = tick(at, without=["comparison"])
        taken = time.perf_counter() - begin
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        ended = Label.objects.filter(pk__gt=STEP * (rank + 1), state=Label.State.EXPIRED).count()
        assert ended == due and not report.failures, (ended, due, report.failures[:3])
        each.append(taken / due)
        yield Row(f"tick over {size:,} labels, {due:,} due", round(taken, 1), "s", 0, True)
        yield at_most(f"tick over {size:,} labels, memory", grown, 150, "MB more")
    if len(each) > 1:
        yield at_most("one due label, largest size against smallest", each[-1] / each[0], 1.5, "times")
