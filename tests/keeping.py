"""What a factory makes in an empty database is made once for each process, then put back row by row.

The committee's opinion on one dossier takes a thousand statements through the real actions: several thousand tests
start from it. The first one makes it; for the next ones its rows are written again as they were, in some thirty
statements. Nothing is kept of a factory called after something else was written, with records as arguments, in a test
that patches or sets anything, or outside the transaction of a test: these are always made through the real actions.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, ParamSpec, TypeVar

import pytest
from django.apps import apps
from django.conf import UserSettingsHolder, settings
from django.core import mail
from django.db import connection
from django.db.models import GeneratedField
from django.utils.translation import get_language

P = ParamSpec("P")
T = TypeVar("T")
Row = tuple[Any, ...]
Place = tuple[str, tuple[str, ...]]  # a table and its columns
READING = ("SELECT", "EXPLAIN", "PRAGMA", "BEGIN", "RELEASE", "SET")


class Watch:
    """Sees each statement of one test: has anything been written since its transaction began?"""

    def __init__(self) -> None:
        self.start(None)

    def start(self, patches: pytest.MonkeyPatch | None) -> None:
        """A test begins, that may patch with this; between two tests there is none."""
        self.patches, self.before = patches, _patched(patches)
        self.untouched = True
        self.points: dict[str, bool] = {}

    @property
    def is_new(self) -> bool:
        """Nothing was written, patched or set since the test began: what a factory makes depends on it alone."""
        changed = isinstance(settings._wrapped, UserSettingsHolder) or _patched(self.patches) != self.before
        return self.patches is not None and self.untouched and connection.in_atomic_block and not changed

    def __call__(self, execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        words = sql.split(None, 3)
        if words[0] == "SAVEPOINT":
            self.points[words[1]] = self.untouched
        elif words[0] == "ROLLBACK":
            self.untouched = self.points.get(words[-1], self.untouched)
        elif words[0] not in READING:
            self.untouched = False
        return execute(sql, *others)


def _patched(patches: pytest.MonkeyPatch | None) -> int:
    return len(patches._setattr) + len(patches._setitem) if patches else 0


@dataclass(frozen=True)
class World:
    """The rows that a factory wrote, by table with its columns, and what it gave, mails included."""

    rows: dict[Place, list[Row]]
    given: bytes


_watch = Watch()
_worlds: dict[str, World | None] = {}  # None: it cannot be kept
_first: dict[Place, set[Row]] = {}  # what the migrations left in each table


@contextmanager
def watched(patches: pytest.MonkeyPatch) -> Iterator[None]:
    """The time of one test."""
    _watch.start(patches)
    with connection.execute_wrapper(_watch):
        yield
    _watch.start(None)


def forget() -> None:
    """The tables were emptied between two tests: nothing that was kept fits what is there now."""
    _worlds.clear()
    _first.clear()


def kept(make: Callable[P, T]) -> Callable[P, T]:
    """A factory whose first world of each process is kept, by its arguments, for the tests that start from it."""

    @functools.wraps(make)
    def made(*args: P.args, **facts: P.kwargs) -> T:
        if not _watch.is_new or not _plain((args, facts)):
            return make(*args, **facts)
        name = f"{make.__module__}.{make.__qualname__} {args!r} {sorted(facts.items())!r} {get_language()}"
        if name not in _worlds:
            return _learn(name, lambda: make(*args, **facts))
        world = _worlds[name]
        return _put_back(world) if world else make(*args, **facts)

    return made


def _plain(value: Any) -> bool:
    if isinstance(value, tuple | list | dict):
        return all(map(_plain, value.items() if isinstance(value, dict) else value))
    return value is None or isinstance(
        value, str | int | date
    )  # an enumeration of words is a text, a moment a date


def _learn(name: str, make: Callable[[], T]) -> T:
    if not _first:
        _first.update({place: set(rows) for place, rows in _tables()})
    sent = len(mail.outbox)
    made = make()
    now = dict(_tables())
    _worlds[name] = None
    if all(set(rows) >= _first[place] for place, rows in now.items()):
        new = {place: [row for row in rows if row not in _first[place]] for place, rows in now.items()}
        with suppress(TypeError, AttributeError, pickle.PicklingError):  # what it gave holds a client, a file
            given = pickle.dumps((made, mail.outbox[sent:]))
            _worlds[name] = World({place: rows for place, rows in new.items() if rows}, given)
    return made


def _put_back(world: World) -> Any:
    with connection.cursor() as cursor:
        for (table, columns), rows in world.rows.items():
            names = ", ".join(map(connection.ops.quote_name, columns))
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)
    made, mails = pickle.loads(world.given)
    mail.outbox.extend(mails)
    return made


def _tables() -> Iterator[tuple[Place, list[Row]]]:
    """Each table with its columns, those that the database works out left out, and all its rows."""
    with connection.cursor() as cursor:
        for table, columns in _columns().items():
            cursor.execute(f'SELECT {", ".join(map(connection.ops.quote_name, columns))} FROM "{table}"')
            yield (table, columns), [tuple(row) for row in cursor.fetchall()]


@functools.cache
def _columns() -> dict[str, tuple[str, ...]]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {
        model._meta.db_table: tuple(
            field.column for field in model._meta.concrete_fields if not isinstance(field, GeneratedField)
        )
        for model in models
        if not model._meta.proxy
    }
