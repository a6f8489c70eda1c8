"""The dossier pack (P31): plain summary, answers by criterion, what the office found, pieces with their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from label.models import Application, Snapshot
from label.papers import solution_facts
from label.snapshots import answers_by_section
from letters.pdf import Block, Content, Document
from letters.pdf.document import BODY
from letters.pdf.letter import write_blocks
from reviewers import reopenings
from reviewers.grid import Criterion, criteria, themes
from reviewers.models import OfficeFinding, PlainSummary
from reviewers.questions import as_data, asked_of, blocks_of

SIZES = {False: 12 / BODY.size, True: 16 / BODY.size}  # points of the text: print, large print
EMPTY = "—"
Words = str | Promise


@dataclass(frozen=True)
class Cover:
    """What a pack is made for: its title, the words at the foot of each page, what is read after the summary."""

    title: Words
    footer: Words
    after_summary: tuple[Block, ...] = ()


EVALUATION = Cover(
    gettext_lazy("Dossier à évaluer"), gettext_lazy("Confidentiel : pour l'évaluation seulement")
)


@translation.override("fr")
def pack_pdf(
    application: Application, snapshot: Snapshot, *, cover: Cover = EVALUATION, large_print: bool = False
) -> bytes:
    """The dossier as that snapshot froze it, as a tagged PDF; for whoever has passed the gate (screens P31)."""
    content = snapshot.content
    blocks: list[Block] = [("facts", _identity(application, content))]
    summary = PlainSummary.objects.of(snapshot)
    if summary is not None:
        blocks.append(("h", _("L'essentiel en langage simple")))
        blocks += [("p", text) for text in paragraphs(summary.text)]
        blocks.append(("page", None))
    blocks += cover.after_summary
    blocks += _solutions(content)
    for section, rows in answers_by_section(content):
        blocks.append(("h", str(section.title)))
        for row in rows:
            blocks += [("h3", " ".join(row["question"].split())), ("p", row["shown"] or EMPTY)]
        if section.key == "contributors" and content["contributors"]:
            blocks.append(("li", [f"{row['name']} – {row['part']}" for row in content["contributors"]]))
    pieces = {row["key"]: number for number, row in enumerate(content["documents"], 1)}
    grid = criteria(application.edition, snapshot)
    found = office_findings(snapshot)
    for number, title, part in themes(grid):
        blocks.append(("h", _("Thème {number} : {title}").format(number=number, title=title)))
        for one in part:
            blocks += _criterion(one, content["criteria"].get(one.code, {}), pieces, found.get(one.code, ""))
    blocks += _pieces(content)
    for asked in asked_of([application.pk]):
        blocks += blocks_of(as_data(asked))
    for row in reopenings.reopened([application.pk]).get(application.pk, []):
        blocks += reopenings.blocks_of(row)
    document = Document(
        str(cover.title),
        reference=application.reference,
        footer=str(cover.footer),
        scale=SIZES[large_print],
        dated=snapshot.made_at,
    )
    document.heading(str(cover.title), 1)
    write_blocks(document, blocks)
    return document.finish()


def summary_pages(text: str) -> int:
    """How many pages of print the summary takes in the pack, under its heading."""
    document = Document("", scale=SIZES[False])
    write_blocks(
        document, [("h", _("L'essentiel en langage simple")), *(("p", one) for one in paragraphs(text))]
    )
    return len(document.file.pages)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, an empty line between each."""
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [part.strip() for part in parts if part.strip()]


def office_findings(snapshot: Snapshot) -> dict[str, str]:
    """What the office found on the criteria that the edition names, in words, by code: facts, never a score."""
    current = OfficeFinding.objects.current(snapshot.pk)
    return {criterion: finding.text for criterion, finding in current.items()}


def _identity(application: Application, content: dict[str, Any]) -> list[tuple[str, Content]]:
    names = " ; ".join(row["name"] for row in content["solutions"])
    return [
        (_("Structure"), content["structure"]["name"]),
        (_("Dossier"), application.reference),
        (_("Actions présentées"), names or EMPTY),
    ]


def _solutions(content: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = [("h", _("Actions proposées"))] if content["solutions"] else []
    for row in content["solutions"]:
        blocks += [("h3", row["name"]), ("p", row["summary"] or EMPTY), ("facts", solution_facts(row))]
    return blocks


def _criterion(row: Criterion, said: dict[str, Any], pieces: dict[Any, int], finding: str) -> list[Block]:
    numbers = ", ".join(str(pieces[key]) for key in said.get("documents", []) if key in pieces)
    blocks: list[Block] = [("h3", f"{row.code} {row.title}"), ("small", row.question)]
    blocks.append(("p", said.get("text") or _("Rien n'est écrit sur ce point.")))
    if finding:
        blocks.append(("p", _("Constat de l'Institut : {finding}").format(finding=finding)))
    if numbers:
        blocks.append(("p", _("Pièces : {numbers}").format(numbers=numbers)))
    return blocks


def _pieces(content: dict[str, Any]) -> list[Block]:
    if not content["documents"]:
        return []
    lines = [f"{row['description']} ({row['name']})" for row in content["documents"]]
    return [("h", _("Pièces jointes au dossier")), ("ol", lines)]
