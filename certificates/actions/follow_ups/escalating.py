"""A follow-up that never came, or a major gap that stays: a withdrawal procedure is opened, by a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.rules import require
from certificates.actions.follow_ups.planning import drop_clocks
from certificates.actions.withdrawals import open_withdrawal
from certificates.follow_up_checklist import missing_to_escalate
from certificates.models import FollowUp, Withdrawal
from journal.moves import Actor, subject_key
from journal.refusals import block_unless_empty


@transaction.atomic
def escalate_follow_up(
    *, follow_up_pk: int, facts: str, safety: bool = False, at: datetime, by: Actor
) -> FollowUp:
    """Open a withdrawal procedure on these facts. Nothing is decided: the procedure hears the association first.

    Possible once the association was sought by two channels, sixty days after the day; or when a major gap passed its
    day; or, with `safety`, when gaps endanger people. Raises `NotAllowed`, `Blocked`, `TransitionNotAllowed`.
    """
    follow_up = FollowUp.objects.hold(follow_up_pk)
    on = timezone.localdate(at)
    require("certificates.escalate_follow_up", by, follow_up, on=on)
    block_unless_empty(missing_to_escalate(follow_up, safety=safety, facts=facts, on=on))
    follow_up.escalate(by=by, at=at)
    follow_up.save()
    drop_clocks(follow_up, at=at)
    open_withdrawal(
        label_pk=follow_up.label_id,
        origin=Withdrawal.Origin.FOLLOW_UP,
        origin_key=subject_key(follow_up),
        facts=facts,
        at=at,
        by=by,
    )
    return follow_up
