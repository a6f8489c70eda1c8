"""What the committee asks of an association before its opinion (letter L5), and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, block_unless_empty
from journal.wording import is_blank
from label.models import Application
from letters import files
from letters.actions import issue
from letters.models import Letter
from reviewers.actions.evaluations import held_application
from reviewers.models import AgendaItem, Deferral
from reviewers.registry import Asked
from reviewers.session_checklist import too_many_documents

LONGEST_ANSWER = 20_000
CLOCK, DOCUMENT = "deferral", "deferral_answer"


def defer(application: Application, item: AgendaItem, asked: Asked, *, at: datetime, by: Actor) -> Deferral:
    """The dossier waits for the answer of the association (letter L5); its own clock goes on.

    No day counts before the letter is received (domain 5.3). The dossier is held and the item was sent back.
    """
    found = Deferral.objects.create(
        item=item,
        application=application,
        questions=list(asked.questions),
        hearing=asked.hearing,
    )
    application.defer(by=by.because(""), at=at)
    application.save()
    found.letter = _letter(application, item, at=at, by=by)
    found.save(update_fields=["letter"])
    return found


def _letter(application: Application, item: AgendaItem, *, at: datetime, by: Actor) -> Letter:
    from label.actions.filing import channel_of  # noqa: PLC0415 - the actions of a dossier know its letters

    addressee = application.structure.representative()
    return issue(
        "L5",
        record=application,
        addressee=addressee,
        channel=channel_of(application),
        signed_by=item.session.secretary,
        at=at,
        by=by,
        answer_before=timezone.localdate(at) + timedelta(days=settings.DEFERRAL_DAYS),
    )


def time_to_answer_starts(*, letter_pk: int, received_on: date, at: datetime, by: Actor) -> None:
    """Letter L5 was received: the days to answer count from then (domain 5.3); nothing when nothing is asked any more.

    Called inside the transaction that records the receipt.
    """
    deferral = Deferral.objects.filter(letter=letter_pk, answered_at=None, passed_at=None).first()
    if deferral is None:
        return
    application = held_application(deferral.application_id)
    if application.state != Application.State.DEFERRED:
        return
    deadlines.drop(subject=application, kind=CLOCK, at=at)
    clock = deadlines.start(
        thread=application.thread,
        subject=application,
        kind=CLOCK,
        started_on=received_on,
        days=settings.DEFERRAL_DAYS,
        reminders=(-7,),
    )
    deferral.due_on = clock.due_on
    deferral.save(update_fields=["due_on"])
    note(application, what="deferral_time_starts", at=at, by=by)


@transaction.atomic
def answer_deferral(
    *, application_pk: int, answer: str, uploads: Sequence[UploadedFile] = (), at: datetime, by: Actor
) -> Deferral:
    """The association answers the questions of the committee, with documents: the dossier comes back before it.

    The secretariat enters an answer that came by post or phone. Raises `NotAllowed`; `Blocked` for an empty answer,
    too many documents or when nothing is asked any more; ValidationError for a document (E15, E16, E18).
    """
    application = held_application(application_pk)
    require("reviewers.answer_deferral", by, application, on=timezone.localdate(at))
    deferral = open_deferral(application)
    if deferral is None or application.state != Application.State.DEFERRED:
        raise Blocked([_("Le comité n'attend pas de réponse sur ce dossier.")])
    if is_blank(answer):
        raise Blocked([_("Écrivez votre réponse.")])
    block_unless_empty(too_many_documents(len(uploads)))
    deferral.answer = answer.strip()
    deferral.answered_at, deferral.answered_by = at, by.person
    deferral.save()
    for upload in uploads:
        deferral.files.add(
            files.store(
                upload=upload,
                subject=application,
                purpose=DOCUMENT,
                thread=application.thread,
                at=at,
                by=by,
            )
        )
    application.answer_deferral(by=by, at=at)
    application.save()
    deadlines.meet(subject=application, kind=CLOCK, at=at)
    return deferral


@transaction.atomic
def let_deferral_pass(*, application_pk: int, at: datetime, by: Actor) -> Application:
    """The time to answer is over: the dossier comes back before the committee, « without answer ».

    A second call changes nothing. Raises `NotAllowed`; `Blocked` until the last day is over, so never before the
    receipt of the letter is proved (domain 5.3).
    """
    application = held_application(application_pk)
    require("reviewers.let_deferral_pass", by, application, on=timezone.localdate(at))
    deferral = open_deferral(application)
    if deferral is None or application.state != Application.State.DEFERRED:
        return application
    if deferral.due_on is None:
        raise Blocked(
            [_("Le délai de réponse n'a pas commencé : la réception de la lettre n'est pas prouvée.")]
        )
    if timezone.localdate(at) <= deferral.due_on:
        raise Blocked([_("Le délai de réponse court encore.")])
    deferral.passed_at = at
    deferral.save(update_fields=["passed_at"])
    application.answer_deferral(by=by, at=at)
    application.save()
    deadlines.let_pass(subject=application, kind=CLOCK, at=at)
    return application


def open_deferral(application: Application) -> Deferral | None:
    """The questions that wait for their answer; None when there are none."""
    return application.deferrals.filter(answered_at=None, passed_at=None).first()
