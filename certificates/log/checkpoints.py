"""Signing where the tree stands, daily and at each withdrawal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from certificates.log.note import body
from certificates.log.sequencing import nodes
from certificates.log.signing import log_signer
from certificates.log.tree import hash_of, subtrees
from certificates.models import Checkpoint, Leaf, LoggedFact, LogHead

# What nobody may take back quietly: a checkpoint is signed as soon as their leaf is there.
AT_ONCE = (LoggedFact.Kind.WITHDRAWN, LoggedFact.Kind.ANNULLED)


def last_checkpoint() -> Checkpoint | None:
    """The last checkpoint signed, None before the first."""
    return Checkpoint.objects.order_by("-pk").first()


@transaction.atomic
def take_checkpoint(at: datetime) -> Checkpoint:
    """Sign where the tree stands; once per size and day, a second call returns what was signed.

    Raises `ImproperlyConfigured` without a key.
    """
    size = LogHead.objects.hold().size
    day = timezone.localdate(at)
    known: Checkpoint | None = Checkpoint.objects.filter(size=size, day=day).first()
    if known is not None:
        return known
    root = hash_of((0, size), nodes(subtrees((0, size))))
    signer = log_signer()
    text = signer.sign(body(signer.name, size, root, at))
    return Checkpoint.objects.create(
        size=size, root=root.hex(), day=day, at=at, text=text, key=signer.verifier_key
    )


def is_due() -> bool:
    """Whether a withdrawal has a leaf that no checkpoint covers."""
    last = last_checkpoint()
    return Leaf.objects.filter(pk__gte=last.size if last else 0, fact__kind__in=AT_ONCE).exists()
