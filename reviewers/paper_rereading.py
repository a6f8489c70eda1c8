"""The second round on paper: the scores of the group without names, and boxes to keep or change one's own."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from reviewers.gridcode import code_of
from reviewers.models import Assignment
from reviewers.paper import LINE_STEP, STRONG, TITLE, Sheet, sign_here
from reviewers.second_round import Line

FREE_LINES = 6


@translation.override("fr")
def printed_rereading(assignment: Assignment, lines: Sequence[Line], *, large_print: bool = False) -> bytes:
    """The sheet of one member's second round as a tagged PDF: codes and pseudonyms, never a name.

    `lines` are those of `second_round.lines` for that member, the criteria to discuss first.
    """
    reference, code = assignment.application.reference, str(code_of(assignment))
    sheet = Sheet(_("Relire vos notes"), head=f"{reference}  ·  {code}", large_print=large_print)
    _first_page(sheet, assignment, code)
    to_discuss = [line for line in lines if line.reasons]
    for place, line in enumerate(to_discuss):
        _to_discuss(sheet, line, _("Critères à discuter") if place == 0 else "")
    _others(sheet, [line for line in lines if not line.reasons])
    sign_here(sheet)
    return sheet.finish()


def _first_page(sheet: Sheet, assignment: Assignment, code: str) -> None:
    sheet.title("H1", _("Relire vos notes avec celles du groupe"), TITLE)
    sheet.y -= 4
    sheet.facts(
        [
            (_("Structure"), assignment.application.structure.name),
            (_("Dossier"), assignment.application.reference),
            (_("Code de cette feuille"), code),
        ]
    )
    for words in (
        _("Il est normal de ne pas être d'accord.")
        + " "
        + _("Les notes sont montrées sans les noms. Vos deux tours sont gardés."),
        _("Pour chaque critère à discuter, cochez « Je garde ma note » ou « Je change »."),
        _("Si vous changez, écrivez la nouvelle note et pourquoi, en une phrase."),
        _("Les notes que vous n'avez pas relues restent comme elles sont."),
        _("Renvoyez toutes les pages, sans timbre, à : {name}, {address}.").format(
            name=settings.SERVICE_NAME, address=settings.SERVICE_ADDRESS
        ),
        _("Une question, ou répondre par téléphone : {phone}.").format(phone=settings.SERVICE_PHONE),
    ):
        sheet.say(words)


def _voices(line: Line) -> str:
    """The scores of the group on one criterion, in words."""
    said = []
    for voice in line.voices:
        words = _("{who} : {note}").format(who=voice.pseudonym, note=voice.note)
        before = _("(premier tour : %(note)s)") % {"note": voice.before} if voice.before else ""
        said.append(f"{words} {before}".strip())
    return " ; ".join(said) or _("Personne ne s'est prononcé.")


def _to_discuss(sheet: Sheet, line: Line, above: str) -> None:
    """One criterion in one block, on one page."""
    title, why = f"{line.row.code} {line.row.title}", " ; ".join(line.reasons)
    kept = _("Je garde ma note")
    changed = _("Je change. Ma nouvelle note, de 0 à 4 :")
    choices = [kept, changed]
    choices += [
        _("Je reviens à ma première note : {note}").format(note=voice.before)
        for voice in line.voices
        if voice.is_mine and voice.before
    ]
    height = sum(sheet.rows(words, STRONG) for words in (title, line.row.question, why, _voices(line)))
    height += sum(map(sheet.choice_height, choices)) + 4 * LINE_STEP
    sheet.need(height + (sheet.rows(above, TITLE) + LINE_STEP if above else 0))
    if above:
        sheet.title("H2", above, TITLE)
        sheet.y -= 6
    sheet.title("H3", title, STRONG)
    sheet.say(line.row.question)
    sheet.say(_("À discuter : {why}.").format(why=why))
    sheet.say(_voices(line))
    boxes = sheet.choices()
    for words in choices:
        sheet.choice(words, boxes)
    sheet.say(_("Pourquoi je change"), after=0)
    sheet.lines(2)


def _others(sheet: Sheet, lines: Sequence[Line]) -> None:
    """The criteria on which the group agrees more or less: read, and changed in writing if one wishes."""
    if not lines:
        return
    sheet.need(4 * LINE_STEP)
    sheet.y -= LINE_STEP / 2
    sheet.title("H2", _("Les autres"), TITLE)
    sheet.y -= 6
    for line in lines:
        title = f"{line.row.code} {line.row.title}"
        sheet.need(sheet.rows(title, STRONG) + sheet.rows(_voices(line), STRONG))
        sheet.title("H3", title, STRONG)
        sheet.say(_voices(line))
    sheet.need((FREE_LINES + 1) * LINE_STEP)
    sheet.say(_("Vous changez une de ces notes ? Écrivez le critère, la nouvelle note et pourquoi."), after=0)
    sheet.lines(FREE_LINES)
