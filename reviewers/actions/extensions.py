"""More time for one member: private, asked for once by the member, again by the secretariat (domain 5.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked
from reviewers.actions.departures import held, start_review_clock
from reviewers.checklist import missing_to_extend
from reviewers.models import Assignment

MOST_DAYS = 60


@transaction.atomic
def extend_review(*, assignment_pk: int, days: int | None = None, at: datetime, by: Actor) -> Assignment:
    """Give one member more days, fourteen unless said; the others of the panel do not see it, no reason is asked.

    The member asks for it once, and then only the secretariat gives more. The clock of the review starts again with
    its reminders. Raises `NotAllowed`, and `Blocked` when the grid is not open or the member has already asked.
    """
    assignment = held(assignment_pk)
    require("reviewers.extend_review", by, assignment, on=timezone.localdate(at))
    asks = by.user == assignment.mandate.user
    if reasons := missing_to_extend(assignment, asked_by_member=asks):
        raise Blocked(reasons)
    length = settings.REVIEW_EXTENSION_DAYS if days is None or asks else days
    if not 1 <= length <= MOST_DAYS:
        raise Blocked([_("Donnez entre 1 et {n} jours.").format(n=MOST_DAYS)])
    begun = max(assignment.review_due_on, timezone.localdate(at))
    assignment.review_due_on = begun + timedelta(days=length)
    if asks:
        assignment.more_time_asked_at = at
    assignment.save(update_fields=["review_due_on", "more_time_asked_at"])
    note(assignment, what="extend_review", at=at, by=by)
    deadlines.drop(subject=assignment, kind="review", at=at)
    start_review_clock(assignment, at=at)
    return assignment
