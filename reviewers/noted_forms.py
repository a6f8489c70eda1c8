"""What a member wrote, or said by phone or face to face, of a session: noted by the secretariat."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.fields import WordsField
from journal.wording import is_blank
from reviewers.entry_forms import MeansForm
from reviewers.forms import Lines
from reviewers.session_forms import AnswerForm


class NotedAnswerForm(MeansForm, AnswerForm):
    """The answer of a member to the convocation, noted by the secretariat."""

    field_order = ("means",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].label = _("Que répond la personne ?")
        self.fields["holder"].label = _("À qui donne-t-elle son pouvoir ?")
        self.fields["on_paper"].label = _("Elle veut les documents sur papier")


class NotedStatementForm(MeansForm):
    """What a member says of one item, noted by the secretariat."""

    NONE, LINK = "none", "link"

    field_order = ("means",)

    said = forms.ChoiceField(
        label=_("Que dit-elle de ce point ?"),
        choices=[(NONE, _("Elle n'a aucun lien avec ce dossier")), (LINK, _("Elle a un lien"))],
        widget=forms.RadioSelect,
    )
    text = WordsField(
        label=_("Quel est ce lien ?"),
        help_text=_("Seuls le déontologue et le secrétariat lisent ce texte."),
        widget=Lines(3),
        max_length=2000,
        required=False,
    )

    @property
    def has_link(self) -> bool:
        """Whether a link was told."""
        return bool(self.cleaned_data["said"] == self.LINK)

    def clean(self) -> dict[str, Any]:
        """A link is told in words; nothing else is kept."""
        data = super().clean() or self.cleaned_data
        if data.get("said") == self.LINK and is_blank(data.get("text", "")):
            self.add_error("text", _("Dites en quelques mots quel est ce lien."))
        return data
