"""Who was called, written to or met about a follow-up that does not come."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates.models import Contact, FollowUp
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing
from journal.wording import is_blank


@transaction.atomic
def note_contact(
    *, follow_up_pk: int, channel: str, tried_on: date, outcome: str, at: datetime, by: Actor
) -> Contact:
    """Write down an attempt to reach the association: how, when, what came of it. Raises `NotAllowed`, `Blocked`."""
    follow_up = FollowUp.objects.hold(follow_up_pk)
    on = timezone.localdate(at)
    require("certificates.note_contact", by, follow_up, on=on)
    if follow_up.opened_at is None or follow_up.state not in FollowUp.LIVE:
        raise Blocked([Missing(_("Aucun suivi n'est attendu."))])
    if channel not in Contact.Channel.values:
        raise Blocked([Missing(_("Dites par quel moyen."), code="channel")])
    if not timezone.localdate(follow_up.opened_at) <= tried_on <= on:
        raise Blocked([Missing(_("Écrivez un jour depuis l'ouverture du suivi."), code="tried_on")])
    if is_blank(outcome):
        raise Blocked([Missing(_("Dites ce que cet essai a donné."), code="outcome")])
    note(follow_up, what="contact_noted", at=at, by=by)
    return Contact.objects.create(
        follow_up=follow_up,
        channel=channel,
        tried_on=tried_on,
        outcome=outcome.strip(),
        noted_by=by.person,
        noted_at=at,
    )
