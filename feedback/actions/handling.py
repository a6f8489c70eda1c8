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
from certificates.renewals import label_in_course
from deadlines import actions as deadlines
from feedback.actions.filing import raise_alarm
from feedback.checklist import missing_to_hand_over, missing_to_inquire, missing_to_link, missing_to_qualify
from feedback.clocks import ANSWER, FACTS, INQUIRY, SAFETY
from feedback.models import Report
from journal.models import Thread
from journal.moves import Actor, note
from journal.refusals import Blocked, block_unless_empty
from letters.actions import write_message


def hold_with_label(report_pk: int) -> Report:
    """The report with its label and those linked to it, every thread held, in the order of their keys."""
    report = Report.objects.select_related("label").get(pk=report_pk)
    threads = [report.thread_id, *report.linked.values_list("thread_id", flat=True)]
    labels = [report.label, label_in_course(report.label)] if report.label else []
    Thread.objects.hold(*threads, *{label.thread_id for label in labels if label})
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
    """Put the facts to the association, on the exchanges of its dossier, without who told them.

    Raises `NotAllowed`; `Blocked` without label or facts, or when the text says who reported.
    """
    report = hold_with_label(report_pk)
    require("feedback.handle_report", by, report, on=timezone.localdate(at))
    block_unless_empty(missing_to_inquire(report, facts=facts))
    report.facts = facts.strip()
    report.inquire(by=by, at=at)
    subject = f"label.application:{_label(report).application_id}"
    report.asked = write_message(record=subject, text=_to_the_association(report), at=at, by=by)
    report.save()
    day = timezone.localdate(at)
    for kind, days in ((FACTS, settings.REPORT_FACTS_DAYS), (INQUIRY, settings.REPORT_INQUIRY_DAYS)):
        deadlines.start(thread=report.thread, subject=report, kind=kind, started_on=day, days=days)
    return report


def _label(report: Report) -> Label:
    if report.label is None:
        raise Blocked([_("Ce signalement ne concerne aucun label.")])
    return report.label


def _to_the_association(report: Report) -> str:
    return (
        "Des faits nous ont été signalés. Nous ne savons pas encore s'ils sont exacts : dites-nous ce qu'il en est.\n\n"
        f"{report.facts}\n\n"
        f"Vous avez {settings.REPORT_FACTS_DAYS} jours pour répondre ici, à partir du jour où vous lisez ce message. "
        "Nous ne disons pas qui nous les a signalés, et nous vous demandons de ne pas le chercher."
    )
