"""`manage.py load_charter [FILE]`: a version of the charter, as a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from charter.actions import load_charter
from charter.actions.versions import FIRST
from journal.moves import Actor
from journal.refusals import Blocked


class Command(BaseCommand):
    help = (
        "Load a version of the charter from a JSON file, as a draft; a version that exists is left as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, default=FIRST, help="JSON file (default: the first charter)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            charter = load_charter(path=options["file"], at=timezone.now(), by=Actor.system())
        except (OSError, ValueError, Blocked) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"charter {charter.version}: {charter.state}")
