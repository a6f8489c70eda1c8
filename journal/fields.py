"""The form field of a text that somebody must be able to read."""

from __future__ import annotations

from typing import Any

from django import forms

from journal.wording import is_blank


class WordsField(forms.CharField):
    """A reason, an answer, a lesson: what holds only signs that nobody sees is empty."""

    def to_python(self, value: Any) -> str:
        """The text written; nothing when there is nothing to read in it."""
        text = str(super().to_python(value))
        return "" if is_blank(text) else text
