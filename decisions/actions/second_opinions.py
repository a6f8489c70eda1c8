"""Before deciding, who signs may ask the committee again: once only, with a written question (domain 5.1)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.rules import delegation_of, require
from deadlines import actions as deadlines
from decisions.checklist import missing_to_ask_second_opinion
from decisions.rules import with_part_in
from journal.moves import Actor
from journal.refusals import block_unless_empty
from label.models import Application
from reviewers.models import SecondOpinion
from reviewers.reopenings import CLOCK


@transaction.atomic
def ask_second_opinion(*, application_pk: int, question: str, at: datetime, by: Actor) -> SecondOpinion:
    """The dossier comes back before the committee with that question; an act sent for signature comes back too.

    The committee has fifteen days; the time to decide begins anew with its answer. Asking decides nothing: who asked
    may sign afterwards. Raises `NotAllowed`; `Blocked` without an opinion or a question, a second time, or for
    somebody who could not sign (domain 5.2 rule 1).
    """
    on = timezone.localdate(at)
    dossiers = Application.objects.select_related("structure", "edition")
    application: Application = with_part_in(by.user, dossiers).hold(application_pk)
    require("decisions.ask_second_opinion", by, application, on=on)
    delegation = delegation_of(by.user, on=on)
    block_unless_empty(
        missing_to_ask_second_opinion(application, question, by.user, on=on, delegation=delegation)
    )
    asked: SecondOpinion = SecondOpinion.objects.create(
        application=application,
        opinion=application.opinions.latest("pk"),
        question=question.strip(),
        asked_by=by.person,
        asked_at=at,
    )
    application.ask_second_opinion(by=by.because(""), at=at)
    application.save()
    deadlines.drop(subject=application, kind="decision", at=at)
    deadlines.start(
        thread=application.thread,
        subject=application,
        kind=CLOCK,
        started_on=on,
        days=settings.SECOND_OPINION_DAYS,
    )
    return asked
