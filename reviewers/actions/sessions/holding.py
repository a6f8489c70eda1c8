"""Taking a session or an item: the thread of the session first, then the one of the dossier (design section 2)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.moves import Actor
from journal.refusals import Blocked
from journal.wording import is_blank
from reviewers.models import AgendaItem, Invitation, Mandate, Session
from reviewers.room import Room, room_of


def held_session(session_pk: int, permission: str, *, at: datetime, by: Actor) -> Session:
    """The session, its thread locked, for somebody who may do this; raises `DoesNotExist`, `NotAllowed`."""
    session: Session = Session.objects.select_related(
        "thread", "lay_chair__user", "professional_chair__user", "acting_chair__user", "secretary"
    ).hold(session_pk)
    require(permission, by, session, on=timezone.localdate(at))
    return session


def held_item(item_pk: int, permission: str, *, at: datetime, by: Actor) -> AgendaItem:
    """The item with its session and its dossier, the thread of the session locked; raises as `held_session`."""
    item: AgendaItem = AgendaItem.objects.select_related(
        "session__secretary", "application__edition", "application__structure"
    ).hold(item_pk)
    require(permission, by, item, on=timezone.localdate(at))
    item.session.held_with(item)
    return item


def open_room(item: AgendaItem, *, at: datetime) -> Room:
    """The room of an item whose session is open. Raises `Blocked` otherwise."""
    refuse_unless_open(item.session)
    return room_of(item.session, on=timezone.localdate(at), item=item)


def refuse_unless_open(session: Session) -> None:
    """Raise `Blocked` unless the sitting is under way."""
    if session.state != Session.State.OPEN:
        raise Blocked([_("La séance n'est pas ouverte.")])


def held_sitting(session_pk: int, *, at: datetime, by: Actor) -> Session:
    """The session for who runs it now, whatever they do in it; while an item is discussed, for who may run that item.

    Raises `DoesNotExist`, `NotAllowed`; `Blocked` for a chair whom a link keeps away from the item under way.
    """
    session = held_session(session_pk, "reviewers.run_session", at=at, by=by)
    item = under_way(session)
    if item is not None:
        require("reviewers.run_item", by, item, on=timezone.localdate(at))
        refuse_a_chair_with_a_link(room_of(session, on=timezone.localdate(at), item=item), by)
    return session


def under_way(session: Session) -> AgendaItem | None:
    """The item discussed or voted now; None between two items."""
    found = session.items.filter(state__in=AgendaItem.UNDER_WAY)
    return found.select_related("application__structure", "application__edition").first()


def refuse_a_chair_with_a_link(room: Room, by: Actor) -> None:
    """A co-chair whom a link keeps away does not preside over that item; the secretariat is not concerned."""
    away = {room.members[key].user_id for key in room.away if key in room.members}
    if by.user_id in away:
        raise Blocked([_("Un lien vous tient à l'écart de ce point : l'autre personne préside.")])


def refuse_without_reason(by: Actor) -> None:
    """Raise `Blocked` when the actor gives no reason."""
    if is_blank(by.reason):
        raise Blocked([_("Écrivez pourquoi.")])


def invitations_of(session: Session) -> list[Invitation]:
    """Those convened the last time, by college and name."""
    found = session.invitations.filter(convocation=session.convocation).select_related(
        "mandate__user__shares_mailbox_with"
    )
    return list(found.order_by("mandate__college", "mandate__user__last_name", "pk"))


def mandate_of(user_pk: int | None) -> Mandate | None:
    """The active mandate of that person; None when there is none."""
    if user_pk is None:
        return None
    found = Mandate.objects.filter(user=user_pk, state=Mandate.State.ACTIVE)
    return found.select_related("user").first()
