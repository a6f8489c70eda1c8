"""Forms of the office: findings, pieces to ask for, who takes the file, what came on paper."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.forms import NameField, PhoneField, french_postal_code
from accounts.models import User
from journal.fields import WordsField
from label.models import Finding, PaperEntry
from label.published_list import Item
from letters.fields import FrenchDateField
from letters.forms import CheckedFileField
from letters.postmarks import PostmarkForm
from structures.identifiers import InvalidIdentifier, normalise
from structures.models import Registration


class VerdictField(forms.ChoiceField):
    """A verdict that may be left for later: an item without verdict is simply not counted."""

    def validate(self, value: Any) -> None:
        """Only a verdict that exists."""
        if value:
            super().validate(value)


class SentenceField(forms.CharField):
    """A sentence asked for by the form itself, only for what is chosen."""

    def validate(self, value: Any) -> None:
        """Nothing: `clean()` of the form says what is missing."""


class FindingsForm(forms.Form):
    """One verdict and one comment per item of the published list."""

    use_required_attribute = False

    def __init__(
        self, items: Sequence[Item], found: Mapping[str, Finding], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            known = found.get(item.code)
            self.fields[f"verdict_{item.code}"] = VerdictField(
                label=format_html('{}<span class="fr-sr-only"> : {}</span>', _("Constat"), item.what),
                choices=Finding.Verdict.choices,
                widget=forms.RadioSelect,
                initial=known.verdict if known else "",
            )
            self.fields[f"comment_{item.code}"] = forms.CharField(
                label=_("Commentaire"),
                required=False,
                max_length=500,
                widget=forms.TextInput,
                initial=known.comment if known else "",
            )

    def fields_of(self, code: str) -> tuple[Any, Any]:
        """The two bound fields of an item."""
        return self[f"verdict_{code}"], self[f"comment_{code}"]

    def findings(self) -> dict[str, tuple[str, str]]:
        """What `record_findings` takes."""
        clean = self.cleaned_data
        return {
            item.code: (clean.get(f"verdict_{item.code}", ""), clean.get(f"comment_{item.code}", ""))
            for item in self.items
        }

    def as_read(self, findings: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """Findings in words: code -> (the item, verdict and comment)."""
        names, verdicts = {item.code: item.what for item in self.items}, dict(Finding.Verdict.choices)
        return {
            code: (names[code], "\n".join(str(word) for word in (verdicts.get(verdict), comment) if word))
            for code, (verdict, comment) in findings.items()
        }


class AskPiecesForm(forms.Form):
    """The pieces to ask for, each with its sentence, prefilled and always edited by a person."""

    use_required_attribute = False

    def __init__(
        self,
        items: Sequence[Item],
        wanted: Mapping[str, str],
        *args: Any,
        earlier: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        """`wanted` are the items found missing or unclear: code -> sentence to begin with.

        `earlier` are the codes asked for by a first request: any other one needs a reason.
        """
        super().__init__(*args, **kwargs)
        self.items, self.earlier = items, earlier
        if earlier:
            self.fields["reason"] = SentenceField(
                label=_("Pourquoi une pièce de plus"),
                help_text=_(
                    "À remplir si vous demandez une pièce qui n'était pas dans la première liste. "
                    "L'association lira cette raison."
                ),
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        for item in items:
            self.fields[f"ask_{item.code}"] = forms.BooleanField(
                label=item.what, required=False, initial=item.code in wanted
            )
            self.fields[f"why_{item.code}"] = SentenceField(
                label=_("Ce que l'association lira"),
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
                initial=wanted.get(item.code) or item.why,
            )

    def fields_of(self, code: str) -> tuple[Any, Any]:
        """The two bound fields of an item."""
        return self[f"ask_{code}"], self[f"why_{code}"]

    def clean(self) -> dict[str, Any]:
        """At least one piece, and a sentence for each."""
        clean = super().clean() or {}
        asked = [item for item in self.items if clean.get(f"ask_{item.code}")]
        if not asked:
            self.add_error(None, _("Choisissez au moins une pièce à demander."))
        for item in asked:
            if not clean.get(f"why_{item.code}"):
                self.add_error(
                    f"why_{item.code}", _("Dites en une phrase pourquoi cette pièce est demandée.")
                )
        if self.earlier and not clean.get("reason") and any(one.code not in self.earlier for one in asked):
            text = _(
                "La première liste devait être complète : dites pourquoi vous demandez une pièce de plus."
            )
            self.add_error("reason", text)
        return clean

    def why_more(self) -> str:
        """Why a piece of more, for `ask_documents`; empty at the first request."""
        return str(self.cleaned_data.get("reason", ""))

    def pieces(self) -> list[dict[str, str]]:
        """What `ask_documents` takes."""
        clean = self.cleaned_data
        return [
            {"code": item.code, "why": clean[f"why_{item.code}"]}
            for item in self.items
            if clean.get(f"ask_{item.code}")
        ]


class PersonChoice(forms.ModelChoiceField):
    """People by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Their full name."""
        return str(obj.get_full_name())


class AssignForm(forms.Form):
    """To whom the file goes."""

    officer = PersonChoice(label=_("Donner le dossier à"), queryset=User.objects.none())

    def __init__(self, officers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["officer"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = officers


class ReadBackForm(forms.Form):
    """When the typed dossier was read with the person."""

    read_on = FrenchDateField(label=_("Relu avec la personne le"))


class OnBehalfForm(PostmarkForm):
    """A dossier received: how, when, and its copy."""

    field_order = ("means", "received_on", "postmarked_on", "confirms_dates", "scan")
    use_required_attribute = False
    means = forms.ChoiceField(
        label=_("Comment le dossier est-il arrivé ?"),
        choices=PaperEntry.Means.choices,
        widget=forms.RadioSelect,
    )
    received_on = FrenchDateField(label=_("Reçu le"))
    scan = CheckedFileField(
        label=_("Copie du dossier reçu (PDF ou image)"),
        required=False,
        help_text=_("Nécessaire pour un courrier."),
    )


class CorrectEntryForm(OnBehalfForm):
    """The same facts, corrected, and why; without a new copy the former one stays."""

    reason = WordsField(
        label=_("Pourquoi cette correction ?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class NewStructureForm(forms.Form):
    """A structure without space yet, and the person who represents it; an e-mail address is never needed."""

    use_required_attribute = False
    name = NameField(label=_("Nom de la structure"), max_length=300)
    registration_kind = forms.ChoiceField(
        label=_("Sorte de numéro"), choices=Registration.Kind.choices, initial=Registration.Kind.RNA
    )
    raw_number = forms.CharField(label=_("Numéro"), max_length=200, required=False)
    proof = CheckedFileField(label=_("Justificatif, s'il n'y a pas de numéro"), required=False)
    address = forms.CharField(label=_("Adresse du siège"), max_length=300)
    postal_code = forms.CharField(label=_("Code postal"), max_length=12)
    city = forms.CharField(label=_("Commune"), max_length=120)
    first_name = NameField(label=_("Prénom de la personne qui représente la structure"), max_length=100)
    last_name = NameField(label=_("Son nom"), max_length=100)
    quality = forms.CharField(label=_("Sa qualité (présidente, trésorier…)"), max_length=120)
    phone = PhoneField(label=_("Son téléphone"), required=False)

    def clean(self) -> dict[str, Any]:
        """The number in its normal form, or a proof; a postal code of five figures unless the structure is foreign."""
        clean = super().clean() or {}
        kind = clean.get("registration_kind", "")
        if kind != Registration.Kind.FOREIGN and "postal_code" in clean:
            try:
                clean["postal_code"] = french_postal_code(clean["postal_code"])
            except forms.ValidationError as error:
                self.add_error("postal_code", error)
        if kind == Registration.Kind.NONE:
            if not clean.get("proof") and "proof" not in self.errors:
                text = _("Joignez un justificatif : récépissé, extrait du registre ou photo lisible.")
                self.add_error("proof", text)
        elif kind:
            try:
                normalise(kind, clean.get("raw_number", ""))
            except InvalidIdentifier as error:
                self.add_error("raw_number", str(error))
        return clean
