"""Every state of an act, every move, every role: written by hand, compared with what the house does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from decisions import actions
from decisions.models import Decision
from journal.models import Event
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from tests.factories import decisions
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.structures import AT, representative_of

pytestmark = pytest.mark.django_db
State = Decision.State

MOVES: dict[str, dict[str, str]] = {
    "sign": {"prepared": "signed"},
    "abandon": {"prepared": "abandoned"},
    "notify": {"signed": "notified"},
    "become_final": {"notified": "final"},
    "reopen_remedies": {"final": "notified"},
    "replace": {"notified": "replaced", "final": "replaced"},
    "annul": {"notified": "annulled", "final": "annulled"},
}


def brought_to(state: str) -> Decision:
    """An act in that state, by its moves."""
    path = {
        "prepared": [],
        "signed": ["sign"],
        "notified": ["sign", "notify"],
        "final": ["sign", "notify", "become_final"],
        "replaced": ["sign", "notify", "replace"],
        "annulled": ["sign", "notify", "annul"],
        "abandoned": ["abandon"],
    }[state]
    decision = decisions.to_sign()
    user = signatory()
    for name in path:
        decision = moved(decision, name, user)
    return decision


def moved(decision: Decision, name: str, user: Any) -> Decision:
    with transaction.atomic():
        held = Decision.objects.hold(decision.pk)
        if name == "sign":
            held.delegation = user.delegations.get()
        more = {"received_on": AT.date()} if name == "notify" else {}
        getattr(held, name)(by=acting(user, Role.SIGNATORY), at=AT, **more)
        held.save()
    return held


@pytest.mark.parametrize("state", State.values)
def test_each_move_from_each_state(state: str) -> None:
    decision = brought_to(state)
    user = signatory()
    for name, table in MOVES.items():
        length = Event.objects.count()
        if state in table:
            with transaction.atomic():
                after = moved(decision, name, user)
                assert after.state == table[state], name
                assert Event.objects.latest("pk").move == name
                transaction.set_rollback(True)
        else:
            with pytest.raises(TransitionNotAllowed):
                moved(decision, name, user)
            assert Event.objects.count() == length
    assert Decision.objects.get(pk=decision.pk).state == state


def test_the_table_knows_every_move() -> None:
    known = {transition.name for transition in Decision().get_all_state_transitions()}
    assert known == set(MOVES)


# --- who may: one line per role ---------------------------------------------------------------------------------

Act = Callable[[Decision, Actor], Any]
ACTS: dict[str, Act] = {
    "prepare": lambda decision, by: actions.prepare(
        application_pk=decision.application_id, content=decisions.content(decision.application), at=AT, by=by
    ),
    "send": lambda decision, by: actions.send_for_signature(decision_pk=decision.pk, at=AT, by=by),
    "send_back": lambda decision, by: actions.send_back(
        decision_pk=decision.pk, at=AT, by=by.because("À préciser.")
    ),
    "sign": lambda decision, by: actions.sign(decision_pk=decision.pk, at=AT, by=by),
}
PREPARED_BY: dict[str, set[str]] = {
    "officer of the file": {"prepare", "send"},
    "another officer": set(),
    "signatory": {"send_back", "sign"},
    "signatory without delegation": {"send_back"},
    "secretariat": set(),
    "ethics_officer": set(),
    "appeal_officer": set(),
    "data_protection_officer": set(),
    "technical_administrator": set(),
    "representative": set(),
    "stranger": set(),
    "clock": set(),
}


def people(decision: Decision) -> dict[str, Actor]:
    found = {
        "officer of the file": decisions.officer_of(decision.application),
        "another officer": acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        "signatory": acting(signatory(), Role.SIGNATORY),
        "signatory without delegation": acting(staff(Role.SIGNATORY), Role.SIGNATORY),
        "representative": representative_of(decision.application.structure),
        "stranger": acting(person(), Role.SIGNATORY),
        "clock": Actor.system(),
    }
    for role in set(PREPARED_BY) - set(found):
        found[role] = acting(staff(role), role)
    return found


@pytest.mark.parametrize("act", list(ACTS))
def test_who_may_do_what_with_an_act_sent_for_signature(act: str) -> None:
    decision = decisions.to_sign()
    for name, by in people(decision).items():
        with transaction.atomic():
            if act in PREPARED_BY[name]:
                ACTS[act](decision, by)
            else:
                with pytest.raises((NotAllowed, Blocked)):
                    ACTS[act](decision, by)
                assert Decision.objects.get(pk=decision.pk).state == "prepared"
            transaction.set_rollback(True)


@pytest.mark.parametrize("state", ["signed", "notified", "final", "replaced", "annulled", "abandoned"])
def test_nothing_is_done_anew_to_an_act_that_left_preparation(state: str) -> None:
    decision = brought_to(state)
    for act in ("send", "send_back", "sign"):
        by = people(decision)["officer of the file" if act == "send" else "signatory"]
        with pytest.raises(TransitionNotAllowed):
            ACTS[act](decision, by)
    assert Decision.objects.get(pk=decision.pk).state == state
