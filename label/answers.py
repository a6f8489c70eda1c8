"""What a typed answer means: read it, say how to mend it, show it again. Nothing typed is ever thrown away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from label.questions import NO, PLAIN_QUESTIONS, YES, Question
from letters.spoken import told_excess
from letters.typography import french_amount, french_date, french_number, read_amount, read_date

if TYPE_CHECKING:
    from label.models import Application, Edition

MAXIMUM_TYPED = 200_000  # what one answer may hold while it waits to be shortened
MAXIMUM_AMOUNT = Decimal("999999999999.99")


def normalise(text: str) -> str:
    """The text as it is kept: one kind of line end, no null character, no space at both ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def token(version: int, text: str) -> str:
    """What a page carries beside a field: the version it shows, and a digest that tells whether it was touched."""
    return f"{version}.{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


def version_of(given: str) -> int:
    """The version inside a token; -1 for a text that is no token of ours."""
    number = given.split(".", 1)[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1


def untouched(given: str, text: str) -> bool:
    """Whether the text is the one that the page was opened with."""
    return given == token(version_of(given), text)


def read(question: Question, text: str) -> Any:
    """The value of an answer: int, Decimal, date, bool or str; None when empty. ValueError when unreadable."""
    if not text:
        return None
    match question.kind:
        case "number":
            return _whole_number(question, text)
        case "amount":
            amount = read_amount(text)
            if amount > MAXIMUM_AMOUNT:
                raise ValueError("too large")
            return amount
        case "date":
            return read_date(text)
        case "yes_no":
            if text not in (YES, NO):
                raise ValueError("neither yes nor no")
            return text == YES
    return text


def _whole_number(question: Question, text: str) -> int:
    plain = "".join(text.split())
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 12):
        raise ValueError("not a whole number")
    value = int(plain)
    if not question.low <= value <= question.high:
        raise ValueError("out of bounds")
    return value


def problem(question: Question, text: str) -> str:
    """How to mend an answer (E20, E22, E24, E25), or nothing when it is right or empty."""
    if question.kind in ("text", "long_text"):
        return told_excess(len(text), question.limit) if len(text) > question.limit else ""
    try:
        read(question, text)
    except ValueError:
        return _how_to_write(question, text)
    return ""


def _how_to_write(question: Question, text: str) -> str:
    match question.kind:
        case "amount":
            return _("Écrivez un montant en euros, comme 1 250,50.")
        case "date":
            return _("Écrivez une date comme 03/03/2027.")
        case "yes_no":
            return _("Choisissez une des réponses proposées.")
    if question.low:
        return _("Écrivez un nombre entre {low} et {high}.").format(low=question.low, high=question.high)
    plain = "".join(text.split())
    if plain.isascii() and plain.isdecimal():
        return _("Ce nombre est trop grand : vérifiez-le.")
    return _("Écrivez un nombre entier, sans lettre. S'il n'y en a pas, écrivez 0.")


def shown(question: Question, text: str) -> str:
    """The answer as it is read back: amounts, numbers and dates the French way."""
    try:
        value = read(question, text)
    except ValueError:
        return text
    if isinstance(value, bool):
        return _("Oui") if value else _("Non")
    if isinstance(value, int):
        return str(value) if question.low else french_number(value)
    if isinstance(value, Decimal):
        return french_amount(value)
    return french_date(value) if isinstance(value, date) else text


def texts_of(application: Application) -> dict[str, str]:
    """The answers of a dossier: question key -> text."""
    return dict(application.answers.values_list("question", "text"))


def is_small(edition: Edition, answers: Mapping[str, str]) -> bool:
    """Whether the structure answers the reduced set of questions: few employees and a small budget."""
    named = {question.key: question for question in PLAIN_QUESTIONS}
    try:
        employees = read(named["funding_employees"], answers.get("funding_employees", ""))
        budget = read(named["funding_budget"], answers.get("funding_budget", ""))
    except ValueError:
        return False
    if employees is None or budget is None:
        return False
    rule = edition.data["small_structure"]
    return bool(employees <= rule["max_employees"] and budget <= rule["max_yearly_budget_eur"])


def optional_criteria(edition: Edition, answers: Mapping[str, str]) -> frozenset[str]:
    """The criteria that this structure may leave unanswered; they then count as « sans objet »."""
    if not is_small(edition, answers):
        return frozenset()
    return frozenset(row["code"] for row in edition.data["criteria"] if not row["required_for_small"])


def unanswered(
    questions: Iterable[Question], answers: Mapping[str, str], optional: Iterable[str]
) -> list[tuple[Question, str]]:
    """The questions to go back to, each with how to mend it (empty text: simply not answered yet)."""
    found = []
    for question in questions:
        text = answers.get(question.key, "")
        mend = problem(question, text)
        if mend or (not text and question.is_required(answers, optional)):
            found.append((question, mend))
    return found
