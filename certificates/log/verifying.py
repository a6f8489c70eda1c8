"""Reading the whole log again, as an auditor does: leaves, subtrees, facts, checkpoints."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress

from django.core.exceptions import ImproperlyConfigured

from certificates.log.checkpoints import last_checkpoint
from certificates.log.note import InvalidNote, is_note, opened
from certificates.log.noting import commitment
from certificates.log.sequencing import nodes
from certificates.log.signing import log_signer
from certificates.log.tree import appended, hash_of, leaf_hash, subtrees
from certificates.models import Checkpoint, Leaf, LoggedFact, LogHead
from journal.verification import Witness, witness

BATCH = 1000


def log_breaks(since: str = "") -> Iterator[str]:
    """One sentence per break; `since` is the text of an older checkpoint, which shows leaves cut off or rewritten."""
    asked: dict[int, list[tuple[str, bytes]]] = {}
    for one in Checkpoint.objects.order_by("pk").iterator(chunk_size=BATCH):
        named = f"checkpoint {one.pk}"
        yield from _differences(one, named)
        asked.setdefault(one.size, []).append((named, bytes.fromhex(one.root)))
    if since:
        try:
            known = opened(since, known_keys())
        except InvalidNote as error:
            yield f"the checkpoint given: {error}"
        else:
            asked.setdefault(known.size, []).append(("the checkpoint given", known.root))
    yield from _leaves(asked)
    for pk in LoggedFact.objects.filter(sequenced_at__isnull=False, leaf=None).values_list("pk", flat=True):
        yield f"fact {pk} has lost its leaf"


def published_keys() -> list[str]:
    """The public keys under which checkpoints were published."""
    return list(Checkpoint.objects.order_by("key").values_list("key", flat=True).distinct())


def known_keys() -> list[str]:
    """The same with the present one, which may not have signed yet; a place without a key has none."""
    with suppress(ImproperlyConfigured):
        return sorted({*published_keys(), log_signer().verifier_key})
    return published_keys()


def _differences(one: Checkpoint, named: str) -> Iterator[str]:
    try:
        told = opened(one.text, [one.key])
    except InvalidNote as error:
        yield f"{named}: {error}"
        return
    if (told.size, told.root.hex()) != (one.size, one.root):
        yield f"{named}: what is signed is not what is kept"


def _leaves(asked: dict[int, list[tuple[str, bytes]]]) -> Iterator[str]:
    """Each leaf in order, the tree grown again beside it, its root compared wherever a checkpoint asks."""
    size, edge = 0, dict[int, bytes]()
    yield from _compared(asked.pop(0, []), hash_of((0, 0), {}))
    batch: list[bytes] = []
    for leaf in Leaf.objects.order_by("pk").select_related("fact").iterator(chunk_size=BATCH):
        if leaf.pk != size + len(batch):
            yield f"leaf {size + len(batch)} is missing"
            return
        fact = leaf.fact
        if fact.erased_at is None and commitment(fact) != leaf.commitment:
            yield f"leaf {leaf.pk}: what it says was changed"
        batch.append(leaf_hash(bytes.fromhex(leaf.commitment)))
        if len(batch) == BATCH or size + len(batch) in asked:
            edge = yield from _grown(size, batch, edge)
            size, batch = size + len(batch), []
            yield from _compared(asked.pop(size, []), hash_of((0, size), edge))
    edge = yield from _grown(size, batch, edge)
    size += len(batch)
    for beyond in sorted(asked):
        for named, _root in asked[beyond]:
            yield f"{named}: it had {beyond} leaves, {size} are left"
    if size != (LogHead.objects.values_list("size", flat=True).first() or 0):
        yield "the log does not end where its head says"


def _grown(size: int, batch: list[bytes], edge: dict[int, bytes]) -> Generator[str, None, dict[int, bytes]]:
    """Yield each subtree that is not kept as it should be; returns the new edge."""
    grown = appended(size, batch, edge)
    if grown:
        kept = nodes(grown)
        for key in sorted(grown):
            if kept.get(key) != grown[key]:
                yield f"subtree {key} is not that of the leaves"
    known = edge | grown
    return {one: known[one] for one in subtrees((0, size + len(batch)))}


def _compared(asked: list[tuple[str, bytes]], root: bytes) -> Iterator[str]:
    for named, known in asked:
        if known != root:
            yield f"{named}: its root is not that of the leaves"


def _kept() -> str:
    last = last_checkpoint()
    return last.text if last else ""


witness(Witness("log", checkpoint=_kept, breaks=log_breaks, recognises=is_note))
