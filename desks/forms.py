"""Filters of the staff lists, in the address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from certificates.models import FollowUp, Label, Withdrawal
from decisions.models import Appeal
from desks import periods
from desks.selections import DOSSIERS, LABELS
from feedback.models import Report
from label.models import Application
from letters.fields import FrenchDateField, WholeNumberField
from letters.spoken import told_date
from reviewers.models import College, Session
from structures.facets import FIELDS_OF_ACTION, REGIONS

EVERYTHING = ("", _("Tout"))
MOST_WORDS = 500
NO_REGION = "aucune"


class Filter(forms.Form):
    """Choices of a list, all of which may be left empty."""

    is_filter = True

    def chosen(self) -> dict[str, Any]:
        """What was chosen and makes sense; a choice that does not exist is told beside its field and left out."""
        return self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})


class PeriodFilter(Filter):
    """Which period the figures are about."""

    periode = forms.ChoiceField(label=_("Période"), required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        _offer(self.fields["periode"], periods.choices(on))

    def period(self) -> periods.Period:
        """The period chosen, else the last twelve months."""
        return periods.period_of(self.chosen().get("periode") or "", on=self.on)


class ApplicationFilter(PeriodFilter):
    """Which dossiers: at which step, of which officer, with which words; or those behind a figure of a period."""

    etape = forms.ChoiceField(label=_("Étape"), required=False)
    instructeur = forms.ChoiceField(label=_("Personne qui instruit"), required=False)
    texte = forms.CharField(
        label=_("Nom de la structure ou numéro de dossier"), required=False, max_length=100, strip=True
    )

    parmi = forms.ChoiceField(label=_("Parmi"), required=False)
    field_order = ("etape", "instructeur", "texte", "parmi", "periode")

    def __init__(self, *args: Any, officers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["parmi"], [EVERYTHING, *((code, one.words) for code, one in DOSSIERS.items())])
        shown = [choice for choice in Application.State.choices if choice[0] != Application.State.PURGED]
        _offer(self.fields["etape"], [EVERYTHING, ("en-cours", _("Tous ceux en cours")), *shown])
        names = [(str(officer.pk), str(officer)) for officer in officers]
        _offer(self.fields["instructeur"], [EVERYTHING, ("personne", _("Personne encore")), *names])


class LabelFilter(Filter):
    """Which labels: in which state, of which field or region, with which words; or those behind a figure."""

    parmi = forms.ChoiceField(
        label=_("Parmi"),
        required=False,
        choices=[EVERYTHING, *((code, one.words) for code, one in LABELS.items())],
    )
    domaine = forms.ChoiceField(
        label=_("Domaine d'action"),
        required=False,
        choices=[EVERYTHING, *((one.code, one.label) for one in FIELDS_OF_ACTION)],
    )
    region = forms.ChoiceField(
        label=_("Région du siège"),
        required=False,
        choices=[EVERYTHING, (NO_REGION, _("Hors de France")), *((one.code, one.label) for one in REGIONS)],
    )
    etat = forms.ChoiceField(label=_("État"), required=False, choices=[EVERYTHING, *Label.State.choices])
    texte = forms.CharField(
        label=_("Nom de la structure ou numéro de label"), required=False, max_length=100, strip=True
    )


class WithdrawalFilter(Filter):
    """Which withdrawal procedures: those under way, or in one state, with which words."""

    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[("", _("Toutes celles en cours")), *Withdrawal.State.choices],
    )
    texte = forms.CharField(
        label=_("Nom de la structure ou numéro de label"), required=False, max_length=100, strip=True
    )


class AppealFilter(Filter):
    """Which appeals: in which state, of whom."""

    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[EVERYTHING, ("en-cours", _("Sans réponse")), *Appeal.State.choices],
    )
    texte = forms.CharField(
        label=_("Nom de la structure ou numéro de dossier"), required=False, max_length=100, strip=True
    )


class ReportFilter(Filter):
    """Which reports: open or in one state, with a danger or not."""

    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[("", _("En cours")), ("all", _("Tous")), *Report.State.choices],
    )
    danger = forms.BooleanField(label=_("Seulement ceux qui parlent d'un danger"), required=False)


class DeadlineFilter(Filter):
    """Which dates: of which kind, of which month, all or only those that are past."""

    type = forms.ChoiceField(label=_("Type d'échéance"), required=False)
    mois = forms.ChoiceField(label=_("Mois"), required=False)
    retard = forms.BooleanField(label=_("Seulement celles qui sont passées"), required=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["type"], [EVERYTHING, *kinds])
        _offer(self.fields["mois"], [EVERYTHING, *((one.code, one.words) for one in periods.months(on))])


class CampaignFilter(Filter):
    """Which campaign: one session of the committee, or the evaluations closed between two days."""

    seance = forms.ChoiceField(label=_("Séance"), required=False)
    du = FrenchDateField(label=_("Évaluations closes à partir du"), required=False)
    au = FrenchDateField(label=_("Jusqu'au"), required=False)
    referentiel = forms.ChoiceField(label=_("Référentiel"), required=False)

    def __init__(self, *args: Any, sessions: list[date], editions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = [(version, version) for version in editions]
        _offer(self.fields["referentiel"], [("", _("Celui en vigueur")), *versions])
        days = [(day.isoformat(), told_date(day)) for day in sessions]
        _offer(self.fields["seance"], [("", _("Une période")), *days])

    def told(self, today: date) -> str:
        """The campaign in words."""
        chosen = self.chosen() if self.is_bound else {}
        if session := chosen.get("seance"):
            return gettext("Séance du {date}").format(date=told_date(date.fromisoformat(session)))
        words = gettext("Évaluations closes du {start} au {end}")
        start, end = chosen.get("du") or date(today.year, 1, 1), chosen.get("au") or today
        return words.format(start=told_date(start), end=told_date(end))


class SignatureFilter(Filter):
    """Which holders of labels: signed, asked, not asked yet, or past their date."""

    STATES = (
        ("signee", _("Signée")),
        ("demandee", _("Demandée, en attente")),
        ("depassee", _("Date passée sans signature")),
        ("a-demander", _("À demander")),
    )
    etat = forms.ChoiceField(label=_("Signature"), required=False, choices=[EVERYTHING, *STATES])

    @staticmethod
    def which(state: str, today: date) -> Q:
        """The labels in that state, on rows of `certificates.norms.with_signature`."""
        waiting = Q(signed_at=None)
        return {
            "signee": ~waiting,
            "demandee": waiting & Q(sign_by__gte=today),
            "depassee": waiting & Q(sign_by__lt=today),
            "a-demander": waiting & Q(sign_by=None),
        }[state]


class LetterFilter(Filter):
    """Which letters on paper: at which step of their service, with which words."""

    etape = forms.ChoiceField(label=_("Étape"), required=False)
    texte = forms.CharField(
        label=_("Référence, titre ou destinataire"), required=False, max_length=100, strip=True
    )

    def __init__(self, *args: Any, steps: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["etape"], [EVERYTHING, *steps])


class FollowUpFilter(Filter):
    """Which yearly follow-ups: in which state, late or not, of which structure."""

    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("En cours")), *FollowUp.State.choices]
    )
    retard = forms.BooleanField(label=_("Seulement ceux dont la date est passée"), required=False)
    texte = forms.CharField(
        label=_("Nom de la structure ou numéro de label"), required=False, max_length=100, strip=True
    )


class HelpFilter(Filter):
    """Which calls: to make or made, for which dossier."""

    etat = forms.ChoiceField(
        label=_("Appels"), required=False, choices=[("", _("À faire")), ("faits", _("Faits"))]
    )
    texte = forms.CharField(
        label=_("Nom de la structure ou numéro de dossier"), required=False, max_length=100, strip=True
    )


class MemberFilter(Filter):
    """Which members: of which college, seated or not any more."""

    college = forms.ChoiceField(label=_("Collège"), required=False, choices=[EVERYTHING, *College.choices])
    etat = forms.ChoiceField(
        label=_("Mandats"), required=False, choices=[("", _("En cours")), ("termines", _("Terminés"))]
    )


class SessionFilter(Filter):
    """Which sessions of the committee: in which state, of which year."""

    etat = forms.ChoiceField(label=_("État"), required=False, choices=[EVERYTHING, *Session.State.choices])
    annee = WholeNumberField(label=_("Année"), required=False, min_value=2020, max_value=2100)


class PeopleFilter(Filter):
    """Which people: with which words, holding which role today."""

    q = forms.CharField(
        label=_("Chercher quelqu'un"),
        help_text=_(
            "Début du nom, du prénom ou de l'adresse e-mail. Sans recherche : les personnes de l'Institut."
        ),
        required=False,
        max_length=100,
        strip=True,
    )
    role = forms.ChoiceField(label=_("Rôle aujourd'hui"), required=False, choices=[EVERYTHING, *Role.choices])


class JournalFilter(Filter):
    """Which events of a dossier: about what, done in which role."""

    sujet = forms.ChoiceField(label=_("À propos de"), required=False)
    role = forms.ChoiceField(label=_("Fait par"), required=False)

    def __init__(
        self, *args: Any, subjects: list[tuple[str, Any]], roles: list[tuple[str, Any]], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        _offer(self.fields["sujet"], [EVERYTHING, *subjects])
        _offer(self.fields["role"], [EVERYTHING, *roles])


class MaskForm(forms.Form):
    """What a person adds to the mask after reading, and their word that they have read everything."""

    words_to_mask = forms.CharField(
        label=_("Autres mots à masquer, un par ligne"),
        help_text=_("Un nom, un lieu trop précis, une maladie : chaque mot disparaît partout."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    has_read = forms.BooleanField(
        label=_("J'ai lu toutes les pièces : plus rien ne désigne quelqu'un ni ne parle de sa santé"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """The words as a list; nothing under two letters, which would mask half of every text."""
        cleaned = super().clean() or {}
        lines = [" ".join(line.split()) for line in cleaned.get("words_to_mask", "").splitlines()]
        cleaned["words"] = [line for line in lines if len(line) > 1][:MOST_WORDS]
        return cleaned

    def may_release(self) -> bool:
        """Whether everything was read; else the box says so."""
        if self.is_valid() and not self.cleaned_data["has_read"]:
            self.add_error("has_read", gettext("Lisez toutes les pièces, puis cochez cette case."))
        return self.is_valid()


class ConfirmMailing(forms.Form):
    """The number of recipients, typed again."""

    typed = WholeNumberField(label=_("Tapez le nombre de destinataires pour confirmer"))


def _offer(field: forms.Field, choices: list[tuple[str, Any]]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
