"""French typography as pure functions: dates, times, numbers and no-break spaces, for pages and letters."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
NARROW = "\u202f"
NO_BREAK = "\u00a0"

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

_UNITS = (
    r"(?:ans?|années?|mois|semaines?|jours?|heures?|minutes?|secondes?|h|min|Mo|ko|Go|octets?"
    r"|pages?|pièces?|réponses?|points?|personnes?|critères?|caractères?|euros?|km|mm|cm)"
)
_UNIT = re.compile(rf"(?:(?<=[0-9}}])|(?<=\)[sd])) (?={_UNITS}\b)")
_HOUR = re.compile(r"(?<=\bh) (?=\d)")
_DAY_OF_MONTH = re.compile(rf"(?:(?<=\d)|(?<=1er)) (?=(?:{'|'.join(MONTHS)})\b)")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_PHONE = re.compile(r"(?<!\d)0\d(?: \d\d){4}(?!\d)")
_BEFORE_TALL = re.compile(r"[ \u00a0](?=[;?!](?![\w=]))")
_BEFORE = re.compile(r" (?=[:»%€](?![\w/(]))")
_AFTER_OPENING = re.compile(r"(?<=«) ")


def french_date(day: date, *, weekday: bool = False) -> str:
    """`1er mars 2027`, or `lundi 1er mars 2027`; day and month never part at the end of a line.

    A datetime is first brought to the hour of Paris.
    """
    if isinstance(day, datetime):
        day = paris(day).date()
    number = "1er" if day.day == 1 else str(day.day)
    text = f"{number}{NO_BREAK}{MONTHS[day.month - 1]} {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {text}" if weekday else text


def french_time(at: datetime) -> str:
    """`14 h 32`, in the hour of Paris."""
    local = paris(at)
    return f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"


def french_datetime(at: datetime) -> str:
    """`9 août 2027 à 18 h 05`, in the hour of Paris."""
    return f"{french_date(at)} à {french_time(at)}"


def paris(at: datetime) -> datetime:
    """The same instant at the clock of Paris; a naive time is refused with ValueError."""
    if at.tzinfo is None:
        raise ValueError("a time without its zone cannot be shown")
    return at.astimezone(PARIS)


def french_number(value: int | float | Decimal, *, decimals: int | None = None) -> str:
    """`1 250`, `62,5`: narrow no-break space in thousands, decimal comma.

    Without `decimals`, the figures of the value itself are kept, without useless zeros.
    """
    number = Decimal(str(value))
    text = f"{number:,f}" if decimals is None else f"{number:,.{decimals}f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "\u2212").replace(",", NARROW).replace(".", ",")


def french_percent(value: int | float | Decimal, *, decimals: int | None = None) -> str:
    """`62,5 %` from 62.5."""
    return f"{french_number(value, decimals=decimals)}{NO_BREAK}%"


def french_amount(euros: int | float | Decimal) -> str:
    """`12,50 €`, `1 250 €`: cents only when there are some."""
    amount = Decimal(str(euros)).quantize(Decimal("0.01"))
    decimals = 0 if amount == amount.to_integral_value() else 2
    return f"{french_number(amount, decimals=decimals)}{NO_BREAK}€"


def french_size(size: int) -> str:
    """`0,4 Mo`, `12 ko`, `1 octet`: a file size in decimal units, at most one decimal."""
    if size < 1000:
        return f"{size}{NO_BREAK}{'octets' if size > 1 else 'octet'}"
    if size < 100_000:
        return f"{round(size / 1000)}{NO_BREAK}ko"
    return f"{french_number(Decimal(size) / 1_000_000, decimals=1).removesuffix(',0')}{NO_BREAK}Mo"


def french_phone(number: str) -> str:
    """`01 00 00 00 00` from `+33100000000` or `0100000000`; any other number is left as it is."""
    digits = re.sub(r"[\s.\-]", "", number)
    digits = re.sub(r"^(?:\+|00)33(?:\(0\))?", "0", digits)
    if not re.fullmatch(r"0\d{9}", digits):
        return number
    return NO_BREAK.join(digits[start : start + 2] for start in range(0, 10, 2))


COUNTED_IN_DAYS = 120  # what is farther away is told in months
DAYS_OF_A_MONTH = 30.44


def french_distance(days: int) -> str:
    """`dans 13 jours`, `demain`, `aujourd'hui`, `hier`, `depuis 3 jours`, `dans 32 mois`; negative days are past."""
    near = {0: "aujourd'hui", 1: "demain", -1: "depuis hier"}
    if days in near:
        return near[days]
    word = "dans" if days > 0 else "depuis"
    if abs(days) > COUNTED_IN_DAYS:
        return f"{word} {french_number(round(abs(days) / DAYS_OF_A_MONTH))}{NO_BREAK}mois"
    return f"{word} {abs(days)}{NO_BREAK}jours"


def no_break(text: str) -> str:
    """The French text with its no-break spaces, doing nothing the second time.

    U+202F before `; ? !` and in thousands; U+00A0 before `: » % €`, after `«`, between a number and its
    unit, in `14 h 32`, between day and month, and in phone numbers. Addresses and markup are left alone.
    """
    text = _PHONE.sub(lambda found: found.group().replace(" ", NO_BREAK), text)
    text = _BEFORE_TALL.sub(NARROW, text)
    text = _BEFORE.sub(NO_BREAK, text)
    text = _AFTER_OPENING.sub(NO_BREAK, text)
    text = _THOUSANDS.sub(NARROW, text)
    text = _UNIT.sub(NO_BREAK, text)
    text = _HOUR.sub(NO_BREAK, text)
    return _DAY_OF_MONTH.sub(NO_BREAK, text)


def sentence(text: str) -> str:
    """The text with a full stop, unless it already ends like a sentence."""
    kept = text.strip()
    return kept if not kept or kept[-1] in ".!?…" else f"{kept}."


_NUMERIC_DATE = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_WRITTEN_DATE = re.compile(r"(\d{1,2})(?:er)?\s+([^\W\d_]+)\s+(\d{4})")
_PLAIN = str.maketrans("éèêûùôàâ", "eeeuuoaa")
_MONTH_NUMBERS = {name.translate(_PLAIN): number for number, name in enumerate(MONTHS, start=1)}


def read_date(text: str) -> date:
    """The date a person wrote: `03/03/2027`, `3-3-2027`, `3 mars 2027`, `mercredi 3 mars 2027`.

    Raises ValueError when it is no date.
    """
    plain = " ".join(text.lower().translate(_PLAIN).split())
    plain = re.sub(rf"^(?:le )?(?:(?:{'|'.join(WEEKDAYS)}) )?", "", plain)
    if found := _ISO_DATE.fullmatch(plain):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMERIC_DATE.fullmatch(plain):
        return date(int(found[3]), int(found[2]), int(found[1]))
    if (found := _WRITTEN_DATE.fullmatch(plain)) and found[2] in _MONTH_NUMBERS:
        return date(int(found[3]), _MONTH_NUMBERS[found[2]], int(found[1]))
    raise ValueError("not a date")


def read_amount(text: str) -> Decimal:
    """The amount a person wrote: `1 250,50`, `1250.5 €`; raises ValueError when it is none."""
    plain = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
    if not re.fullmatch(r"\d{1,12}(?:\.\d{1,2})?", plain):
        raise ValueError("not an amount")
    return Decimal(plain)
