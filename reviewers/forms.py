"""What members and staff write: answers to a proposal, scores, mandates, panels, opinions."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import NameField
from journal.fields import WordsField
from letters.fields import FrenchDateField, WholeNumberField
from letters.forms import CheckedFileField
from reviewers.grid import ANCHORS, Criterion
from reviewers.models import Assignment, College, GridEntry, InterestLink, Opinion, Score
from reviewers.models.entries import KEEP, REPLACE

NO_OPINION, NOT_APPLICABLE = "none", "na"
ADVICE = {
    "favourable": _("Favorable"),
    "favourable_with_conditions": _("Favorable avec réserves"),
    "unfavourable": _("Défavorable"),
}


class Lines(forms.Textarea):
    """A text of a few lines."""

    def __init__(self, rows: int = 4) -> None:
        super().__init__(attrs={"rows": rows})


class GateForm(forms.Form):
    """P15: no link, a link, or no wish to evaluate."""

    no_link = forms.BooleanField(label=_("Je n'ai aucun lien avec ce dossier"), required=False)
    statement = WordsField(
        label=_("Quel est ce lien ?"),
        help_text=_("Seuls le déontologue et le secrétariat lisent ce texte."),
        widget=Lines(3),
        max_length=2000,
    )

    def __init__(self, *args: Any, reports: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statement"].required = reports


class ScoreForm(forms.Form):
    """P16: one criterion; nothing is required to save, the page says what is still to complete."""

    note = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Pourquoi cette note ?"),
        help_text=_(
            "Obligatoire pour les notes 0, 1 et 4. Une phrase suffit. Ne citez pas de personne malade."
        ),
        widget=Lines(3),
        max_length=5000,
        required=False,
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, required=False
    )

    def __init__(self, row: Criterion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        values = [*ANCHORS, NO_OPINION, *([NOT_APPLICABLE] if row.na_allowed else [])]
        note = self.fields["note"]
        note.choices = [(value, value) for value in values]  # type: ignore[attr-defined]
        note.label = _("Votre note")
        words = _("Choisissez une note de 0 à 4, ou « Je ne me prononce pas ».")
        note.error_messages["invalid_choice"] = words

    @property
    def chosen(self) -> str:
        """The score that stands on the page."""
        return str(self["note"].value() or "")


def note_of(score: Score | None) -> str:
    """The choice of the page for a score that is kept."""
    if score is None or not score.is_given:
        return ""
    if score.verdict == Score.Verdict.SCORED:
        return str(score.value)
    return NO_OPINION if score.verdict == Score.Verdict.NO_OPINION else NOT_APPLICABLE


def verdict_of(note: str) -> tuple[str, int | None]:
    """The verdict and the value of a choice of the page."""
    if note == NO_OPINION:
        return Score.Verdict.NO_OPINION, None
    if note == NOT_APPLICABLE:
        return Score.Verdict.NOT_APPLICABLE, None
    return Score.Verdict.SCORED, int(note) if note else None


def score_form(row: Criterion, score: Score | None, data: Any = None) -> ScoreForm:
    """The form of one criterion, with what is kept or what was typed."""
    initial = {
        "note": note_of(score),
        "comment": score.comment if score else "",
        "version": score.version if score else 0,
    }
    return ScoreForm(row, data, initial=initial, prefix=row.anchor_id)


class OverallForm(forms.Form):
    """The overall advice, on the page from which the review is sent."""

    advice = forms.ChoiceField(
        label=_("Votre avis d'ensemble"),
        choices=list(ADVICE.items()),
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("Ce que vous voulez dire au comité"), widget=Lines(), max_length=5000, required=False
    )

    def __init__(self, *args: Any, sends: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["advice"].required = sends


class AlertForm(forms.Form):
    """« Alerte sécurité »."""

    text = forms.CharField(
        label=_("Que craignez-vous, et pour qui ?"),
        help_text=_("Le secrétariat est prévenu tout de suite. Ne citez pas de personne malade."),
        widget=Lines(),
        max_length=2000,
    )

    def __init__(self, *args: Any, withdraws: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not withdraws


class UnavailableForm(forms.Form):
    """P14: three choices and no reason."""

    choice = forms.ChoiceField(
        label=_("Que souhaitez-vous ?"),
        choices=[
            ("more_time", _("J'ai besoin de plus de temps")),
            ("replace", _("Remplacez-moi pour ce dossier")),
            ("pause", _("Je fais une pause")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, choices: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["choice"]
        field.choices = [pair for pair in field.choices if pair[0] in choices]  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    """A link with an organisation."""

    organisation_name = NameField(label=_("Nom de l'organisme"), max_length=300)
    organisation_number = forms.CharField(
        label=_("Son numéro RNA ou SIREN, si vous le connaissez"), max_length=40, required=False
    )
    kind = forms.ChoiceField(label=_("Quel lien ?"), choices=InterestLink.Kind.choices)
    description = forms.CharField(
        label=_("En quelques mots"),
        help_text=_(
            "N'écrivez rien sur votre santé. Seuls le déontologue et le secrétariat lisent ce texte."
        ),
        widget=Lines(3),
        max_length=2000,
        required=False,
    )
    small_gift = forms.BooleanField(
        help_text=_("Pour un don seulement. Un petit don ne vous empêche pas d'évaluer ses dossiers."),
        required=False,
    )
    since = FrenchDateField(label=_("Depuis le"), required=False)
    until = FrenchDateField(
        label=_("Jusqu'au"), help_text=_("Laissez vide si ce lien dure encore."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.DONOR_THRESHOLD_EUROS:
            del self.fields["small_gift"]
            return
        label = gettext("Je donne moins de {euros} € par an à cet organisme")
        self.fields["small_gift"].label = label.format(euros=settings.DONOR_THRESHOLD_EUROS)


class ConsentForm(forms.Form):
    """The express consent to hold a college."""

    agree = forms.BooleanField(
        label=_("J'accepte"), error_messages={"required": _("Cochez la case si vous acceptez.")}
    )


class ApproachForm(forms.Form):
    """A person to whom a mandate is proposed."""

    first_name = NameField(label=_("Prénom"), max_length=100)
    last_name = NameField(label=_("Nom"), max_length=100)
    email = forms.EmailField(
        label=_("Adresse e-mail"), help_text=_("Laissez vide si la personne n'en a pas."), required=False
    )
    phone = forms.CharField(label=_("Téléphone"), max_length=30, required=False)
    address = forms.CharField(label=_("Adresse postale"), widget=Lines(3), max_length=500, required=False)
    college = forms.ChoiceField(label=_("Collège"), choices=College.choices, widget=forms.RadioSelect)
    load_cap = WholeNumberField(
        label=_("Combien de dossiers à la fois, au plus ?"), min_value=1, max_value=50, initial=4
    )


class AppointForm(forms.Form):
    """The written act that appoints."""

    act_reference = WordsField(label=_("Référence de l'acte écrit"), max_length=200)
    starts_on = FrenchDateField(label=_("À partir du"))


class ActivateForm(forms.Form):
    """Declaration, confidentiality, training."""

    interests_link = forms.URLField(
        label=_("Adresse de la déclaration publique"),
        help_text=_("Dans l'outil de déclaration de l'Institut."),
        max_length=300,
        assume_scheme="https",
    )
    filed_on = FrenchDateField(label=_("Déclaration faite le"))
    confidentiality_signed_on = FrenchDateField(label=_("Engagement de confidentialité signé le"))
    trained_on = FrenchDateField(label=_("Formation suivie le"))


class AnalyseForm(forms.Form):
    """What the ethics officer says of a link."""

    severity = forms.ChoiceField(
        label=_("Ce lien est"), choices=InterestLink.Severity.choices, widget=forms.RadioSelect
    )


class OpinionForm(forms.Form):
    """The opinion adopted in a session held on paper."""

    also_said_as: ClassVar = {"votes": "votes_for", "present": "present_professionals"}

    kind = forms.ChoiceField(
        label=_("Sens de l'avis"), choices=Opinion.Kind.choices, widget=forms.RadioSelect
    )
    reasons = WordsField(
        label=_("Motifs de l'avis"),
        help_text=_("300 caractères au moins. Ne citez ni une note, ni un membre."),
        widget=Lines(10),
        max_length=20_000,
    )
    conditions = WordsField(
        label=_("Réserves proposées"),
        help_text=_("Une par ligne."),
        widget=Lines(),
        max_length=10_000,
        required=False,
    )
    solutions = forms.MultipleChoiceField(
        label=_("Actions que le comité reconnaîtrait"), widget=forms.CheckboxSelectMultiple, required=False
    )
    votes_for = WholeNumberField(label=_("Votes pour"), max_value=200)
    votes_against = WholeNumberField(label=_("Votes contre"), max_value=200)
    votes_abstained = WholeNumberField(label=_("Abstentions"), max_value=200)
    present_patients = WholeNumberField(label=_("Présents du collège « Patients »"), max_value=200)
    present_caregivers = WholeNumberField(label=_("Présents du collège « Aidants »"), max_value=200)
    present_professionals = WholeNumberField(
        label=_("Présents du collège « Professionnels de santé »"),
        help_text=_(
            "Comptez les personnes sur place, à distance ou représentées, sans celles qui sont sorties."
        ),
        max_value=200,
    )
    absence_reasons = WordsField(
        label=_("Si un collège n'a pu ni venir ni écrire : ce qui a été tenté"),
        help_text=_(
            "Suppléants, nouvelle convocation, contribution écrite, membre de la réserve. La décision le dira."
        ),
        widget=Lines(),
        max_length=5000,
        required=False,
    )
    minutes = CheckedFileField(
        label=_("Procès-verbal signé, numérisé"), help_text=_("Il reste dans le dossier de l'Institut.")
    )
    minority = WordsField(
        label=_("Opinions minoritaires, si un membre le demande"),
        widget=Lines(),
        max_length=10_000,
        required=False,
    )
    adopted_on = FrenchDateField(label=_("Avis adopté le"))

    def __init__(self, *args: Any, solutions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["solutions"].choices = solutions  # type: ignore[attr-defined]


class MaskForm(forms.Form):
    """The passage of a comment that tells the health of a person."""

    passage = WordsField(
        label=_("Passage à masquer"),
        help_text=_("Recopiez-le exactement. Il ne sera gardé nulle part."),
        max_length=5000,
        widget=Lines(2),
    )


class StopForm(forms.Form):
    """The call before a late review is stopped."""

    called_on = FrenchDateField(label=_("Appel passé le"), required=False)


class PaperForm(forms.Form):
    """How a grid came, and whether it was read back."""

    means = forms.ChoiceField(
        label=_("Comment la grille est-elle arrivée ?"),
        choices=Assignment.Means.choices,
        widget=forms.RadioSelect,
    )
    code = forms.CharField(
        label=_("Code de la grille"),
        help_text=_("Il est en haut de chaque page : GR-, puis des chiffres. Laissez vide au téléphone."),
        max_length=40,
        required=False,
    )
    statement_signed = forms.BooleanField(
        label=_("La déclaration « aucun lien avec ce dossier » est signée"), required=False
    )
    scan = CheckedFileField(label=_("Grille numérisée"), required=False)
    own = forms.ChoiceField(
        label=_("Que faire de ce que la personne a écrit elle-même ?"),
        choices=[
            (KEEP, _("Garder ce qu'elle a écrit")),
            (REPLACE, _("Le remplacer par ce que je recopie : elle me l'a demandé")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    read_back_on = FrenchDateField(
        label=_("Relu avec la personne le"),
        help_text=_(
            "Avec cette date, les jours pour corriger commencent. Sans elle, les notes sont seulement gardées."
        ),
        required=False,
    )
    read_back_by = forms.ChoiceField(
        label=_("Comment l'avez-vous relu ?"),
        choices=GridEntry.ReadBack.choices,
        widget=forms.RadioSelect,
        initial=GridEntry.ReadBack.CALL,
    )
