"""Every state × move × role of a mandate and of an assignment, against tables written by hand from domain 5.1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from journal.moves import Actor
from journal.refusals import Refusal
from reviewers import actions
from reviewers.models import Assignment, Mandate, MandateHearing
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.structures import AT, representative_of

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
LATE = AT + timedelta(days=40)  # a review may be stopped only then

ASSIGNMENT_EDGES = {
    ("proposed", "accept"): "accepted",
    ("proposed", "decline"): "declined",
    ("proposed", "stand_down"): "stood_down",
    ("proposed", "recuse"): "recused",
    ("proposed", "expire"): "expired",
    ("accepted", "stand_down"): "stood_down",
    ("accepted", "recuse"): "recused",
    ("accepted", "expire"): "expired",
    ("accepted", "submit"): "submitted",
    ("accepted", "replace"): "replaced",
    ("submitted", "recuse"): "recused",
    ("submitted", "reopen"): "reopened",
    ("submitted", "finalise"): "final",
    ("reopened", "recuse"): "recused",
    ("reopened", "finalise"): "final",
    ("final", "recuse"): "recused",
}
MANDATE_EDGES = {
    ("approached", "appoint"): "appointed",
    ("approached", "set_aside"): "not_appointed",
    ("appointed", "activate"): "active",
    ("appointed", "resign"): "resigned",
    ("appointed", "end"): "ended",
    ("active", "pause"): "paused",
    ("active", "expire_interests"): "interests_overdue",
    ("active", "end"): "ended",
    ("active", "resign"): "resigned",
    ("active", "terminate"): "terminated",
    ("paused", "resume"): "active",
    ("paused", "end"): "ended",
    ("paused", "resign"): "resigned",
    ("interests_overdue", "confirm_interests"): "active",
    ("interests_overdue", "end"): "ended",
    ("interests_overdue", "resign"): "resigned",
    ("interests_overdue", "terminate"): "terminated",
}
ASSIGNMENT_PATHS: dict[str, tuple[str, ...]] = {
    "proposed": (),
    "accepted": ("accept",),
    "submitted": ("accept", "submit"),
    "reopened": ("accept", "submit", "reopen"),
    "final": ("accept", "submit", "finalise"),
    "declined": ("decline",),
    "stood_down": ("stand_down",),
    "recused": ("recuse",),
    "replaced": ("accept", "replace"),
    "expired": ("expire",),
}
MANDATE_PATHS: dict[str, tuple[str, ...]] = {
    "approached": (),
    "appointed": ("appoint",),
    "active": ("appoint", "activate"),
    "paused": ("appoint", "activate", "pause"),
    "interests_overdue": ("appoint", "activate", "expire_interests"),
    "ended": ("appoint", "activate", "end"),
    "resigned": ("appoint", "resign"),
    "terminated": ("appoint", "activate", "terminate"),
    "not_appointed": ("set_aside",),
}

# Who may do what in which state through the actions; anything else is refused. « member » is the person asked.
MEMBER, SECRETARIAT, ETHICS, SIGNATORY, CLOCK = (
    "member",
    "secretariat",
    "ethics_officer",
    "signatory",
    "system",
)
ASSIGNMENT_ACTS = {
    "accept": {"proposed": {MEMBER}},
    "decline": {"proposed": {MEMBER}},
    "stand_down": {"proposed": {MEMBER}, "accepted": {MEMBER}},
    "recuse": {state: {ETHICS} for state in ("proposed", "accepted", "submitted", "reopened", "final")},
    "expire": {"proposed": {CLOCK, SECRETARIAT}, "accepted": {SECRETARIAT}},
    "submit": {"accepted": {MEMBER}},
    "replace": {"proposed": {MEMBER, SECRETARIAT}, "accepted": {MEMBER, SECRETARIAT}},
    "extend": {"accepted": {MEMBER, SECRETARIAT}},
}
MANDATE_ACTS = {
    "consent": {"approached": {MEMBER}},
    "appoint": {"approached": {SIGNATORY}},
    "set_aside": {"approached": {SIGNATORY}},
    "activate": {"appointed": {ETHICS, SECRETARIAT}},
    "pause": {"active": {MEMBER, SECRETARIAT}},
    "resume": {"paused": {MEMBER}},
    "resign": {state: {MEMBER} for state in ("appointed", "active", "paused", "interests_overdue")},
    "terminate": {"active": {SIGNATORY}, "interests_overdue": {SIGNATORY}},
    "end": {state: {CLOCK} for state in ("appointed", "active", "paused", "interests_overdue")},
    "withdraw consent": {state: {MEMBER} for state in MANDATE_PATHS},
    "publish": {state: {MEMBER} for state in MANDATE_PATHS},
    "notify grounds": {state: {SECRETARIAT, SIGNATORY} for state in ("active", "interests_overdue")},
    "observe": {state: {MEMBER} for state in ("active", "interests_overdue")},
    "note observations": {state: {SECRETARIAT, SIGNATORY} for state in ("active", "interests_overdue")},
    "drop grounds": {state: {SECRETARIAT, SIGNATORY} for state in ("active", "interests_overdue")},
    "seat": {
        state: {SIGNATORY} for state in ("approached", "appointed", "active", "paused", "interests_overdue")
    },
    "profile": {state: {SECRETARIAT} for state in MANDATE_PATHS},
    "declare": {state: {ETHICS, SECRETARIAT} for state in ("active", "paused", "interests_overdue")},
    "silence": {state: {SECRETARIAT, "administrator"} for state in MANDATE_PATHS},
    "expire_interests": {"active": {CLOCK}},
    "confirm": {state: {MEMBER} for state in ("active", "paused", "interests_overdue")},
    "analyse": {"interests_overdue": {ETHICS}},
}


class Undo(Exception):
    """Ends a trial: nothing of it stays."""


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with suppress(Undo), transaction.atomic():
        yield
        raise Undo


def tried(act: Callable[[], Any]) -> bool:
    """Whether the act is accepted; whatever it wrote is undone."""
    try:
        with transaction.atomic():
            act()
            raise Undo
    except Undo:
        return True
    except (Refusal, TransitionNotAllowed):
        return False


def walk(record: Any, path: tuple[str, ...]) -> None:
    """Take the moves of a path, one by one, on a held record."""
    with transaction.atomic():
        found = type(record).objects.hold(record.pk)
        if isinstance(found, Mandate) and path:
            today = timezone.localdate(AT)
            found.consented_at, found.starts_on = AT, today
            found.ends_on, found.interests_confirmed_on = today + timedelta(days=1000), today
        for move in path:
            extra = {"confirmed_on": timezone.localdate(AT)} if move == "confirm_interests" else {}
            getattr(found, move)(by=Actor.system(), at=AT, **extra)
            found.save()


def moves_of(model: Any) -> set[str]:
    return {
        transition.name
        for transition in model().get_all_state_transitions()  # every move, from any state
    }


@pytest.mark.parametrize(
    ("make", "paths", "edges"),
    [
        (lambda: factory.assignments_of(factory.under_review())[0], ASSIGNMENT_PATHS, ASSIGNMENT_EDGES),
        (factory.approached, MANDATE_PATHS, MANDATE_EDGES),
    ],
    ids=["assignment", "mandate"],
)
def test_each_move_leads_where_the_specification_says(make: Any, paths: Any, edges: Any) -> None:
    record = make()
    model = type(record)
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


@pytest.mark.walk
def test_who_may_act_on_an_assignment() -> None:
    application = factory.under_review()
    assignment, other = factory.assignments_of(application)[:2]
    actors = people(assignment, other, representative_of(application.structure))
    fill(assignment)
    wrong = []
    for state, path in ASSIGNMENT_PATHS.items():
        with undone():
            walk(assignment, path)
            for act, name in product(ASSIGNMENT_ACTS, actors):
                expected = name in ASSIGNMENT_ACTS[act].get(state, set())
                if tried(partial(assignment_act, act, assignment.pk, actors[name])) != expected:
                    wrong.append((state, act, name, expected))
    assert wrong == []


@pytest.mark.walk
def test_who_may_act_on_a_mandate() -> None:
    mandate = factory.approached()
    actions.record_consent(mandate_pk=mandate.pk, at=AT, by=factory.member_actor(mandate))
    Mandate.objects.filter(pk=mandate.pk).update(confirmation_waiting_on=AT.date())
    actors = people(mandate, factory.approached(), None)
    wrong = []
    for state, path in MANDATE_PATHS.items():
        with undone():
            walk(mandate, path)
            for act, name in product(MANDATE_ACTS, actors):
                expected = name in MANDATE_ACTS[act].get(state, set())
                if tried(partial(mandate_act, act, mandate.pk, actors[name])) != expected:
                    wrong.append((state, act, name, expected))
    assert wrong == []


def people(record: Any, other: Any, representative: Actor | None) -> dict[str, Actor]:
    """One actor of each kind, all with a reason, for acts that want one."""
    found = {
        MEMBER: factory.member_actor(record),
        "another member": factory.member_actor(other),
        SECRETARIAT: acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
        ETHICS: acting(staff(Role.ETHICS_OFFICER), Role.ETHICS_OFFICER),
        "case_officer": acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        SIGNATORY: acting(signatory(), Role.SIGNATORY),
        "appeal_officer": acting(staff(Role.APPEAL_OFFICER), Role.APPEAL_OFFICER),
        "administrator": acting(staff(Role.TECHNICAL_ADMINISTRATOR), Role.TECHNICAL_ADMINISTRATOR),
        "passer-by": Actor(person(), "member"),
        CLOCK: Actor.system(),
    }
    if representative is not None:
        found["representative"] = representative
    return {name: by.because("Motif écrit.") for name, by in found.items()}


def fill(assignment: Assignment) -> None:
    """Every score, so that only the state and the person decide."""
    from reviewers.models import Score

    codes = [row["code"] for row in assignment.application.edition.data["criteria"]]
    Score.objects.bulk_create(
        Score(assignment=assignment, criterion=code, value=2, saved_at=AT) for code in codes
    )


def assignment_act(act: str, pk: int, by: Actor) -> None:
    acts: dict[str, Callable[[], Any]] = {
        "accept": lambda: actions.accept_assignment(assignment_pk=pk, at=LATER, by=by),
        "decline": lambda: actions.decline(assignment_pk=pk, at=LATER, by=by),
        "stand_down": lambda: actions.stand_down(assignment_pk=pk, statement="Élue.", at=LATER, by=by),
        "recuse": lambda: actions.recuse(assignment_pk=pk, at=LATER, by=by),
        "expire": lambda: actions.expire(
            assignment_pk=pk, called_on=timezone.localdate(LATE), at=LATE, by=by
        ),
        "submit": lambda: actions.submit_review(
            assignment_pk=pk, advice="favourable", comment="", at=LATER, by=by
        ),
        "replace": lambda: actions.replace(assignment_pk=pk, at=LATER, by=by),
        "extend": lambda: actions.extend_review(assignment_pk=pk, at=LATER, by=by),
    }
    acts[act]()


def hearing(pk: int, *, heard: bool = False) -> int:
    """Grounds notified to a member, answered or not, so that only the state and the person decide; its key again."""
    MandateHearing.objects.create(
        mandate_id=pk,
        ground="breach",
        facts="Notes publiées.",
        notified_on=timezone.localdate(AT),
        answer_until=timezone.localdate(AT),
        notified_by=Mandate.objects.get(pk=pk).user,
        **({"means": "silent", "heard_on": timezone.localdate(AT)} if heard else {}),
    )
    return pk


def mandate_act(act: str, pk: int, by: Actor) -> None:
    today = timezone.localdate(LATER)
    acts: dict[str, Callable[[], Any]] = {
        "consent": lambda: actions.record_consent(mandate_pk=pk, at=LATER, by=by),
        "appoint": lambda: actions.appoint(
            mandate_pk=pk, act_reference="DEC-1", starts_on=today, at=LATER, by=by
        ),
        "set_aside": lambda: actions.set_aside(mandate_pk=pk, at=LATER, by=by),
        "activate": lambda: actions.activate(
            mandate_pk=pk,
            interests_link="https://dpi.exemple.fr/",
            filed_on=today,
            confidentiality_signed_on=today,
            trained_on=today,
            at=LATER,
            by=by,
        ),
        "pause": lambda: actions.pause(mandate_pk=pk, at=LATER, by=by),
        "resume": lambda: actions.resume(mandate_pk=pk, at=LATER, by=by),
        "resign": lambda: actions.resign(mandate_pk=pk, at=LATER, by=by),
        "terminate": lambda: actions.terminate(
            mandate_pk=hearing(pk, heard=True), act_reference="DEC-2", at=LATER, by=by
        ),
        "withdraw consent": lambda: actions.withdraw_consent(mandate_pk=pk, at=LATER, by=by),
        "publish": lambda: actions.choose_publication(mandate_pk=pk, publication="name", at=LATER, by=by),
        "notify grounds": lambda: actions.notify_grounds(
            mandate_pk=pk, ground="breach", facts="Notes publiées.", notified_on=today, at=LATER, by=by
        ),
        "observe": lambda: actions.send_observations(
            mandate_pk=hearing(pk), observations="Je conteste.", at=LATER, by=by
        ),
        "note observations": lambda: actions.record_observations(
            mandate_pk=hearing(pk),
            means="spoken",
            observations="Je conteste.",
            heard_on=today,
            at=LATER,
            by=by,
        ),
        "drop grounds": lambda: actions.drop_grounds(mandate_pk=hearing(pk), at=LATER, by=by),
        "seat": lambda: actions.change_seat(
            mandate_pk=pk, seat="substitute", act_reference="DEC-3", at=LATER, by=by
        ),
        "profile": lambda: actions.change_profile(
            mandate_pk=pk, region="84", fields_known=["PSY"], load_cap=2, at=LATER, by=by
        ),
        "declare": lambda: actions.record_declaration(
            mandate_pk=pk, interests_link="https://dpi.exemple.fr/", filed_on=today, at=LATER, by=by
        ),
        "silence": lambda: actions.stop_for_silence(mandate_pk=pk, at=LATER, by=by),
        "end": lambda: actions.end(mandate_pk=pk, at=LATER, by=by),
        "expire_interests": lambda: actions.expire_interests(mandate_pk=pk, at=LATER, by=by),
        "confirm": lambda: actions.confirm_interests(mandate_pk=pk, at=LATER, by=by),
        "analyse": lambda: actions.analyse_interests(mandate_pk=pk, at=LATER, by=by),
    }
    acts[act]()
