"""Numbers that can be read over the phone: their form, their check digits, what is refused and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.numbering import InvalidNumber, format_number, parse_number

PREFIXES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)
YEARS = st.integers(2000, 2999)
SEQUENCES = st.integers(1, 999_999)


@pytest.mark.parametrize(
    ("prefix", "year", "sequence", "number"),
    [
        ("LBL", 2027, 123, "LBL-2027-000123-29"),
        ("LBL", 2025, 31, "LBL-2025-000031-79"),
        ("DOS", 2027, 42, "DOS-2027-000042-20"),
        ("LBL", 2026, 123, "LBL-2026-000123-13"),
    ],
)
def test_the_published_examples(prefix, year, sequence, number):
    assert format_number(prefix, year, sequence) == number
    read = parse_number(number)
    assert (read.prefix, read.year, read.sequence) == (prefix, year, sequence)
    assert read.canonical == str(read) == number


def by_hand(prefix, year, sequence):
    """ISO 7064 mod 97-10 as on paper: letters to 10..35, two zeros appended, 98 less the remainder."""
    digits = "".join(str(ord(letter) - ord("A") + 10) for letter in prefix) + f"{year}{sequence:06d}00"
    return f"{98 - int(digits) % 97:02d}"


@given(PREFIXES, YEARS, SEQUENCES)
def test_check_digits_agree_with_the_standard_done_by_hand(prefix, year, sequence):
    number = format_number(prefix, year, sequence)
    assert number == f"{prefix}-{year}-{sequence:06d}-{by_hand(prefix, year, sequence)}"
    assert parse_number(number).canonical == number


@pytest.mark.parametrize(
    "typed",
    [
        "LBL202700012329",
        "lbl-2027-000123-29",
        "  LBL 2027 000123 29\n",
        "LBL\u00a02027\u202f000123\u00a029",
        "LBL\u20112027\u2013000123\u201429",
        "LBL\u22122027\u2010000123-29",
        "lbl2027 000 123 29",
        "ＬＢＬ－２０２７－０００１２３－２９",
        "\ufeffLBL-2027-000123-29\u200b",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed):
    assert parse_number(typed).canonical == "LBL-2027-000123-29"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "LBL",
        "LBL-2027-000123",
        "LBL-2027-123-29",
        "LBL-2027-0000123-29",
        "LBL-2027-000123-29-29",
        "LB-2027-000123-29",
        "LBLX-2027-000123-29",
        "LBL-٢٠٢٧-000123-29",
        "LBL/2027/000123/29",
        "ÉBL-2027-000123-29",
        "2027-000123-29",
        "<script>alert(1)</script>",
        "LBL-2027-000123-29\x00",
        " " * 100_000 + "LBL-2027-000123-29",
        "LBL-2027-000000-" + by_hand("LBL", 2027, 0),
        "LBL-1999-000001-" + by_hand("LBL", 1999, 1),
        "LBL-3000-000001-" + by_hand("LBL", 3000, 1),
    ],
)
def test_what_does_not_look_like_a_number_is_malformed(typed):
    with pytest.raises(InvalidNumber) as refusal:
        parse_number(typed)
    assert refusal.value.reason == "malformed"


@pytest.mark.parametrize(
    "typed", ["LBL-2027-000123-30", "LBL-2027-000132-29", "LBL-2027-000124-29", "DOS-2027-000123-29"]
)
def test_a_number_with_wrong_check_digits_is_mistyped(typed):
    with pytest.raises(InvalidNumber) as refusal:
        parse_number(typed)
    assert refusal.value.reason == "mistyped"


@given(YEARS, SEQUENCES, st.data())
def test_one_wrong_digit_or_two_swapped_are_always_seen(year, sequence, data):
    number = format_number("LBL", year, sequence).replace("-", "")
    place = data.draw(st.integers(4, len(number) - 1), label="place")
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]), label="digit")
    changed = {number[:place] + digit + number[place + 1 :]}
    swapped = number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]
    if place > 4 and swapped != number:
        changed.add(swapped)
    for wrong in changed:
        with pytest.raises(InvalidNumber) as refusal:
            parse_number(wrong)
        assert refusal.value.reason == "mistyped" or wrong[7:13] == "000000"


def test_a_second_way_of_writing_the_same_remainder_is_refused():
    """98 is 1 modulo 97: a lenient check would take 01 as well, and one label would have two numbers."""
    sequence = next(n for n in range(1, 200) if by_hand("LBL", 2027, n) == "98")
    assert parse_number(f"LBL-2027-{sequence:06d}-98").sequence == sequence
    with pytest.raises(InvalidNumber):
        parse_number(f"LBL-2027-{sequence:06d}-01")


@given(st.text(max_size=80))
def test_any_text_is_either_a_number_or_refused_with_a_reason(text):
    try:
        number = parse_number(text)
    except InvalidNumber as refusal:
        assert refusal.reason in {"malformed", "mistyped"}
    else:
        assert parse_number(number.canonical) == number


@pytest.mark.parametrize(
    ("prefix", "year", "sequence"),
    [
        ("lbl", 2027, 1),
        ("LB", 2027, 1),
        ("LBLL", 2027, 1),
        ("ÉBL", 2027, 1),
        ("L1L", 2027, 1),
        ("LBL", 1999, 1),
        ("LBL", 3000, 1),
        ("LBL", 2027, 0),
        ("LBL", 2027, -1),
        ("LBL", 2027, 1_000_000),
    ],
)
def test_a_number_that_could_not_be_read_back_is_never_written(prefix, year, sequence):
    with pytest.raises(ValueError, match=r"prefix|year|sequence"):
        format_number(prefix, year, sequence)
