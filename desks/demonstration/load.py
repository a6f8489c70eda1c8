"""Loading the whole demonstration: safe to run again, refused in production."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.utils import translation

from desks.demonstration.norms import load_norms, load_register
from desks.demonstration.people import (
    APPOINTED,
    APPROACHED,
    MEMBERS,
    STAFF,
    Person,
    load_committee,
    load_staff,
)
from desks.demonstration.story import live
from desks.demonstration.story.sitting import convene_the_next
from desks.demonstration.story.texts import change_the_texts
from desks.demonstration.structures import STRUCTURES
from desks.demonstration.training import practise
from letters.digests import gather
from letters.outbox import flush


class NotHere(Exception):
    """The demonstration may not be loaded in this installation."""


def load(now: datetime, told: Callable[[str], None]) -> None:
    """Load people, norms, register, committee and structures; `told` receives a line per step.

    Raises `NotHere` in production.
    """
    if settings.PRODUCTION:
        raise NotHere("the demonstration is never loaded in production")
    with translation.override("fr"):
        load_staff(now)
        load_norms(now)
        load_register()
        told("people of the Institute, charter, framework and register")
        load_committee(now)
        practise(now)
        told("committee of eighteen members")
        for structure in STRUCTURES:
            story = live(structure, now)
            told(f"{structure.name}: {story.state or 'no dossier'}")
        convene_the_next(now)
        told("a session held, another one convened")
        change_the_texts(now)
        told("a draft edition to try, a new charter being signed")
        gather(now)
        while flush(now):
            pass  # mails of weeks ago that still wait would say that the service is not ready


def accounts() -> Iterator[tuple[Person, str]]:
    """One account per role worth looking at: the person, and what they are."""
    for person in STAFF:
        yield person, "Institut"
    for people in MEMBERS.values():
        yield from ((person, "comité") for person in people if person.look_at)
    yield from ((person, "comité") for person in (APPROACHED, APPOINTED))
    for structure in STRUCTURES:
        for member in (structure.president, structure.editor):
            if member is not None and member.look_at:
                yield member, structure.name
