"""The scoring grid of one dossier: its criteria by theme, the anchors of each score, what is already given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from label.models import Edition, Snapshot
from label.questions import language
from letters.typography import no_break
from reviewers.models import Assignment, Score

ANCHORS = ("0", "1", "2", "3", "4")
COMMENTED = (0, 1, 4)  # scores that must be explained (domain 5.1 ASSIGNMENT)


@dataclass(frozen=True)
class Criterion:
    """One criterion as it is shown: in the language of the page, with its place in the grid."""

    code: str
    number: int
    title: str
    question: str
    theme_number: int
    theme: str
    na_allowed: bool
    has_finding: bool
    anchors: tuple[tuple[str, str, str], ...]  # score, name, sentence

    @property
    def anchor_id(self) -> str:
        """A name that can stand in an address and in an id."""
        return self.code.replace(".", "-")


def left_out(snapshot: Snapshot) -> frozenset[str]:
    """The criteria that the dossier itself leaves out: optional for a small structure, and not answered."""
    answered = snapshot.content.get("criteria", {})
    optional = snapshot.content.get("optional_criteria", [])
    return frozenset(code for code in optional if not answered.get(code, {}).get("text"))


def criteria(edition: Edition, snapshot: Snapshot) -> list[Criterion]:
    """The criteria to score, in the order of the edition."""
    return edition_criteria(edition, outside=left_out(snapshot))


def edition_criteria(edition: Edition, *, outside: frozenset[str] = frozenset()) -> list[Criterion]:
    """The criteria of an edition, without those left out."""
    tongue = language()
    axes = {axis["code"]: (place, axis[tongue]) for place, axis in enumerate(edition.data["axes"], 1)}
    rows = [row for row in edition.data["criteria"] if row["code"] not in outside]
    return [
        _criterion(row, number, axes[row["code"].partition(".")[0]], edition.data["scale"], tongue)
        for number, row in enumerate(rows, 1)
    ]


def with_finding(edition: Edition, snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """The criteria beside which the office first writes a fact, by code: those the edition names and that count."""
    outside = left_out(snapshot)
    rows = edition.data["criteria"]
    return {row["code"]: row for row in rows if row.get("office_finding") and row["code"] not in outside}


def themes(rows: Iterable[Criterion]) -> list[tuple[int, str, list[Criterion]]]:
    """The criteria under their theme."""
    grouped: dict[tuple[int, str], list[Criterion]] = {}
    for row in rows:
        grouped.setdefault((row.theme_number, row.theme), []).append(row)
    return [(number, title, found) for (number, title), found in grouped.items()]


def scores_of(assignment: Assignment) -> dict[str, Score]:
    """What the member gave so far, by criterion."""
    return {score.criterion: score for score in assignment.scores.all() if score.round == 1}


def given(scores: Mapping[str, Score], rows: Iterable[Criterion]) -> int:
    """How many criteria have an answer."""
    return sum(row.code in scores and scores[row.code].is_given for row in rows)


def _criterion(
    row: dict[str, Any], number: int, axis: tuple[int, str], scale: dict[str, Any], tongue: str
) -> Criterion:
    anchors = []
    for score in ANCHORS:
        name, _colon, sentence = scale[score][tongue].partition(" : " if tongue == "fr" else ": ")
        level = row["levels"].get(score, {}).get(tongue)
        anchors.append((score, name, _typeset(level or _sentence(sentence), tongue)))
    return Criterion(
        code=row["code"],
        number=number,
        title=_typeset(row[tongue], tongue),
        question=_typeset(row[f"question_{tongue}"], tongue),
        theme_number=axis[0],
        theme=axis[1],
        na_allowed=row["na_allowed"],
        has_finding=bool(row.get("office_finding")),
        anchors=tuple(anchors),
    )


@lru_cache(maxsize=2048)  # the same few hundred sentences, at each score that is kept
def _typeset(text: str, tongue: str) -> str:
    return no_break(text) if tongue == "fr" else text


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
