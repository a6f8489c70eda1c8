"""What every test can count on: the append-only triggers, and only the tests its database can run."""

import contextlib
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connections
from django.test import TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from journal import triggers
from tests import keeping, sharing

COUNTED = pytest.StashKey[str]()

# No time limit for one example: two databases and a browser share the machine. The usual run tries the same examples
# each time, so that what it refuses is what was just written; `make soak` tries many more, others each time.
hypothesis.register_profile(
    "usual", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis.register_profile(
    "soak", parent=hypothesis.get_profile("usual"), derandomize=False, max_examples=2000
)
hypothesis.load_profile("usual")

flush = TransactionTestCase._fixture_teardown


def flush_without_triggers(case: TransactionTestCase) -> None:
    """Emptying the tables between two tests is the one moment when append-only rows may go."""
    triggers.lift()
    keeping.forget()
    try:
        flush(case)
    finally:
        triggers.install()


TransactionTestCase._fixture_teardown = flush_without_triggers


capture, release = CaptureQueriesContext.__enter__, CaptureQueriesContext.__exit__


def capture_all(asked: CaptureQueriesContext) -> CaptureQueriesContext:
    """Whoever counts the queries of a page counts all of them: nothing is kept of who looked before."""
    asked.nothing_kept = override_settings(TODO_COUNT_SECONDS=0)
    asked.nothing_kept.enable()
    return capture(asked)


def release_all(asked: CaptureQueriesContext, *error: Any) -> None:
    release(asked, *error)
    asked.nothing_kept.disable()


CaptureQueriesContext.__enter__ = capture_all
CaptureQueriesContext.__exit__ = release_all


def on_postgres() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shared",
        action="store_true",
        help="run only the share of this database: what differs runs on both, the rest on one (tests/sharing.py)",
    )


def pytest_report_header(config: pytest.Config) -> str:
    share = ", its share of the suite" if config.getoption("shared") else ""
    return f"database: {'PostgreSQL' if on_postgres() else 'SQLite'}{share}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Takes out the races that only PostgreSQL can run, and with `--shared` what the other database runs."""
    here = sharing.POSTGRES if on_postgres() else sharing.SQLITE
    shared = config.getoption("shared")
    places = {item: sharing.databases_of(item) for item in items}
    elsewhere = {
        item for item in items if here not in places[item] and (shared or item.get_closest_marker("postgres"))
    }
    if shared:
        # Seen by the process that prints: this one, or the one that gave work to this worker.
        answers = getattr(config, "workeroutput", None)
        said = sharing.told(Counter(places[item] for item in items if not item.get_closest_marker("browser")))
        config.stash[COUNTED] = said
        if answers is not None:
            answers["counted"] = said
        # The longest first, so that two workers end together.
        items.sort(key=lambda item: not item.get_closest_marker("walk"))
    if elsewhere:
        config.hook.pytest_deselected(items=list(elsewhere))
        items[:] = [item for item in items if item not in elsewhere]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[COUNTED] = getattr(node, "workeroutput", {}).get("counted", "")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if said := config.stash.get(COUNTED, ""):
        terminalreporter.write_line(f"tests of the suite: {said}")


def kept() -> str:
    """The name of a migrated, empty database: it changes with whatever migrations are made of."""
    root = Path(settings.BASE_DIR)
    made_of = [root / "requirements/dev.txt", root / "tests/settings.py", root / "config/settings.py"]
    made_of += sorted([*root.glob("*/migrations/*.py"), *root.glob("*/data/*")])
    digest = hashlib.sha256()
    for path in made_of:
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return f"migrated-{digest.hexdigest()[:16]}"


def migrated() -> Path:
    """Where SQLite keeps it."""
    return Path(settings.BASE_DIR) / ".cache" / f"{kept()}.sqlite3"


def copied(source: str, copy: str) -> bool:
    """Makes a PostgreSQL database as a copy of another one to which nobody is connected; False without the source."""
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [source])
        if not cursor.fetchone():
            return False
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{source}"')
    return True


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database is ours and goes at the end: Django may start from a migrated copy."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any
) -> Iterator[ExitStack]:
    """Sixty migrations take a minute: each kind of database runs them once for each state of their files.

    Whoever comes while they run waits, and copies what was made.
    """
    name = settings.DATABASES["default"]["TEST"]["NAME"]
    with ExitStack() as held:
        held.enter_context(sharing.alone(migrated().with_name(f"migrating-{kept()}-{on_postgres()}.lock")))
        if on_postgres():
            with django_db_blocker.unblock():
                found = copied(kept(), name)
        else:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(migrated(), name)
            found = migrated().exists()
        if found:
            held.close()
        yield held


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_modify_db_settings: ExitStack, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    with django_db_blocker.unblock(), django_db_modify_db_settings:
        keep()
    yield
    if on_postgres():
        name = connections["default"].settings_dict["NAME"]
        with django_db_blocker.unblock():
            connections.close_all()
            with connections["default"]._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def keep() -> None:
    """Keeps this migrated, empty database for whoever comes next, unless somebody did."""
    connection = connections["default"]
    if on_postgres():
        name = connection.settings_dict["NAME"]
        connection.close()
        with contextlib.suppress(ProgrammingError):  # it is there already
            copied(name, kept())
        return
    if migrated().exists():
        return
    for older in migrated().parent.glob("migrated-*.sqlite3"):
        older.unlink(missing_ok=True)
    copy = migrated().with_suffix(f".{os.getpid()}")  # whole files only, whoever stops us
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    copy.replace(migrated())


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a factory makes in an untouched database is kept (tests/keeping.py)."""
    with keeping.watched(monkeypatch):
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Rate limits and public answers live in caches: no test inherits those of another."""
    from django.core.cache import caches

    yield
    for name, cache in settings.CACHES.items():
        if "locmem" in cache["BACKEND"]:
            caches[name].clear()
