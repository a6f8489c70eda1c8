"""The second round of a member who answers on paper, by phone or face to face: typed for them, read back."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import block_unless_empty
from reviewers import mails
from reviewers.actions.departures import held
from reviewers.actions.paper import keep_scan
from reviewers.checklist import missing_to_reread
from reviewers.models import RereadEntry
from reviewers.paper_checklist import missing_to_enter_rereading


@transaction.atomic
def enter_rereading(
    *,
    assignment_pk: int,
    means: str,
    code: str,
    read_back_on: date | None,
    scan: UploadedFile | None,
    has_choices: bool,
    at: datetime,
    by: Actor,
) -> RereadEntry:
    """Note how a member answered in the second round; their choices are then typed by `keep_score`, `change_score`.

    `has_choices` says that some come with it: a first entry without any is refused, and nothing new is not told. `by`
    acts on behalf of the member (`Actor.standing_for`). The member is told and may correct until the discussion is
    closed: nothing typed for them ends their rereading. Raises `NotAllowed` (the case officer never types, domain
    6.9); `Blocked` outside the discussion, without a choice, for an unknown means, the sheet of somebody else, one by
    post without its code or scan, or a day of read-back that is not between the opening of the discussion and today;
    `ValidationError` for a refused file.
    """
    assignment, today = held(assignment_pk), timezone.localdate(at)
    require("reviewers.enter_rereading", by, assignment, on=today)
    entry = RereadEntry.objects.filter(assignment=assignment).first() or RereadEntry(assignment=assignment)
    block_unless_empty(missing_to_reread(assignment, on=today))
    block_unless_empty(
        missing_to_enter_rereading(
            assignment,
            means=means,
            code=code,
            read_back_on=read_back_on,
            has_choices=has_choices,
            has_scan=scan is not None or entry.scan_id is not None,
            on=today,
        )
    )
    behalf = by.standing_for(assignment.mandate.user)
    if scan is not None:
        entry.scan = keep_scan(assignment, scan, at=at, by=behalf)
    entry.entered_by, entry.entered_at, entry.means = by.person, at, means
    entry.read_back_on = read_back_on  # type: ignore[assignment]  # asked above
    entry.save()
    note(assignment, what="enter_rereading", at=at, by=behalf)
    if has_choices:
        mails.tell_rereading_entered(assignment, at=at)
    return entry
