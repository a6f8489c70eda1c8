"""Before a renewal is refused, its holder may answer: the invitation, its receipt, the answer (domain 3.1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates.models import RefusalHearing
from journal.moves import Actor, note
from journal.refusals import Blocked
from journal.wording import is_blank
from label.actions import channel_of
from label.models import Application
from label.rules import require_on_file
from letters import actions as letters


@transaction.atomic
def offer_refusal_hearing(
    *, application_pk: int, contemplated: str, at: datetime, by: Actor
) -> RefusalHearing:
    """Tell the holder why a refusal of its renewal is contemplated, and invite it to answer (L9d), once.

    Raises `NotAllowed`; `Blocked` without reasons, for another kind of dossier, or before the committee's opinion.
    """
    application = Application.objects.select_related("structure").hold(application_pk)
    by = require_on_file("decisions.prepare_decision", by, application, on=timezone.localdate(at))
    known = RefusalHearing.objects.filter(application=application).first()
    if known is not None:
        return known
    if application.kind != Application.Kind.RENEWAL or application.state != Application.State.ADVISED:
        raise Blocked([_("Le dossier n'est pas un renouvellement sur lequel le comité a donné son avis.")])
    if is_blank(contemplated):
        raise Blocked([_("Dites pour quelles raisons un refus est envisagé.")])
    letter = letters.issue(
        "L9d",
        record=application,
        addressee=application.structure.representative(),
        channel=channel_of(application),
        at=at,
        by=by,
        contemplated=contemplated,
    )
    note(application, what="offer_refusal_hearing", at=at, by=by)
    return RefusalHearing.objects.create(
        application=application,
        letter=letter,
        contemplated=contemplated,
        offered_at=at,
        offered_by=by.person,
    )


@transaction.atomic
def refusal_hearing_received(*, letter_pk: int, received_on: date, at: datetime, by: Actor) -> None:
    """The invitation was received that day: the time to answer counts from it (domain 3.2). The thread is held."""
    row = RefusalHearing.objects.filter(letter=letter_pk, answer_until=None).first()
    if row is None:
        return
    row.answer_until = received_on + timedelta(days=settings.OBSERVATIONS_DAYS)
    row.save(update_fields=["answer_until"])
    application = Application.objects.hold(row.application_id)
    note(application, what="refusal_hearing_time_starts", at=at, by=by)


@transaction.atomic
def answer_refusal_hearing(*, application_pk: int, answer: str, at: datetime, by: Actor) -> RefusalHearing:
    """The holder answers, or says that it has nothing to add (empty answer); read before the decision.

    Raises `NotAllowed`; `Blocked` when nothing was offered, it was answered, or the request is over.
    """
    application = Application.objects.select_related("structure").hold(application_pk)
    require("label.answer_pieces", by, application, on=timezone.localdate(at))
    row = RefusalHearing.objects.filter(application=application, answered_at=None).first()
    if row is None or application.state != Application.State.ADVISED:
        raise Blocked([_("Aucune réponse n'est attendue, ou vous avez déjà répondu.")])
    row.answer, row.answered_at, row.answered_by = answer.strip(), at, by.person
    row.save(update_fields=["answer", "answered_at", "answered_by"])
    note(application, what="answer_refusal_hearing", at=at, by=by)
    return row
