"""The legal clocks of a dossier: how they start, stand still and run again, and the dates that pages show."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from deadlines import actions as deadlines
from deadlines import calendar
from deadlines.models import Deadline, Pause
from label.models import Application, PaperEntry
from label.registry import planned_sessions

COMPLETENESS, SILENCE, DOCUMENTS, GRACE, DRAFT = (
    "completeness",
    "silence",
    "documents",
    "documents_grace",
    "draft",
)
DEFERRAL = "deferral"  # what the committee asks of the association: started by the room of the committee
PANEL = "assign"
DRAFT_REMINDERS = (-60, -15)
SILENCE_ALERTS = (-30, -15, -7, -3)
DOCUMENTS_REMINDERS = (-10,)
NOTICE_DAYS, NOTICE_REMINDERS = 30, (-30, -15)


def acceptance() -> bool:
    """Whether silence means acceptance: then the clock starts only on a complete request."""
    return bool(settings.SILENCE_EFFECT == "acceptance")


def applied_on(application: Application) -> date:
    """The day on which the structure applied: the postmark, which protects its own time limits (CRPA L112-1)."""
    if application.received_on is not None:
        return application.received_on
    return timezone.localdate(application.submitted_at or application.opened_at)


def received_on(application: Application) -> date:
    """The day on which the dossier reached the Institute, from which its clocks run (CRPA R112-5, domain 3.2)."""
    entry = PaperEntry.objects.filter(application=application).first()
    return entry.received_on if entry else applied_on(application)


def start_at_filing(application: Application) -> None:
    """Start the check of fifteen days and the silence, from the day of receipt by the Institute."""
    begun = received_on(application)
    deadlines.start(
        thread=application.thread,
        subject=application,
        kind=COMPLETENESS,
        started_on=begun,
        days=settings.COMPLETENESS_DAYS,
    )
    start_silence(application, begun)


def start_silence(application: Application, begun: date) -> None:
    """Start the silence clock and write the implicit date on the dossier, which the caller saves."""
    if not (settings.SILENCE_EFFECT and settings.SILENCE_MONTHS):
        return
    row = deadlines.start(
        thread=application.thread,
        subject=application,
        kind=SILENCE,
        started_on=begun,
        months=settings.SILENCE_MONTHS,
        reminders=SILENCE_ALERTS,
    )
    application.implicit_decision_on = row.due_on


def count_again(application: Application, begun: date, *, at: datetime) -> None:
    """Silence counts anew from that day: what it had decided was undone. The dossier is saved."""
    deadlines.interrupt(subject=application, kind=SILENCE, at=at)
    start_silence(application, begun)
    application.save(update_fields=["implicit_decision_on"])


def wait_for_pieces(application: Application, *, on: date, at: datetime) -> date:
    """Pieces are asked for: the answer has a date, the check is over, and silence waits (CRPA L114-5).

    When silence means refusal its clock stands still until that date at the latest (docs/adr/0011); when it means
    acceptance it will start anew. Returns the last day to answer; the caller saves the dossier.
    """
    end_check(application, at=at)
    row = start_documents(application, on)
    if acceptance():
        deadlines.drop(subject=application, kind=SILENCE, at=at)
        application.implicit_decision_on = None
    else:
        _wait(application, on, row.due_on)
    return row.due_on or on


def _wait(application: Application, begins_on: date, until: date | None) -> None:
    """Silence stands still for the time given to send the pieces, which begins that day."""
    row = deadlines.pause(
        subject=application, kind=SILENCE, begins_on=begins_on, cause="documents", until=until
    )
    application.implicit_decision_on = row.due_on if row else None


def implicit_if_asked(application: Application, on: date) -> date | None:
    """The implicit date if pieces were asked for on that day and did not come; None when no clock would run."""
    row = None if acceptance() else running(application, SILENCE)
    if row is None:
        return None
    pauses = [(one.begins_on, one.ends_on) for one in row.pauses.all()]
    return calendar.due_with_pauses(
        row.started_on, months=row.months, days=row.days, pauses=[*pauses, (on, answer_before(on))]
    )


def answer_before(on: date) -> date:
    """The last day to send pieces asked for on that day."""
    return on + timedelta(days=settings.DOCUMENTS_DAYS)


def start_documents(application: Application, begun: date) -> Deadline:
    """Start the time given to send the pieces."""
    return deadlines.start(
        thread=application.thread,
        subject=application,
        kind=DOCUMENTS,
        started_on=begun,
        days=settings.DOCUMENTS_DAYS,
        reminders=DOCUMENTS_REMINDERS,
    )


def restart_documents(application: Application, begun: date, *, at: datetime) -> date | None:
    """Count the time given for the pieces from a later day; None when that clock does not run, or is not later.

    Silence waits as long; the caller saves the dossier.
    """
    row = running(application, DOCUMENTS)
    if row is None or begun <= row.started_on:
        return None
    deadlines.drop(subject=application, kind=DOCUMENTS, at=at)
    due_on = start_documents(application, begun).due_on
    if not acceptance():
        _wait(application, begun, due_on)
    return due_on


def run_again(application: Application, *, on: date, at: datetime) -> None:
    """The pieces are there: silence runs again (or starts, for acceptance), and the check has its days anew."""
    for kind in (DOCUMENTS, GRACE):
        deadlines.meet(subject=application, kind=kind, at=at)
    if acceptance():
        start_silence(application, on)
    else:
        row = deadlines.resume(subject=application, kind=SILENCE, ends_on=on)
        application.implicit_decision_on = row.due_on if row else None
    deadlines.start(
        thread=application.thread,
        subject=application,
        kind=COMPLETENESS,
        started_on=on,
        days=settings.COMPLETENESS_DAYS,
    )


def end_check(application: Application, *, at: datetime) -> None:
    """The completeness check is done."""
    deadlines.meet(subject=application, kind=COMPLETENESS, at=at)


def start_panel(application: Application, *, on: date) -> None:
    """The dossier is complete: fifteen days to name its panel (domain 3.2)."""
    deadlines.start(
        thread=application.thread, subject=application, kind=PANEL, started_on=on, days=settings.PANEL_DAYS
    )


def start_draft(application: Application, begun: date) -> None:
    """Plan the purge of a draft that nobody edits, with its two reminders."""
    deadlines.start(
        thread=application.thread,
        subject=application,
        kind=DRAFT,
        started_on=begun,
        months=settings.DRAFT_PURGE_MONTHS,
        reminders=DRAFT_REMINDERS,
    )


def restart_draft(
    application: Application, edited_on: date, *, at: datetime, notice_from: date | None = None
) -> None:
    """Count the twelve months anew from the last edit; with `notice_from`, give a month with two reminders instead."""
    deadlines.drop(subject=application, kind=DRAFT, at=at)
    if notice_from is None:
        start_draft(application, edited_on)
        return
    deadlines.start(
        thread=application.thread,
        subject=application,
        kind=DRAFT,
        started_on=notice_from,
        days=NOTICE_DAYS,
        reminders=NOTICE_REMINDERS,
    )


def start_grace(application: Application, begun: date) -> None:
    """Start the days left after the reminder, before a person may close the dossier."""
    deadlines.start(
        thread=application.thread,
        subject=application,
        kind=GRACE,
        started_on=begun,
        days=settings.DOCUMENTS_GRACE_DAYS,
    )


def usual_delays() -> dict[str, int]:
    """The longest that each step takes, in days, from the settings: `completeness`, `review`, `decision`."""
    return {
        "completeness": settings.COMPLETENESS_DAYS,
        "review": settings.PANEL_DAYS + settings.REVIEW_ANSWER_DAYS + settings.REVIEW_DAYS,
        "decision": settings.DECISION_DAYS,
    }


def next_news(application: Application) -> date | None:
    """The nearest day by which the Institute owes the association the check of its pieces, else an answer."""
    check = running(application, COMPLETENESS)
    owed = [application.implicit_decision_on, check.due_on if check else None]
    return min((day for day in owed if day), default=None)


def last_useful_session(application: Application) -> date | None:
    """« Dernière séance utile »: the last planned session that decides before the implicit date."""
    limit = application.implicit_decision_on
    if limit is None:
        return None
    return max((day for day in planned_sessions() if day < limit), default=None)


def running(application: Application, kind: str) -> Deadline | None:
    """The running clock of that kind."""
    return deadlines.running(application, kind)


def silence_pause(application: Application, *, on: date) -> Pause | None:
    """The stretch of days in which silence stands still on that day; None when its clock runs or never started."""
    row = running(application, SILENCE)
    if row is None:
        return None
    still = Q(ends_on=None) | Q(ends_on__gt=on)
    return row.pauses.filter(still, begins_on__lte=on).first()
