"""The questions of a section as a form: everything typed is kept, a blank never blocks, tokens tell two tabs apart."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import kept
from label.answers import normalise, problem, token
from label.models import Answer, Document
from label.questions import NO, YES, Question

YES_OR_NO = [(YES, _("Oui")), (NO, _("Non"))]


def token_name(key: str) -> str:
    """The name of the hidden field that carries the token of a question."""
    return f"token_{key}"


def documents_name(key: str) -> str:
    """The name of the checkboxes that say which documents show a criterion."""
    return f"documents_{key}"


class AnswerField(forms.CharField):
    """One answer, read as text: what is wrong with it is said by `label.answers`, and a blank is no error here."""

    def __init__(self, question: Question, *, required: bool) -> None:
        super().__init__(
            label=str(question.label), help_text=_help(question), required=required, widget=_widget(question)
        )
        self.question = question
        self.validators = []
        if question.kind == "long_text":
            self.max_length = question.limit

    def to_python(self, value: Any) -> str:
        """The text as it is kept."""
        return normalise(str(value or ""))

    def validate(self, value: Any) -> None:
        """How to mend the answer, beside the field; saving never asks for what is still empty."""
        mend = problem(self.question, value)
        if mend:
            raise ValidationError(mend)


def _help(question: Question) -> Any:
    return question.help if not question.criterion else ""


def _widget(question: Question) -> forms.Widget:
    plain: dict[str, Any] = {"autocomplete": "off"}
    match question.kind:
        case "long_text":
            return forms.Textarea(attrs={"rows": 4 if question.limit <= 1000 else 6})
        case "yes_no":
            return forms.RadioSelect(choices=YES_OR_NO)
        case "number":
            return forms.TextInput(attrs={**plain, "inputmode": "numeric"})
        case "amount":
            return forms.TextInput(attrs={**plain, "inputmode": "decimal"})
    return forms.TextInput(attrs=plain)


class AnswersForm(forms.Form):
    """The questions of a page, the token of each, and the name of this very page."""

    use_required_attribute = False
    tab = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(
        self,
        questions: Sequence[Question],
        rows: Mapping[str, Answer],
        optional: frozenset[str],
        data: Mapping[str, Any] | None = None,
        kept_tokens: Mapping[str, str] | None = None,
        *,
        before: Mapping[str, str] | None = None,
    ) -> None:
        """`kept_tokens` are those of answers changed elsewhere: they must stay stale until the person chooses.

        `before` gives the answers of the dossier that this one follows: each field then says whether its own changed.
        """
        super().__init__(data)
        self.questions = questions
        self.rows = rows
        self.kept_tokens = kept_tokens or {}
        texts = {key: row.text for key, row in rows.items()}
        self.initial["tab"] = secrets.token_hex(8)
        for question in questions:
            self.fields[question.key] = AnswerField(
                question,
                required=bool(question.when) or question.sometimes or question.is_required(texts, optional),
            )
            self.initial[question.key] = texts.get(question.key, "")
            if before is not None and question.key in before:
                self._tell_change(question.key, changed=texts.get(question.key, "") != before[question.key])

    def _tell_change(self, key: str, *, changed: bool) -> None:
        """« Inchangé » or « Modifié », before the help of the field (screens P25)."""
        field = self.fields[key]
        word = _("Modifié depuis votre dernier dossier.") if changed else _("Inchangé.")
        field.help_text = format_html("<strong>{}</strong> {}", word, field.help_text)

    def groups(self) -> list[tuple[bool, list[forms.BoundField]]]:
        """The fields in order, those that wait for a « oui » together: (whether they do, fields)."""
        rows = groupby(self.questions, key=lambda question: bool(question.when))
        return [(waits, [self[question.key] for question in part]) for waits, part in rows]

    def tokens(self) -> list[tuple[str, str]]:
        """The hidden fields to write: name and value; words kept from an older page keep the token of that page."""
        words = None if self.is_bound else kept.words.get()
        found = []
        for question in self.questions:
            row = self.rows.get(question.key)
            name, fresh = token_name(question.key), token(row.version, row.text) if row else token(0, "")
            given = words.get(name) if words else self.kept_tokens.get(question.key)
            found.append((name, given or fresh))
        return found


class EvidenceForm(AnswersForm):
    """The criteria of one theme: a text each, the documents that show it, and a document to add."""

    upload = forms.FileField(
        label=_("Ajouter un document"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "8 documents au plus pour tout le dossier ; PDF, image, texte ou tableur ; 20 Mo au plus. "
            "Pas de nom de personne malade."
        ),
    )
    description = forms.CharField(
        label=_("De quoi s'agit-il, en une ligne ?"), required=False, max_length=200
    )

    def __init__(
        self, questions: Sequence[Question], documents: Sequence[Document], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(questions, *args, **kwargs)
        self.documents = documents
        choices = [(str(document.pk), document.description) for document in documents]
        for question in questions if documents else []:
            name = documents_name(question.key)
            self.fields[name] = forms.MultipleChoiceField(
                label=_("Document qui le montre"),
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.initial[name] = linked(documents, question.criterion)

    def blocks(self) -> list[dict[str, Any]]:
        """What the page shows for each criterion: its question, its field, its documents."""
        return [
            {
                "question": question,
                "field": self[question.key],
                "documents": self[documents_name(question.key)] if self.documents else None,
            }
            for question in self.questions
        ]

    def document_tokens(self) -> list[tuple[str, str]]:
        """What was ticked when the page was opened, per criterion."""
        return [
            (f"ticked_{question.key}", ",".join(linked(self.documents, question.criterion)))
            for question in self.questions
        ]


def linked(documents: Sequence[Document], criterion: str) -> list[str]:
    """The keys of the documents that show a criterion, as texts, in order."""
    return [str(document.pk) for document in documents if criterion in document.criteria]
