"""What people write to report a problem, and what the Institute writes about a report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import NameField, PhoneField
from accounts.models import Role, User
from certificates.models import Gap, Label
from feedback.models import Report
from journal.fields import WordsField
from journal.numbering import MAXIMUM_LENGTH, InvalidNumber, parse_number
from letters.fields import FrenchDateField

NO_NAMES = _(
    "N'écrivez le nom d'aucun patient, ni rien sur la santé de quelqu'un que l'on pourrait reconnaître."
)


def lines(rows: int) -> forms.Textarea:
    """A text of a few lines."""
    return forms.Textarea(attrs={"rows": rows})


def label_of(number: str) -> Label | None:
    """The label that the public may know under that number, however it is written; None for anything else."""
    try:
        canonical = parse_number(number).canonical
    except InvalidNumber:
        return None
    return Label.objects.told().select_related("structure").filter(number=canonical).first()


class LabelNumberField(forms.CharField):
    """The number of a label, read as people copy it; gives the label, None when nothing is written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(max_length=MAXIMUM_LENGTH, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """The label; ValidationError for a number that is none of ours."""
        text = super().clean(value)
        found = label_of(text) if text else None
        if text and found is None:
            raise ValidationError(
                _("Aucun label ne porte ce numéro. Recopiez-le, ou laissez cette case vide.")
            )
        return found


class ReportForm(forms.Form):
    """P34 « Signaler un problème »."""

    label = LabelNumberField(label=_("Numéro du label (si vous l'avez)"), help_text=_("Il commence par LBL."))
    about = forms.CharField(
        label=_("Sinon, de quelle association s'agit-il ?"),
        help_text=_("Son nom, sa ville, l'adresse de son site : ce que vous savez."),
        required=False,
        max_length=300,
    )
    kind = forms.ChoiceField(
        label=_("Que se passe-t-il ?"), choices=Report.Kind.choices, widget=forms.RadioSelect
    )
    text = WordsField(label=_("Racontez"), help_text=NO_NAMES, widget=lines(8), max_length=10_000)
    name = NameField(label=_("Votre nom"), required=False, max_length=200)
    email = forms.EmailField(
        label=_("Votre adresse e-mail"),
        required=False,
        error_messages={"invalid": _("Cette adresse n'est pas complète. Écrivez-la comme nom@exemple.fr.")},
    )
    phone = PhoneField(label=_("Votre téléphone"), required=False)
    address = forms.CharField(
        label=_("Votre adresse postale"),
        help_text=_("Seulement si vous voulez une réponse par courrier."),
        required=False,
        max_length=500,
        widget=lines(3),
    )

    def clean(self) -> dict[str, Any]:
        """A label or the name of the association."""
        cleaned = super().clean() or {}
        if not cleaned.get("label") and not cleaned.get("about") and "label" not in self.errors:
            self.add_error("about", _("Écrivez le numéro du label, ou le nom de l'association."))
        return cleaned


class FollowForm(forms.Form):
    """« Suivre mon signalement »."""

    reference = forms.CharField(
        label=_("Numéro du signalement"),
        help_text=_("Il commence par SIG."),
        max_length=MAXIMUM_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Code secret"),
        help_text=_("Les 12 signes donnés quand vous avez envoyé le signalement."),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )


class SettleForm(forms.Form):
    """Which label is meant."""

    label = LabelNumberField(
        label=_("Numéro du label"), help_text=_("Laissez vide s'il ne s'agit d'aucun label.")
    )


class ChangeLabelForm(forms.Form):
    """Another label than the one first named, and why."""

    label = LabelNumberField(label=_("Numéro du label"), help_text=_("Il commence par LBL."))
    reason = WordsField(label=_("Pourquoi ?"), widget=lines(2), max_length=2000)


class QualifyForm(forms.Form):
    """What is at stake."""

    severity = forms.ChoiceField(
        label=_("Qu'est-ce qui est en jeu ?"), choices=Report.Severity.choices, widget=forms.RadioSelect
    )


class LinkForm(forms.Form):
    """The earlier report about the same facts."""

    first = forms.CharField(label=_("Numéro du premier signalement"), max_length=MAXIMUM_LENGTH)


class AnswerForm(forms.Form):
    """Set aside, with reasons that the person reads."""

    answer = WordsField(
        label=_("Votre réponse à la personne"),
        help_text=_("Dites pourquoi, et qui peut l'aider. Ne nommez personne."),
        widget=lines(5),
        max_length=5000,
    )


class PassOnForm(forms.Form):
    """To the competent authority."""

    authority = forms.CharField(label=_("À quelle autorité ?"), max_length=300)
    sealed = forms.CharField(
        label=_("Ce que vous lui transmettez"),
        help_text=_("Cette copie reste fermée : seuls les signataires la lisent."),
        required=False,
        max_length=10_000,
        widget=lines(6),
    )
    answer = WordsField(label=_("Votre réponse à la personne"), widget=lines(4), max_length=5000)


class InquiryForm(forms.Form):
    """The facts as the association will read them."""

    facts = WordsField(
        label=_("Les faits, tels que l'association les lira"),
        help_text=_(
            "Des faits et des dates, avec vos mots. Ne recopiez pas le signalement : une tournure suffit à faire "
            "reconnaître quelqu'un."
        ),
        widget=lines(8),
        max_length=9000,
    )


class ConclusionForm(forms.Form):
    """How the inquiry ends; a signatory confirms."""

    conclusion = forms.ChoiceField(
        label=_("Votre conclusion"), choices=Report.Conclusion.choices, widget=forms.RadioSelect
    )
    measure = forms.ChoiceField(
        label=_("Si les faits sont établis : que demander ?"),
        choices=Report.Measure.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    gap_severity = forms.ChoiceField(
        label=_("Pour un écart : mineur ou majeur ?"),
        choices=[("", _("Choisissez")), *Gap.Severity.choices],
        required=False,
    )
    gap_expected = forms.CharField(
        label=_("Pour un écart : ce qui est attendu"), required=False, max_length=2000, widget=lines(3)
    )
    gap_due_on = FrenchDateField(label=_("Pour un écart : avant le"), required=False)
    reasons = WordsField(
        label=_("Vos raisons"),
        help_text=_("Le signataire les lit. L'association et la personne ne les lisent pas."),
        widget=lines(6),
        max_length=10_000,
    )
    told = WordsField(
        label=_("Ce que l'association lira"),
        help_text=_("Rien qui dise qui a signalé."),
        widget=lines(5),
        max_length=5000,
    )
    answer = WordsField(
        label=_("Ce que la personne qui a signalé lira"),
        help_text=_("Ce que vous avez fait et ce qui suit. Rien de confidentiel sur l'association."),
        widget=lines(5),
        max_length=5000,
    )

    def gap(self) -> dict[str, str]:
        """The terms of the gap, as kept until they are confirmed."""
        day = self.cleaned_data["gap_due_on"]
        return {
            "severity": self.cleaned_data["gap_severity"],
            "expected": self.cleaned_data["gap_expected"].strip(),
            "due_on": day.isoformat() if day else "",
        }


class SendBackForm(forms.Form):
    """Why the proposal is not confirmed."""

    reason = WordsField(label=_("Pourquoi ?"), widget=lines(3), max_length=2000)


class TakeOverForm(forms.Form):
    """Why this person takes a report that somebody else followed."""

    reason = WordsField(label=_("Pourquoi ?"), widget=lines(2), max_length=2000)


class HandOverForm(TakeOverForm):
    """To whom, and why."""

    field_order = ("officer", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officers = User.objects.holding(Role.CASE_OFFICER, on=timezone.localdate())
        by_name = officers.order_by("last_name", "pk")
        self.fields["officer"] = forms.ModelChoiceField(label=_("À qui ?"), queryset=by_name)
        self.order_fields(self.field_order)


class CloseForm(forms.Form):
    """What was asked is done."""

    told = WordsField(label=_("Ce que l'association lira"), widget=lines(4), max_length=5000)
    answer = WordsField(label=_("Ce que la personne qui a signalé lira"), widget=lines(4), max_length=5000)
