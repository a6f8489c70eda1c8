"""The forms of the yearly follow-up, of its gaps, of a declared change, of an alert of the register."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from certificates.actions import Declaration, Finding, Paper
from certificates.follow_up import FIGURES, LIMIT, QUESTIONS
from certificates.follow_up_checklist import MOST_GAPS
from certificates.models import Change, Consultation, Contact, FollowUp, Gap
from journal.fields import WordsField
from label.models import PaperEntry
from letters.fields import FrenchDateField, WholeNumberField
from letters.forms import CheckedFileField
from reviewers.models import College, Mandate

LONGEST_FIGURE = 10_000_000
FILE_HELP = _("PDF, image, texte ou tableur, 20 Mo au plus. Pas de nom de personne malade.")


def _long(
    label: Any, help_text: Any = "", *, rows: int = 4, required: bool = True, most: int = LIMIT
) -> WordsField:
    return WordsField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class FirstQuestionForm(forms.Form):
    """Has something changed?"""

    use_required_attribute = False
    nothing_changed = forms.TypedChoiceField(
        label=_("Est-ce que quelque chose a changé ?"),
        choices=[("rien", _("Rien n'a changé")), ("oui", _("Oui, certaines choses"))],
        coerce=lambda value: value == "rien",
        widget=forms.RadioSelect,
    )


class FollowUpForm(forms.Form):
    """The page of the follow-up: only the questions ticked, or never answered, are open."""

    use_required_attribute = False
    keeps_drafts = True  # kept half-filled; only sending asks for everything

    def __init__(self, *args: Any, follow_up: FollowUp, typed: bool, **kwargs: Any) -> None:
        answers = follow_up.answers
        kwargs["initial"] = {**answers, "version": follow_up.version, "means": follow_up.means}
        super().__init__(*args, **kwargs)
        self.follow_up, self.typed = follow_up, typed
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, min_value=1, max_value=2_000_000_000
        )
        if not follow_up.nothing_changed:
            self.fields["changed"] = forms.MultipleChoiceField(
                label=_("Qu'est-ce qui a changé ?"),
                choices=[(question.key, question.title) for question in QUESTIONS],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        for question in self.open_questions():
            self.fields[question.key] = _long(question.label, question.help, required=False)
        self._last_fields()

    def open_questions(self) -> list[Any]:
        """The questions whose text is written on this page."""
        return [question for question in QUESTIONS if question.key in open_keys(self.follow_up)]

    def _last_fields(self) -> None:
        for name, label in zip(FIGURES, (_("Personnes aidées"), _("Bénévoles actifs")), strict=True):
            self.fields[name] = WholeNumberField(
                label=label,
                required=False,
                max_value=LONGEST_FIGURE,
                help_text=_("Une estimation suffit, pour les douze derniers mois."),
            )
        self.fields["accounts_file"] = CheckedFileField(
            label=_("Comptes de l'année"), required=False, help_text=FILE_HELP
        )
        self.fields["accounts_note"] = _long(
            _("Si vous n'avez pas encore les comptes : quand les aurez-vous ?"),
            rows=2,
            required=False,
            most=500,
        )
        if self.typed:
            self.fields |= _paper_fields()
        self.fields["exact"] = forms.BooleanField(label=_("Ces informations sont exactes"), required=False)

    def declaration(self) -> Declaration:
        """What is given, for the actions."""
        clean = self.cleaned_data
        opened = [question.key for question in self.open_questions()]
        first = self.follow_up.nothing_changed
        return Declaration(
            nothing_changed=first,
            changed=clean.get("changed", []),
            texts={key: clean[key] for key in opened},
            figures={name: clean[name] for name in FIGURES},
            accounts_note=clean["accounts_note"],
            accounts=clean["accounts_file"],
        )

    def paper(self) -> Paper | None:
        """How it came, when the office types it; None on the page of the association."""
        if not self.typed:
            return None
        names = ("means", "received_on", "read_back_on", "scan")
        return Paper(**{name: self.cleaned_data[name] for name in names})


def open_keys(follow_up: FollowUp) -> Collection[str]:
    """The questions that are open: ticked, or to which nothing was ever answered."""
    answers = follow_up.answers
    ticked = [] if follow_up.nothing_changed else answers.get("changed", [])
    return {*ticked, *answers.get("unknown", [])}


def _paper_fields() -> dict[str, forms.Field]:
    return {
        "means": forms.ChoiceField(
            label=_("Comment ces informations sont-elles arrivées ?"),
            choices=PaperEntry.Means.choices,
            widget=forms.RadioSelect,
            required=False,
        ),
        "received_on": FrenchDateField(label=_("Reçu le"), required=False),
        "read_back_on": FrenchDateField(
            label=_("Relu avec la personne le"),
            required=False,
            help_text=_("Nécessaire pour un appel ou une visite."),
        ),
        "scan": CheckedFileField(
            label=_("Copie du courrier reçu (PDF ou image)"),
            required=False,
            help_text=_("Nécessaire pour un courrier."),
        ),
    }


class GapForm(forms.Form):
    """One gap found."""

    use_required_attribute = False
    severity = forms.ChoiceField(label=_("Gravité"), choices=Gap.Severity.choices, widget=forms.RadioSelect)
    criterion = forms.ChoiceField(label=_("Critère"), required=False)
    fact = _long(_("Fait constaté"), _("Un fait, une date, une source. Pas d'adjectif."), most=2000)
    expected = _long(_("Ce qui est attendu"), _("Ce que la preuve devra montrer."), rows=3, most=2000)
    due_on = FrenchDateField(
        label=_("Avant le"),
        required=False,
        help_text=_("Laissez vide pour le délai habituel. Plus long est possible."),
    )

    def __init__(self, *args: Any, criteria: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["criterion"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Aucun en particulier")), *criteria]

    def finding(self) -> Finding:
        """The gap, for the action."""
        return Finding(**self.cleaned_data)


GapFormSet = formset_factory(GapForm, extra=0, max_num=MOST_GAPS, absolute_max=MOST_GAPS)


class ProofForm(forms.Form):
    """What the association answers to a gap."""

    use_required_attribute = False
    keeps_drafts = True
    also_said_as = {"proof": "upload"}
    plan = _long(
        _("Ce que vous avez fait, ou allez faire"), _("Dites aussi quand ce sera fini."), required=False
    )
    proof_text = _long(
        _("Où trouver la preuve"), _("Par exemple l'adresse d'une page."), rows=2, required=False
    )
    upload = CheckedFileField(label=_("Preuve à joindre"), required=False, help_text=FILE_HELP)
    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=2_000_000_000
    )


class ReturnForm(forms.Form):
    """Why a proof is not enough."""

    use_required_attribute = False
    why = _long(_("Ce que la preuve ne montre pas"), _("L'association lit ce texte."), most=2000)


class PersonOfCollege(forms.ModelChoiceField):
    """A member by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Their full name."""
        return str(obj.user.get_full_name())


class MembersForm(forms.Form):
    """One member of each college."""

    use_required_attribute = False

    def __init__(self, *args: Any, seated: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for college in College:
            self.fields[college.value] = PersonOfCollege(
                label=college.label, queryset=seated.filter(college=college), required=False
            )

    def members(self) -> dict[str, int]:
        """The key of the person by college."""
        chosen: dict[str, Mandate | None] = self.cleaned_data
        return {college: mandate.user_id for college, mandate in chosen.items() if mandate is not None}


class VoiceForm(forms.Form):
    """Whether the proof is enough."""

    use_required_attribute = False
    said = forms.ChoiceField(
        label=_("La preuve suffit-elle ?"), choices=Consultation.Said.choices, widget=forms.RadioSelect
    )
    comment = _long(
        _("En une phrase, pourquoi ?"),
        _("Nécessaire si elle ne suffit pas."),
        rows=3,
        required=False,
        most=2000,
    )


class ContactForm(forms.Form):
    """An attempt to reach the association."""

    use_required_attribute = False
    channel = forms.ChoiceField(
        label=_("Par quel moyen ?"), choices=Contact.Channel.choices, widget=forms.RadioSelect
    )
    tried_on = FrenchDateField(label=_("Quel jour ?"))
    outcome = _long(_("Ce que cet essai a donné"), rows=2, most=500)


class EscalationForm(forms.Form):
    """The facts that lead to a procedure."""

    use_required_attribute = False
    facts = _long(
        _("Faits"), _("Des faits datés. La structure ne lit pas ce texte tel quel."), rows=6, most=10_000
    )
    safety = forms.BooleanField(label=_("Des personnes sont en danger"), required=False)


class ChangeForm(forms.Form):
    """A change to tell."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=_("Qu'est-ce qui change ?"), choices=Change.Kind.choices, widget=forms.RadioSelect
    )
    happened_on = FrenchDateField(
        label=_("Depuis quand ?"),
        help_text=_("Une date à venir est possible, par exemple pour une fusion prévue."),
    )
    text = _long(_("Que change-t-il ?"), _("Quelques phrases suffisent. Ne citez pas de personne malade."))
    upload = CheckedFileField(label=_("Document à joindre, si besoin"), required=False, help_text=FILE_HELP)


class TypedChangeForm(ChangeForm):
    """The same, typed by the office."""

    means = forms.ChoiceField(
        label=_("Comment ces informations sont-elles arrivées ?"),
        choices=PaperEntry.Means.choices,
        widget=forms.RadioSelect,
    )


class ConclusionForm(forms.Form):
    """What follows from a change."""

    use_required_attribute = False
    conclusion = _long(_("Votre conclusion"), rows=3, most=2000)
    next_step = forms.ChoiceField(
        label=_("Ce qui suit"), choices=Change.NextStep.choices, widget=forms.RadioSelect
    )


class DoneForm(forms.Form):
    """What was done after a change."""

    use_required_attribute = False
    done = _long(_("Ce qui est fait"), rows=3, most=2000)


class AlertForm(forms.Form):
    """What somebody found who looked at the register."""

    use_required_attribute = False
    also_said_as = {"file": "upload"}
    holds = forms.TypedChoiceField(
        label=_("Qu'avez-vous trouvé ?"),
        choices=[
            ("oui", _("Le registre dit vrai : c'est bien cette structure")),
            ("non", _("Le registre se trompe, ou parle d'une autre structure")),
        ],
        coerce=lambda value: value == "oui",
        widget=forms.RadioSelect,
    )
    words = _long(
        _("Ce que vous avez regardé, et ce que vous y avez lu"),
        _("Par exemple : annonce du Journal officiel, date, numéro."),
        rows=3,
        most=2000,
    )
    upload = CheckedFileField(
        label=_("Extrait du registre ou de l'annonce"),
        required=False,
        help_text=_("Nécessaire si le registre dit vrai. PDF ou image, 20 Mo au plus."),
    )
