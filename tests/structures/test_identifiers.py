"""Registration numbers: real shapes pass, wrong ones get a message that says how to mend them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from structures.identifiers import NORMALISERS, InvalidIdentifier, check_same_siren, normalise
from tests.reading import plain


def message(kind, raw):
    with pytest.raises(InvalidIdentifier) as refusal:
        normalise(kind, raw)
    assert str(refusal.value) == str(refusal.value.message)
    return plain(str(refusal.value))


@pytest.mark.parametrize(
    "number",
    [
        "W751092330",
        "W643000551",
        "W990000001",
        "W9T1002867",  # Mayotte
        "W9J1003281",
        "W9R1011072",
        "W2A1000119",  # Corsica
        "W2B2000016",
    ],
)
def test_rna_numbers_of_every_territory_are_taken(number):
    assert normalise("rna", number) == number


@pytest.mark.parametrize(
    "typed",
    [
        "w751092330",
        " W75 109 23 30 ",
        "W-751.092.330",
        "W751\u00a0092\u202f330",
        "W\u20117510\u201392330",
        "Ｗ７５１０９２３３０",
        "W٧٥١٠٩٢٣٣٠",
        "\ufeffW751092330\u200b\x00",
    ],
)
def test_an_rna_number_is_read_however_it_is_typed(typed):
    assert normalise("rna", typed) == "W751092330"


@pytest.mark.parametrize(
    ("typed", "count"), [("W94100997", 9), ("W9410055997", 11), ("", 0), ("W", 1), ("751 092 330", 9)]
)
def test_an_rna_number_of_another_length_is_told_so(typed, count):
    assert message("rna", typed) == (
        f"Un numéro RNA commence par W et compte 10 caractères, comme W751000123. Vous en avez écrit {count}."
    )


@pytest.mark.parametrize(
    "typed",
    ["A941009978", "W00P000000", "WP00000000", "W75109233O", "W7510923²0", "W75109233①", "WÉ51092330"],
)
def test_an_rna_number_with_a_letter_out_of_place_is_told_where(typed):
    assert "la lettre O et le chiffre 0" in message("rna", typed)


@pytest.mark.parametrize(
    "number",
    [
        "891P0891000843",
        "9R4S9744000501",
        "2B2P02B1000013",
        "2A4S02A4099171",
        "301S0301001688",
        "751P0604005880",
    ],
)
def test_old_file_numbers_in_the_clean_form(number):
    assert normalise("old_rna", number) == number
    assert normalise("old_rna", f" {number[:4].lower()} {number[4:8]}-{number[8:].lower()}") == number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("751P00085568", "751P00085568"),
        ("9851000014", "9851000014"),
        ("0012011852", "0012011852"),
        (" 2/08825 ", "2/08825"),
        ("923s92330", "923S92330"),
        ("n° 12\u00a0 bis", "N° 12 BIS"),
    ],
)
def test_old_file_numbers_of_any_other_form_are_kept(typed, kept):
    assert normalise("old_rna", typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", " - . "])
def test_an_old_number_must_say_something(typed):
    assert "ancien numéro" in message("old_rna", typed)


@pytest.mark.parametrize(
    "number", ["443121975", "389486242", "356000000", "443 121 975", "443.121.975", "443-121-975"]
)
def test_siren_numbers(number):
    assert normalise("siren", number) == "".join(filter(str.isdigit, number))


@pytest.mark.parametrize("typed", ["443121976", "443121957", "000000000", "000 000 000"])
def test_a_siren_with_a_typing_error_is_told_so(typed):
    assert message("siren", typed) == "Ce numéro SIREN contient une faute de frappe. Vérifiez les 9 chiffres."


@pytest.mark.parametrize(
    ("typed", "count"), [("44312197", 8), ("38948624200032", 14), ("44312197A", 9), ("44312197²", 9), ("", 0)]
)
def test_a_siren_of_another_form_is_told_what_one_is(typed, count):
    assert message("siren", typed) == (
        f"Un numéro SIREN compte 9 chiffres et aucune lettre. Vous avez écrit {count} caractères."
    )


@pytest.mark.parametrize(
    "number",
    [
        "38948624200032",
        "40048550400064",
        "35600000000048",  # head office of La Poste: Luhn
        "35600000049837",  # an office of La Poste: the sum of its digits is a multiple of five
        "400 485 504 00064",
    ],
)
def test_siret_numbers(number):
    assert normalise("siret", number) == number.replace(" ", "")


@pytest.mark.parametrize("typed", ["38948624200033", "35600000049838", "00000000000000", "38948624300031"])
def test_a_siret_with_a_typing_error_is_told_so(typed):
    assert (
        message("siret", typed) == "Ce numéro SIRET contient une faute de frappe. Vérifiez les 14 chiffres."
    )


def test_a_siret_whose_siren_alone_is_wrong_is_refused():
    """The whole passes Luhn, its first nine digits do not."""
    number = next(f"443121976{nic:05d}" for nic in range(99999) if luhn.is_valid(f"443121976{nic:05d}"))
    assert "faute de frappe" in message("siret", number)


def test_a_siret_of_another_length_is_told_what_one_is():
    assert message("siret", "443121975") == (
        "Un numéro SIRET compte 14 chiffres et aucune lettre. Vous avez écrit 9 caractères."
    )


def test_a_siret_belongs_to_its_siren():
    check_same_siren("400 485 504 00064", "400485504")
    with pytest.raises(InvalidIdentifier) as refusal:
        check_same_siren("40048550400064", "443 121 975")
    assert str(refusal.value) == (
        "Ce SIRET n'est pas celui du SIREN 443121975. Ses 9 premiers chiffres doivent être identiques."
    )
    with pytest.raises(InvalidIdentifier):
        check_same_siren("40048550400064", "40048550")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Tribunal de Molsheim / 009 / 015", "Tribunal de Molsheim / 009 / 015"),
        ("Tribunal de Molsheim|009|015", "Tribunal de Molsheim / 009 / 015"),
        (
            " Tribunal\u00a0de  Molsheim ; vol. 009 ; folio\u202f015",
            "Tribunal de Molsheim / 009 / 015",
        ),
        ("Metz / volume xii / 4 bis", "Metz / XII / 4 BIS"),
        ("Metz / n° 12 / fol.7", "Metz / 12 / 7"),
    ],
)
def test_court_volume_and_folio_keep_their_zeros(typed, kept):
    assert normalise("alsace_moselle", typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Molsheim",
        "Molsheim / 009",
        "Molsheim / 009 / 015 / 3",
        "/ 009 / 015",
        "Molsheim / / 015",
        "Molsheim / 009 /",
        "12 / 009 / 015",
        "Molsheim / volume / 015",
        "Molsheim / " + "9" * 21 + " / 015",
        "M" * 121 + " / 009 / 015",
        "Molsheim / <b> / 015",
    ],
)
def test_an_incomplete_court_register_is_told_what_is_needed(typed):
    assert (
        message("alsace_moselle", typed)
        == "Indiquez le tribunal, le volume et le folio, ou le numéro AMALIA."
    )


@pytest.mark.parametrize(
    ("typed", "kept"), [("a2023-00123", "A2023-00123"), (" 67 / 1.234 ", "67 / 1.234"), ("ABC", "ABC")]
)
def test_amalia_numbers(typed, kept):
    assert normalise("amalia", typed) == kept


@pytest.mark.parametrize("typed", ["", "A1", "...", "A" * 31, "A1;2", "é123"])
def test_what_is_no_amalia_number_is_told_what_one_is(typed):
    assert "3 à 30" in message("amalia", typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("BE 0403019261", "BE 0403019261"),
        ("be0403019261", "BE 0403019261"),
        ("be : 0403.019.261", "BE 0403.019.261"),
        ("de Amtsgericht München VR 1234", "DE AMTSGERICHT MÜNCHEN VR 1234"),
        ("uk 1112223", "GB 1112223"),
        ("NC 0123456001", "NC 0123456001"),
        ("nc ridet 0 123 456.001", "NC 0123456001"),
        ("NC 123456", "NC 123456"),
        ("PF A12345", "PF A12345"),
        ("pf tahiti 012 345", "PF 012345"),
    ],
)
def test_foreign_numbers_begin_with_their_country(typed, kept):
    assert normalise("foreign", typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "0403019261", "VR 1234", "FR 443121975", "Belgique 0403", "BE", "W751092330"]
)
def test_a_foreign_number_without_its_country_is_told_to_add_it(typed):
    assert "deux lettres du pays" in message("foreign", typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("BE registre", "Il manque le numéro"),
        ("BE 1" + "0" * 77, "trop long"),
        ("NC 12345", "RIDET"),
        ("NC W9N1001234", "RIDET"),
        ("PF 1234", "TAHITI"),
    ],
)
def test_a_foreign_number_that_cannot_be_one_is_told_why(typed, words):
    assert words in message("foreign", typed)


@pytest.mark.parametrize("kind", sorted(NORMALISERS))
def test_a_text_of_more_than_200_characters_is_refused_before_anything_else(kind):
    assert "trop long" in message(kind, " " * 201)
    assert "trop long" in message(kind, "W" * 100_000)


@pytest.mark.parametrize("kind", ["", "RNA", "rcs"])
def test_an_unknown_kind_is_an_error_and_not_a_message(kind):
    with pytest.raises(ValueError, match="unknown kind") as error:
        normalise(kind, "W751092330")
    assert not isinstance(error.value, InvalidIdentifier)


TYPED = st.one_of(
    st.text(max_size=60),
    st.text("0123456789", min_size=8, max_size=15),
    st.text("WPSBENC /|;.-0123456789 abvolfi°", max_size=40),
    st.text("0123456789", min_size=1, max_size=6).map(
        lambda digits: f"Metz / vol. {digits} / folio {digits}"
    ),
    st.text("0123456789ABC ", min_size=1, max_size=20).map(lambda rest: f"be-{rest}"),
)


@given(st.sampled_from(sorted(NORMALISERS)), TYPED)
def test_any_text_is_refused_with_a_message_or_reaches_a_form_that_no_longer_changes(kind, typed):
    try:
        number = normalise(kind, typed)
    except InvalidIdentifier as refusal:
        assert str(refusal).endswith(".")
    else:
        assert normalise(kind, number) == number
        assert 0 < len(number) <= 200
        assert number.isprintable()
        assert number == " ".join(number.split())


@given(st.text("0123456789", min_size=8, max_size=8), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_in_a_siren_is_always_seen(digits, place, shift):
    number = digits + luhn.calc_check_digit(digits)
    if number != "000000000":
        assert normalise("siren", number) == number
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert "faute de frappe" in message("siren", wrong)


@pytest.mark.parametrize("court", ["Lyon", "Tribunal de Paris", "Ville de Nancy", "Salle des fêtes"])
def test_a_court_of_another_department_keeps_no_local_register(court):
    assert "Bas-Rhin" in message("alsace_moselle", f"{court} / 009 / 015")


@pytest.mark.parametrize(
    "court",
    [
        "STRASBOURG",
        "Tribunal d'instance de Sélestat",
        "Château-Salins",
        "Saint-Avold",
        "Illkirch-Graffenstaden",
    ],
)
def test_courts_of_the_three_departments_are_known_however_they_are_written(court):
    assert normalise("alsace_moselle", f"{court} / 009 / 015").startswith(court)
