"""The act as it is written, and the two things a signatory can answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.choices import flatten_choices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from decisions.checklist import CLOSED_REASONS, kinds_possible, needs_own_reasons
from decisions.content import Content
from decisions.models import Decision, ProposedCondition
from decisions.observations import Said, answered, joined, said_before_refusal
from journal.fields import WordsField
from label.models import Application
from label.questions import language
from letters.fields import FrenchDateField
from letters.typography import french_date
from reviewers.models import Opinion

SPARE_ROWS = 3
MOST_CONDITIONS = 12
PARTS = ("text", "proof", "due_on")
Kind = Decision.Kind


class Awaited:
    """Needed before the act is sent, and yet it may be saved empty while somebody writes: not « facultatif »."""

    def validate(self, value: Any) -> None:
        """Checks what is there; the list of what is missing tells the rest."""
        if value not in self.empty_values:  # type: ignore[attr-defined]
            super().validate(value)  # type: ignore[misc]


class AwaitedText(Awaited, WordsField):
    """A long text that may wait."""

    def __init__(self, *, rows: int = 8, max_length: int = 20_000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class AwaitedLine(Awaited, forms.CharField):
    """A short text that may wait."""


class AwaitedChoice(Awaited, forms.ChoiceField):
    """One choice that may wait."""


class AwaitedChoices(Awaited, forms.MultipleChoiceField):
    """Several choices that may wait."""


class AwaitedDate(Awaited, FrenchDateField):
    """A date that may wait."""


class AnsweringForm(forms.Form):
    """A form with one answer for each thing that the structure said before the act."""

    said: Sequence[Said] = ()

    def ask_answers(self, said: Sequence[Said]) -> list[str]:
        """Add one field for each; returns their names."""
        self.said = said
        fields = {_answer(one): AwaitedText(label=one.name, rows=4, max_length=5000) for one in said}
        self.fields.update(fields)
        return list(fields)

    def answers(self) -> dict[str, str]:
        """The answer to each thing said, by its name."""
        return {one.name: self.cleaned_data[_answer(one)] for one in self.said}

    @property
    def answer_fields(self) -> list[Any]:
        """The fields of the answers, in order."""
        return [self[_answer(one)] for one in self.said]


def initial_answers(said: Iterable[Said], text: str) -> dict[str, str]:
    """What these fields show first: each answer as kept in that text."""
    return {_answer(one): answer for one, answer in answered(said, text)}


def _answer(one: Said) -> str:
    return f"answer_{one.key}"


class PreparationForm(AnsweringForm):
    """What the case officer writes; only the parts that the stage of the dossier allows."""

    kind = forms.ChoiceField(label=_("Sens de la décision"), widget=forms.RadioSelect)
    closed_reason = AwaitedChoice(
        label=_("Pourquoi la demande ne peut pas être examinée"),
        choices=list(CLOSED_REASONS.items()),
        widget=forms.RadioSelect,
    )
    reasons_in_law = AwaitedText(label=_("En droit"))
    reasons_in_fact = AwaitedText(label=_("En fait"), rows=12)
    divergence_reasons = AwaitedText(
        label=_("Pourquoi la décision s'écarte de l'avis"),
        help_text=_("À remplir quand la décision n'est pas celle que le comité propose. Le comité la lira."),
    )
    how_to_improve = AwaitedText(
        label=_("Comment améliorer le dossier"),
        max_length=10_000,
        rows=5,
        help_text=_("Pour un refus seulement. Une ligne par conseil : la lettre en fait une liste."),
    )
    solutions = AwaitedChoices(label=_("Actions reconnues"), widget=forms.CheckboxSelectMultiple)
    criteria = AwaitedChoices(
        label=_("Critères sur lesquels reposent les motifs"),
        help_text=_("Un au moins pour un refus ou des réserves. La lettre donne leur titre."),
        widget=forms.CheckboxSelectMultiple,
    )

    suspension_outcome = AwaitedChoice(
        label=_("Ce que devient la suspension du label"),
        choices=Decision.SuspensionOutcome.choices,
        widget=forms.RadioSelect,
        help_text=_("Seulement si le label est suspendu aujourd'hui."),
    )

    def __init__(self, *args: Any, application: Application, opinion: Opinion | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds_possible(application)
        self._choice("kind").choices = [(kind.value, kind.label) for kind in self.kinds]
        self._choice("solutions").choices = list(
            application.solutions.order_by("pk").values_list("pk", "name")
        )
        self._choice("criteria").choices = _by_axis(application)
        for name in ("reasons_in_law", "reasons_in_fact"):
            self.fields[name].help_text = _("{n} caractères au moins.").format(n=settings.REASONS_MIN_LENGTH)
        self._leave_out(application, opinion)
        if Kind.REFUSE in self.kinds:
            self.ask_answers(said_before_refusal(application))

    def _choice(self, name: str) -> Any:
        return self.fields[name]

    def _leave_out(self, application: Application, opinion: Opinion | None) -> None:
        if Kind.REFUSE not in self.kinds:
            for name in ("divergence_reasons", "how_to_improve", "solutions"):
                del self.fields[name]
        elif not any(needs_own_reasons(kind, opinion) for kind in self.kinds):
            del self.fields["divergence_reasons"]
        if Kind.INADMISSIBLE not in self.kinds:
            del self.fields["closed_reason"]
        if application.kind != Application.Kind.RENEWAL or Kind.GRANT not in self.kinds:
            del self.fields["suspension_outcome"]

    def content(self, conditions: Iterable[dict[str, Any]]) -> Content:
        """The act as typed, with its conditions."""
        data = self.cleaned_data
        return Content(
            kind=data["kind"],
            reasons_in_law=data["reasons_in_law"],
            reasons_in_fact=data["reasons_in_fact"],
            divergence_reasons=data.get("divergence_reasons", ""),
            closed_reason=data.get("closed_reason", ""),
            how_to_improve=data.get("how_to_improve", ""),
            answers_to_observations=joined(self.answers()),
            suspension_outcome=data.get("suspension_outcome", ""),
            criteria=tuple(data["criteria"]),
            solution_pks=tuple(int(pk) for pk in data.get("solutions", ())),
            conditions=tuple((row["text"], row["proof"], row["due_on"]) for row in conditions),
        )

    def as_read(self, content: Content) -> dict[str, str]:
        """Each part of an act in words: label -> text, in the order of the page, empty parts too."""
        lists = {"criteria": content.criteria, "solutions": content.solution_pks}
        answers = initial_answers(self.said, content.answers_to_observations)
        read = {}
        for name, field in self.fields.items():
            values = lists[name] if name in lists else [answers.get(name) or getattr(content, name, "")]
            words = _words_of(field)
            read[str(field.label)] = "\n".join(words.get(str(value), str(value)) for value in values)
        if "solutions" in self.fields:
            rows = [f"{text} {proof} {french_date(due_on)}" for text, proof, due_on in content.conditions]
            read[gettext("Réserves")] = "\n".join(rows)
        return read


def _words_of(field: forms.Field) -> dict[str, str]:
    """The words of each choice of a field; nothing for a text."""
    choices: Any = getattr(field, "choices", ())
    pairs: list[tuple[Any, Any]] = list(flatten_choices(choices))
    return {str(value): str(words) for value, words in pairs}


def _by_axis(application: Application) -> list[tuple[str, list[tuple[str, str]]]]:
    data, tongue = application.edition.data, language()
    return [
        (
            axis[tongue],
            [
                (criterion["code"], f"{criterion['code']} – {criterion[tongue]}")
                for criterion in data["criteria"]
                if criterion["code"].startswith(f"{axis['code']}.")
            ],
        )
        for axis in data["axes"]
    ]


def initial_of(
    decision: Decision | None, application: Application, opinion: Opinion | None
) -> dict[str, Any]:
    """What the form shows first: the act as saved, else what the committee proposes to recognise."""
    if decision is None:
        proposed = opinion.solutions if opinion else []
        return {"solutions": proposed or list(application.solutions.values_list("pk", flat=True))}
    names = (
        "kind",
        "closed_reason",
        "reasons_in_law",
        "reasons_in_fact",
        "divergence_reasons",
        "how_to_improve",
        "suspension_outcome",
        "criteria",
    )
    saved = {name: getattr(decision, name) for name in names}
    answers = initial_answers(said_before_refusal(application), decision.answers_to_observations)
    return {**saved, **answers, "solutions": list(decision.solutions.values_list("pk", flat=True))}


class ConditionForm(forms.Form):
    """One condition: what to correct, with which proof, by when. A row left empty does not count.

    `counted` is False when the act sets no condition: then half a row is no fault.
    """

    text = AwaitedText(label=_("Ce qu'il faut corriger"), rows=2, max_length=2000)
    proof = AwaitedLine(label=_("Preuve à envoyer"), max_length=300)
    due_on = AwaitedDate(label=_("Avant le"))

    def __init__(self, *args: Any, counted: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counted = counted

    def clean(self) -> dict[str, Any]:
        """A row that was begun needs its three parts: one alone would be lost."""
        data = super().clean() or {}
        if self.counted and any(data.get(name) for name in PARTS):
            for name in PARTS:
                if not data.get(name) and name not in self.errors:
                    words = _("Répondez à cette question : « {question} ».")
                    self.add_error(name, words.format(question=self.fields[name].label))
        return data


class BaseConditions(forms.BaseFormSet):
    """The rows that are filled in."""

    def written(self) -> list[dict[str, Any]]:
        """The conditions, in their order."""
        return [
            form.cleaned_data for form in self.forms if all(form.cleaned_data.get(name) for name in PARTS)
        ]


ConditionFormSet = forms.formset_factory(
    ConditionForm,
    formset=BaseConditions,
    extra=SPARE_ROWS,
    max_num=MOST_CONDITIONS,
    absolute_max=MOST_CONDITIONS,
)


def initial_conditions(decision: Decision | None, opinion: Opinion | None) -> list[dict[str, Any]]:
    """The conditions as saved; before the first saving, those that the committee proposes."""
    if decision is None:
        return [{"text": text} for text in (opinion.conditions if opinion else [])]
    rows = ProposedCondition.objects.filter(decision=decision).order_by("pk")
    return [{name: getattr(row, name) for name in PARTS} for row in rows]


def long_texts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was written in the long fields of a posted act, label and words, to be given back when nothing is kept."""
    names = {name: field.label for name, field in PreparationForm.base_fields.items()}
    written = [
        (str(names[name]), name) for name in names if name.startswith(("reasons", "divergence", "how"))
    ]
    labels = {name: str(ConditionForm.base_fields[name].label) for name in PARTS}
    written += [
        (labels[name], f"conditions-{rank}-{name}") for rank in range(MOST_CONDITIONS) for name in PARTS
    ]
    answers = [
        (gettext("Réponse à ce que la structure a dit"), name) for name in data if name.startswith("answer_")
    ]
    return [(words, str(data.get(name, ""))) for words, name in [*written, *answers]]


class SignatureForm(forms.Form):
    """The code of the second factor, asked again for each act."""

    code = forms.CharField(
        label=_("Code de votre application"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text=_("6 chiffres. Il montre que c'est bien vous qui signez."),
    )


class SendBackForm(forms.Form):
    """Why an act goes back to who prepared it."""

    reason = WordsField(
        label=_("Ce qu'il faut changer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class SecondOpinionForm(forms.Form):
    """What the committee is asked again."""

    question = WordsField(
        label=_("Votre question au comité"),
        help_text=_(
            "Une question précise. Les membres la lisent telle quelle ; elle figure au procès-verbal."
        ),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
