"""What came by post: the postmark protects the time limits of who sent it (CRPA L112-1, docs/adr/0010)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.refusals import Missing
from letters.fields import FrenchDateField
from letters.spoken import told_number

POST = "post"  # among the means of every room that types what came otherwise than online


class PostmarkForm(forms.Form):
    """The day of the postmark, for what came by post; the form that uses it says where they stand."""

    postmarked_on = FrenchDateField(
        label=gettext_lazy("Date du cachet de la poste"),
        required=False,
        help_text=gettext_lazy("Nécessaire pour un courrier : c'est cette date qui compte."),
    )
    confirms_dates = forms.BooleanField(
        label=gettext_lazy(
            "Le cachet est bien plus ancien que la réception : je l'ai vérifié sur l'enveloppe"
        ),
        required=False,
    )


def postmark_of(means: str, postmarked_on: date | None) -> date | None:
    """Only a letter has a postmark: that of a visit or of a call would move its clocks."""
    return postmarked_on if means == POST else None


def wrong_in_post(
    received_on: date, postmarked_on: date | None, *, confirms_dates: bool
) -> Iterator[Missing]:
    """What is wrong with the two days of a letter, each with the field to mend; for what came by post only.

    `confirms_dates` says that a postmark much older than the receipt was checked.
    """
    if postmarked_on is None:
        text = _("Indiquez la date du cachet de la poste : c'est elle qui compte.")
        yield Missing(text, "#id_postmarked_on", "postmarked_on")
    elif postmarked_on > received_on:
        text = _("Le cachet de la poste précède la réception. Vérifiez les deux dates.")
        yield Missing(text, "#id_postmarked_on", "postmarked_on")
    elif (received_on - postmarked_on).days > settings.POSTMARK_DAYS and not confirms_dates:
        text = _("Le cachet date de {n} jours avant la réception. Vérifiez l'année, ou cochez la case.")
        days = told_number((received_on - postmarked_on).days)
        yield Missing(text.format(n=days), "#id_postmarked_on", "postmarked_on")
