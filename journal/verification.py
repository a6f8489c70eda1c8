"""Reading the hash chains again, as an auditor does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from journal.models import GENESIS, Event, Reason, Thread, reason_digest

Head = tuple[str, int]  # digest of the last event, number of events


@dataclass(frozen=True)
class Witness:
    """What an upper room also keeps so that nobody rewrites it unseen, read again with the journal.

    `checkpoint` tells where it stands, as a text; `breaks` (an older such text, or none) gives one sentence per break;
    `recognises` says whether a file that is no checkpoint of the journal is one of its own.
    """

    name: str
    checkpoint: Callable[[], str]
    breaks: Callable[[str], Iterator[str]]
    recognises: Callable[[str], bool]


_witnesses: dict[str, Witness] = {}


def witness(one: Witness) -> None:
    """Register what is read again with the journal."""
    if one.name in _witnesses:
        raise RuntimeError(f"{one.name} is registered twice")
    _witnesses[one.name] = one


@dataclass(frozen=True)
class Checkpoint:
    """Where each chain stood at a moment. Kept elsewhere, it shows later that no end of a chain was cut off.

    `others` holds where each witness stood.
    """

    heads: dict[int, Head]
    others: dict[str, str] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many events there were in all."""
        return sum(length for _digest, length in self.heads.values())

    @property
    def digest(self) -> str:
        """The SHA-256 of all that it says, in hexadecimal: short enough for a letter or a register on paper."""
        heads = sorted(self.heads.items())
        told = [heads, self.others] if self.others else heads
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def to_text(self) -> str:
        """As it is kept in a file."""
        told = {"events": self.events, "digest": self.digest, "heads": self.heads, "others": self.others}
        return json.dumps(told, indent=1) + "\n"

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """Read one again, or that of a witness; ValueError when it is neither, or when its digest is not its own."""
        own = {name: text for name, one in _witnesses.items() if one.recognises(text)}
        if own:
            return cls({}, own)
        try:
            kept = json.loads(text)
            heads = {
                int(thread): (str(digest), int(length)) for thread, (digest, length) in kept["heads"].items()
            }
            others = {str(name): str(told) for name, told in kept.get("others", {}).items()}
            told = kept["digest"]
        except (KeyError, TypeError, AttributeError, ValueError):
            raise ValueError("this file is not a checkpoint of the journal") from None
        found = cls(heads, others)
        if found.digest != told:
            raise ValueError("this checkpoint was changed: its digest is not that of its heads")
        return found


def checkpoint() -> Checkpoint:
    """Where each chain stands now."""
    rows = Thread.objects.exclude(length=0).values_list("pk", "head", "length")
    others = {name: text for name, one in _witnesses.items() if (text := one.checkpoint())}
    return Checkpoint({pk: (head, length) for pk, head, length in rows}, others)


def broken_links(since: Checkpoint | None = None) -> Iterator[str]:
    """One sentence per break: an event changed, missing, out of order, a head that differs, a reason changed or gone.

    A chain whose end was cut off with its head is whole in itself: only an older checkpoint shows it.
    """
    heads = {pk: (head, length) for pk, head, length in Thread.objects.values_list("pk", "head", "length")}
    known = dict(since.heads) if since else {}
    events = Event.objects.order_by("thread_id", "position").iterator(chunk_size=2000)
    for thread_id, chain in groupby(events, key=lambda event: event.thread_id):
        yield from _breaks_of(thread_id, chain, heads.pop(thread_id, None), known.pop(thread_id, None))
    for thread_id, head in heads.items():
        if head != (GENESIS, 0):
            yield f"thread {thread_id}: its head has no event"
    for thread_id in known:
        yield f"thread {thread_id}: all its events since before the checkpoint are gone"
    yield from _broken_reasons()
    for name, one in _witnesses.items():
        for broken in one.breaks(since.others.get(name, "") if since else ""):
            yield f"{name}: {broken}"


def _breaks_of(
    thread_id: int, chain: Iterable[Event], head: Head | None, known: Head | None
) -> Iterator[str]:
    previous, position = GENESIS, 0
    for event in chain:
        position += 1
        if event.position != position or event.previous != previous:
            yield f"thread {thread_id}: an event is missing or out of order at {position}"
        if event.compute() != event.digest:
            yield f"thread {thread_id}: event {event.position} was changed"
        previous, position = event.digest, event.position
        if known == (previous, position):
            known = None
    if head != (previous, position):
        yield f"thread {thread_id}: its head is not its last event"
    if known is not None:
        yield f"thread {thread_id}: event {known[1]} of the checkpoint is no longer there"


def _broken_reasons() -> Iterator[str]:
    rows = Event.objects.exclude(reason_digest="", reason=None).select_related("reason")
    for event in rows.iterator(chunk_size=2000):
        reason: Reason | None = getattr(event, "reason", None)
        where = f"thread {event.thread_id}: the reason of event {event.position}"
        if reason is None:
            yield f"{where} is gone"
        elif reason.erased_at is None and reason_digest(reason.salt, reason.text) != event.reason_digest:
            yield f"{where} was changed"
        elif reason.erased_at is not None and reason.text:
            yield f"{where} is said to be erased and has a text"
