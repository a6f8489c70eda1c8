"""The certificate on paper: two pages, French first, English as a courtesy, a code to check it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from math import cos, pi, sin

import segno

from letters.pdf import faces
from letters.pdf.document import ACCENT, AUTHOR, INK, MM, MUTED, Document, Style
from letters.pdf.lines import Content
from letters.pdf.pages import Element
from letters.pdf.tagged import A4
from letters.typography import french_date

Solution = tuple[str, Sequence[str], Sequence[str]]
"""Name, fields of action in French, the same in English."""

ISSUER = AUTHOR
QR_SIDE = 33 * MM
FOOT_BOTTOM = 25 * MM
PALE = "0.885 0.925 0.930"
ROSETTE = "0.855 0.905 0.912"

NAME = Style(size=11, bold=True, colour=ACCENT)
TITLE = Style(size=31, leading=1.12, bold=True, colour=ACCENT)
TITLE_ENGLISH = Style(size=14.5, leading=1.3, colour=MUTED)
HOLDER = Style(size=25, leading=1.16, bold=True)
SECTION = Style(size=12.5, leading=1.3, bold=True, colour=ACCENT)
SOLUTION = Style(size=12.5, leading=1.3, bold=True)
TEXT = Style(size=10.5, leading=1.4)
NOTE = Style(size=9.5, leading=1.4, colour=MUTED)
LABEL = Style(size=9, leading=1.35, colour=MUTED)
FACT = Style(size=12, leading=1.35, bold=True)

ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """All that a certificate says; titles and conditions are data of the edition, named by its version."""

    number: str
    structure_name: str
    seat: str
    registration: str
    solutions: Sequence[Solution]
    granted_on: date
    starts_on: date
    ends_on: date
    title_fr: str
    title_en: str
    edition_name: str
    conditions_fr: Sequence[str]
    conditions_en: Sequence[str]
    signatory_name: str
    signatory_quality: str
    service: str
    verify_url: str
    specimen: bool = False


def render_certificate(facts: CertificateFacts, *, credential: str = "", is_sealed: bool = True) -> bytes:
    """The certificate as a tagged PDF (PDF/UA-1, PDF/A-3a), with its credential attached when it has one.

    The same facts and credential give the same bytes. One that will not be sealed says so.
    """
    document = _Certificate(facts, is_sealed=is_sealed)
    if credential:
        document.file.attach(
            "credential.json",
            credential.encode(),
            kind="application/ld+json",
            description="Le certificat sous une forme que les logiciels vérifient (Open Badges 3.0)",
        )
    document.head()
    document.holder()
    document.solutions()
    document.foot()
    document.conditions()
    document.verification()
    document.decorate()
    return document.finish()


def english_date(day: date) -> str:
    """`1 March 2027`, never cut at the end of a line."""
    return f"{day.day}\u00a0{ENGLISH_MONTHS[day.month - 1]}\u00a0{day.year}"


class _Certificate(Document):
    """The parts of the certificate, in reading order; the foot keeps its place at the bottom of page 1."""

    def __init__(self, facts: CertificateFacts, *, is_sealed: bool) -> None:
        super().__init__(
            f"{facts.title_fr} – {facts.structure_name}",
            author=ISSUER,
            reference=facts.number,
            footer=ISSUER,
            dated=datetime.combine(facts.granted_on, time(), UTC),
        )
        self.facts_shown, self.is_sealed = facts, is_sealed
        self.air = 1.5 if len(facts.solutions) < 4 and len(facts.structure_name) < 90 else 1.0
        self.signature = [
            (f"Pour l'{ISSUER}" if facts.signatory_name else "", LABEL),
            (facts.signatory_name, replace(FACT, size=12.5)),
            (facts.signatory_quality, TEXT),
            (facts.service, replace(TEXT, colour=MUTED)),
        ]
        signature_height = sum(
            self._height(text, look, self._signature_width) for text, look in self.signature
        )
        self.foot_height = max(QR_SIDE + 4 * MM, signature_height) + 84
        self.bottom = FOOT_BOTTOM + self.foot_height + 4 * MM

    @property
    def _signature_width(self) -> float:
        return self.width - QR_SIDE - 62 * MM

    def _height(self, text: Content, style: Style, width: float) -> float:
        return len(self.cut(text, style, width)) * style.size * style.leading if text else 0.0

    def page_break(self) -> None:
        """From the second page on, the text may go down to the usual margin."""
        self.bottom = 24 * MM
        super().page_break()

    def put(
        self, element: Element, text: Content, style: Style, *, left: float, width: float, top: float
    ) -> float:
        """Writes at a place of the page; gives the height where it ends."""
        if not text:
            return top
        rows = self.cut(text, style, width)
        self.draw(element, rows, style, left=left, width=width, top=top)
        return top - len(rows) * style.size * style.leading

    def head(self) -> None:
        """Who gives the certificate, and what it is called."""
        facts = self.facts_shown
        self.paragraph(ISSUER, style=replace(NAME, size=13), after=1)
        self.paragraph(f"Édition {facts.edition_name}", style=replace(NOTE, size=10.5), after=0)
        if facts.specimen:
            self.space(8)
            self.paragraph("Spécimen : ce document de démonstration n'a aucune valeur.", style=NAME, after=0)
            self.paragraph("Specimen: this demonstration has no value.", style=NOTE, lang="en", after=0)
        self.space((22 if facts.specimen else 40) * self.air)
        self.text(self.root.add("H1"), facts.title_fr, TITLE)
        self.space(5)
        self.paragraph(facts.title_en, style=TITLE_ENGLISH, lang="en", after=0)

    def holder(self) -> None:
        """To whom."""
        facts = self.facts_shown
        self.space(24 * self.air)
        self.both("délivré à", "awarded to", replace(NOTE, size=10.5))
        self.space(3)
        sizes = (look for size in (25, 21, 18) if self._lines(facts, look := replace(HOLDER, size=size)) <= 2)
        self.text(self.root.add("P"), facts.structure_name, next(sizes, replace(HOLDER, size=15)))
        self.space(5)
        place = "  ·  ".join(part for part in (facts.seat, facts.registration) if part)
        self.paragraph(place, style=TEXT, after=0)
        if any(map(faces.is_rewritten, (facts.structure_name, *(name for name, *_ in facts.solutions)))):
            self.space(5)
            self.paragraph(
                "Ce qui ne pouvait être imprimé dans son écriture l'est en lettres latines. La page de"
                " vérification donne l'original.",
                style=NOTE,
                after=0,
            )
            words = "What could not be printed in its own script is in Latin letters."
            words += " The verification page gives the original."
            self.paragraph(words, style=NOTE, lang="en", after=0)
        self.space(16 * self.air)
        with self.page.artifact():
            self.page.rectangle((self.left, self.y, 22 * MM, 2), ACCENT)
        self.space(16 * self.air)

    def _lines(self, facts: CertificateFacts, style: Style) -> int:
        return len(self.cut(facts.structure_name, style, self.width))

    def both(self, french: str, english: str, style: Style, kind: str = "P") -> None:
        """A French label followed by its English on the same line."""
        element = self.root.add(kind)
        self.need(style.size * style.leading * 3)
        rows = self.cut(french, style, self.width)
        shift = rows[-1].width * style.size / 1000 + 9
        self.draw(element, rows, style, left=self.left, width=self.width, top=self.y)
        self.draw(
            element.add("Span", lang="en"),
            self.cut(english, replace(style, bold=False), self.width),
            replace(style, bold=False, colour=MUTED),
            left=self.left + shift,
            width=self.width - shift,
            top=self.y,
        )
        self.y -= style.size * style.leading

    def solutions(self) -> None:
        """What is recognised."""
        several = len(self.facts_shown.solutions) > 1
        self.both(
            "Actions reconnues" if several else "Action reconnue",
            "Recognised solutions" if several else "Recognised solution",
            SECTION,
            kind="H2",
        )
        self.space(5)
        tree = self.root.add("L", attributes="/O /List /ListNumbering /None")
        for name, fields_fr, fields_en in self.facts_shown.solutions:
            body = tree.add("LI").add("LBody")
            french, english = "  ·  ".join(fields_fr), "  ·  ".join(fields_en)
            # A solution stays whole on its page.
            parts = ((name, SOLUTION), (french, TEXT), (english, NOTE))
            self.need(sum(self._height(text, look, self.width) for text, look in parts))
            self.paragraph(name, style=SOLUTION, after=0, within=body)
            self.paragraph(french, style=TEXT, after=0, within=body)
            self.paragraph(english, style=NOTE, after=0, within=body, lang="en")
            self.space(8)

    def foot(self) -> None:
        """Number, dates, signatory and code, at the bottom of the first page."""
        here = self.page, self.y
        self.page = self.file.pages[0]
        top = FOOT_BOTTOM + self.foot_height
        top = self._figures(top) - 16
        self._sign(top)
        self._code(top)
        self.page, self.y = here

    def _figures(self, top: float) -> float:
        facts = self.facts_shown
        cells = (
            ("Numéro", "Number", facts.number, ""),
            ("Décision du", "Decision of", french_date(facts.granted_on), english_date(facts.granted_on)),
            (
                "Valable",
                "Valid",
                f"du {french_date(facts.starts_on)}\nau {french_date(facts.ends_on)}",
                f"{english_date(facts.starts_on)} to {english_date(facts.ends_on)}",
            ),
        )
        with self.page.artifact():
            self.page.rectangle((self.left, top, self.width, 1), ACCENT)
        table = self.root.add("Table")
        heads, values = table.add("TR"), table.add("TR")
        shares = (0.36, 0.27, 0.37)
        left, low = self.left, top
        for (french, english, value, translated), share in zip(cells, shares, strict=True):
            width = self.width * share - 8
            head = heads.add("TH", attributes="/O /Table /Scope /Column")
            y = self.put(head, french, LABEL, left=left, width=width, top=top - 7)
            shift = faces.advance(french + "  ", bold=False) * LABEL.size / 1000
            self.put(head.add("Span", lang="en"), english, LABEL, left=left + shift, width=width, top=top - 7)
            cell = values.add("TD")
            y = self.put(cell, value, FACT, left=left, width=width, top=y - 1)
            y = self.put(cell.add("Span", lang="en"), translated, LABEL, left=left, width=width, top=y)
            left, low = left + self.width * share, min(low, y)
        return low

    def _sign(self, top: float) -> None:
        for text, look in self.signature:
            element = self.root.add("P") if text else self.root
            top = self.put(element, text, look, left=self.left, width=self._signature_width, top=top)

    def _code(self, top: float) -> None:
        facts = self.facts_shown
        side, low = self.right - QR_SIDE, top - QR_SIDE
        box = f"[{side:.2f} {low:.2f} {self.right:.2f} {top:.2f}]"
        figure = self.root.add(
            "Figure",
            alt=f"Code à scanner, qui ouvre {facts.verify_url}",
            attributes=f"/O /Layout /BBox {box}",
        )
        with self.page.marked(figure):
            self.page.draw(f"{INK} rg {qr_path(facts.verify_url, side, low, QR_SIDE)} f")
        width = 50 * MM
        left = side - width - 6 * MM
        look = replace(TEXT, align="right")
        element = self.root.add("P")
        y = self.put(
            element, "Vérifiez ce certificat :", replace(look, bold=True), left=left, width=width, top=top
        )
        link = element.add("Link")
        start = y
        y = self.put(link, facts.verify_url, replace(look, colour=ACCENT), left=left, width=width, top=y)
        self.page.link(link, (left, y, left + width, start), facts.verify_url, f"Vérifier {facts.number}")
        note = replace(NOTE, align="right")
        self.put(
            self.root.add("P", lang="en"), "Check this certificate", note, left=left, width=width, top=y - 3
        )

    def conditions(self) -> None:
        """After the first page, what keeps the label, in two columns."""
        facts = self.facts_shown
        if self.page is self.file.pages[0]:
            self.page_break()
        else:
            self.space(20)
        if not facts.conditions_fr:
            return
        self.both("Conditions de maintien du label", "Conditions for keeping the label", SECTION, kind="H2")
        self.space(6)
        table = self.root.add("Table")
        english = [*facts.conditions_en, *[""] * len(facts.conditions_fr)]
        for place, french in enumerate(facts.conditions_fr):
            row = table.add("TR")
            number = row.add("TH", attributes="/O /Table /Scope /Row")
            cells = [
                (number, str(place + 1), replace(TEXT, bold=True, colour=ACCENT), 0.06),
                (row.add("TD"), french, TEXT, 0.52),
                (row.add("TD", lang="en"), english[place], replace(TEXT, colour=MUTED), 0.42),
            ]
            self.row(cells)
        self._hairline()
        self.space(26)

    def verification(self) -> None:
        """How to check the certificate, and what it does not say."""
        facts = self.facts_shown
        self.both("Comment vérifier ce certificat", "How to check this certificate", SECTION, kind="H2")
        self.space(4)
        self.paragraph(
            "Scannez le code de la première page, ou écrivez le numéro à l'adresse ci-dessous. La page dit si"
            " le label est valable aujourd'hui : il peut avoir été suspendu ou retiré après l'impression.",
            style=TEXT,
            after=3,
        )
        if not self.is_sealed:
            self.paragraph("Ce document n'est pas scellé : vérifiez-le en ligne.", style=NAME, after=0)
            words = "This document is not sealed: check it online."
            self.paragraph(words, style=NOTE, lang="en", after=6)
        self.paragraph(
            "Scan the code on the first page or enter the number at the address below. The page says whether"
            " the label is valid today: it may have been suspended or withdrawn since this was printed.",
            style=NOTE,
            lang="en",
            after=6,
        )
        self.facts(
            [("Numéro  /  Number", facts.number), ("Adresse  /  Address", facts.verify_url)], style=TEXT
        )
        self.paragraph(
            "Les actions reconnues complètent les soins. Elles ne les remplacent pas.", style=TEXT, after=3
        )
        self.paragraph(
            "Recognised solutions complement care. They do not replace it.", style=NOTE, lang="en", after=10
        )
        self.paragraph("Le texte français fait foi.", style=NOTE, after=0)
        self.paragraph("The English text is a courtesy translation.", style=NOTE, lang="en", after=0)

    def decorate(self) -> None:
        """The rosette of the first page and the mark of a specimen, under the text."""
        for page in self.file.pages:
            page.operators.insert(0, "/Artifact <</Type /Page>> BDC")
            under = [f"{PALE} rg {self._specimen_mark()}"] if self.facts_shown.specimen else []
            if page.number == 0:
                under.append(f"0.45 w {ROSETTE} RG {rosette()} S")
            page.operators[1:1] = [*under, "EMC"]

    def _specimen_mark(self) -> str:
        text, size, angle = "SPÉCIMEN", 104.0, pi / 3.4
        length = faces.advance(text, bold=True) * size / 1000
        x = A4[0] / 2 - cos(angle) * length / 2 + sin(angle) * size / 3
        y = A4[1] / 2 - sin(angle) * length / 2 - cos(angle) * size / 3
        turn = f"{cos(angle):.4f} {sin(angle):.4f} {-sin(angle):.4f} {cos(angle):.4f} {x:.2f} {y:.2f} Tm"
        return f"BT 0 Tc {turn} {self.file.show(faces.runs(text, bold=True), size)} ET"


def qr_path(address: str, left: float, bottom: float, side: float) -> str:
    """The QR code of an address as one path: a rectangle for each stretch of dark modules.

    Quartile correction; the mask is fixed, which readers accept and which is six times faster to draw.
    """
    matrix = segno.make(address, error="q", mask=3, boost_error=False, micro=False).matrix
    step = side / len(matrix)
    parts: list[str] = []
    for line, modules in enumerate(matrix):
        y = bottom + side - (line + 1) * step
        row = bytes(modules)
        start = row.find(1)
        while start >= 0:
            end = row.find(0, start)
            end = len(row) if end < 0 else end
            parts.append(f"{left + start * step:.2f} {y:.2f} {(end - start) * step:.2f} {step:.2f} re")
            start = row.find(1, end)
    return " ".join(parts)


@cache
def rosette() -> str:
    """Turned ellipses at the top right corner, as one path."""
    centre = (A4[0] - 32 * MM, A4[1] - 34 * MM)
    petals, long, short = 36, 62 * MM, 21 * MM
    return " ".join(_ellipse(centre, long, short, pi * place / petals) for place in range(petals))


def _ellipse(centre: tuple[float, float], long: float, short: float, angle: float) -> str:
    bend = 0.5523
    quarters = [
        ((1, 0), (1, bend), (bend, 1), (0, 1)),
        ((0, 1), (-bend, 1), (-1, bend), (-1, 0)),
        ((-1, 0), (-1, -bend), (-bend, -1), (0, -1)),
        ((0, -1), (bend, -1), (1, -bend), (1, 0)),
    ]

    across, up = cos(angle), sin(angle)

    def at(x: float, y: float) -> str:
        u, v = x * long, y * short
        return f"{centre[0] + u * across - v * up:.1f} {centre[1] + u * up + v * across:.1f}"

    curves = " ".join(f"{at(*a)} {at(*b)} {at(*c)} c" for _, a, b, c in quarters)
    return f"{at(1, 0)} m {curves}"
