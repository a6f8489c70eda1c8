"""Takes guards out one by one and runs the tests that reach them: a guard that no test misses is a hole.

    python -m tests.mutants FILE… --tests TEST… [--workers 2]

A guard is a refusal behind a condition (`Missing`, `Blocked`, `NotAllowed`, or a word yielded by a checklist), a
`require(…)` or a `block_unless_empty(…)`. Each is taken out in a copy of the tree; only the tests that ran its line are
run, until one fails. Prints the guards that nothing misses; exit status 1 when there is one.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from coverage import CoverageData

ROOT = Path(__file__).resolve().parent.parent
REFUSALS = re.compile(r"Missing\(|Blocked\(|NotAllowed\(|ValidationError\(|Stale\(")
CHECKED = ("require", "block_unless_empty", "require_on_label")
MOST_TESTS = 40
SECONDS = 400


@dataclass(frozen=True)
class Guard:
    """One refusal that can be taken out: where it stands, and the file without it."""

    path: str
    line: int
    words: str
    mutated: str


def guards(path: Path) -> Iterator[Guard]:
    """Each guard of a file."""
    source = path.read_text()
    lines = source.splitlines(keepends=True)
    name = str(path.relative_to(ROOT))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If) and _refuses(node, source):
            start, end = node.test.lineno - 1, node.test.end_lineno or node.test.lineno
            keyword = lines[start][: node.test.col_offset]
            after = lines[end - 1][node.test.end_col_offset :]
            changed = [*lines[:start], f"{keyword}False{after}", *lines[end:]]
            yield Guard(name, node.lineno, lines[start].strip(), "".join(changed))
        elif isinstance(node, ast.Expr) and _checks(node.value):
            start, end = node.lineno - 1, node.end_lineno or node.lineno
            indent = lines[start][: node.col_offset]
            yield Guard(
                name,
                node.lineno,
                lines[start].strip(),
                "".join([*lines[:start], f"{indent}pass\n", *lines[end:]]),
            )


def _refuses(node: ast.If, source: str) -> bool:
    body = "\n".join(ast.get_source_segment(source, one) or "" for one in node.body)
    yields = any(isinstance(one, ast.Expr) and isinstance(one.value, ast.Yield) for one in node.body)
    return bool(REFUSALS.search(body)) or yields


def _checks(call: ast.expr) -> bool:
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in CHECKED


def reached(files: list[str], tests: list[str]) -> CoverageData:
    """Which test ran which line of these files."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    settings = folder / "coverage.ini"
    included = "".join(f"    {ROOT / one}\n" for one in files)
    settings.write_text(
        f"[run]\ndynamic_context = test_function\ndata_file = {folder / 'data'}\ninclude =\n{included}"
    )
    command = [sys.executable, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest"]
    subprocess.run([*command, "-q", "-p", "no:randomly", *tests], cwd=ROOT, check=True)
    data = CoverageData(str(folder / "data"))
    data.read()
    return data


def is_missed(guard: Guard, names: list[str], tests: list[str], tree: Path) -> bool:
    """Whether a test fails without it, in that copy of the tree."""
    kept = (tree / guard.path).read_text()
    (tree / guard.path).write_text(guard.mutated)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", "-k", " or ".join(names), *tests],
            cwd=tree, capture_output=True, timeout=SECONDS, check=False,
            env={**os.environ, "PYTHONPATH": str(tree)},
        )  # fmt: skip
        return done.returncode == 1
    except subprocess.TimeoutExpired:
        return True
    finally:
        (tree / guard.path).write_text(kept)


def main() -> int:
    """Say each guard that nothing misses, then how many there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--tests", nargs="+", required=True)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    data = reached(asked.files, asked.tests)
    trees: Queue[Path] = Queue()
    for _ in range(asked.workers):
        tree = Path(tempfile.mkdtemp(prefix="tree-"))
        shutil.copytree(
            ROOT,
            tree,
            dirs_exist_ok=True,
            symlinks=True,
            ignore=shutil.ignore_patterns(".git", ".cache", "var"),
        )
        trees.put(tree)

    def judged(guard: Guard) -> tuple[Guard, str]:
        contexts = data.contexts_by_lineno(str(ROOT / guard.path)).get(guard.line, [])
        names = sorted({name.rpartition(".")[2] for name in contexts if name})[:MOST_TESTS]
        if not names:
            return guard, "no test runs it"
        tree = trees.get()
        try:
            return guard, "" if is_missed(guard, names, asked.tests, tree) else "no test misses it"
        finally:
            trees.put(tree)

    found = [guard for one in asked.files for guard in guards(ROOT / one)]
    with ThreadPoolExecutor(asked.workers) as pool:
        left = 0
        for guard, said in pool.map(judged, found):
            if said:
                left += 1
                print(f"{guard.path}:{guard.line}: {said}: {guard.words}", flush=True)
    print(f"{len(found)} guards, {left} that no test misses")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
