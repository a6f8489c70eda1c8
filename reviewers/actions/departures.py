"""When a member leaves a panel: declined, stood down, recused, replaced, expired. No reason of health is asked."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.models import Thread
from journal.moves import Actor, note
from journal.refusals import Blocked, block_unless_empty
from journal.wording import is_blank
from label.models import Application
from reviewers import mails
from reviewers.actions.evaluations import close_if_complete, evaluate_again
from reviewers.checklist import missing_to_stop, too_late_to_recuse
from reviewers.models import Assignment, Mandate

State = Assignment.State


def held(assignment_pk: int) -> Assignment:
    """The assignment with all that its rules read, its thread locked; raises `DoesNotExist`."""
    found: Assignment = Assignment.objects.select_related(
        "mandate__user",
        "snapshot",
        "application__edition",
        "application__structure",
        "application__thread",
    ).hold(assignment_pk)
    if found.application.snapshot_id == found.snapshot_id:
        found.application.snapshot = found.snapshot  # large, and read once is enough
    return found


@transaction.atomic
def decline(*, assignment_pk: int, at: datetime, by: Actor) -> Assignment:
    """The member would rather not evaluate this dossier; no reason. Raises `NotAllowed`."""
    assignment = held(assignment_pk)
    require("reviewers.answer_assignment", by, assignment, on=timezone.localdate(at))
    assignment.decline(by=by, at=at)
    return _left(assignment, at)


@transaction.atomic
def stand_down(*, assignment_pk: int, statement: str, at: datetime, by: Actor) -> Assignment:
    """The member declares a link: the dossier closes at once; the words go to the ethics officer and the secretariat.

    Raises `NotAllowed`, and `Blocked` when nothing is said.
    """
    assignment = held(assignment_pk)
    require("reviewers.answer_assignment", by, assignment, on=timezone.localdate(at))
    if is_blank(statement):
        raise Blocked([_("Dites en quelques mots quel est ce lien.")])
    assignment.link_statement = statement.strip()
    assignment.stand_down(by=by, at=at)
    return _left(assignment, at)


@transaction.atomic
def answer_link_statement(*, assignment_pk: int, at: datetime, by: Actor) -> Assignment:
    """The ethics officer closes what a member told of a link: `by` carries the note, the member is told it was read.

    A second call changes nothing. Raises `NotAllowed`; `Blocked` without a note or when no link was told.
    """
    assignment = held(assignment_pk)
    require("reviewers.answer_link_statement", by, assignment, on=timezone.localdate(at))
    if assignment.state != State.STOOD_DOWN:
        raise Blocked([_("Cette personne n'a pas signalé de lien sur ce dossier.")])
    if is_blank(by.reason):
        raise Blocked([_("Écrivez ce que vous avez conclu.")])
    if assignment.link_answered_at is None:
        assignment.link_answered_at = at
        assignment.save(update_fields=["link_answered_at"])
        note(assignment, what="answer_link_statement", at=at, by=by)
        mails.tell_link_is_answered(assignment, at=at)
    return assignment


@transaction.atomic
def recuse(*, assignment_pk: int, at: datetime, by: Actor) -> Assignment:
    """The ethics officer finds a link: the review leaves the aggregate, which is computed again if it was closed.

    `by` carries the reasoned note. Raises `NotAllowed`; `Blocked` without a note or once the opinion is adopted.
    """
    assignment = held(assignment_pk)
    require("reviewers.recuse_reviewer", by, assignment, on=timezone.localdate(at))
    if is_blank(by.reason):
        raise Blocked([_("Écrivez pourquoi cette personne est récusée.")])
    if assignment.application.state in (Application.State.ADVISED, *Application.FINAL):
        raise Blocked([too_late_to_recuse(assignment.application)])
    was_counted = assignment.state in Assignment.COUNTED
    assignment.recuse(by=by, at=at)
    _left(assignment, at)
    if was_counted:
        evaluate_again(assignment.application, at=at)
    return assignment


@transaction.atomic
def replace(*, assignment_pk: int, at: datetime, by: Actor) -> Assignment:
    """Unavailable: somebody of the same college will be asked; the draft stays sealed. Raises `NotAllowed`."""
    assignment = held(assignment_pk)
    require("reviewers.replace_reviewer", by, assignment, on=timezone.localdate(at))
    if assignment.state == State.PROPOSED:
        assignment.decline(by=by, at=at)
    else:
        assignment.replace(by=by, at=at)
    return _left(assignment, at)


@transaction.atomic
def expire(*, assignment_pk: int, called_on: date | None = None, at: datetime, by: Actor) -> Assignment:
    """No answer (the clock), or no review seven days after its date and a phone call (domain 5.1 ASSIGNMENT).

    `called_on` is the day of that call. Raises `NotAllowed`; `Blocked` for an accepted review that is not late
    enough, or without a call since its date.
    """
    assignment, today = held(assignment_pk), timezone.localdate(at)
    require("reviewers.expire_assignment", by, assignment, on=today)
    if assignment.state == State.ACCEPTED:
        block_unless_empty(
            missing_to_stop(assignment, called_on=called_on, is_person=by.user is not None, on=today)
        )
        assignment.called_on = called_on
    assignment.expire(by=by, at=at)
    return _left(assignment, at)


def start_review_clock(assignment: Assignment, *, at: datetime) -> None:
    """The clock of one review, until its own date, with two reminders."""
    today = timezone.localdate(at)
    deadlines.start(
        thread=assignment.application.thread,
        subject=assignment,
        kind="review",
        started_on=today,
        days=(assignment.review_due_on - today).days,
        reminders=(-7, -2),
    )


def release_everything(*, mandate_pk: int, permission: str, at: datetime, by: Actor) -> Mandate:
    """Hold a mandate with the dossiers that its person has open, check the permission, and release each of these.

    Those of an earlier mandate go too; a mandate that was never taken up takes nothing away. Raises `NotAllowed`.
    """
    threads = _hold_with_dossiers(mandate_pk)
    mandate = Mandate.objects.hold(mandate_pk)
    require(permission, by, mandate, on=timezone.localdate(at))
    waiting = Assignment.objects.filter(user=mandate.user_id, state__in=Assignment.OPEN)
    if mandate.activated_at is None:
        waiting = waiting.none()
    for pk in list(waiting.filter(application__thread__in=threads).values_list("pk", flat=True)):
        assignment = held(pk)
        if assignment.state == State.PROPOSED:
            assignment.expire(by=by.because(""), at=at)
        else:
            assignment.replace(by=by.because(""), at=at)
        _left(assignment, at)
    return mandate


def hold_mandates(*mandate_pks: int) -> None:
    """Lock several mandates with the dossiers that their people have open, all at once and in order."""
    _hold_with_dossiers(*mandate_pks)


def _hold_with_dossiers(*mandate_pks: int) -> set[int]:
    waiting = Assignment.objects.filter(user__mandates__in=mandate_pks, state__in=Assignment.OPEN)
    threads = set(waiting.values_list("application__thread_id", flat=True))
    threads |= set(Mandate.objects.filter(pk__in=mandate_pks).values_list("thread_id", flat=True))
    Thread.objects.hold(*threads)
    return threads


def _left(assignment: Assignment, at: datetime) -> Assignment:
    """What follows any departure: its clocks have no object, and the others may now all have answered."""
    assignment.save()
    deadlines.drop(subject=assignment, at=at)
    close_if_complete(assignment.application.held_with(assignment), at=at)
    return assignment
