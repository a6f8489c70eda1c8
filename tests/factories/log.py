"""The public log of the tests: certificates made, leaves given, checkpoints signed, through what the clock does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from certificates.actions import make_what_a_crash_left
from certificates.log.checkpoints import take_checkpoint
from certificates.log.sequencing import sequence
from certificates.models import Checkpoint, Label, Leaf
from journal import triggers
from tests.factories.structures import AT


def kept(*, at: datetime = AT) -> Checkpoint:
    """The files of all certificates made, a leaf for all that may have one, and a checkpoint."""
    make_what_a_crash_left(at)
    sequence(at)
    return take_checkpoint(at)


def kinds(label: Label, *, at: datetime = AT) -> list[str]:
    """What the log says of that label once its clock passed, oldest first."""
    kept(at=at)
    return list(Leaf.objects.filter(fact__label=label).order_by("pk").values_list("fact__kind", flat=True))


@contextmanager
def owner() -> Iterator[None]:
    """Behind the back of the house, as whoever owns the database can: triggers lifted, then put back."""
    triggers.lift()
    yield
    triggers.install()
