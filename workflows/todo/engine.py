"""How the sources of a to-do list become one page: one query for the tasks, one for their legal clocks.

Each source is cut by itself on its own index before the sources are merged, so neither the number of queries nor
the rows read depend on how much there is to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, CharField, F, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from accounts.models import User
from accounts.rules import covered_by
from deadlines.models import Deadline
from feedback.models import Report
from reviewers.visibility import closed_dossiers

PAGE = 50
MAXIMUM_COUNT = 500  # per source: beyond, the exact number helps nobody
AREAS = ("staff", "committee", "space")
DOSSIER = re.compile(r"(?<![a-z])reference$")  # a column that names a dossier
COLUMNS = ("rank", "since", "row", "dossier", "reference", "name", "extra", "due")


@dataclass(frozen=True)
class Task:
    """One thing to do. `since` orders the list; `due_on` and `legal_on` are dates to keep, when there are any."""

    key: str
    title: str
    about: str
    url: str
    since: datetime
    why: str = ""
    action: str = ""
    due_on: date | None = None
    legal_on: date | None = None
    advised: bool = False
    dossier: int = 0
    clock: str = ""
    rank: int = 0  # of its source: the order of the procedure


def _in_words(rows: QuerySet[Any, Any]) -> RawSQL:
    sql, values = rows.query.sql_with_params()
    return RawSQL(sql, values)  # noqa: S611  (compiled by the ORM, with its values apart)


@dataclass(frozen=True)
class Reader:
    """Who reads the list: their roles that day, the structures for which they act, their own files only or all."""

    user: User
    on: date
    roles: frozenset[str] = frozenset()
    structures: tuple[int, ...] | QuerySet[Any, Any] = ()
    mine_only: bool = False

    @cached_property
    def stands_for(self) -> set[int]:
        """The keys of this person and of those whom they replace that day, asked once for all the sources."""
        return set(covered_by(self.user, on=self.on))

    @cached_property
    def covered(self) -> Q:
        """Dossiers of this person, of those whom they replace that day, and of nobody yet."""
        return Q(case_officer__in=self.stands_for) | Q(case_officer=None)

    @cached_property
    def closed(self) -> RawSQL:
        """The dossiers that a link closes to this person, put into words once for all the sources of a list."""
        return _in_words(closed_dossiers(self.user, self.on))

    @cached_property
    def reports(self) -> RawSQL:
        """The keys of the reports that this person may read, put into words once too."""
        return _in_words(Report.objects.visible_to(self.user, on=self.on).order_by().values("pk"))


@dataclass(frozen=True)
class Cursor:
    """The place of a task in the list: moment, rank of its source, key of its row."""

    since: datetime
    rank: int
    row: int


@dataclass(frozen=True)
class Found:
    """One row of a source, the same columns for all."""

    rank: int
    since: datetime
    row: int
    dossier: int
    reference: str
    name: str
    extra: str
    due: str

    @property
    def due_on(self) -> date | None:
        """The date of its own that the row carries, when it has one."""
        return date.fromisoformat(self.due) if self.due else None


@dataclass(frozen=True)
class TodoPage:
    """One page of tasks, and where the pages before and after it start."""

    tasks: list[Task] = field(default_factory=list)
    before: Cursor | None = None
    after: Cursor | None = None


@dataclass(frozen=True)
class Source:
    """One kind of task. `moment`, `dossier`, `reference`, `name`, `extra`, `due` are expressions on its rows."""

    area: str
    roles: frozenset[str]
    rows: Callable[[Reader], QuerySet[Any, Any]]
    tell: Callable[[Found], Task]
    moment: str
    columns: dict[str, Any]

    def rows_for(self, reader: Reader) -> QuerySet[Any, Any]:
        """The rows of a reader; what names a dossier leaves out those that a link closes (domain 6.4)."""
        rows, reference = self.rows(reader), self.columns["reference"]
        if self.area != "staff" or not isinstance(reference, str) or not DOSSIER.search(reference):
            return rows
        path = DOSSIER.sub("", reference)
        dossier = f"{path}application__" if path.endswith("thread__") else path
        return rows.exclude(**{f"{dossier}pk__in": reader.closed})


sources: list[Source] = []


def source(
    area: str,
    *roles: str,
    moment: str,
    tell: Callable[[Found], Task],
    dossier: str = "",
    reference: Any = "",
    name: str = "",
    extra: Any = "",
    due: Any = "",
) -> Callable[[Callable[[Reader], QuerySet[Any, Any]]], Callable[[Reader], QuerySet[Any, Any]]]:
    """Register one kind of task of an area, for some roles: function (reader) -> its rows; `tell` words one row.

    `moment` names the date and time by which it is ordered; the others name what the words need, "" for nothing.
    """
    columns = {"dossier": dossier, "reference": reference, "name": name, "extra": extra, "due": due}

    def keep(rows: Callable[[Reader], QuerySet[Any, Any]]) -> Callable[[Reader], QuerySet[Any, Any]]:
        sources.append(Source(area, frozenset(roles), rows, tell, moment, columns))
        return rows

    return keep


def todo_page(
    reader: Reader, area: str, *, after: Cursor | None = None, before: Cursor | None = None, limit: int = PAGE
) -> TodoPage:
    """The oldest `limit` tasks after a place of the list, or the last ones before it."""
    backwards = before is not None
    place = before or after
    parts = [
        _columns(rank, given, _cut(given, reader, rank, place, backwards, limit + 1))
        for rank, given in _of(reader, area)
    ]
    found = _merged(parts, backwards, limit + 1)
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    if not found:
        return TodoPage()
    first, last = _place(found[0]), _place(found[-1])
    return TodoPage(
        tasks=_with_dates([replace(sources[one.rank].tell(one), rank=one.rank) for one in found]),
        before=first if (after is not None or (backwards and more)) else None,
        after=last if (backwards or more) else None,
    )


def todo_for(reader: Reader, area: str, *, limit: int = PAGE) -> list[Task]:
    """The oldest tasks of a person, at most `limit`."""
    return todo_page(reader, area, limit=limit).tasks


def count(reader: Reader, area: str) -> int:
    """How many things await this person, in one query: the sum of what each source counts, each up to its bound."""
    counts: list[str] = []
    values: list[Any] = []
    for _rank, given in _of(reader, area):
        rows = given.rows_for(reader).order_by().values("pk")[:MAXIMUM_COUNT]
        with suppress(EmptyResultSet):  # a source that can hold nothing for this reader
            sql, parameters = rows.query.sql_with_params()
            counts.append(f"(SELECT COUNT(*) FROM ({sql}) found)")  # noqa: S608  (compiled by the ORM, with its values apart)
            values += parameters
    if not counts:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' + '.join(counts)}", values)
        return int(cursor.fetchone()[0])


def _of(reader: Reader, area: str) -> list[tuple[int, Source]]:
    return [
        (rank, given)
        for rank, given in enumerate(sources)
        if given.area == area and (not given.roles or given.roles & reader.roles)
    ]


def _cut(
    given: Source, reader: Reader, rank: int, place: Cursor | None, backwards: bool, limit: int
) -> QuerySet[Any, Any]:
    """The rows of one source next to a place, as keys: the database walks its index and stops."""
    rows = given.rows_for(reader)
    if place is not None:
        rows = rows.filter(_beside(given.moment, rank, place, "lt" if backwards else "gt"))
    sign = "-" if backwards else ""
    kept = rows.order_by(f"{sign}{given.moment}", f"{sign}pk").values("pk")[:limit]
    return rows.model._default_manager.filter(pk__in=kept)


def _beside(moment: str, rank: int, place: Cursor, side: str) -> Q:
    past = Q(**{f"{moment}__{side}": place.since})
    if rank == place.rank:
        return past | Q(**{moment: place.since, f"pk__{side}": place.row})
    beyond = rank > place.rank if side == "gt" else rank < place.rank
    return past | Q(**{moment: place.since}) if beyond else past


def _columns(rank: int, given: Source, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    def text(path: Any) -> Any:
        if path == "":
            return Value("", output_field=CharField())
        return Cast(path, CharField()) if isinstance(path, str) else path

    dossier = given.columns["dossier"]
    return (
        rows.order_by()
        .annotate(
            task_rank=Value(rank, output_field=IntegerField()),
            task_since=F(given.moment),
            task_row=Cast("pk", BigIntegerField()),
            task_dossier=Cast(dossier, BigIntegerField())
            if dossier
            else Value(0, output_field=BigIntegerField()),
            task_reference=text(given.columns["reference"]),
            task_name=text(given.columns["name"]),
            task_extra=text(given.columns["extra"]),
            task_due=text(given.columns["due"]),
        )
        .values_list(*(f"task_{column}" for column in COLUMNS))
    )


def _merged(parts: list[QuerySet[Any, Any]], backwards: bool, limit: int) -> list[Found]:
    if not parts:
        return []
    sign = "-" if backwards else ""
    order = [f"{sign}task_{column}" for column in ("since", "rank", "row")]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [Found(*row) for row in rows.order_by(*order)[:limit]]


def _place(found: Found) -> Cursor:
    return Cursor(found.since, found.rank, found.row)


def _with_dates(tasks: list[Task]) -> list[Task]:
    """Add the running clocks of the dossiers of a page, in one query."""
    subjects = {f"label.application:{task.dossier}" for task in tasks if task.dossier}
    clocks: dict[tuple[str, str], date | None] = {}
    if subjects:
        rows = (
            Deadline.objects.running().filter(subject__in=subjects).values_list("subject", "kind", "due_on")
        )
        clocks = {(subject, kind): due_on for subject, kind, due_on in rows}
    return [_dated(task, clocks, f"label.application:{task.dossier}") for task in tasks]


def _dated(task: Task, clocks: dict[tuple[str, str], date | None], subject: str) -> Task:
    silence = clocks.get((subject, "silence"))
    return replace(
        task,
        due_on=task.due_on or clocks.get((subject, task.clock)),
        legal_on=silence,
    )


def write_cursor(place: Cursor | None) -> str:
    """A place as text for an address; empty for none."""
    return f"{place.since.isoformat()}~{place.rank}~{place.row}" if place else ""


def read_cursor(text: str) -> Cursor | None:
    """A place read from an address; None for anything that is not one."""
    try:
        since, rank, row = text.split("~")
        place = Cursor(datetime.fromisoformat(since), int(rank), int(row))
    except ValueError:
        return None
    in_bounds = 0 <= place.rank < len(sources) and 0 <= place.row < 2**63
    return place if in_bounds and place.since.tzinfo is not None else None


def pages(reader: Reader, area: str, *, limit: int) -> Iterable[Task]:
    """Every task up to a limit, page by page, for a file."""
    place, left = None, limit
    while left > 0:
        page = todo_page(reader, area, after=place, limit=min(left, 500))
        yield from page.tasks
        left -= len(page.tasks)
        if page.after is None:
            return
        place = page.after
