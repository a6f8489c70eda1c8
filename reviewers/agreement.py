"""How far the members of a committee agree: Krippendorff's alpha, which bears missing scores.

Rule and reading: domain 6.8. On one dossier it means little; it helps to rewrite criteria and to train, and
never to set a review aside.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

Value = int | float | Decimal | Fraction
Distance = Callable[[Fraction, Fraction], Fraction]

METRICS = ("nominal", "ordinal", "interval")


def krippendorff_alpha(ratings: Sequence[Sequence[Value | None]], metric: str) -> float | None:
    """Return alpha: 1 for full agreement, 0 for what chance gives, less than 0 for systematic disagreement.

    `ratings` has one row per member and one column per unit (a criterion of a dossier), None where the member
    gave nothing; `metric` is "nominal", "ordinal" or "interval". Units with fewer than two values do not
    count. The answer is None when it is undefined: no two values to compare, or all values equal (say
    « accord total, indice non calculable »). Raises ValueError for an unknown metric or rows of different
    lengths.
    """
    if metric not in METRICS:
        raise ValueError(f"unknown metric: {metric!r}")
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("every member has one value or None per unit")
    columns = zip(*ratings, strict=True)
    given = (Counter(Fraction(value) for value in column if value is not None) for column in columns)
    units = [unit for unit in given if unit.total() > 1]
    totals = sum(units, Counter())
    if len(totals) < 2:
        return None
    distance = _distance(metric, totals)
    observed = sum((_disagreement(unit, distance) / (unit.total() - 1) for unit in units), Fraction(0))
    expected = _disagreement(totals, distance) / (totals.total() - 1)
    return float(1 - observed / expected)


def _disagreement(values: Counter[Fraction], distance: Distance) -> Fraction:
    """The sum of the distances of all ordered pairs of values."""
    found = sorted(values.items())
    pairs = ((first, second) for place, first in enumerate(found) for second in found[:place])
    return sum((2 * n * m * distance(a, b) for (a, n), (b, m) in pairs), Fraction(0))


def _distance(metric: str, totals: Counter[Fraction]) -> Distance:
    if metric == "nominal":
        return lambda a, b: Fraction(a != b)
    if metric == "interval":
        return lambda a, b: (a - b) ** 2
    ranks = defaultdict[Fraction, Fraction](Fraction)
    below = 0
    for value, count in sorted(totals.items()):
        ranks[value] = below + Fraction(count, 2)
        below += count
    return lambda a, b: (ranks[a] - ranks[b]) ** 2
