"""What is typed about an outage of the service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DayField
from journal.fields import WordsField


class HourField(forms.TimeField):
    """An hour in one plain text field: 9:30 or 9h30."""

    default_error_messages = {"invalid": _("Écrivez une heure comme 9:30.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off"})
        super().__init__(input_formats=["%H:%M", "%Hh%M", "%Hh"], widget=widget, **kwargs)


class OutageForm(forms.Form):
    """When the service was down, and what nobody could do."""

    began_on = DayField(label=_("Premier jour de la panne"), help_text=_("Par exemple 03/03/2027."))
    began_hour = HourField(label=_("Heure du début"), help_text=_("Par exemple 9:30, heure de Paris."))
    ended_on = DayField(label=_("Dernier jour de la panne"))
    ended_hour = HourField(label=_("Heure de la fin"))
    what = WordsField(
        label=_("Ce que l'on ne pouvait pas faire"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Par exemple : se connecter, envoyer un dossier. Aucun nom de personne."),
    )

    def facts(self) -> dict[str, Any]:
        """What `record_outage` takes."""
        given = self.cleaned_data
        return {
            "began_at": _moment(given["began_on"], given["began_hour"]),
            "ended_at": _moment(given["ended_on"], given["ended_hour"]),
            "what": given["what"],
        }


def _moment(day: Any, hour: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
