"""What is missing before a letter leaves: each compulsory part must be known, and must be said by the written text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from journal.refusals import Missing
from letters import parts
from letters.models import Letter
from letters.pdf import LetterContent, spoken
from letters.rendering import from_data
from letters.typography import french_date, french_datetime

EFFECTS = {
    "refusal": "refusée",
    "acceptance": "acceptée",
}  # the word by which a letter says what silence means


def compulsory_parts(
    code: str, asked: tuple[str, ...], facts: Mapping[str, Any], content: LetterContent
) -> list[tuple[str, bool]]:
    """Each compulsory part of that letter, and whether the text as written holds it (domain 3.3).

    A fact must be given and be read in the text; a passage must have all its words there. So a new version of a
    template that loses one is seen before anything leaves.
    """
    text = _joined(spoken(content))
    given = (name for name in parts.WHEN_GIVEN.get(code, ()) if is_present(facts.get(name)))
    found = [
        (name, is_present(facts.get(name)) and all(_joined(words) in text for words in _words(name, facts)))
        for name in (*parts.compulsory(code, asked), *given)
    ]
    passages = parts.passages(code, facts)
    return found + [
        (name, all(_joined(words) in text for words in parts.PASSAGES[name])) for name in passages
    ]


def tells(letter: Letter, name: str) -> bool:
    """Whether a letter, as it was frozen, holds a passage that the law asks for."""
    text = _joined(spoken(from_data(letter.content)))
    return all(_joined(words) in text for words in parts.PASSAGES[name])


def written_to_nobody(addressee: User | None) -> list[Missing]:
    """Nothing leaves to somebody on the suppression list: another addressee is chosen first (domain 5.3)."""
    if addressee is None or not addressee.never_contact:
        return []
    text = _("On n'écrit plus à cette personne. Choisissez un autre destinataire.")
    return [Missing(text, code="addressee")]


def is_present(value: Any) -> bool:
    """Whether a fact says something; a list does when each of its items does."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Mapping):
        return True
    if isinstance(value, list | tuple):
        return bool(value) and all(is_present(one) for one in value)
    return value is not None


def _words(name: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """The words by which a fact is read in a text."""
    value = facts[name]
    if name in parts.IN_DAYS:
        return iter([f"{value} jours"])
    return _said(EFFECTS.get(value, value) if name == "silence_effect" else value)


def _said(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _said(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _said(one)
    elif isinstance(value, datetime):
        yield french_datetime(value)
    elif isinstance(value, date):
        yield french_date(value)
    elif isinstance(value, str):
        yield value


def _joined(text: str) -> str:
    """The text without its spaces, in small letters: how lines are cut and which space is used says nothing."""
    return "".join(text.split()).casefold()
