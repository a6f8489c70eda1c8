"""`manage.py check_integrity`: the invariants across records, flows, journal and triggers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.integrity import breaches


class Command(BaseCommand):
    help = "Checks the invariants across records, flows, journal and triggers; lists each breach."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each breach; fail when there is one."""
        found = 0
        for breach in breaches():
            found += 1
            self.stdout.write(f"breach: {breach}")
        if found:
            raise CommandError(f"{found} breaches")
        self.stdout.write("integrity: no breach")
