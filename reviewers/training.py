"""The practice dossiers: fictitious, never a record of the house, scored with the real criteria of the edition."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from label.models import Edition
from label.questions import language
from reviewers.grid import Criterion, edition_criteria
from reviewers.models import Mandate, Practice

DATA = Path(__file__).parent / "data" / "practice.json"


@dataclass(frozen=True)
class Line:
    """One criterion of a practice dossier: what the association says, the scores one may defend, and why."""

    row: Criterion
    said: str
    accepted: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Case:
    """One practice dossier."""

    code: str
    name: str
    summary: str
    lines: tuple[Line, ...]

    def line(self, criterion: str) -> Line | None:
        """The line of that criterion; None when it is not practised here."""
        return next((line for line in self.lines if line.row.code == criterion), None)


def cases(edition: Edition) -> list[Case]:
    """The practice dossiers with the words of that edition; a criterion that it does not know is left out."""
    rows, tongue = {row.code: row for row in edition_criteria(edition)}, language()
    return [
        Case(
            code=data["code"],
            name=data["name"],
            summary=data["summary"][tongue],
            lines=tuple(
                Line(rows[code], line["said"], tuple(line["accepted"]), line["why"][tongue])
                for code, line in data["criteria"].items()
                if code in rows
            ),
        )
        for data in _data()
    ]


def practised_on(mandate: Mandate) -> date | None:
    """The day on which the member finished the last of the practice dossiers; None until all are done."""
    done = dict(Practice.objects.filter(mandate=mandate).values_list("case", "finished_at"))
    finished = [done.get(data["code"]) for data in _data()]
    days = [timezone.localdate(moment) for moment in finished if moment is not None]
    return max(days) if days and len(days) == len(finished) else None


def given(answers: Mapping[str, Any], case: Case) -> int:
    """How many criteria of the case have an answer."""
    return sum(bool(answers.get(line.row.code, {}).get("note")) for line in case.lines)


@cache
def _data() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))["cases"]
    return found
