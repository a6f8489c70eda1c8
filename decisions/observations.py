"""What a structure said before an act, and the answer of the act to each thing: one text, cut at its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from journal.wording import is_blank
from label.models import Application


@dataclass(frozen=True)
class Said:
    """One thing that the structure said: the key of its answer on a page, its name in French, its very words."""

    key: str
    name: str
    text: str


Hears = Callable[[Application], Sequence[Said]]
_rooms: list[Hears] = []


def also_hears(hears: Hears) -> Hears:
    """Register a function dossier -> what its structure said before a refusal of it, for the room that heard it."""
    _rooms.append(hears)
    return hears


def said_before_refusal(application: Application) -> list[Said]:
    """What the structure of that dossier said before it is refused, in the order in which it was kept."""
    return [one for hears in _rooms for one in hears(application)]


def joined(answers: Mapping[str, str]) -> str:
    """The answers as one text, each under the name of what it answers."""
    return "\n\n".join(f"{name}\n{text.strip()}" for name, text in answers.items())


def answered(said: Iterable[Said], text: str) -> list[tuple[Said, str]]:
    """Each thing said with its answer in that text, empty where there is none; what stands before is left out."""
    known = list(said)
    names = {one.name for one in known}
    found: dict[str, list[str]] = {}
    under: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip() in names:
            under = found.setdefault(line.strip(), [])
        else:
            under.append(line)
    return [(one, "\n".join(found.get(one.name, [])).strip()) for one in known]


def unanswered(said: Iterable[Said], text: str) -> list[Said]:
    """What that text does not answer: also what came after it was written."""
    return [one for one, answer in answered(said, text) if is_blank(answer)]
