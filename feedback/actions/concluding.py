"""A report ends: set aside, passed on, or concluded by two people; each time the person who told it is answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from accounts.rules import require
from certificates.actions.follow_ups.reading import Finding, add_gap
from certificates.actions.withdrawals import begin_withdrawal
from certificates.models import Label, Withdrawal
from certificates.succession import label_in_course
from deadlines import actions as deadlines
from feedback import mails
from feedback.actions.handling import hold_with_label
from feedback.checklist import (
    follow_ups_open_to_gaps,
    missing_to_answer,
    missing_to_close,
    missing_to_confirm,
    missing_to_pass_on,
    missing_to_propose,
    missing_to_send_back,
    missing_to_tell,
)
from feedback.models import Report
from feedback.reading import written_to
from journal.moves import Actor, note, subject_key
from journal.refusals import block_unless_empty
from letters.actions import issue, write_message
from letters.models import Letter

Measure = Report.Measure


@transaction.atomic
def set_aside(*, report_pk: int, answer: str, at: datetime, by: Actor) -> Report:
    """Out of scope or abusive: the officer answers with reasons. Raises `NotAllowed`, `Blocked`."""
    report = hold_with_label(report_pk)
    require("feedback.handle_report", by, report, on=timezone.localdate(at))
    block_unless_empty(missing_to_answer(report, answer))
    report.answer = answer.strip()
    report.set_aside(by=by, at=at)
    report.save()
    _ended(report, at=at, by=by)
    return report


@transaction.atomic
def pass_on(*, report_pk: int, authority: str, sealed: str, answer: str, at: datetime, by: Actor) -> Report:
    """A signatory tells the competent authority; what was told is kept for the signatories alone.

    Raises `NotAllowed`, `Blocked`.
    """
    report = hold_with_label(report_pk)
    require("feedback.pass_on_report", by, report, on=timezone.localdate(at))
    block_unless_empty(missing_to_pass_on(report, authority=authority, answer=answer))
    report.authority, report.sealed, report.answer = authority.strip(), sealed.strip(), answer.strip()
    report.pass_on(by=by, at=at)
    report.save()
    _ended(report, at=at, by=by)
    return report


@transaction.atomic
def propose(  # noqa: PLR0913 - one conclusion, said in one place
    *,
    report_pk: int,
    conclusion: str,
    measure: str = "",
    reasons: str,
    told: str,
    answer: str,
    gap: dict[str, str] | None = None,
    at: datetime,
    by: Actor,
) -> Report:
    """The officer proposes how the inquiry ends; a signatory confirms. Written again, it takes the place of the first.

    `gap` holds `severity`, `expected` and `due_on` (ISO) of a gap of the follow-up. Raises `NotAllowed`, `Blocked`.
    """
    report = Report.objects.hold(report_pk)
    today = timezone.localdate(at)
    require("feedback.handle_report", by, report, on=today)
    measure = measure if conclusion == Report.Conclusion.FOUNDED else ""
    texts = {"reasons": reasons, "told": told, "answer": answer}
    block_unless_empty(
        missing_to_propose(report, conclusion=conclusion, measure=measure, gap=gap or {}, on=today, **texts)
    )
    report.conclusion, report.measure = conclusion, measure
    report.reasons, report.told, report.answer = reasons.strip(), told.strip(), answer.strip()
    report.gap_terms = gap if measure == Measure.GAP and gap else {}
    report.proposed_by, report.proposed_at = by.user, at
    report.save()
    note(report, what="propose_conclusion", at=at, by=by)
    return report


@transaction.atomic
def send_back(*, report_pk: int, at: datetime, by: Actor) -> Report:
    """The signatory does not confirm, and says why (`by`). Raises `NotAllowed`; `Blocked` without either."""
    report = Report.objects.hold(report_pk)
    require("feedback.conclude_report", by, report, on=timezone.localdate(at))
    block_unless_empty(missing_to_send_back(report, reason=by.reason))
    report.proposed_at = None
    report.save(update_fields=["proposed_at"])
    note(report, what="send_back_conclusion", at=at, by=by)
    return report


@transaction.atomic
def confirm(*, report_pk: int, seen: str, at: datetime, by: Actor) -> Report:
    """The signatory confirms what was proposed: both sides are told, and the measure is taken.

    `seen` is the moment of the proposal that the page showed. Raises `NotAllowed`, `Blocked`.
    """
    report = hold_with_label(report_pk)
    today = timezone.localdate(at)
    require("feedback.conclude_report", by, report, on=today)
    block_unless_empty(missing_to_confirm(report, seen=seen))
    block_unless_empty(
        missing_to_propose(
            report,
            conclusion=report.conclusion,
            measure=report.measure,
            reasons=report.reasons,
            told=report.told,
            answer=report.answer,
            gap=report.gap_terms,
            on=today,
        )
    )
    if report.conclusion == Report.Conclusion.UNFOUNDED:
        report.find_unfounded(by=by, at=at)
        report.save()
        _ended(report, at=at, by=by)
    else:
        _take_the_measure(report, at=at)
        report.uphold(by=by, at=at)
        report.save()
        deadlines.drop(subject=report, at=at)
        mails.tell_answered(report, at=at)
    _tell_the_association(report, report.told, at=at, by=_officer_of(report))
    return report


@transaction.atomic
def close(*, report_pk: int, told: str, answer: str, at: datetime, by: Actor) -> Report:
    """What was asked is done: both sides are told. Raises `NotAllowed`, `Blocked`."""
    report = hold_with_label(report_pk)
    require("feedback.handle_report", by, report, on=timezone.localdate(at))
    block_unless_empty(
        [*missing_to_close(report), *missing_to_answer(report, answer), *missing_to_tell(report, told)]
    )
    report.answer = answer.strip()
    report.close(by=by, at=at)
    report.save()
    _ended(report, at=at, by=by)
    _tell_the_association(report, told, at=at, by=by)
    return report


def _take_the_measure(report: Report, *, at: datetime) -> None:
    """A gap of the follow-up, or a withdrawal procedure; a recommendation is the message itself.

    The officer of the report opens the procedure, not the signatory who confirms: who opens one signs none of its acts.
    """
    label = label_in_course(report.label) if report.label else None
    if label is None or report.measure == Measure.RECOMMENDATION:
        return
    by = _officer_of(report)
    if report.measure == Measure.WITHDRAWAL:
        begin_withdrawal(
            Label.objects.hold(label.pk),
            origin=Withdrawal.Origin.REPORT,
            origin_key=subject_key(report),
            facts=report.facts,
            at=at,
            by=by,
        )
        return
    follow_up = follow_ups_open_to_gaps(label).latest("year")
    terms: dict[str, Any] = report.gap_terms
    finding = Finding(
        severity=terms["severity"],
        fact=report.facts[:2000],
        expected=terms["expected"],
        due_on=date.fromisoformat(terms["due_on"]),
    )
    report.gap = add_gap(follow_up_pk=follow_up.pk, finding=finding, at=at, by=by)


def _ended(report: Report, *, at: datetime, by: Actor) -> None:
    """Letter L17 to who told it and to each person whose report is linked to it; the clocks have lost their object."""
    deadlines.drop(subject=report, at=at)
    for one in [report, *report.linked.select_related("source", "duplicate_of", "thread")]:
        held = one if one is report else Report.objects.hold(one.pk)
        by_post = bool(held.source.address) and not held.source.email
        issue(
            "L17",
            record=held,
            addressee=None,
            channel=Letter.Channel.POST if by_post else Letter.Channel.ONLINE,
            at=at,
            by=by,
            announced=False,
            outcome=report.state,
        )
        mails.tell_answered(held, at=at)


def _officer_of(report: Report) -> Actor:
    """The officer who led the inquiry is the one who writes to the association."""
    return Actor(report.officer, "case_officer")


def _tell_the_association(report: Report, text: str, *, at: datetime, by: Actor) -> None:
    if report.asked is None:
        return
    with translation.override("fr"):
        write_message(record=written_to(report), text=text, at=at, by=by)
