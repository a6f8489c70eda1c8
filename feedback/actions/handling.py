"""A report is given to its label, qualified, linked, and its facts put to the association."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import require
from certificates.models import Label
from certificates.succession import label_in_course, label_today
from deadlines import actions as deadlines
from feedback.actions.filing import raise_alarm
from feedback.checklist import (
    missing_to_change_label,
    missing_to_hand_over,
    missing_to_inquire,
    missing_to_link,
    missing_to_qualify,
)
from feedback.clocks import ANSWER, FACTS, INQUIRY, SAFETY
from feedback.models import Report
from feedback.reading import written_to
from journal.models import Thread
from journal.moves import Actor, note
from journal.refusals import Blocked, block_unless_empty
from letters.actions import write_message
from letters.models import Exchange


def hold_with_label(report_pk: int, *others: Label) -> Report:
    """The report, those linked to it, its label, the one that continues it and `others`, every thread held.

    In one statement, in the order of their keys.
    """
    report = Report.objects.select_related("label").get(pk=report_pk)
    threads = [report.thread_id, *report.linked.values_list("thread_id", flat=True)]
    own = [report.label, label_today(report.label), label_in_course(report.label)] if report.label else []
    Thread.objects.hold(*threads, *(label.thread_id for label in (*own, *others) if label))
    return Report.objects.hold(report_pk)


@transaction.atomic
def settle_label(*, report_pk: int, label: Label | None, at: datetime, by: Actor) -> Report:
    """A signatory says which label is meant, or that none is: only then do officers read it.

    Raises `NotAllowed`, `Blocked`.
    """
    report = Report.objects.hold(report_pk)
    require("feedback.settle_label", by, report, on=timezone.localdate(at))
    if report.settled_at is not None:
        raise Blocked([_("C'est déjà fait.")])
    report.label, report.settled_at = label, at
    report.save(update_fields=["label", "settled_at"])
    note(report, what="settle_label", at=at, by=by)
    return report


@transaction.atomic
def qualify(*, report_pk: int, severity: str, at: datetime, by: Actor) -> Report:
    """An officer who does not handle that label says what is at stake, and takes the report.

    A danger that the person had not named is told to the signatories now; one that is none leaves their list.
    Raises `NotAllowed`, `Blocked`.
    """
    report = Report.objects.hold(report_pk)
    require("feedback.qualify_report", by, report, on=timezone.localdate(at))
    block_unless_empty(missing_to_qualify(report, severity=severity))
    report.severity = severity
    report.qualify(by=by, at=at)
    report.save()
    deadlines.meet(subject=report, kind=ANSWER, at=at)
    if severity == Report.Severity.SAFETY:
        raise_alarm(report, at=at)
    return report


@transaction.atomic
def take_over(*, report_pk: int, at: datetime, by: Actor) -> Report:
    """Another case officer takes a report that its officer cannot follow any more, and says why (`by`).

    Raises `NotAllowed`; `Blocked` without reason.
    """
    report = Report.objects.hold(report_pk)
    require("feedback.take_over_report", by, report, on=timezone.localdate(at))
    return _give(report, by.person, at=at, by=by)


@transaction.atomic
def hand_over(*, report_pk: int, officer: User, at: datetime, by: Actor) -> Report:
    """A signatory gives a report to another case officer, and says why (`by`).

    Raises `NotAllowed`; `Blocked` without reason, for somebody tied to the label or who may not follow it.
    """
    report = Report.objects.hold(report_pk)
    require("feedback.hand_over_report", by, report, on=timezone.localdate(at))
    return _give(report, officer, at=at, by=by)


def _give(report: Report, officer: User, *, at: datetime, by: Actor) -> Report:
    """What the officer before had proposed waits for the new one, who reads it again."""
    block_unless_empty(missing_to_hand_over(report, officer, reason=by.reason, on=timezone.localdate(at)))
    report.officer = officer
    if report.state == Report.State.UNDER_INQUIRY:
        report.proposed_at = None
    report.save(update_fields=["officer", "proposed_at"])
    note(report, what="hand_over_report", at=at, by=by)
    return report


@transaction.atomic
def note_danger(*, report_pk: int, at: datetime, by: Actor) -> Report:
    """A signatory has read that people may be in danger: the clock of one working day stops. Raises `NotAllowed`."""
    report = Report.objects.hold(report_pk)
    require("feedback.note_danger", by, report, on=timezone.localdate(at))
    if report.alerted_at is None:
        raise Blocked([_("Ce signalement ne parle pas d'un danger.")])
    if report.seen_by_signatory_at is None:
        report.seen_by_signatory_at = at
        report.save(update_fields=["seen_by_signatory_at"])
        note(report, what="danger_read", at=at, by=by)
        deadlines.meet(subject=report, kind=SAFETY, at=at)
    return report


@transaction.atomic
def link(*, report_pk: int, first: Report | None, at: datetime, by: Actor) -> Report:
    """The same facts told by several people: this one follows an earlier report, and is answered with it.

    Raises `NotAllowed`; `Blocked` for another label, or a report that already has its own course.
    """
    both = Report.objects.filter(pk__in=[report_pk, first.pk if first else 0])
    Thread.objects.hold(*both.values_list("thread_id", flat=True))
    report = Report.objects.hold(report_pk)
    require("feedback.qualify_report", by, report, on=timezone.localdate(at))
    first = Report.objects.filter(pk=first.pk).first() if first else None
    block_unless_empty(missing_to_link(report, first))
    report.duplicate_of = first
    report.save(update_fields=["duplicate_of"])
    note(report, what="link_report", at=at, by=by)
    deadlines.meet(subject=report, kind=ANSWER, at=at)
    return report


@transaction.atomic
def inquire(*, report_pk: int, facts: str, at: datetime, by: Actor) -> Report:
    """Put the facts to who holds the label today, without who told them.

    Raises `NotAllowed`; `Blocked` without label or facts, or when the text says who reported.
    """
    report = hold_with_label(report_pk)
    require("feedback.handle_report", by, report, on=timezone.localdate(at))
    block_unless_empty(missing_to_inquire(report, facts=facts))
    report.facts = facts.strip()
    report.inquire(by=by, at=at)
    report.asked = _ask(report, at=at, by=by)
    report.save()
    deadlines.start(
        thread=report.thread,
        subject=report,
        kind=INQUIRY,
        started_on=timezone.localdate(at),
        days=settings.REPORT_INQUIRY_DAYS,
    )
    return report


def _ask(report: Report, *, at: datetime, by: Actor) -> Exchange:
    """Write the facts to the holder, whose time to answer starts."""
    asked = write_message(record=written_to(report), text=_to_the_association(report), at=at, by=by)
    deadlines.drop(subject=report, kind=FACTS, at=at)
    deadlines.start(
        thread=report.thread,
        subject=report,
        kind=FACTS,
        started_on=timezone.localdate(at),
        days=settings.REPORT_FACTS_DAYS,
    )
    return asked


@transaction.atomic
def change_label(*, report_pk: int, label: Label | None, at: datetime, by: Actor) -> Report:
    """Attach a report to another label than the one first named, and say why (`by`); those linked to it follow.

    The number was that of a label renewed since, or was badly copied. When the facts were already put to somebody
    else, they are put to who holds that label. Raises `NotAllowed`; `Blocked` without reason or label, for a person
    who handles that label, or once the report is concluded.
    """
    report = hold_with_label(report_pk, *([label] if label else []))
    require("feedback.change_label", by, report, on=timezone.localdate(at))
    block_unless_empty(
        missing_to_change_label(report, label, by.user, reason=by.reason, on=timezone.localdate(at))
    )
    report.label, report.proposed_at = label, None
    report.save(update_fields=["label", "proposed_at"])
    Report.objects.filter(duplicate_of=report).update(label=label)
    note(report, what="change_label", at=at, by=by)
    if report.asked is not None and report.asked.subject != written_to(report):
        report.asked = _ask(report, at=at, by=Actor(report.officer, "case_officer"))
        report.save(update_fields=["asked"])
    return report


def _to_the_association(report: Report) -> str:
    return (
        "Des faits nous ont été signalés. Nous ne savons pas encore s'ils sont exacts : dites-nous ce qu'il en est.\n\n"
        f"{report.facts}\n\n"
        f"Vous avez {settings.REPORT_FACTS_DAYS} jours pour répondre ici, à partir du jour où vous lisez ce message. "
        "Nous ne disons pas qui nous les a signalés, et nous vous demandons de ne pas le chercher."
    )
