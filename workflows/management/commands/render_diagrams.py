"""`manage.py render_diagrams [--check]`: the drawings of docs/, made from the code."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from workflows.drawings import all_drawings


class Command(BaseCommand):
    help = (
        "Draws each flow (SVG, BPMN) and each machine (Mermaid) under docs/; --check fails when one is stale."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One option: check instead of writing."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a drawing is stale"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        folder = settings.BASE_DIR / "docs"
        with translation.override("fr"):
            drawings = all_drawings()
        stale = []
        for name, text in sorted(drawings.items()):
            path = folder / name
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(name)
            if not options["check"]:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        if options["check"] and stale:
            raise CommandError(f"stale drawings, run `make diagrams`: {', '.join(stale)}")
        self.stdout.write(
            f"{len(drawings)} drawings, {len(stale)} {'stale' if options['check'] else 'written'}"
        )
