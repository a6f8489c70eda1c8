"""« Nouvelle structure », typed by the office, checks its fields as the form of the association does."""

from __future__ import annotations

import pytest

from accounts.forms import PhoneField
from label.forms.office import NewStructureForm
from structures.forms import ContactForm

TYPED = {
    "name": "Ligue des Iris",
    "registration_kind": "rna",
    "raw_number": "W691000119",
    "address": "3 rue des Anémones",
    "postal_code": "69 001",
    "city": "Lyon",
    "first_name": "Awa",
    "last_name": "Ba",
    "quality": "présidente",
    "phone": "04 00 00 00 00",
}


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("postal_code", "ABC", "5 chiffres"),
        ("postal_code", "٦٩٠٠١", "5 chiffres"),
        ("phone", "zzz", "numéro de téléphone"),
        ("phone", "12", "numéro de téléphone"),
        ("phone", "+33 4 00 00 00 00 00 00 00 00", "numéro de téléphone"),
    ],
)
def test_what_no_letter_nor_call_reaches_is_told_beside_its_field(field, typed, told):
    form = NewStructureForm({**TYPED, field: typed})
    assert not form.is_valid() and set(form.errors) == {field}
    assert told in str(form.errors[field])


def test_what_is_right_is_kept_and_a_foreign_postal_code_is_free():
    form = NewStructureForm(TYPED)
    assert form.is_valid() and form.cleaned_data["postal_code"] == "69001"
    foreign = {"registration_kind": "foreign", "raw_number": "BE 0403170701", "postal_code": "B-1000"}
    assert NewStructureForm({**TYPED, **foreign}).errors == {}


def test_both_forms_share_the_field():
    assert isinstance(ContactForm.base_fields["phone"], PhoneField)
    assert isinstance(NewStructureForm.base_fields["phone"], PhoneField)
