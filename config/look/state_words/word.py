"""One state in words: the precise one of the staff and the plain one of the reader outside."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Audience = Literal["staff", "public"]
Tone = Literal["success", "info", "todo", "warning", "error", "plain"]
Words = str | Promise


@dataclass(frozen=True, slots=True)
class StateWord:
    """One state in words; `public` is None when the state is never told outside the Institute."""

    staff: Words
    public: Words | None
    tone: Tone
    icon: str
    line: Words | None = None

    def for_audience(self, audience: Audience) -> Words | None:
        """The word that this audience reads, None when it may not know."""
        return self.staff if audience == "staff" else self.public
