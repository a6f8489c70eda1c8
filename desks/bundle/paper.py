"""A bundle on paper: a list first, each document numbered on its own page, pages numbered from one end to the other."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime

from desks.bundle.contents import Part
from letters.files import clean_name
from letters.pdf import Block, Content, Document
from letters.pdf.letter import write_blocks
from letters.typography import french_date


def bundle_pdf(
    title: str, reference: str, parts: Sequence[Part], *, notes: Sequence[str], at: datetime
) -> bytes:
    """One tagged PDF (PDF/UA-1, PDF/A-3a): the list with the first page of each document, then the documents.

    Set twice: the pages on which documents begin are known once they are set. `notes` stand under the title.
    """
    _document, pages = _set(title, reference, parts, [0] * len(parts), notes, at)
    document, again = _set(title, reference, parts, pages, notes, at)
    if again != pages:  # the list grew by a page with its own numbers
        document, _pages = _set(title, reference, parts, again, notes, at)
    return document.finish()


def _set(
    title: str,
    reference: str,
    parts: Sequence[Part],
    pages: Sequence[int],
    notes: Sequence[str],
    at: datetime,
) -> tuple[Document, list[int]]:
    document = Document(title, reference=reference, footer=title, dated=at)
    document.heading(title, 1)
    for note in notes:
        document.paragraph(note)
    document.heading("Liste des pièces", 2)
    rows: list[tuple[str, Content]] = [
        (f"Pièce {number}", f"{part.title}{_dated(part)} – page {page}")
        for number, (part, page) in enumerate(zip(parts, pages, strict=True), 1)
    ]
    document.facts(rows)
    begins = []
    for number, part in enumerate(parts, 1):
        document.page_break()
        begins.append(document.page.number + 1)
        document.heading(f"Pièce {number} – {part.title}", 1)
        write_blocks(document, _below(part.blocks))
    return document, begins


def _dated(part: Part) -> str:
    return f", {french_date(part.dated)}" if part.dated else ""


def _below(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without breaks of their own: only documents begin on a new page."""
    return [block for block in blocks if block[0] != "page"]


def originals_of(parts: Sequence[Part]) -> bytes:
    """The files received or made, as they are, named by the number of the document that they prove; a ZIP."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, part in enumerate(parts, 1):
            for place, stored in enumerate(part.files, 1):
                if stored.removed_at is None and stored.quarantined_at is None:
                    with stored.content.open("rb") as content:
                        archive.writestr(
                            f"piece-{number:02d}-{place}-{clean_name(stored.name)}", content.read()
                        )
    return packed.getvalue()
