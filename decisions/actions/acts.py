"""Preparing, signing and notifying the acts of the Institute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from accounts.models import Delegation, User
from accounts.rules import delegation_of, require
from deadlines import actions as deadlines
from decisions.checklist import (
    kinds_possible,
    missing_to_grant_by_silence,
    missing_to_record_implicit,
    missing_to_send,
    missing_to_sign,
)
from decisions.clocks import start_court_anew, start_remedies
from decisions.content import Content, content_of, token_of
from decisions.effects import application_of, effects, served_to, take_the_place, told_beside
from decisions.models import Appeal, Decision, ProposedCondition
from decisions.remedies import receipt_was_sent, tells_remedies
from decisions.rules import with_part_in, with_part_of, wrote_in
from journal.moves import Actor, note, subject_key
from journal.refusals import Blocked, Stale, block_unless_empty
from journal.wording import is_blank
from label.clocks import SILENCE, acceptance
from label.models import Application
from label.rules import require_on_file
from letters import actions as letters
from letters.models import Letter

ANSWERS = (SILENCE, "decision")  # the clocks of the dossier that the signature of an act meets
UNDER_WAY = (Decision.State.PREPARED, Decision.State.SIGNED)


@transaction.atomic
def prepare(
    *, application_pk: int, content: Content, seen: str | None = None, at: datetime, by: Actor
) -> Decision:
    """Open an act on a dossier, or write the one being prepared anew; nothing is sent yet.

    `seen` is the token of the text that the page showed (`content.token_of`), None for a caller that read no page.
    An act already sent for signature comes back to be sent again, unless the very same text is kept twice. Raises
    `NotAllowed`; `Stale` with the act when somebody else changed it since; `Blocked` when the dossier is not at a
    stage where an act can be taken; `TransitionNotAllowed` when a signed act waits to be notified.
    """
    application = Application.objects.hold(application_pk)
    by = require_on_file("decisions.prepare_decision", by, application, on=timezone.localdate(at))
    if not kinds_possible(application):
        raise Blocked([_("Le dossier n'est pas à une étape où une décision peut être prise.")])
    return write(application=application, content=content, seen=seen, at=at, by=by)


def write(
    *, application: Application, content: Content, seen: str | None = None, at: datetime, by: Actor
) -> Decision:
    """Open an act on a dossier that is held, or write the one being prepared anew: the gear of every preparation.

    Acts on the request share one draft, whatever their kind; each kind of act on a label has its own. The caller has
    checked who may and when. Raises `Stale` and `TransitionNotAllowed` as `prepare` does.
    """
    kinds = Decision.ON_A_REQUEST if content.kind in Decision.ON_A_REQUEST else (content.kind,)
    decision = Decision.objects.filter(application=application, kind__in=kinds, state__in=UNDER_WAY).first()
    if decision is None:
        decision = Decision.objects.open(
            thread=application._thread,
            at=at,
            by=by,
            application=application,
            kind=content.kind,
            prepared_by=by.user,
            prepared_at=at,
        )
    else:
        _still_prepared(decision)
        if seen is not None and seen != token_of(decision):
            if content_of(decision).text() == content.text():
                return decision
            raise Stale(decision)
    decision.held_with(application)
    if not wrote_in(by.user, decision):
        note(decision, what="revise", at=at, by=by)
    return _write(decision, application, content)


def _still_prepared(decision: Decision) -> None:
    if decision.state != Decision.State.PREPARED:
        raise TransitionNotAllowed("the act is no longer being prepared")


def _write(decision: Decision, application: Application, content: Content) -> Decision:
    decision.kind = content.kind
    if decision.is_on_a_request:
        decision.snapshot = application.snapshot
        decision.opinion = application.opinions.order_by("-pk").first()
    decision.reasons_in_law = content.reasons_in_law
    decision.reasons_in_fact = content.reasons_in_fact
    decision.divergence_reasons = content.divergence_reasons
    decision.closed_reason = content.closed_reason
    decision.how_to_improve = content.how_to_improve
    decision.answers_to_observations = content.answers_to_observations
    decision.suspension_outcome = content.suspension_outcome
    decision.criteria = list(content.criteria)
    decision.submitted_at = None
    decision.save()
    decision.solutions.set(application.solutions.filter(pk__in=content.solution_pks))
    decision.conditions.all().delete()
    ProposedCondition.objects.bulk_create(
        ProposedCondition(decision=decision, text=text, proof=proof, due_on=due_on)
        for text, proof, due_on in content.conditions
    )
    return decision


@transaction.atomic
def send_for_signature(*, decision_pk: int, at: datetime, by: Actor) -> Decision:
    """Hand a complete act to the signatories. Raises `NotAllowed`, `Blocked` with what is missing."""
    decision: Decision = Decision.objects.whole().hold(decision_pk)
    permission = effects[decision.kind].permission
    by = require_on_file(permission, by, decision.application, on=timezone.localdate(at))
    _still_prepared(decision)
    block_unless_empty(missing_to_send(decision, on=timezone.localdate(at)))
    if decision.submitted_at is None:
        decision.submitted_at = at
        decision.save(update_fields=["submitted_at"])
        note(decision, what="send_for_signature", at=at, by=by)
    return decision


@transaction.atomic
def send_back(*, decision_pk: int, at: datetime, by: Actor) -> Decision:
    """Give an act back to who prepared it, with a reason (`by.reason`). Raises `NotAllowed` or `Blocked`."""
    decision = Decision.objects.hold(decision_pk)
    require("decisions.send_back_decision", by, decision, on=timezone.localdate(at))
    _still_prepared(decision)
    if decision.submitted_at is None:
        raise Blocked([_("La décision n'est pas encore transmise à la signature.")])
    if is_blank(by.reason):
        raise Blocked([_("Dites en une phrase pourquoi.")])
    decision.submitted_at = None
    decision.save(update_fields=["submitted_at"])
    note(decision, what="send_back", at=at, by=by)
    return decision


@transaction.atomic
def sign(*, decision_pk: int, at: datetime, by: Actor, seen: datetime | None = None) -> Decision:
    """Sign an act, apply its effect and issue its letter, in one transaction.

    `seen` is when the act was sent for signature, as the signatory read it. Raises `NotAllowed`, `Blocked` with what
    is missing, `TransitionNotAllowed` when somebody signed first. Signature and quality: CRPA L212-1; separation of
    duties: domain 5.2 rule 1.
    """
    on = timezone.localdate(at)
    decision: Decision = with_part_of(by.user, Decision.objects.whole()).hold(decision_pk)
    require("decisions.sign_decision", by, decision, on=on)
    _still_prepared(decision)
    delegation = delegation_of(by.user, on=on)
    block_unless_empty(missing_to_sign(decision, by.user, on=on, seen=seen, delegation=delegation))
    _name_signatory(decision, by.user, delegation)
    if decision.implicit_id and decision.is_on_a_request:
        silence = Decision.objects.get(pk=decision.implicit_id).held_with(decision)
        take_the_place(decision, silence, at=at, by=by)
    decision.sign(by=by, at=at)
    decision.save()
    beside = told_beside(decision)  # as things are before the act has its effect
    facts = {**beside, **effects[decision.kind].apply(decision, at, by)}
    if decision.is_on_a_request:
        deadlines.settle(subject=application_of(decision), at=at, met=ANSWERS)
    _serve(decision, facts, at, by)
    return decision


def _name_signatory(decision: Decision, user: User | None, delegation: Delegation | None) -> None:
    if delegation is not None:
        decision.delegation = delegation
        decision.signatory_name = str(user)
        decision.signatory_quality = delegation.quality
        decision.signatory_service = delegation.service


def _serve(decision: Decision, facts: Mapping[str, Any], at: datetime, by: Actor) -> Letter:
    return letters.issue(
        effects[decision.kind].letter,
        record=decision,
        at=at,
        by=by,
        signed_by=by.user,
        **_served_to(decision),
        **facts,
    )


def _served_to(decision: Decision) -> dict[str, Any]:
    """To the legal representative; online with the consent of the structure only, else by post."""
    structure = served_to(decision)
    if decision.is_on_a_request:
        channel = Letter.Channel.ONLINE if decision.is_served_online else Letter.Channel.POST
    else:
        channel = Letter.Channel(structure.service_channel())
    return {"addressee": structure.representative(), "channel": channel}


def preview_letter(*, decision: Decision, user: User, at: datetime) -> letters.Preview:
    """The letter of an act as it would leave if that person signed now; nothing is written.

    The act was read with `Decision.objects.whole()`.
    """
    return letters.preview(
        effects[decision.kind].letter,
        record=decision,
        at=at,
        signed_by=user,
        **_served_to(decision),
        **told_beside(decision),
        **effects[decision.kind].expected(decision, timezone.localdate(at)),
    )


@transaction.atomic
def record_implicit(*, application_pk: int, at: datetime, by: Actor) -> Decision:
    """Note that silence has decided, on the day the law says: the person notes an effect, and decides nothing.

    Silence that means refusal leaves the dossier where it is: the examination goes on. Silence that means acceptance
    grants the label from that day (CRPA L231-1, L231-4): a signatory with a delegation valid that day notes it
    (domain 5.1). Raises `NotAllowed`, `Blocked`.
    """
    on = timezone.localdate(at)
    dossiers = Application.objects.select_related("structure", "edition")
    application: Application = with_part_in(by.user, dossiers).hold(application_pk)
    by = require_on_file("decisions.record_implicit", by, application, on=on)
    delegation = delegation_of(by.user, on=on) if acceptance() else None
    block_unless_empty(
        missing_to_grant_by_silence(application, by.user, on=on, delegation=delegation)
        if acceptance()
        else missing_to_record_implicit(application, on=on)
    )
    day = application.implicit_decision_on or on
    decision: Decision = Decision.objects.open(
        thread=application._thread,
        at=at,
        by=by,
        state=Decision.State.NOTIFIED,
        notified_on=day,
        application=application,
        kind=Decision.Kind.IMPLICIT,
        snapshot=application.snapshot,
        prepared_by=by.user,
        prepared_at=at,
    )
    if acceptance():
        _name_signatory(decision, by.user, delegation)
        decision.save()
        decision.solutions.set(application.solutions.all())
    block_unless_empty(effects[decision.kind].obstacles(decision))
    effects[decision.kind].apply(decision, at, by)
    deadlines.meet(subject=application, kind=SILENCE, at=at)
    decision.remedies_opposable = acceptance() or receipt_was_sent(application)
    start_remedies(decision, day)
    return decision


@transaction.atomic
def record_notification(*, letter: Letter, received_on: date, at: datetime, by: Actor) -> Decision | None:
    """The letter of an act was received: remedies run from that day (CJA R421-1, R421-5, R421-7).

    Nothing is ever computed from the day of sending. Returns None when the letter carries no signed act.
    """
    model, _colon, key = letter.subject.partition(":")
    if model != Decision._meta.label_lower:
        return None
    decision: Decision = Decision.objects.select_related("application__structure").hold(int(key))
    if decision.state != Decision.State.SIGNED:
        return None
    decision.notify(by=by, at=at, received_on=received_on)
    decision.save()
    decision.remedies_opposable = tells_remedies(letter)
    start_remedies(decision, received_on, proof=subject_key(letter))
    if decision.kind == Decision.Kind.APPEAL_ANSWER:
        _count_anew(decision, received_on, at=at, proof=subject_key(letter))
    return decision


def _count_anew(answer: Decision, day: date, *, at: datetime, proof: str) -> None:
    """The answer to an appeal lodged in time opens the whole time to go to court against the contested act.

    A refusal that silence already made opens it again only while it still ran (CJA R421-2): the later answer then
    confirms it.
    """
    appeal: Appeal = Appeal.objects.select_related("decision__application__structure").get(answer=answer)
    contested = appeal.decision.held_with(answer)
    answered_on = timezone.localdate(answer.signed_at) if answer.signed_at else day
    is_over = contested.court_until is not None and contested.court_until < answered_on
    if not appeal.is_late and not (is_over and appeal.implicitly_rejected_on):
        start_court_anew(contested, day, at=at, is_opposable=answer.remedies_opposable, proof=proof)
