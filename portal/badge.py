"""The live badge (screens P28): the label as it is today, in 240 × 80, as text that machines and people read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certificates.status import Status
from letters.spoken import told_date
from portal.verification import PublicLabel
from portal.words import PANELS

LEFT, ROOM = 46, 186  # where the words begin, and how wide they may be; the frame is 240 wide
NAME, WORD, WORD_IN_TWO, SMALL = 11.0, 15.0, 13.0, 11.0  # sizes of the lines, in pixels
LEAST = 8.5  # smaller, nobody reads
NOT_OF_XML = "\ufffe\uffff"
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # signs that say which way words run
MOST_MARKS = 2  # accents on one sign that are drawn; a hundred of them would leave the frame


@dataclass(frozen=True, slots=True)
class Line:
    """Words with the size at which they fit, and the height at which they stand."""

    text: str
    size: str  # a number as SVG writes it, whatever the language
    y: int


def drawn(public: PublicLabel, today: date, *, language: str) -> str:
    """The badge of that label that day, in the language of the moment: grey and struck when it may not be used.

    An annulled label names nobody and tells no date.
    """
    status = public.status(today)
    heading = public.heading
    name = heading.title_en if language == "en" else heading.title_fr
    when = _when(public, status)
    holder = "" if status.code == "annulled" else heading.structure
    return _drawing(
        status.code,
        may_be_used=status.may_be_used,
        name=name,
        number=heading.number,
        when=when,
        said=(name, str(PANELS[status.code].word), holder, heading.number, when),
    )


def refused(reason: str, *, number: str = "") -> str:
    """The badge of a number under which there is no label to tell: struck, with the reason as its word."""
    name = _("Label associatif")
    said = (name, str(PANELS[reason].word), number)
    return _drawing(reason, may_be_used=False, name=name, number=number, when="", said=said)


def _when(public: PublicLabel, status: Status) -> str:
    if status.code == "annulled":
        return ""
    if status.may_be_used:
        return _("jusqu'au {date}").format(date=told_date(public.last_day))
    if status.code == "not_yet_issued":
        return _("à partir du {date}").format(date=told_date(public.heading.starts_on))
    return _("depuis le {date}").format(date=told_date(status.since)) if status.since else ""


def _drawing(code: str, *, may_be_used: bool, name: str, number: str, when: str, said: Iterable[str]) -> str:
    panel = PANELS[code]
    words = _in_two(str(panel.word))
    heights, size = ((17, 38, 56, 71), WORD) if len(words) == 1 else ((15, 30, 44, 59, 73), WORD_IN_TWO)
    texts = [(name, NAME), *((one, size) for one in words), (number, SMALL), (when, SMALL)]
    lines = [_fitted(text, size, y) for (text, size), y in zip(texts, heights, strict=True) if text]
    return render_to_string(
        "portal/badge.svg",
        {
            "language": (get_language() or "fr")[:2],
            "title": " – ".join(filter(None, map(_readable, said))),
            "name": lines[0],
            "word": lines[1 : 1 + len(words)],
            "facts": lines[1 + len(words) :],
            "icon_name": panel.icon,
            "may_be_used": may_be_used,
            "left": LEFT,
        },
    )


def _in_two(word: str) -> list[str]:
    """The big word on one line, or on two cut at the space nearest to its middle when it would be small."""
    if _ems(word) * WORD <= ROOM:
        return [word]
    spaces = [place for place, sign in enumerate(word) if sign == " "]
    if not spaces:
        return [word]
    middle = min(spaces, key=lambda place: abs(place - len(word) / 2))
    return [word[:middle], word[middle + 1 :]]


def _fitted(text: str, size: float, y: int) -> Line:
    """Smaller when it is long; what fits at no size that one reads ends with « … », and the title says it whole."""
    text = _readable(text)
    if _ems(text) * LEAST > ROOM:
        while _ems(text) * LEAST > ROOM - LEAST:
            text = text[:-1]
        text = f"{text.rstrip()}…"
    fits = max(ROOM / (_ems(text) or 1), LEAST)
    return Line(text, f"{min(size, fits):.1f}", y)


def _ems(text: str) -> float:
    """How wide the words may be, in heights of a letter, in the widest of the usual bold fonts."""
    return sum(map(_em, text))


def _em(sign: str) -> float:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF" or sign >= "\U0001f000":
        return 1.3
    return 0.85 if sign.isupper() or sign in "mw–—…@%" else 0.65


def _readable(text: str) -> str:
    """The words without what no XML may hold, what turns the words after them, and heaps of accents on one sign."""
    kept: list[str] = []
    marks = 0
    for sign in text:
        category = unicodedata.category(sign)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in {"Cc", "Cs"} or sign in NOT_OF_XML:
            kept.append(" ")
        elif marks <= MOST_MARKS and sign not in TURNING:
            kept.append(sign)
    return "".join(kept)
