"""« Alerte sécurité »: a member fears for somebody; the session must then discuss it (domain 6.7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from letters.spoken import told_excess
from reviewers import mails
from reviewers.actions.departures import held
from reviewers.actions.evaluations import evaluate_again
from reviewers.actions.sessions.planning import refresh_points
from reviewers.checklist import missing_to_alert, missing_to_work
from reviewers.models import AgendaItem, Assignment

ALERT_LIMIT = 2000


@transaction.atomic
def raise_alert(*, assignment_pk: int, text: str, at: datetime, by: Actor) -> Assignment:
    """Keep an alert with the review, even once it is sent; the secretariat is told at once, without its words.

    An empty text takes the alert back, and the secretariat is told that too. `by` acts on behalf of a member who
    called or wrote (`Actor.standing_for`). When the result is frozen already, it is computed again with the flag.
    Raises `NotAllowed`; `Blocked` before the dossier is opened, after the discussion, or for a text too long (E20).
    """
    assignment, today = held(assignment_pk), timezone.localdate(at)
    rule = "reviewers.enter_alert" if by.on_behalf_of else "reviewers.score_assignment"
    require(rule, by, assignment, on=today)
    block_unless_empty(missing_to_alert(assignment))
    if not by.on_behalf_of:  # who calls is heard, whatever became of their mandate
        block_unless_empty(missing_to_work(assignment, on=today))
    if len(text) > ALERT_LIMIT:
        raise Blocked([Missing(told_excess(len(text), ALERT_LIMIT), code="text")])
    before, assignment.safety_alert = assignment.safety_alert, text.strip()
    if assignment.safety_alert == before:
        return assignment
    assignment.version += 1
    assignment.save(update_fields=["safety_alert", "version"])
    is_raised = bool(assignment.safety_alert)
    note(assignment, what="safety_alert" if is_raised else "safety_alert_withdrawn", at=at, by=by)
    mails.tell_safety_alert(assignment, at=at, on=today)
    if bool(before) != is_raised:
        _flag(assignment, at=at)
    return assignment


def _flag(assignment: Assignment, *, at: datetime) -> None:
    """The frozen result says whether an alert stands, and the item that is discussed now shows it at once."""
    application = assignment.application.held_with(assignment)
    if assignment.state not in Assignment.COUNTED or evaluate_again(application, at=at) is None:
        return
    for item in AgendaItem.objects.filter(application=application, state=AgendaItem.State.IN_DISCUSSION):
        refresh_points(item, application)
