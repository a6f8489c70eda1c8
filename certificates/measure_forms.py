"""The act on a label as it is written: reasons, then the terms that its kind asks for."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.actions.measures import COLUMNS, Terms, terms_of
from certificates.answers import said_in
from certificates.checklist.measures import ANNOUNCED
from certificates.models import Ground, Hearing, Label, Measure, Suspension
from certificates.renewals import renewal_under_way
from decisions.content import Content
from decisions.forms import (
    AnsweringForm,
    AwaitedChoice,
    AwaitedChoices,
    AwaitedDate,
    AwaitedLine,
    AwaitedText,
    initial_answers,
)
from decisions.models import Decision
from decisions.observations import joined
from letters.spoken import told_date
from structures.identifiers import numbers_in
from structures.models import Registration

Kind = Decision.Kind
HEARD = ("hearing", "grounds")  # then an answer to each thing said
EVENT = ("event_on", "event_proof")
# The fields of each kind, in the order of the page.
FIELDS: dict[str, tuple[str, ...]] = {
    Kind.EXTEND: ("ends_on",),
    Kind.CONDITIONS: HEARD,
    Kind.SUSPEND: ("starts_on", "ends_on", "what_lifts_it", "public_reason", "urgency_reason", *HEARD),
    Kind.LIFT: HEARD,  # only when it asks for something
    Kind.LAPSE: (*EVENT, *HEARD),
    Kind.TRANSFER: ("successor", *EVENT),
}


class MeasureForm(AnsweringForm):
    """What the case officer writes: the reasons of every act, then the terms of this kind."""

    ends_on = AwaitedDate(label=_("Fin, le"))
    starts_on = AwaitedDate(
        label=_("Début, le"),
        required=False,
        help_text=_("Laissez vide pour le jour où la structure reçoit la lettre. Jamais avant ce jour."),
    )
    what_lifts_it = AwaitedText(label=_("Ce qui fait lever la suspension"), rows=3, max_length=2000)
    public_reason = AwaitedChoice(
        label=_("Raison que tout le monde pourra lire"),
        choices=Suspension.PublicReason.choices,
        widget=forms.RadioSelect,
    )
    urgency_reason = AwaitedText(
        label=_("Pourquoi la sécurité des personnes n'attend pas"),
        rows=4,
        max_length=5000,
        required=False,
        help_text=_("À remplir seulement si la structure n'a pas été invitée à répondre avant."),
    )
    successor = AwaitedLine(
        label=_("Numéro de la structure qui reprend (RNA, SIREN ou SIRET)"), max_length=200
    )
    event_on = AwaitedDate(label=_("Date du fait"))
    event_proof = AwaitedLine(
        label=_("Où il est prouvé"),
        max_length=500,
        help_text=_("Par exemple : Journal officiel, annonce 123 du 3 mars 2027."),
    )
    hearing = AwaitedChoice(
        label=_("Invitation à répondre sur laquelle l'acte s'appuie"), widget=forms.RadioSelect
    )
    grounds = AwaitedChoices(label=_("Faits retenus"), widget=forms.CheckboxSelectMultiple)
    reasons_in_law = AwaitedText(label=_("En droit"))
    reasons_in_fact = AwaitedText(label=_("En fait"), rows=10)

    def __init__(self, *args: Any, label: Label, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label, self.kind = label, kind
        wanted = (*FIELDS[kind], "reasons_in_law", "reasons_in_fact")
        for name in list(self.fields):
            if name not in wanted:
                del self.fields[name]
        for name in ("reasons_in_law", "reasons_in_fact"):
            words = gettext("{n} caractères au moins.")
            self.fields[name].help_text = words.format(n=settings.REASONS_MIN_LENGTH)
        answers = self._offer_hearings() if "hearing" in self.fields else []
        self.order_fields((*FIELDS[kind], *answers, "reasons_in_law", "reasons_in_fact"))

    def _offer_hearings(self) -> list[str]:
        """The invitations that announced such an act; returns the names of the answers to what was said in one."""
        offered = self.label.hearings.filter(measure__in=ANNOUNCED[self.kind], dropped_at=None)
        hearings = list(offered.order_by("-pk"))
        fields: Any = self.fields
        fields["hearing"].choices = [(one.pk, told_hearing(one)) for one in hearings]
        grounds = Ground.objects.filter(hearing__in=hearings).order_by("hearing_id", "pk")
        fields["grounds"].choices = [(ground.pk, ground.fact) for ground in grounds]
        chosen = str(self["hearing"].value() or "")
        return self.ask_answers(said_in(offered.filter(pk=int(chosen))) if chosen.isdecimal() else [])

    def clean_successor(self) -> int | None:
        """The structure of that number."""
        typed = self.cleaned_data["successor"]
        if not typed:
            return None
        for kind, value in numbers_in(typed):
            row = Registration.objects.filter(kind=kind, value=value, superseded_at=None).first()
            if row is not None:
                return row.structure_id
        raise forms.ValidationError(
            gettext(
                "Aucune structure connue n'a ce numéro. Elle crée d'abord son espace, puis signe la charte."
            )
        )

    def content(self, conditions: list[dict[str, Any]]) -> Content:
        """The reasons as typed, with the conditions when the kind sets any."""
        return Content(
            kind=self.kind,
            reasons_in_law=self.cleaned_data["reasons_in_law"],
            reasons_in_fact=self.cleaned_data["reasons_in_fact"],
            conditions=tuple((row["text"], row["proof"], row["due_on"]) for row in conditions),
        )

    def terms(self) -> Terms:
        """The terms as typed."""
        data = self.cleaned_data
        given: dict[str, Any] = {name: data[name] for name in COLUMNS if name in data}
        if "hearing" in data:
            given["hearing_id"] = int(data["hearing"]) if data["hearing"] else None
            given["ground_pks"] = tuple(int(pk) for pk in data["grounds"])
            given["answers_to_observations"] = joined(self.answers())
        if self.kind == Kind.TRANSFER:
            given["successor_id"] = data["successor"]
        if self.kind == Kind.EXTEND:
            renewal = renewal_under_way(self.label)
            given["renewal_id"] = renewal.pk if renewal else None
        return Terms(**given)


def told_hearing(hearing: Hearing) -> str:
    """An invitation to answer, in one line."""
    if hearing.closed_on:
        state = gettext("terminée le {date}").format(date=told_date(hearing.closed_on))
    else:
        state = gettext("pas encore terminée")
    return f"{hearing.get_measure_display()} – {state}"


def initial_of(measure: Measure | None) -> dict[str, Any]:
    """What the form shows first: the act as kept."""
    if measure is None:
        return {}
    terms = terms_of(measure)
    kept = {name: getattr(terms, name) for name in COLUMNS}
    number = measure.successor.number() if measure.successor else ""
    heard = Hearing.objects.filter(measures=measure)
    return {
        **kept,
        **initial_answers(said_in(heard), measure.answers_to_observations),
        "hearing": terms.hearing_id,
        "grounds": list(terms.ground_pks),
        "successor": number,
        "reasons_in_law": measure.decision.reasons_in_law,
        "reasons_in_fact": measure.decision.reasons_in_fact,
    }


def differing(form: MeasureForm, theirs: Measure) -> list[tuple[str, str, str]]:
    """E11: each part that differs, as typed here and as a colleague kept it."""
    other, data = initial_of(theirs), cast(QueryDict, form.data)
    rows = []
    for name, field in form.fields.items():
        mine = data.getlist(name) if name == "grounds" else data.get(name, "")
        there = [str(pk) for pk in other[name]] if name == "grounds" else field.prepare_value(other.get(name))
        mine_text, there_text = _text(mine), _text(there)
        if mine_text != there_text:
            rows.append((str(field.label), mine_text, there_text))
    return rows


def _text(value: Any) -> str:
    if hasattr(value, "strftime"):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, list):
        return "\n".join(value)
    return str(value or "").replace("\r\n", "\n").strip()
