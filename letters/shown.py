"""A letter and its state as pages show them: text escaped, facts in order, nothing to compute in templates."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from letters.actions import Preview
from letters.models import Letter
from letters.pdf import Bold, Content, LetterContent, render_letter
from letters.spoken import told_date, told_datetime

Fact = tuple[str, Any]


def content_as_html(content: Content) -> SafeString:
    """Escaped words, bold kept, line ends kept."""
    if isinstance(content, str):
        tag = "<strong>{}</strong>" if isinstance(content, Bold) else "{}"
        return format_html(
            tag, format_html_join(SafeString("<br>"), "{}", ((line,) for line in content.split("\n")))
        )
    return format_html_join("", "{}", ((content_as_html(span),) for span in content))


def letter_as_page(content: LetterContent) -> dict[str, Any]:
    """The parts of a letter for `letters/parts/letter.html`."""
    return {
        "content": content,
        "summary": [content_as_html(line) for line in content.summary_lines],
        "blocks": [_block(block) for block in content.body_blocks],
    }


def _block(block: Any) -> dict[str, Any]:
    kind, value = block
    if kind in {"li", "ol"}:
        return {"kind": kind, "items": [content_as_html(item) for item in value]}
    if kind == "facts":
        return {"kind": kind, "facts": [(name, content_as_html(item)) for name, item in value]}
    return {"kind": kind, "text": content_as_html(value) if value is not None else ""}


def draft_as_pdf(preview: Preview) -> HttpResponse:
    """The PDF that would leave, marked as a draft on each page; kept by no cache."""
    response = HttpResponse(render_letter(preview.content, draft=True), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="projet-{preview.code}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def delivery(letter: Letter) -> list[Fact]:
    """How the letter was served, step by step; what has not happened is not told."""
    facts: list[Fact] = [(_("Remise"), letter.get_channel_display())]
    if letter.registered_number:
        facts.append((_("Numéro d'envoi"), letter.registered_number))
    for words, day in (
        (_("Écrite le"), told_datetime(letter.issued_at)),
        (_("Partie le"), letter.sent_on and told_date(letter.sent_on)),
        (_("Présentée le"), letter.presented_on and told_date(letter.presented_on)),
        (_("Ouverte le"), letter.opened_at and told_datetime(letter.opened_at)),
        (_("Reçue le"), letter.received_on and told_date(letter.received_on)),
    ):
        if day:
            facts.append((words, day))
    if letter.is_withdrawn:
        facts.append(
            (_("Retirée"), _("on n'écrit plus à cette personne : la lettre n'est ni imprimée ni postée"))
        )
    elif letter.received_on is None:
        facts.append((_("Réception"), _("pas encore prouvée : aucun délai de recours ne court")))
    elif letter.presumed:
        facts.append((_("Réception"), _("réputée, la lettre n'a pas été ouverte ou retirée")))
    return facts
