"""What import-linter cannot say: which parts of Django the machines, rules and checklists may know."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PURE = ("lifecycle", "rules", "checklist")
OUTSIDE = (
    "django.http",
    "django.core.mail",
    "django.shortcuts",
    "django.template",
    "django.views",
    "smtplib",
    "requests",
)


def pure_files() -> list[Path]:
    return sorted(
        path
        for name in PURE
        for pattern in (f"*/{name}.py", f"*/{name}/*.py")
        for path in ROOT.glob(pattern)
        if not path.relative_to(ROOT).parts[0].startswith((".", "tests"))
    )


def imported(source: str) -> set[str]:
    """Every module a source imports, at its top or inside a function."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def outside(source: str) -> set[str]:
    return {name for name in imported(source) if any(f"{name}.".startswith(f"{one}.") for one in OUTSIDE)}


def test_there_is_something_to_look_at():
    assert {path.stem for path in pure_files()} >= {"lifecycle", "rules"}


@pytest.mark.parametrize(
    "source",
    ["from django.core import mail", "import django.http", "def f():\n    from django.http import Http404"],
)
def test_the_check_sees_an_import(source):
    assert outside(source)


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_machines_rules_and_checklists_know_no_page_and_no_mail(path):
    assert outside(path.read_text()) == set()
