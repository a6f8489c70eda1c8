"""The key of a row as a page sends it back: the text is hostile until it is a key."""

from __future__ import annotations

LARGEST_KEY = 2**63 - 1
LONGEST_KEY = len(str(LARGEST_KEY))


def row_key(text: str) -> int | None:
    """The key of a row (1 to `LARGEST_KEY`) that a form or an address gives; None for a text that is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY):
        return None
    key = int(text)
    return key if 0 < key <= LARGEST_KEY else None
