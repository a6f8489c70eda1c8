"""What people write in a withdrawal procedure: its opening, the steps put forward, the act that ends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from certificates.actions import StepContent
from certificates.actions.deciding import ENDING
from certificates.actions.hearings import GroundContent
from certificates.actions.withdrawals import grounds_of
from certificates.answers import said_in_procedure
from certificates.checklist.hearings import LONGEST_DAYS
from certificates.models import Ground, Hearing, Measure, Withdrawal, WithdrawalProposal
from decisions.content import Content
from decisions.forms import AnsweringForm, AwaitedChoice, AwaitedChoices, AwaitedText, initial_answers
from decisions.models import Decision
from journal.fields import WordsField
from letters.fields import FrenchDateField, WholeNumberField
from letters.typography import french_date

Kind = Decision.Kind
Step = WithdrawalProposal.Step
MEASURES = [(one.value, one.label) for one in Hearing.OF_A_PROCEDURE]


class OpeningForm(forms.Form):
    """What is known, and where it comes from; the association is not told yet."""

    origin = forms.ChoiceField(
        label=_("D'où vient l'information ?"), choices=Withdrawal.Origin.choices, widget=forms.RadioSelect
    )
    facts = WordsField(
        label=_("Les faits connus à ce jour"),
        help_text=_("Ce texte reste à l'Institut. Sans nom de personne malade."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class RemedyForm(forms.Form):
    """The proof accepted."""

    remedy = WordsField(
        label=_("La preuve que vous acceptez"),
        help_text=_("La lettre à la structure reprend ce texte."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class StepForm(forms.Form):
    """One step put before the signatories; only the parts that it needs."""

    reasons = WordsField(label=_("Les raisons"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10}))
    acts = WordsField(
        label=_("Ce que la structure doit faire"),
        help_text=_("Un point précis par ligne. La lettre en fait une liste."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    measure = forms.ChoiceField(
        label=_("Mesure envisagée"), choices=MEASURES, widget=forms.RadioSelect, initial="withdraw"
    )
    is_urgent = forms.BooleanField(
        label=_("C'est urgent : le temps de réponse est plus court"), required=False
    )
    days = WholeNumberField(label=_("Temps donné, en jours"), min_value=1, max_value=LONGEST_DAYS)

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        kept = PARTS[step]
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        if "reasons" in self.fields:
            self.fields["reasons"].help_text = _("{n} caractères au moins.").format(
                n=settings.REASONS_MIN_LENGTH
            )
        if "days" in self.fields:
            is_notice = step == Step.FORMAL_NOTICE
            self.fields["days"].initial = (
                settings.FORMAL_NOTICE_DAYS if is_notice else settings.OBSERVATIONS_DAYS
            )
            self.fields["days"].help_text = _("Il part du jour où la structure reçoit la lettre.")

    def content(self, grounds: Iterable[Mapping[str, Any]]) -> StepContent:
        """The step as typed, with its facts."""
        data = self.cleaned_data
        return StepContent(
            step=self.step,
            reasons=data.get("reasons", ""),
            acts=data.get("acts", "").splitlines(),
            grounds=[GroundContent(**row) for row in grounds],
            days=data.get("days"),
            measure=data.get("measure", ""),
            is_urgent=data.get("is_urgent", False),
        )


PARTS: dict[str, tuple[str, ...]] = {
    Step.DISMISS: ("reasons",),
    Step.MAINTAIN: ("reasons",),
    Step.FORMAL_NOTICE: ("acts", "days"),
    Step.HEARING: ("measure", "is_urgent", "days"),
}
WITH_GROUNDS = (Step.FORMAL_NOTICE, Step.HEARING)


def initial_step(proposal: WithdrawalProposal | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the page shows first: the step as last written."""
    if proposal is None:
        return {}, []
    names = ("reasons", "measure", "is_urgent", "days")
    initial = {name: getattr(proposal, name) for name in names if getattr(proposal, name)}
    grounds = [vars(one) for one in grounds_of(proposal)]
    return {**initial, "acts": "\n".join(proposal.acts)}, grounds


class NoticeAnswerForm(forms.Form):
    """How an answer to a formal notice reached the office; its words are those of `certificates.forms.AnswerForm`."""

    means = forms.ChoiceField(
        label=_("Comment la réponse est arrivée"),
        choices=[("post", _("Courrier")), ("phone", _("Téléphone")), ("visit", _("Visite"))],
        widget=forms.RadioSelect,
    )
    received_on = FrenchDateField(label=_("Reçue le"))
    text = WordsField(
        label=_("La réponse, mot pour mot"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )


class EndForm(AnsweringForm):
    """The act that ends a procedure: its sense, the grounds retained, each observation answered, the reasons."""

    kind = forms.ChoiceField(
        label=_("Sens de la décision"),
        choices=[
            (Kind.WITHDRAW.value, _("Retirer le label, pour l'avenir")),
            (Kind.ANNUL.value, _("Retirer le label depuis l'origine")),
            (Kind.CONDITIONS.value, _("Maintenir le label, avec des réserves")),
        ],
        widget=forms.RadioSelect,
    )
    legal_effect = AwaitedChoice(
        label=_("Pourquoi depuis l'origine"),
        choices=[
            (Measure.LegalEffect.EX_TUNC.value, _("La décision qui accorde le label était illégale")),
            (Measure.LegalEffect.FRAUD.value, _("Le label a été obtenu par fraude")),
        ],
        widget=forms.RadioSelect,
    )
    fraud_proof = forms.CharField(
        label=_("Ce qui établit la fraude"),
        help_text=_("La pièce et sa date. Pour une fraude seulement."),
        max_length=500,
        required=False,
    )
    grounds = AwaitedChoices(label=_("Motifs retenus"), widget=forms.CheckboxSelectMultiple)
    reasons_in_law = AwaitedText(label=_("En droit"))
    reasons_in_fact = AwaitedText(label=_("En fait"), rows=10)
    divergence_reasons = AwaitedText(
        label=_("Pourquoi la décision s'écarte de l'avis"),
        help_text=_("À remplir quand la décision n'est pas celle que le comité propose. Le comité la lira."),
    )

    def __init__(self, *args: Any, withdrawal: Withdrawal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        notified = Ground.objects.filter(hearing__withdrawal=withdrawal, hearing__dropped_at=None)
        field: Any = self.fields["grounds"]
        field.choices = [(str(row.pk), _told(row)) for row in notified.order_by("pk")]
        self.ask_answers(said_in_procedure(withdrawal))

    def content(self, conditions: Sequence[Mapping[str, Any]]) -> Content:
        """The reasons of the act as typed."""
        data = self.cleaned_data
        counted = conditions if data["kind"] == Kind.CONDITIONS else ()
        return Content(
            kind=data["kind"],
            reasons_in_law=data["reasons_in_law"],
            reasons_in_fact=data["reasons_in_fact"],
            divergence_reasons=data["divergence_reasons"],
            conditions=tuple((row["text"], row["proof"], row["due_on"]) for row in counted),
        )

    def terms(self) -> dict[str, Any]:
        """The terms of the act as typed, for `actions.prepare_end`."""
        data = self.cleaned_data
        effects = {Kind.WITHDRAW: Measure.LegalEffect.REPEAL, Kind.ANNUL: data["legal_effect"]}
        return {
            "ground_pks": tuple(int(pk) for pk in data["grounds"]),
            "legal_effect": effects.get(Kind(data["kind"]), ""),
            "fraud_proof": data["fraud_proof"] if data["kind"] == Kind.ANNUL else "",
            "answers": self.answers(),
        }


def _told(ground: Ground) -> str:
    day = f" ({french_date(ground.occurred_on)})" if ground.occurred_on else ""
    return f"{ground.fact}{day}"


def initial_end(withdrawal: Withdrawal, measure: Measure | None) -> dict[str, Any]:
    """The act as saved; before that, what the committee proposes, on every notified ground."""
    if measure is None:
        opinion = withdrawal.opinion.kind if withdrawal.opinion else ""
        notified = Ground.objects.filter(hearing__withdrawal=withdrawal, hearing__dropped_at=None)
        grounds = [str(pk) for pk in notified.values_list("pk", flat=True)]
        return {"kind": opinion if opinion in ENDING else "", "grounds": grounds}
    decision = measure.decision
    return {
        "kind": decision.kind,
        "legal_effect": measure.legal_effect,
        "fraud_proof": measure.event_proof,
        "grounds": [str(pk) for pk in measure.grounds.values_list("pk", flat=True)],
        "reasons_in_law": decision.reasons_in_law,
        "reasons_in_fact": decision.reasons_in_fact,
        "divergence_reasons": decision.divergence_reasons,
        **initial_answers(said_in_procedure(withdrawal), measure.answers_to_observations),
    }
