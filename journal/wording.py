"""Whether a text says something to who reads it: signs that nobody sees are no reason. Pure."""

from __future__ import annotations

import unicodedata

SEEN = "LNPS"  # letters, numbers, punctuation, symbols: the categories of Unicode that draw something
DRAWN_EMPTY = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # of those, the fillers, which draw nothing


def is_blank(text: str) -> bool:
    """Whether nothing can be read in this text: empty, or spaces, zero-width and other invisible signs only."""
    return not any(_is_seen(sign) for sign in text)


def length_read(text: str) -> int:
    """How many characters are read in this text: each that is seen, and one for each space between words."""
    words = ("".join(filter(_is_seen, word)) for word in text.split())
    return len(" ".join(word for word in words if word))


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] in SEEN and sign not in DRAWN_EMPTY
