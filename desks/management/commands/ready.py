"""`manage.py ready`: what still forbids opening to the public."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from desks.readiness import missing_to_open


class Command(BaseCommand):
    help = "Lists what still forbids opening the service to the public; fails while the list is not empty."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per thing missing."""
        with translation.override("fr"):
            found = list(missing_to_open(on=timezone.localdate()))
        for sentence in found:
            self.stdout.write(f"- {sentence}")
        if found:
            raise CommandError(f"not ready: {len(found)} things are missing")
        self.stdout.write("ready: nothing forbids opening")
