"""The forms of appeals, of what silence decided, and of disputes."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from decisions.appeal_checklist import possible_outcomes
from decisions.content import Answer, answer_of
from decisions.forms import AwaitedChoice, AwaitedText
from decisions.litigation_checklist import NO_CONDITION
from decisions.models import Appeal, Decision, Litigation, LitigationStep
from journal.fields import WordsField
from letters.fields import FrenchDateField
from letters.forms import CheckedFileField, CheckedFilesField
from letters.postmarks import PostmarkForm

SPARE_POINTS, MOST_POINTS, MOST_FILES = 3, 20, 8


class AppealForm(forms.Form):
    """P23: what is contested, what is asked, files."""

    use_required_attribute = False
    contested = WordsField(
        label=_("Ce que vous contestez"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Dites ce que vous contestez.")},
    )
    asked = WordsField(
        label=_("Ce que vous demandez"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Dites ce que vous demandez.")},
    )
    scores_contested = forms.BooleanField(
        label=_("Vous contestez aussi les notes données par le comité"),
        required=False,
        help_text=_("Si votre recours est accepté, d'autres membres du comité évalueront le dossier."),
    )
    uploads = CheckedFilesField(
        label=_("Fichiers"), required=False, help_text=_("8 au plus. PDF, image ou tableur.")
    )

    def clean_uploads(self) -> list[Any]:
        """Eight files at most."""
        uploads: list[Any] = self.cleaned_data["uploads"]
        if len(uploads) > MOST_FILES:
            raise forms.ValidationError(_("Joignez 8 fichiers au plus."))
        return uploads


class AppealEntryForm(AppealForm, PostmarkForm):
    """The same, typed for somebody, with how and when it came, and its copy."""

    field_order = ("means", "received_on", "postmarked_on", "confirms_dates", "scan")
    uploads = None  # type: ignore[assignment]  # what came is in the copy
    means = forms.ChoiceField(
        label=_("Comment le recours est-il arrivé ?"),
        choices=[choice for choice in Appeal.Means.choices if choice[0] != Appeal.Means.ONLINE],
        widget=forms.RadioSelect,
    )
    received_on = FrenchDateField(label=_("Reçu le"))
    scan = CheckedFileField(
        label=_("Copie du recours reçu (PDF ou image)"),
        required=False,
        help_text=_("Nécessaire pour un courrier."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contested"].label = _("Ce que l'association conteste")
        self.fields["asked"].label = _("Ce que l'association demande")
        self.fields["scores_contested"].label = _("Elle conteste aussi les notes données par le comité")


class AnswerForm(forms.Form):
    """What the officer of the appeal writes; it may be saved before it is complete."""

    outcome = AwaitedChoice(label=_("Sens de la réponse"), widget=forms.RadioSelect)
    reasons_in_law = AwaitedText(label=_("En droit"))
    reasons_in_fact = AwaitedText(label=_("En fait"), rows=12)
    what_changes = AwaitedText(
        label=_("Ce qui change"),
        max_length=5000,
        rows=4,
        help_text=_("Seulement si le recours est accepté, en tout ou en partie. La lettre le dit."),
    )

    def __init__(self, *args: Any, appeal: Appeal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["outcome"]
        choices.choices = [(one.value, one.label) for one in possible_outcomes(appeal)]
        choices.error_messages["required"] = _("Choisissez le sens de la réponse.")
        choices.required = True
        for name in ("reasons_in_law", "reasons_in_fact"):
            help_text = _("{n} caractères au moins.")
            self.fields[name].help_text = help_text.format(n=settings.REASONS_MIN_LENGTH)

    def clean_outcome(self) -> str:
        """The answer says one thing, even while it is written."""
        if not self.cleaned_data["outcome"]:
            raise forms.ValidationError(_("Choisissez le sens de la réponse."))
        return str(self.cleaned_data["outcome"])

    def answer(self, points: list[tuple[str, str]]) -> Answer:
        """The answer as typed."""
        data = self.cleaned_data
        return Answer(
            outcome=data["outcome"],
            reasons_in_law=data["reasons_in_law"],
            reasons_in_fact=data["reasons_in_fact"],
            what_changes=data["what_changes"],
            points=tuple(points),
        )


class PointForm(forms.Form):
    """One point of the association, and the answer to it. A row left empty does not count."""

    point = AwaitedText(label=_("Ce que dit l'association"), rows=2, max_length=2000)
    answer = AwaitedText(label=_("Ce que nous répondons"), rows=4, max_length=5000)

    def clean(self) -> dict[str, Any]:
        """A row that was begun needs its two parts: one alone would be lost."""
        data = super().clean() or {}
        for name, other in (("point", "answer"), ("answer", "point")):
            if data.get(other) and not data.get(name) and name not in self.errors:
                words = _("Répondez à cette question : « {question} ».")
                self.add_error(name, words.format(question=self.fields[name].label))
        return data


class BasePoints(forms.BaseFormSet):
    """The rows that are filled in."""

    def written(self) -> list[tuple[str, str]]:
        """The points with their answers, in their order."""
        rows = [form.cleaned_data for form in self.forms]
        return [(row["point"], row["answer"]) for row in rows if row.get("point") and row.get("answer")]


PointFormSet = forms.formset_factory(
    PointForm, formset=BasePoints, extra=SPARE_POINTS, max_num=MOST_POINTS, absolute_max=MOST_POINTS
)


def initial_answer(appeal: Appeal) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """What the two forms of the answer show first: the text as kept; before any, what the association says."""
    kept = answer_of(appeal)
    if kept is None:
        return {}, [{"point": appeal.contested[:2000]}]
    names = ("outcome", "reasons_in_law", "reasons_in_fact", "what_changes")
    points = [{"point": point, "answer": answer} for point, answer in kept.points]
    return {name: getattr(kept, name) for name in names}, points


class AppealReadBackForm(forms.Form):
    """When the typed appeal was read with the person."""

    read_on = FrenchDateField(label=_("Relu avec la personne le"))


class SilenceReasonsForm(forms.Form):
    """The reasons of a refusal born of silence."""

    use_required_attribute = False
    reasons_in_law = WordsField(
        label=_("En droit"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    reasons_in_fact = WordsField(
        label=_("En fait"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 12})
    )


class LitigationForm(forms.Form):
    """A case before a court."""

    use_required_attribute = False
    court = forms.CharField(label=_("Tribunal"), max_length=200)
    number = forms.CharField(label=_("Numéro donné par le tribunal"), max_length=60)
    opened_on = FrenchDateField(label=_("Requête introduite le"))
    brought_by = forms.ChoiceField(
        label=_("Qui conteste ?"),
        help_text=_("Ce qu'un jugement défait en dépend."),
        choices=Litigation.BroughtBy.choices,
        widget=forms.RadioSelect,
    )


class StepForm(forms.Form):
    """A dated fact of a case; the date of the judge becomes a hard deadline."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=_("Ce qui s'est passé"),
        choices=[one for one in LitigationStep.Kind.choices if one[0] not in LitigationStep.WITH_AN_ACTION],
        widget=forms.RadioSelect,
    )
    happened_on = FrenchDateField(label=_("Date"))
    due_on = FrenchDateField(
        label=_("Date fixée par le juge"),
        required=False,
        help_text=_("Mémoire à produire, injonction, réexamen : rien ne déplace cette date."),
    )
    conditions = forms.MultipleChoiceField(
        label=_("Si la décision est annulée en partie : quelles réserves le juge annule-t-il ?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = WordsField(
        label=_("Ce que dit le juge ou la partie"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    upload = CheckedFileField(label=_("Copie (PDF ou image)"), required=False)

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(str(row.pk), row.text) for row in decision.conditions.order_by("pk")]
        if rows:
            none = _("Aucune : il annule une autre partie")
            cast(forms.MultipleChoiceField, self.fields["conditions"]).choices = [*rows, (NO_CONDITION, none)]
        else:
            del self.fields["conditions"]


class LeaveUndoneForm(forms.Form):
    """Why nothing is left to do of what a judge said."""

    use_required_attribute = False
    reason = WordsField(label=_("Pourquoi ?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
