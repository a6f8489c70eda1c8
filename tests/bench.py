"""The benchmarks of design section 8, as a table and JSON: panels, then the rest on SQLite and on a real PostgreSQL.

    python -m tests.bench [--rows 10,10000] [--labels 20000,100000] [--credentials 1000000] [--json FILE]

Counts are hard limits; times are ratios measured in the same run. Fails when a limit is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

IGNORED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass
class Row:
    """One line of the table: what was measured, the figure, the limit, and whether it holds."""

    what: str
    figure: float
    unit: str
    limit: float
    holds: bool
    floor: float | None = None


def at_most(what: str, figure: float, limit: float, unit: str = "queries", floor: float | None = None) -> Row:
    return Row(what, round(figure, 3), unit, limit, figure <= limit, floor and round(floor, 3))


def at_least(
    what: str, figure: float, limit: float, unit: str = "of the floor", floor: float | None = None
) -> Row:
    return Row(what, round(figure, 3), unit, limit, figure >= limit, floor and round(floor, 3))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements run inside, without those of the transaction itself."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    statements: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield statements
    statements += [one["sql"] for one in captured if not one["sql"].upper().startswith(IGNORED)]


def seconds(work: Callable[[], Any]) -> float:
    """The seconds of one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def side_by_side(ours: Callable[[], Any], bare: Callable[[], Any], *, times: int = 60) -> tuple[float, float]:
    """The least seconds of two works, interleaved: on a shared machine all that is above is somebody else's."""
    for work in (ours, bare):
        work()
    first, second = [], []
    for _ in range(times):
        first.append(seconds(ours))
        second.append(seconds(bare))
    return min(first), min(second)


def list_pages(sizes: list[int]) -> Iterator[Row]:
    """The list of dossiers at several sizes: same queries, at most four times the barest page."""
    from django.core.cache import caches
    from django.test import Client
    from django.urls import reverse

    from label.models import Application
    from tests.factories.accounts import signed_in, staff
    from tests.factories.bulk import many_dossiers

    client = signed_in(Client(), staff("case_officer"))
    page = reverse("staff_applications")
    seen = set()
    for size in sizes:
        while (missing := size - Application.objects.count()) > 0:
            many_dossiers(min(missing, 5000))
        caches["answers"].clear()  # the first look counts what the header shows
        with counted() as statements:
            rows = client.get(page).content.count(b"<article")
        assert rows == min(Application.objects.count(), 50)
        seen.add(len(statements))
        yield at_most(f"list of {size:,} dossiers", len(statements), 10)
        if rows == 50:  # the limit is about full pages
            ours, bare = side_by_side(lambda: client.get(page), lambda: client.get("/bare/keyset/"))
            yield at_most(
                f"list of {size:,} dossiers, time", ours / bare, 4, "times the bare page", bare * 1000
            )
    yield at_most("different query counts over the sizes", len(seen), 1, "counts")


def a_move() -> Iterator[Row]:
    """One move with its event and the head of its chain, beside the bare UPDATE + INSERT."""
    from django.db import transaction

    from journal.models import Event, Thread
    from structures.models import Structure
    from tests.factories import structures
    from tests.factories.structures import AT, representative_of

    found = structures.structure()
    by = representative_of(found)
    beside = Thread.objects.create(reference="bench")
    written = Event.objects.filter(thread=found.thread_id).values()[0]
    positions = iter(range(1, 10**6))

    def ours() -> None:
        with transaction.atomic():
            held = Structure.objects.hold(found.pk)
            (held.freeze if held.state == "open" else held.unfreeze)(by=by, at=AT)
            held.save()

    def bare() -> None:
        with transaction.atomic():
            Structure.objects.filter(pk=found.pk).update(short_name="X")
            Event.objects.create(
                **{**written, "id": None, "thread_id": beside.pk, "position": next(positions)}
            )

    mine, floor = side_by_side(ours, bare, times=300)
    yield at_least("one move with its event", floor / mine, 0.25, "of the bare rate", 1 / floor)


def reviews() -> Iterator[Row]:
    """A review sent, and the one that closes the evaluation."""
    from tests.factories import reviewers

    application = reviewers.under_review()
    *first, last = [reviewers.filled(one) for one in reviewers.assignments_of(application)]
    for assignment in first:
        with counted() as statements:
            reviewers.submit(assignment)
    yield at_most("one review sent", len(statements), 14)
    with counted() as statements:
        reviewers.submit(last)
    yield at_most("the review that closes the evaluation", len(statements), 24)


def signatures() -> Iterator[Row]:
    """A refusal signed, and a grant signed with its label, by somebody whose rights the page has just asked."""
    from accounts.rules import may
    from decisions.actions import sign
    from tests.factories import decisions
    from tests.factories.accounts import acting, signatory
    from tests.factories.structures import AT

    kinds = (
        ("refuse", "unfavourable", "one decision signed", 28),
        ("grant", "favourable", "one with its label", 44),
    )
    decisions.signed()  # the first label of a year opens the counter
    for kind, opinion, what, limit in kinds:
        decision = decisions.to_sign(decisions.advised(opinion=opinion), kind)
        by = acting(signatory(), "signatory")
        assert may("decisions.sign_decision", by.user, decision, on=AT.date())
        with counted() as statements:
            begin = time.perf_counter()
            sign(decision_pk=decision.pk, at=AT, by=by)
            taken = time.perf_counter() - begin
        yield at_most(what, len(statements), limit)
        yield Row(f"{what}, time", round(taken * 1000, 1), "ms", 0, True)


def register_import() -> Iterator[Row]:
    """The RNA file imported, beside a bare table with as many columns and indexes filled by `csv` + `executemany`."""
    import csv
    import io
    from contextlib import redirect_stdout

    from django.core.management import call_command
    from django.db import connection

    from structures import rna
    from tests.structures.test_import_rna import COLUMNS_39, file, rows, text

    with tempfile.TemporaryDirectory(prefix="bench-") as folder, connection.cursor() as cursor:
        path = file(Path(folder), text(COLUMNS_39, *rows(40_000)))
        columns = ", ".join(f"{name} TEXT" for name in rna.TARGETS)
        cursor.execute(f"CREATE TABLE bare ({columns}, UNIQUE (number))")
        cursor.execute("CREATE INDEX bare_old ON bare (old_number)")
        cursor.execute("CREATE INDEX bare_siret ON bare (siret)")
        marks = ", ".join(["%s"] * len(rna.TARGETS))
        begin = time.perf_counter()
        with path.open(newline="", encoding="utf-8") as stream:
            lines = csv.reader(stream, delimiter=";")
            next(lines)
            cursor.executemany(
                f"INSERT INTO bare VALUES ({marks})", (row[: len(rna.TARGETS)] for row in lines)
            )
        bare = time.perf_counter() - begin
        begin = time.perf_counter()
        with redirect_stdout(io.StringIO()):
            call_command("import_rna", str(path))
        ours = time.perf_counter() - begin
    yield at_least("RNA import, 40,000 rows", bare / ours, 0.25, "of the bare rate", 40_000 / bare)


def measured(sizes: list[int], labels: list[int], given: int) -> list[Row]:
    """Every row, on the database of this process."""
    import django

    django.setup()
    from django.test.utils import (
        override_settings,
        setup_databases,
        setup_test_environment,
        teardown_databases,
    )

    from tests.bench_certificates import certificates_made
    from tests.bench_credentials import credentials
    from tests.bench_tick import the_clock
    from tests.bench_verification import verification

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with override_settings(ROOT_URLCONF="tests.bench_urls", TODO_COUNT_SECONDS=60):
            return [
                *a_move(),
                *verification(),
                *reviews(),
                *signatures(),
                *certificates_made(),
                *register_import(),
                *list_pages(sizes),
                *the_clock(labels),
                *credentials(given),
            ]
    finally:
        teardown_databases(databases, verbosity=0)


def table(name: str, rows: list[dict[str, Any]]) -> str:
    """The rows as people read them."""
    lines = [f"\n{name}"]
    for row in rows:
        mark = "ok " if row["holds"] else "NO "
        lines.append(f"  {mark} {row['what']:<52} {row['figure']:>10} {row['unit']:<22} limit {row['limit']}")
    return "\n".join(lines)


def child(url: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The rows measured by a process of its own on one database."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "tests.bench", "--here"),
            *("--rows", options.rows, "--labels", options.labels),
            *("--credentials", str(options.credentials)),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    """Exit status 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="10,10000", help="sizes of the lists, separated by commas")
    parser.add_argument("--labels", default="20000,100000", help="how many labels the clock watches")
    parser.add_argument("--credentials", type=int, default=1_000_000, help="how many were given before")
    parser.add_argument(
        "--json", type=Path, default=Path("var/bench.json"), help="where the figures are written"
    )
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        sizes, labels = ([int(size) for size in text.split(",")] for text in (options.rows, options.labels))
        rows = measured(sizes, labels, options.credentials)
        print(json.dumps([asdict(row) for row in rows]))
        return 0
    from tests import bench_panels, postgres

    panels, figures = bench_panels.panels()  # first, on a machine that nothing else heats
    print(bench_panels.table(figures))
    found = {
        "Panels": [asdict(row) for row in panels],
        "SQLite": child("sqlite:///", options),
    }
    with postgres.server() as url:
        found["PostgreSQL"] = child(url, options)
    for name, rows in found.items():
        print(table(name, rows))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    whole = {**found, "Ways to compose panels": figures}
    options.json.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    return 0 if all(row["holds"] for rows in found.values() for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
