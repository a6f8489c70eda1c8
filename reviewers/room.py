"""Who is in the room, for the sitting as a whole or for one item: questions, nothing is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.conf import settings

from reviewers.checklist import interests_are_current
from reviewers.composition import composition
from reviewers.conflicts import barred
from reviewers.models import (
    AgendaItem,
    Assignment,
    Attendance,
    AttendanceMode,
    Contribution,
    ItemStatement,
    Mandate,
    Session,
    StepOut,
)
from reviewers.quorum import Quorum, quorum

IN_OFFICE = (Mandate.State.ACTIVE, Mandate.State.INTERESTS_OVERDUE)


@dataclass(frozen=True)
class Room:
    """The members in office, how each takes part, and who is kept away; keys are those of mandates."""

    session: Session
    members: dict[int, Mandate]  # in office
    seats: dict[int, Attendance]  # of the current convocation
    out: frozenset[int]  # out of the room for a moment, whatever the cause
    away: frozenset[int]  # kept away from the item by a link
    wrote: frozenset[int]  # who wrote of the item, or of any; known for a second convocation only
    on: date

    @cached_property
    def in_person(self) -> frozenset[int]:
        """Those in the room or on the line now, who may take part."""
        return frozenset(
            key
            for key, seat in self.seats.items()
            if seat.in_person
            and seat.left_at is None
            and key not in self.out
            and key not in self.away
            and self._may_sit(key)
        )

    @cached_property
    def represented(self) -> dict[int, int]:
        """Who gave a proxy that counts now: the giver and the holder are both without link, the holder is there."""
        return {
            key: seat.holder_id
            for key, seat in self.seats.items()
            if seat.mode == AttendanceMode.PROXY
            and seat.holder_id in self.in_person
            and key not in self.away
            and self._may_sit(key)
        }

    @cached_property
    def here(self) -> frozenset[int]:
        """Present, remote or represented: who counts in the quorum, and who votes."""
        return self.in_person | frozenset(self.represented)

    def casters(self, keys: Collection[int]) -> set[int]:
        """Who casts the votes of these members: themselves, or the holders of their proxies."""
        return {self.represented.get(key, key) for key in keys}

    @cached_property
    def in_writing(self) -> frozenset[int]:
        """Those who sent a contribution before, on the item if there is one."""
        return frozenset(
            key
            for key, seat in self.seats.items()
            if seat.mode == AttendanceMode.WRITTEN and key in self.wrote and key not in self.away
        )

    @cached_property
    def quorum(self) -> Quorum:
        """The quorum now, without those kept away."""
        return quorum(
            {key: mandate.college for key, mandate in self.members.items()},
            self.here,
            without=self.away,
            second=self.session.is_second,
            in_writing=self.in_writing,
            percent=settings.QUORUM_PERCENT,
        )

    def _may_sit(self, key: int) -> bool:
        mandate = self.members.get(key)
        return (
            mandate is not None
            and mandate.state == Mandate.State.ACTIVE
            and interests_are_current(mandate, on=self.on)
        )


def room_of(session: Session, *, on: date, item: AgendaItem | None = None) -> Room:
    """The room of a sitting that day; with an item, without those whom a link keeps away from it.

    The same number of queries whatever the number of members.
    """
    members = {one.pk: one for one in members_in_office(on=on)}
    seats = {
        seat.mandate_id: seat
        for seat in Attendance.objects.filter(session=session, convocation=session.convocation)
    }
    still_out = StepOut.objects.filter(
        attendance__session=session, attendance__convocation=session.convocation, returned_at=None
    )
    if item is not None:
        still_out = still_out.exclude(cause=StepOut.Cause.CONFLICT)  # counted by `away`, for the right item
    return Room(
        session=session,
        members=members,
        seats=seats,
        out=frozenset(still_out.values_list("attendance__mandate_id", flat=True)),
        away=kept_away(item, members.values(), on=on) if item is not None else frozenset(),
        wrote=_wrote(session, item),
        on=on,
    )


def _wrote(session: Session, item: AgendaItem | None) -> frozenset[int]:
    """A contribution stands for a college after a second convocation only, on the item of which it speaks."""
    if not session.is_second:
        return frozenset()
    rows = Contribution.objects.filter(item__session=session)
    if item is not None:
        rows = rows.filter(item=item)
    return frozenset(rows.values_list("mandate_id", flat=True))


def members_in_office(*, on: date) -> list[Mandate]:
    """The members who count in the quorum that day, by college and name; in one query."""
    return sorted(composition(on=on).in_office, key=lambda one: (one.college, one.user.last_name, one.pk))


def kept_away(item: AgendaItem, mandates: Collection[Mandate], *, on: date) -> frozenset[int]:
    """Of these members, those whom a link keeps away from an item: known to the gate, or said for this session."""
    users = barred(item.application, [one.user_id for one in mandates], on=on)
    said = set(ItemStatement.objects.filter(item=item, has_link=True).values_list("mandate_id", flat=True))
    return frozenset(one.pk for one in mandates if one.user_id in users or one.pk in said)


def who_stated(item: AgendaItem, keys: Collection[int]) -> set[int]:
    """Of these members, those who said that they have no link with an item: for this session, or to review its dossier.

    Domain 6.4: a statement for each dossier, before the vote. In one query.
    """
    said = ItemStatement.objects.filter(item=item, has_link=False, mandate__in=keys)
    reviewed = Mandate.objects.filter(  # a person whose mandate was renewed stays the same on a panel
        pk__in=keys,
        user__assignments__application=item.application_id,
        user__assignments__state__in=Assignment.READING,
    )
    return set(said.values_list("mandate_id", flat=True).union(reviewed.values_list("pk", flat=True)))
