"""The drawing beside a table of figures: its first column as bars."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from desks.figures import Block

BAR_LENGTH, BAR_HEIGHT = 200, 18


@dataclass(frozen=True)
class Bar:
    """One bar of a drawing: its words, its figure, its place from the top and its length, in units of the drawing."""

    title: str | Promise
    value: int | float
    top: int
    length: int


def bars(block: Block) -> list[Bar]:
    """The first column of a table as bars."""
    counted = [row for row in block.rows[: block.drawn] if row.figures[0].value]
    largest = max((row.figures[0].value or 0 for row in counted), default=0)
    return [
        Bar(row.title, value, rank * BAR_HEIGHT, round(BAR_LENGTH * value / largest))
        for rank, row in enumerate(counted)
        if (value := row.figures[0].value)
    ]
