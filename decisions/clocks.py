"""The clocks of what may be done against an act (domain 3.2): they start from a proof, an appeal interrupts them."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from deadlines import actions as deadlines
from deadlines.calendar import add_months, distance_months, franc_months
from deadlines.models import Deadline
from decisions.effects import served_to
from decisions.models import Appeal, Decision, Litigation, LitigationStep, SilenceRequest
from journal.moves import Actor, subject_key

COURT, JUDGMENT, APPEAL_SILENCE, REASONS, INJUNCTION, BRIEF = (
    "court",
    "judgment",
    "appeal_silence",
    "reasons",
    "injunction",
    "brief",
)
REMEDY_MONTHS = 2  # CJA R421-1 (court), CRPA L411-2 (gracious)
REASONABLE_MONTHS = 12  # remedies not told, or no receipt (CRPA L112-6; CE 13 July 2016, Czabaj, n° 387763)
SILENCE_MONTHS = 2  # on an appeal, silence rejects (CRPA L231-4 2°)
REASONS_MONTHS = 1  # CRPA L232-4
ALERTS = (-30, -15, -7, -3)
STANDING = (Decision.State.NOTIFIED, Decision.State.FINAL)


def start_remedies(decision: Decision, day: date, *, proof: str = "") -> None:
    """Two months franc, and for the court alone the distance of the seat; one year when remedies were not told.

    The answer to an appeal is contested in court only. The caller has said on the act whether remedies were told.
    """
    decision.gracious_until = _last_day_to_appeal(decision, day)
    decision.save(update_fields=["remedies_opposable", "gracious_until"])
    start_court(decision, day, is_opposable=decision.remedies_opposable, proof=proof)


def _last_day_to_appeal(decision: Decision, day: date) -> date | None:
    if decision.kind == Decision.Kind.APPEAL_ANSWER:
        return None
    if decision.remedies_opposable:
        return franc_months(day, REMEDY_MONTHS)
    return add_months(day, REASONABLE_MONTHS)


def start_court(decision: Decision, day: date, *, is_opposable: bool, proof: str = "") -> None:
    """The whole time to go to court, from that day; the act is held.

    Two months franc and the distance (CJA R421-1, R421-7); when nobody told the remedies, a reasonable time of one
    year, which is neither franc nor prolonged by the distance.
    """
    structure = served_to(decision)
    extra = distance_months(structure.country or "FR", structure.postal_code)
    row = deadlines.start(
        thread=decision._thread,
        subject=subject_key(decision),
        kind=COURT,
        started_on=day,
        months=REMEDY_MONTHS + extra if is_opposable else REASONABLE_MONTHS,
        franc=is_opposable,
        proof=proof,
    )
    decision.court_until = row.due_on
    decision.save(update_fields=["court_until"])


def reopen_if_final(decision: Decision, *, at: datetime) -> None:
    """An act whose remedies run again is no longer « définitif »; the act is held."""
    if decision.state == Decision.State.FINAL:
        decision.reopen_remedies(by=Actor.system(), at=at)
        decision.save()


def interrupt_court(decision: Decision, *, at: datetime) -> None:
    """The time to go to court stops: it will count anew, whole, from the answer or from the silence (CRPA L411-2)."""
    deadlines.interrupt(subject=subject_key(decision), kind=COURT, at=at)
    decision.court_until = None
    decision.save(update_fields=["court_until"])


def start_court_anew(
    decision: Decision, day: date, *, at: datetime, is_opposable: bool = True, proof: str = ""
) -> None:
    """The time to go to court counts anew from the end of an appeal, when something can still be undone.

    Not while the reasons of a refusal by silence are awaited: it counts from the last of the two. The act is held.
    """
    if decision.state not in STANDING or reasons_are_awaited(decision):
        return
    _start_anew(decision, day, at=at, is_opposable=is_opposable, proof=proof)


def _start_anew(decision: Decision, day: date, *, at: datetime, is_opposable: bool, proof: str) -> None:
    reopen_if_final(decision, at=at)
    deadlines.interrupt(subject=subject_key(decision), kind=COURT, at=at)
    start_court(decision, day, is_opposable=is_opposable, proof=proof)


def interrupt_for_reasons(decision: Decision, *, at: datetime) -> None:
    """Reasons asked for in time: both times, to appeal and to go to court, stand until they are given (CRPA L232-4)."""
    interrupt_court(decision, at=at)
    decision.gracious_until = None
    decision.save(update_fields=["gracious_until"])


def start_after_reasons(decision: Decision, day: date, *, at: datetime, proof: str = "") -> None:
    """The reasons were received: the times to appeal and to go to court count anew, whole, from that day.

    Not the time to go to court while an appeal lodged in time waits for its end: it counts from the last of the two.
    The act is held.
    """
    if decision.state not in STANDING:
        return
    decision.gracious_until = _last_day_to_appeal(decision, day)
    decision.save(update_fields=["gracious_until"])
    if not _an_appeal_holds_the_court(decision):
        _start_anew(decision, day, at=at, is_opposable=True, proof=proof)


def reasons_are_awaited(decision: Decision) -> bool:
    """Whether the association asked for the reasons of a refusal by silence and has not received them."""
    asked = decision.silence_requests.filter(kind=SilenceRequest.Kind.REASONS)
    return asked.filter(letter__received_on=None).exists()


def _an_appeal_holds_the_court(decision: Decision) -> bool:
    """Whether an appeal lodged in time has no end yet, or one that its answer has not told yet."""
    waits = Q(state__in=Appeal.WAITING) | Q(answer__state=Decision.State.SIGNED)
    return decision.appeals.filter(waits, is_late=False).exists()


def start_judgment(litigation: Litigation, decision: Decision, day: date) -> None:
    """Two months franc and the distance to appeal against a judgment that leaves the act standing (CJA R811-2, R811-5).

    They run from its notification, which only its parties know: the day of the judgment is a floor, and a case noted
    later opens the act again.
    """
    if decision.state not in STANDING:
        return
    structure = served_to(decision)
    extra = distance_months(structure.country or "FR", structure.postal_code)
    deadlines.start(
        thread=decision._thread,
        subject=subject_key(litigation),
        kind=JUDGMENT,
        started_on=day,
        months=REMEDY_MONTHS + extra,
        franc=True,
    )


def remedies_are_over(decision: Decision, *, on: date) -> bool:
    """Whether nothing can be asked against that act any more: no time runs or stands still, no case is pending."""
    if decision.court_until is None or decision.court_until >= on:
        return False
    cases = list(decision.litigations.values_list("pk", flat=True))
    keys = [f"{Litigation._meta.label_lower}:{pk}" for pk in cases]
    appealable = Deadline.objects.running().filter(subject__in=keys, kind=JUDGMENT, due_on__gte=on)
    return not decision.litigations.pending().exists() and not appealable.exists()


def start_appeal_silence(appeal: Appeal) -> date:
    """Two months from the day on which the appeal reached the Institute; returns the last day to answer it."""
    row = deadlines.start(
        thread=appeal._thread,
        subject=subject_key(appeal),
        kind=APPEAL_SILENCE,
        started_on=appeal.received_on,
        months=SILENCE_MONTHS,
        reminders=ALERTS,
    )
    return row.due_on or appeal.received_on


def start_reasons(request: SilenceRequest, decision: Decision) -> None:
    """One month to give the reasons of a refusal by silence (CRPA L232-4)."""
    deadlines.start(
        thread=decision._thread,
        subject=subject_key(request),
        kind=REASONS,
        started_on=request.asked_on,
        months=REASONS_MONTHS,
        reminders=(-15, -7, -3),
    )


def hard_date_kind(step: LitigationStep) -> str:
    """The kind of clock of a date that a judge sets."""
    return BRIEF if step.kind == LitigationStep.Kind.BRIEF_DUE else INJUNCTION


def start_hard_date(step: LitigationStep, decision: Decision) -> None:
    """A date set by a judge: nothing moves it, and it is recalled four times."""
    if step.due_on is None:
        return
    deadlines.start(
        thread=decision._thread,
        subject=subject_key(step),
        kind=hard_date_kind(step),
        started_on=step.happened_on,
        days=(step.due_on - step.happened_on).days,
        reminders=ALERTS,
    )
