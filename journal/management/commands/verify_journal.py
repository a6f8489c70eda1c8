"""`manage.py verify_journal`: reads every hash chain again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.verification import Checkpoint, broken_links, checkpoint


class Command(BaseCommand):
    help = "Reads every hash chain of the journal again; lists each break."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The checkpoint to compare with, and the file in which to keep a new one."""
        parser.add_argument(
            "--from", dest="since", type=Path, metavar="CHECKPOINT", help="an older checkpoint"
        )
        parser.add_argument("--to", type=Path, metavar="FILE", help="keep the new checkpoint in that file")

    def handle(self, *args: Any, since: Path | None, to: Path | None, **options: Any) -> None:
        """Print each break, and the checkpoint; fail when there is a break."""
        found = 0
        for broken in broken_links(_kept(since) if since else None):
            found += 1
            self.stdout.write(f"break: {broken}")
        if found:
            raise CommandError(f"{found} breaks")
        now = checkpoint()
        if to:
            to.write_text(now.to_text(), encoding="utf-8")
        self.stdout.write(f"journal: {now.events} events, every chain intact")
        self.stdout.write(f"checkpoint: {now.events} events, digest of the heads {now.digest}")


def _kept(path: Path) -> Checkpoint:
    try:
        return Checkpoint.from_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from None
