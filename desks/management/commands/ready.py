"""`manage.py ready`: what still forbids opening to the public."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from certificates.seal.standing import standing
from desks.readiness import faults_of_the_seal, missing_to_open, worth_knowing


class Command(BaseCommand):
    help = "Lists what still forbids opening the service to the public; fails while the list is not empty."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per thing missing, and one per thing worth knowing."""
        on = timezone.localdate()
        with translation.override("fr"):
            seal = standing(on=on)
            found = [*missing_to_open(on=on), *faults_of_the_seal(seal)]
            noted = list(worth_knowing(seal, on=on))
        for sentence in found:
            self.stdout.write(f"- {sentence}")
        for sentence in noted:
            self.stdout.write(f"(à savoir) {sentence}")
        if found:
            raise CommandError(f"not ready: {len(found)} things are missing")
        self.stdout.write("ready: nothing forbids opening")
