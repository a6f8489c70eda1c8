"""The grid on paper (P31): one criterion per block, boxes to tick, a statement to sign, its code on each page."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from letters.pdf.document import BODY, MM, Document, Style
from letters.pdf.lines import Content
from letters.pdf.pages import Element, Page
from letters.pdf.tagged import A4
from letters.typography import french_date
from reviewers.forms import ADVICE
from reviewers.grid import Criterion, criteria, themes
from reviewers.gridcode import code_of
from reviewers.models import Assignment

BLACK = "0 0 0"
TEXT = Style(leading=1.3, colour=BLACK)
STRONG = Style(leading=1.3, bold=True, colour=BLACK)
TITLE = Style(size=15, leading=1.25, bold=True, colour=BLACK)
BOX = 8 * MM  # domain 6.9
SIZES = {False: 12 / BODY.size, True: 16 / BODY.size}  # points of the text: print, large print
LINE_STEP = 9 * MM  # room to write by hand, whatever the print
WRITTEN_LINES = 3


class Sheet(Document):
    """A paper to fill by hand: black on white, the codes and « page x / y » at the head of each page."""

    def __init__(self, title: str, *, head: str, large_print: bool) -> None:
        super().__init__(title, scale=SIZES[large_print])
        self.head = head
        self.left, self.right = 20 * MM, A4[0] - 20 * MM
        self.top, self.bottom = A4[1] - 24 * MM, 15 * MM
        self.y = self._ceiling = self.top

    # --- measures: what a block takes, before it is set ---------------------------------------------------

    def rows(self, content: Content, style: Style, *, indent: float = 0.0) -> float:
        """The height of a text in that style."""
        look = style.scaled(self.scale)
        return len(self.cut(content, look, self.width - indent)) * look.size * look.leading

    @property
    def indent(self) -> float:
        """Where the words beside a box begin."""
        return BOX + 4 * MM

    def choice_height(self, words: Content) -> float:
        """The height of a box with its words."""
        return max(BOX, self.rows(words, TEXT, indent=self.indent)) + 2.2 * MM

    # --- what is set ----------------------------------------------------------------------------------------

    def title(self, kind: str, content: Content, style: Style) -> None:
        """A heading in black."""
        self.text(self.root.add(kind), content, style.scaled(self.scale))

    def say(self, content: Content, *, style: Style = TEXT, after: float = 2 * MM) -> None:
        """A paragraph."""
        self.text(self.root.add("P"), content, style.scaled(self.scale))
        self.y -= after

    def choice(self, words: Content, within: Element) -> None:
        """A box of 8 mm and the words beside it, at the same height."""
        height = self.choice_height(words)
        self.need(height)
        top = self.y
        with self.page.artifact():
            self.page.draw(f"{BLACK} RG 1.2 w {self.left:.2f} {top - BOX:.2f} {BOX:.2f} {BOX:.2f} re S")
        self.y = top - max(0.0, (BOX - self.rows(words, TEXT, indent=self.indent)) / 2)
        self.text(within.add("LI").add("LBody"), words, TEXT.scaled(self.scale), left=self.left + self.indent)
        self.y = top - height

    def lines(self, count: int = WRITTEN_LINES) -> None:
        """Lines to write on."""
        self.need(count * LINE_STEP)
        with self.page.artifact():
            for _line in range(count):
                self.y -= LINE_STEP
                self.page.draw(
                    f"{BLACK} RG 0.6 w {self.left:.2f} {self.y:.2f} m {self.right:.2f} {self.y:.2f} l S"
                )
        self.y -= 3 * MM

    def choices(self) -> Element:
        """The list of what one ticks one of."""
        return self.root.add("L", attributes="/O /List /ListNumbering /None")

    def _draw_foot(self, page: Page, number: str) -> None:
        """At the head rather than at the foot: it is what one looks for when sheets are mixed up."""
        look = Style(size=BODY.size, bold=True, colour=BLACK).scaled(self.scale)
        line = self.cut(f"{self.head}  ·  {number}", look, A4[0] - 30 * MM)[0]
        height = A4[1] - 14 * MM
        with page.artifact("Pagination"):
            page.rectangle((self.left, height - 6, self.right - self.left, 0.8), BLACK)
            page.draw(f"BT {BLACK} rg 0 Tc 1 0 0 1 {self.left:.2f} {height:.2f} Tm")
            page.draw(self._line(line, look.size) + " ET")


@translation.override("fr")
def printed_grid(assignment: Assignment, *, large_print: bool = False) -> bytes:
    """The grid of one evaluation as a tagged PDF; it bears numbers and codes, never the member's name."""
    application = assignment.application
    rows = criteria(application.edition, assignment.snapshot)
    code = str(code_of(assignment))
    sheet = Sheet(
        _("Grille d'évaluation"), head=f"{application.reference}  ·  {code}", large_print=large_print
    )
    _first_page(sheet, assignment, code, len(rows))
    for number, title, part in themes(rows):
        for place, row in enumerate(part):
            above = _("Thème {number} : {title}").format(number=number, title=title) if place == 0 else ""
            _criterion(sheet, row, above)
    _last_page(sheet)
    return sheet.finish()


def _first_page(sheet: Sheet, assignment: Assignment, code: str, count: int) -> None:
    sheet.title("H1", _("Grille d'évaluation"), TITLE)
    sheet.y -= 2 * MM
    sheet.facts(
        [
            (_("Structure"), assignment.application.structure.name),
            (_("Dossier"), assignment.application.reference),
            (_("Code de cette grille"), code),
            (_("À renvoyer avant le"), french_date(assignment.review_due_on)),
        ],
        style=TEXT,
    )
    sheet.title("H2", _("Comment remplir cette grille"), STRONG)
    for words in (
        _("Pour chacun des {count} critères, cochez une seule case.").format(count=count),
        _("Expliquez en une phrase les notes 0, 1 et 4. Ne citez pas de personne malade."),
        _("Une erreur ? Barrez la case et entourez la bonne."),
        _("Personne ne voit vos notes avant que tous les membres aient donné les leurs."),
    ):
        sheet.say(words, after=1 * MM)
    sheet.y -= 2 * MM
    sheet.title("H2", _("Comment la renvoyer"), STRONG)
    for words in (
        _("Renvoyez toutes les pages, sans timbre, à : {name}, {address}.").format(
            name=settings.SERVICE_NAME, address=settings.SERVICE_ADDRESS
        ),
        _("Une question, ou noter par téléphone : {phone}.").format(phone=settings.SERVICE_PHONE),
        _("Nous recopions vos notes et les relisons avec vous. Vous avez {n} jours pour corriger.").format(
            n=settings.CORRECTION_DAYS
        ),
    ):
        sheet.say(words, after=1 * MM)
    sheet.y -= 2 * MM
    sheet.need(sheet.rows(_("Déclaration à signer"), STRONG) + BOX + 4 * LINE_STEP)
    sheet.title("H2", _("Déclaration à signer"), STRONG)
    sheet.y -= 1 * MM
    sheet.choice(_("Je n'ai aucun lien avec ce dossier."), sheet.choices())
    sign_here(sheet)
    sheet.page_break()


def _criterion(sheet: Sheet, row: Criterion, above: str) -> None:
    """One criterion in one block, on one page (domain 6.9)."""
    choices = [f"{score} – {name}. {sentence}" for score, name, sentence in row.anchors]
    choices.append(_("Je ne me prononce pas : je ne sais pas juger ce point."))
    if row.na_allowed:
        choices.append(_("Sans objet : ce critère ne concerne pas cette structure."))
    height = sheet.rows(above, TITLE) + 3 * MM if above else 0.0
    height += sheet.rows(f"{row.code} {row.title}", STRONG) + 1 * MM + sheet.rows(row.question, TEXT) + 2 * MM
    height += sum(map(sheet.choice_height, choices))
    height += sheet.rows(_("Pourquoi cette note ?"), TEXT) + WRITTEN_LINES * LINE_STEP + 5 * MM
    sheet.need(height)
    if above:
        sheet.title("H2", above, TITLE)
        sheet.y -= 3 * MM
    sheet.title("H3", f"{row.code} {row.title}", STRONG)
    sheet.y -= 1 * MM
    sheet.say(row.question)
    tree = sheet.choices()
    for words in choices:
        sheet.choice(words, tree)
    sheet.say(_("Pourquoi cette note ?"), after=0)
    sheet.lines()
    sheet.y -= 2 * MM


def _last_page(sheet: Sheet) -> None:
    sheet.page_break()
    sheet.title("H2", _("Votre avis d'ensemble"), TITLE)
    sheet.y -= 3 * MM
    tree = sheet.choices()
    for words in ADVICE.values():
        sheet.choice(str(words), tree)
    sheet.y -= 2 * MM
    sheet.say(_("Ce que vous voulez dire au comité"), after=0)
    sheet.lines(5)
    sheet.say(
        _("Vous craignez pour la sécurité d'une personne ? Appelez-nous tout de suite : {phone}.").format(
            phone=settings.SERVICE_PHONE
        )
    )
    sign_here(sheet)


def sign_here(sheet: Sheet) -> None:
    """The day and a signature, by hand."""
    sheet.need(2 * LINE_STEP)
    sheet.y -= 2 * MM
    sheet.say(_("Date et signature :"), after=0)
    sheet.lines(1)
