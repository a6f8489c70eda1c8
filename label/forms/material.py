"""Forms of what accompanies the answers: solutions, contributors, help."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import NameField
from journal.fields import WordsField
from label.models import Contributor
from letters.forms import CheckedFileField
from structures import facets
from structures.models import Solution

MAXIMUM_FIELDS = 6


class NewSolutionForm(forms.Form):
    """The name of a new solution; everything else is written on its own page."""

    name = NameField(
        label=_("Nom de l'action"),
        max_length=200,
        help_text=_(
            "Un service ou un outil que vous proposez : une permanence, un atelier, une application…"
        ),
    )


class LaterChoices(forms.MultipleChoiceField):
    """Choices of which filing needs one at least, and saving none."""

    def validate(self, value: Any) -> None:
        """Only choices that exist."""
        if value:
            super().validate(value)


class SolutionsForm(forms.Form):
    """Which solutions of the structure this dossier presents."""

    presented = LaterChoices(
        label=_("Actions présentées dans ce dossier"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, solutions: list[Solution], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["presented"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(solution.pk), solution.name) for solution in solutions]


class LaterText(forms.CharField):
    """A text that filing needs and that saving does not."""

    def validate(self, value: Any) -> None:
        """Nothing: the checklist asks for it before filing."""


class LaterChoice(forms.ChoiceField):
    """A choice that filing needs and that saving does not."""

    def validate(self, value: Any) -> None:
        """Only a choice that exists."""
        if value:
            super().validate(value)


class SolutionForm(forms.Form):
    """One solution with its facets (closed lists of `structures.facets`); blanks are told by the checklist."""

    use_required_attribute = False
    name = NameField(label=_("Nom de l'action"), max_length=200)
    summary = LaterText(
        label=_("L'action en quelques phrases"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Ce qu'elle apporte, à qui, comment. Ce texte pourra être publié avec le label."),
    )
    main_field = LaterChoice(label=_("Champ d'action principal"))
    fields_of_action = forms.MultipleChoiceField(
        label=_("Autres champs d'action"), required=False, widget=forms.CheckboxSelectMultiple
    )
    cancers = forms.MultipleChoiceField(
        label=_("Pour quel cancer ?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    audiences = forms.MultipleChoiceField(
        label=_("Pour qui ?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    territory = LaterChoice(label=_("Zone couverte"), widget=forms.RadioSelect)
    regions = forms.MultipleChoiceField(
        label=_("Régions"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Si l'action couvre une ou plusieurs régions."),
    )
    departments = forms.MultipleChoiceField(
        label=_("Départements"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Si l'action couvre un ou plusieurs départements."),
    )
    place = forms.CharField(label=_("Ville ou quartier"), max_length=200, required=False)
    remote = forms.BooleanField(label=_("Possible à distance"), required=False)
    access = forms.MultipleChoiceField(
        label=_("Comment y accéder ?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_free = forms.ChoiceField(
        label=_("L'action est-elle gratuite ?"),
        required=False,
        choices=[("yes", _("Oui")), ("no", _("Non"))],
        widget=forms.RadioSelect,
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    LISTS = (
        ("fields_of_action", "fields", facets.FIELDS_OF_ACTION),
        ("cancers", "cancers", facets.CANCER_TYPES),
        ("audiences", "audiences", facets.AUDIENCES),
        ("access", "access", facets.ACCESS_MODES),
        ("regions", "regions", facets.REGIONS),
        ("departments", "departments", facets.DEPARTMENTS),
    )
    FACETS = {
        "fields": "field",
        "cancers": "cancer",
        "audiences": "audience",
        "access": "access",
        "regions": "region",
        "departments": "department",
    }

    def __init__(self, solution: Solution, data: Any = None) -> None:
        super().__init__(data, initial=self._stored(solution))
        for name, _key, terms in self.LISTS:
            self._choices(name, facets.choices(terms))
        grouped = [
            (group.label, [(one.code, one.label) for one in fields])
            for group, fields in facets.grouped_fields()
        ]
        self._choices("fields_of_action", grouped)
        self._choices("main_field", [("", _("Choisissez")), *grouped])
        self._choices("territory", list(Solution.Territory.choices))

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @classmethod
    def _stored(cls, solution: Solution) -> dict[str, Any]:
        stored: dict[str, Any] = {
            name: getattr(solution, name)
            for name in ("name", "summary", "main_field", "territory", "place", "remote")
        }
        stored["is_free"] = {True: "yes", False: "no"}.get(solution.is_free, "")  # type: ignore[arg-type]
        stored["token"] = solution.version
        for name, key, _terms in cls.LISTS:
            stored[name] = solution.codes(cls.FACETS[key])
        return stored

    def data_to_save(self) -> dict[str, Any]:
        """What `structures.actions.save_solution` takes: only what could be read."""
        clean = self.cleaned_data
        data: dict[str, Any] = {
            name: clean[name]
            for name in ("name", "summary", "main_field", "territory", "place", "remote")
            if name in clean
        }
        data |= {key: clean[name] for name, key, _terms in self.LISTS if name in clean}
        if clean.get("is_free"):
            data["is_free"] = clean["is_free"] == "yes"
        return data


class ContributorForm(forms.ModelForm):
    """A person or partner expected to take part: confidential."""

    class Meta:
        model = Contributor
        fields = ("name", "part", "is_confirmed")
        field_classes: ClassVar = {"name": NameField}


class HelpForm(forms.Form):
    """« Je voudrais être aidé »: where and when to call back."""

    phone = forms.CharField(
        label=_("Numéro où vous rappeler"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    when = forms.CharField(
        label=_("Quand vous rappeler"), max_length=120, help_text=_("Par exemple : mardi entre 10 h et 12 h.")
    )


class WithdrawForm(forms.Form):
    """Giving up a request; the reason is nobody's business unless it is told."""

    reason = WordsField(
        label=_("Une raison à nous dire"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PieceForm(forms.Form):
    """The answer to one piece asked for: a text, a file, or why there is none."""

    answer = WordsField(
        label=_("Votre réponse"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    upload = CheckedFileField(label=_("Joindre un fichier"), required=False)
    cannot_provide = forms.BooleanField(
        label=_("Je n'ai pas cette pièce"),
        required=False,
        help_text=_("Expliquez pourquoi dans votre réponse."),
    )
