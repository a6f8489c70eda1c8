"""Forms of this room: which structure, who acts for it, how decisions reach it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms import NameField, PhoneField, french_postal_code
from journal.fields import WordsField
from journal.refusals import Blocked
from letters.fields import WebAddressField
from letters.forms import CheckedFileField
from structures import identifiers
from structures.identifiers import InvalidIdentifier
from structures.models import (
    Membership,
    Registration,
    Structure,
)

Kind = Registration.Kind
Role = Membership.Role

NAME_OF_STRUCTURE = _("Nom de la structure")
QUALITY = _("Qualité (présidente, trésorier…)")
PROOF = _("Justificatif")
PROOF_HINT = _(
    "Récépissé, extrait du registre ou photo lisible. PDF, image, texte ou tableur, 20 Mo au plus."
)
MANDATE_HINT = _(
    "Procès-verbal ou extrait qui nomme cette personne. PDF, image, texte ou tableur, 20 Mo au plus."
)
PROOF_NEEDED: Any = {
    "required": _("Joignez un justificatif : récépissé, extrait du registre ou photo lisible.")
}
SERVICE_TEXT = _(
    "Je veux recevoir en ligne les décisions de l'Institut pour cette structure. Le délai pour contester part du "
    "jour où j'ouvre la décision. Je peux changer d'avis à tout moment."
)

# What people choose among, and the address of the page of each.
WAYS = {
    "rna": _("Elle a un numéro RNA (W…)"),
    "siren": _("Elle a un SIREN ou un SIRET"),
    "alsace-moselle": _("Elle est inscrite en Alsace ou en Moselle"),
    "ailleurs": _("Elle est à l'étranger, en Nouvelle-Calédonie ou en Polynésie"),
    "sans-numero": _("Je n'ai pas de numéro, ou je ne le trouve pas"),
}
WAY_HINTS = {
    "rna": _(
        "10 caractères, sur le récépissé de la préfecture. Par exemple W751000123. "
        "Corse et outre-mer : il peut y avoir une lettre, comme W9T1000123."
    ),
    "siren": _("9 ou 14 chiffres. Beaucoup d'associations n'en ont pas : ce n'est pas un problème."),
    "alsace-moselle": _("Tribunal, volume et folio, ou numéro AMALIA. Gardez les zéros au début."),
    "sans-numero": _("Nous le chercherons avec vous. Joignez le récépissé ou une photo lisible."),
}


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """What was sent, for a form that is bound on POST only, even when nothing was filled in."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def add_reasons(form: forms.Form, blocked: Blocked) -> None:
    """Put the reasons of a refused action beside the fields they are about, else at the top of the form."""
    for reason in blocked.reasons:
        form.add_error(reason.code if reason.code in form.fields else None, reason.text)


class WayForm(forms.Form):
    """Which kind of number the structure has."""

    way = forms.ChoiceField(
        label=_("Comment la trouver ?"), choices=list(WAYS.items()), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].widget.option_hints = WAY_HINTS


class NumberForm(forms.Form):
    """A name and a number; `result` is (kind, normal form) once the form is right."""

    name = NameField(label=NAME_OF_STRUCTURE, max_length=300)
    field = "raw_number"
    result: tuple[str, str]

    def kind_and_raw(self, data: dict[str, Any]) -> tuple[str, str]:
        """The kind of number, and what was typed."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Find the normal form; a number that must be corrected gets its message beside the field."""
        data = super().clean() or {}
        if not self.errors:
            kind, raw = self.kind_and_raw(data)
            try:
                self.result = kind, identifiers.normalise(kind, raw) if kind != Kind.NONE else ""
            except InvalidIdentifier as wrong:
                self.add_error(self.field, str(wrong.message))
        return data


class RnaForm(NumberForm):
    """A number of the register of associations."""

    raw_number = forms.CharField(label=_("Numéro RNA"), help_text=WAY_HINTS["rna"], max_length=200)

    def kind_and_raw(self, data: dict[str, Any]) -> tuple[str, str]:
        """Always an RNA number."""
        return Kind.RNA, data["raw_number"]


class SirenForm(NumberForm):
    """A SIREN, or a SIRET: told apart by their length."""

    raw_number = forms.CharField(
        label=_("Numéro SIREN ou SIRET"), help_text=WAY_HINTS["siren"], max_length=200
    )

    def kind_and_raw(self, data: dict[str, Any]) -> tuple[str, str]:
        """More than 11 digits can only be a SIRET that is being typed."""
        digits = sum(character.isdigit() for character in data["raw_number"])
        return (Kind.SIRET if digits > 11 else Kind.SIREN), data["raw_number"]


class LocalRegisterForm(NumberForm):
    """The register of a court of Alsace or Moselle, or the AMALIA number that replaces it."""

    court = forms.CharField(label=_("Tribunal"), max_length=120, required=False)
    volume = forms.CharField(label=_("Volume"), max_length=20, required=False)
    folio = forms.CharField(label=_("Folio"), max_length=20, required=False)
    amalia = forms.CharField(
        label=_("Ou numéro AMALIA"),
        help_text=_("Depuis 2023, il remplace le volume et le folio."),
        max_length=80,
        required=False,
    )
    field = "court"

    def kind_and_raw(self, data: dict[str, Any]) -> tuple[str, str]:
        """AMALIA when it is given, else court, volume and folio."""
        if data["amalia"]:
            self.field = "amalia"
            return Kind.AMALIA, data["amalia"]
        parts = (
            data[name].replace("/", " ").replace("|", " ").replace(";", " ")
            for name in ("court", "volume", "folio")
        )
        return Kind.ALSACE_MOSELLE, " / ".join(parts)


class ForeignForm(NumberForm):
    """A number of another country or of a territory with a register of its own."""

    raw_number = forms.CharField(
        label=_("Pays et numéro"),
        help_text=_(
            "Les deux lettres du pays, puis le numéro, comme BE 0403019261 pour la Belgique. "
            "Pour la Nouvelle-Calédonie, écrivez NC ; pour la Polynésie française, PF."
        ),
        max_length=200,
    )

    def kind_and_raw(self, data: dict[str, Any]) -> tuple[str, str]:
        """Always another register."""
        return Kind.FOREIGN, data["raw_number"]


class NoNumberForm(NumberForm):
    """No number; an old file number helps to find the structure."""

    raw_number = forms.CharField(
        label=_("Ancien numéro de dossier"),
        help_text=_("S'il est sur le récépissé."),
        max_length=200,
        required=False,
    )

    def kind_and_raw(self, data: dict[str, Any]) -> tuple[str, str]:
        """An old number when there is one."""
        return (Kind.OLD_RNA if data["raw_number"] else Kind.NONE), data["raw_number"]


NUMBER_FORMS: dict[str, type[NumberForm]] = {
    "rna": RnaForm,
    "siren": SirenForm,
    "alsace-moselle": LocalRegisterForm,
    "ailleurs": ForeignForm,
    "sans-numero": NoNumberForm,
}


class ConfirmForm(forms.Form):
    """Who the person is in the structure; with a reason or a proof when the register does not say it all."""

    reason = WordsField(label=_("Pourquoi est-ce la même structure ?"), max_length=500)
    role = forms.ChoiceField(
        label=_("Représentez-vous la structure ?"),
        choices=[
            (Role.REPRESENTATIVE, _("Oui, je la représente : je signe et je dépose")),
            (Role.EDITOR, _("Non, je prépare le dossier avec d'autres")),
        ],
        widget=forms.RadioSelect,
    )
    quality = forms.CharField(label=QUALITY, max_length=120)
    proof = CheckedFileField(label=PROOF, help_text=PROOF_HINT, required=False)

    def __init__(
        self, *args: Any, wants_reason: bool, wants_proof: bool, offers_proof: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not wants_reason:
            del self.fields["reason"]
        if not (offers_proof or wants_proof):
            del self.fields["proof"]
        elif wants_proof:
            self.fields["proof"].required = True
            self.fields["proof"].error_messages["required"] = _(
                "Joignez un justificatif : récépissé, extrait du registre ou photo lisible."
            )


class JoinForm(forms.Form):
    """A request to join a structure that has a space already."""

    quality = forms.CharField(
        label=QUALITY, max_length=120, help_text=_("La personne qui représente la structure la lira.")
    )


class InviteForm(forms.Form):
    """Somebody to invite by e-mail."""

    email = forms.EmailField(label=_("Adresse e-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Son rôle"), widget=forms.RadioSelect)
    quality = forms.CharField(label=QUALITY, max_length=120, required=False)

    def __init__(self, *args: Any, offers_representation: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(offers_representation)  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """The next representative."""

    email = forms.EmailField(label=_("Adresse e-mail de la personne qui prend la suite"), max_length=254)
    quality = forms.CharField(label=_("Sa qualité (présidente, trésorier…)"), max_length=120)
    proof = CheckedFileField(
        label=PROOF,
        help_text=MANDATE_HINT,
        error_messages=PROOF_NEEDED,
    )


class PersonForm(forms.Form):
    """Somebody without an e-mail address of their own."""

    SHARED, NONE = "shared", "none"

    first_name = NameField(label=_("Prénom"), max_length=100)
    last_name = NameField(label=_("Nom"), max_length=100)
    role = forms.ChoiceField(label=_("Son rôle"), widget=forms.RadioSelect)
    quality = forms.CharField(label=QUALITY, max_length=120, required=False)
    mailbox = forms.ChoiceField(
        label=_("Comment lui écrire ?"),
        choices=[
            (SHARED, _("À mon adresse e-mail : nous partageons la même boîte")),
            (NONE, _("Par courrier ou par téléphone : cette personne n'a pas d'e-mail")),
        ],
        widget=forms.RadioSelect,
    )
    phone = forms.CharField(label=_("Téléphone"), max_length=30, required=False)
    address = forms.CharField(
        label=_("Adresse postale"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    postal_code = forms.CharField(label=_("Code postal"), max_length=12, required=False)
    city = forms.CharField(label=_("Commune"), max_length=120, required=False)

    def __init__(self, *args: Any, offers_representation: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(offers_representation)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody without e-mail can be reached by post or by phone."""
        data = super().clean() or {}
        if data.get("mailbox") == self.NONE and not (data.get("phone") or data.get("address")):
            self.add_error("phone", _("Écrivez un numéro de téléphone ou une adresse postale."))
        return data


class ServiceForm(forms.Form):
    """How decisions reach the structure; nothing ticked = post."""

    ONLINE, POST = "online", "post"

    channel = forms.ChoiceField(
        label=_("Comment voulez-vous recevoir nos décisions ?"),
        choices=[(ONLINE, _("En ligne")), (POST, _("Par courrier recommandé"))],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Sans réponse, elles arrivent par courrier recommandé."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].widget.option_hints = {
            self.ONLINE: _(
                "Le délai pour contester part du jour où vous ouvrez la décision. "
                "Vous pouvez changer d'avis à tout moment."
            )
        }


class ProofForm(forms.Form):
    """A proof for a number that no open register holds."""

    proof = CheckedFileField(
        label=PROOF,
        help_text=PROOF_HINT,
        error_messages=PROOF_NEEDED,
    )


class ContactForm(forms.ModelForm[Structure]):
    """Where a structure is reached: what the register gave is there already, a person completes or mends it."""

    website = WebAddressField(label=_("Site internet"), required=False)
    phone = PhoneField(label=_("Téléphone"), required=False)

    class Meta:
        model = Structure
        fields = ("address", "postal_code", "city", "country", "phone", "email", "website")
        labels: ClassVar = {"address": _("Adresse, pour recevoir le courrier"), "country": _("Code du pays")}
        help_texts: ClassVar = {"country": _("FR pour la France, BE pour la Belgique, CH pour la Suisse.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_french = str(self["country"].value() or "FR").upper() == "FR"
        for name, needed in (("address", True), ("city", True), ("postal_code", is_french)):
            self.fields[name].required = needed

    def clean_country(self) -> str:
        """A code of two letters that names a country."""
        code = str(self.cleaned_data["country"]).upper()
        if code not in identifiers.COUNTRIES | {"FR"}:
            raise forms.ValidationError(_("Écrivez les deux lettres du pays, comme FR ou BE."))
        return code

    def clean_postal_code(self) -> str:
        """In France, five figures."""
        code = str(self.cleaned_data["postal_code"]).replace(" ", "")
        return french_postal_code(code) if self.fields["postal_code"].required else code


def role_choices(offers_representation: bool) -> list[tuple[str, Any]]:
    """The roles that can be given; representation only while nobody represents the structure."""
    roles: list[tuple[str, Any]] = [(Role.EDITOR, _("Écrit")), (Role.READER, _("Lit"))]
    if offers_representation:
        roles.insert(0, (Role.REPRESENTATIVE, _("Représente la structure (signe et dépose)")))
    return roles
