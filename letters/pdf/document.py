"""A document made of blocks, set page after page: `Document(title)`, its blocks, then `finish()`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from letters import typography
from letters.pdf import faces, lines, scripts
from letters.pdf.lines import Content, Line
from letters.pdf.pages import Element, Page
from letters.pdf.tagged import A4, TaggedFile

MM = 72 / 25.4
AUTHOR = "Institut national du cancer"
INK = "0.09 0.11 0.14"
MUTED = "0.30 0.34 0.38"
ACCENT = "0.035 0.275 0.345"
TINT = "0.925 0.953 0.957"
HAIR = "0.78 0.83 0.84"
SHORT_VALUE, LONG_LABEL = 14, 24  # characters


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks; sizes in points."""

    size: float = 11.5
    leading: float = 1.42
    bold: bool = False
    colour: str = INK
    align: str = "left"
    tracking: float = 0.0

    def scaled(self, scale: float) -> "Style":
        """The same look, larger; in large print nothing stays smaller than the text."""
        floor = BODY.size * scale if scale > 1 else 0.0
        return replace(self, size=max(self.size * scale, floor))


BODY = Style()
SMALL = Style(size=9.5, leading=1.4, colour=MUTED)
HEADINGS = {
    1: Style(size=18, leading=1.22, bold=True, colour=ACCENT),
    2: Style(size=13, leading=1.3, bold=True, colour=ACCENT),
    3: Style(size=11.5, leading=1.4, bold=True),
}
ABOVE, BELOW = {1: 4, 2: 12, 3: 8}, {1: 8, 2: 4, 3: 2}  # the space around a heading of each level


class Document:
    """The blocks of one PDF. Text is drawn as given: no markup in it has any effect.

    `scale` enlarges all letters (large print: 16 / 11.5); `reference` and `footer` stand at the foot of each
    page with the page number, `mark` (set later) at the head of each; `dated` goes into the properties of the file
    and is the only date in it.
    """

    def __init__(
        self,
        title: str,
        *,
        lang: str = "fr",
        author: str = AUTHOR,
        keywords: str = "",
        reference: str = "",
        footer: str = "",
        scale: float = 1.0,
        dated: datetime | None = None,
    ) -> None:
        self.file = TaggedFile(title, lang=lang, author=author, keywords=keywords, dated=dated)
        self.root = self.file.root
        self.scale = scale
        self.page_word = "page"
        self.mark = ""
        self._foot = "  ·  ".join(part for part in (faces.written(reference), faces.written(footer)) if part)
        self.left, self.right = 25 * MM, A4[0] - 25 * MM
        self.top, self.bottom = A4[1] - 22 * MM, 24 * MM
        self._panel: tuple[Page, int, float] | None = None
        self.page = self.file.new_page()
        self.y = self._ceiling = self.top

    @property
    def width(self) -> float:
        """Between the margins, in points."""
        return self.right - self.left

    # --- blocks -------------------------------------------------------------------------------------------

    def heading(
        self,
        text: Content,
        level: int = 2,
        *,
        within: Element | None = None,
        lang: str = "",
        before: float = 0.0,
    ) -> None:
        """A heading; it never stands alone at the foot of a page, nor without the `before` points that follow it."""
        style = HEADINGS[level].scaled(self.scale)
        self.space(ABOVE[level])
        self.need(self._heading_height(level, before))
        self.text((within or self.root).add(f"H{level}", lang=lang), text, style)
        self.space(BELOW[level])

    def subheading_height(self) -> float:
        """The height of a heading of level 3, with the lines that it never leaves."""
        return ABOVE[3] * self.scale + self._heading_height(3)

    def _heading_height(self, level: int, before: float = 0.0) -> float:
        style = HEADINGS[level].scaled(self.scale)
        lines_after = 3 * BODY.size * BODY.leading * self.scale
        return style.size * style.leading + BELOW[level] * self.scale + max(lines_after, before)

    def paragraph(
        self,
        content: Content,
        *,
        style: Style = BODY,
        after: float = 7,
        lang: str = "",
        within: Element | None = None,
    ) -> None:
        """A paragraph of plain text; `lines.Bold` pieces are drawn in bold, line ends are kept."""
        if lines.plain(content).strip():
            self.text((within or self.root).add("P", lang=lang), content, style.scaled(self.scale))
            self.space(after)

    def bullets(
        self,
        items: Sequence[Content],
        *,
        numbered: bool = False,
        style: Style = BODY,
        before: float = 0.0,
    ) -> None:
        """A list, with bullets or numbers; its last item stands on the page of the `before` points that follow."""
        if not items:
            return
        style = style.scaled(self.scale)
        kind = "Decimal" if numbered else "Disc"
        tree = self.root.add("L", attributes=f"/O /List /ListNumbering /{kind}")
        signs = [f"{place}." if numbered else "•" for place in range(1, len(items) + 1)]
        indent = faces.advance(signs[-1], bold=True) * style.size / 1000 + 7 * self.scale
        for place, (sign, item) in enumerate(zip(signs, items, strict=True), start=1):
            row = tree.add("LI")
            height = 2 * style.size * style.leading
            if before and place == len(items):
                rows = len(self.cut(item, style, self.right - self.left - indent))
                height = max(height, rows * style.size * style.leading + before)
            self.need(height)
            line = self.cut(sign, replace(style, bold=True, colour=ACCENT), self.width)
            self.draw(
                row.add("Lbl"), line, replace(style, colour=ACCENT), left=self.left, width=0, top=self.y
            )
            self.text(row.add("LBody"), item, style, left=self.left + indent)
            self.space(3)
        self.space(4)

    def facts_height(
        self, rows: Sequence[tuple[str, Content]], *, style: Style = BODY, share: float = 0.0
    ) -> float:
        """The points that a table of facts takes; nothing when it is longer than a page, which it then crosses."""
        look, share = style.scaled(self.scale), share or _share(rows)
        widths = (self.width * share - 8, self.width * (1 - share) - 8)
        height = sum(
            max(len(self.cut(cell, look, width)) for cell, width in zip(row, widths, strict=True))
            * look.size
            * look.leading
            + 7
            for row in rows
        )
        return height + 2 * self.scale if height < self.top - self.bottom else 0.0

    def facts(self, rows: Sequence[tuple[str, Content]], *, style: Style = BODY, share: float = 0.0) -> None:
        """A table of facts: a label and its value on each row, a thin line between rows; on one page if it can.

        `share` of the width goes to the labels; by default a third, more when long labels have short values.
        """
        if not rows:
            return
        share = share or _share(rows)
        self.need(self.facts_height(rows, style=style, share=share))
        table = self.root.add("Table")
        self.space(2)
        for label, value in rows:
            row = table.add("TR")
            head = row.add("TH", attributes="/O /Table /Scope /Row")
            label_style = replace(style, colour=MUTED)
            self.row([(head, label, label_style, share), (row.add("TD"), value, style, 1 - share)])
        self._hairline()
        self.space(9)

    def row(self, cells: Sequence[tuple[Element, Content, Style, float]]) -> None:
        """One row of a table under a thin line: each cell with its text, its look, its share of the width.

        A row longer than a page goes on over the next ones.
        """
        looks = [style.scaled(self.scale) for _, _, style, _ in cells]
        widths = [self.width * share for *_, share in cells]
        rest = [
            self.cut(text, look, width - 8)
            for (_, text, _, _), look, width in zip(cells, looks, widths, strict=True)
        ]
        step = max(look.size * look.leading for look in looks)
        self.need(min(max(map(len, rest)), 6) * step + 7)
        self._hairline()
        self.y -= 3.5
        while any(rest):
            room = max(int((self.y - self.bottom) / step), 1)
            top, left = self.y, self.left
            for place, (element, *_) in enumerate(cells):
                chunk, rest[place] = rest[place][:room], rest[place][room:]
                if chunk:
                    self.draw(element, chunk, looks[place], left=left, width=widths[place] - 8, top=top)
                    self.y = min(self.y, top - len(chunk) * step)
                left += widths[place]
            if any(rest):
                self.page_break()
        self.y -= 3.5

    def rule(self) -> None:
        """A thin line across the page."""
        self.space(5)
        self._hairline()
        self.space(8)

    def _hairline(self) -> None:
        with self.page.artifact():
            self.page.rectangle((self.left, self.y - 0.25, self.width, 0.5), HAIR)

    @contextmanager
    def panel(self) -> Iterator[None]:
        """The blocks inside stand on a tint with a bar at the left, on as many pages as they need."""
        pad = 11 * self.scale
        self.need(60 * self.scale)
        self.left, self.right = self.left + pad, self.right - pad
        self._open_panel()
        yield
        self.y -= pad * 0.4
        self._close_panel()
        self._panel = None
        self.left, self.right = self.left - pad, self.right + pad
        self.space(8)

    def _open_panel(self) -> None:
        self._panel = (self.page, len(self.page.operators), self.y)
        self.y -= 8 * self.scale
        self._ceiling = self.y

    def _close_panel(self) -> None:
        if self._panel is None:
            return
        page, place, top = self._panel
        pad = 11 * self.scale
        left, height = self.left - pad, top - self.y
        box = Page(page.number)
        with box.artifact():
            box.rectangle((left, self.y, self.width + 2 * pad, height), TINT)
            box.rectangle((left, self.y, 3, height), ACCENT)
        page.operators[place:place] = box.operators

    def space(self, points: float) -> None:
        """Leaves white, except at the top of a page or of a panel."""
        if self.y < self._ceiling:
            self.y -= points * self.scale

    def need(self, height: float) -> None:
        """Goes to the next page when this height is not left on this one."""
        if self.y - height < self.bottom and self.y < self._ceiling:
            self.page_break()

    def page_break(self) -> None:
        """Goes on at the top of a new page."""
        self._close_panel()
        self.page = self.file.new_page()
        self.y = self._ceiling = self.top
        if self._panel is not None:
            self._open_panel()

    # --- text ---------------------------------------------------------------------------------------------

    def cut(self, content: Content, style: Style, width: float) -> list[Line]:
        """The content in lines for this style, at most `width` points wide."""
        room = width * 1000 / style.size
        if self.file.lang.startswith("fr"):
            content = _french(content)
        if style.tracking:
            room /= 1 + style.tracking * 2.2
        return lines.cut(content, width=max(room, 1100), bold=style.bold)

    def text(
        self,
        element: Element,
        content: Content,
        style: Style,
        *,
        left: float | None = None,
        width: float | None = None,
    ) -> None:
        """Sets the content from the current height, over as many pages as it needs; no line left alone."""
        left = self.left if left is None else left
        width = self.right - left if width is None else width
        rest = self.cut(content, style, width)
        step = style.size * style.leading
        while rest:
            room = int((self.y - self.bottom) / step + 0.001)
            fresh = self.y >= self._ceiling
            take = min(len(rest), max(room, 1) if fresh else room)
            take -= len(rest) - take == 1 and take > 1
            if take == 1 and len(rest) > 1 and not fresh:
                take = 0
            if take > 0:
                self.draw(element, rest[:take], style, left=left, width=width, top=self.y)
                self.y -= take * step
                rest = rest[take:]
            if rest:
                self.page_break()

    def draw(
        self, element: Element, rows: Sequence[Line], style: Style, *, left: float, width: float, top: float
    ) -> None:
        """Draws lines at a place of the current page, without turning pages."""
        step = style.size * style.leading
        baseline = top - step / 2 - style.size * 0.32
        with self.page.marked(element):
            self.page.draw(f"BT {style.colour} rg {style.tracking * style.size:.3f} Tc")
            for place, row in enumerate(rows):
                slack = width - row.width * style.size / 1000
                shift = {"left": 0.0, "center": slack / 2, "right": slack}[style.align]
                self.page.draw(f"1 0 0 1 {left + shift:.2f} {baseline - place * step:.2f} Tm")
                self.page.draw(self._line(row, style.size))
            self.page.draw("ET")

    def _line(self, row: Line, size: float) -> str:
        text = row.text
        end = " " if row.spaced else ""
        right_to_left = scripts.right_to_left(text)
        pieces = row.pieces
        if right_to_left:
            chars = [(char, bold) for piece, bold in pieces for char in piece]
            pieces = lines.merged(scripts.visual(chars, from_right=row.from_right))
        if end and pieces:
            pieces = [*pieces[:-1], (pieces[-1][0] + end, pieces[-1][1])]
        drawn = [run for piece, bold in pieces for run in faces.runs(piece, bold=bold)]
        operators = self.file.show(drawn, size)
        if not right_to_left and "".join(shown for _, shown in drawn) == faces.spaced(text + end):
            return operators
        spoken = faces.spoken(scripts.unjoin(text) + end).encode("utf-16-be").hex()
        return f"/Span <</ActualText <FEFF{spoken}>>> BDC {operators} EMC"

    # --- end ----------------------------------------------------------------------------------------------

    def finish(self) -> bytes:
        """The bytes of the PDF, once; « page x / y » at the foot of each page."""
        total = len(self.file.pages)
        for page in self.file.pages:
            self._draw_foot(page, f"{self.page_word} {page.number + 1} / {total}")
            self._draw_mark(page)
        return self.file.finish()

    def _draw_foot(self, page: Page, number: str) -> None:
        left, right, height = 25 * MM, A4[0] - 25 * MM, 13 * MM
        size = min(8.5 * self.scale, 11)
        room = right - left - faces.advance(number, bold=False) * size / 1000 - 20
        foot = lines.cut(self._foot, width=room * 1000 / size)[0]
        start = right - faces.advance(number, bold=False) * size / 1000
        with page.artifact("Pagination"):
            page.rectangle((left, height + size + 3, right - left, 0.5), HAIR)
            page.draw(f"BT {MUTED} rg 0 Tc 1 0 0 1 {left:.2f} {height:.2f} Tm {self._line(foot, size)}")
            page.draw(f"1 0 0 1 {start:.2f} {height:.2f} Tm")
            page.draw(self.file.show(faces.runs(number, bold=False), size) + " ET")

    def _draw_mark(self, page: Page) -> None:
        if not self.mark:
            return
        size, right = 12, A4[0] - 25 * MM
        line = lines.cut(self.mark, width=self.width * 1000 / size, bold=True)[0]
        with page.artifact("Pagination"):
            start = right - line.width * size / 1000
            page.draw(f"BT {ACCENT} rg 0 Tc 1 0 0 1 {start:.2f} {A4[1] - 14 * MM:.2f} Tm")
            page.draw(self._line(line, size) + " ET")


def _share(rows: Sequence[tuple[str, Content]]) -> float:
    is_figures = all(len(lines.plain(value)) <= SHORT_VALUE for _, value in rows)
    return 0.7 if is_figures and any(len(label) > LONG_LABEL for label, _ in rows) else 0.34


def _french(content: Content) -> Content:
    if isinstance(content, str):
        return typography.no_break(content)
    return [type(span)(typography.no_break(span)) for span in content]
