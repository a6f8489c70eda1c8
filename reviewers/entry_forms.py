"""What is written around a grid and a dossier: the plain summary, the double check, the practice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.fields import WordsField
from reviewers.forms import Lines
from reviewers.models import Assignment


class SummaryForm(forms.Form):
    """The summary in plain language."""

    text = WordsField(
        label=_("Résumé en langage simple"),
        help_text=_(
            "Deux pages au plus. Des phrases courtes, des faits, aucun avis. "
            "Laissez une ligne vide entre deux paragraphes."
        ),
        widget=Lines(18),
        max_length=10_000,
    )


class MeansForm(forms.Form):
    """How what the secretariat notes for a member reached it."""

    means = forms.ChoiceField(
        label=_("Comment la personne l'a-t-elle dit ?"),
        choices=Assignment.Means.choices,
        widget=forms.RadioSelect,
    )


class DifferencesForm(forms.Form):
    """For each difference between two typings, which one the scan shows."""

    def __init__(self, rows: Sequence[tuple[str, str, str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, title, first, second in rows:
            self.fields[code] = forms.ChoiceField(
                label=title,
                choices=[("first", first), ("second", second)],
                widget=forms.RadioSelect,
                error_messages={"required": _("Dites ce que montre la grille numérisée.")},
            )
