"""Fields that read dates, amounts and whole numbers, and say how to mend what they cannot read."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms

from letters.fields import FrenchAmountField, FrenchDateField, WholeNumberField


class Everything(forms.Form):
    on = FrenchDateField(label="Date")
    amount = FrenchAmountField(label="Montant")
    count = WholeNumberField(label="Nombre", max_value=5000)


def test_what_french_people_write_is_read() -> None:
    form = Everything({"on": "3 mars 2027", "amount": "1 250,50", "count": "1 250"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"on": date(2027, 3, 3), "amount": Decimal("1250.50"), "count": 1250}


def test_what_cannot_be_read_is_answered_with_an_example_and_kept() -> None:
    form = Everything({"on": "bientôt", "amount": "cher", "count": "douze"})
    assert not form.is_valid()
    assert form.errors["on"] == ["Écrivez une date comme 03/03/2027."]
    assert form.errors["amount"] == ["Écrivez un montant en euros, comme 1\u202f250,50."] or form.errors[
        "amount"
    ] == ["Écrivez un montant en euros, comme 1 250,50."]
    assert "écrivez 0" in form.errors["count"][0]
    assert form["on"].value() == "bientôt"


@pytest.mark.parametrize("text", ["01/01/0001", "9999-12-31", "31/12/1799", "01/01/2200"])
def test_dates_are_bounded(text: str) -> None:
    assert set(Everything({"on": text, "amount": "1", "count": "1"}).errors) == {"on"}


def test_numbers_are_bounded() -> None:
    form = Everything({"on": "03/03/2027", "amount": "9" * 13, "count": "9" * 30})
    assert not form.is_valid()
    assert set(form.errors) == {"amount", "count"}


def test_a_date_already_known_is_shown_as_people_write_it() -> None:
    form = Everything(initial={"on": date(2027, 3, 3)})
    assert 'value="03/03/2027"' in str(form["on"])
