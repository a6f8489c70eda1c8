"""The aggregate of a panel: reference vector, rules of the edition, bad input, and a second computation."""

import copy
import json
import math
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewers.scoring import COLLEGES, DISAGREEMENTS, FlagCode, Sheet, aggregate, display

FRAMEWORK = json.loads(
    (Path(__file__).parents[2] / "label" / "data" / "framework-2027.json").read_text(encoding="utf-8")
)
CRITERIA = {criterion["code"]: criterion for criterion in FRAMEWORK["criteria"]}
PATIENTS, CAREGIVERS, PROFESSIONALS = COLLEGES


def all_at(score, **changes):
    """The scores of a full sheet; `A1_1=3` changes one, `A1_1="absent"` gives no opinion."""
    scores = dict.fromkeys(CRITERIA, score)
    scores.update({name.replace("_", "."): value for name, value in changes.items()})
    return {code: value for code, value in scores.items() if value != "absent"}


def panel(*scores_by_member, **common):
    """Six sheets, two per college, in the order of the colleges."""
    return [Sheet(COLLEGES[place // 2], scores, **common) for place, scores in enumerate(scores_by_member)]


def of(result, code):
    return [flag for flag in result.flags if flag.code == code]


def codes(result):
    return {flag.code for flag in result.flags}


# --- the reference vector -----------------------------------------------------------------------------------

VECTOR = {PATIENTS: [3, 4, 2], CAREGIVERS: [2, 3], PROFESSIONALS: [1, 1, 1, 2]}


def vector_sheets():
    return [Sheet(college, {"A1.2": score}) for college, scores in VECTOR.items() for score in scores]


def test_four_professionals_do_not_drown_three_patients():
    result = aggregate(FRAMEWORK, vector_sheets())
    criterion = result.criteria["A1.2"]
    assert criterion.value == Decimal("2.25")
    assert criterion.college_means == {
        PATIENTS: Decimal(3),
        CAREGIVERS: Decimal("2.5"),
        PROFESSIONALS: Decimal("1.25"),
    }
    assert result.total == result.axes["A1"] == Decimal("56.25")
    assert result.axes["A2"] is None
    assert {k: (c.count, c.total, c.valid) for k, c in result.colleges.items()} == {
        PATIENTS: (3, Decimal(75), True),
        CAREGIVERS: (2, Decimal("62.5"), True),
        PROFESSIONALS: (4, Decimal("31.25"), True),
    }
    assert result.valid


def test_the_vector_fires_range_and_gap():
    result = aggregate(FRAMEWORK, vector_sheets())
    assert [(f.criterion, f.value) for f in of(result, FlagCode.SCORE_RANGE)] == [("A1.2", Decimal(3))]
    assert [(f.criterion, f.value) for f in of(result, FlagCode.COLLEGE_GAP)] == [("A1.2", Decimal("1.75"))]
    assert result.must_be_discussed


def test_colleges_weigh_the_same_unless_the_edition_says_otherwise():
    framework = copy.deepcopy(FRAMEWORK)
    framework["panel"]["college_weights"] = {PATIENTS: 2, CAREGIVERS: "1", PROFESSIONALS: 1}
    assert aggregate(framework, vector_sheets()).criteria["A1.2"].value == Decimal("2.4375")
    framework["panel"]["college_weights"] = dict.fromkeys(COLLEGES, 7)
    assert aggregate(framework, vector_sheets()) == aggregate(FRAMEWORK, vector_sheets())


# --- proposal -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "proposal"),
    [
        (all_at(4), "favourable"),
        (all_at(3), "favourable"),
        (all_at(2), "favourable_with_conditions"),  # exactly 50 %
        (all_at(1), "unfavourable"),
        (all_at(0), "unfavourable"),
        (all_at(3, A6_3=0, A6_1=2, A6_2=2), "favourable_with_conditions"),  # axis A6 at 37.5 %
        (all_at(3, A7_1=1, A7_2=1, A7_3=1, A7_4=1), "unfavourable"),  # axis A7 at 25 %
    ],
)
def test_the_proposal_follows_the_thresholds(scores, proposal):
    result = aggregate(FRAMEWORK, panel(*[scores] * 6))
    assert result.proposal == proposal
    assert result.valid


def test_thresholds_are_reached_and_not_passed():
    """60 % exactly is favourable, one weight point less is not."""
    framework = copy.deepcopy(FRAMEWORK)
    framework["axes"] = [{"code": "A1", "weight": 100}]
    framework["criteria"] = [
        {"code": "A1.1", "weight": 40, "na_allowed": False, "eliminatory_below": None},
        {"code": "A1.2", "weight": 60, "na_allowed": False, "eliminatory_below": None},
    ]
    assert aggregate(framework, panel(*[{"A1.1": 0, "A1.2": 4}] * 6)).proposal == "favourable"
    framework["criteria"][0]["weight"], framework["criteria"][1]["weight"] = 41, 59
    result = aggregate(framework, panel(*[{"A1.1": 0, "A1.2": 4}] * 6))
    assert (result.total, result.proposal) == (Decimal(59), "favourable_with_conditions")


def test_a_dissatisfied_college_turns_favourable_into_conditions():
    low = all_at(1, **{code.replace(".", "_"): 2 for code, c in CRITERIA.items() if c["eliminatory_below"]})
    result = aggregate(FRAMEWORK, panel(*[all_at(4)] * 4, low, low))
    assert result.total > 60
    assert result.colleges[PROFESSIONALS].total < 45
    assert result.proposal == "favourable_with_conditions"


def test_below_the_minimum_for_the_median_the_opinion_cannot_be_favourable():
    result = aggregate(FRAMEWORK, panel(*[all_at(4, A5_2=1)] * 4, *[all_at(4)] * 2))
    assert result.proposal == "unfavourable"
    assert result.criteria["A5.2"].eliminatory_median
    assert [flag.criterion for flag in of(result, FlagCode.ELIMINATORY_MEDIAN)] == ["A5.2"]


def test_a_median_at_the_minimum_is_enough():
    result = aggregate(FRAMEWORK, panel(*[all_at(4, A5_2=2)] * 6))
    assert result.proposal == "favourable"
    assert not result.must_be_discussed


def test_one_college_below_the_minimum_is_discussed_and_not_automatic():
    result = aggregate(FRAMEWORK, panel(all_at(4, A5_2=1), all_at(4, A5_2=2), *[all_at(4, A5_2=3)] * 4))
    assert result.proposal == "favourable"
    assert not result.criteria["A5.2"].eliminatory_median
    assert result.criteria["A5.2"].eliminatory_colleges == (PATIENTS,)
    assert [(f.criterion, f.college) for f in of(result, FlagCode.ELIMINATORY_COLLEGE)] == [
        ("A5.2", PATIENTS)
    ]


# --- sans objet and no opinion ------------------------------------------------------------------------------


def test_half_of_the_panel_takes_a_criterion_out_of_the_denominator():
    result = aggregate(FRAMEWORK, panel(*[all_at(3, A3_3=None)] * 3, *[all_at(3, A3_3=0)] * 3))
    criterion = result.criteria["A3.3"]
    assert criterion.na
    assert criterion.value is None
    assert result.axes["A3"] == result.total == Decimal(75)
    assert not of(result, FlagCode.NO_OPINION)


def test_less_than_half_of_the_panel_leaves_it_in():
    result = aggregate(FRAMEWORK, panel(*[all_at(4, A3_3=None)] * 2, *[all_at(4, A3_3=1)] * 4))
    assert not result.criteria["A3.3"].na
    assert result.criteria["A3.3"].value == Decimal(1)
    assert result.axes["A3"] == Decimal(100) * (4 * 12 + 1 * 3) / (4 * 15)


def test_no_opinion_is_neither_zero_nor_sans_objet():
    result = aggregate(FRAMEWORK, panel(all_at(4, A1_2="absent"), *[all_at(4)] * 5))
    assert result.criteria["A1.2"].value == Decimal(4)
    assert result.total == Decimal(100)
    assert not result.must_be_discussed


def test_a_criterion_on_which_a_college_is_silent_goes_to_the_session():
    result = aggregate(FRAMEWORK, panel(*[all_at(4, A1_2="absent")] * 2, *[all_at(3)] * 2, *[all_at(2)] * 2))
    assert result.criteria["A1.2"].value == Decimal("2.5")
    assert result.criteria["A1.2"].no_opinion == (PATIENTS,)
    assert [(f.criterion, f.college) for f in of(result, FlagCode.NO_OPINION)] == [("A1.2", PATIENTS)]


def test_a_criterion_on_which_nobody_speaks_has_no_value_and_goes_to_the_session():
    result = aggregate(FRAMEWORK, panel(*[all_at(4, A1_2="absent")] * 6))
    assert result.criteria["A1.2"].value is None
    assert not result.criteria["A1.2"].na
    assert result.total == Decimal(100)
    assert len(of(result, FlagCode.NO_OPINION)) == 3


def test_what_a_small_structure_leaves_out_does_not_count():
    optional = [code for code, criterion in CRITERIA.items() if not criterion["required_for_small"]]
    scores = {code: 3 for code in CRITERIA if code not in optional} | {optional[0]: None}
    result = aggregate(FRAMEWORK, panel(*[scores] * 6), not_applicable=optional)
    assert all(result.criteria[code].na for code in optional)
    assert result.total == Decimal(75)
    assert not result.must_be_discussed


# --- validity -----------------------------------------------------------------------------------------------


def test_a_college_below_its_minimum_makes_the_result_not_valid_and_never_lower():
    full = aggregate(FRAMEWORK, panel(*[all_at(3)] * 6))
    result = aggregate(FRAMEWORK, panel(*[all_at(3)] * 5))
    assert not result.valid
    assert result.proposal is None
    assert {k: c.valid for k, c in result.colleges.items()} == {
        PATIENTS: True,
        CAREGIVERS: True,
        PROFESSIONALS: False,
    }
    assert result.total == full.total
    assert aggregate(FRAMEWORK, panel(*[all_at(3)] * 5), minimum_per_college=1).proposal == "favourable"


def test_an_empty_college_is_never_valid_even_by_derogation():
    result = aggregate(FRAMEWORK, panel(*[all_at(3)] * 4), minimum_per_college=1)
    assert not result.valid
    assert result.colleges[PROFESSIONALS].count == 0
    assert result.colleges[PROFESSIONALS].total is None
    with pytest.raises(ValueError, match="derogation"):
        aggregate(FRAMEWORK, panel(*[all_at(3)] * 4), minimum_per_college=0)


def test_two_sheets_without_any_score_are_not_a_college():
    result = aggregate(FRAMEWORK, panel(*[all_at(3)] * 4, {}, {}))
    assert result.colleges[PROFESSIONALS].count == 2
    assert not result.valid


def test_no_sheet_at_all_gives_no_figure():
    result = aggregate(FRAMEWORK, [])
    assert (result.valid, result.total, result.proposal, result.flags) == (False, None, None, ())
    assert set(result.axes.values()) == {None}


# --- disagreement -------------------------------------------------------------------------------------------


def test_five_triggers_have_five_codes():
    assert len(set(DISAGREEMENTS)) == 5
    assert not set(DISAGREEMENTS) & codes(aggregate(FRAMEWORK, panel(*[all_at(3)] * 6)))


@pytest.mark.parametrize(("low", "fires"), [(1, True), (2, False)])
def test_a_range_of_three_levels_is_discussed(low, fires):
    result = aggregate(FRAMEWORK, panel(all_at(4, A2_1=low), *[all_at(4)] * 5))
    assert bool(of(result, FlagCode.SCORE_RANGE)) is fires


@pytest.mark.parametrize(("first", "second", "fires"), [(1, 2, True), (2, 2, False)])
def test_a_gap_of_a_level_and_a_half_between_colleges_is_discussed(first, second, fires):
    result = aggregate(FRAMEWORK, panel(all_at(3, A2_1=first), all_at(3, A2_1=second), *[all_at(3)] * 4))
    assert bool(of(result, FlagCode.COLLEGE_GAP)) is fires


@pytest.mark.parametrize(
    ("scores", "fires"),
    [([3, 3, 3, 2, 2, 2], False), ([4, 4, 4, 2, 2, 2], True), ([3, 2, 2, 2, 2, 2], False)],
)
def test_totals_that_deviate_by_more_than_fifteen_points_are_discussed(scores, fires):
    result = aggregate(FRAMEWORK, panel(*[all_at(score) for score in scores]))
    flags = of(result, FlagCode.TOTAL_DEVIATION)
    assert bool(flags) is fires
    if fires:
        assert flags[0].value == Decimal(25)


def test_a_deviation_of_exactly_fifteen_points_is_not_more_than_fifteen():
    framework = copy.deepcopy(FRAMEWORK)
    framework["axes"] = [{"code": "A1", "weight": 100}]
    framework["criteria"] = [
        {"code": "A1.1", "weight": 30, "na_allowed": False, "eliminatory_below": None},
        {"code": "A1.2", "weight": 70, "na_allowed": False, "eliminatory_below": None},
    ]
    high, low = {"A1.1": 4, "A1.2": 3}, {"A1.1": 0, "A1.2": 3}  # 82.5 and 52.5
    assert not of(aggregate(framework, panel(*[high, low] * 3)), FlagCode.TOTAL_DEVIATION)
    framework["disagreement"] = {"total_deviation": "14.9"}
    assert of(aggregate(framework, panel(*[high, low] * 3)), FlagCode.TOTAL_DEVIATION)


@pytest.mark.parametrize(
    ("advices", "fires"),
    [
        (["favourable"] * 6, False),
        (["favourable"] * 5 + ["unfavourable"], True),
        (["favourable"] * 4 + ["unfavourable"] * 2, False),
        (["favourable"] * 4 + ["unfavourable", "favourable_with_conditions"], False),
        (["favourable", "favourable", "unfavourable", "", "", ""], True),
        (["favourable", "unfavourable", "", "", "", ""], False),
        ([""] * 6, False),
    ],
)
def test_one_advice_against_all_the_others_is_discussed(advices, fires):
    sheets = [Sheet(COLLEGES[n // 2], all_at(3), overall_advice=advice) for n, advice in enumerate(advices)]
    assert bool(of(aggregate(FRAMEWORK, sheets), FlagCode.LONE_ADVICE)) is fires


def test_a_safety_alert_is_always_discussed():
    sheets = panel(*[all_at(4)] * 6)
    sheets[3] = Sheet(sheets[3].college, sheets[3].scores, safety_alert=True)
    result = aggregate(FRAMEWORK, sheets)
    assert codes(result) == {FlagCode.SAFETY_ALERT}
    assert result.proposal == "favourable"


# --- shapes of a sheet and bad input ------------------------------------------------------------------------


def test_a_sheet_may_be_an_object_a_mapping_or_a_pair():
    expected = aggregate(FRAMEWORK, vector_sheets())
    pairs = [(sheet.college, sheet.scores) for sheet in vector_sheets()]
    objects = [SimpleNamespace(college=college, scores=scores) for college, scores in pairs]
    mappings = [{"college": college, "scores": scores} for college, scores in pairs]
    for sheets in (pairs, objects, mappings):
        assert aggregate(FRAMEWORK, sheets) == expected


def test_an_object_also_brings_its_advice_and_its_alert():
    member = SimpleNamespace(
        college=PATIENTS, scores=all_at(3), overall_advice="unfavourable", safety_alert="!"
    )
    others = [Sheet(college, all_at(3), "favourable") for college in COLLEGES]
    assert codes(aggregate(FRAMEWORK, [member, *others])) == {FlagCode.LONE_ADVICE, FlagCode.SAFETY_ALERT}


@pytest.mark.parametrize("score", [5, -1, 2.5, "3", True, Decimal(2), [], float("nan")])
def test_a_score_that_is_not_one_is_refused(score):
    with pytest.raises(ValueError, match="from 0 to 4"):
        aggregate(FRAMEWORK, [Sheet(PATIENTS, {"A1.1": score})])


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (Sheet("staff", {"A1.1": 3}), "unknown college"),
        (Sheet("", {}), "unknown college"),
        (Sheet(PATIENTS, {"A9.1": 3}), "not a criterion"),
        (Sheet(PATIENTS, {"A1": 3}), "not a criterion"),
        (Sheet(PATIENTS, {"A1.1": None}), "refused for A1.1"),
        (Sheet(PATIENTS, {}, overall_advice="yes"), "unknown advice"),
        (Sheet(PATIENTS, [("A1.1", 3)]), "mapping"),
    ],
)
def test_a_sheet_that_does_not_fit_the_edition_is_refused(sheet, words):
    with pytest.raises(ValueError, match=words):
        aggregate(FRAMEWORK, [sheet])


def test_a_criterion_left_out_takes_no_score_and_must_exist():
    with pytest.raises(ValueError, match="left out"):
        aggregate(FRAMEWORK, [Sheet(PATIENTS, {"A1.3": 3})], not_applicable=["A1.3"])
    with pytest.raises(ValueError, match="not a criterion"):
        aggregate(FRAMEWORK, [], not_applicable=["A9.9"])


def test_a_criterion_without_an_axis_is_refused():
    framework = copy.deepcopy(FRAMEWORK)
    framework["axes"].pop()
    with pytest.raises(ValueError, match=r"without an axis: A7\.1"):
        aggregate(framework, [])


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [("59.95", "60.0"), ("59.949999", "59.9"), ("0.05", "0.1"), ("100", "100.0"), ("2.25", "2.3")],
)
def test_figures_are_rounded_half_up_when_shown(value, shown):
    assert str(display(Decimal(value))) == shown
    assert display(None) is None


def test_a_result_becomes_plain_data():
    data = aggregate(FRAMEWORK, vector_sheets()).as_data()
    again = json.loads(json.dumps(data))
    assert again == data
    assert again["criteria"]["A1.2"]["value"] == "2.25"
    assert again["colleges"]["patients"] == {"count": 3, "total": "75", "valid": True}
    assert {flag["code"] for flag in again["flags"]} == {
        "score_range",
        "college_gap",
        "total_deviation",
        "no_opinion",
    }


# --- a second computation, and what must never matter -------------------------------------------------------


@st.composite
def sheets_of_a_panel(draw, least=0):
    """Panels of any shape, with sparse scores, on a part of the edition."""
    sheets = []
    some = sorted(draw(st.sets(st.sampled_from(sorted(CRITERIA)), min_size=1, max_size=8)))
    for college in COLLEGES:
        for _member in range(draw(st.integers(least, 4))):
            scores = {}
            for code in some:
                choices = ["absent", 0, 1, 2, 3, 4] + ([None] if CRITERIA[code]["na_allowed"] else [])
                scores[code] = draw(st.sampled_from(choices))
            sheets.append(Sheet(college, {c: s for c, s in scores.items() if s != "absent"}))
    return sheets


def second_total(sheets):
    """The total by 6.6, written again in floating point and from the other end: one pass over the scores."""
    numerator = denominator = 0.0
    for code, criterion in CRITERIA.items():
        verdicts = [(s.college, s.scores[code]) for s in sheets if code in s.scores]
        if verdicts and sum(v is None for _c, v in verdicts) >= len(sheets) / 2:
            continue
        groups = {}
        for college, verdict in verdicts:
            if verdict is not None:
                groups.setdefault(college, []).append(verdict)
        if groups:
            mean = math.fsum(math.fsum(g) / len(g) for g in groups.values()) / len(groups)
            numerator += criterion["weight"] * mean / 4
            denominator += criterion["weight"]
    return 100 * numerator / denominator if denominator else None


@given(sheets_of_a_panel())
def test_a_second_computation_agrees(sheets):
    total, expected = aggregate(FRAMEWORK, sheets).total, second_total(sheets)
    assert (total is None) is (expected is None)
    if total is not None:
        assert math.isclose(float(total), expected, abs_tol=1e-9)


@given(sheets_of_a_panel(), st.randoms())
def test_the_order_of_the_sheets_does_not_matter(sheets, random):
    shuffled = random.sample(sheets, len(sheets))
    assert aggregate(FRAMEWORK, shuffled) == aggregate(FRAMEWORK, sheets)


@given(sheets_of_a_panel())
def test_every_figure_stays_within_its_bounds(sheets):
    result = aggregate(FRAMEWORK, sheets)
    percents = [result.total, *result.axes.values(), *(c.total for c in result.colleges.values())]
    assert all(0 <= percent <= 100 for percent in percents if percent is not None)
    for criterion in result.criteria.values():
        means = [mean for mean in criterion.college_means.values() if mean is not None]
        if criterion.value is not None:
            assert min(means) <= criterion.value <= max(means)
    assert (result.proposal is not None) is result.valid


@given(sheets_of_a_panel(), st.integers(1, 97))
def test_weights_count_only_in_proportion(sheets, factor):
    framework = copy.deepcopy(FRAMEWORK)
    for criterion in framework["criteria"]:
        criterion["weight"] *= factor
    assert aggregate(framework, sheets) == aggregate(FRAMEWORK, sheets)


@given(st.lists(st.integers(0, 4), min_size=6, max_size=6), st.sampled_from(COLLEGES))
def test_a_further_member_who_agrees_with_the_college_changes_no_value(scores, college):
    sheets = panel(*[all_at(score - score % 2) for score in scores])
    own = [sheet.scores["A1.1"] for sheet in sheets if sheet.college == college]
    mean = sum(own) // 2  # both even: the mean is a score
    before, after = (
        aggregate(FRAMEWORK, sheets),
        aggregate(FRAMEWORK, [*sheets, Sheet(college, all_at(mean))]),
    )
    assert after.total == before.total
    assert after.axes == before.axes


@given(sheets_of_a_panel(least=1), st.data())
def test_a_better_score_never_lowers_the_total(sheets, data):
    place = data.draw(st.integers(0, len(sheets) - 1))
    raised = [code for code, score in sheets[place].scores.items() if score is not None and score < 4]
    if raised:
        better = dict(sheets[place].scores)
        better[data.draw(st.sampled_from(raised))] += 1
        changed = [*sheets[:place], Sheet(sheets[place].college, better), *sheets[place + 1 :]]
        before, after = aggregate(FRAMEWORK, sheets).total, aggregate(FRAMEWORK, changed).total
        assert before is None or after >= before
