"""What the page of a sitting shows to who conducts it, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone

from accounts.access import person
from journal.moves import Actor
from reviewers import tally
from reviewers.actions.sessions.voting import awaited
from reviewers.expert_forms import WithoutExpertForm
from reviewers.models import AgendaItem, Ballot, Rapporteur, Session
from reviewers.registry import choice_in_words, scale_of, subject_of, why_lost
from reviewers.room import Room, room_of
from reviewers.session_checklist import (
    has_no_issue,
    missing_to_begin,
    missing_to_close,
    missing_to_count,
    missing_to_keep_secret,
    missing_to_open_vote,
)
from reviewers.session_forms import (
    ActingChairForm,
    AdoptForm,
    AloudForm,
    CastingForm,
    PaperBallotsForm,
    SendBackForm,
    WhyForm,
)
from reviewers.views.opinion import point_sentences
from reviewers.views.sessions.access import (
    COMMITTEE,
    STAFF,
    Row,
    agenda_of,
)
from reviewers.views.sessions.live import quorum_told

State = Session.State
Item = AgendaItem.State


@dataclass
class Desk:
    """All that the page of one sitting knows: who conducts it, the agenda, the item under way and its room."""

    request: HttpRequest
    session: Session
    space: str
    by: Actor
    forms: dict[str, Form] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[Row]:
        """The agenda as this person may read it."""
        return agenda_of(self.session, person(self.request))

    @cached_property
    def row(self) -> Row | None:
        """The item under way, if this person may know it."""
        return next((one for one in self.rows if one.is_under_way and one.is_open), None)

    @cached_property
    def item(self) -> AgendaItem | None:
        """The item under way with its dossier."""
        if self.row is None:
            return None
        related = ("application__structure", "application__edition", "session", "casting_by__user")
        found: AgendaItem = AgendaItem.objects.select_related(*related).get(pk=self.row.item.pk)
        return found

    @cached_property
    def room(self) -> Room:
        """The room for the item under way, else for the sitting as a whole."""
        return room_of(self.session, on=timezone.localdate(), item=self.item)

    @property
    def leaves(self) -> bool:
        """A link keeps this person away from the item under way."""
        return self.row is None and any(one.is_under_way for one in self.rows)

    def form(self, name: str, form: Callable[..., Form], **facts: Any) -> Form:
        """The form of one act, bound when it was sent."""
        if name not in self.forms:
            data = self.request.POST if self.request.POST.get("go") == name else None
            self.forms[name] = form(data, prefix=name, **facts)
        return self.forms[name]


def offer(desk: Desk) -> dict[str, Any]:
    """What the page shows in the present state of the sitting and of the item under way."""
    if desk.session.state in Session.AWAITED:
        quorum = desk.room.quorum
        return {
            "quorum": quorum,
            "missing": missing_to_begin(desk.session, quorum, on=timezone.localdate()),
            "can_find_no_quorum": desk.session.state == State.CONVENED
            and not quorum.is_reached
            and desk.session.sits_on <= timezone.localdate(),
        }
    shown: dict[str, Any] = {
        "acting": None if desk.leaves else _acting(desk),
        "missing": missing_to_close([one.item for one in desk.rows]),
    }
    if desk.item is None:
        return shown
    return shown | _offer_item(desk, desk.item)


def _offer_item(desk: Desk, item: AgendaItem) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "quorum_told": quorum_told(desk.row, desk.session),
        "points": point_sentences(item),
        "rapporteur": Rapporteur.objects.current(item.application),
        "away": [desk.room.members[key].user for key in desk.room.away if key in desk.room.members],
        "secrecy": missing_to_keep_secret(desk.room),
    }
    if item.state == Item.IN_DISCUSSION or has_no_issue(item, desk.room):
        only_later = not subject_of(item.kind).on_a_request
        shown["send_back"] = desk.form("send_back", SendBackForm, only_later=only_later)
    if item.state == Item.IN_DISCUSSION:
        points = [point for point, _words in shown["points"]]
        shown["missing_to_vote"] = missing_to_open_vote(item, points, desk.room)
        if item.hearing_planned:
            shown["waive"] = desk.form("waive", WhyForm)
        shown |= _offer_experts(desk, item)
    elif item.vote_closed_at is None:
        writes = desk.space == STAFF
        shown["awaited"] = awaited(item, desk.room)
        shown["voted"] = Ballot.objects.filter(item=item).count()
        if item.is_secret:
            facts = {"voters": shown["awaited"], "states": writes}
            shown["paper"] = desk.form("paper", PaperBallotsForm, kind=item.kind, **facts)
        elif writes:
            shown["aloud"] = desk.form("aloud", AloudForm, kind=item.kind, voters=shown["awaited"])
    else:
        shown |= _offer_result(desk, item)
    if item.state == Item.VOTING:
        shown |= _offer_to_leave(desk, item)
    return shown


def _offer_experts(desk: Desk, item: AgendaItem) -> dict[str, Any]:
    """Who comes from outside, and the reason for which one is not heard."""
    experts = list(item.experts.invited())
    awaited = [one for one in experts if one.heard_at is None and not one.not_heard]
    form = desk.form("without_expert", WithoutExpertForm, experts=awaited) if awaited else None
    return {"experts": experts, "without_expert": form}


def _offer_to_leave(desk: Desk, item: AgendaItem) -> dict[str, Any]:
    """What stops the count, and the way out of a vote that has lost its quorum or its dossier."""
    no_quorum = missing_to_count(desk.room)
    lost = why_lost(item)
    if not no_quorum and not lost:
        return {}
    form = desk.form("send_back", SendBackForm, only_later=not lost)
    return {"no_count": [*no_quorum, *lost], "send_back": form}


def _offer_result(desk: Desk, item: AgendaItem) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "counts": [(choice_in_words(item.kind, code), number) for code, number in item.counts.items()],
        "outcome": choice_in_words(item.kind, item.outcome) if item.outcome else "",
        "is_tied": not item.outcome and bool(tally.tied(item.counts, scale_of(item.kind))),
    }
    if item.outcome:
        shown["adopt"] = desk.form("adopt", AdoptForm, item=item)
    elif shown["is_tied"] and desk.space == COMMITTEE:
        shown["casting"] = desk.form("casting", CastingForm, item=item)
    return shown


def _acting(desk: Desk) -> Form:
    members = [one for one in desk.room.members.values() if one.pk in desk.room.seats]
    return desk.form("acting_chair", ActingChairForm, members=members)
