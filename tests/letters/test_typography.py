"""French typography: what pages and letters write, and what people write to us."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters import typography

N = "\u202f"
B = "\u00a0"


@pytest.mark.parametrize(
    ("day", "weekday", "expected"),
    [
        (date(2027, 3, 1), False, f"1er{B}mars 2027"),
        (date(2027, 9, 15), True, f"mercredi 15{B}septembre 2027"),
        (date(2028, 2, 29), False, f"29{B}février 2028"),
        (datetime(2027, 12, 31, 23, 30, tzinfo=UTC), False, f"1er{B}janvier 2028"),
    ],
)
def test_dates_are_written_in_words(day: date, weekday: bool, expected: str) -> None:
    assert typography.french_date(day, weekday=weekday) == expected


def test_times_are_those_of_paris_in_summer_and_winter() -> None:
    assert typography.french_time(datetime(2027, 8, 9, 16, 5, tzinfo=UTC)) == f"18{B}h{B}05"
    assert (
        typography.french_datetime(datetime(2027, 1, 9, 8, 0, tzinfo=UTC)) == f"9{B}janvier 2027 à 9{B}h{B}00"
    )


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        typography.french_time(datetime(2027, 8, 9, 16, 5))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (999, "999"),
        (1250, f"1{N}250"),
        (1234567, f"1{N}234{N}567"),
        (62.5, "62,5"),
        (Decimal("62.50"), "62,5"),
        (-3, "\u22123"),
    ],
)
def test_numbers_have_thin_spaces_and_a_comma(value: int | float | Decimal, expected: str) -> None:
    assert typography.french_number(value) == expected


def test_amounts_percentages_and_sizes_keep_their_unit_on_the_line() -> None:
    assert typography.french_amount(Decimal("12.5")) == f"12,50{B}€"
    assert typography.french_amount(1250) == f"1{N}250{B}€"
    assert typography.french_percent(62.5) == f"62,5{B}%"
    assert typography.french_size(1) == f"1{B}octet"
    assert typography.french_size(12_345) == f"12{B}ko"
    assert typography.french_size(400_000) == f"0,4{B}Mo"
    assert typography.french_size(80_000_000) == f"80{B}Mo"


@pytest.mark.parametrize("written", ["+33100000000", "0100000000", "01.00.00.00.00", "00 33 1 00 00 00 00"])
def test_a_french_phone_number_is_read_by_pairs(written: str) -> None:
    assert typography.french_phone(written) == B.join(["01", "00", "00", "00", "00"])


def test_a_foreign_phone_number_is_left_alone() -> None:
    assert typography.french_phone("+32 2 555 12 12") == "+32 2 555 12 12"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (13, f"dans 13{B}jours"),
        (972, f"dans 32{B}mois"),
        (-400, f"depuis 13{B}mois"),
        (1, "demain"),
        (0, "aujourd'hui"),
        (-1, "depuis hier"),
        (-3, f"depuis 3{B}jours"),
    ],
)
def test_a_distance_in_days_is_said_as_people_say_it(days: int, expected: str) -> None:
    assert typography.french_distance(days) == expected


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("Faute de frappe ?", f"Faute de frappe{N}?"),
        ("Erreur : à corriger !", f"Erreur{B}: à corriger{N}!"),
        ("Oui ; non", f"Oui{N}; non"),
        ("« Reprendre souffle »", f"«{B}Reprendre souffle{B}»"),
        ("5 minutes suffisent", f"5{B}minutes suffisent"),
        ("Il manque {n} réponses.", f"Il manque {{n}}{B}réponses."),
        ("%(count)s réponses", f"%(count)s{B}réponses"),
        ("1 250,50 €", f"1{N}250,50{B}€"),
        ("62,5 %", f"62,5{B}%"),
        ("62 %% de", f"62{B}%% de"),
        ("à 14 h 32", f"à 14{B}h{B}32"),
        ("le 1er mars 2027", f"le 1er{B}mars 2027"),
        ("le 3 mars 2027", f"le 3{B}mars 2027"),
        ("01 00 00 00 00", B.join(["01", "00", "00", "00", "00"])),
    ],
)
def test_no_break_spaces_are_put_where_a_line_must_not_end(plain: str, expected: str) -> None:
    assert typography.no_break(plain) == expected


@pytest.mark.parametrize(
    "untouched",
    [
        "https://exemple.fr/?a=1",
        "Il est %(size)s ou %s, %(other)s",
        "un %(name)s %(other)s",
        "12:30",
        "pour mars",
    ],
)
def test_addresses_and_placeholders_are_left_alone(untouched: str) -> None:
    assert typography.no_break(untouched) == untouched


@given(st.text(alphabet="abc0123456789 «»:;?!%€h\u00a0\u202f{}()s", max_size=40))
def test_no_break_changes_spaces_only_and_once(text: str) -> None:
    once = typography.no_break(text)
    assert typography.no_break(once) == once
    blank = str.maketrans({N: " ", B: " "})
    assert once.translate(blank) == text.translate(blank)


@pytest.mark.parametrize(
    "written",
    [
        "03/03/2027",
        "3-3-2027",
        "3 mars 2027",
        "le mercredi 3 mars 2027",
        "3.3.2027",
        "2027-03-03",
        "3 MARS 2027",
    ],
)
def test_a_date_is_read_however_people_write_it(written: str) -> None:
    assert typography.read_date(written) == date(2027, 3, 3)


def test_the_first_and_accented_months_are_read() -> None:
    assert typography.read_date("1er août 2027") == date(2027, 8, 1)
    assert typography.read_date("1 fevrier 2027") == date(2027, 2, 1)


@pytest.mark.parametrize(
    "written", ["", "31/02/2027", "3 marsh 2027", "03/27", "demain", "3/3/27", "٣/٣/٢٠٢٧x"]
)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        typography.read_date(written)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_what_is_written_is_read_back(day: date) -> None:
    assert typography.read_date(typography.french_date(day, weekday=True)) == day


def test_amounts_are_read_with_spaces_and_comma() -> None:
    assert typography.read_amount(f"1{N}250,50 €") == Decimal("1250.50")
    for wrong in ("", "douze", "1,234", "-3", "9" * 13):
        with pytest.raises(ValueError, match="amount"):
            typography.read_amount(wrong)
