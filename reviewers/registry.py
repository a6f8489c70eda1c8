"""What an item of an agenda may be about: each room that brings one to the committee says how, in its `subjects.py`.

No entry means closed: an item of an unknown kind cannot be listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from journal.moves import Actor, Record
from journal.refusals import Missing

if TYPE_CHECKING:
    from django.db import models
    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from reviewers.models import AgendaItem


@dataclass(frozen=True)
class Document:
    """A document of an item: its name, and where those who may see it read it."""

    name: str
    url: str


@dataclass(frozen=True)
class Point:
    """A point that the session must discuss before the vote: `reviewers.scoring.FlagCode`, criterion, college."""

    code: str
    criterion: str = ""
    college: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the committee has voted on an item, with what it wrote."""

    choice: str
    reasons: str
    counts: dict[str, int] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    minority: str = ""
    solutions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What the committee asks when it sends an item back: precise questions, whether it will hear the association."""

    questions: tuple[str, ...] = ()
    hearing: bool = False


@dataclass(frozen=True)
class Written:
    """What the committee adopted on an item, as its page and the minutes show it."""

    kind: str  # in words
    adopted_on: date
    reasons: str
    conditions: Sequence[str] = ()
    minority: str = ""


class AgendaSubject(Protocol):
    """One kind of item. The thread of the session is held by whoever calls; `hold` takes the one of the subject."""

    model: str  # the kind of record, such as `label.application`
    # What members may vote: from the most favourable choice to the least, the one between that both sides accept in
    # the middle, and « abstention » last.
    choices: type[models.TextChoices]
    # Whether it answers a request: its evaluation is then discussed and its association may be asked questions.
    on_a_request: bool

    def application_of(self, pk: int) -> int:
        """The key of the dossier concerned, by which people are barred. Raises `DoesNotExist`."""

    def hold(self, item: AgendaItem) -> Record:
        """The record of the item with its thread locked, after the one of the session."""

    def record(self, item: AgendaItem) -> Any:
        """The record of the item, read for a page."""

    def title(self, item: AgendaItem) -> str:
        """What the item is called, for those who may see it."""

    def page(self, item: AgendaItem, *, for_office: bool) -> str:
        """Where its dossier is read."""

    def documents(self, item: AgendaItem, *, for_office: bool) -> Sequence[Document]:
        """Its documents."""

    def missing_to_list(self, record: Any) -> Sequence[Missing]:
        """Why this record may not be on an agenda, be called or be voted now; nothing when it may."""

    def missing_to_read(self, items: Sequence[AgendaItem]) -> Sequence[Missing]:
        """Which of these items have not the documents that members read before the sitting, by their place."""

    def points(self, record: Any) -> Sequence[Point]:
        """What must be discussed before the vote."""

    def before_vote(self, record: Any, *, at: datetime) -> None:
        """What becomes final when the vote opens."""

    def missing_to_adopt(self, record: Any, outcome: Outcome) -> Sequence[Missing]:
        """What is missing in what the committee wrote."""

    def adopt(self, record: Any, item: AgendaItem, outcome: Outcome, *, at: datetime, by: Actor) -> Any:
        """Write what was voted; returns the row written."""

    def send_back(self, record: Any, item: AgendaItem, asked: Asked, *, at: datetime, by: Actor) -> None:
        """Make the subject follow `item.sent_to`; raises `Blocked` when it cannot."""

    def to_list(self, user: User, *, on: date) -> Sequence[tuple[int, str]]:
        """The keys and names of what this person may put on an agenda and stands on none, the oldest first."""

    def written(self, item: AgendaItem) -> Written | None:
        """What was adopted on that item; None while nothing is."""

    def reads(self, item: AgendaItem, user: User, *, on: date) -> bool:
        """Whether that member, who said that there is no link, may read its documents that day."""

    def told(self, pks: Iterable[int], *, on: date) -> set[int]:
        """The keys of the subjects, among these, whose outcome everybody may know that day (docs/adr/0009)."""


_kinds: dict[str, AgendaSubject] = {}


def agenda_subject(kind: str, subject: AgendaSubject) -> None:
    """Register what items of that kind are about; called once per kind from a `subjects.py`."""
    if kind in _kinds:
        raise RuntimeError(f"agenda items of kind {kind} are registered twice")
    _kinds[kind] = subject


def kinds() -> list[str]:
    """The kinds of items that a room has registered."""
    return list(_kinds)


def scale_of(kind: str) -> tuple[str, ...]:
    """The choices that say something in a vote on items of that kind, the most favourable first."""
    return tuple(subject_of(kind).choices.values[:-1])


def choice_in_words(kind: str, choice: str) -> StrOrPromise:
    """The words of a choice; ValueError for one that nobody may vote on items of that kind."""
    return subject_of(kind).choices(choice).label


def subject_of(kind: str) -> AgendaSubject:
    """What items of that kind are about; LookupError when nobody registered it."""
    if kind not in _kinds:
        raise LookupError(f"agenda item: unknown kind {kind}")
    return _kinds[kind]


def why_lost(item: AgendaItem) -> list[Missing]:
    """Why what the item is about can no longer be voted; nothing while it can."""
    subject = subject_of(item.kind)
    return list(subject.missing_to_list(subject.record(item)))
