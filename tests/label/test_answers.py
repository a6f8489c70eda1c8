"""What typed answers mean, the form as data, and what changed between two snapshots."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label import answers, differences
from label.models import Edition
from label.published_list import items
from label.questions import PLAIN_QUESTIONS, SECTIONS, Question, questions_of
from tests.factories.label import framework

EDITION = Edition(version="2027", data=framework())
QUESTIONS = {question.key: question for question in questions_of(EDITION)}


def of_kind(kind):
    return next(question for question in PLAIN_QUESTIONS if question.kind == kind)


def test_eight_sections_in_order_and_every_question_once():
    assert [section.number for section in SECTIONS] == list(range(1, 9))
    assert len(QUESTIONS) == len(questions_of(EDITION)) == len(PLAIN_QUESTIONS) + 26
    assert {question.section for question in QUESTIONS.values()} <= {section.key for section in SECTIONS}
    assert all(question.when in QUESTIONS for question in QUESTIONS.values() if question.when)


def test_every_question_can_be_asked_for_again():
    listed = {item.code for item in items(EDITION)}
    wanted = {question.key for question in QUESTIONS.values() if question.required or question.when}
    assert wanted <= listed
    assert all(item.why for item in items(EDITION))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "1 250", 1250),
        ("number", "0", 0),
        ("amount", "1 250,50", Decimal("1250.50")),
        ("amount", "12 €", Decimal(12)),
        ("date", "3 mars 2027", date(2027, 3, 3)),
        ("date", "03/03/2027", date(2027, 3, 3)),
        ("yes_no", "yes", True),
        ("long_text", "Bonjour", "Bonjour"),
        ("number", "", None),
    ],
)
def test_an_answer_is_read(kind, text, value):
    assert answers.read(of_kind(kind), text) == value
    assert answers.problem(of_kind(kind), text) == ""


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("number", "douze", "nombre entier"),
        ("number", "-3", "nombre entier"),
        ("number", "9" * 40, "trop grand"),
        ("number", "٣", "nombre entier"),
        ("amount", "cher", "montant"),
        ("amount", "9" * 20, "montant"),
        ("date", "hier", "date"),
        ("date", "32/01/2027", "date"),
        ("yes_no", "peut-être", "proposées"),
        ("long_text", "é" * 1001, "1 caractère de trop (1 000 au plus)"),
    ],
)
def test_what_cannot_be_read_says_how_to_mend(kind, text, words):
    told = answers.problem(of_kind(kind), text).replace("\u00a0", " ").replace("\u202f", " ")
    assert words in told


def test_a_year_has_bounds_and_is_shown_without_space():
    year = QUESTIONS["funding_year"]
    assert "1900" in answers.problem(year, "27")
    assert answers.shown(year, "2026") == "2026"


@given(st.text(max_size=200), st.integers(0, 999_999_999))
def test_a_token_tells_whether_a_text_was_touched(text, version):
    kept = answers.normalise(text)
    given_out = answers.token(version, kept)
    assert answers.version_of(given_out) == version
    assert answers.untouched(given_out, kept)
    assert not answers.untouched(given_out, kept + "x")
    assert answers.normalise(kept) == kept


@pytest.mark.parametrize("wrong", ["", "x", "-1.a", "²", "99999999999.a"])
def test_a_wrong_token_is_nobodys(wrong):
    assert answers.version_of(wrong) == -1


@given(st.text(max_size=60), st.sampled_from(list(PLAIN_QUESTIONS)))
def test_any_text_is_read_or_mended_and_always_shown(text, question: Question):
    kept = answers.normalise(text)
    answers.problem(question, kept)
    assert isinstance(answers.shown(question, kept), str)


@pytest.mark.parametrize(
    ("employees", "budget", "small"),
    [
        ("0", "50 000", True),
        ("0", "50 000,01", False),
        ("1", "10", False),
        ("", "10", False),
        ("x", "10", False),
    ],
)
def test_a_small_structure_answers_less(employees, budget, small):
    texts = {"funding_employees": employees, "funding_budget": budget}
    assert answers.is_small(EDITION, texts) is small
    assert bool(answers.optional_criteria(EDITION, texts)) is small


def test_industry_details_are_asked_only_after_a_yes():
    names = QUESTIONS["funding_industry_names"]
    assert names.is_required({"funding_industry": "yes"})
    assert not names.is_required({"funding_industry": "no"})


def content(**more):
    base = {
        "answers": [{"key": "a", "section": "structure", "question": "Qui ?", "text": "x", "shown": "x"}],
        "criteria": {},
        "solutions": [],
        "contributors": [],
        "documents": [],
        "pieces": [],
    }
    return {**base, **more}


def piece(answer, *, cannot=False):
    return {"key": 1, "code": "p", "what": "Statuts", "answer": answer, "cannot_provide": cannot, "name": ""}


def test_differences_are_told_in_three_words():
    changed = content()["answers"][0] | {"shown": "y"}
    found = differences.between(content(pieces=[piece("Non.", cannot=True)]), content(answers=[changed]))
    assert [(one.word, one.what) for one in found] == [("Remplacé", "Qui ?"), ("Retiré", "Statuts")]
    added = differences.between(content(), content(pieces=[piece("Voici.")]))
    assert [(one.word, one.after) for one in added] == [("Ajouté", "Voici.")]
    assert differences.between(content(), content()) == []
