"""The answers of an act to what the association said, one by one: one text, cut at the name of each observation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import translation

from certificates.models import Hearing, Observation, Withdrawal
from letters.typography import french_date

Answered = list[tuple[str, str]]  # the name of what was said, and its answer


def names_of(withdrawal: Withdrawal) -> dict[str, str]:
    """What the association said in a procedure, in order: its name in French, and the words themselves."""
    said: dict[str, str] = {}
    hearings = withdrawal.hearings.filter(dropped_at=None).prefetch_related("observations")
    for hearing in hearings:
        for observation in hearing.observations.all():
            said[_name(observation, len(said) + 1)] = observation.text
        if hearing.oral_held_on:
            said[_oral(hearing)] = hearing.oral_minutes
    return said


def _name(observation: Observation, number: int) -> str:
    with translation.override("fr"):
        means = str(observation.get_means_display()).lower()
    return f"Observation {number}, reçue le {french_date(observation.received_on)} ({means})"


def _oral(hearing: Hearing) -> str:
    day = french_date(hearing.oral_held_on) if hearing.oral_held_on else ""
    return f"Entretien du {day}"


def joined(answers: Mapping[str, str]) -> str:
    """The answers as one text, each under the name of what it answers."""
    return "\n\n".join(f"{name}\n{text.strip()}" for name, text in answers.items())


def answers_in(withdrawal: Withdrawal, text: str) -> Answered:
    """Each thing said with its answer in that text; an empty one where there is none."""
    return cut(list(names_of(withdrawal)), text)


def cut(names: Sequence[str], text: str) -> Answered:
    """The text cut at those names, whatever stands before the first one left out."""
    found: dict[str, list[str]] = {}
    under: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip() in names:
            under = found.setdefault(line.strip(), [])
        else:
            under.append(line)
    return [(name, "\n".join(found.get(name, [])).strip()) for name in names]
