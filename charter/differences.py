"""What changed between two versions of the charter, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from charter.models import Charter

Kind = Literal["same", "ins", "del"]
WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Piece:
    """Some words that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """One article that differs; the number 0 is the preamble."""

    number: int
    pieces: list[Piece]


def changes(former: Charter, present: Charter, language: str) -> list[Change]:
    """The preamble and the articles that differ, in order; an article that came or went is one piece."""
    before = [former.preamble(language), *former.articles(language)]
    after = [present.preamble(language), *present.articles(language)]
    longest = max(len(before), len(after))
    before += [""] * (longest - len(before))
    after += [""] * (longest - len(after))
    pairs = enumerate(zip(before, after, strict=True))
    return [Change(number, pieces(old, new)) for number, (old, new) in pairs if old != new]


def pieces(old: str, new: str) -> list[Piece]:
    """The words of two texts as what stayed, went and came; joining what is not `del` gives the new text."""
    first, second = WORD.findall(old), WORD.findall(new)
    found: list[Piece] = []
    for tag, low, high, begin, end in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(second[begin:end])))
            continue
        if high > low:
            found.append(Piece("del", "".join(first[low:high])))
        if end > begin:
            found.append(Piece("ins", "".join(second[begin:end])))
    return found
