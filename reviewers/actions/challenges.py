"""« Récusation »: an association asks that somebody does not examine its dossier; the ethics officer answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.models import Thread
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from reviewers import mails
from reviewers.actions.departures import recuse
from reviewers.actions.evaluations import held_application
from reviewers.challenges import live_assignment, missing_to_ask
from reviewers.checklist import too_late_to_recuse
from reviewers.models import Challenge, Mandate
from structures.actions.spaces import acting_person

CLOCK = "challenge"


@transaction.atomic
def ask_challenge(
    *, application_pk: int, who: str, reasons: str, received_on: date | None = None, at: datetime, by: Actor
) -> Challenge:
    """Ask that somebody does not examine the dossier, with the reasons; the answer is due within days.

    `received_on` is the day on which a request on paper came, typed by the office. The same request that still waits
    is not written twice: it is given back. Raises `NotAllowed`; `Blocked` out of the period, after the opinion, without
    a person or without reasons.
    """
    today = timezone.localdate(at)
    application = held_application(application_pk)
    require("reviewers.ask_challenge", by, application, on=today)
    if received_on and not today - timedelta(days=settings.POSTMARK_DAYS) <= received_on <= today:
        raise Blocked([Missing(_("Cette date est dans le futur, ou trop ancienne."), code="received_on")])
    who, reasons = " ".join(who.split()), reasons.strip()
    waiting = application.challenges.filter(answer="", reasons=reasons).annotate(name=Lower("who"))
    if (same := waiting.filter(name=Lower(Value(who))).first()) is not None:
        return same
    block_unless_empty(missing_to_ask(application, on=received_on or today))
    for text, code in ((who, "who"), (reasons, "reasons")):
        if is_blank(text):
            raise Blocked([Missing(_("Dites qui, et pourquoi."), code=code)])
    challenge = Challenge.objects.create(
        application=application,
        who=who,
        reasons=reasons,
        asked_at=at,
        asked_by=acting_person(by),
        answer_due_on=today + timedelta(days=settings.CHALLENGE_ANSWER_DAYS),
    )
    note(application, what="ask_challenge", at=at, by=by)
    deadlines.start(
        thread=application.thread,
        subject=challenge,
        kind=CLOCK,
        started_on=today,
        days=settings.CHALLENGE_ANSWER_DAYS,
    )
    return challenge


@transaction.atomic
def answer_challenge(
    *, challenge_pk: int, answer: str, mandate_pk: int | None = None, at: datetime, by: Actor
) -> Challenge:
    """Accept a challenge, which keeps that member away and recuses them from the panel, or refuse it with reasons.

    `by` carries the reasoned note; the association reads it when it is refused. Raises `NotAllowed`; `Blocked`
    without a note, an answer or a member, when it was answered before, and to accept after the opinion.
    """
    found = Challenge.objects.get(pk=challenge_pk)
    Thread.objects.hold(*_threads(found, mandate_pk))
    application = held_application(found.application_id)
    require("reviewers.answer_challenge", by, application, on=timezone.localdate(at))
    challenge = Challenge.objects.select_related("asked_by").get(pk=challenge_pk)
    challenge.application = application
    mandate = Mandate.objects.filter(pk=mandate_pk).first() if mandate_pk else None
    block_unless_empty(_missing_to_answer(challenge, answer, mandate, by.reason))
    challenge.answer, challenge.note = answer, by.reason.strip()[:5000]
    challenge.answered_at, challenge.answered_by = at, by.user
    if answer == Challenge.Answer.ACCEPTED and mandate is not None:
        challenge.mandate, challenge.assignment = mandate, live_assignment(challenge, mandate)
    challenge.save()
    note(application, what="answer_challenge", at=at, by=by.because(""))
    deadlines.meet(subject=challenge, kind=CLOCK, at=at)
    if challenge.assignment is not None:
        recuse(assignment_pk=challenge.assignment.pk, at=at, by=by)
    mails.tell_challenge_is_answered(challenge, at=at)
    return challenge


def _threads(challenge: Challenge, mandate_pk: int | None) -> set[int]:
    """Nobody is recused by one hand and asked to evaluate by another: the threads of their mandates are held too."""
    found = {challenge.application.thread_id}
    return found | set(Mandate.objects.of_same_person(mandate_pk or 0).values_list("thread_id", flat=True))


def _missing_to_answer(
    challenge: Challenge, answer: str, mandate: Mandate | None, reason: str
) -> list[Missing]:
    if challenge.answer:
        return [Missing(_("Cette demande a déjà sa réponse."))]
    found = []
    if answer not in Challenge.Answer.values:
        found.append(Missing(_("Choisissez une des réponses proposées."), code="answer"))
    if is_blank(reason):
        found.append(Missing(_("Écrivez les motifs de votre réponse."), code="reason"))
    if answer == Challenge.Answer.ACCEPTED and mandate is None:
        found.append(Missing(_("Choisissez la personne qui n'examine pas ce dossier."), code="mandate"))
    application = challenge.application
    over = application.state in (application.State.ADVISED, *application.FINAL)
    if answer == Challenge.Answer.ACCEPTED and over:
        found.append(Missing(too_late_to_recuse(application)))
    return found
