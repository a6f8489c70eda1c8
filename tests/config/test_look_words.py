"""The words of the states: every state of every lifecycle has its own, and the icons exist."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.template import Context, Template

from config.look.icons import icon, icon_names
from config.look.state_words import STATE_WORDS, state_word

KINDS = {
    "Application": "application",
    "Edition": "edition",
    "Charter": "charter",
    "Mandate": "mandate",
    "Assignment": "assignment",
    "Decision": "decision",
    "Label": "label",
    "Structure": "structure",
}
NEVER_TOLD = {
    ("edition", "draft"),
    ("edition", "abandoned"),
    ("charter", "draft"),
    ("charter", "abandoned"),
    ("decision", "abandoned"),
    ("withdrawal", "opened"),
}


def words() -> Iterator[tuple[str, str]]:
    for kind, states in STATE_WORDS.items():
        for code in states:
            yield kind, code


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_every_state_of_every_lifecycle_has_words() -> None:
    seen = set()
    for name, kind in KINDS.items():
        model = next((found for found in apps.get_models() if found.__name__ == name), None)
        if model is None or not hasattr(model, "State"):
            continue
        seen.add(name)
        for code in model.State.values:
            assert state_word(kind, code).staff, (kind, code)
    assert {"Application", "Decision", "Label", "Assignment", "Mandate"} <= seen


@pytest.mark.parametrize(("kind", "code"), list(words()))
def test_every_state_has_its_icon_and_its_badge(kind: str, code: str) -> None:
    word = state_word(kind, code)
    assert word.icon in icon_names()
    html = render("{% state_badge kind code 'staff' %}", kind=kind, code=code)
    assert str(word.staff) in html.replace("&#x27;", "'")
    assert "<svg" in html and 'aria-hidden="true"' in html


@pytest.mark.parametrize(("kind", "code"), list(words()))
def test_what_is_not_told_outside_shows_nothing(kind: str, code: str) -> None:
    html = render("{% state_badge kind code 'public' %}", kind=kind, code=code)
    assert (html == "") == ((kind, code) in NEVER_TOLD)


def test_a_prepared_or_signed_decision_looks_the_same_outside() -> None:
    assert state_word("decision", "prepared").public == state_word("decision", "signed").public


def test_the_public_word_never_reveals_an_opinion() -> None:
    for code in ("under_review", "in_deliberation", "advised"):
        text = f"{state_word('application', code).public} {state_word('application', code).line}"
        assert not re.search(r"favorable|note|score|membre [A-Z]", text)


def test_a_sentence_with_a_date_writes_it_in_words() -> None:
    from datetime import date

    text = render("{% state_line 'label' 'suspended' date=day %}", day=date(2028, 8, 2))
    assert text == "Ne l&#x27;affichez pas jusqu&#x27;au 2\u00a0août 2028."


def test_an_unknown_state_or_icon_is_an_error() -> None:
    with pytest.raises(LookupError, match="nowhere"):
        state_word("label", "nowhere")
    with pytest.raises(LookupError, match="no-such-icon"):
        icon("no-such-icon")


def test_an_icon_is_hidden_from_screen_readers_and_has_no_colour_of_its_own() -> None:
    svg = icon("checkbox-circle-fill")
    assert svg.startswith("<svg ") and svg.endswith("</svg>")
    assert svg.count("fill=") == 1 and 'fill="currentColor"' in svg
    assert "<script" not in svg and "style=" not in svg
