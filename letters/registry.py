"""What upper apps declare in `correspondence.py`: letters and their facts, who corresponds, who may see a file.

No entry means closed: no letter, no exchange, no file beyond those who may see the subject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps
from django.db import models

from accounts.rules import Claim
from journal.checks import registry_check
from journal.moves import Actor
from letters.models import Letter, Mail

if TYPE_CHECKING:
    from accounts.models import User

Facts = Callable[..., Mapping[str, Any]]
Predicate = Callable[[Claim, Any], bool]
People = Callable[[Any, date], Iterable["User"]]
FileAudience = Callable[["User", date, models.Model], bool]
LateAddress = Callable[["Mail"], str]


class Receipt(Protocol):
    """What is done when a letter is received: called once, in the transaction that records the receipt."""

    def __call__(
        self, letter: Letter, received_on: date, presumed: bool, at: datetime, by: Actor
    ) -> None: ...


@dataclass(frozen=True)
class Correspondence:
    """A letter code, the facts that fill its template, and the parts without which it may not leave.

    `about` is the kind of record that it is about, such as `label.application`; empty for any.
    """

    code: str
    facts: Facts
    compulsory: tuple[str, ...]
    about: str


@dataclass(frozen=True)
class Correspondents:
    """Who exchanges with the office about one kind of subject, and who is told by mail of a new message.

    `reads`, `writes` and `represents` are predicates (claim, record) about the side of the association;
    `association` and `office` give the people to tell (record, day).
    """

    reads: Predicate
    writes: Predicate
    represents: Predicate
    association: People
    office: People


declared: dict[str, Correspondence] = {}
receipts: dict[str, Receipt] = {}
correspondents: dict[str, Correspondents] = {}
_also_told: dict[str, list[People]] = {}
file_audiences: dict[str, FileAudience] = {}
late_addresses: dict[str, LateAddress] = {}


def letter(code: str, *, compulsory: tuple[str, ...], about: str = "") -> Callable[[Facts], Facts]:
    """Register the function (record, **extra) -> facts of a letter; `compulsory` names facts that may not be empty.

    `about` names the kind of record that the function takes: on another one the letter is unknown.

    The names of facts that templates know, and those compulsory by law, are in `letters.parts`.
    """

    def keep(facts: Facts) -> Facts:
        if code in declared:
            raise RuntimeError(f"letter {code} is declared twice")
        declared[code] = Correspondence(code, facts, compulsory, about)
        return facts

    return keep


def on_receipt(code: str) -> Callable[[Receipt], Receipt]:
    """Register what follows from the receipt of a letter: function (letter, received_on, presumed, at, by).

    The thread of the letter is held.
    """

    def keep(receipt: Receipt) -> Receipt:
        if code in receipts:
            raise RuntimeError(f"the receipt of letter {code} is declared twice")
        receipts[code] = receipt
        return receipt

    return keep


def exchanges(
    subject: str,
    *,
    reads: Predicate,
    writes: Predicate,
    represents: Predicate,
    association: People,
    office: People,
) -> None:
    """Register who exchanges messages and receives letters about a kind of subject such as `label.application`."""
    if subject in correspondents:
        raise RuntimeError(f"the exchanges of {subject} are declared twice")
    correspondents[subject] = Correspondents(reads, writes, represents, association, office)


def also_tells_office(subject: str) -> Callable[[People], People]:
    """Register people of the office who are told, beside the usual ones, of what the association writes.

    Function (record, day) of an upper room, for those who wait for an answer there.
    """

    def keep(people: People) -> People:
        _also_told.setdefault(subject, []).append(people)
        return people

    return keep


def office_of(record: models.Model, subject: str, on: date) -> list[User]:
    """Who is told in the office of what the association writes on that record, each person once."""
    known = [correspondents[subject].office, *_also_told.get(subject, ())]
    return list({person.pk: person for people in known for person in people(record, on)}.values())


def file_audience(purpose: str) -> Callable[[FileAudience], FileAudience]:
    """Restrict files of one purpose: function (user, day, record) -> bool, asked beside the visibility of the subject.

    For a subject without `visible_to` of its own this function decides alone.
    """

    def keep(audience: FileAudience) -> FileAudience:
        if purpose in file_audiences:
            raise RuntimeError(f"the audience of {purpose} files is declared twice")
        file_audiences[purpose] = audience
        return audience

    return keep


def late_address(kind: str) -> Callable[[LateAddress], LateAddress]:
    """Register where mails of a kind go: function (mail) -> address, asked when it leaves and never kept in the mail.

    For people without account whose address lies apart, in a row that can be erased; empty = the mail is dropped.
    """

    def keep(address: LateAddress) -> LateAddress:
        if kind in late_addresses:
            raise RuntimeError(f"the address of {kind} mails is declared twice")
        late_addresses[kind] = address
        return address

    return keep


def model_of(subject: str) -> type[models.Model]:
    """The model named by a subject key such as `label.application:12`; LookupError when unknown."""
    return apps.get_model(subject.split(":", 1)[0])


@registry_check
def receipts_belong_to_letters() -> Iterable[str]:
    """One fault per letter code that is received without ever being written."""
    for code in sorted(receipts.keys() - declared.keys()):
        yield f"letter {code}: something follows from its receipt, but nobody knows its facts"
