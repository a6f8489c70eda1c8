"""The formal letter (domain 3.3): who writes, to whom, five plain lines, the text, who signs, the law."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from letters.pdf.document import ACCENT, AUTHOR, BODY, MM, SMALL, Document, Style
from letters.pdf.lines import Content, plain
from letters.pdf.tagged import A4

Block = (
    tuple[Literal["h", "h3", "p", "small"], Content]
    | tuple[Literal["li", "ol"], Sequence[Content]]
    | tuple[Literal["facts"], Sequence[tuple[str, Content]]]
    | tuple[Literal["rule", "page"], None]
)
"""h, h3: headings; p, small: paragraphs; li, ol: lists; facts: labels and values; rule, page: breaks."""

SIGNING_ROOM = 16 * MM
FOOT_TITLE = 35.0  # a heading with its white, in points
LARGE_PRINT = 16 / BODY.size
DRAFT = "Projet – lettre non signée"
ACCESS = "Ce PDF est accessible. Sur simple demande, nous l'envoyons sur papier ou en gros caractères."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs: first name, name, quality, service (compulsory, L212-1); the delegation that allows it."""

    first_name: str
    name: str
    quality: str
    service: str
    delegation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContent:
    """All the words of one letter, already written; `code` (L1...) stays in the properties of the file."""

    code: str
    subject: str
    place_date: str
    sender_lines: Sequence[str]
    service_lines: Sequence[str]
    addressee_lines: Sequence[str]
    reference: str
    summary_lines: Sequence[Content]
    body_blocks: Sequence[Block]
    signatory: Signatory
    legal_references: Sequence[str] = ()
    attachments: Sequence[str] = ()
    data_protection: str = ""
    contact_lines: Sequence[str] = ()
    hand_signature_space: bool = False
    dated: datetime | None = field(default=None)


def render_letter(letter: LetterContent, *, large_print: bool = False, draft: bool = False) -> bytes:
    """The letter as a tagged PDF (PDF/UA-1, PDF/A-3a); the same content gives the same bytes.

    `large_print` sets the text in 16 points; a `draft` says on each page that it is not signed.
    """
    document = Document(
        letter.subject,
        keywords=letter.code,
        reference=letter.reference,
        footer=AUTHOR,
        scale=LARGE_PRINT if large_print else 1.0,
        dated=letter.dated,
    )
    document.mark = DRAFT if draft else ""
    _head(document, letter)
    document.heading(f"Objet : {letter.subject}", 1)
    _summary(document, letter.summary_lines)
    write_blocks(document, letter.body_blocks, before=_signature_height(document, letter))
    _signature(document, letter)
    _foot(document, letter)
    return document.finish()


def spoken(letter: LetterContent) -> str:
    """All the words of the letter in their order: to look for what must be there."""
    signatory = letter.signatory
    return "\n".join(
        [
            *letter.sender_lines,
            *letter.service_lines,
            *letter.addressee_lines,
            letter.reference,
            letter.subject,
            *map(plain, letter.summary_lines),
            *(words for block in letter.body_blocks for words in _words(block)),
            f"{signatory.first_name} {signatory.name}",
            signatory.quality,
            signatory.service,
            *letter.attachments,
            *letter.legal_references,
            *letter.contact_lines,
            letter.data_protection,
        ]
    )


def _words(block: Block) -> list[str]:
    match block:
        case ("h" | "h3" | "p" | "small", text):
            return [plain(text)]
        case ("li" | "ol", items):
            return [plain(item) for item in items]
        case ("facts", rows):
            return [f"{label} : {plain(value)}" for label, value in rows]
        case _:
            return []


def render_document(
    title: str,
    blocks: Sequence[Block],
    reference: str = "",
    footer: str = AUTHOR,
    *,
    summary_lines: Sequence[Content] = (),
    lang: str = "fr",
    large_print: bool = False,
    dated: datetime | None = None,
) -> bytes:
    """A receipt, a printed dossier, a signature record...: a title, a summary and blocks, as a tagged PDF."""
    document = Document(
        title,
        lang=lang,
        reference=reference,
        footer=footer,
        scale=LARGE_PRINT if large_print else 1.0,
        dated=dated,
    )
    document.paragraph(AUTHOR, style=Style(size=10.5, bold=True, colour=ACCENT), after=6)
    document.heading(title, 1)
    _summary(document, summary_lines, title="En résumé" if lang.startswith("fr") else "In short")
    write_blocks(document, blocks)
    return document.finish()


def write_blocks(document: Document, blocks: Sequence[Block], *, before: float = 0.0) -> None:
    """Sets the blocks one after the other; ValueError for a kind that does not exist.

    A list that comes last keeps its last item on the page of the `before` points that follow the blocks.
    """
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        match block:
            case ("h", text):
                document.heading(text, 2, before=_kept_height(document, following))
            case ("h3", text):
                document.heading(text, 3)
            case ("p", text):
                document.paragraph(text)
            case ("small", text):
                document.paragraph(text, style=SMALL)
            case ("li" | "ol", items):
                document.bullets(
                    items, numbered=block[0] == "ol", before=0.0 if following else before + 7 * document.scale
                )
            case ("facts", rows):
                document.facts(rows)
            case ("rule", _):
                document.rule()
            case ("page", _):
                document.page_break()
            case _:
                raise ValueError(f"no block of the kind {block[0]!r}")


def _kept_height(document: Document, block: Block | None) -> float:
    """What stays on the page of the heading above it: a table, or a subheading with its first lines."""
    match block:
        case ("h3", _):
            return document.subheading_height()
        case ("facts", rows):
            return document.facts_height(rows)
        case _:
            return 0.0


def _head(document: Document, letter: LetterContent) -> None:
    """Sender at the left, addressee at the place of the window of a French envelope, date below it."""
    sender = replace(SMALL, size=10)
    name = Style(size=12.5, leading=1.35, bold=True, colour=ACCENT)
    left = [(line, name if place == 0 else sender) for place, line in enumerate(letter.sender_lines)]
    left += [(line, sender) for line in letter.service_lines]
    left += [(f"Dossier : {letter.reference}", replace(sender, bold=True))] if letter.reference else []
    address = [(line, replace(BODY, leading=1.35)) for line in letter.addressee_lines]
    right = [*address, ("\n" + letter.place_date, BODY)]
    columns = [
        (left, document.left, 72 * MM, document.top),
        (right, A4[0] - 25 * MM - 80 * MM, 80 * MM, A4[1] - 45 * MM),
    ]
    heights = [_height(document, column, width) for column, _, width, _ in columns]
    if any(top - height < A4[1] / 2.6 for (*_, top), height in zip(columns, heights, strict=True)):
        for text, style in [*left, *right]:
            document.paragraph(text, style=style, after=0)
    else:
        document.y = min(_column(document, *column) for column in columns)
    document.space(22)


def _height(document: Document, column: Sequence[tuple[str, Style]], width: float) -> float:
    scaled = [(text, style.scaled(document.scale)) for text, style in column]
    return sum(len(document.cut(text, style, width)) * style.size * style.leading for text, style in scaled)


def _column(
    document: Document, column: Sequence[tuple[str, Style]], left: float, width: float, top: float
) -> float:
    for text, style in column:
        look = style.scaled(document.scale)
        rows = document.cut(text, look, width)
        document.draw(document.root.add("P"), rows, look, left=left, width=width, top=top)
        top -= len(rows) * look.size * look.leading
    return top


def _summary(document: Document, items: Sequence[Content], title: str = "En résumé") -> None:
    if items:
        with document.panel():
            document.heading(title, 2)
            document.bullets(items)
        document.space(4)


def _signature_height(document: Document, letter: LetterContent) -> float:
    return (28 * MM + (SIGNING_ROOM + 5 * MM) * letter.hand_signature_space) * document.scale


def _signature(document: Document, letter: LetterContent) -> None:
    signatory = letter.signatory
    margin = document.left
    document.need(_signature_height(document, letter))
    document.space(12)
    document.left = margin + document.width * 0.42
    document.paragraph(f"{signatory.first_name} {signatory.name}", style=replace(BODY, bold=True), after=0)
    document.paragraph(signatory.quality, after=0)
    document.paragraph(signatory.service, after=0)
    document.paragraph(signatory.delegation, style=SMALL, after=0)
    if letter.hand_signature_space:
        document.paragraph("Signature :", style=SMALL, after=0)
        document.y -= SIGNING_ROOM
    document.left = margin
    document.space(10)


def _foot(document: Document, letter: LetterContent) -> None:
    """Attachments, the law, who to call, data and access: on one page when they can, so that none stands alone."""
    small = replace(SMALL, size=10.5)
    lists = [
        (title, items)
        for title, items in (
            ("Pièces jointes", letter.attachments),
            ("Ce que dit la loi", letter.legal_references),
        )
        if items
    ]
    contact = ", ".join(letter.contact_lines)
    notes = [(contact, BODY), (letter.data_protection, small), (ACCESS, small)]
    laws = [(item, small) for _, items in lists for item in items]
    height = _lines_height(document, [*laws, *notes]) + (len(lists) + 1) * FOOT_TITLE * document.scale
    if height < document.top - document.bottom:
        document.need(height)
    for title, items in lists:
        document.heading(title, 2)
        document.bullets(items, style=small)
    title = "Votre contact, vos données" if contact else "Vos données"
    document.heading(title, 2, before=_lines_height(document, notes))
    for note, style in notes:
        document.paragraph(note, style=style, after=3)


def _lines_height(document: Document, texts: Sequence[tuple[str, Style]]) -> float:
    height = 0.0
    for text, style in texts:
        look = style.scaled(document.scale)
        rows = len(document.cut(text, look, document.width - 12 * document.scale))
        height += rows * look.size * look.leading + 3 * document.scale
    return height
