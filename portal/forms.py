"""What the public may ask: a number, a date, an association."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates.seal.checking import LARGEST
from journal.numbering import MAXIMUM_LENGTH, InvalidNumber, Number, parse_number
from letters.fields import FrenchDateField
from portal.register import REMOTE, Choice
from portal.words import NO_LABEL
from structures.facets import AUDIENCES, CANCER_TYPES, FIELDS_OF_ACTION, REGIONS, choices

PREFIX, DOSSIER = "LBL", "DOS"


class LabelNumberField(forms.CharField):
    """The number of a label as people copy it; its error code is the reason of `InvalidNumber`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Numéro du label"))
        kwargs.setdefault(
            "help_text", _("Il commence par LBL. Les tirets et les minuscules ne changent rien.")
        )
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(strip=True, **kwargs)

    def clean(self, value: Any) -> Any:
        """The Number read; ValidationError with the words of what is wrong."""
        text = super().clean(value)
        try:
            return read_number(text)
        except InvalidNumber as error:
            raise ValidationError(str(NO_LABEL[error.reason]), code=error.reason) from error


class NumberForm(forms.Form):
    """« Vérifier un label »."""

    numero = LabelNumberField()


class FileForm(forms.Form):
    """The certificate itself, as it was downloaded: the PDF, the credential or a badge that carries it."""

    certificat = forms.FileField(
        label=_("Déposer le certificat"),
        help_text=_(
            "PDF, 10 Mo au plus. L'attestation numérique (JSON) et le badge (PNG, SVG) conviennent aussi."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.json,.png,.svg"}),
    )

    def clean_certificat(self) -> bytes:
        """Its bytes, read once they are known to be few."""
        given = self.cleaned_data["certificat"]
        if given.size > LARGEST:
            raise ValidationError(
                _("Ce fichier fait plus de 10 Mo : ce n'est pas un certificat de ce label.")
            )
        content: bytes = given.read()
        return content


class DayForm(forms.Form):
    """« Quel était l'état de ce label à une autre date ? »"""

    date = FrenchDateField(label=_("Date"), help_text=_("Par exemple : 03/03/2027"))


def read_number(text: str) -> Number:
    """The number of a label; raises InvalidNumber, "malformed" also for a number of something else than a dossier."""
    number = parse_number(text)
    if number.prefix != PREFIX:
        raise InvalidNumber("dossier" if number.prefix == DOSSIER else "malformed")
    return number


def prefilled(text: str) -> NumberForm:
    """The field with what was typed, however long or strange it was."""
    return NumberForm(initial={"numero": text[:MAXIMUM_LENGTH]})


class RegisterForm(forms.Form):
    """What one looks for in the register; every field may stay empty, and stands in the address of the page."""

    q = forms.CharField(
        label=_("Nom, ville ou mot"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    champ = forms.MultipleChoiceField(
        label=_("Que cherchez-vous ?"), required=False, choices=choices(FIELDS_OF_ACTION)
    )
    cancer = forms.ChoiceField(
        label=_("Pour quel cancer ?"), required=False, choices=[("", _("Tous")), *choices(CANCER_TYPES[1:])]
    )
    lieu = forms.ChoiceField(
        label=_("Où ?"),
        required=False,
        choices=[("", _("Partout")), (REMOTE, _("À distance")), *choices(REGIONS)],
    )
    public = forms.ChoiceField(
        label=_("Pour qui ?"), required=False, choices=[("", _("Tout le monde")), *choices(AUDIENCES)]
    )

    def choice(self) -> Choice:
        """What is looked for; a filter that cannot be read is left out, its field says why."""
        self.full_clean()
        chosen = self.cleaned_data
        return Choice.of(
            chosen.get("q", ""),
            fields=tuple(chosen.get("champ", ())),
            cancer=chosen.get("cancer", ""),
            place=chosen.get("lieu", ""),
            audience=chosen.get("public", ""),
        )
