"""What the tick does with the clocks of a dossier: it alerts and reminds; it deletes only forgotten drafts.

It never decides: when the implicit date has passed, a person records what silence means (domain 5.2 rule 4).
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from deadlines import actions as deadlines
from deadlines.models import Deadline, Extension, Reminder
from deadlines.registry import (
    Outcome,
    alert_only,
    daily,
    moves_with_outages,
    on_due,
    on_reminder,
)
from journal.moves import Actor, subject_key
from label import clocks, mails
from label.actions.drafting import purge_draft
from label.actions.editions import EFFECTIVE, enter_into_force_edition
from label.models import Application, DocumentRequest, Edition
from structures.models import Structure

alert_only(clocks.COMPLETENESS, clocks.GRACE, clocks.PANEL, EFFECTIVE)


@daily("edition_in_force")
def put_editions_in_force(at: datetime) -> None:
    """The adopted editions whose day has come are in force, the earliest first."""
    waiting = Edition.objects.filter(state=Edition.State.ADOPTED, effective_on__lte=timezone.localdate(at))
    for pk in list(waiting.order_by("effective_on", "pk").values_list("pk", flat=True)):
        enter_into_force_edition(edition_pk=pk, at=at, by=Actor.system())


def _application(deadline: Deadline) -> Application:
    return Application.objects.select_related("structure", "thread").get(
        pk=int(deadline.subject.split(":")[1])
    )


@on_due(clocks.SILENCE)
def implicit_date_passed(deadline: Deadline, at: datetime) -> None:
    """The implicit date has passed: the office is told; nothing else happens by itself."""
    _alert(_application(deadline), at)


@on_reminder(clocks.SILENCE)
def implicit_date_near(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Tell the office 30, 15, 7 and 3 days before the implicit date; False once the dossier is decided."""
    application = _application(deadline)
    if application.state in Application.FINAL:
        return False
    _alert(application, at)
    return True


def _alert(application: Application, at: datetime) -> None:
    on = timezone.localdate(at)
    concerned = list(User.objects.holding(Role.SIGNATORY, on=on).values_list("pk", flat=True))
    concerned += (
        [application.case_officer_id]
        if application.case_officer_id
        else User.objects.holding(Role.CASE_OFFICER, on=on).values_list("pk", flat=True)
    )
    told = list(User.objects.answering_for(concerned, on=on))
    if told:
        mails.silence_alert(application, at=at, to=told)


@on_due(clocks.DOCUMENTS)
def pieces_not_there(deadline: Deadline, at: datetime) -> None:
    """The date has passed: one reminder leaves, and the days of grace begin. Only a person closes the dossier."""
    application = _application(deadline)
    request = application.open_request()
    if request is None:
        return
    request.reminded_at = at
    request.save(update_fields=["reminded_at"])
    mails.pieces(application, request, at=at, reminder=True)
    clocks.start_grace(application, timezone.localdate(at))


@on_reminder(clocks.DOCUMENTS)
def pieces_awaited(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Remind the association before the date; False when every piece was sent."""
    application = _application(deadline)
    request = application.open_request()
    if request is None:
        return False
    mails.pieces(application, request, at=at, reminder=True)
    return True


@on_due(clocks.DRAFT)
def draft_forgotten(deadline: Deadline, at: datetime) -> None:
    """Delete the content of a draft after twelve months without edit and two reminders; else count anew."""
    application = _application(deadline)
    if not application.is_draft():
        deadlines.drop(subject=application, kind=clocks.DRAFT, at=at)
        return
    edited_on = timezone.localdate(application.edited_at)
    if edited_on > deadline.started_on:
        clocks.restart_draft(application, edited_on, at=at)
    elif Reminder.objects.filter(deadline=deadline).exclude(sent_at=None).count() < len(
        clocks.DRAFT_REMINDERS
    ):
        clocks.restart_draft(application, edited_on, at=at, notice_from=timezone.localdate(at))
    else:
        purge_draft(application_pk=application.pk, at=at, by=Actor.system())


@on_reminder(clocks.DRAFT)
def draft_sleeping(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Tell the association that its draft will be deleted; False when somebody edited it since."""
    application = _application(deadline)
    if not application.is_draft() or timezone.localdate(application.edited_at) > deadline.started_on:
        return False
    if deadline.due_on is not None:
        mails.draft_reminder(application, purge_on=deadline.due_on, at=at)
    return True


def whose_dossier(thread_id: int, subject: str) -> str:
    """The structure that filed the dossier of that thread, as the journal names it."""
    return subject_key(
        Structure(pk=Application.objects.values_list("structure_id", flat=True).get(thread=thread_id))
    )


def _extended(extension: Extension) -> Application:
    return Application.objects.select_related("structure").get(thread=extension.thread_id)


@moves_with_outages(clocks.DOCUMENTS, words=_("Envoyer les pièces demandées"), whose=whose_dossier)
def pieces_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """The pieces have more time, and the reminder that ended it is forgotten. Silence keeps its date: it is owed."""
    application = _extended(extension)
    if extension.deadline is None or extension.deadline.ended_at is not None:
        return _closed_meanwhile(application)
    DocumentRequest.objects.filter(application=application, answered_at=None).update(due_on=extension.due_on)
    deadlines.drop(subject=application, kind=clocks.GRACE, at=at)
    return Outcome.MOVED


@moves_with_outages(clocks.GRACE, words=_("Envoyer les pièces demandées"), whose=whose_dossier)
def grace_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """The days left after the reminder."""
    if extension.deadline is None or extension.deadline.ended_at is not None:
        return _closed_meanwhile(_extended(extension))
    return Outcome.MOVED


@moves_with_outages(
    clocks.DRAFT, words=_("Reprendre votre brouillon avant qu'il soit effacé"), whose=whose_dossier
)
def draft_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """A draft is kept longer; one that was deleted cannot come back, and somebody says so."""
    if extension.deadline is None or extension.deadline.ended_at is not None:
        purged = _extended(extension).state == Application.State.PURGED
        return Outcome.TO_DO if purged else Outcome.NOTHING
    return Outcome.MOVED


def _closed_meanwhile(application: Application) -> Outcome:
    return Outcome.TO_DO if application.state == Application.State.CLOSED else Outcome.NOTHING
