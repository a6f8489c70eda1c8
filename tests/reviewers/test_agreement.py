"""Krippendorff's alpha: the published vector, a second computation, and when there is nothing to say."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewers.agreement import METRICS, krippendorff_alpha

N = None
# Krippendorff's "data C": four members, twelve units.
DATA_C = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]


@pytest.mark.parametrize(("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_the_published_data(metric, alpha):
    assert round(krippendorff_alpha(DATA_C, metric), 3) == alpha


def second_alpha(rows, metric):
    """Alpha from all ordered pairs one by one, in floating point, with the ordinal distance of the book."""
    units = [[v for v in column if v is not None] for column in zip(*rows, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [value for unit in units for value in unit]
    if len(set(pooled)) < 2:
        return None

    def distance(a, b):
        if metric == "nominal":
            return float(a != b)
        if metric == "interval":
            return float((a - b) ** 2)
        low, high = sorted((a, b))
        between = sum(low <= value <= high for value in pooled)
        return (between - (pooled.count(low) + pooled.count(high)) / 2) ** 2 if a != b else 0.0

    def pairs(values):
        return sum(distance(a, b) for i, a in enumerate(values) for j, b in enumerate(values) if i != j)

    observed = sum(pairs(unit) / (len(unit) - 1) for unit in units) / len(pooled)
    return 1 - observed / (pairs(pooled) / (len(pooled) * (len(pooled) - 1)))


RATINGS = st.integers(1, 7).flatmap(
    lambda units: st.lists(
        st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=units, max_size=units), max_size=5
    )
)


@given(RATINGS, st.sampled_from(METRICS))
def test_a_second_computation_agrees(ratings, metric):
    alpha, expected = krippendorff_alpha(ratings, metric), second_alpha(ratings, metric)
    assert alpha == (None if expected is None else pytest.approx(expected, abs=1e-9))


@given(RATINGS, st.sampled_from(METRICS), st.randoms())
def test_the_order_of_members_and_units_does_not_matter(ratings, metric, random):
    members = random.sample(ratings, len(ratings))
    units = list(zip(*members, strict=True))
    shuffled = list(zip(*random.sample(units, len(units)), strict=True))
    assert krippendorff_alpha(shuffled, metric) == krippendorff_alpha(ratings, metric)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    "ratings", [[], [[]], [[1, 2, 3]], [[2, 2], [2, 2]], [[1, N], [N, 2]], [[N, N], [N, N]]]
)
def test_without_two_values_to_compare_there_is_no_index(ratings, metric):
    assert krippendorff_alpha(ratings, metric) is None


@pytest.mark.parametrize("metric", METRICS)
def test_full_agreement_is_one_and_opposition_is_negative(metric):
    assert krippendorff_alpha([[0, 2, 4], [0, 2, 4]], metric) == 1
    assert krippendorff_alpha([[0, 4, 0, 4], [4, 0, 4, 0]], metric) < 0


def test_values_may_be_exact_decimals():
    rows = [[Decimal("0.5"), Decimal(2), Decimal(4)], [Decimal("0.5"), Decimal(3), Decimal(4)]]
    doubled = [[1, 4, 8], [1, 6, 8]]
    assert krippendorff_alpha(rows, "interval") == krippendorff_alpha(doubled, "interval")


def test_rows_of_different_lengths_and_unknown_metrics_are_refused():
    with pytest.raises(ValueError, match="per unit"):
        krippendorff_alpha([[1, 2], [1]], "nominal")
    with pytest.raises(ValueError, match="unknown metric"):
        krippendorff_alpha([[1, 2], [1, 2]], "ratio")
