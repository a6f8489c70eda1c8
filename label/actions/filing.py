"""Filing a dossier and giving it up: acts of the person who represents the structure."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from charter.models import Signature
from deadlines import actions as deadlines
from journal.moves import Actor
from journal.refusals import Blocked, Missing, block_unless_empty
from label import clocks, mails
from label.checklist import missing_charter, missing_to_submit, signature_of
from label.models import Application, PaperEntry
from label.registry import obstacles_to_file
from label.snapshots import freeze
from letters import actions as letters
from structures.actions import look_up


@transaction.atomic
def submit(*, application_pk: int, at: datetime, by: Actor) -> Application:
    """File the dossier: freeze it, acknowledge it (L1, M2), start its clocks, ask the registers after commit.

    Only the legal representative, or the office for a dossier received on paper. A second call changes nothing
    and returns the dossier already filed. Raises `NotAllowed`, `Blocked` with what is missing (CRPA L112-3).
    """
    application = Application.objects.hold(application_pk)
    require("label.submit_application", by, application, on=timezone.localdate(at))
    if application.submitted_at is not None:
        return application
    Application.objects.select_for_update().get(pk=application_pk)  # answers being saved finish first
    on = _received_on(application, at)
    block_unless_empty([*obstacles_to_file(application, on=on), *missing_to_submit(application)])
    _file(application, _signature(application), at=at, by=by)
    _acknowledge(application, at=at)
    transaction.on_commit(lambda: look_up(structure=application.structure, at=at, by=by), robust=True)
    return application


def _file(application: Application, signature: Signature, *, at: datetime, by: Actor) -> None:
    freeze(application, signature, at=at)
    application.charter_signature = signature
    application.public_summary = _summary(application)
    application.received_on = _received_on(application, at)
    application.submit(by=by, at=at)
    deadlines.drop(subject=application, kind=clocks.DRAFT, at=at)
    clocks.start_at_filing(application)
    application.save()


def _signature(application: Application) -> Signature:
    signature = signature_of(application)
    if signature is None:
        raise Blocked(missing_charter(application))
    return signature


def _summary(application: Application) -> str:
    answer = application.answers.filter(question="structure_summary").first()
    return answer.text[:1000] if answer else ""


def _received_on(application: Application, at: datetime) -> date:
    """The day that counts: the postmark (CRPA L112-1), else the visit or the call, else today."""
    entry = PaperEntry.objects.filter(application=application).first()
    if entry is None:
        return timezone.localdate(at)
    return entry.postmarked_on or entry.received_on


def _acknowledge(application: Application, *, at: datetime) -> None:
    check = clocks.running(application, clocks.COMPLETENESS)
    check_before = check.due_on if check and check.due_on else timezone.localdate(at)
    letters.issue(
        "L1",
        record=application,
        addressee=application.structure.representative(),
        channel="post" if _is_on_paper(application) else "online",  # an answer to what was sent online
        at=at,
        by=Actor.system(),
        announced=False,
    )
    mails.receipt(application, check_before=check_before, at=at)


def channel_of(application: Application) -> str:
    """How letters about this dossier leave: by post once it came on paper, else as the structure chose."""
    return "post" if _is_on_paper(application) else application.structure.service_channel()


def _is_on_paper(application: Application) -> bool:
    return PaperEntry.objects.filter(application=application).exists()


@transaction.atomic
def withdraw(*, application_pk: int, reason: str = "", at: datetime, by: Actor) -> Application:
    """The representative gives up the request; every clock of the dossier ends. A second call changes nothing.

    Raises `NotAllowed`, and `Blocked` for a draft or once a decision has ended the request.
    """
    application = Application.objects.hold(application_pk)
    require("label.withdraw_application", by, application, on=timezone.localdate(at))
    if application.state == Application.State.WITHDRAWN:
        return application
    if application.state not in Application.UNDER_WAY:
        text = _("Cette demande ne peut plus être retirée : elle est terminée, ou pas encore déposée.")
        raise Blocked([Missing(text)])
    application.withdraw(by=by.because(reason) if reason else by, at=at)
    application.save()
    deadlines.drop(subject=application, at=at)
    application.document_requests.filter(answered_at=None).update(answered_at=at)
    return application
