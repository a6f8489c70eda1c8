"""What the clock does for the public log: leaves, checkpoints, stamps."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from certificates.log import checkpoints
from certificates.log.sequencing import sequence
from deadlines.registry import daily
from journal.ticks import each_tick


@each_tick("log")
def keep_the_log(at: datetime) -> None:
    """Each fact that waits gets its leaf; a withdrawal is signed at once."""
    sequence(at)
    if checkpoints.is_due():
        checkpoints.take_checkpoint(at)


@daily("log_checkpoint", makes_up=False)
def sign_the_day(at: datetime) -> None:
    """One checkpoint a day at least, even when nothing happened: its date says that nobody looked away."""
    sequence(at)
    checkpoints.take_checkpoint(at)


@each_tick("log_stamps")
def have_checkpoints_stamped(at: datetime) -> None:
    """Ask for the stamps that are missing, when an authority is set."""
    if settings.TIMESTAMP_URL:
        from certificates.log.stamping import stamp_what_waits  # noqa: PLC0415 - costs a second of each start

        stamp_what_waits()
