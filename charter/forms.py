"""Forms of this room: signing, asking to sign, recording a paper, adopting a version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from charter.checklist import LETTER
from charter.models import IdentityCheck
from letters.fields import FrenchDateField
from letters.forms import CheckedFileField
from letters.typography import french_phone
from structures.models import Membership

QUALITY = _("Qualité (présidente, trésorier…)")


class CommitmentForm(forms.Form):
    """Before the code: in which quality, and the commitment itself."""

    quality = forms.CharField(label=QUALITY, max_length=120)
    agree = forms.BooleanField(label="")

    def __init__(self, *args: Any, structure: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("J'ai lu la charte et je m'engage au nom de {structure}.")
        self.fields["agree"].label = format_lazy(words, structure=structure)
        self.fields["agree"].error_messages["required"] = _("Cochez cette case pour vous engager.")


class CodeForm(forms.Form):
    """The fresh code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class PaperForm(forms.Form):
    """A charter signed by hand, as the office receives it."""

    member = forms.ModelChoiceField(
        label=_("Signée par"), queryset=Membership.objects.none(), empty_label=None
    )
    quality = forms.CharField(label=QUALITY, max_length=120)
    signed_on = FrenchDateField(
        label=_("Date de la signature"), help_text=_("Celle qui est écrite sur le papier.")
    )
    scan = CheckedFileField(
        label=_("Charte signée"),
        help_text=_("Scan ou photo lisible. 20 Mo au plus."),
        error_messages={"required": _("Joignez le scan ou une photo lisible de la charte signée.")},
    )

    def __init__(self, *args: Any, structure_pk: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Membership.objects.filter(structure_id=structure_pk, role=Membership.Role.REPRESENTATIVE)
        choice: Any = self.fields["member"]
        choice.queryset = seats.select_related("user").order_by("ended_at", "pk")
        choice.label_from_instance = lambda seat: seat.user.get_full_name() or seat.user.email


class IdentityForm(forms.Form):
    """A call back to who signed by hand, or their written answer."""

    member = forms.ModelChoiceField(
        label=_("Qui doit avoir signé ?"), queryset=Membership.objects.none(), empty_label=None
    )
    way = forms.ChoiceField(
        label=_("Comment avez-vous vérifié ?"),
        choices=[
            ("person", _("Appel au numéro de cette personne")),
            ("structure", _("Appel au numéro de la structure")),
            (LETTER, _("Lettre à l'adresse du siège")),
        ],
        widget=forms.RadioSelect,
    )
    done_on = FrenchDateField(
        label=_("Quel jour ?"), help_text=_("Jour de l'appel, ou de la réponse écrite.")
    )
    result = forms.ChoiceField(
        label=_("Qu'est-ce que cela a donné ?"),
        choices=IdentityCheck.Result.choices,
        widget=forms.RadioSelect,
    )
    answered_by = forms.CharField(
        label=_("Qui a répondu ?"),
        help_text=_("Nom et qualité. Laissez vide si personne n'a répondu."),
        max_length=200,
        required=False,
    )
    proof = CheckedFileField(
        label=_("Réponse écrite et signée"),
        help_text=_("Seulement pour une lettre. 20 Mo au plus."),
        required=False,
    )

    def __init__(self, *args: Any, structure_pk: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Membership.objects.filter(structure_id=structure_pk).select_related("user")
        choice: Any = self.fields["member"]
        choice.queryset = seats.order_by("ended_at", "pk")
        choice.label_from_instance = seat_words


def seat_words(seat: Membership) -> str:
    """A member with the number that they declared."""
    name = seat.user.get_full_name() or seat.user.email or ""
    return f"{name} – {french_phone(seat.user.phone)}" if seat.user.phone else name


class AdoptionForm(forms.Form):
    """When an adopted text takes effect, what the committee thought of it, and why it would not wait.

    The last three are asked only of a text that replaces another one (`charter.checklist.missing_to_bring_in`).
    """

    effective_on = FrenchDateField(label=_("Date d'effet"))
    opinion = forms.CharField(
        label=_("Ce que le comité en a pensé"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    opinion_on = FrenchDateField(label=_("Date de l'avis du comité"), required=False)
    immediate_reason = forms.CharField(
        label=_("Si la loi impose d'aller plus vite : pourquoi"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, replaces: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("opinion", "opinion_on"):
            self.fields[name].required = replaces
        if not replaces:
            for name in ("opinion", "opinion_on", "immediate_reason"):
                del self.fields[name]
