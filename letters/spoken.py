"""Dates, times, distances and numbers in the language of the page or of the mail: French, or English.

Letters, certificates and what is frozen stay in French and use `letters.typography` directly.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext

from letters import typography

__all__ = [
    "in_french",
    "told_date",
    "told_datetime",
    "told_distance",
    "told_excess",
    "told_number",
    "told_size",
    "told_time",
]

ENGLISH_UNITS = (("octet", "byte"), ("ko", "kB"), ("Mo", "MB"))
NEAR = {-1: "since yesterday", 0: "today", 1: "tomorrow"}


def in_french() -> bool:
    """Whether the active language is French, which is also the one without a request."""
    return not (get_language() or "fr").startswith("en")


def told_date(day: date, *, weekday: bool = False) -> str:
    """`1er mars 2027`, in English `1 March 2027`; with the day of the week in front on demand.

    A datetime is first brought to the hour of Paris.
    """
    if in_french():
        return typography.french_date(day, weekday=weekday)
    local = typography.paris(day).date() if isinstance(day, datetime) else day
    written = f"{local.day}{typography.NO_BREAK}{date_format(local, 'F Y')}"
    return f"{date_format(local, 'l')} {written}" if weekday else written


def told_time(at: datetime) -> str:
    """`14 h 32`, in English `14:32`; hour of Paris."""
    return typography.french_time(at) if in_french() else f"{typography.paris(at):%H:%M}"


def told_datetime(at: datetime) -> str:
    """`9 août 2027 à 18 h 05`, in English `9 August 2027 at 18:05`."""
    return typography.french_datetime(at) if in_french() else f"{told_date(at)} at {told_time(at)}"


def told_distance(days: int) -> str:
    """`dans 13 jours`, `aujourd'hui`, in English `in 13 days`, `today`; negative days are past."""
    if in_french():
        return typography.french_distance(days)
    if days in NEAR:
        return NEAR[days]
    word = "in" if days > 0 else "for"
    if abs(days) > typography.COUNTED_IN_DAYS:
        months = round(abs(days) / typography.DAYS_OF_A_MONTH)
        return f"{word} {months}{typography.NO_BREAK}months"
    return f"{word} {abs(days)}{typography.NO_BREAK}days"


def told_number(value: int | float | Decimal, *, decimals: int | None = None) -> str:
    """`1 250`, in English `1,250`."""
    if in_french():
        return typography.french_number(value, decimals=decimals)
    return number_format(Decimal(str(value)), decimal_pos=decimals, use_l10n=True, force_grouping=True)


def told_size(size: int) -> str:
    """`0,4 Mo`, in English `0.4 MB`."""
    written = typography.french_size(size)
    if in_french():
        return written
    for french, english in ENGLISH_UNITS:
        written = written.replace(french, english)
    return written.replace(",", ".")


def told_excess(length: int, limit: int) -> str:
    """E20: by how much a text is too long, and how long it may be."""
    over = length - limit
    words = ngettext(
        "Votre texte a {over} caractère de trop ({limit} au plus). Il est gardé ici : raccourcissez-le.",
        "Votre texte a {over} caractères de trop ({limit} au plus). Il est gardé ici : raccourcissez-le.",
        over,
    )
    return words.format(over=told_number(over), limit=told_number(limit))
