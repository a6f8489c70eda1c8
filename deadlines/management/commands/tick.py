"""Does everything due at a moment, exactly once however often and wherever it runs."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from deadlines.tick import tick

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """`tick` once, `tick --at 2027-03-01` at another moment, `tick --every 60` for ever."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The moment and the rhythm."""
        parser.add_argument("--at", help="ISO date (its noon) or date and time, Paris time; now if absent")
        parser.add_argument("--every", type=int, help="tick again every so many seconds until stopped")

    def handle(self, *args: Any, at: str | None = None, every: int | None = None, **options: Any) -> None:
        """Tick once and fail when something failed; or tick until SIGTERM."""
        if every is None:
            report = tick(moment(at) if at else timezone.now())
            self.stdout.write(str(report))
            if report.failures:
                raise CommandError(f"to be tried again: {', '.join(report.failures)}")
            return
        if at or not 1 <= every <= 86_400:
            raise CommandError("--every takes 1 to 86400 seconds and goes without --at")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            self._tick_once()
            stop.wait(every)

    def _tick_once(self) -> None:
        """A database that is away for a while must not end the clock."""
        try:
            self.stdout.write(str(tick(timezone.now())))
        except DatabaseError as error:
            logger.exception("tick: the database did not answer: %s", type(error).__name__)


def moment(text: str) -> datetime:
    """A date (taken at noon) or a moment written in ISO, in Paris time when no zone is given. Raises CommandError."""
    try:
        if len(text) <= len("2027-03-01"):
            return timezone.make_aware(datetime.combine(date.fromisoformat(text), time(12)))
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} is not an ISO date such as 2027-03-01 or 2027-03-01T08:00") from error
    return timezone.make_aware(found) if timezone.is_naive(found) else found
