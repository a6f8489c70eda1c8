"""docs/what-if.md names the tests that show each case of the domain: they exist, or it says what is missing."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/what-if.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::((?:\w+::)?\w+)`")


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return frozenset(found)


def cases() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_case_is_shown_by_tests_that_exist_or_says_what_is_missing() -> None:
    rows = cases()
    assert len(rows) >= 35
    for case, shown, missing in rows:
        named = NAMED.findall(shown)
        assert named or missing, case
        assert shown.count("tests/") == len(named), case
        gone = [f"{path}::{name}" for path, name in named if name not in names_in(path)]
        assert gone == [], case
