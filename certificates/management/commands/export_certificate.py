"""`manage.py export_certificate NUMBER --to DIR`: all that somebody needs to check a certificate without a network."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certificates.export import NothingToExport, export


class Command(BaseCommand):
    help = "Writes the certificate of a label, its credential, our keys and the status lists, as published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The number of the label, however it is typed, and the folder."""
        parser.add_argument("number", help="the number of the label, for example LBL-2027-000123-29")
        parser.add_argument(
            "--to", type=Path, required=True, metavar="DIR", help="the folder, made when absent"
        )

    def handle(self, *args: Any, number: str, to: Path, **options: Any) -> None:
        """Print each file written; fail when there is nothing to export under that number."""
        try:
            for path in export(number, to):
                self.stdout.write(f"written: {path}")
        except NothingToExport as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{to}: {error.strerror}") from None
