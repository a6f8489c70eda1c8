"""`manage.py export_log --to DIR`: the public log, with the program that checks it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certificates.log.exporting import export_log


class Command(BaseCommand):
    help = "Writes the public log in a new folder, with the program by which an auditor checks it without us."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, new or empty."""
        parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new or empty folder")

    def handle(self, *args: Any, to: Path, **options: Any) -> None:
        """Write, and say how to check."""
        try:
            leaves, checkpoints = export_log(to)
        except OSError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"log: {leaves} leaves, {checkpoints} checkpoints in {to}")
        self.stdout.write(f"to check it: python3 {to / 'verify_log.py'} {to} --key KEY")
