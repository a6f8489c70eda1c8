"""Forms of the office about one structure: registers, numbers, who represents it, how it was reached."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.fields import WordsField
from letters.fields import FrenchDateField
from letters.forms import CheckedFileField
from structures.forms import MANDATE_HINT, PROOF, PROOF_HINT, PROOF_NEEDED
from structures.models import ContactAttempt, Membership, OfficersRead, RegisterCheck, Registration

Kind = Registration.Kind


class ConclusionForm(forms.Form):
    """What a case officer makes of the answer of a register."""

    conclusion = forms.ChoiceField(
        label=_("Votre conclusion"), choices=RegisterCheck.Conclusion.choices, widget=forms.RadioSelect
    )
    reason = WordsField(
        label=_("Pourquoi ?"),
        help_text=_("Une phrase. Inutile quand le registre donne le même nom et que c'est bien elle."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(forms.Form):
    """An act of the office that must be explained."""

    reason = WordsField(label=_("Pourquoi ?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class CorrectionForm(forms.Form):
    """A number that replaces a wrong one, with its proof."""

    kind = forms.ChoiceField(
        label=_("Registre"), choices=[choice for choice in Kind.choices if choice[0] != Kind.NONE]
    )
    raw_number = forms.CharField(label=_("Numéro exact"), max_length=200)
    proof = CheckedFileField(
        label=PROOF,
        help_text=PROOF_HINT,
        error_messages=PROOF_NEEDED,
    )
    other_entity = forms.CharField(
        label=_("L'ancien numéro est à une autre structure ? Écrivez son nom"),
        help_text=_("Laissez vide pour une faute de frappe : le numéro n'était à personne."),
        max_length=300,
        required=False,
    )
    reason = WordsField(label=_("Pourquoi ?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class MemberForm(forms.Form):
    """About somebody already in the space of a structure."""

    member = forms.ModelChoiceField(
        label=_("Qui représente la structure ?"), queryset=Membership.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, structure_pk: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.current().filter(structure_id=structure_pk).select_related("user")
        choice: Any = self.fields["member"]
        choice.queryset = members.order_by("pk")
        choice.label_from_instance = lambda member: member.user.get_full_name() or member.user.email


class RepresentativeForm(MemberForm):
    """The representative that a signed mandate names: somebody already in the space."""

    quality = forms.CharField(label=_("Sa qualité (présidente, trésorier…)"), max_length=120)
    proof = CheckedFileField(
        label=PROOF,
        help_text=MANDATE_HINT,
        error_messages=PROOF_NEEDED,
    )
    reason = WordsField(label=_("Pourquoi ?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class OfficersForm(MemberForm):
    """What the list of officers of the register says of a member."""

    read_on = FrenchDateField(label=_("Jour où vous avez lu la liste"))
    answer = forms.ChoiceField(
        label=_("Que dit le registre ?"), choices=OfficersRead.Answer.choices, widget=forms.RadioSelect
    )
    proof = CheckedFileField(
        label=PROOF,
        help_text=_(
            "Copie de la liste des dirigeants ou du récépissé. Sans registre : le procès-verbal qui les nomme. "
            "20 Mo au plus."
        ),
        error_messages=PROOF_NEEDED,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].label = _("De qui s'agit-il ?")


class AttemptForm(forms.Form):
    """A call or a letter to a structure whose mails come back."""

    channel = forms.ChoiceField(
        label=_("Par quel moyen ?"), choices=ContactAttempt.Channel.choices, widget=forms.RadioSelect
    )
    tried_on = FrenchDateField(label=_("Quel jour ?"))
    outcome = forms.CharField(
        label=_("Qu'est-ce que cela a donné ?"),
        help_text=_("Une phrase, sans rien sur la santé de quelqu'un."),
        max_length=500,
    )


class ToldForm(forms.Form):
    """The entity whose number was borne by mistake was told."""

    told_on = FrenchDateField(label=_("Quel jour l'avez-vous prévenue ?"))
    how = forms.CharField(
        label=_("Comment ?"), help_text=_("Lettre, e-mail ou appel, et à qui."), max_length=500
    )
