"""The mails about the charter: a new version is to be signed, and it is reminded."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from letters import actions as letters
from letters.spoken import told_date
from structures.models import Structure


def signature_words(structure: Structure, *, sign_by: date) -> tuple[str, str]:
    """The title and the text of the call to sign a new version."""
    return (
        _("La charte a changé : à signer avant le {date}").format(date=told_date(sign_by)),
        _(
            "La charte d'engagement a une nouvelle version. {structure} garde son label. Lisez ce qui change, "
            "puis signez avec un code. Comptez 10 minutes. Sans signature à cette date, nous en parlerons avec "
            "vous au prochain suivi."
        ).format(structure=structure.name),
    )


def signature_reminder(structure: Structure, *, sign_by: date, at: datetime) -> bool:
    """Remind who represents the structure; False when nobody does."""
    representative = structure.representative()
    if representative is None:
        return False
    letters.queue_mail(
        kind="charter_reminder",
        key=f"{structure.pk}:{sign_by}:{at:%Y-%m-%d}",
        recipient=representative,
        title=lambda: signature_words(structure, sign_by=sign_by)[0],
        text=lambda: signature_words(structure, sign_by=sign_by)[1],
        at=at,
        thread=structure.thread,
        path=reverse("charter_sign"),
        reminder=True,
        or_by_hand=True,
    )
    return True
