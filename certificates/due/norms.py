"""What the clock does with texts that nobody uses any more."""

from __future__ import annotations

from datetime import datetime

from certificates.norms import unused_charters, unused_editions
from charter.actions import archive_charter
from deadlines.registry import daily
from journal.moves import Actor
from label.actions import archive_edition


@daily("norms_archived")
def archive_norms(at: datetime) -> None:
    """Replaced charters and editions that nobody uses any more are put away (domain 5.1 NORM)."""
    for edition in unused_editions():
        archive_edition(edition_pk=edition.pk, at=at, by=Actor.system())
    for charter in unused_charters():
        archive_charter(charter_pk=charter.pk, at=at, by=Actor.system())
