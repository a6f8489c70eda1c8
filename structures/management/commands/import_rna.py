"""`manage.py import_rna FILE`: the open file of the register of associations, into the local table."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from structures import rna
from structures.models import ImportRun, RegisterEntry

TELL_EVERY = 100_000


class Command(BaseCommand):
    help = (
        "Import an open file of the register of associations (RNA_waldec, 39 or 41 columns, or RNA_import, 26): "
        "CSV with semicolons, in UTF-8, cp1252 or Latin-1. A killed import goes on where it stopped; a file "
        "imported whole is not imported twice. No column about people is read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file, unzipped")
        parser.add_argument(
            "--again", action="store_true", help="import again a file that was imported whole"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"no such file: {path}")
        seen = rna.fingerprint(path)
        run, is_new = ImportRun.objects.get_or_create(
            file_sha256=seen.sha256, defaults={"started_at": timezone.now()}
        )
        if options["again"]:
            ImportRun.objects.filter(pk=run.pk).update(rows_done=0, finished_at=None)
            run = ImportRun.objects.get(pk=run.pk)
        if run.finished_at is not None:
            self.stdout.write(f"already imported: {run.rows_done} lines ({path.name})")
            return
        if not is_new and run.rows_done:
            self.stdout.write(f"going on after line {run.rows_done}")
        self.stdout.write(f"reading {path.name} as {seen.encoding}")
        self._import(path, run, seen.encoding)

    def _import(self, path: Path, run: ImportRun, encoding: str) -> None:
        began, first = time.monotonic(), run.rows_done
        told_at = first

        def told(done: int, left_out: int) -> None:
            nonlocal told_at
            if done - told_at >= TELL_EVERY:
                told_at = done
                rate = int((done - first) / max(time.monotonic() - began, 0.001))
                self.stdout.write(f"{done} lines, {left_out} left out, {rate} per second")
                self.stdout.flush()

        try:
            done, left_out = rna.import_file(path, run=run, encoding=encoding, told=told)
        except rna.WrongFile as error:
            if not ImportRun.objects.get(pk=run.pk).rows_done:
                run.delete()
            raise CommandError(f"{path.name}: {error}") from None
        ImportRun.objects.filter(pk=run.pk).update(finished_at=timezone.now())
        seconds = time.monotonic() - began
        self.stdout.write(f"imported: {done} lines, {left_out} left out, in {seconds:.1f} seconds")
        unknown = RegisterEntry.objects.filter(position=RegisterEntry.UNKNOWN).count()
        if unknown:
            self.stdout.write(f"position unknown: {unknown} entries, never taken for active associations")
