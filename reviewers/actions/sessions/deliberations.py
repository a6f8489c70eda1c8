"""Once the secret of a deliberation was broken: who presides maintains it or has it done again, in a written act."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import block_unless_empty
from reviewers.actions.sessions.holding import held_item, refuse_a_chair_with_a_link
from reviewers.deliberation_checklist import missing_to_rule
from reviewers.models import DeliberationAct, Mandate
from reviewers.registry import subject_of
from reviewers.room import room_of


@transaction.atomic
def rule_on_deliberation(
    *,
    item_pk: int,
    outcome: str,
    facts: str,
    reasons: str,
    set_apart_pk: int | None = None,
    at: datetime,
    by: Actor,
) -> DeliberationAct:
    """Write whether the deliberation on an item stands or is done again, and why (domain 5.3).

    Done again, the dossier comes back before the committee, on the agenda of another session; an act sent for signature
    comes back too. Whoever broke the secret may be set apart: they neither read, discuss nor vote on that dossier any
    more. Their scores leave the result by a recusal, and their mandate ends by its own procedure.
    Raises `NotAllowed`, ValueError for an unknown outcome; `Blocked` for a chair whom a link keeps away, once the
    decision is signed, for a second act on the same opinion, or with what is missing.
    """
    item = held_item(item_pk, "reviewers.rule_on_deliberation", at=at, by=by)
    room = room_of(item.session, on=timezone.localdate(at), item=item)
    refuse_a_chair_with_a_link(room, by)
    ruled = DeliberationAct.Outcome(outcome)
    application = subject_of(item.kind).hold(item)
    set_apart = Mandate.objects.select_related("user").filter(pk=set_apart_pk or 0).first()
    block_unless_empty(
        missing_to_rule(
            item,
            outcome=ruled,
            facts=facts,
            reasons=reasons,
            set_apart=set_apart,
            is_known=set_apart_pk is None or set_apart is not None,
            by=by.user_id,
        )
    )
    act = DeliberationAct.objects.create(
        application=item.application,
        opinion=item.opinion,
        outcome=ruled,
        facts=facts.strip(),
        reasons=reasons.strip(),
        set_apart=set_apart,
        signed_by=Mandate.objects.get(user=by.user_id, state=Mandate.State.ACTIVE),
        signed_at=at,
    )
    if ruled == DeliberationAct.Outcome.REDONE:
        item.application.redo_deliberation(by=by.because(""), at=at)
        item.application.save()
        deadlines.drop(subject=application, kind="decision", at=at)
    else:
        note(application, what="maintain_deliberation", at=at, by=by.because(""))
    return act
