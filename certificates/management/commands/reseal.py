"""`manage.py reseal`: renews the archive time-stamps of sealed certificates."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from pyhanko.sign.timestamps import TimestampRequestError

from certificates.actions.issuing import renew_seals


class Command(BaseCommand):
    help = "Adds an archive time-stamp to the sealed certificates whose last one is old; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were renewed; fail without a time-stamping authority, or when it does not answer."""
        try:
            renewed = renew_seals(at=timezone.now())
        except (LookupError, TimestampRequestError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{renewed} seals renewed")
