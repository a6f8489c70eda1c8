"""What is asked before a merger, and what is answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.actions import MergerAnswer, MergerQuestion
from certificates.models import MergerRequest
from journal.fields import WordsField
from label.models import PaperEntry
from letters.fields import FrenchDateField
from letters.forms import CheckedFileField


def _long(label: Any, help_text: Any = "", *, most: int = 5000, required: bool = True) -> WordsField:
    widget = forms.Textarea(attrs={"rows": 5})
    return WordsField(label=label, help_text=help_text, max_length=most, widget=widget, required=required)


class MergerForm(forms.Form):
    """With whom, when, what becomes of what was recognised, and the project of treaty."""

    use_required_attribute = False
    successor_name = forms.CharField(label=_("Nom de la structure qui reprendra l'action"), max_length=200)
    successor_number = forms.CharField(
        label=_("Son numéro"), help_text=_("RNA, SIREN ou SIRET."), max_length=100
    )
    planned_on = FrenchDateField(label=_("Date prévue de la fusion"), help_text=_("Par exemple 03/03/2027."))
    text = _long(
        _("Ce que devient l'action reconnue"), _("Quelques phrases. Ne citez pas de personne malade.")
    )
    treaty = CheckedFileField(label=_("Projet de traité de fusion"), help_text=_("PDF, 20 Mo au plus."))

    def question(self) -> MergerQuestion:
        """What the action takes, but the file."""
        return MergerQuestion(
            **{name: value for name, value in self.cleaned_data.items() if name != "treaty"}
        )


class TypedMergerForm(MergerForm):
    """The same, typed by the office."""

    means = forms.ChoiceField(
        label=_("Comment cette demande est-elle arrivée ?"),
        choices=PaperEntry.Means.choices,
        widget=forms.RadioSelect,
    )
    received_on = FrenchDateField(label=_("Reçue le"))


class MergerAnswerForm(forms.Form):
    """The answer, its conditions and its reasons."""

    use_required_attribute = False
    outcome = forms.ChoiceField(
        label=_("Notre réponse"), choices=MergerRequest.Outcome.choices, widget=forms.RadioSelect
    )
    conditions = _long(_("Conditions, si la réponse en pose"), required=False)
    reasons_in_law = _long(_("Raisons en droit"), most=20_000)
    reasons_in_fact = _long(_("Raisons en fait"), most=20_000)

    def content(self) -> MergerAnswer:
        """What the action takes."""
        return MergerAnswer(**self.cleaned_data)
