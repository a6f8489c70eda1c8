"""The numbers people read aloud: `LBL-2027-000123-29`, `DOS-2027-000042-20`.

They are given here, on the lowest floor, because threads carry references; `certificates.numbering` is the
interface for label numbers.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from stdnum.iso7064 import mod_97_10

FIRST_YEAR, LAST_YEAR = 2000, 2999
LAST_SEQUENCE = 999_999
MAXIMUM_LENGTH = 64

PREFIX = re.compile(r"[A-Z]{3}")
NUMBER = re.compile(r"([A-Z]{3})([0-9]{4})([0-9]{6})([0-9]{2})")
SEPARATORS = re.compile(r"[\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufe58\ufe63\ufeff.-]")
LOOK_ALIKE = str.maketrans("OQILSBZ", "0011582")  # letters read as the figures that they look like

Reason = Literal["malformed", "lettered", "mistyped", "dossier"]


class InvalidNumber(ValueError):
    """A text that is no number of ours.

    `reason` is "malformed" (it has not the form of a number), "lettered" (it has it once letters are read as the
    figures that they look like) or "mistyped" (the form is right and the two check digits are not, so at least one
    character was copied wrongly); whoever reads one kind of numbers only says "dossier" of the number of a dossier.
    """

    def __init__(self, reason: Reason):
        self.reason: Reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Number:
    """A number read back: `canonical` is the only way in which it is written and stored."""

    prefix: str
    year: int
    sequence: int

    @property
    def canonical(self) -> str:
        return format_number(self.prefix, self.year, self.sequence)

    def __str__(self) -> str:
        return self.canonical


def format_number(prefix: str, year: int, sequence: int) -> str:
    """Write a number: prefix of three capitals, year, six digits, two check digits.

    The check digits are ISO 7064 mod 97-10 over the characters without dashes (`LBL2027000123`), each letter
    standing for two digits (A = 10 ... Z = 35) as in an IBAN or a LEI. Raises ValueError when the prefix is
    not three capitals, the year not within 2000 to 2999 or the sequence not within 1 to 999999.
    """
    if not PREFIX.fullmatch(prefix):
        raise ValueError("a prefix is three capital letters")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"a year is within {FIRST_YEAR} and {LAST_YEAR}")
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise ValueError(f"a sequence is within 1 and {LAST_SEQUENCE}")
    check_digits = mod_97_10.calc_check_digits(f"{prefix}{year}{sequence:06d}")
    return f"{prefix}-{year}-{sequence:06d}-{check_digits}"


def parse_number(text: str) -> Number:
    """Read a number as people type it: with or without dashes of any kind, with spaces or dots, in lower case.

    Raises InvalidNumber, whose `reason` tells a text that is not a number from a number typed wrongly.
    """
    if len(text) > MAXIMUM_LENGTH:
        raise InvalidNumber("malformed")
    plain = SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    match = NUMBER.fullmatch(plain)
    if match is None:
        read = plain[:3] + plain[3:].translate(LOOK_ALIKE)
        raise InvalidNumber("lettered" if NUMBER.fullmatch(read) else "malformed")
    prefix, year, sequence, check_digits = match.groups()
    try:
        canonical = format_number(prefix, int(year), int(sequence))
    except ValueError as error:
        raise InvalidNumber("malformed") from error
    if not canonical.endswith(check_digits):
        raise InvalidNumber("mistyped")
    return Number(prefix, int(year), int(sequence))
