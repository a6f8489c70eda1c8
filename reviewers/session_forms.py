"""What is written about a session: its date, answers to a convocation, votes, opinions, minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from journal.fields import WordsField
from letters.fields import FrenchDateField, WholeNumberField
from reviewers import tally
from reviewers.forms import Lines
from reviewers.models import AgendaItem, College, DeliberationAct, Invitation, Mandate
from reviewers.registry import choice_in_words, scale_of, subject_of
from reviewers.session_checklist import ACCESS, EXPENSES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

People = Iterable[Mandate]
Answer = Invitation.Answer
WRITTEN = "written-"  # what is written of an item, in the names of fields


def named(mandates: People) -> list[tuple[str, str]]:
    """Members as choices, by name."""
    return [("", "—"), *((str(one.pk), str(one.user)) for one in mandates)]


class TimeField(forms.TimeField):
    """A time of the day, as « 14 h 30 » or 14:30."""

    def to_python(self, value: Any) -> time | None:
        """The time written, or None for nothing."""
        if isinstance(value, str):
            value = value.lower().replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace("h", ":")
            value = f"{value}00" if value.endswith(":") else value
        return super().to_python(value)


class WhenForm(forms.Form):
    """When and where: the second convocation asks no more."""

    also_said_as: ClassVar = {"sits_at": "day", "too_late": "day"}  # where the words of a refusal stand

    day = FrenchDateField(label=_("Date"), help_text=_("Par exemple 03/03/2027."))
    hour = TimeField(
        label=_("Heure"),
        help_text=_("Par exemple 14 h 30."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Écrivez une heure comme 14 h 30.")},
    )
    place = forms.CharField(label=_("Lieu"), max_length=300)
    link = forms.URLField(
        label=_("Lien pour suivre à distance"),
        help_text=_("Sans lien, la convocation ne propose pas de participer à distance."),
        max_length=300,
        required=False,
        assume_scheme="https",
    )

    @property
    def sits_at(self) -> datetime:
        """The moment written, in the hour of Paris."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["day"], self.cleaned_data["hour"]))


class SessionForm(WhenForm):
    """A session in the calendar."""

    minutes_planned = WholeNumberField(
        label=_("Durée, en minutes"),
        help_text=_("Deux heures au plus, avec une pause, pour que chacun puisse suivre."),
        min_value=15,
        max_value=600,
        initial=120,
    )
    access_notes = forms.CharField(
        label=_("Accès et besoins"),
        help_text=_("Transports, ascenseur, boucle auditive, repas."),
        widget=Lines(3),
        max_length=2000,
        error_messages={"required": ACCESS},
    )
    expenses_notes = forms.CharField(
        label=_("Frais"),
        help_text=_("Comment les frais sont avancés ou remboursés."),
        widget=Lines(3),
        max_length=2000,
        error_messages={"required": EXPENSES},
    )
    lay_chair = forms.ChoiceField(label=_("Coprésidence : patients ou aidants"))
    professional_chair = forms.ChoiceField(label=_("Coprésidence : professionnels de santé"))

    def __init__(self, *args: Any, members: People = (), changes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if changes:
            del self.fields["lay_chair"], self.fields["professional_chair"]
            return
        lay = [one for one in members if one.college != College.PROFESSIONALS]
        other = [one for one in members if one.college == College.PROFESSIONALS]
        _offer(self, "lay_chair", named(lay))
        _offer(self, "professional_chair", named(other))

    def facts(self) -> dict[str, Any]:
        """What `plan_session` and `change_session` take, but the date and the chairs."""
        names = ("place", "link", "minutes_planned", "access_notes", "expenses_notes")
        return {name: self.cleaned_data[name] for name in names}


class ListForm(forms.Form):
    """What to put on the agenda."""

    dossiers = forms.MultipleChoiceField(
        label=_("Dossiers qui attendent le comité"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez un dossier au moins.")},
    )
    minutes_planned = WholeNumberField(
        label=_("Durée de chaque point, en minutes"), min_value=5, max_value=180, initial=20
    )
    hearing = forms.BooleanField(
        label=_("La structure sera entendue"),
        help_text=_("Si le comité l'a promis, l'audition est prévue dans tous les cas."),
        required=False,
    )

    def __init__(self, *args: Any, dossiers: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "dossiers", list(dossiers))


class WhyForm(forms.Form):
    """A reason that is kept in the journal."""

    reason = WordsField(label=_("Pourquoi ?"), widget=Lines(3), max_length=2000)


class InWriting(forms.Form):
    """What somebody writes of each item of an agenda; `items` gives the key, the name and the text of each."""

    def __init__(self, *args: Any, items: Iterable[tuple[int, str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = {key: text for key, _name, text in items}
        for key, name, text in items:
            self.fields[f"{WRITTEN}{key}"] = WordsField(
                label=name, widget=Lines(4), max_length=10_000, required=False, initial=text
            )

    def texts(self) -> dict[int, str]:
        """What was typed, by the key of the item."""
        return {key: self.cleaned_data.get(f"{WRITTEN}{key}", "").strip() for key in self.said}

    @property
    def in_writing(self) -> list[forms.BoundField]:
        """The fields of the items, to be shown apart."""
        return [self[f"{WRITTEN}{key}"] for key in self.said]

    @property
    def opens(self) -> bool:
        """Whether they are shown open: something is written, or something must be corrected."""
        return any(field.value() or field.errors for field in self.in_writing)


class AnswerForm(InWriting):
    """Whether and how a member takes part."""

    answer = forms.ChoiceField(
        label=_("Comment participez-vous ?"), choices=Answer.choices, widget=forms.RadioSelect
    )
    holder = forms.ChoiceField(
        label=_("À qui donnez-vous votre pouvoir ?"),
        help_text=_("Une personne de votre collège. Chacun ne porte qu'un pouvoir."),
        required=False,
    )
    on_paper = forms.BooleanField(label=_("Envoyez-moi les documents sur papier"), required=False)

    def __init__(self, *args: Any, holders: People = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "holder", named(holders))

    def clean(self) -> dict[str, Any]:
        """A proxy names somebody, a contribution says something; nothing else is kept."""
        data = super().clean() or self.cleaned_data
        if data.get("answer") == Answer.PROXY and not data.get("holder"):
            self.add_error("holder", _("Choisissez quelqu'un d'autre du même collège."))
        if data.get("answer") == Answer.WRITTEN and not any(self.texts().values()):
            where = next((field.name for field in self.in_writing), "answer")
            self.add_error(where, _("Écrivez votre contribution."))
        return data


class StatementForm(forms.Form):
    """A link with an item, or none."""

    no_link = forms.BooleanField(label=_("Je n'ai aucun lien avec ce dossier"), required=False)
    text = WordsField(
        label=_("Quel est ce lien ?"),
        help_text=_("Seuls le déontologue et le secrétariat lisent ce texte."),
        widget=Lines(3),
        max_length=2000,
        required=False,
    )


class BallotForm(forms.Form):
    """One vote, one's own or the one of who gave a proxy."""

    choice = forms.ChoiceField(
        label=_("Votre choix"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une des réponses proposées.")},
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "choice", subject_of(kind).choices.choices)


def no_link_said(label: StrOrPromise) -> forms.BooleanField:
    """The statement that comes before a vote, said in the room."""
    return forms.BooleanField(label=label, error_messages={"required": _("Posez la question avant le vote.")})


class PaperBallotsForm(forms.Form):
    """Secret ballots on paper: how many of each choice came out of the urn."""

    def __init__(
        self, *args: Any, kind: str, voters: People = (), states: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voters"] = forms.MultipleChoiceField(
            label=_("Qui a mis un bulletin ?"),
            choices=named(voters)[1:],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choisissez une personne au moins.")},
        )
        self.choices = subject_of(kind).choices
        for choice in self.choices:
            self.fields[choice.value] = WholeNumberField(label=choice.label, max_value=100, initial=0)
        if states:
            self.fields["no_link"] = no_link_said(
                _("Chaque personne a dit qu'elle n'a aucun lien avec ce dossier")
            )

    def counts(self) -> dict[str, int]:
        """How many ballots of each choice."""
        return {choice: self.cleaned_data[choice] for choice in self.choices.values}


class AloudForm(forms.Form):
    """A vote said aloud by a member without a device."""

    voter = forms.ChoiceField(label=_("Qui a dit son vote ?"))
    spoken = forms.ChoiceField(label=_("Son choix"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, kind: str, voters: People = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "spoken", subject_of(kind).choices.choices)
        self.fields["no_link"] = no_link_said(_("La personne a dit qu'elle n'a aucun lien avec ce dossier"))
        _offer(self, "voter", named(voters))


class CastingForm(WhyForm):
    """The co-chair decides a tie, between the choices that are tied and no other."""

    choice = forms.ChoiceField(label=_("Le sens de l'avis"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tied = tally.tied(item.counts, scale_of(item.kind))
        _offer(self, "choice", [(code, str(choice_in_words(item.kind, code))) for code in tied])


class AdoptForm(forms.Form):
    """The words of an opinion; its sense is the outcome of the vote."""

    reasons = WordsField(
        label=_("Motifs de l'avis"),
        help_text=_("Ce que le comité a retenu, critère par critère s'il le faut."),
        widget=Lines(8),
        max_length=20_000,
    )
    conditions = WordsField(
        label=_("Réserves"),
        help_text=_("Une réserve par ligne."),
        widget=Lines(),
        max_length=5000,
        required=False,
    )
    minority = WordsField(
        label=_("Opinions minoritaires"),
        help_text=_("Si une personne le demande. Sans son nom."),
        widget=Lines(),
        max_length=10_000,
        required=False,
    )
    solutions = forms.MultipleChoiceField(
        label=_("Actions reconnues"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _favourable, with_conditions, against = scale_of(item.kind)
        if item.outcome == against or not subject_of(item.kind).on_a_request:
            del self.fields["solutions"]
        else:
            presented = item.application.solutions.order_by("pk")
            _offer(self, "solutions", [(str(one.pk), one.name) for one in presented])
        if item.outcome != with_conditions:
            del self.fields["conditions"]


class SendBackForm(WhyForm):
    """Where an item goes when no opinion is given today."""

    sent_to = forms.ChoiceField(
        label=_("Où va ce point ?"), choices=AgendaItem.SentTo.choices, widget=forms.RadioSelect
    )
    questions = WordsField(
        label=_("Questions à la structure"),
        help_text=_("Une question précise par ligne. Elles partent telles quelles dans la lettre."),
        widget=Lines(),
        max_length=5000,
        required=False,
    )
    hearing = forms.BooleanField(label=_("Le comité entendra la structure"), required=False)

    def __init__(self, *args: Any, only_later: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if only_later:
            later = AgendaItem.SentTo.LATER
            _offer(self, "sent_to", [(later.value, str(later.label))])
            self.fields["sent_to"].initial = later.value
            del self.fields["questions"], self.fields["hearing"]


class LogbookForm(forms.Form):
    """« Journal de bord »: one lesson of the session, on the whole or on one of the items that the author may read."""

    item = forms.TypedChoiceField(
        label=_("De quoi parle ce texte ?"),
        help_text=_("Ce qui parle d'un point n'est lu que par ceux qui y participent."),
        coerce=int,
        empty_value=None,
        required=False,
    )
    text = WordsField(
        label=_("Ce que cette séance nous apprend"),
        help_text=_("Pour faire mieux la prochaine fois. Sans nom de personne."),
        widget=Lines(),
        max_length=5000,
    )

    def __init__(self, *args: Any, items: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "item", [("", str(_("De toute la séance"))), *items])


class ActingChairForm(forms.Form):
    """Who presides when neither co-chair can."""

    acting_chair = forms.ChoiceField(label=_("Qui préside ?"))

    def __init__(self, *args: Any, members: People = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "acting_chair", named(members))


class RulingForm(forms.Form):
    """What who presides writes once the secret of a deliberation was broken."""

    facts = WordsField(
        label=_("Ce qui s'est passé"),
        help_text=_("Les faits seulement : où, quand, ce qui a été publié."),
        widget=Lines(),
        max_length=5000,
    )
    outcome = forms.ChoiceField(
        label=_("Que devient la délibération ?"),
        choices=DeliberationAct.Outcome.choices,
        widget=forms.RadioSelect,
    )
    reasons = WordsField(label=_("Pourquoi ?"), widget=Lines(), max_length=5000)
    set_apart = forms.ChoiceField(
        label=_("Qui ne participe pas à la nouvelle délibération ?"),
        help_text=_(
            "Si une personne a rompu le secret. Elle ne lit plus ce dossier et n'en parle plus. "
            "Ses notes restent comptées tant que le déontologue ne l'a pas récusée."
        ),
        required=False,
    )

    def __init__(self, *args: Any, members: People = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "set_apart", named(members))


class AddressForm(forms.Form):
    """The postal address of a member who is convened on paper."""

    address = WordsField(label=_("Adresse postale"), widget=Lines(3), max_length=500)


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
