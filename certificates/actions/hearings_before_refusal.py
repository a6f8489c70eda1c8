"""Before a renewal is refused, its holder may answer: the invitation, then a hearing like any other (domain 3.1)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from certificates.actions.hearings import drop
from certificates.checklist import missing_to_offer
from certificates.models import Hearing
from certificates.renewals import label_followed
from journal.moves import Actor, note
from journal.refusals import block_unless_empty
from label.actions import channel_of
from label.models import Application
from label.rules import require_on_file
from letters import actions as letters


@transaction.atomic
def offer_refusal_hearing(*, application_pk: int, contemplated: str, at: datetime, by: Actor) -> Hearing:
    """Tell the holder why a refusal of its renewal is contemplated, and invite it to answer (L9d), once.

    The time runs from the proof of receipt (domain 3.2). Raises `NotAllowed`; `Blocked` without reasons, for another
    kind of dossier, before the committee's opinion, or when no label is lost.
    """
    application = Application.objects.select_related("structure").hold(application_pk)
    by = require_on_file("decisions.prepare_decision", by, application, on=timezone.localdate(at))
    known = application.hearings.filter(dropped_at=None).first()
    if known is not None:
        return known
    block_unless_empty(missing_to_offer(application, contemplated))
    hearing = Hearing(
        label=label_followed(application),
        renewal=application,
        measure=Hearing.Measure.REFUSE,
        contemplated=contemplated.strip(),
        days=settings.OBSERVATIONS_DAYS,
        notified_at=at,
        notified_by=by.person,
    )
    hearing.save()
    hearing.letter = letters.issue(
        "L9d",
        record=application,
        addressee=application.structure.representative(),
        channel=channel_of(application),
        at=at,
        by=by,
        hearing=hearing,
    )
    hearing.save(update_fields=["letter"])
    note(application, what="offer_refusal_hearing", at=at, by=by)
    return hearing


def drop_before_a_refusal(application: Application, *, at: datetime, by: Actor) -> None:
    """The renewal is decided or given up: nothing more is asked from its holder. The dossier is held."""
    for hearing in application.hearings.filter(closed_on=None, dropped_at=None):
        drop(hearing, at=at, by=by)
