"""The association before the committee: told of the date of its hearing, heard in session or not, for a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journal.moves import Actor, note
from journal.refusals import Blocked
from label.actions.filing import channel_of
from label.models import Application
from letters.actions import issue
from letters.models import Letter
from reviewers.actions.evaluations import held_application
from reviewers.actions.sessions.holding import (
    held_item,
    open_room,
    refuse_a_chair_with_a_link,
    refuse_without_reason,
)
from reviewers.models import AgendaItem, Session


@transaction.atomic
def record_hearing(*, item_pk: int, at: datetime, by: Actor) -> AgendaItem:
    """The association was heard. Raises `NotAllowed`; `Blocked` unless planned and the item is in discussion."""
    item = _awaiting(item_pk, at=at, by=by)
    if item.hearing_done_at is None:
        item.hearing_done_at = at
        item.save(update_fields=["hearing_done_at"])
        note(item, what="hearing_done", at=at, by=by)
    return item


@transaction.atomic
def waive_hearing(*, item_pk: int, at: datetime, by: Actor) -> AgendaItem:
    """The vote does without the planned hearing, for a reason that the minutes keep (`by.reason`); domain 5.1 ITEM.

    Raises `NotAllowed`; `Blocked` without a reason, unless planned and the item is in discussion, or once heard.
    """
    item = _awaiting(item_pk, at=at, by=by)
    refuse_without_reason(by)
    if item.hearing_done_at is not None:
        raise Blocked([_("La structure a déjà été entendue.")])
    item.hearing_waived = by.reason.strip()
    item.save(update_fields=["hearing_waived"])
    note(item, what="hearing_waived", at=at, by=by)
    return item


def _awaiting(item_pk: int, *, at: datetime, by: Actor) -> AgendaItem:
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    refuse_a_chair_with_a_link(open_room(item, at=at), by)
    if item.state != AgendaItem.State.IN_DISCUSSION or not item.hearing_planned:
        raise Blocked([_("Aucune audition n'est prévue maintenant sur ce point.")])
    return item


def write_to_the_heard(
    session: Session, items: Iterable[AgendaItem], *, cancelled: bool = False, at: datetime, by: Actor
) -> list[Letter]:
    """Write to each association heard on these items: its day, or that it is not heard that day (letter L5b).

    The thread of the session is held. Raises `Blocked` as `letters.actions.issue`.
    """
    written = []
    for item in items:
        if not item.hearing_planned:
            continue
        application = held_application(item.application_id)
        if application.state == Application.State.IN_DELIBERATION:
            written.append(_letter(application, session, cancelled=cancelled, at=at, by=by))
    return written


def _letter(
    application: Application, session: Session, *, cancelled: bool, at: datetime, by: Actor
) -> Letter:
    person = application.structure.representative()
    nobody = person is None or person.never_contact
    return issue(
        "L5b",
        record=application,
        addressee=None if nobody else person,
        channel=Letter.Channel.POST if nobody else channel_of(application),
        signed_by=session.secretary,
        at=at,
        by=by.because(""),
        session=session,
        cancelled=cancelled,
    )
