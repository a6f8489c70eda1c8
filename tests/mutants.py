"""Takes guards out one by one and runs the tests that reach them: a guard that no test misses is a hole.

    python -m tests.mutants FILE… --tests TEST… [--finer] [--workers 2] [--only FILE:LINE…]

A guard is a refusal behind a condition (`Missing`, `Blocked`, `NotAllowed`, or a word yielded by a checklist), a
`require(…)` or a `block_unless_empty(…)`. With `--finer`, each bound in its condition is also moved by one, each side
of its `and` or `or` left out, and so in the yes or no that a function answers.

One process collects the tests, runs them once on SQLite and notes which one reaches which line. For each change it
forks: the child puts the changed code into the functions that are already loaded, takes a fresh copy of the database
and runs the tests that reach the line, the quickest first, until one fails. Prints what no test misses; exit status 1
when there is something.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol
from coverage import Coverage, CoverageData

ROOT = Path(__file__).resolve().parent.parent
REFUSALS = re.compile(r"Missing\(|Blocked\(|NotAllowed\(|ValidationError\(|Stale\(")
CHECKED = ("require", "require_on_label", "require_on_file", "block_unless_empty")
LEFT_OUT = "not browser and not walk and not slow and not postgres and not demonstration"
OTHER_BOUND = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
MOST_TESTS = 60
SECONDS = 400
CAUGHT, MISSED, NOT_CHANGED, BROKEN, FIRST = range(5)  # how a child ends; from FIRST on, at which test
SAID = {MISSED: "no test misses it", NOT_CHANGED: "it cannot be changed here", BROKEN: "the tool failed"}
LOOK = os.WEXITED | os.WNOHANG | os.WNOWAIT


@dataclass(frozen=True)
class Change:
    """One thing changed in a file: where, how, in which words, and the whole file compiled with it.

    Only a test that runs the line `seen_at` can notice: a guard that never refused is missed by nobody.
    """

    path: str
    line: int
    seen_at: int
    how: str
    words: str
    code: CodeType


class Mutants:
    """The changes of one file: its tree is changed in one place, compiled, and put right again."""

    def __init__(self, path: Path) -> None:
        self.path, self.source = path, path.read_text()
        self.tree = ast.parse(self.source)

    def changes(self, *, finer: bool) -> Iterator[Change]:
        """Each change of that file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.If | ast.IfExp) and self._refuses(node.body):
                seen = node.body[0] if isinstance(node, ast.If) else node
                yield self._changed(node, "test", _never(node.test), "taken out", node, seen)
                yield from self._finer(node.test, node) if finer else ()
            elif isinstance(node, ast.IfExp) and self._refuses(node.orelse):
                yield self._changed(node, "test", _always(node.test), "taken out", node, node)
                yield from self._finer(node.test, node) if finer else ()
            elif isinstance(node, ast.Return | ast.Assign) and node.value and finer:
                yield from self._finer(node.value, node)
            for name, block in ast.iter_fields(node):
                for place, one in enumerate(block if isinstance(block, list) else []):
                    if isinstance(one, ast.Expr | ast.Assign) and _checks(one.value):
                        without = [*block[:place], ast.copy_location(ast.Pass(), one), *block[place + 1 :]]
                        yield self._changed(node, name, without, "taken out", one, one)

    def _finer(self, condition: ast.expr, seen: ast.AST) -> Iterator[Change]:
        """The bounds of a condition, and each side of its `and` or `or`."""
        for one in list(ast.walk(condition)):
            if isinstance(one, ast.Compare):
                for place, bound in enumerate(one.ops):
                    if other := OTHER_BOUND.get(type(bound)):
                        ops = [*one.ops[:place], other(), *one.ops[place + 1 :]]
                        yield self._changed(one, "ops", ops, "bound moved", one, seen)
            elif isinstance(one, ast.BoolOp):
                neutral = _always if isinstance(one.op, ast.And) else _never
                for side in one.values:
                    rest = [neutral(other) if other is side else other for other in one.values]
                    yield self._changed(one, "values", rest, f"without « {ast.unparse(side)} »", side, seen)

    def _changed(
        self, node: ast.AST, field: str, value: object, how: str, at: ast.AST, seen: ast.AST
    ) -> Change:
        kept = getattr(node, field)
        line, seen_at = (getattr(one, "lineno", 0) for one in (at, seen))
        words = self.source.splitlines()[line - 1].strip()
        setattr(node, field, value)
        try:
            code = compile(ast.fix_missing_locations(self.tree), self.path, "exec", dont_inherit=True)
        finally:
            setattr(node, field, kept)
        return Change(str(self.path.relative_to(ROOT)), line, seen_at, how, words, code)

    def _refuses(self, body: list[ast.stmt] | ast.expr) -> bool:
        parts = body if isinstance(body, list) else [body]
        words = "\n".join(ast.get_source_segment(self.source, one) or "" for one in parts)
        yields = any(
            isinstance(one, ast.Expr) and isinstance(one.value, ast.Yield | ast.YieldFrom) for one in parts
        )
        return bool(REFUSALS.search(words)) or yields


def _never(test: ast.expr) -> ast.expr:
    """The names stay, so that the function closes over the same ones."""
    return ast.copy_location(ast.BoolOp(ast.And(), [ast.Constant(False), test]), test)


def _always(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.BoolOp(ast.Or(), [ast.Constant(True), test]), test)


def _checks(call: ast.expr) -> bool:
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in CHECKED


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def put_in(change: Change) -> bool:
    """Give the loaded functions of that file the changed code; whether one of them changed."""
    name = str(ROOT / change.path)
    new = {(one.co_qualname, one.co_firstlineno): one for one in _codes(change.code)}
    loaded = [
        one for one in gc.get_objects() if type(one) is FunctionType
    ]  # asking a lazy object would wake it
    changed = False
    for function in loaded:
        old = function.__code__
        other = new.get((old.co_qualname, old.co_firstlineno)) if old.co_filename == name else None
        if other is not None and other != old:
            function.__code__ = other
            changed = True
    return changed


def _in_turn(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item]]:
    """Each test and the next one, for which what they share is kept; the last is followed by itself."""
    return zip(items, [*items[1:], items[-1]], strict=True)


class Judge:
    """Runs the collected tests once, then those that reach each change, in a child of its own."""

    def __init__(self, changes: list[Change], workers: int) -> None:
        self.changes, self.workers = changes, workers
        self.left = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of the usual run."""
        from django.db import connections

        self.items = {item.nodeid: item for item in session.items}
        self.seconds: dict[str, float] = {}
        self.data = self._reached(session)
        connections.close_all()
        gc.collect()
        while (place := self._ended(self._fork(None, names := self._quickest(self.seconds)))) != MISSED:
            print(f"{names[place - FIRST]} fails in a child where nothing is changed: left out", flush=True)
            del self.seconds[names[place - FIRST]]
        tests = {change: self._tests(change) for change in self.changes}
        for change in self.changes:  # what costs nothing first
            if not tests[change]:
                self._say(
                    change, "no test runs it" if change.seen_at == change.line else "it refuses in no test"
                )
        running: dict[int, tuple[Change, float]] = {}
        for change in self.changes:
            while len(running) >= self.workers:
                self._wait(running)
            if tests[change]:
                running[self._fork(change, tests[change])] = change, time.monotonic()
        while running:
            self._wait(running)
        print(f"\n{len(self.changes)} changes, {self.left} that no test misses")
        return True

    def _reached(self, session: pytest.Session) -> CoverageData:
        """Which test ran which line; a test that already fails is left out."""
        tool = Coverage(
            data_file=None, config_file=False, include=sorted({str(ROOT / one.path) for one in self.changes})
        )
        tool.start()
        for item, following in _in_turn(session.items):
            tool.switch_context(item.nodeid)
            began = time.monotonic()
            reports = runtestprotocol(item, log=False, nextitem=following)
            self.seconds[item.nodeid] = time.monotonic() - began
            if any(report.failed for report in reports):
                del self.seconds[item.nodeid]
                print(f"{item.nodeid} fails as it is\n{reports[-2].longreprtext}", flush=True)
        tool.switch_context("")
        tool.stop()
        return tool.get_data()

    def _tests(self, change: Change) -> list[str]:
        lines = self.data.contexts_by_lineno(str(ROOT / change.path))
        found = [name for name in lines.get(change.seen_at, []) if name in self.seconds]
        return self._quickest(found)

    def _quickest(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=lambda name: self.seconds[name])[:MOST_TESTS]

    def _fork(self, change: Change | None, names: list[str]) -> int:
        child = os.fork()
        if child:
            return child
        try:
            os._exit(self._verdict(change, names))
        except BaseException:  # whatever happens, the child goes no further
            traceback.print_exc()
            os._exit(BROKEN)

    def _verdict(self, change: Change | None, names: list[str]) -> int:
        from django.db import connections

        from tests.conftest import migrated

        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            database = connections["default"].settings_dict
            database["NAME"] = shutil.copyfile(migrated(), Path(folder) / "test.sqlite3")
            if change is not None and not put_in(change):
                return NOT_CHANGED
            items = [self.items[name] for name in names]
            items[0].session._setupstate.teardown_exact(items[0])
            for place, (item, following) in enumerate(_in_turn(items)):
                reports = runtestprotocol(item, log=False, nextitem=following)
                if failed := [report for report in reports if report.failed]:
                    if change is None:
                        print(failed[0].longreprtext, flush=True)
                    return CAUGHT if change else FIRST + place
        return MISSED

    def _ended(self, child: int) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def _wait(self, running: dict[int, tuple[Change, float]]) -> None:
        """Until one child ends; one that takes too long is stopped, which a test would notice."""
        while not (ended := [pid for pid in running if os.waitid(os.P_PID, pid, LOOK)]):
            for pid, (_change, since) in running.items():
                if time.monotonic() - since > SECONDS:
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        for pid in ended:
            change, _since = running.pop(pid)
            if said := SAID.get(self._ended(pid), ""):
                self._say(change, said)
            else:
                print(".", end="", flush=True)

    def _say(self, change: Change, said: str) -> None:
        self.left += 1
        print(f"\n{change.path}:{change.line}: {change.how}: {said}: {change.words}", end="", flush=True)


def main() -> int:
    """Say each change that nothing misses, then how many there were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--tests", nargs="+", required=True)
    parser.add_argument("--finer", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    changes = [one for name in asked.files for one in Mutants(ROOT / name).changes(finer=asked.finer)]
    wanted = [one for one in changes if not asked.only or f"{one.path}:{one.line}" in asked.only]
    judge = Judge(sorted(wanted, key=lambda one: (one.path, one.line)), asked.workers)
    options = ["-q", "-s", "-p", "no:randomly", "-m", LEFT_OUT]
    ended = pytest.main([*options, *asked.tests], plugins=[judge])
    return ended or (1 if judge.left else 0)


if __name__ == "__main__":
    sys.exit(main())
