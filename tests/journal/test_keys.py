"""The key of a row as a page sends it back."""

from __future__ import annotations

import pytest

from journal.keys import LARGEST_KEY, row_key


@pytest.mark.parametrize("text", ["1", "42", "007", str(LARGEST_KEY)])
def test_a_key_is_read(text: str) -> None:
    assert row_key(text) == int(text)


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "+1", " 1", "1.0", "1_0", "²", "٣", str(LARGEST_KEY + 1), "9" * 5000]
)
def test_anything_else_is_none(text: str) -> None:
    assert row_key(text) is None
