"""What is typed around a review: the findings of the office before it, the second round after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.fields import WordsField
from label.answers import version_of
from letters.fields import FrenchDateField
from letters.forms import CheckedFileField
from reviewers.forms import NO_OPINION, NOT_APPLICABLE, Lines, note_of, verdict_of
from reviewers.grid import Criterion
from reviewers.gridcode import MAXIMUM_LENGTH
from reviewers.models import Assignment, OfficeFinding, Score
from reviewers.second_round import told

LARGEST = 2_000_000_000
KEEP, CHANGE, BACK = "keep", "change", "back"


class OfficeFindingsForm(forms.Form):
    """One text per criterion for which the edition asks a fact, and why it changes once the panel reads."""

    use_required_attribute = False
    keeps_drafts = True  # what is left empty is asked for later, so that no label says it is optional

    def __init__(
        self,
        rows: Sequence[Criterion],
        kept: Mapping[str, OfficeFinding],
        *args: Any,
        corrects: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.corrects = rows, corrects
        for row in rows:
            found, code = kept.get(row.code), row.code
            self.fields[f"text_{code}"] = WordsField(
                label=_named(_("Ce que vous constatez"), code),
                help_text=_("Des faits vérifiés, sans note ni avis. Ne citez pas de personne malade."),
                widget=Lines(4),
                max_length=2000,
                required=False,
                initial=found.text if found else "",
            )
            if corrects and found:
                self.fields[f"correction_{code}"] = WordsField(
                    label=_named(_("Pourquoi ce constat change"), code),
                    help_text=_("À remplir seulement si vous changez le texte. Le panel lira cette phrase."),
                    max_length=500,
                    required=False,
                )
            self.fields[f"seen_{code}"] = forms.IntegerField(
                widget=forms.HiddenInput,
                min_value=0,
                max_value=LARGEST,
                required=False,
                initial=found.version if found else 0,
            )

    def of(self, code: str) -> dict[str, Any]:
        """The bound fields of one criterion."""
        correction = f"correction_{code}"
        return {
            "text": self[f"text_{code}"],
            "correction": self[correction] if correction in self.fields else None,
            "seen": self[f"seen_{code}"],
        }

    def typed(self, what: str) -> dict[str, Any]:
        """What was typed in the fields `text`, `correction` or `seen`, by criterion."""
        named = {row.code: f"{what}_{row.code}" for row in self.rows}
        return {code: self.cleaned_data[name] for code, name in named.items() if name in self.fields}


class RereadForm(forms.Form):
    """P18: « Je garde ma note » or « Je change » with a new score and why, or back; nothing chosen, nothing saved."""

    use_required_attribute = False
    keeps_drafts = True  # what is left empty is asked for later, so that no label says it is optional

    choice = forms.ChoiceField(
        choices=[(KEEP, gettext_lazy("Je garde ma note")), (CHANGE, gettext_lazy("Je change"))],
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.ChoiceField(required=False)
    reason = WordsField(widget=Lines(2), max_length=2000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST, required=False)

    def __init__(self, row: Criterion, mine: Score | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.mine = row, mine
        self.theirs: Score | None = None  # what another page kept meanwhile (E11)
        words = [("", _("Choisissez"))]
        words += [(score, f"{score} – {name}") for score, name, _sentence in row.anchors]
        words.append((NO_OPINION, _("Je ne me prononce pas")))
        if row.na_allowed:
            words.append((NOT_APPLICABLE, _("Sans objet")))
        if mine is not None and self.initial.get("choice") == CHANGE:
            back = _("Je reviens à ma première note : {note}").format(note=told(mine))
            self.fields["choice"].choices += [(BACK, back)]  # type: ignore[attr-defined]
        note, choice, reason = self.fields["note"], self.fields["choice"], self.fields["reason"]
        note.choices = words  # type: ignore[attr-defined]
        note.error_messages["invalid_choice"] = _(
            "Choisissez une note de 0 à 4, ou « Je ne me prononce pas »."
        )
        choice.label = _named(_("Que faites-vous de votre note ?"), row.code)
        note.label = _named(_("Ma nouvelle note"), row.code)
        reason.label = _named(_("Pourquoi je change"), row.code)
        reason.help_text = _("Une phrase suffit. Ne citez pas de personne malade.")

    def clean(self) -> dict[str, Any]:
        """A change asks for its score and why; words without a choice are not lost without a word."""
        data = super().clean() or {}
        if data.get("choice") == CHANGE:
            if not data.get("note") and "note" not in self.errors:
                self.add_error("note", _("Choisissez une note de 0 à 4, ou « Je ne me prononce pas »."))
            if not data.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Vous avez changé une note : dites pourquoi en une phrase."))
        if not data.get("choice") and (data.get("note") or data.get("reason")):
            self.add_error("choice", _("Dites si vous gardez ou changez votre note."))
        return data

    @property
    def version_read(self) -> int:
        """The version that the page was opened with; after E11, that of the choice that the person replaces."""
        seen = version_of(self.data.get(f"theirs_{self.prefix}", "")) if self.data.get("go") == "mine" else -1
        return seen if seen >= 0 else self.cleaned_data["version"] or 0

    @property
    def is_touched(self) -> bool:
        """Whether the member said something else than what is kept."""
        data = self.cleaned_data
        kept = self.initial
        if data["choice"] == KEEP:
            return kept["choice"] != KEEP
        return bool(data["choice"]) and any(data[name] != kept[name] for name in ("choice", "note", "reason"))


class RereadPaperForm(forms.Form):
    """How a member answered in the second round, when somebody types for them."""

    means = forms.ChoiceField(
        label=gettext_lazy("Comment la personne a-t-elle répondu ?"),
        choices=Assignment.Means.choices,
        widget=forms.RadioSelect,
    )
    code = forms.CharField(
        label=gettext_lazy("Code de la feuille"),
        help_text=gettext_lazy(
            "Il est en haut de chaque page : GR-, puis des chiffres. Laissez vide au téléphone."
        ),
        max_length=MAXIMUM_LENGTH,
        required=False,
    )
    scan = CheckedFileField(
        label=gettext_lazy("Feuille numérisée"),
        help_text=gettext_lazy("Obligatoire si elle est venue par courrier."),
        required=False,
    )
    read_back_on = FrenchDateField(label=gettext_lazy("Relu avec la personne le"))


def reread_form(row: Criterion, first: Score | None, second: Score | None, data: Any = None) -> RereadForm:
    """The form of one criterion with what is kept of the second round, or what was typed."""
    changed = second is not None and bool(second.change_reason)
    initial = {
        "choice": _choice_of(second),
        "note": note_of(second) if changed else "",
        "reason": second.change_reason if second else "",
        "version": second.version if second else 0,
    }
    if data is not None and data.get("go") == "theirs" and f"theirs_{row.anchor_id}" in data:
        data = {f"{row.anchor_id}-{name}": value for name, value in initial.items()}
    return RereadForm(row, first, data, initial=initial, prefix=row.anchor_id)


def both_choices(forms_: Iterable[RereadForm]) -> list[dict[str, str]]:
    """E11: each choice that another page changed meanwhile, as typed here and as it is kept."""
    return [
        {
            "key": str(form.prefix),
            "what": f"{form.row.code} {form.row.title}",
            "mine": _told_choice(
                form.cleaned_data["note"], form.cleaned_data["choice"], form.cleaned_data["reason"]
            ),
            "theirs": _told_choice(note_of(form.theirs), _choice_of(form.theirs), form.theirs.change_reason),
            "seen": str(form.theirs.version),
        }
        for form in forms_
        if form.theirs is not None
    ]


def _choice_of(score: Score | None) -> str:
    if score is None or not score.version:
        return ""
    return CHANGE if score.change_reason else KEEP


def _told_choice(note: str, choice: str, reason: str) -> str:
    if choice != CHANGE:
        return {KEEP: _("Je garde ma note"), BACK: _("Je reviens à ma première note")}.get(choice, "")
    verdict, value = verdict_of(note)
    return _("Je change : {note}").format(note=told(Score(verdict=verdict, value=value))) + f"\n{reason}"


def _named(words: str, code: str) -> Any:
    """A label that a screen reader tells apart from the same one beside another criterion."""
    return format_html('{}<span class="fr-sr-only"> – {}</span>', words, code)
