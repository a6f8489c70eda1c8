"""The sitting as it goes, on the phone of each member: polled every ten seconds, so it costs a handful of queries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from accounts.access import person
from reviewers.models import (
    AgendaItem,
    Attendance,
    AttendanceMode,
    Ballot,
    College,
    Mandate,
    Session,
    StepOut,
)
from reviewers.views.opinion import point_sentences
from reviewers.views.sessions.access import Row, agenda_of, chair_users, own_seat, visible_session

State = Session.State
SEEN = "vu"  # the mark of what the page already shows
FOLLOWED = (*Session.AWAITED, State.OPEN)


@dataclass(frozen=True)
class Seats:
    """How this member takes part today, and whose proxy they hold; each seat with `cast_at`, when its vote came."""

    own: Attendance | None
    proxies: tuple[Attendance, ...]
    is_out: bool

    @property
    def is_here(self) -> bool:
        """In the room or on the line now."""
        return self.own is not None and self.own.in_person and self.own.left_at is None and not self.is_out


def live(request: HttpRequest, reference: str) -> HttpResponse:
    """What is discussed now and what is asked of this member; nothing is sent again while nothing changes."""
    mandate = own_seat(request)
    found = visible_session(request, reference)
    context = live_context(request, found, mandate)
    inside = render_to_string("reviewers/sessions/parts/live.html", context, request)
    mark = hashlib.sha256(inside.encode()).hexdigest()[:16]
    is_poll = request.headers.get("HX-Request") == "true"
    if is_poll and request.GET.get(SEEN) == mark:
        return HttpResponse(status=204)
    page = "reviewers/sessions/parts/followed.html" if is_poll else "reviewers/sessions/live.html"
    shown = {"session": found, "inside": inside, "mark": mark, "follows": found.state in FOLLOWED}
    return render(request, page, shown)


def live_context(request: HttpRequest, found: Session, mandate: Mandate) -> dict[str, Any]:
    """The agenda, the item under way if this member may know it, how they take part, and their votes."""
    rows = agenda_of(found, person(request), mandate=mandate)
    row = next((one for one in rows if one.is_under_way), None)
    shown = row if row is not None and row.is_open else None
    seats = seats_of(found, mandate, shown.item if shown is not None else None)
    return {
        "session": found,
        "rows": rows,
        "row": shown,
        "leaves": row if shown is None else None,
        "following": next((one for one in rows if not one.is_over and not one.is_under_way), None),
        "quorum": quorum_told(shown, found),
        "points": point_sentences(shown.item) if shown is not None and shown.has_stated else [],
        "votes": votes_of(shown, seats, mandate) if shown is not None else [],
        "seats": seats,
        "is_closed": shown is not None and shown.item.vote_closed_at is not None,
        "presides": person(request).pk in chair_users(found),
    }


def seats_of(found: Session, mandate: Mandate, item: AgendaItem | None) -> Seats:
    """The seat of this member and those whose vote they cast, with when each voted on the item; in one query."""
    out = StepOut.objects.filter(attendance=OuterRef("pk"), returned_at=None, cause=StepOut.Cause.AWAY)
    cast = Ballot.objects.filter(item=item.pk if item is not None else 0, mandate=OuterRef("mandate"))
    rows = list(
        Attendance.objects.filter(session=found, convocation=found.convocation)
        .filter(Q(mandate=mandate) | Q(holder=mandate, mode=AttendanceMode.PROXY))
        .annotate(is_out=Exists(out), cast_at=Subquery(cast.values("cast_at")[:1]))
        .select_related("mandate__user", "holder__user")
    )
    own = next((one for one in rows if one.mandate_id == mandate.pk), None)
    return Seats(
        own,
        tuple(one for one in rows if one.mandate_id != mandate.pk),
        bool(own is not None and getattr(own, "is_out", False)),
    )


def quorum_told(row: Row | None, found: Session) -> dict[str, Any] | None:
    """The figures of « Quorum atteint : 12 présents, dont 4 patients… », as counted when the item was called."""
    counted = (row.item.quorum if row is not None else {}) or found.quorum
    if not counted:
        return None
    by_college = counted["by_college"]
    words = {
        College.PATIENTS: ngettext("%(n)s patient", "%(n)s patients", by_college["patients"]),
        College.CAREGIVERS: ngettext("%(n)s aidant", "%(n)s aidants", by_college["caregivers"]),
        College.PROFESSIONALS: ngettext(
            "%(n)s professionnel de santé", "%(n)s professionnels de santé", by_college["professionals"]
        ),
    }
    return {"here": counted["here"], "colleges": [words[one] % {"n": by_college[one]} for one in College]}


def votes_of(row: Row, seats: Seats, mandate: Mandate) -> list[dict[str, Any]]:
    """Each vote that this member may cast on the item under way, with the moment at which it was cast; no choice."""
    if row.item.state != AgendaItem.State.VOTING or not seats.is_here:
        return []
    own = {"pk": mandate.pk, "for": None, "cast_at": _cast_at(seats.own)}
    return [own] + [
        {"pk": one.mandate_id, "for": one.mandate.user, "cast_at": _cast_at(one)} for one in seats.proxies
    ]


def _cast_at(seat: Attendance | None) -> Any:
    return getattr(seat, "cast_at", None)
