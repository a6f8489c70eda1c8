"""What the office writes before a document with health data is deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.fields import WordsField


class DeletionForm(forms.Form):
    """Who may have read it, and what follows."""

    breach_check = WordsField(
        label=_("Qui a pu lire ce document, et faut-il prévenir"),
        help_text=_(
            "Une note interne. N'y recopiez aucune donnée de santé. La personne déléguée à la protection des "
            "données a 72 heures pour prévenir la CNIL si c'est nécessaire."
        ),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, document_pk: int, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": f"id_{document_pk}_%s"})
