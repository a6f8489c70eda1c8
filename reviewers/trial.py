"""A frozen result read again under other criteria: what an edition would change, before anybody adopts it.

It decides nothing. The medians of a panel are not kept with the result, so a new minimum is compared with the mean of
the panel; where the minimum has not changed, what the panel found stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reviewers.scoring import COLLEGES, HIGHEST_SCORE, Framework, display, exact, percent_of, proposal_for


@dataclass(frozen=True)
class Trial:
    """What the frozen scores give under the edition on trial."""

    total: Decimal | None
    before: Decimal | None
    proposal: str  # one of `scoring.PROPOSALS`
    low_axes: tuple[str, ...]  # below what an opinion with conditions needs
    low_criteria: tuple[str, ...]  # below their minimum
    unjudged: tuple[str, ...]  # criteria that nobody has scored yet, left out of the figures

    @property
    def would_fall(self) -> bool:
        """Whether the figures would propose an unfavourable opinion."""
        return self.proposal == "unfavourable"


def judge_again(result: Mapping[str, Any], former: Framework, framework: Framework) -> Trial:
    """Read the frozen `result` of an evaluation, made under `former`, with the criteria of `framework`."""
    frozen = result["criteria"]
    minima = {row["code"]: row.get("eliminatory_below") for row in former.get("criteria", [])}
    rows = [row for row in framework["criteria"] if not frozen.get(row["code"], {}).get("na")]
    values = {row["code"]: _value(frozen.get(row["code"])) for row in rows}
    scored = [row for row in rows if values[row["code"]] is not None]
    axes = {
        axis["code"]: percent_of(
            (exact(row["weight"]), values[row["code"]])
            for row in scored
            if row["code"].partition(".")[0] == axis["code"]
        )
        for axis in framework["axes"]
    }
    colleges = {
        college: percent_of(
            (exact(row["weight"]), _number(frozen[row["code"]]["college_means"].get(college)))
            for row in scored
        )
        for college in COLLEGES
    }
    total = percent_of((exact(row["weight"]), values[row["code"]]) for row in scored)
    low = tuple(
        row["code"]
        for row in scored
        if _is_low(row, values[row["code"]], frozen[row["code"]], minima.get(row["code"]))
    )
    needed = exact(framework["thresholds"]["with_conditions"]["axis"])
    return Trial(
        total=_shown(total),
        before=_shown(_number(result.get("total"))),
        proposal=proposal_for(framework["thresholds"], total, axes, colleges, bool(low)),
        low_axes=tuple(code for code, percent in axes.items() if percent is not None and percent < needed),
        low_criteria=low,
        unjudged=tuple(row["code"] for row in rows if values[row["code"]] is None),
    )


def _is_low(row: Mapping[str, Any], value: Fraction | None, found: Mapping[str, Any], former: Any) -> bool:
    minimum = row.get("eliminatory_below")
    if minimum is None or value is None:
        return False
    if minimum == former:
        return bool(found.get("eliminatory_median"))
    return value < exact(min(minimum, HIGHEST_SCORE))


def _value(found: Mapping[str, Any] | None) -> Fraction | None:
    return _number(found.get("value")) if found else None


def _number(text: Any) -> Fraction | None:
    return None if text is None else exact(text)


def _shown(value: Fraction | None) -> Decimal | None:
    return None if value is None else display(Decimal(value.numerator) / Decimal(value.denominator))
