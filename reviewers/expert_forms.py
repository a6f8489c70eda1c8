"""What is written about somebody from outside whom the committee hears."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.fields import WordsField
from letters.fields import FrenchDateField
from reviewers.forms import Lines
from reviewers.models import Expert
from reviewers.session_forms import WhyForm


class DocumentsForm(forms.Form):
    """What the secretariat handed over."""

    documents = WordsField(
        label=_("Documents remis"),
        help_text=_("Un document par ligne. La personne ne voit rien d'autre du dossier."),
        widget=Lines(),
        max_length=10_000,
        required=False,
    )

    def lines(self) -> list[str]:
        """One document per line."""
        return list(self.cleaned_data["documents"].splitlines())


class ExpertForm(DocumentsForm):
    """Who is invited, why, and what they signed."""

    field_order = (
        "name",
        "quality",
        "why",
        "declared_on",
        "no_link",
        "confidentiality_signed_on",
        "documents",
    )

    name = WordsField(label=_("Prénom et nom"), max_length=200)
    quality = WordsField(
        label=_("Qui est cette personne ?"),
        help_text=_("Son métier ou son expérience. Rien sur sa santé sans son accord."),
        max_length=300,
    )
    why = WordsField(
        label=_("Pourquoi l'inviter ?"),
        help_text=_(
            "Par exemple : maladie rare, chaque membre et chaque personne de la liste de réserve a un lien."
        ),
        widget=Lines(3),
        max_length=2000,
    )
    declared_on = FrenchDateField(
        label=_("Date de sa déclaration d'intérêts"), help_text=_("Par exemple 03/03/2027.")
    )
    no_link = forms.BooleanField(
        label=_("Sa déclaration ne montre aucun lien avec la structure"), required=False
    )
    confidentiality_signed_on = FrenchDateField(
        label=_("Date de son engagement de confidentialité"), help_text=_("Par exemple 03/03/2027.")
    )


class WithoutExpertForm(WhyForm):
    """Who is not heard, and why."""

    field_order = ("expert", "reason")

    expert = forms.ChoiceField(label=_("Qui n'est pas entendu ?"))

    def __init__(self, *args: Any, experts: Iterable[Expert] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["expert"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(str(one.pk), one.name) for one in experts]
