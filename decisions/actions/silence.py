"""Once silence has decided: the attestation of an acceptance, the reasons of a refusal (CRPA L232-3, L232-4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.rules import require
from deadlines import actions as deadlines
from decisions import clocks, mails
from decisions.appeal_checklist import missing_reasons, missing_to_ask
from decisions.effects import dossier_of
from decisions.models import Decision, SilenceRequest
from journal.moves import Actor, note
from journal.refusals import block_unless_empty
from letters import actions as letters
from letters.models import Letter

Kind = SilenceRequest.Kind
LETTERS = {Kind.ATTESTATION: "L1c", Kind.REASONS: "L8b"}


@transaction.atomic
def ask_about_silence(*, decision_pk: int, kind: str, at: datetime, by: Actor) -> SilenceRequest:
    """The association asks what the law gives it; the reasons are due within a month.

    While reasons are awaited the times to appeal and to go to court stand still: they count anew from their receipt
    (CRPA L232-4).
    A second call changes nothing. Raises `NotAllowed`, `Blocked` (another effect of silence, too late).
    """
    on = timezone.localdate(at)
    decision: Decision = Decision.objects.select_related("application__structure").hold(decision_pk)
    require("decisions.ask_about_silence", by, decision, on=on)
    known = decision.silence_requests.filter(kind=kind).first()
    if known is not None:
        return known
    block_unless_empty(missing_to_ask(decision, kind, on=on))
    request = SilenceRequest.objects.create(
        decision=decision, kind=Kind(kind), asked_on=on, asked_at=at, asked_by=by.person
    )
    if request.kind == Kind.REASONS:
        clocks.start_reasons(request, decision)
        clocks.interrupt_for_reasons(decision, at=at)
    note(decision, what=f"ask_{request.kind}", at=at, by=by)
    mails.silence_asked(request, at=at)
    return request


@transaction.atomic
def answer_about_silence(
    *, request_pk: int, reasons_in_law: str = "", reasons_in_fact: str = "", at: datetime, by: Actor
) -> SilenceRequest:
    """Send the attestation (L1c) or the reasons (L8b). A second call changes nothing.

    Raises `NotAllowed`, `Blocked` with the reasons that are missing or too short.
    """
    found = SilenceRequest.objects.get(pk=request_pk)
    decision: Decision = Decision.objects.select_related("application__structure").hold(found.decision_id)
    require("decisions.answer_about_silence", by, decision, on=timezone.localdate(at))
    request = SilenceRequest.objects.select_related("decision__application__structure").get(pk=request_pk)
    if request.answered_at is not None:
        return request
    request.reasons_in_law, request.reasons_in_fact = reasons_in_law, reasons_in_fact
    block_unless_empty(missing_reasons(request))
    structure = dossier_of(decision).structure
    request.letter = letters.issue(
        LETTERS[Kind(request.kind)],
        record=decision,
        addressee=structure.representative(),
        channel=Letter.Channel(structure.service_channel()),
        at=at,
        by=by,
        request=request,
    )
    request.answered_at = at
    request.save()
    deadlines.meet(subject=request, kind=clocks.REASONS, at=at)
    return request
