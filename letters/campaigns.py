"""What upper rooms declare in `mailings.py`: to whom a mail to many goes, why, and in which words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.utils.functional import Promise

from accounts.models import User
from letters.models import MailingRecipient

Criteria = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """Whom a mailing would reach: the subject, its thread, what it is in words, and the person when there is one."""

    subject: str
    thread_id: int
    about: str
    person: User | None


@dataclass(frozen=True)
class Words:
    """What one mail says, and the page to which it leads."""

    title: str
    text: str
    path: str


class Campaign(ABC):
    """One kind of mailing. `title` says which mail it is, `why` for what reason these people receive it."""

    code: ClassVar[str]
    title: ClassVar[str | Promise]
    why: ClassVar[str | Promise]

    @abstractmethod
    def criteria(self, on: date) -> Criteria | None:
        """What chooses the recipients that day, as plain data; None when there is nothing to announce."""

    @abstractmethod
    def concerned(self, criteria: Criteria, on: date) -> Iterator[Target]:
        """Everybody whom it concerns that day, in a constant number of queries."""

    @abstractmethod
    def still_concerns(self, criteria: Criteria, recipient: MailingRecipient, on: date) -> bool:
        """Whether it concerns that recipient at the moment of sending; the thread is held."""

    @abstractmethod
    def words(self, criteria: Criteria, recipient: MailingRecipient, on: date) -> Words:
        """What that recipient reads, in the language in force."""

    def told(self, criteria: Criteria, recipient: MailingRecipient, at: datetime) -> None:  # noqa: B027 - may be left
        """What follows once that recipient is told; nothing by default. In the transaction that queues the mail."""


campaigns: dict[str, Campaign] = {}


def campaign(kind: type[Campaign]) -> type[Campaign]:
    """Register a kind of mailing by its code."""
    if kind.code in campaigns:
        raise RuntimeError(f"mailing {kind.code} is declared twice")
    campaigns[kind.code] = kind()
    return kind
