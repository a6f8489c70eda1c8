"""The scheme: editions, applications with all that they hold, and what was masked in them."""

from label.models.dossiers import (
    Answer,
    Application,
    ApplicationQuerySet,
    Contributor,
    Document,
    DocumentRequest,
    Edition,
    EditionQuerySet,
    Finding,
    HelpRequest,
    PaperEntry,
    RequestedPiece,
    Snapshot,
)
from label.models.maskings import Masking

__all__ = [
    "Answer",
    "Application",
    "ApplicationQuerySet",
    "Contributor",
    "Document",
    "DocumentRequest",
    "Edition",
    "EditionQuerySet",
    "Finding",
    "HelpRequest",
    "Masking",
    "PaperEntry",
    "RequestedPiece",
    "Snapshot",
]
