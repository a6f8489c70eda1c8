"""The charter 2027 as delivered: a preamble and twelve commitments in two languages."""

import json
from pathlib import Path

CHARTER = json.loads(
    (Path(__file__).parents[2] / "charter" / "data" / "charter-2027.json").read_text(encoding="utf-8")
)


def test_twelve_numbered_commitments_and_a_preamble_in_two_languages():
    assert CHARTER["version"] == "2027"
    assert CHARTER["preamble_fr"].startswith("En signant cette charte, notre structure s'engage")
    assert CHARTER["preamble_en"].startswith("By signing this charter, our organisation")
    assert [article["number"] for article in CHARTER["articles"]] == list(range(1, 13))
    for article in CHARTER["articles"]:
        assert article["fr"].startswith("Nous ")
        assert article["en"].startswith("We ")
        assert article["fr"].endswith(".")
        assert article["en"].endswith(".")
