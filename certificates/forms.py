"""What is asked about a label: its state at another date, the answers of its holder, the hearings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from certificates.checklist.hearings import LONGEST_DAYS, MOST_GROUNDS
from certificates.models import Hearing, Observation
from journal.fields import WordsField
from letters.fields import FrenchDateField
from letters.forms import CheckedFileField
from letters.postmarks import PostmarkForm

FILE_HELP = _("PDF, image, texte ou tableur, 20 Mo au plus. Pas de nom de personne malade.")


class DayForm(forms.Form):
    """A day, in the address of the page."""

    is_filter = True

    jour = FrenchDateField(label=_("Date"), required=False, help_text=_("Par exemple 03/03/2027."))


class AnswerForm(forms.Form):
    """What the association answers, in its own words."""

    text = WordsField(
        label=_("Votre réponse"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Elle sera lue en entier, et la décision y répondra."),
    )
    file = CheckedFileField(label=_("Joindre un document"), required=False, help_text=FILE_HELP)


class OralForm(forms.Form):
    """Asking to be heard, and with whom."""

    assisted_by = forms.CharField(
        label=_("Qui vous assiste ou vous représente"),
        max_length=300,
        required=False,
        help_text=_("Par exemple un avocat, ou une personne de votre choix."),
    )


class ProofForm(forms.Form):
    """The proof that a point is corrected."""

    text = WordsField(
        label=_("Ce que vous avez fait"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    file = CheckedFileField(label=_("Joindre un document"), required=False, help_text=FILE_HELP)


class RelinquishForm(forms.Form):
    """The number of the label, typed: nobody gives a label up by one click."""

    number = forms.CharField(
        label=_("Écrivez le numéro du label pour confirmer"), max_length=40, widget=forms.TextInput()
    )


class ReissueForm(forms.Form):
    """Why a certificate is issued again."""

    reason = WordsField(
        label=_("Ce qui était faux sur le certificat"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PaperRelinquishForm(forms.Form):
    """A statement that came by post, signed."""

    letter = CheckedFileField(label=_("Lettre signée, scannée"), help_text=_("PDF ou image, 20 Mo au plus."))
    received_on = FrenchDateField(label=_("Date de réception"))


class InvitationForm(forms.Form):
    """The measure contemplated and the time to answer."""

    measure = forms.ChoiceField(
        label=_("Mesure envisagée"),
        choices=[(one.value, one.label) for one in Hearing.INVITED_FROM_THE_LABEL],
        widget=forms.RadioSelect,
    )
    is_urgent = forms.BooleanField(
        label=_("C'est urgent : le temps de réponse est plus court"), required=False
    )
    days = forms.IntegerField(label=_("Jours pour répondre"), min_value=1, max_value=LONGEST_DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"days": settings.OBSERVATIONS_DAYS, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        words = _("À partir de la réception : {n} jours au moins, {urgent} si c'est urgent.")
        self.fields["days"].help_text = words.format(
            n=settings.OBSERVATIONS_DAYS, urgent=settings.URGENT_OBSERVATIONS_DAYS
        )


class GroundForm(forms.Form):
    """One fact held against the association."""

    fact = WordsField(label=_("Le fait"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    occurred_on = FrenchDateField(label=_("Date du fait, si elle est connue"), required=False)
    text_breached = forms.CharField(label=_("Texte concerné"), max_length=500)
    source = forms.CharField(
        label=_("D'où vient l'information"),
        max_length=300,
        help_text=_("Sans nom de personne : « une personne accompagnée », « le site de l'association »."),
    )


class BaseGrounds(forms.BaseFormSet):
    """The facts that are written; a row left empty does not count, but for the first."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Rows after the first may stay empty."""
        return {
            **super().get_form_kwargs(index),
            "empty_permitted": bool(index),
            "use_required_attribute": False,
        }

    def written(self) -> list[dict[str, Any]]:
        """The facts, in their order."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("fact")]


GroundFormSet = forms.formset_factory(
    GroundForm, formset=BaseGrounds, extra=3, max_num=MOST_GROUNDS, absolute_max=MOST_GROUNDS
)


class ObservationOnBehalfForm(PostmarkForm):
    """What came by post, phone or visit, typed by the office."""

    field_order = ("means", "received_on", "postmarked_on", "confirms_dates", "text", "read_back_on", "file")
    means = forms.ChoiceField(
        label=_("Comment la réponse est arrivée"),
        choices=[(one.value, one.label) for one in Observation.Means if one != Observation.Means.ONLINE],
        widget=forms.RadioSelect,
    )
    received_on = FrenchDateField(label=_("Reçue le"))
    text = WordsField(
        label=_("La réponse, mot pour mot"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    read_back_on = FrenchDateField(
        label=_("Relu avec la personne le"),
        required=False,
        help_text=_("Pour ce qui a été dit au téléphone ou en visite."),
    )
    file = CheckedFileField(
        label=_("Copie de la réponse reçue (PDF ou image)"),
        required=False,
        help_text=_("Nécessaire pour un courrier."),
    )


class PostedLaterForm(ObservationOnBehalfForm):
    """What was posted in time and came once the hearing was closed."""

    means = forms.ChoiceField(
        choices=[(Observation.Means.POST.value, Observation.Means.POST.label)],
        initial=Observation.Means.POST.value,
        widget=forms.HiddenInput,
    )


class AskedForThemForm(forms.Form):
    """The association asked to be heard otherwise than online."""

    asked_on = FrenchDateField(label=_("Demandé le"))
    assisted_by = forms.CharField(label=_("Qui l'assiste ou la représente"), max_length=300, required=False)


class OralPlanForm(forms.Form):
    """When the association is heard."""

    planned_on = FrenchDateField(label=_("Date"))
    planned_time = forms.TimeField(
        label=_("Heure"), widget=forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off"})
    )


class MinutesForm(forms.Form):
    """What was said."""

    held_on = FrenchDateField(label=_("Date de l'audition"))
    assisted_by = forms.CharField(
        label=_("Qui l'assistait ou la représentait"), max_length=300, required=False
    )
    minutes = WordsField(
        label=_("Compte rendu"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10})
    )
    file = CheckedFileField(label=_("Joindre un document"), required=False, help_text=FILE_HELP)


class AgainForm(forms.Form):
    """What a proof lacks."""

    why = WordsField(
        label=_("Ce qui manque dans la preuve"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class MoveDateForm(forms.Form):
    """More time for a condition."""

    due_on = FrenchDateField(label=_("Nouvelle date"))
    reason = WordsField(label=_("Pourquoi"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class ContemplatedForm(forms.Form):
    """Why a refusal of a renewal is contemplated."""

    contemplated = WordsField(
        label=_("Pourquoi un refus est envisagé"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("L'association lit ce texte dans la lettre. Des faits datés, et les critères en cause."),
    )
