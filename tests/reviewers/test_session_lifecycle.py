"""Every state × move × role of a session and of an item, against tables written by hand from domain 5.1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Role
from journal.moves import Actor
from reviewers.actions import sessions
from reviewers.models import AgendaItem, Choice, Mandate, Session
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.sessions import REASONS, SITS_AT
from tests.factories.structures import representative_of
from tests.reviewers.test_lifecycle import moves_of, tried, undone

pytestmark = pytest.mark.django_db

SESSION_EDGES = {
    ("planned", "convene"): "convened",
    ("planned", "cancel"): "cancelled",
    ("convened", "begin"): "open",
    ("convened", "find_no_quorum"): "no_quorum",
    ("convened", "cancel"): "cancelled",
    ("no_quorum", "reconvene"): "reconvened",
    ("reconvened", "begin"): "open",
    ("reconvened", "cancel"): "cancelled",
    ("open", "close"): "closed",
    ("closed", "approve_minutes"): "minutes_approved",
}
ITEM_EDGES = {
    ("listed", "call"): "in_discussion",
    ("listed", "take_off"): "sent_back",
    ("in_discussion", "open_vote"): "voting",
    ("in_discussion", "send_back"): "sent_back",
    ("voting", "adopt"): "adopted",
    (
        "voting",
        "send_back",
    ): "sent_back",  # only when the vote lost its dossier or its quorum: the action says so
}
SESSION_PATHS: dict[str, tuple[str, ...]] = {
    "planned": (),
    "convened": ("convene",),
    "open": ("convene", "begin"),
    "no_quorum": ("convene", "find_no_quorum"),
    "reconvened": ("convene", "find_no_quorum", "reconvene"),
    "closed": ("convene", "begin", "close"),
    "minutes_approved": ("convene", "begin", "close", "approve_minutes"),
    "cancelled": ("cancel",),
}
ITEM_PATHS: dict[str, tuple[str, ...]] = {
    "listed": (),
    "in_discussion": ("call",),
    "voting": ("call", "open_vote"),
    "adopted": ("call", "open_vote", "adopt"),
    "sent_back": ("take_off",),
}

CHAIR, MEMBER, SECRETARIAT = "chair", "member", "secretariat"
RUNS = {CHAIR, SECRETARIAT}
EVERYBODY_SEATED = {CHAIR, MEMBER, SECRETARIAT}

# Who may do what in which state through the actions; anything else is refused.
SESSION_ACTS = {
    "change": {state: {SECRETARIAT} for state in ("planned", "convened", "no_quorum", "reconvened")},
    "list": {"planned": {SECRETARIAT}},
    "order": {state: {SECRETARIAT} for state in ("planned", "convened")},
    "convene": {"planned": RUNS},
    "attend": dict.fromkeys(("convened", "reconvened", "open"), RUNS),
    "begin": {"convened": RUNS, "reconvened": RUNS},
    "find_no_quorum": {},  # the quorum is there
    "reconvene": {"no_quorum": {SECRETARIAT}},
    "cancel": dict.fromkeys(("planned", "convened", "reconvened"), RUNS),
    "acting_chair": dict.fromkeys(("convened", "reconvened", "open"), RUNS),
    "step_out": {"open": RUNS},
    "close": {"open": RUNS},
    "draft": {"closed": {SECRETARIAT}},
    "logbook": dict.fromkeys(("open", "closed", "minutes_approved"), EVERYBODY_SEATED),
}
ITEM_ACTS = {
    "take_off": {"listed": RUNS},
    "call": {"listed": RUNS},
    "send_back": {"in_discussion": RUNS},
    "open_vote": {"in_discussion": RUNS},
    "ask_secret": dict.fromkeys(("in_discussion", "voting"), EVERYBODY_SEATED),
    "vote": {"voting": {MEMBER, SECRETARIAT}},  # of that member: another member does not vote for them
    "close_vote": {"voting": RUNS},
    "state": {state: {MEMBER, SECRETARIAT} for state in ("listed", "in_discussion", "voting")},
}


def people(session: Session, member: Mandate, representative: Actor) -> dict[str, Actor]:
    """One actor of each kind, all with a reason."""
    found = {
        CHAIR: factory.chair_of(session),
        MEMBER: reviewers.member_actor(member),
        SECRETARIAT: factory.secretary_of(session),
        "case_officer": acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        "ethics_officer": reviewers.ethics_officer(),
        "signatory": acting(signatory(), Role.SIGNATORY),
        "administrator": acting(staff(Role.TECHNICAL_ADMINISTRATOR), Role.TECHNICAL_ADMINISTRATOR),
        "former_member": Actor(reviewers.approached().user, "member"),
        "passer-by": Actor(person(), "member"),
        "representative": representative,
        "system": Actor.system(),
    }
    return {name: by.because("Motif écrit.") for name, by in found.items()}


def walk_session(session: Session, path: tuple[str, ...]) -> None:
    for move in path:
        with transaction.atomic():
            found = Session.objects.hold(session.pk)
            getattr(found, move)(by=Actor.system(), at=SITS_AT)
            found.save()


def walk_item(item: AgendaItem, path: tuple[str, ...]) -> None:
    for move in path:
        with transaction.atomic():
            found = AgendaItem.objects.select_related("application__edition").hold(item.pk)
            if move in ("send_back", "take_off"):
                found.sent_to = "later"
            if move == "adopt":
                found.vote_closed_at, found.outcome = SITS_AT, "favourable"
            getattr(found, move)(by=Actor.system(), at=SITS_AT)
            found.save()


@pytest.mark.parametrize(
    ("model", "walk", "paths", "edges"),
    [
        (Session, walk_session, SESSION_PATHS, SESSION_EDGES),
        (AgendaItem, walk_item, ITEM_PATHS, ITEM_EDGES),
    ],
    ids=["session", "item"],
)
def test_each_move_leads_where_the_specification_says(model: Any, walk: Any, paths: Any, edges: Any) -> None:
    session = factory.planned()
    item = factory.listed(session, factory.deliberated())
    record = session if model is Session else item
    assert set(paths) == set(model.State.values)
    moves = moves_of(model)
    assert moves == {move for _state, move in edges}
    found = {}
    for state, path in paths.items():
        with undone():
            walk(record, path)
            assert model.objects.get(pk=record.pk).state == state
            for move in moves:

                def attempt(move: str = move, state: str = state) -> None:
                    walk(record, (move,))
                    found[state, move] = model.objects.get(pk=record.pk).state

                tried(attempt)
    assert found == edges


def session_act(act: str, session: Session, other: Any, at: Any, by: Actor) -> None:
    pk, member = session.pk, factory.seated()[1]
    acts: dict[str, Callable[[], Any]] = {
        "change": lambda: sessions.change_session(session_pk=pk, place="Lille", at=at, by=by),
        "list": lambda: sessions.list_item(session_pk=pk, subject_pk=other.pk, at=at, by=by),
        "order": lambda: sessions.order_agenda(session_pk=pk, at=at, by=by),
        "convene": lambda: sessions.convene(session_pk=pk, at=at - timedelta(days=20), by=by),
        "attend": lambda: sessions.record_attendance(
            session_pk=pk, mandate_pk=member.pk, mode="remote", at=at, by=by
        ),
        "begin": lambda: sessions.begin_session(session_pk=pk, at=at, by=by),
        "find_no_quorum": lambda: sessions.find_no_quorum(session_pk=pk, at=at, by=by),
        "reconvene": lambda: sessions.reconvene(session_pk=pk, sits_at=at + timedelta(days=20), at=at, by=by),
        "cancel": lambda: sessions.cancel_session(session_pk=pk, at=at, by=by),
        "acting_chair": lambda: sessions.name_acting_chair(session_pk=pk, mandate_pk=member.pk, at=at, by=by),
        "step_out": lambda: sessions.record_step_out(session_pk=pk, mandate_pk=member.pk, at=at, by=by),
        "close": lambda: sessions.close_session(session_pk=pk, at=at, by=by),
        "draft": lambda: sessions.draft_minutes(session_pk=pk, at=at, by=by),
        "logbook": lambda: sessions.write_logbook(session_pk=pk, text="Une pause.", at=at, by=by),
    }
    acts[act]()


def seats(session: Session) -> None:
    """Everybody in the room, written for the convocation of that state."""
    from reviewers.models import Attendance

    fresh = Session.objects.get(pk=session.pk)
    Attendance.objects.bulk_create(
        Attendance(
            session=fresh,
            convocation=fresh.convocation,
            mandate=one,
            college=one.college,
            mode="present",
            recorded_by=session.secretary,
            recorded_at=SITS_AT,
        )
        for one in factory.seated()
    )


@pytest.mark.walk
def test_who_may_act_on_a_session() -> None:
    session = factory.planned()
    item = factory.listed(session, factory.deliberated())
    other = factory.deliberated()
    actors = people(session, factory.seated()[1], representative_of(other.structure))
    wrong = []
    for state, path in SESSION_PATHS.items():
        with undone():
            walk_session(session, path)
            seats(session)
            if state == "open":
                walk_item(item, ("take_off",))
            for act, name in product(SESSION_ACTS, actors):
                expected = name in SESSION_ACTS[act].get(state, set())
                if tried(partial(session_act, act, session, other, SITS_AT, actors[name])) != expected:
                    wrong.append((state, act, name, expected))
    assert wrong == []


def item_act(act: str, item: AgendaItem, member: Mandate, by: Actor) -> None:
    pk, at = item.pk, SITS_AT
    acts: dict[str, Callable[[], Any]] = {
        "take_off": lambda: sessions.take_off(item_pk=pk, at=at, by=by),
        "call": lambda: sessions.call_item(item_pk=pk, at=at, by=by),
        "send_back": lambda: sessions.send_back(item_pk=pk, sent_to="later", at=at, by=by),
        "open_vote": lambda: sessions.open_vote(item_pk=pk, at=at, by=by),
        "ask_secret": lambda: sessions.ask_secret_ballot(item_pk=pk, at=at, by=by),
        "vote": lambda: sessions.cast_ballot(
            item_pk=pk, choice=Choice.UNFAVOURABLE, mandate_pk=member.pk, at=at, by=by
        ),
        "close_vote": lambda: sessions.close_vote(item_pk=pk, at=at, by=by),
        "state": lambda: sessions.state_on_item(
            item_pk=pk, mandate_pk=member.pk, has_link=False, means="phone", at=at, by=by
        ),
    }
    acts[act]()


@pytest.mark.walk
def test_who_may_act_on_an_item() -> None:
    session = factory.opened()
    item, member = factory.item_of(session), factory.seated()[1]
    voter = factory.seated()[5]
    actors = people(session, member, representative_of(item.application.structure))
    wrong = []
    for state, path in ITEM_PATHS.items():
        with undone():
            walk_item(item, path)
            if state == "voting":
                for one in (member, voter):
                    factory.state(item, one)
                factory.vote(item, voter)
            for act, name in product(ITEM_ACTS, actors):
                expected = name in ITEM_ACTS[act].get(state, set())
                if tried(partial(item_act, act, item, member, actors[name])) != expected:
                    wrong.append((state, act, name, expected))
    assert wrong == []


WITHOUT_QUORUM = {
    "open_vote": {},
    "close_vote": {},
    "send_back": dict.fromkeys(("in_discussion", "voting"), RUNS),  # to a later session
    "take_off": {"listed": RUNS},
    "call": {},
}


@pytest.mark.walk
def test_who_may_act_on_an_item_whose_quorum_is_lost() -> None:
    session = factory.opened()
    item, member = factory.item_of(session), factory.seated()[1]
    actors = people(session, member, representative_of(item.application.structure))
    wrong = []
    for state, path in ITEM_PATHS.items():
        with undone():
            walk_item(item, path)
            if state == "voting":
                factory.state(item, factory.seated()[5])
                factory.vote(item, factory.seated()[5])
            for gone in factory.seated()[4:]:
                by = factory.secretary_of(session)
                sessions.record_departure(session_pk=session.pk, mandate_pk=gone.pk, at=SITS_AT, by=by)
            for act, name in product(WITHOUT_QUORUM, actors):
                expected = name in WITHOUT_QUORUM[act].get(state, set())
                if tried(partial(item_act, act, item, member, actors[name])) != expected:
                    wrong.append((state, act, name, expected))
    assert wrong == []


@pytest.mark.walk
def test_who_may_adopt_decide_a_tie_and_approve() -> None:
    item = factory.voting()
    for mandate, choice in zip(factory.seated(), ["favourable", "unfavourable"] * 3, strict=True):
        factory.vote(item, mandate, choice)
    by = factory.secretary_of(item.session)
    sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by)
    actors = people(item.session, factory.seated()[1], representative_of(item.application.structure))
    able = {
        name
        for name, by in actors.items()
        if tried(
            partial(sessions.cast_deciding_vote, item_pk=item.pk, choice="unfavourable", at=SITS_AT, by=by)
        )
    }
    assert able == {CHAIR}
    sessions.cast_deciding_vote(item_pk=item.pk, choice="unfavourable", at=SITS_AT, by=actors[CHAIR])
    adopt = partial(sessions.adopt_opinion, item_pk=item.pk, reasons=REASONS, at=SITS_AT)
    assert {name for name, by in actors.items() if tried(partial(adopt, by=by))} == RUNS
    adopt(by=by)
    sessions.close_session(session_pk=item.session_id, at=SITS_AT, by=by)
    session = factory.sent_for_approval(Session.objects.get())
    approve = partial(sessions.approve_minutes, session_pk=session.pk, at=SITS_AT)
    assert {name for name, by in actors.items() if tried(partial(approve, by=by))} == {CHAIR, SECRETARIAT}
