"""How a page finds a session and what of its agenda this person may read: a link shows a place and a time, no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, When
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, person
from accounts.models import Role, User
from accounts.rules import may
from journal.moves import Actor
from reviewers.models import AgendaItem, Assignment, Expert, ItemStatement, Mandate, Session
from reviewers.reading import with_openness
from reviewers.registry import subject_of
from reviewers.timetable import Moment, timetable
from reviewers.views.access import as_member

STAFF, COMMITTEE = "staff", "committee"
READERS = (Role.SECRETARIAT, Role.ETHICS_OFFICER)
RELATED = (
    "thread",
    "lay_chair__user",
    "professional_chair__user",
    "acting_chair__user",
    "secretary",
)


@dataclass(frozen=True)
class Row:
    """One line of an agenda as one person reads it: without title when a link keeps that person away.

    The item says whether somebody from outside is heard on it, and is in the room now.
    """

    item: AgendaItem
    starts_at: datetime
    after_break: bool
    is_open: bool
    title: str = ""
    has_stated: bool = False

    @property
    def is_under_way(self) -> bool:
        """« En cours »."""
        return self.item.state in AgendaItem.UNDER_WAY

    @property
    def is_over(self) -> bool:
        """« Fini »."""
        return self.item.state in AgendaItem.SETTLED


def own_seat(request: HttpRequest) -> Mandate:
    """The mandate with which this person sits; Http404 for whoever does not."""
    found = Mandate.objects.filter(user=person(request).pk, state__in=Mandate.SEATED).select_related("user")
    mandate = found.first()
    if mandate is None:
        raise Http404
    return mandate


def visible_session(request: HttpRequest, reference: str, *states: str) -> Session:
    """The session of that number, in one of these states, as this person may see it; Http404 otherwise."""
    visible = Session.objects.visible_to(request.user, on=timezone.localdate())
    found: Session | None = visible.filter(reference=reference.upper()).select_related(*RELATED).first()
    if found is None or (states and found.state not in states):
        raise Http404
    return found


def visible_item(request: HttpRequest, reference: str, pk: int) -> AgendaItem:
    """One item of that session as this person may read it; Http404 otherwise, as for an item that does not exist."""
    related = ("application__edition", "application__snapshot", "casting_by__user")
    asked = AgendaItem.objects.filter(pk=pk, session__reference=reference.upper()).select_related(
        *related, *(f"session__{name}" for name in RELATED)
    )
    for found in with_openness(asked, request.user, on=timezone.localdate()):
        if found.is_open:
            item: AgendaItem = found
            return item
    raise Http404


def agenda_of(session: Session, user: User, *, mandate: Mandate | None = None) -> list[Row]:
    """The agenda in order, with estimated times; items taken off before they were called are left out.

    With a mandate, each row says whether that member said that there is no link with the item, or reviews it. The
    item under way carries the words of its criteria (`edition_data`), which a page asked every ten seconds needs.
    """
    key = mandate.pk if mandate is not None else 0
    stated = ItemStatement.objects.filter(item=OuterRef("pk"), mandate=key, has_link=False)
    reviews = Assignment.objects.filter(
        application=OuterRef("application"),
        user=mandate.user_id if mandate is not None else 0,
        state__in=Assignment.READING,
    )
    experts = Expert.objects.filter(item=OuterRef("pk"))
    items = (
        AgendaItem.objects.filter(session=session)
        .exclude(state=AgendaItem.State.SENT_BACK, called_at=None)
        .annotate(
            has_stated=Exists(stated) | Exists(reviews),
            hears_an_expert=Exists(experts.invited()),
            expert_is_there=Exists(experts.in_the_room()),
            edition_data=Case(When(state__in=AgendaItem.UNDER_WAY, then=F("application__edition__data"))),
        )
        .order_by("position", "pk")
    )
    return _rows(session, with_openness(items, user, on=timezone.localdate()))


def _rows(session: Session, items: Sequence[Any]) -> list[Row]:
    slots = timetable(
        session.opened_at or session.sits_at,
        [Moment(one.minutes_planned, one.called_at, one.settled_at) for one in items],
        break_after=settings.SESSION_BREAK_AFTER,
        break_minutes=settings.SESSION_BREAK_MINUTES,
    )
    return [
        Row(
            item,
            slot.starts_at,
            slot.after_break,
            item.is_open,
            subject_of(item.kind).title(item) if item.is_open else "",
            item.has_stated,
        )
        for item, slot in zip(items, slots, strict=True)
    ]


def named_items(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """The items that the person of these rows may read, with their number and title, to be chosen from."""
    words = _("Point {n} : {title}")
    return [(row.item.pk, words.format(n=row.item.position, title=row.title)) for row in rows if row.is_open]


def runs(request: HttpRequest, session: Session, permission: str = "reviewers.run_session") -> bool:
    """Whether this person conducts that sitting: its secretariat, or who presides."""
    return may(permission, request.user, session, on=timezone.localdate())


def who_runs(request: HttpRequest, session: Session, space: str) -> Actor:
    """The person who conducts the sitting, acting for their space; Http404 for anybody else."""
    if space == STAFF:
        return actor_for(request, Role.SECRETARIAT)
    own_seat(request)
    if person(request).pk not in chair_users(session):
        raise Http404
    return as_member(request)


def chair_users(session: Session) -> set[int]:
    """The keys of the people who may preside."""
    chairs = (session.lay_chair, session.professional_chair, session.acting_chair)
    return {one.user_id for one in chairs if one is not None and one.state == Mandate.State.ACTIVE}


def page_of_session(space: str, session: Session, name: str = "") -> str:
    """The address of a page of that session in that space: `page_of_session("staff", session, "run")`."""
    return reverse(f"{space}_session{f'_{name}' if name else ''}", args=[session.reference])


def who_writes(request: HttpRequest, space: str) -> Actor:
    """The person who writes in the logbook, acting for their space."""
    return actor_for(request, Role.SECRETARIAT) if space == STAFF else as_member(request)
