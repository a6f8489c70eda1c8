"""What can be read in a text: signs that nobody sees are no reason."""

import unicodedata

import pytest
from django import forms
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.fields import WordsField
from journal.wording import is_blank, length_read

UNSEEN = [
    "",
    " \t\r\n",
    "\u00a0\u202f\u2009\u3000",
    "\u200b",
    "\u200b\u200c\u200d\u2060\ufeff",
    "\u00ad\u180e\u034f\u061c",
    "\u202a\u202e\u2066\u2069",
    "\u2800\u3164\u115f\u1160\uffa0",
    "\ufe0f\U000e0100\u0301",
    "\x00\x07\x1f",
    "\ue000\U0010fffd",
]


@pytest.mark.parametrize("text", UNSEEN)
def test_what_nobody_sees_is_blank(text: str) -> None:
    assert is_blank(text)
    assert length_read(text) == 0


@pytest.mark.parametrize(
    "text", ["a", "é", "e\u0301", "?", "…", "7", "\u200b\u00a0oui\u200b", "نعم", "好", "👍", "€"]
)
def test_what_somebody_reads_is_not(text: str) -> None:
    assert not is_blank(text)
    assert length_read(text) >= 1


def test_the_length_is_of_what_is_read() -> None:
    assert length_read("  Les   comptes\u200b \u200b manquent. ") == len("Les comptes manquent.")
    assert length_read("a" * 3 + "\u200b" * 300 + " " * 300) == 3


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_blank_is_a_length_of_nothing_and_unseen_signs_add_nothing(text: str) -> None:
    assert is_blank(text) is (length_read(text) == 0)
    hidden = "\u200b".join(text)
    assert is_blank(hidden) is is_blank(text)
    if unicodedata.is_normalized("NFC", text):
        assert length_read(hidden) <= len(text)


class Why(forms.Form):
    reason = WordsField(max_length=20)
    note = WordsField(required=False)


@pytest.mark.parametrize("text", UNSEEN[:-2])
def test_a_reason_that_nobody_sees_is_asked_again_beside_its_field(text: str) -> None:
    form = Why({"reason": text, "note": text})
    assert not form.is_valid()
    assert form.errors.as_data()["reason"][0].code == "required"
    assert form.cleaned_data["note"] == ""


def test_a_reason_that_is_read_is_kept_as_it_was_written() -> None:
    form = Why({"reason": " Trop\u202ftôt. "})
    assert form.is_valid()
    assert form.cleaned_data["reason"] == "Trop\u202ftôt."
