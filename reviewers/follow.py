"""What follows from a move: a dossier that ends asks nothing more of anybody; a panel has its rapporteur, by lot."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from deadlines import actions as deadlines
from journal.moves import Actor, moved
from label.models import Application
from reviewers import mails
from reviewers.actions.matches import match_dossier
from reviewers.actions.staff_matches import match_staff
from reviewers.lot import drawn
from reviewers.models import Assignment, Rapporteur

ENDING = ("withdraw", "declare_inadmissible", "grant_implicitly")  # the other ends come after the evaluation
LEAVING = ("decline", "stand_down", "recuse", "replace", "expire")
WRITTEN = ("submit", "complete", "declare_admissible", "reopen")


@receiver(moved, sender=Application)
def release_the_reviewers(record: Application, move: str, at: datetime, by: Actor, **_: Any) -> None:
    """Open evaluations of a dossier that ends are over, with their clocks; the thread is held.

    The members are told so, and not why.
    """
    if move not in ENDING:
        return
    waiting = Assignment.objects.filter(application=record, state__in=Assignment.OPEN).order_by("pk")
    for assignment in waiting.select_related("mandate__user", "application__thread", "snapshot"):
        assignment.held_with(record).expire(by=by.because(""), at=at)
        assignment.save()
        deadlines.drop(subject=assignment, at=at)
        mails.tell_evaluation_is_over(assignment, at=at)


@receiver(moved, sender=Application)
def draw_the_rapporteur(record: Application, move: str, at: datetime, **_: Any) -> None:
    """A panel that is named has its rapporteur at once, so that nobody chooses the moment of the lot."""
    if move == "assign_panel":
        _draw(record, at)


@receiver(moved, sender=Assignment)
def draw_another_rapporteur(record: Assignment, move: str, at: datetime, **_: Any) -> None:
    """The rapporteur leaves the panel: another one is drawn among those who stay."""
    if move in LEAVING:
        last = Rapporteur.objects.filter(application=record.application_id).last()
        if last is not None and last.assignment_id == record.pk:
            _draw(record.application.held_with(record), at)


def _draw(application: Application, at: datetime) -> None:
    """Draw a lot among the panel, unless its rapporteur stays or nobody is left; the thread is held."""
    if application.state in Application.FINAL or Rapporteur.objects.current(application):
        return
    live = Assignment.objects.filter(application=application, state__in=Assignment.LIVE)
    keys = sorted(live.values_list("pk", flat=True))
    if keys:
        seed, position = application._thread.head, application._thread.length
        named = Rapporteur.objects.create(
            application=application,
            assignment_id=drawn(seed, keys),
            seed=seed,
            position=position,
            among=keys,
            drawn_at=at,
        )
        if named.assignment.state in Assignment.READING:
            mails.tell_rapporteur(named.assignment, at=at)


@receiver(moved, sender=Assignment)
def tell_the_rapporteur(record: Assignment, move: str, at: datetime, **_: Any) -> None:
    """Who was named by the lot before they answered is told once they have accepted."""
    if move == "accept":
        last = Rapporteur.objects.filter(application=record.application_id).last()
        if last is not None and last.assignment_id == record.pk:
            mails.tell_rapporteur(record, at=at)


@receiver(moved, sender=Application)
def look_for_links(record: Application, move: str, at: datetime, **_: Any) -> None:
    """What the dossier says is compared with the links of the members before anybody is asked to evaluate it.

    And with the names of the staff before anybody takes it.
    """
    if move in WRITTEN:
        match_dossier(record, at=at)
        match_staff([record], at=at)


@receiver(moved, sender=Application)
def tell_the_association(record: Application, move: str, at: datetime, **_: Any) -> None:
    """The notice from which the time to challenge a member runs; what still waits ends with the dossier."""
    if move == "assign_panel":
        mails.tell_panel_is_named(record, at=at)
    elif move in ENDING:  # no opinion, so no other end, while a challenge waits
        for challenge in record.challenges.filter(answer=""):
            deadlines.drop(subject=challenge, at=at)
