"""What is typed about a mandate: proposal, appointment, seat, declaration, hearing, publication."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.fields import WordsField
from letters.fields import FrenchDateField, WholeNumberField
from letters.forms import CheckedFileField
from reviewers.consent import publication_text
from reviewers.forms import ApproachForm, Lines
from reviewers.models import Mandate, MandateHearing, Publication, Seat
from structures import facets

MOST_FIELDS = 6


def _regions() -> list[tuple[str, Any]]:
    return [("", _("Non précisée")), *((one.code, one.label) for one in facets.REGIONS)]


def _fields() -> list[tuple[str, Any]]:
    return [(one.code, one.label) for one in facets.FIELDS_OF_ACTION]


class KnownField(forms.MultipleChoiceField):
    """The fields of action that a member knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Champs d'action que la personne connaît"),
            help_text=_("Six au plus. Ne rien cocher ne change rien à sa place au comité."),
            choices=_fields,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            **options,
        )

    def validate(self, value: Any) -> None:
        """Refuses unknown codes, and more than six."""
        super().validate(value)
        if len(value) > MOST_FIELDS:
            raise forms.ValidationError(_("Choisissez six champs au plus."))


class ProposalForm(ApproachForm):
    """A person to whom a seat is proposed."""

    seat = forms.ChoiceField(
        label=_("Place"), choices=Seat.choices, initial=Seat.FULL, widget=forms.RadioSelect
    )
    region = forms.ChoiceField(label=_("Région"), choices=_regions, required=False)
    fields_known = KnownField()

    field_order = ("first_name", "last_name", "email", "phone", "address", "college", "seat", "region")

    def __init__(self, *args: Any, replaced: Mandate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if replaced is not None:  # the place that is left: same college, same seat
            del self.fields["college"], self.fields["seat"]


class ProfileForm(forms.Form):
    """What the choice of panels needs to know of a member."""

    region = forms.ChoiceField(label=_("Région"), choices=_regions, required=False)
    fields_known = KnownField()
    load_cap = WholeNumberField(
        label=_("Combien de dossiers à la fois, au plus ?"), min_value=1, max_value=50
    )


class SeatForm(forms.Form):
    """Another place in the same college, by a written act."""

    seat = forms.ChoiceField(label=_("Place"), choices=Seat.choices, widget=forms.RadioSelect)
    act_reference = WordsField(label=_("Référence de l'acte écrit"), max_length=200)


class DeclarationForm(forms.Form):
    """A declaration made in the Institute's own tool: its date and its address."""

    interests_link = forms.URLField(
        label=_("Adresse de la déclaration publique"),
        help_text=_("Dans l'outil de déclaration de l'Institut."),
        max_length=300,
        assume_scheme="https",
    )
    filed_on = FrenchDateField(label=_("Déclaration faite le"))


class GroundsForm(forms.Form):
    """What is held against a member, as it is notified."""

    ground = forms.ChoiceField(
        label=_("Motif"), choices=MandateHearing.Ground.choices, widget=forms.RadioSelect
    )
    facts = WordsField(
        label=_("Les faits"),
        help_text=_("La personne lit ce texte et peut y répondre. Rien sur sa santé."),
        widget=Lines(5),
        max_length=5000,
    )
    notified_on = FrenchDateField(
        label=_("Remis à la personne le"), help_text=_("Le jour où elle reçoit ce texte.")
    )


class ObservationsForm(forms.Form):
    """What a member answered otherwise than on their page, or their silence."""

    means = forms.ChoiceField(
        label=_("Comment la réponse est-elle arrivée ?"),
        choices=[choice for choice in MandateHearing.Means.choices if choice[0] != "online"],
        widget=forms.RadioSelect,
    )
    observations = WordsField(
        label=_("Ce que la personne a dit"), widget=Lines(5), max_length=10_000, required=False
    )
    heard_on = FrenchDateField(label=_("Date de la réponse, ou du constat"))


class OwnObservationsForm(forms.Form):
    """The member's own answer."""

    observations = WordsField(
        label=_("Votre réponse"),
        help_text=_("Vous pouvez aussi nous appeler, ou venir avec la personne de votre choix."),
        widget=Lines(6),
        max_length=10_000,
    )


class TerminateForm(forms.Form):
    """The written act that ends a mandate early."""

    act_reference = WordsField(label=_("Référence de l'acte écrit"), max_length=200)
    reason = WordsField(
        label=_("Pourquoi ?"),
        help_text=_("Les motifs de l'acte, et ce qu'ils répondent à la personne."),
        widget=Lines(4),
        max_length=2000,
    )


class PaperConsentForm(forms.Form):
    """The consent that a member without e-mail signed."""

    scan = CheckedFileField(
        label=_("Accord signé, numérisé"), help_text=_("PDF ou image, 20 Mo au plus."), required=False
    )


class PublicationForm(forms.Form):
    """What the public page says of a member."""

    publication = forms.ChoiceField(label=_("Ce que tout le monde peut lire"), widget=forms.RadioSelect)
    pseudonym = forms.CharField(
        label=_("Pseudonyme"),
        help_text=_("Seulement si vous choisissez un pseudonyme. N'y mettez pas votre nom."),
        max_length=60,
        required=False,
    )

    def __init__(self, *args: Any, college: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["publication"]
        field.choices = Publication.choices  # type: ignore[attr-defined]
        field.widget.option_hints = {one.value: publication_text(one, college) for one in Publication}


class EndLinkForm(forms.Form):
    """The day on which a link ended."""

    until = FrenchDateField(label=_("Ce lien s'est arrêté le"))
