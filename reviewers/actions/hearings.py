"""Before a mandate is ended early: the grounds are notified, the member is heard, then the deciding authority acts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, block_unless_empty
from reviewers import mails
from reviewers.actions.departures import release_everything
from reviewers.mandate_checklist import missing_to_hear, missing_to_notify_grounds, missing_to_terminate
from reviewers.models import Mandate, MandateHearing

State = Mandate.State
HEARD_IN = (State.ACTIVE, State.INTERESTS_OVERDUE)


@transaction.atomic
def notify_grounds(
    *, mandate_pk: int, ground: str, facts: str, notified_on: date, at: datetime, by: Actor
) -> MandateHearing:
    """Tell a member what is held against them, and until when they may answer. Nothing is decided.

    Raises `NotAllowed`; `Blocked` when something is missing or grounds are already notified.
    """
    today = timezone.localdate(at)
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.hear_member", by, mandate, on=today)
    if mandate.state not in HEARD_IN:
        raise Blocked([_("Ce mandat n'est pas actif.")])
    if open_hearing(mandate) is not None:
        raise Blocked([_("La personne est déjà prévenue de ce qui lui est reproché.")])
    block_unless_empty(
        missing_to_notify_grounds(mandate, ground=ground, facts=facts, notified_on=notified_on, on=today)
    )
    hearing = MandateHearing.objects.create(
        mandate=mandate,
        ground=ground,
        facts=facts.strip(),
        notified_on=notified_on,
        answer_until=today + timedelta(days=settings.MANDATE_HEARING_DAYS),
        notified_by=by.person,
    )
    note(mandate, what="notify_grounds", at=at, by=by)
    mails.tell_grounds(hearing, at=at)
    return hearing


@transaction.atomic
def send_observations(*, mandate_pk: int, observations: str, at: datetime, by: Actor) -> MandateHearing:
    """The member answers on their own page, once. Raises `NotAllowed`, and `Blocked` when nothing is asked or said."""
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.send_observations", by, mandate, on=timezone.localdate(at))
    return _hear(mandate, MandateHearing.Means.ONLINE, observations, timezone.localdate(at), at=at, by=by)


@transaction.atomic
def record_observations(
    *, mandate_pk: int, means: str, observations: str, heard_on: date, at: datetime, by: Actor
) -> MandateHearing:
    """Write down what a member answered by post or aloud, or that they did not answer in time.

    Raises `NotAllowed`, and `Blocked` when something is missing or an answer is already there.
    """
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.hear_member", by, mandate, on=timezone.localdate(at))
    return _hear(mandate, means, observations, heard_on, at=at, by=by)


@transaction.atomic
def drop_grounds(*, mandate_pk: int, at: datetime, by: Actor) -> MandateHearing:
    """The procedure stops: the member is told that nothing is held against them. Raises `NotAllowed`, `Blocked`."""
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.hear_member", by, mandate, on=timezone.localdate(at))
    hearing = _open(mandate)
    hearing.dropped_at = at
    hearing.save(update_fields=["dropped_at"])
    note(mandate, what="drop_grounds", at=at, by=by)
    mails.tell_grounds_are_dropped(hearing, at=at)
    return hearing


@transaction.atomic
def terminate(*, mandate_pk: int, act_reference: str, at: datetime, by: Actor) -> Mandate:
    """Put an early end to a mandate by a written act, with its reasons (`by`), the member having been heard.

    Raises `NotAllowed`; `Blocked` without notified grounds, observations, act or reasons.
    """
    mandate = release_everything(
        mandate_pk=mandate_pk, permission="reviewers.terminate_mandate", at=at, by=by
    )
    block_unless_empty(
        missing_to_terminate(open_hearing(mandate), act_reference=act_reference, reason=by.reason)
    )
    mandate.end_act_reference = act_reference.strip()
    mandate.terminate(by=by, at=at)
    mandate.save()
    deadlines.drop(subject=mandate, at=at)
    mails.tell_mandate_is_over(mandate, at=at)
    return mandate


def open_hearing(mandate: Mandate) -> MandateHearing | None:
    """The hearing of a mandate that was not dropped; None when there is none."""
    return mandate.hearings.filter(dropped_at=None).first()


def _open(mandate: Mandate) -> MandateHearing:
    hearing = open_hearing(mandate)
    if hearing is None or mandate.state not in HEARD_IN:
        raise Blocked([_("Rien n'est reproché à cette personne.")])
    return hearing


def _hear(
    mandate: Mandate, means: str, observations: str, heard_on: date, *, at: datetime, by: Actor
) -> MandateHearing:
    hearing = _open(mandate)
    if hearing.heard_on is not None:
        raise Blocked([_("La réponse est déjà notée.")])
    today = timezone.localdate(at)
    block_unless_empty(
        missing_to_hear(hearing, means=means, observations=observations, heard_on=heard_on, on=today)
    )
    hearing.means, hearing.observations, hearing.heard_on = means, observations.strip(), heard_on
    hearing.recorded_by = by.user
    hearing.save(update_fields=["means", "observations", "heard_on", "recorded_by"])
    note(mandate, what="record_observations", at=at, by=by)
    return hearing
