"""What an outage of the service gives back to the holder of a label (domain 5.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certificates import clocks
from certificates.actions import gain_time
from certificates.actions.follow_ups.planning import AWAITED, GAP
from certificates.actions.hearings import CLOCK as OBSERVATIONS
from certificates.actions.hearings import POST_CLOCK, wait_for_the_post
from certificates.actions.renewals import note_filing
from certificates.actions.withdrawals import NOTICE
from certificates.effects.conditions import CLOCK as CONDITION
from certificates.models import Condition, FollowUp, Gap, Hearing, Label, Withdrawal
from certificates.renewals import is_in_time, renewal_under_way
from deadlines import actions as deadlines
from deadlines.models import Extension
from deadlines.registry import Outcome, insiders, moves_with_outages, tellers
from journal.moves import Actor, subject_key
from label import mails
from label.clocks import applied_on
from label.models import Application
from structures.models import Membership, Structure


def _key(extension: Extension) -> int:
    return int(extension.subject.split(":")[1])


def _whose(model: type[Model], path: str) -> Callable[[int, str], str]:
    """Who holds the label that such a record is about."""

    def holder(thread_id: int, subject: str) -> str:
        pk = int(subject.split(":")[1])
        return subject_key(
            Structure(pk=model._default_manager.values_list(f"{path}structure_id", flat=True).get(pk=pk))
        )

    return holder


def _runs(extension: Extension) -> bool:
    return extension.deadline is not None and extension.deadline.ended_at is None


@moves_with_outages(
    OBSERVATIONS, words=_("Répondre avant une mesure sur votre label"), whose=_whose(Hearing, "label__")
)
def answer_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """More time to answer. A hearing that its date alone closed opens again, unless an act rests on it already."""
    hearing = Hearing.objects.get(pk=_key(extension))
    if hearing.dropped_at is not None or hearing.complete_on is not None:
        return Outcome.NOTHING
    outcome = Outcome.MOVED
    if not _runs(extension):
        if hearing.withdrawal_id is not None or hearing.is_decided():
            return Outcome.TO_DO
        outcome = Outcome.GIVEN_BACK
    hearing.answer_until, hearing.closed_on = extension.due_on, None
    hearing.save(update_fields=["answer_until", "closed_on"])
    if hearing.letter is not None and extension.deadline is not None:
        deadlines.drop(subject=hearing, kind=POST_CLOCK, at=at)
        started_on = extension.deadline.started_on
        wait_for_the_post(hearing, extension.due_on, letter=hearing.letter, started_on=started_on)
    return outcome


@moves_with_outages(
    NOTICE, words=_("Corriger ce que demande une mise en demeure"), whose=_whose(Withdrawal, "label__")
)
def notice_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """More time to correct; a procedure that went on without an answer is looked at by a person."""
    withdrawal = Withdrawal.objects.get(pk=_key(extension))
    if _runs(extension):
        Withdrawal.objects.filter(pk=withdrawal.pk).update(comply_by=extension.due_on)
        return Outcome.MOVED
    went_on = withdrawal.state in (Withdrawal.State.HEARING, Withdrawal.State.HEARING_CLOSED)
    return Outcome.TO_DO if went_on and not withdrawal.notice_answers.exists() else Outcome.NOTHING


@moves_with_outages(CONDITION, words=_("Envoyer la preuve d'une réserve"), whose=_whose(Condition, "label__"))
def condition_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """More time to prove that a condition is met."""
    if not _runs(extension):
        return Outcome.NOTHING
    Condition.objects.filter(pk=_key(extension)).update(due_on=extension.due_on)
    return Outcome.MOVED


@moves_with_outages(AWAITED, words=_("Envoyer votre suivi annuel"), whose=_whose(FollowUp, "label__"))
def follow_up_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """More time to send a follow-up, which is late no longer; after an escalation a person looks."""
    follow_up = FollowUp.objects.get(pk=_key(extension))
    if not _runs(extension):
        return Outcome.TO_DO if follow_up.state == FollowUp.State.ESCALATED else Outcome.NOTHING
    gain_time(follow_up_pk=follow_up.pk, due_on=extension.due_on, at=at, by=Actor.system())
    return Outcome.MOVED


@moves_with_outages(
    GAP, words=_("Envoyer la preuve qu'un écart est corrigé"), whose=_whose(Gap, "follow_up__label__")
)
def gap_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """More time to mend a gap; after an escalation a person looks."""
    gap = Gap.objects.select_related("follow_up").get(pk=_key(extension))
    if not _runs(extension):
        escalated = gap.follow_up.state == FollowUp.State.ESCALATED
        return Outcome.TO_DO if escalated and gap.closed_at is None else Outcome.NOTHING
    gap.due_on = extension.due_on
    gap.save(update_fields=["due_on"])
    return Outcome.MOVED


@moves_with_outages(
    clocks.RENEWAL, words=_("Renouveler votre label sans interruption"), whose=_whose(Label, "")
)
def renewal_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """More time to renew without interruption; a renewal noted as late meanwhile protects the label after all."""
    if _runs(extension):
        return Outcome.MOVED
    label = Label.objects.get(pk=_key(extension))
    filed = renewal_under_way(label)
    if filed is None or label.renewal_filed_on is not None or label.state not in Label.LIVE:
        return Outcome.NOTHING
    if not is_in_time(label, applied_on(filed.reopens or filed)):
        return Outcome.NOTHING
    note_filing(filed, at=at, by=Actor.system())
    return Outcome.MOVED


def tell_more_time(extension: Extension, at: datetime) -> None:
    """Those who write for the structure read that the service was down, and until when they may act."""
    structure = Structure.objects.get(pk=int(extension.whose.split(":")[1]))
    mails.more_time(structure, extension, at=at)


def has_a_part_in(user: User, threads: Collection[int]) -> bool:
    """Whether that person is or was a member of a structure that these threads are about."""
    own = Membership.objects.filter(user=user).values("structure_id")
    dossiers = Application.objects.filter(structure__in=own, thread__in=threads)
    labels = Label.objects.filter(structure__in=own, application__thread__in=threads)
    return (
        dossiers.exists()
        or labels.exists()
        or Structure.objects.filter(pk__in=own, thread__in=threads).exists()
    )


tellers.append(tell_more_time)
insiders.append(has_a_part_in)
