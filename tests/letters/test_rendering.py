"""A template gives blocks; what people typed never changes the form; the frozen data gives the same letter again."""

import json
from datetime import UTC, date, datetime

import pytest
from django.template import TemplateSyntaxError
from hypothesis import given
from hypothesis import strategies as st

from letters import rendering
from letters.pdf import Bold, LetterContent, Signatory, render_letter

NBSP = "\u00a0"


def test_each_sign_gives_its_block():
    parsed = rendering.blocks(
        "# Titre\n## Sous-titre\nUne ligne\net la suite.\n\n- un\n\n- deux\n1. premier\n2. second\n~ Nom : {{ name }}\n"
        "@law Article 1.\n@attached Une pièce\nFin **importante**.",
        {"name": "Escale"},
    )
    assert parsed.blocks == [
        ("h", "Titre"),
        ("h3", "Sous-titre"),
        ("p", "Une ligne et la suite."),
        ("li", ["un", "deux"]),
        ("ol", ["premier", "second"]),
        ("facts", [("Nom", "Escale")]),
        ("p", ["Fin ", Bold("importante"), "."]),
    ]
    assert isinstance(parsed.blocks[-1][1][1], Bold)
    assert (parsed.laws, parsed.attachments) == (["Article 1."], ["Une pièce"])


@given(st.text(max_size=200))
def test_what_people_type_is_one_paragraph_never_a_title_or_a_law(text):
    parsed = rendering.blocks(
        "Avant : {{ text }}.\n\n@law Une seule.", {"text": f"x{text}\n# Titre\n- liste\n@law faux"}
    )
    assert {kind for kind, _ in parsed.blocks} == {"p"}
    assert len(parsed.laws) == 1


def test_paragraphs_that_people_typed_stay_paragraphs():
    parsed = rendering.blocks("{{ text }}", {"text": "Un **mot**.\nSuite.\n\nAutre."})
    assert parsed.blocks == [("p", "Un **mot**.\nSuite."), ("p", "Autre.")]


def test_template_signs_in_a_fact_are_text():
    assert (
        rendering.line("{{ name }}", {"name": "{% now %}{{ x }}<b>"}).replace(NBSP, " ")
        == "{% now %}{{ x }}<b>"
    )


@pytest.mark.parametrize(
    "source", ["{% load i18n %}", "{% include 'base.html' %}", "{% extends 'base.html' %}"]
)
def test_a_template_can_load_nothing(source):
    with pytest.raises((TemplateSyntaxError, Exception)) as refused:
        rendering.write(source, {})
    assert "base.html" in str(refused.value) or "i18n" in str(refused.value)


def test_dates_and_spaces_are_french():
    facts = {"day": date(2027, 3, 1), "at": datetime(2027, 3, 1, 9, 0, tzinfo=UTC)}
    assert rendering.line("Avant le {{ day }} : vite", facts) == f"Avant le 1er{NBSP}mars 2027{NBSP}: vite"
    assert rendering.line("{{ at }}", facts) == f"1er{NBSP}mars 2027 à 10{NBSP}h{NBSP}00"


def a_content(**facts):
    return LetterContent(
        code="T1",
        subject="Objet",
        place_date="Le 1er mars 2027",
        sender_lines=["Institut"],
        service_lines=["Service"],
        addressee_lines=["Escale"],
        reference="DOS/T1-1",
        summary_lines=[["Avant le ", Bold("1er mars"), "."], "Deux"],
        body_blocks=rendering.blocks("# A\n- **b** c\n~ D : e\n", {}).blocks,
        signatory=Signatory(first_name="A", name="B", quality="C", service="D", delegation="E"),
        dated=datetime(2027, 3, 1, 9, 0, tzinfo=UTC),
        **facts,
    )


def test_frozen_data_gives_the_same_bytes_again():
    content = a_content()
    data = json.loads(json.dumps(rendering.as_data(content)))
    assert render_letter(rendering.from_data(data)) == render_letter(content)
    assert rendering.digest(data) == rendering.digest(rendering.as_data(content))


def test_a_changed_word_changes_the_digest():
    one, other = rendering.as_data(a_content()), rendering.as_data(a_content())
    other["subject"] += " "
    assert rendering.digest(one) != rendering.digest(other)
