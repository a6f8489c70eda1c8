"""What the office writes before a document with health data is deleted, or a passage masked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.fields import WordsField
from label.models import Masking


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


class MaskingForm(forms.Form):
    """The passage as it stands, why, and what follows."""

    passage = WordsField(
        label=_("Le passage à retirer"),
        help_text=_("Recopiez-le exactement, depuis le dossier. Un paragraphe à la fois."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
    why = forms.ChoiceField(
        label=_("Ce que dit ce passage"), choices=Masking.Why.choices, widget=forms.RadioSelect
    )
    asks_again = forms.BooleanField(
        label=_("Le passage compte pour la demande : demander à l'association de l'écrire autrement"),
        required=False,
    )
    breach_check = WordsField(
        label=_("Qui a pu lire ce passage, et faut-il prévenir"),
        help_text=_(
            "Une note interne. N'y recopiez aucune donnée de santé. La personne déléguée à la protection des "
            "données a 72 heures pour prévenir la CNIL si c'est nécessaire."
        ),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
