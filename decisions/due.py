"""What the clock does for acts and appeals: it notes that a time has run out and recalls dates. It decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deadlines.models import Deadline, Extension
from deadlines.registry import DueDate, Outcome, alert_only, moves_with_outages, on_due, on_reminder
from decisions import clocks, mails
from decisions.actions import note_silence
from decisions.clocks import APPEAL_SILENCE, BRIEF, COURT, INJUNCTION, JUDGMENT, REASONS
from decisions.effects import served_to
from decisions.models import Appeal, Decision, Litigation, LitigationStep, SilenceRequest
from journal.moves import Actor, subject_key

alert_only(REASONS, INJUNCTION, BRIEF)


@on_due(COURT)
def remedies_are_exhausted(deadline: Deadline, at: datetime) -> None:
    """A notified act becomes final the day after its last remedy, unless a case is pending."""
    _make_final(Decision.objects.hold(_key(deadline)), at)


@on_due(JUDGMENT)
def the_judgment_stands(deadline: Deadline, at: datetime) -> None:
    """Nobody appealed against the judgment that left the act standing: its last remedy is exhausted."""
    case = Litigation.objects.get(pk=_key(deadline))
    _make_final(Decision.objects.hold(case.decision_id), at)


def _make_final(decision: Decision, at: datetime) -> None:
    if decision.state == Decision.State.NOTIFIED and clocks.remedies_are_over(
        decision, on=timezone.localdate(at)
    ):
        decision.become_final(by=Actor.system(), at=at)
        decision.save()


@on_due(APPEAL_SILENCE)
def silence_rejects_the_appeal(deadline: Deadline, at: datetime) -> None:
    """Two months without answer: a fact of time; an express answer stays possible (domain 5.1 APPEAL)."""
    note_silence(appeal_pk=_key(deadline), at=at, by=Actor.system())


@on_reminder(APPEAL_SILENCE)
def silence_on_an_appeal_is_near(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Tell who examines it and who may sign, 30, 15, 7 and 3 days before; False once it is answered."""
    appeal = Appeal.objects.select_related("decision__application", "officer").get(pk=_key(deadline))
    if appeal.state not in Appeal.WAITING:
        return False
    mails.appeal_silence_near(appeal, at=at)
    return True


@on_reminder(REASONS)
def reasons_are_awaited(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Recall that reasons are due; False once they were given."""
    request = SilenceRequest.objects.select_related("decision__application").get(pk=_key(deadline))
    if request.answered_at is not None:
        return False
    mails.silence_asked(request, at=at, again=offset_days)
    return True


@on_reminder(INJUNCTION)
@on_reminder(BRIEF)
def a_hard_date_is_near(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Recall a date set by a judge."""
    step = LitigationStep.objects.select_related("litigation__decision__application").get(pk=_key(deadline))
    mails.hard_date_near(step, at=at)
    return True


GRACIOUS = "gracious"  # domain 3.2; kept on the act alone: nothing happens when it passes


def last_days_to_appeal(first: date, last: date) -> Iterator[DueDate]:
    """The acts that may be contested before the Institute until a day of these, and were not."""
    acts = Decision.objects.filter(gracious_until__range=(first, last), state__in=clocks.STANDING)
    for act in acts.exclude(appeals__is_late=False).order_by("pk"):
        if act.gracious_until is not None:
            yield DueDate(act.thread_id, subject_key(act), act.gracious_until)


def whose_act(thread_id: int, subject: str) -> str:
    """The structure to which the act was served."""
    act = Decision.objects.select_related("application__structure").get(pk=int(subject.split(":")[1]))
    return subject_key(served_to(act))


@moves_with_outages(
    GRACIOUS,
    words=_("Contester une décision auprès de nous"),
    whose=whose_act,
    find=last_days_to_appeal,
    warning=_("La date pour saisir le tribunal ne change pas : la loi seule la fixe."),
)
def appeal_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """More time to contest an act before the Institute; an appeal noted late meanwhile is looked at by a person."""
    act = Decision.objects.get(pk=int(extension.subject.split(":")[1]))
    act.gracious_until = extension.due_on
    act.save(update_fields=["gracious_until"])
    late = act.appeals.filter(is_late=True, lodged_on__lte=extension.due_on)
    return Outcome.TO_DO if late.exists() else Outcome.MOVED


def _key(deadline: Deadline) -> int:
    return int(deadline.subject.split(":")[1])
