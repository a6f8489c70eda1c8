"""Who takes part in a sitting and how: attendance, proxies, departures and returns, expenses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.moves import Actor, note
from journal.refusals import Blocked, Missing
from reviewers.actions.sessions.contributions import write_contributions
from reviewers.actions.sessions.convening import already_holds, holder_of_same_college
from reviewers.actions.sessions.holding import (
    held_session,
    held_sitting,
    refuse_unless_open,
    under_way,
)
from reviewers.models import (
    AgendaItem,
    Attendance,
    AttendanceMode,
    Mandate,
    Session,
    StepOut,
)
from reviewers.reading import contributions_of
from reviewers.room import IN_OFFICE, kept_away, members_in_office

LARGEST_EXPENSES = 1_000_000  # cents
EARLIER = ("mode", "holder", "until")


@transaction.atomic
def record_attendance(
    *,
    session_pk: int,
    mandate_pk: int,
    mode: str,
    holder_pk: int | None = None,
    contributions: Mapping[int, str] | None = None,
    at: datetime,
    by: Actor,
) -> Attendance:
    """Write, or correct, how a member takes part: present, remote, by a proxy named in writing, or in writing.

    What somebody was before, in a sitting that has begun, is kept in `earlier`. `contributions` gives what they wrote
    by the key of the item; what was written of another item stays. Raises `NotAllowed`, ValueError for an unknown
    mode; `Blocked` when the session is not awaited or open, for somebody who has no seat that day (a substitute who
    was not called), a proxy of another college or a second one (E33), or once the member has voted.
    """
    session = held_sitting(session_pk, at=at, by=by)
    if session.state not in (*Session.AWAITED, Session.State.OPEN):
        raise Blocked([_("Les présences ne s'écrivent plus.")])
    mandate = _member_of(mandate_pk, on=timezone.localdate(at))
    seat = _seat_of(session, mandate, by)
    if seat.pk and session.items.filter(ballots__mandate=mandate, state=AgendaItem.State.VOTING).exists():
        raise Blocked([_("Cette personne a voté sur le point en cours.")])
    before, since = (seat.mode, seat.holder_id), seat.left_at or at
    seat.mode = AttendanceMode(mode)
    seat.holder = _holder(session, mandate, holder_pk) if mode == AttendanceMode.PROXY else None
    if seat.pk and session.state == Session.State.OPEN and before != (seat.mode, seat.holder_id):
        seat.earlier = [*seat.earlier, dict(zip(EARLIER, (*before, since.isoformat()), strict=True))]
    write_contributions(session, mandate, contributions or {}, at=at, by=by)
    if mode == AttendanceMode.WRITTEN and not contributions_of(session, mandate):
        raise Blocked([_("Écrivez sa contribution.")])
    if mode not in (AttendanceMode.PRESENT, AttendanceMode.REMOTE) and _holds_a_proxy(session, mandate):
        raise Blocked([_("Cette personne porte un pouvoir : corrigez-le d'abord.")])
    seat.recorded_at = at
    seat.left_at = None
    seat.save()
    _wait_outside(session, seat, at=at)
    note(session, what="record_attendance", at=at, by=by)
    return seat


def _member_of(mandate_pk: int, *, on: date) -> Mandate:
    """The member in office that day. Raises `Blocked` for somebody who does not sit, or a substitute not called."""
    found = next((one for one in members_in_office(on=on) if one.pk == mandate_pk), None)
    if found is None and Mandate.objects.filter(pk=mandate_pk, state__in=IN_OFFICE).exists():
        text = _("Cette personne ne siège pas ce jour-là : aucune personne titulaire n'est à remplacer.")
        raise Blocked([Missing(text, code="mode")])
    if found is None:
        raise Blocked([_("Cette personne ne siège pas.")])
    return found


def _wait_outside(session: Session, seat: Attendance, *, at: datetime) -> None:
    """Somebody who arrives while an item is discussed from which a link keeps them away waits outside."""
    item = under_way(session)
    if item is not None and kept_away(item, [seat.mandate], on=timezone.localdate(at)):
        leave_for_conflict(item, [seat], at=at)


def _seat_of(session: Session, mandate: Mandate, by: Actor) -> Attendance:
    found = Attendance.objects.filter(
        session=session, convocation=session.convocation, mandate=mandate
    ).first()
    return found or Attendance(
        session=session,
        convocation=session.convocation,
        mandate=mandate,
        college=mandate.college,
        recorded_by=by.person,
    )


def _holder(session: Session, mandate: Mandate, holder_pk: int | None) -> Mandate:
    """Who votes for a member: of the same college, there in person, holding no other proxy."""
    holder = holder_of_same_college(mandate, holder_pk)
    seats = Attendance.objects.filter(session=session, convocation=session.convocation)
    if seats.filter(mode=AttendanceMode.PROXY, holder=holder).exclude(mandate=mandate).exists():
        raise already_holds()
    in_person = (AttendanceMode.PRESENT, AttendanceMode.REMOTE)
    out = StepOut.objects.filter(attendance__in=seats, returned_at=None, cause=StepOut.Cause.AWAY)
    there = seats.filter(mandate=holder, mode__in=in_person, left_at=None)
    if not there.exclude(pk__in=out.values("attendance")).exists():
        raise Blocked([_("La personne qui porte le pouvoir doit être là : notez d'abord sa présence.")])
    return holder


def _holds_a_proxy(session: Session, mandate: Mandate) -> bool:
    return Attendance.objects.filter(
        session=session, convocation=session.convocation, holder=mandate, mode=AttendanceMode.PROXY
    ).exists()


@transaction.atomic
def record_departure(*, session_pk: int, mandate_pk: int, at: datetime, by: Actor) -> Attendance:
    """A member leaves the sitting for good. Raises `NotAllowed`, `Blocked`."""
    session = held_sitting(session_pk, at=at, by=by)
    refuse_unless_open(session)
    seat = _present(session, mandate_pk)
    seat.left_at = at
    seat.save(update_fields=["left_at"])
    note(session, what="member_left", at=at, by=by)
    return seat


@transaction.atomic
def record_step_out(*, session_pk: int, mandate_pk: int, at: datetime, by: Actor) -> StepOut:
    """A member goes out for a moment, without a reason: they neither count nor vote meanwhile. Raises as above."""
    session = held_sitting(session_pk, at=at, by=by)
    refuse_unless_open(session)
    seat = _present(session, mandate_pk)
    if seat.steps_out.filter(returned_at=None).exists():
        raise Blocked([_("Cette personne est déjà sortie.")])
    found = StepOut.objects.create(attendance=seat, cause=StepOut.Cause.AWAY, left_at=at)
    note(session, what="member_stepped_out", at=at, by=by)
    return found


@transaction.atomic
def record_return(*, session_pk: int, mandate_pk: int, at: datetime, by: Actor) -> Attendance:
    """A member who went out, or left, is back; not somebody kept away from the item under way. Raises as above."""
    session = held_sitting(session_pk, at=at, by=by)
    refuse_unless_open(session)
    seat = Attendance.objects.filter(
        session=session, convocation=session.convocation, mandate=mandate_pk
    ).first()
    if seat is None or not seat.in_person:
        raise Blocked([_("Cette personne n'a pas été notée présente.")])
    out = seat.steps_out.filter(returned_at=None).first()
    if out is not None and out.cause == StepOut.Cause.CONFLICT:
        raise Blocked([_("Cette personne ne participe pas au point en cours.")])
    if out is not None:
        out.returned_at = at
        out.save(update_fields=["returned_at"])
    seat.left_at = None
    seat.save(update_fields=["left_at"])
    _wait_outside(session, seat, at=at)
    note(session, what="member_returned", at=at, by=by)
    return seat


def _present(session: Session, mandate_pk: int) -> Attendance:
    """The seat of somebody there in person. Raises `Blocked` otherwise."""
    seat = Attendance.objects.filter(
        session=session, convocation=session.convocation, mandate=mandate_pk, left_at=None
    ).first()
    if seat is None or not seat.in_person:
        raise Blocked([_("Cette personne n'a pas été notée présente.")])
    return seat


@transaction.atomic
def record_expenses(
    *, session_pk: int, mandate_pk: int, cents: int, notes: str = "", at: datetime, by: Actor
) -> Attendance:
    """Write what a member spent to take part, to be paid back. Raises `NotAllowed`, `Blocked`."""
    session = held_session(session_pk, "reviewers.plan_session", at=at, by=by)
    seat = Attendance.objects.filter(
        session=session, convocation=session.convocation, mandate=mandate_pk
    ).first()
    if seat is None:
        raise Blocked([_("Cette personne n'a pas été notée présente.")])
    if not 0 <= cents <= LARGEST_EXPENSES:
        raise Blocked([_("Écrivez un montant en euros, comme 1 250,50.")])
    seat.expenses_cents, seat.expenses_notes = cents, notes.strip()
    seat.save(update_fields=["expenses_cents", "expenses_notes"])
    note(session, what="record_expenses", at=at, by=by)
    return seat


def leave_for_conflict(item: AgendaItem, seats: Iterable[Attendance], *, at: datetime) -> None:
    """Those whom a link keeps away go out, time stamped; the item is held."""
    for seat in seats:
        if not seat.in_person or seat.left_at is not None:
            continue
        StepOut.objects.filter(attendance=seat, returned_at=None).update(returned_at=at)
        StepOut.objects.create(attendance=seat, item=item, cause=StepOut.Cause.CONFLICT, left_at=at)


def come_back(item: AgendaItem, *, at: datetime) -> None:
    """The item is settled: those whom a link kept away from it are called back; the item is held."""
    StepOut.objects.filter(item=item, cause=StepOut.Cause.CONFLICT, returned_at=None).update(returned_at=at)
