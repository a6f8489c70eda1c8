"""What people type about themselves, and what administrators type about staff."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any, ClassVar

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, SignupWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from accounts.codes import CodeRefused
from accounts.models import Absence, Delegation, Role, RoleGrant, User
from accounts.second_factor import check_totp_or_recovery_code


class DayField(forms.DateField):
    """A day as people write it: 03/03/2027, 3-3-2027, 3 mars 2027."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"autocomplete": "off"}, format="%d/%m/%Y"))
        options.setdefault("help_text", _("Par exemple 03/03/2027."))
        super().__init__(
            input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%Y-%m-%d"], **options
        )

    def to_python(self, value: Any) -> date | None:
        """Read the day; raises `ValidationError` (error E22)."""
        if isinstance(value, str):
            value = _months_as_numbers(value)
        return super().to_python(value)


def _months_as_numbers(text: str) -> str:
    plain = _plain(text).replace("1er ", "1 ")
    for language in ("fr", "en"):
        with translation.override(language):
            for number, name in MONTHS.items():
                plain = re.sub(rf"\b{_plain(str(name))}\b", str(number), plain)
    return plain


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", " ".join(text.lower().split()))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


class NameField(forms.CharField):
    """A name on one line, without the signs that nobody sees and that reverse or hide other letters."""

    def to_python(self, value: Any) -> str:
        """The name as it is kept: no sign of the Unicode categories C (controls, formats)."""
        text = unicodedata.normalize("NFC", str(value or ""))
        return str(super().to_python("".join(sign for sign in text if unicodedata.category(sign)[0] != "C")))


class CodeField(forms.CharField):
    """Six digits received or shown elsewhere; spaces are welcome."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        options.setdefault("label", _("Code"))
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **options)


class SecondFactorCodeField(CodeField):
    """The code of the person's application, as asked before signing an act."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Code de votre application"))
        options.setdefault("help_text", _("Les 6 chiffres affichés maintenant sur votre téléphone."))
        super().__init__(**options)


class AddressForm(forms.Form):
    """Where to send the code."""

    email = forms.EmailField(
        label=_("Adresse e-mail"),
        help_text=_("Nous vous envoyons un code. Pas de mot de passe à retenir."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        """The address as it is kept: in lower case."""
        return str(self.cleaned_data["email"]).lower()


class CodeForm(forms.Form):
    """The code received."""

    code = CodeField()


class SecondFactorForm(forms.Form):
    """The code of the application, or a recovery code; checked here because allauth's page expects it so."""

    code = SecondFactorCodeField(
        help_text=_("Les 6 chiffres affichés maintenant. Sans votre téléphone, écrivez un code de secours."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        """Which factor the code was."""
        try:
            return check_totp_or_recovery_code(
                user=self.user, code=self.cleaned_data["code"], at=timezone.now()
            )
        except CodeRefused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def save(self) -> None:
        """Write in the session that the second factor was given."""
        record_authentication(context.request, self.user, "mfa", type=self.cleaned_data["code"])


class PasskeyForm(SignupWebAuthnForm):
    """A device that will sign its owner in by itself: it must verify the finger, face or code of its owner."""

    name = forms.CharField(
        label=_("Nom de cet appareil"), help_text=_("Par exemple : téléphone."), max_length=80, required=False
    )

    def clean(self) -> dict[str, Any]:
        """The answer of the device, checked by allauth; an answer that is none at all is refused alike."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except (KeyError, ValueError, TypeError) as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class ReadableCredential:
    """An answer that is none at all is refused like that of a device nobody knows."""

    def clean_credential(self) -> Any:
        """The device recognised."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeySignInForm(ReadableCredential, LoginWebAuthnForm):
    """The answer of a device at the door."""


class PasskeySecondFactorForm(ReadableCredential, AuthenticateWebAuthnForm):
    """The answer of a device as second factor."""


class NamesForm(forms.ModelForm):
    """Asked once, at the first sign-in."""

    class Meta:
        model = User
        fields: ClassVar = ["first_name", "last_name"]
        field_classes: ClassVar = {"first_name": NameField, "last_name": NameField}
        widgets: ClassVar = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }


class PreferencesForm(forms.ModelForm):
    """How we may reach a person."""

    class Meta:
        model = User
        fields: ClassVar = [
            "first_name",
            "last_name",
            "language",
            "preferred_channel",
            "preferred_format",
            "phone",
            "address",
            "postal_code",
            "city",
        ]
        field_classes: ClassVar = NamesForm.Meta.field_classes
        labels: ClassVar = {
            "language": _("Langue des pages et des e-mails"),
            "preferred_channel": _("Comment préférez-vous que nous vous écrivions ?"),
            "preferred_format": _("Taille des caractères de nos documents"),
        }
        widgets: ClassVar = {
            **NamesForm.Meta.widgets,
            "language": forms.RadioSelect,
            "preferred_channel": forms.RadioSelect,
            "preferred_format": forms.RadioSelect,
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
            "address": forms.Textarea(attrs={"autocomplete": "street-address", "rows": 3}),
            "postal_code": forms.TextInput(attrs={"autocomplete": "postal-code"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
        }

    def clean(self) -> dict[str, Any]:
        """By post needs an address, by phone a number."""
        cleaned = super().clean() or {}
        channel = cleaned.get("preferred_channel")
        if channel == User.Channel.POST:
            for name in ("address", "postal_code", "city"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(
                        name, _("Pour vous écrire par courrier, il nous faut votre adresse complète.")
                    )
        if channel == User.Channel.PHONE and not cleaned.get("phone"):
            self.add_error("phone", _("Pour vous appeler, il nous faut votre numéro de téléphone."))
        return cleaned


class WhoForm(forms.Form):
    """Which of the people behind one mailbox is there."""

    person = forms.ModelChoiceField(
        User.objects.none(), label=_("Votre nom"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class PhoneField(forms.CharField):
    """A number that can be called, as people write it: 6 to 15 figures, spaces, dots, a plus before the country."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}))
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> str:
        """The number as typed; ValidationError for what nobody can call."""
        typed = str(super().clean(value))
        figures = sum(sign.isdigit() for sign in typed)
        if typed and not (re.fullmatch(r"\+?[\d\s().\-/]+", typed) and 6 <= figures <= 15):
            raise ValidationError(
                _("Écrivez un numéro de téléphone, comme 01 23 45 67 89 ou +33 1 23 45 67 89.")
            )
        return typed


def french_postal_code(typed: str) -> str:
    """A French postal code without spaces: five figures. ValidationError for anything else."""
    code = typed.replace(" ", "")
    if not (code.isascii() and code.isdigit() and len(code) == 5):
        raise ValidationError(_("Un code postal compte 5 chiffres, comme 69100."))
    return code


class PeriodForm(forms.ModelForm):
    """A row that holds from a day to another."""

    def clean(self) -> dict[str, Any]:
        """The end is not before the beginning."""
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("La fin vient avant le début. Choisissez un jour plus tard."))
        return cleaned


class RoleForm(PeriodForm):
    """A role given to a person."""

    starts_on = DayField(label=_("À partir du"))
    ends_on = DayField(label=_("Jusqu'au"), required=False)
    role = forms.ChoiceField(label=_("Rôle"), choices=Role.choices, widget=forms.RadioSelect)

    class Meta:
        model = RoleGrant
        fields: ClassVar = ["role", "service", "starts_on", "ends_on"]


class DelegationForm(PeriodForm):
    """A delegation of signature."""

    starts_on = DayField(label=_("À partir du"))
    ends_on = DayField(label=_("Jusqu'au"), required=False)

    class Meta:
        model = Delegation
        fields: ClassVar = ["quality", "service", "act_reference", "starts_on", "ends_on"]
        help_texts: ClassVar = {
            "quality": _("Comme elle est écrite sous la signature : « Directeur général adjoint »."),
            "act_reference": _("Numéro et date de la décision qui donne la délégation."),
        }


class EndForm(forms.Form):
    """The last day of a role or of a delegation."""

    ends_on = DayField(label=_("Dernier jour"))

    def __init__(self, *args: Any, starts_on: date, **kwargs: Any) -> None:
        self.starts_on = starts_on
        super().__init__(*args, **kwargs)

    def clean_ends_on(self) -> date:
        """Not before it began."""
        ends_on: date = self.cleaned_data["ends_on"]
        if ends_on < self.starts_on:
            raise ValidationError(_("La fin vient avant le début. Choisissez un jour plus tard."))
        return ends_on


class AbsenceForm(PeriodForm):
    """When somebody is away, and who takes their tasks."""

    starts_on = DayField(label=_("Du"))
    ends_on = DayField(label=_("Au (dernier jour d'absence)"), required=False)
    substitute = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Qui vous remplace ?"),
        help_text=_(
            "Cette personne verra toutes vos tâches pendant votre absence. "
            "Seules celles qui tiennent les mêmes rôles que vous sont proposées."
        ),
        empty_label=_("Choisissez une personne"),
    )

    class Meta:
        model = Absence
        fields: ClassVar = ["starts_on", "ends_on", "substitute"]

    def __init__(self, *args: Any, away: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = User.objects.able_to_replace(away, first=on).order_by("last_name", "first_name")
        self.fields["substitute"].queryset = able  # type: ignore[attr-defined]


class NewPersonForm(forms.ModelForm):
    """A person of the Institute who has no account yet."""

    email = forms.EmailField(label=_("Adresse e-mail"), max_length=254)

    class Meta:
        model = User
        fields: ClassVar = ["first_name", "last_name", "email"]
        field_classes: ClassVar = NamesForm.Meta.field_classes

    def clean_email(self) -> str:
        """Not the address of somebody else."""
        address = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=address).exists():
            raise ValidationError(
                _("Cette adresse a déjà un compte. Cherchez-la dans la liste des personnes.")
            )
        return address


class FindPersonForm(forms.Form):
    """Whom we write to no more, sought by name or by address; never in the address of the page."""

    words = forms.CharField(
        label=_("Nom, prénom ou adresse e-mail"),
        help_text=_("Le début suffit. On peut aussi écrire une adresse e-mail qui n'a pas de compte ici."),
        max_length=254,
        strip=True,
    )


class RecoveryForm(forms.Form):
    """Who lost their device."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Qui a perdu son téléphone et ses codes de secours ?"),
        empty_label=_("Choisissez une personne"),
    )
    code = SecondFactorCodeField()

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class SecondFactorCodeForm(forms.Form):
    """The code of the application alone, checked by the action."""

    code = SecondFactorCodeField()
