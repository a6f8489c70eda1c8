"""The edition 2027 as delivered: complete, in two languages, and its weights add up."""

import json
from pathlib import Path

FRAMEWORK = json.loads(
    (Path(__file__).parents[2] / "label" / "data" / "framework-2027.json").read_text(encoding="utf-8")
)
CRITERIA = FRAMEWORK["criteria"]


def test_seven_axes_and_twenty_six_criteria_whose_weights_add_up():
    assert [axis["code"] for axis in FRAMEWORK["axes"]] == ["A1", "A2", "A3", "A4", "A5", "A6", "A7"]
    assert len({criterion["code"] for criterion in CRITERIA}) == len(CRITERIA) == 26
    assert sum(criterion["weight"] for criterion in CRITERIA) == 100
    for axis in FRAMEWORK["axes"]:
        weights = [c["weight"] for c in CRITERIA if c["code"].split(".")[0] == axis["code"]]
        assert sum(weights) == axis["weight"]


def test_every_text_is_there_in_french_and_in_english():
    for row in [*FRAMEWORK["axes"], *FRAMEWORK["scale"].values()]:
        assert row["fr"].strip()
        assert row["en"].strip()
    for criterion in CRITERIA:
        for name in ("fr", "en", "question_fr", "question_en", "evidence_fr", "evidence_en"):
            assert criterion[name].strip(), f"{criterion['code']}: {name}"
        assert set(criterion["levels"]) == {"0", "2", "4"}
        assert all(level["fr"].strip() and level["en"].strip() for level in criterion["levels"].values())


def test_what_eliminates_is_asked_of_everybody():
    eliminatory = [c for c in CRITERIA if c["eliminatory_below"] is not None]
    assert [c["code"] for c in eliminatory] == ["A1.1", "A3.1", "A4.2", "A5.1", "A5.2", "A6.1", "A6.2"]
    assert all(c["required_for_small"] and not c["na_allowed"] for c in eliminatory)
    assert {c["eliminatory_below"] for c in eliminatory} == {2}


def test_sans_objet_is_allowed_where_the_edition_says():
    assert [c["code"] for c in CRITERIA if c["na_allowed"]] == ["A3.3", "A4.4", "A6.3", "A7.3"]
