"""The map of disagreements of one dossier: criteria × college, from the frozen result; nobody's own score is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reviewers.flags import by_criterion
from reviewers.models import College, Evaluation
from reviewers.scoring import DISAGREEMENT, display

# The drawing, in its own units.
CODE, CELL, GAP, HEAD, ROW = 54, 120, 66, 34, 30
WIDTH = CODE + len(College) * CELL + GAP


@dataclass(frozen=True)
class Cell:
    """The mean of one college on one criterion, and on which side of the value of the panel it stands."""

    college: College
    mean: Decimal | None
    side: str  # "above", "below" or "near"
    x: int

    @property
    def sign(self) -> str:
        """What says the side without a pattern."""
        return {"above": "▲", "below": "▼"}.get(self.side, "")

    @property
    def middle(self) -> int:
        """Where its figure stands."""
        return self.x + CELL // 2


@dataclass(frozen=True)
class Line:
    """One criterion: the three colleges, the gap between the furthest two, why it is to be discussed."""

    code: str
    title: str
    cells: tuple[Cell, ...]
    gap: Decimal | None
    is_left_out: bool
    reasons: tuple[str, ...]
    y: int

    @property
    def base(self) -> int:
        """Where its words stand in the drawing."""
        return self.y + 21


@dataclass(frozen=True)
class Disagreement:
    """The map: its lines, and what is to be discussed of the dossier as a whole."""

    lines: tuple[Line, ...]
    whole: tuple[str, ...]

    @property
    def to_discuss(self) -> int:
        """How many criteria are to be discussed."""
        return sum(bool(line.reasons) for line in self.lines)

    @property
    def box(self) -> str:
        """The frame of the drawing."""
        return f"0 0 {WIDTH} {HEAD + ROW * len(self.lines) + 2}"

    @property
    def columns(self) -> list[tuple[str, int]]:
        """The first word of each college and the middle of its column."""
        return [
            (str(college.label).split()[0], CODE + CELL * place + CELL // 2)
            for place, college in enumerate(College)
        ]


def of(evaluation: Evaluation, edition: Mapping[str, Any], tongue: str) -> Disagreement:
    """The map of that result, in the order of the edition under which the dossier was judged."""
    found, reasons = evaluation.result["criteria"], by_criterion(evaluation.result["flags"])
    limit = Decimal(str({**DISAGREEMENT, **edition.get("disagreement", {})}["college_gap"])) / 2
    rows = [row for row in edition["criteria"] if row["code"] in found]
    lines = tuple(
        _line(row["code"], row[tongue], found[row["code"]], reasons, limit, HEAD + ROW * place)
        for place, row in enumerate(rows)
    )
    return Disagreement(lines, tuple(reasons.get("", ())))


def _line(
    code: str,
    title: str,
    result: Mapping[str, Any],
    reasons: Mapping[str, Sequence[str]],
    limit: Decimal,
    y: int,
) -> Line:
    means = {college: _exact(result["college_means"].get(college.value)) for college in College}
    given = [mean for mean in means.values() if mean is not None]
    value = _exact(result["value"])
    return Line(
        code=code,
        title=title,
        cells=tuple(
            Cell(college, display(mean), _side(mean, value, limit), CODE + CELL * place)
            for place, (college, mean) in enumerate(means.items())
        ),
        gap=display(max(given) - min(given)) if len(given) > 1 else None,
        is_left_out=result["na"],
        reasons=tuple(reasons.get(code, ())),
        y=y,
    )


def _side(mean: Decimal | None, value: Decimal | None, limit: Decimal) -> str:
    """A college stands apart when it is half of what makes a gap away from the value of the panel."""
    if mean is None or value is None or abs(mean - value) < limit:
        return "near"
    return "above" if mean > value else "below"


def _exact(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)
