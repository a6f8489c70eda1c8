"""The sitting: its opening, each item called, discussed and sent back, its end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from reviewers import session_mails
from reviewers.actions.sessions.attendance import come_back, leave_for_conflict
from reviewers.actions.sessions.ballots import set_aside
from reviewers.actions.sessions.holding import (
    held_item,
    held_session,
    held_sitting,
    open_room,
    refuse_a_chair_with_a_link,
    refuse_unless_open,
    refuse_without_reason,
    under_way,
)
from reviewers.actions.sessions.planning import refresh_points
from reviewers.expert_checklist import missing_without_experts
from reviewers.models import (
    AgendaItem,
    DiscussionPoint,
    Mandate,
    Minutes,
    Session,
    StepOut,
)
from reviewers.reading import closed_keys, items_nobody_presides
from reviewers.registry import Asked, subject_of
from reviewers.room import Room, kept_away, room_of
from reviewers.session_checklist import has_no_issue, missing_quorum, missing_to_begin, missing_to_close

MOST_QUESTIONS = 20


@transaction.atomic
def begin_session(*, session_pk: int, at: datetime, by: Actor) -> Session:
    """Open the sitting with its quorum. Raises `NotAllowed`; `Blocked` before its day or without quorum (E34)."""
    session = held_session(session_pk, "reviewers.run_session", at=at, by=by)
    on = timezone.localdate(at)
    quorum = room_of(session, on=on).quorum
    block_unless_empty(missing_to_begin(session, quorum, on=on))
    session.quorum = quorum.as_data()
    session.begin(by=by, at=at)
    session.save()
    deadlines.meet(subject=session, kind="session", at=at)
    return session


@transaction.atomic
def find_no_quorum(*, session_pk: int, at: datetime, by: Actor) -> Session:
    """State that too few came: a second convocation may follow, fifteen days later. Raises `NotAllowed`, `Blocked`."""
    session = held_session(session_pk, "reviewers.run_session", at=at, by=by)
    on = timezone.localdate(at)
    if session.state != Session.State.CONVENED or on < session.sits_on:
        raise Blocked([_("Le quorum se constate le jour de la séance, à la première convocation.")])
    if room_of(session, on=on).quorum.is_reached:
        raise Blocked([_("Le quorum est atteint : la séance peut commencer.")])
    session.find_no_quorum(by=by, at=at)
    session.save()
    deadlines.meet(subject=session, kind="session", at=at)
    deadlines.start(
        thread=session.thread,
        subject=session,
        kind="second_convocation",
        started_on=on,
        days=settings.SECOND_CONVOCATION_DAYS,
    )
    return session


@transaction.atomic
def name_acting_chair(*, session_pk: int, mandate_pk: int, at: datetime, by: Actor) -> Session:
    """Name who presides when neither co-chair can: over an item, or over the minutes once the sitting is over.

    Raises `NotAllowed`; `Blocked` for somebody who does not sit, or whom a link keeps from the item under way; after
    the sitting, also when those who preside may read every item, or when a link keeps that person from one that they
    may not.
    """
    session = held_sitting(session_pk, at=at, by=by)
    if session.state not in (*Session.AWAITED, Session.State.OPEN, Session.State.CLOSED):
        raise Blocked([_("Cette séance n'est pas en cours.")])
    active = Mandate.objects.filter(pk=mandate_pk, state=Mandate.State.ACTIVE)
    mandate = active.select_related("user").first()
    if mandate is None:
        raise Blocked([_("Cette personne ne siège pas.")])
    item = under_way(session)
    if item is not None and kept_away(item, [mandate], on=timezone.localdate(at)):
        text = _("Cette personne ne participe pas au point en cours : choisissez-en une autre.")
        raise Blocked([Missing(text, code="acting_chair")])
    if session.state == Session.State.CLOSED:
        _refuse_for_the_minutes(session, mandate, on=timezone.localdate(at))
    session.acting_chair = mandate
    session.save(update_fields=["acting_chair"])
    note(session, what="name_acting_chair", at=at, by=by)
    if session.state == Session.State.CLOSED and Minutes.objects.filter(
        session=session, sent_at__isnull=False
    ):
        session_mails.ask_to_approve(session, mandate.user, at=at)
    return session


def _refuse_for_the_minutes(session: Session, mandate: Mandate, *, on: date) -> None:
    """Nobody else is named to approve the minutes than somebody who is needed, and may read what nobody could."""
    left = items_nobody_presides(session, on=on)
    if not left:
        raise Blocked([_("Les personnes qui président peuvent relire tous les points.")])
    if left & closed_keys(session, mandate.user, on=on):
        text = _("Un lien tient cette personne à l'écart d'un point à relire. Choisissez quelqu'un d'autre.")
        raise Blocked([Missing(text, code="acting_chair")])


@transaction.atomic
def call_item(*, item_pk: int, at: datetime, by: Actor) -> AgendaItem:
    """Begin to discuss an item: whoever has a link leaves, time stamped; the quorum is counted without them.

    Raises `NotAllowed`; `Blocked` while another item is discussed, when the dossier left the deliberation, or
    without the quorum of that item.
    """
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    room = open_room(item, at=at)
    refuse_a_chair_with_a_link(room, by)
    if item.session.items.filter(state__in=AgendaItem.UNDER_WAY).exclude(pk=item.pk).exists():
        raise Blocked([_("Un autre point est en cours : terminez-le d'abord.")])
    if item.state != AgendaItem.State.LISTED:
        raise Blocked([_("Ce point a déjà été appelé.")])
    subject = subject_of(item.kind)
    record = subject.hold(item)
    block_unless_empty(subject.missing_to_list(record))
    block_unless_empty(missing_quorum(room.quorum))
    refresh_points(item, record)
    item.quorum = room.quorum.as_data()
    item.call(by=by, at=at)
    item.save()
    leave_for_conflict(item, [room.seats[key] for key in sorted(room.away & room.seats.keys())], at=at)
    return item


@transaction.atomic
def mark_discussed(*, item_pk: int, point_pks: Collection[int], at: datetime, by: Actor) -> AgendaItem:
    """Tick points that the session has discussed.

    Raises `NotAllowed`; `Blocked` unless the item is in discussion, or while somebody from outside is in the room.
    """
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    refuse_a_chair_with_a_link(open_room(item, at=at), by)
    if item.state != AgendaItem.State.IN_DISCUSSION:
        raise Blocked([_("Ce point n'est pas en discussion.")])
    block_unless_empty(missing_without_experts(list(item.experts.in_the_room())))
    DiscussionPoint.objects.filter(item=item, pk__in=point_pks, discussed_at=None).update(discussed_at=at)
    return item


@transaction.atomic
def send_back(
    *,
    item_pk: int,
    sent_to: str,
    questions: Collection[str] = (),
    hearing: bool = False,
    at: datetime,
    by: Actor,
) -> AgendaItem:
    """Send an item back: questions to the association (letter L5), another evaluation, or a later session.

    `by` carries the reason, which the letter to the association does not repeat. Raises `NotAllowed`, ValueError for
    an unknown way; `Blocked` unless the item is in discussion (or in a vote that can lead to no opinion: it has lost
    its dossier or its quorum, everybody abstained, too few are left for a secret), without a reason, or without a
    precise question. Without quorum the committee asks nothing: the item waits for a later session. The ballots of a
    vote that is left do not count.
    """
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    room = open_room(item, at=at)
    refuse_a_chair_with_a_link(room, by)
    refuse_without_reason(by)
    asked = tuple(text.strip() for text in questions if not is_blank(text))
    item.sent_to = AgendaItem.SentTo(sent_to)
    if item.sent_to == AgendaItem.SentTo.ASSOCIATION and not asked:
        raise Blocked([_("Écrivez au moins une question précise.")])
    if len(asked) > MOST_QUESTIONS:
        raise Blocked([_("Écrivez {n} questions au plus.").format(n=MOST_QUESTIONS)])
    subject = subject_of(item.kind)
    record = subject.hold(item)
    if item.state == AgendaItem.State.VOTING:
        is_lost = bool(subject.missing_to_list(record)) or has_no_issue(item, room)
        _leave_the_vote(item, room, is_lost=is_lost, at=at, by=by)
    elif item.state != AgendaItem.State.IN_DISCUSSION:
        raise Blocked([_("Ce point n'est pas en discussion.")])
    item.send_back(by=by, at=at)
    item.save()
    come_back(item, at=at)
    item.experts.in_the_room().update(left_at=at)
    subject.send_back(record, item, Asked(asked, hearing), at=at, by=by)
    return item


def _leave_the_vote(item: AgendaItem, room: Room, *, is_lost: bool, at: datetime, by: Actor) -> None:
    """A vote is left only when it can lead to no opinion, or has lost its quorum. Raises `Blocked`."""
    if not is_lost and room.quorum.is_reached:
        raise Blocked([_("Ce point n'est pas en discussion.")])
    if not is_lost and item.sent_to != AgendaItem.SentTo.LATER:
        raise Blocked([Missing(_("Sans quorum, ce point passe à une prochaine séance."), code="sent_to")])
    set_aside(item, at=at, by=by)


@transaction.atomic
def close_session(*, session_pk: int, at: datetime, by: Actor) -> Session:
    """End the sitting; minutes are awaited within fifteen days. Raises `NotAllowed`; `Blocked` with what is left."""
    session = held_sitting(session_pk, at=at, by=by)
    refuse_unless_open(session)
    block_unless_empty(missing_to_close(list(session.items.all())))
    session.close(by=by, at=at)
    session.save()
    StepOut.objects.filter(attendance__session=session, returned_at=None).update(returned_at=at)
    deadlines.start(
        thread=session.thread,
        subject=session,
        kind="minutes",
        started_on=timezone.localdate(at),
        days=settings.MINUTES_DAYS,
        reminders=(-3,),
    )
    session_mails.tell_minutes_are_awaited(session, at=at)
    return session
