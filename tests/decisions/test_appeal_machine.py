"""An appeal: every state × move × role by hand, then lived at random with the promises of domain 5.2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts.models import Role
from deadlines.actions import recomputed_due_on
from deadlines.models import Deadline
from deadlines.tick import tick
from decisions import actions
from decisions.models import Appeal, Decision
from decisions.rules import people_of
from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Refusal
from journal.verification import broken_links
from tests.factories import appeals, decisions
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.appeals import LODGED, fresh
from tests.factories.structures import AT, representative_of

ENDED: dict[str, str] = {}
MATRIX: dict[str, dict[str, str]] = {
    "received": {"acknowledge": "acknowledged", "note_silence": "implicitly_rejected"},
    "acknowledged": {
        "take_up": "under_review",
        "declare_inadmissible": "inadmissible",
        "note_silence": "implicitly_rejected",
        "drop": "dropped",
    },
    "under_review": {
        "note_silence": "implicitly_rejected",
        "uphold": "upheld",
        "uphold_in_part": "partly_upheld",
        "reject": "rejected",
        "declare_inadmissible": "inadmissible",
        "drop": "dropped",
    },
    "implicitly_rejected": {
        "uphold": "upheld",
        "uphold_in_part": "partly_upheld",
        "reject": "rejected",
        "declare_inadmissible": "inadmissible",
    },
    **dict.fromkeys(("upheld", "partly_upheld", "rejected", "inadmissible", "dropped"), ENDED),
}
MOVES = sorted({move for moves in MATRIX.values() for move in moves})


@pytest.mark.parametrize(("state", "move"), list(product(MATRIX, MOVES)))
def test_each_move_from_each_state(state: str, move: str) -> None:
    appeal = Appeal(state=state)
    appeal._thread = object()
    more = {"rejected_on": date(2027, 3, 24)} if move == "note_silence" else {}
    if move in MATRIX[state]:
        getattr(appeal, move)(by=Actor.system(), at=AT, **more)
        assert appeal.state == MATRIX[state][move]
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(appeal, move)(by=Actor.system(), at=AT, **more)
        assert appeal.state == state


def test_the_matrix_names_every_state_and_move() -> None:
    assert set(MATRIX) == set(Appeal.State.values)
    assert {one.name for one in Appeal().get_all_state_transitions()} == set(MOVES)


Act = Callable[[Appeal, Actor], Any]
ACTS: dict[str, Act] = {
    "lodge": lambda appeal, by: actions.lodge(
        decision_pk=appeal.decision_id, contested="Tout.", asked="Revoir.", at=LODGED, by=by
    ),
    "enter": lambda appeal, by: actions.enter_appeal(
        decision_pk=appeal.decision_id,
        contested="Tout.",
        asked="Revoir.",
        means="phone",
        received_on=LODGED.date(),
        at=LODGED,
        by=by,
    ),
    "take_up": lambda appeal, by: actions.take_up(appeal_pk=appeal.pk, at=LODGED, by=by),
    "answer": lambda appeal, by: actions.prepare_answer(
        appeal_pk=appeal.pk, answer=appeals.answer(), at=LODGED, by=by
    ),
    "drop": lambda appeal, by: actions.drop_appeal(appeal_pk=appeal.pk, at=LODGED, by=by),
    "silence": lambda appeal, by: actions.note_silence(
        appeal_pk=appeal.pk, at=LODGED + timedelta(days=70), by=by
    ),
}
OFFICERS = {"another officer", "officer of the file"}
MAY: dict[str, set[str]] = {
    "lodge": {"representative"},
    "enter": {*OFFICERS, "secretariat", "appeal_officer"},
    "take_up": {"another officer", "appeal_officer"},
    "answer": {"officer of the appeal"},
    "drop": {"representative"},
    "silence": {"clock"},
}


@pytest.mark.django_db
def test_who_may_do_what_with_an_appeal() -> None:
    contested = appeals.inadmissible()
    appeal = appeals.lodged(contested)
    examined = staff(Role.APPEAL_OFFICER)
    people = {
        "officer of the file": decisions.officer_of(contested.application),
        "another officer": acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        "officer of the appeal": acting(examined, Role.APPEAL_OFFICER),
        "representative": representative_of(contested.application.structure),
        "stranger": acting(person(), "representative"),
        "clock": Actor.system(),
        **{role: acting(staff(role), role) for role in Role.values if role != Role.CASE_OFFICER},
    }
    for act, (name, by) in product(ACTS, people.items()):
        with transaction.atomic():
            if act in ("lodge", "enter"):
                dropped = actions.drop_appeal(appeal_pk=appeal.pk, at=LODGED, by=people["representative"])
                assert dropped.state == "dropped"
            if act == "answer":
                appeals.taken(appeal, officer=examined)
            allowed = name in MAY[act] or (act == "take_up" and name == "officer of the appeal")
            allowed |= act == "enter" and name == "officer of the appeal"
            if allowed:
                ACTS[act](appeal, by)
            else:
                with pytest.raises(Refusal):
                    ACTS[act](appeal, by)
            transaction.set_rollback(True)


class LifeOfAnAppeal(RuleBasedStateMachine):
    """Days pass, the clock ticks, people act in any order: what the law promises holds."""

    @initialize(late=st.integers(0, 90))
    def begin(self, late: int) -> None:
        self.at = LODGED + timedelta(days=late)
        self.contested = appeals.inadmissible()
        self.appeal = appeals.lodged(self.contested, at=self.at)
        self.representative = representative_of(self.contested.application.structure)
        self.officer = staff(Role.APPEAL_OFFICER)
        self.signatory = signatory()

    def attempt(self, act: Callable[[], Any]) -> None:
        before, length = fresh(self.appeal).state, Event.objects.count()
        try:
            with transaction.atomic():
                act()
        except (Refusal, TransitionNotAllowed):
            assert (fresh(self.appeal).state, Event.objects.count()) == (before, length)
        self.appeal = fresh(self.appeal)

    @rule(days=st.integers(1, 50))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)
        tick(self.at)
        self.appeal = fresh(self.appeal)

    @rule()
    def take(self) -> None:
        by = acting(self.officer, Role.APPEAL_OFFICER)
        self.attempt(lambda: actions.take_up(appeal_pk=self.appeal.pk, at=self.at, by=by))

    @rule()
    def drop(self) -> None:
        self.attempt(
            lambda: actions.drop_appeal(appeal_pk=self.appeal.pk, at=self.at, by=self.representative)
        )

    @rule(outcome=st.sampled_from(Appeal.Outcome.values))
    def write(self, outcome: str) -> None:
        by = acting(self.officer, Role.APPEAL_OFFICER)
        self.attempt(
            lambda: actions.prepare_answer(
                appeal_pk=self.appeal.pk, answer=appeals.answer(outcome), at=self.at, by=by
            )
        )
        if self.appeal.answer is not None:
            answer_pk = self.appeal.answer.pk
            self.attempt(lambda: actions.send_for_signature(decision_pk=answer_pk, at=self.at, by=by))

    @rule(part=st.booleans())
    def sign(self, part: bool) -> None:
        user = self.contested.signed_by if part else self.signatory
        if self.appeal.answer is not None:
            pk = self.appeal.answer.pk
            by = acting(user, Role.SIGNATORY)
            self.attempt(lambda: actions.sign(decision_pk=pk, at=self.at, by=by))

    @rule()
    def receive(self) -> None:
        if self.appeal.answer is not None and self.appeal.answer.state == Decision.State.SIGNED:
            decisions.receive(self.appeal.answer, at=self.at)
            self.appeal = fresh(self.appeal)

    @invariant()
    def promises(self) -> None:
        if not hasattr(self, "signatory"):
            return
        appeal, contested = self.appeal, Decision.objects.get(pk=self.contested.pk)
        rows = Deadline.objects.prefetch_related("pauses")
        assert all(row.due_on == recomputed_due_on(row) for row in rows)
        people = people_of(contested)
        assert appeal.officer_id not in people
        answer = appeal.answer
        assert answer is None or answer.signed_by_id not in people
        court = Deadline.objects.running().of(contested).filter(kind="court")
        assert court.count() <= 1
        replaced = appeal.state in ("upheld", "partly_upheld")
        assert replaced == (contested.state == "replaced")
        if appeal.state in Appeal.WAITING and not appeal.is_late:
            assert contested.court_until is None and not court.exists()
            assert contested.state == "notified"
            assert not court.exists()
        if appeal.state == "implicitly_rejected":
            assert appeal.implicitly_rejected_on == appeal.silence_on < self.at.date()
        last = Event.objects.filter(subject=subject_key(appeal)).latest("position")
        assert last.target == appeal.state
        assert list(broken_links()) == []


class TestLifeOfAnAppeal(TestCase):
    def test_any_life(self) -> None:
        found = LifeOfAnAppeal.TestCase("runTest")
        found.settings = settings(
            max_examples=6,
            stateful_step_count=9,
            phases=[Phase.generate],  # each step writes to the database: shrinking would last for minutes
            suppress_health_check=list(HealthCheck),
        )
        found.runTest()
