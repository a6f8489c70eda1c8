"""`manage.py replace_lost_credentials`: after a key was stolen and is published no more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certificates.actions.reissuing import replace_lost_credentials


class Command(BaseCommand):
    help = "Issues again the certificates of living labels whose credential no published key has signed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many; workers then make the files. Safe to run again."""
        count = replace_lost_credentials(at=timezone.now())
        self.stdout.write(f"certificates issued again: {count}")
