"""Which tests of the whole suite run on which database: each where it can fail, and nowhere twice for nothing.

What differs between the two databases is SQL. A test that cannot reach a database (pytest-django refuses it to whoever
does not ask) runs once, in the process of SQLite. A walk over all pages or a machine that tries whole lives (`walk`)
runs once, on PostgreSQL as in production; so do races (`postgres`). What loads the demonstration runs once, on SQLite,
where it lives. Every other test runs on both.
"""

import fcntl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import TransactionTestCase

SQLITE, POSTGRES = "sqlite", "postgresql"
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server", "django_db_setup"}
ONCE = {
    frozenset({SQLITE}): "on SQLite only, because they use no database or load the demonstration",
    frozenset({POSTGRES}): "on PostgreSQL only, because they walk or race",
    frozenset({SQLITE, POSTGRES}): "on both databases",
}


def uses_database(item: pytest.Item) -> bool:
    """Whether pytest-django lets this test reach a database."""
    asked = set(getattr(item, "fixturenames", ()))
    made_for_it = isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, TransactionTestCase)
    return bool(made_for_it or item.get_closest_marker("django_db") or asked & DATABASE_FIXTURES)


def databases_of(item: pytest.Item) -> frozenset[str]:
    """Where this test runs when the whole suite does; never nowhere."""
    if item.get_closest_marker("browser") or item.get_closest_marker("demonstration"):
        return frozenset({SQLITE})
    if item.get_closest_marker("postgres") or item.get_closest_marker("walk"):
        return frozenset({POSTGRES})
    return frozenset({SQLITE, POSTGRES}) if uses_database(item) else frozenset({SQLITE})


def told(counts: Counter[frozenset[str]]) -> str:
    """How many tests run where."""
    return "; ".join(f"{counts[places]} {words}" for places, words in ONCE.items())


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time: who comes second finds made what the first one made."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
