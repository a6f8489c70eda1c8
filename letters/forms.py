"""Forms of this room, and the file field that every room uses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from journal.fields import WordsField
from letters import files
from letters.fields import FrenchDateField
from letters.models import Exchange


class CheckedFileField(forms.FileField):
    """A file checked by its content while the form is checked: E15, E16, E18 beside the field."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": files.ACCEPT}))
        kwargs.setdefault("allow_empty_file", True)  # so that an empty file gets our words
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The upload, or None when there is none."""
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            files.check(upload)
        return upload


class SeveralFiles(forms.FileInput):
    """One field that takes several files."""

    allow_multiple_selected = True


class CheckedFilesField(CheckedFileField):
    """Several files at once, each checked by its content; the list of uploads, empty when there is none."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", SeveralFiles(attrs={"accept": files.ACCEPT, "multiple": True}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The uploads."""
        return [super(CheckedFilesField, self).clean(one, initial) for one in data or []]


class ByPostForm(forms.Form):
    """Nothing to type: the button says it all."""


class HandSignatureForm(forms.Form):
    """The letter signed by hand, scanned."""

    scan = CheckedFileField(
        label=_("Lettre signée à la main, scannée"), help_text=_("PDF ou image, 20 Mo au plus.")
    )


class PostingForm(forms.Form):
    """What the post office gives."""

    registered_number = forms.CharField(label=_("Numéro de l'envoi recommandé"), max_length=40)
    sent_on = FrenchDateField(label=_("Date d'envoi"))


class ReceiptForm(forms.Form):
    """What the postman brings back."""

    presented_on = FrenchDateField(label=_("Date de présentation"), required=False)
    received_on = FrenchDateField(
        label=_("Date de réception"),
        required=False,
        help_text=_("Laissez vide si personne n'a retiré la lettre : la date de présentation compte alors."),
    )
    proof = CheckedFileField(label=_("Preuve : avis de réception ou pli retourné, scanné"))


class MessageForm(forms.Form):
    """One message, with documents if need be."""

    text = WordsField(
        label=_("Votre message"),
        max_length=10_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("N'écrivez pas de donnée de santé sur une personne."),
    )
    document = CheckedFileField(
        label=_("Joindre un document"),
        required=False,
        help_text=_("PDF, image, texte ou tableur, 20 Mo au plus. Pas de nom de personne malade."),
    )


class CallForm(forms.Form):
    """A call, a visit or a paper that came, as the office noted it."""

    kind = forms.ChoiceField(
        label=_("De quoi s'agit-il ?"),
        choices=[(kind.value, kind.label) for kind in Exchange.Kind if kind != Exchange.Kind.MESSAGE],
        widget=forms.RadioSelect,
    )
    text = WordsField(
        label=_("Ce qui a été dit"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("L'association lira ce texte."),
    )


class NoteForm(forms.Form):
    """A note that stays in the office."""

    text = WordsField(
        label=_("Note interne"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("L'association ne la voit pas. Une note ne peut plus être changée ensuite."),
    )
