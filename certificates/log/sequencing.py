"""Giving each noted fact its leaf: one short transaction under one lock, away from those who sign."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from certificates.log.noting import commitment
from certificates.log.tree import appended, leaf_hash, subtrees
from certificates.models import Leaf, LoggedFact, LogHead, TreeNode

BATCH = 500
ROUNDS = 20


def sequence(at: datetime) -> int:
    """Append a leaf for each fact that waits, oldest first; returns how many. Bounded; safe to run several at once."""
    done = 0
    for _ in range(ROUNDS):
        found = _batch(at)
        done += found
        if found < BATCH:
            break
    return done


@transaction.atomic
def _batch(at: datetime) -> int:
    head = LogHead.objects.hold()
    waiting = list(LoggedFact.objects.waiting().order_by("pk")[:BATCH])
    if not waiting:
        return 0
    leaves = [
        Leaf(pk=index, fact=fact, commitment=commitment(fact))
        for index, fact in enumerate(waiting, start=head.size)
    ]
    hashes = [leaf_hash(bytes.fromhex(one.commitment)) for one in leaves]
    grown = appended(head.size, hashes, nodes(subtrees((0, head.size))))
    Leaf.objects.bulk_create(leaves)
    TreeNode.objects.bulk_create(TreeNode(pk=key, digest=digest.hex()) for key, digest in grown.items())
    LoggedFact.objects.filter(pk__in=[fact.pk for fact in waiting]).update(sequenced_at=at)
    LogHead.objects.update(size=head.size + len(leaves))
    return len(leaves)


def nodes(keys: Iterable[int]) -> dict[int, bytes]:
    """The hashes of these complete subtrees; one query."""
    rows = TreeNode.objects.filter(pk__in=list(keys)).values_list("pk", "digest")
    return {key: bytes.fromhex(digest) for key, digest in rows}
