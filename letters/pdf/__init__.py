"""The PDFs of the house: letters, receipts, records, certificates; tagged, accessible, reproducible."""

from letters.pdf.document import Document, Style
from letters.pdf.letter import Block, LetterContent, Signatory, render_document, render_letter, spoken
from letters.pdf.lines import Bold, Content

__all__ = [
    "Block",
    "Bold",
    "Content",
    "Document",
    "LetterContent",
    "Signatory",
    "Style",
    "render_document",
    "render_letter",
    "spoken",
]
