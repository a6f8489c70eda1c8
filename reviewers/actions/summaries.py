"""The summary in plain language: written by the secretariat before anybody is asked, then the same for all."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, block_unless_empty
from reviewers.actions.evaluations import held_application
from reviewers.models import PlainSummary
from reviewers.paper_checklist import missing_to_write_summary


@transaction.atomic
def write_summary(*, application_pk: int, text: str, at: datetime, by: Actor) -> PlainSummary:
    """Write a new version of the summary of the dossier as it was filed; the former ones are kept.

    Raises `NotAllowed`; `Blocked` when it is empty, longer than two pages, or once a panel was asked to read it.
    """
    application = held_application(application_pk)
    require("reviewers.write_summary", by, application, on=timezone.localdate(at))
    kept = text.replace("\r\n", "\n").strip()
    block_unless_empty(missing_to_write_summary(application, kept))
    snapshot = application.snapshot
    if snapshot is None:
        raise Blocked([_("Ce dossier n'a jamais été déposé.")])
    summary = PlainSummary.objects.create(
        application=application,
        snapshot=snapshot,
        number=application.plain_summaries.count() + 1,
        text=kept,
        digest=hashlib.sha256(kept.encode()).hexdigest(),
        written_by=by.person,
        written_at=at,
    )
    note(application, what="write_summary", at=at, by=by)
    return summary
