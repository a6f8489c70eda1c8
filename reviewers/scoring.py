"""From the sheets of a panel to one result: equal weight for each college, exact arithmetic, no decision.

Rules: domain 6.6 (aggregation, proposal) and 6.7 (what the session must discuss). Everything is computed in
fractions; the decimals of a result carry 30 digits and are rounded only by `display`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import chain
from statistics import median
from typing import Any

COLLEGES = ("patients", "caregivers", "professionals")
PROPOSALS = ("favourable", "favourable_with_conditions", "unfavourable")
HIGHEST_SCORE = 4
ENOUGH_DIGITS = Context(prec=30)

# Domain 6.7; an edition may set its own under the key "disagreement".
DISAGREEMENT = {"score_range": "3", "college_gap": "1.5", "total_deviation": "15"}

Framework = Mapping[str, Any]
Means = dict[str, Fraction | None]


class FlagCode(StrEnum):
    """Why the session must discuss a dossier, whatever the total says."""

    SCORE_RANGE = "score_range"  # two members are three levels apart on a criterion
    COLLEGE_GAP = "college_gap"  # two colleges are a level and a half apart on a criterion
    TOTAL_DEVIATION = "total_deviation"  # the totals of the members deviate by more than 15 points
    LONE_ADVICE = "lone_advice"  # one overall advice against all the others
    SAFETY_ALERT = "safety_alert"  # a member fears for somebody's safety
    ELIMINATORY_MEDIAN = "eliminatory_median"  # the panel is below the minimum: the opinion is unfavourable
    ELIMINATORY_COLLEGE = "eliminatory_college"  # one whole college is below the minimum
    NO_OPINION = "no_opinion"  # a college gave no score on a criterion that counts


DISAGREEMENTS = (
    FlagCode.SCORE_RANGE,
    FlagCode.COLLEGE_GAP,
    FlagCode.TOTAL_DEVIATION,
    FlagCode.LONE_ADVICE,
    FlagCode.SAFETY_ALERT,
)


@dataclass(frozen=True)
class Sheet:
    """What one member gives: per criterion a score, None for "sans objet", no key for "no opinion"."""

    college: str
    scores: Mapping[str, int | None]
    overall_advice: str = ""
    safety_alert: bool = False
    pseudonym: str = ""


@dataclass(frozen=True)
class Flag:
    """One reason to discuss; `value` is the figure that raised it, exact."""

    code: FlagCode
    criterion: str = ""
    college: str = ""
    value: Decimal | None = None


@dataclass(frozen=True)
class CriterionResult:
    """`value` is the mean of the college means (0 to 4), None when left out (`na`) or without any score."""

    code: str
    value: Decimal | None
    college_means: dict[str, Decimal | None]
    na: bool
    eliminatory_median: bool
    eliminatory_colleges: tuple[str, ...]
    no_opinion: tuple[str, ...]


@dataclass(frozen=True)
class CollegeResult:
    """How many sheets a college gave, its total in percent, and whether they are enough."""

    count: int
    total: Decimal | None
    valid: bool


@dataclass(frozen=True)
class Result:
    """The aggregate of a panel. When the panel is not valid it proposes nothing: `proposal` is None."""

    criteria: dict[str, CriterionResult]
    axes: dict[str, Decimal | None]
    total: Decimal | None
    colleges: dict[str, CollegeResult]
    valid: bool
    flags: tuple[Flag, ...]
    proposal: str | None

    @property
    def must_be_discussed(self) -> bool:
        """Whether the session has to treat the dossier as an item of its own."""
        return bool(self.flags)

    def as_data(self) -> dict[str, Any]:
        """The result as plain JSON data, each decimal as text."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def aggregate(
    framework: Framework,
    sheets: Iterable[Any],
    *,
    minimum_per_college: int | None = None,
    not_applicable: Collection[str] = (),
) -> Result:
    """Return the result of a panel.

    `framework` is the data of an edition. A sheet is a `Sheet`, any object or mapping with `college` and
    `scores`, or a pair of them. `minimum_per_college` is given for a written derogation only, never below the
    one the edition allows. `not_applicable` names the criteria that the dossier itself leaves out (optional
    questions of a small structure). The order of the sheets is indifferent. Raises ValueError, saying what is
    wrong, for an unknown college, criterion, score or advice, and for "sans objet" where it is refused.
    """
    criteria = _criteria(framework)
    _refuse_unknown(not_applicable, criteria)
    minimum = _minimum(framework, minimum_per_college)
    panel = [_checked(_as_sheet(sheet), criteria, not_applicable) for sheet in sheets]
    weights = _college_weights(framework)
    tallies = {code: _Tally(row, panel, code in not_applicable, weights) for code, row in criteria.items()}
    counted = {code: tally for code, tally in tallies.items() if not tally.na}
    total = percent_of((tally.weight, tally.value) for tally in counted.values())
    axes = {
        axis["code"]: percent_of((t.weight, t.value) for c, t in counted.items() if _axis(c) == axis["code"])
        for axis in framework["axes"]
    }
    totals = {k: percent_of((t.weight, t.means[k]) for t in counted.values()) for k in COLLEGES}
    colleges = {college: _college(college, panel, totals[college], minimum) for college in COLLEGES}
    valid = all(college.valid for college in colleges.values())
    limits = {**DISAGREEMENT, **framework.get("disagreement", {})}
    eliminated = any(tally.eliminatory_median for tally in counted.values())
    return Result(
        criteria={code: tally.result() for code, tally in tallies.items()},
        axes={code: _decimal(percent) for code, percent in axes.items()},
        total=_decimal(total),
        colleges=colleges,
        valid=valid,
        flags=tuple(chain(_criterion_flags(counted, limits), _panel_flags(panel, counted, limits))),
        proposal=proposal_for(framework["thresholds"], total, axes, totals, eliminated) if valid else None,
    )


def display(value: Decimal | None) -> Decimal | None:
    """Round a figure for reading: one decimal, half up (59.95 reads 60.0). None stays None."""
    return None if value is None else value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@dataclass
class _Tally:
    """The scores of a panel on one criterion, in fractions."""

    row: Mapping[str, Any]
    panel: Sequence[Sheet]
    left_out: bool
    college_weights: Mapping[str, Fraction]
    scores: dict[str, list[int]] = field(init=False)
    means: Means = field(init=False)
    value: Fraction | None = field(init=False)
    na: bool = field(init=False)

    def __post_init__(self) -> None:
        code = self.row["code"]
        given = [(sheet.college, sheet.scores[code]) for sheet in self.panel if code in sheet.scores]
        self.scores = {k: [s for college, s in given if college == k and s is not None] for k in COLLEGES}
        votes = sum(score is None for _college_code, score in given)
        self.na = self.left_out or (votes > 0 and 2 * votes >= len(self.panel))
        self.means = {college: _mean(scores) for college, scores in self.scores.items()}
        self.value = None if self.na else _weighted(self.means, self.college_weights)

    @property
    def weight(self) -> Fraction:
        """Its weight in its axis, exact."""
        return exact(self.row["weight"])

    @property
    def all_scores(self) -> list[int]:
        """Every score given, lowest first."""
        return sorted(chain.from_iterable(self.scores.values()))

    @property
    def eliminatory_median(self) -> bool:
        """Whether the middle of the panel is below the minimum."""
        return bool(self.all_scores) and self._below(median(map(Fraction, self.all_scores)))

    @property
    def eliminatory_colleges(self) -> tuple[str, ...]:
        """The colleges whose mean is below the minimum."""
        return tuple(
            college for college, mean in self.means.items() if mean is not None and self._below(mean)
        )

    @property
    def no_opinion(self) -> tuple[str, ...]:
        """The colleges present that gave no score."""
        present = {sheet.college for sheet in self.panel}
        return tuple(k for k in COLLEGES if k in present and not self.na and not self.scores[k])

    def _below(self, level: Fraction) -> bool:
        minimum = self.row.get("eliminatory_below")
        return not self.na and minimum is not None and level < minimum

    def result(self) -> CriterionResult:
        """What is published of this criterion."""
        return CriterionResult(
            code=self.row["code"],
            value=_decimal(self.value),
            college_means={college: _decimal(mean) for college, mean in self.means.items()},
            na=self.na,
            eliminatory_median=self.eliminatory_median,
            eliminatory_colleges=self.eliminatory_colleges,
            no_opinion=self.no_opinion,
        )


def _criterion_flags(counted: Mapping[str, _Tally], limits: Mapping[str, Any]) -> Iterator[Flag]:
    for code, tally in counted.items():
        scores = tally.all_scores
        spread = Fraction(scores[-1] - scores[0]) if scores else Fraction(0)
        if spread >= exact(limits["score_range"]):
            yield Flag(FlagCode.SCORE_RANGE, code, value=_decimal(spread))
        means = [mean for mean in tally.means.values() if mean is not None]
        gap = max(means) - min(means) if means else Fraction(0)
        if gap >= exact(limits["college_gap"]):
            yield Flag(FlagCode.COLLEGE_GAP, code, value=_decimal(gap))
        if tally.eliminatory_median:
            yield Flag(
                FlagCode.ELIMINATORY_MEDIAN, code, value=_decimal(Fraction(median(map(Fraction, scores))))
            )
        for college in tally.eliminatory_colleges:
            yield Flag(FlagCode.ELIMINATORY_COLLEGE, code, college, _decimal(tally.means[college]))
        for college in tally.no_opinion:
            yield Flag(FlagCode.NO_OPINION, code, college)


def _panel_flags(
    panel: Sequence[Sheet], counted: Mapping[str, _Tally], limits: Mapping[str, Any]
) -> Iterator[Flag]:
    percents = [_member_total(sheet, counted) for sheet in panel]
    totals = [percent for percent in percents if percent is not None]
    mean = _mean(totals)
    if mean is not None:
        variance = sum(((total - mean) ** 2 for total in totals), Fraction(0)) / len(totals)
        if variance > exact(limits["total_deviation"]) ** 2:
            yield Flag(FlagCode.TOTAL_DEVIATION, value=ENOUGH_DIGITS.sqrt(_to_decimal(variance)))
    advices = [sheet.overall_advice for sheet in panel if sheet.overall_advice]
    kinds = set(advices)
    if len(advices) > len(kinds) == 2 and any(advices.count(kind) == 1 for kind in kinds):
        yield Flag(FlagCode.LONE_ADVICE)
    if any(sheet.safety_alert for sheet in panel):
        yield Flag(FlagCode.SAFETY_ALERT)


def proposal_for(
    thresholds: Mapping[str, Any],
    total: Fraction | None,
    axes: Means,
    colleges: Means,
    eliminated: bool,
) -> str:
    """The opinion that the figures suggest to the session, by the thresholds of the edition."""
    lowest_axis = min((percent for percent in axes.values() if percent is not None), default=None)
    lowest_college = min((percent for percent in colleges.values() if percent is not None), default=None)
    if eliminated or total is None or lowest_axis is None or lowest_college is None:
        return "unfavourable"
    favourable, conditions = thresholds["favourable"], thresholds["with_conditions"]
    if (
        total >= exact(favourable["total"])
        and lowest_axis >= exact(favourable["axis"])
        and lowest_college >= exact(favourable["college"])
    ):
        return "favourable"
    if total >= exact(conditions["total"]) and lowest_axis >= exact(conditions["axis"]):
        return "favourable_with_conditions"
    return "unfavourable"


def _college(college: str, panel: Sequence[Sheet], total: Fraction | None, minimum: int) -> CollegeResult:
    count = sum(sheet.college == college for sheet in panel)
    return CollegeResult(count, _decimal(total), valid=count >= minimum and total is not None)


def _member_total(sheet: Sheet, counted: Mapping[str, _Tally]) -> Fraction | None:
    given = ((tally.weight, sheet.scores.get(code)) for code, tally in counted.items())
    return percent_of((weight, None if score is None else Fraction(score)) for weight, score in given)


def _criteria(framework: Framework) -> dict[str, Mapping[str, Any]]:
    axes = {axis["code"] for axis in framework["axes"]}
    criteria = {criterion["code"]: criterion for criterion in framework["criteria"]}
    orphans = sorted(code for code in criteria if _axis(code) not in axes)
    if orphans:
        raise ValueError(f"criteria without an axis: {', '.join(orphans)}")
    return criteria


def _minimum(framework: Framework, asked: int | None) -> int:
    panel = framework["panel"]
    if asked is None:
        return int(panel["minimum_per_college"])
    floor = max(1, int(panel["minimum_by_derogation"]))
    if asked < floor:
        raise ValueError(f"a derogation never goes below {floor} per college")
    return asked


def _college_weights(framework: Framework) -> dict[str, Fraction]:
    """What each college weighs in a criterion: the same for all, unless the edition says otherwise (domain 6.6)."""
    written = framework["panel"].get("college_weights", {})
    return {college: exact(written.get(college, 1)) for college in COLLEGES}


def _weighted(means: Means, weights: Mapping[str, Fraction]) -> Fraction | None:
    """The mean of the means that exist, by the weights of their colleges."""
    given = [(weights[college], mean) for college, mean in means.items() if mean is not None]
    total = sum((weight for weight, _mean_given in given), Fraction(0))
    return sum((weight * mean for weight, mean in given), Fraction(0)) / total if total else None


def _as_sheet(sheet: Any) -> Sheet:
    if isinstance(sheet, Sheet):
        return sheet
    if isinstance(sheet, tuple | list) and not hasattr(sheet, "college"):
        return Sheet(*sheet)
    names = ("college", "scores", "overall_advice", "safety_alert")
    if isinstance(sheet, Mapping):
        return Sheet(**{name: sheet[name] for name in names if name in sheet})
    return Sheet(**{name: getattr(sheet, name) for name in names if hasattr(sheet, name)})


def _checked(sheet: Sheet, criteria: Mapping[str, Mapping[str, Any]], left_out: Collection[str]) -> Sheet:
    if sheet.college not in COLLEGES:
        raise ValueError(f"unknown college: {sheet.college!r}")
    if not isinstance(sheet.scores, Mapping):
        raise ValueError("the scores of a sheet are a mapping by criterion code")
    if sheet.overall_advice and sheet.overall_advice not in PROPOSALS:
        raise ValueError(f"unknown advice: {sheet.overall_advice!r}")
    _refuse_unknown(sheet.scores, criteria)
    for code, score in sheet.scores.items():
        if score is None:
            if not criteria[code]["na_allowed"] and code not in left_out:
                raise ValueError(f'"sans objet" is refused for {code}')
        elif isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= HIGHEST_SCORE:
            raise ValueError(
                f"a score is a whole number from 0 to {HIGHEST_SCORE}, not {score!r:.40} for {code}"
            )
        elif code in left_out:
            raise ValueError(f"{code} is left out of this dossier and takes no score")
    return sheet


def _refuse_unknown(codes: Iterable[str], criteria: Mapping[str, Any]) -> None:
    unknown = sorted(str(code) for code in codes if code not in criteria)
    if unknown:
        raise ValueError(f"not a criterion of this edition: {', '.join(unknown)}")


def percent_of(weighted: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """Weighted scores of 0 to 4 as a percentage; None when there is no score."""
    pairs = [(weight, value) for weight, value in weighted if value is not None]
    weights = sum(weight for weight, _value in pairs)
    if not weights:
        return None
    return 100 * sum(weight * value for weight, value in pairs) / (HIGHEST_SCORE * weights)


def _mean(values: Sequence[int] | Sequence[Fraction]) -> Fraction | None:
    return Fraction(sum(values)) / len(values) if values else None


def _axis(criterion: str) -> str:
    return criterion.partition(".")[0]


def exact(figure: Any) -> Fraction:
    """Read a figure of the edition as it is written: 0.1 is one tenth, not its binary neighbour."""
    return Fraction(str(figure))


def _to_decimal(value: Fraction) -> Decimal:
    return ENOUGH_DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else _to_decimal(value)


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return str(data) if isinstance(data, Decimal) else data
