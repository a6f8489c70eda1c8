"""What associations write to challenge a member, and what the ethics officer writes of links and challenges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import NameField
from journal.fields import WordsField
from letters.fields import FrenchDateField
from reviewers.forms import Lines
from reviewers.models import Challenge, LinkMatch, Mandate


class ChallengeForm(forms.Form):
    """« Nous demandons la récusation de… »."""

    who = NameField(
        label=_("Nous demandons la récusation de"),
        help_text=_("Le nom de la personne, ou ce qui permet de la reconnaître."),
        max_length=200,
    )
    reasons = WordsField(
        label=_("Pour quelles raisons ?"),
        help_text=_(
            "Un lien, un litige, une concurrence… Des faits et des dates. N'écrivez rien sur la santé de quelqu'un."
        ),
        widget=Lines(6),
        max_length=5000,
    )
    received_on = FrenchDateField(
        label=_("Demande reçue le"),
        help_text=_("Si elle est arrivée par courrier, la date du cachet de la poste."),
        required=False,
    )

    def __init__(self, *args: Any, by_the_office: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_the_office:
            del self.fields["received_on"]


class AnswerForm(forms.Form):
    """The reasoned answer to a challenge."""

    answer = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[
            (Challenge.Answer.ACCEPTED, _("J'accepte : cette personne n'examine pas le dossier")),
            (Challenge.Answer.REFUSED, _("Je refuse : rien ne s'oppose à ce qu'elle l'examine")),
        ],
        widget=forms.RadioSelect,
    )
    mandate = forms.ChoiceField(
        label=_("Si vous acceptez : de qui s'agit-il ?"),
        help_text=_("Si elle est sur le panel, elle en sort tout de suite et son évaluation ne compte plus."),
        required=False,
    )
    reason = WordsField(
        label=_("Vos motifs"),
        help_text=_(
            "Si vous refusez, l'association lit ce texte : ne nommez personne. Si vous acceptez, il reste au journal."
        ),
        widget=Lines(6),
        max_length=2000,
    )

    def __init__(self, *args: Any, members: Iterable[Mandate], panel: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = sorted(members, key=lambda one: one.user_id not in panel)
        names = [
            (str(one.pk), f"{one.user} – {one.get_college_display()}{' *' if one.user_id in panel else ''}")
            for one in rows
        ]
        field = self.fields["mandate"]
        field.choices = [("", _("Choisissez")), *names]  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """What a match means for that structure."""

    severity = forms.ChoiceField(
        label=_("Pour cette structure, ce lien est"),
        choices=LinkMatch.Severity.choices,
        widget=forms.RadioSelect,
    )
    reason = WordsField(
        label=_("Ce que vous avez conclu, et pourquoi"),
        help_text=_("Votre note sert pour les prochains dossiers de cette structure. Elle reste au journal."),
        widget=Lines(4),
        max_length=2000,
    )


class NameForm(SettleForm):
    """What it means that somebody of the staff and somebody of a structure bear one name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["severity"].label = _("Pour cette structure, ce nom est")
