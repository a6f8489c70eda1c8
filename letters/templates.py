"""The texts of the letters as versioned rows: read from `letters/data`, never changed once a letter used them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from journal.models import Thread
from letters.models import Letter, Template

FOLDER = Path(__file__).resolve().parent / "data"
_NAME = re.compile(r"(L\d+[a-z]?)\.v(\d+)\.txt")
_SHARED = re.compile(r"\[\[([a-z_]+)\]\]")


class ChangedText(ValueError):
    """The file of a version differs from the text that letters were written with: it needs a new version."""


def in_force(code: str, *, on: date) -> Template | None:
    """The latest version of a letter that is in force on that day."""
    return _versions(code, on).first()


def next_in(thread: Thread, code: str, *, on: date) -> tuple[Template | None, int]:
    """The version in force, and the rank of the next letter of that code in a thread, from 1; in one query."""
    same = Letter.objects.filter(thread=thread, code=code).order_by().values("code")
    written = Coalesce(same.annotate(count=Count("pk")).values("count"), 0)
    found = _versions(code, on).annotate(written=written).first()
    return (found, found.written + 1) if found else (None, 1)


def _versions(code: str, on: date) -> QuerySet[Template]:
    return Template.objects.filter(code=code, in_force_from__lte=on).order_by("-version")


@transaction.atomic
def load(folder: Path = FOLDER) -> int:
    """Bring the rows up to the files and say how many were written. Raises ChangedText; safe to run again."""
    written = 0
    for path in sorted(folder.glob("L*.txt")):
        code, version, facts = read(path)
        row = Template.objects.filter(code=code, version=version).first()
        if row is None:
            Template.objects.create(code=code, version=version, **facts)
            written += 1
        elif any(getattr(row, name) != value for name, value in facts.items()):
            if Letter.objects.filter(template=row).exists():
                raise ChangedText(f"{path.name} was used by letters: write version {version + 1} beside it")
            Template.objects.filter(pk=row.pk).update(**facts)
            written += 1
    return written


def read(path: Path) -> tuple[str, int, dict[str, Any]]:
    """The code, the version and the fields of one file; parts shared by letters are put in their place."""
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise ValueError(f"{path.name} is not named like L1.v1.txt")
    head, summary, body = re.split(
        r"^--- (?:summary|body)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    facts = dict(found.split(": ", 1) for found in head.strip().splitlines())
    body = _SHARED.sub(
        lambda found: (path.parent / f"{found[1]}.txt").read_text(encoding="utf-8").strip(), body
    )
    return (
        named[1],
        int(named[2]),
        {
            "subject": facts["subject"],
            "in_force_from": date.fromisoformat(facts["in_force_from"]),
            "summary": summary.strip(),
            "body": body.strip(),
        },
    )


def load_after_migrate(**_: Any) -> None:
    """Receiver of `post_migrate`."""
    load()
