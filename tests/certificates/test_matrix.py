"""Every state of a label, every move: written by hand (domain 5.1 LABEL; conditions and extensions are facts)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django_fsm import TransitionNotAllowed

from certificates.models import Label
from journal.models import Event
from journal.moves import Actor
from tests.factories import certificates
from tests.factories.structures import AT

pytestmark = pytest.mark.django_db
MOVES: dict[str, dict[str, str]] = {
    "suspend": {"in_force": "suspended"},
    "lift": {"suspended": "in_force"},
    "expire": {"in_force": "expired", "suspended": "expired"},
    "withdraw": {"in_force": "withdrawn", "suspended": "withdrawn"},
    "annul": {"in_force": "annulled", "suspended": "annulled"},
    "relinquish": {"in_force": "relinquished", "suspended": "relinquished"},
    "lapse": {"in_force": "lapsed", "suspended": "lapsed"},
    "transfer": {"in_force": "transferred", "suspended": "transferred"},
    "renew": {"in_force": "renewed", "suspended": "renewed"},
    "restore": {"withdrawn": "in_force", "annulled": "in_force", "expired": "in_force"},
}
REACHED_BY = {
    "suspended": "suspend",
    "expired": "expire",
    "withdrawn": "withdraw",
    "annulled": "annul",
    "relinquished": "relinquish",
    "lapsed": "lapse",
    "transferred": "transfer",
    "renewed": "renew",
}


@pytest.mark.parametrize("state", Label.State.values)
def test_each_move_from_each_state(state: str) -> None:
    label = certificates.label()
    if state in REACHED_BY:
        label = certificates.moved(label, REACHED_BY[state], on=AT.date() + timedelta(days=3))
    for name, table in MOVES.items():
        length = Event.objects.count()
        if state in table:
            with transaction.atomic():
                after = certificates.moved(label, name)
                assert after.state == table[state], name
                assert (after.ended_on is None) == (table[state] in Label.LIVE)
                assert Event.objects.latest("pk").move == name
                transaction.set_rollback(True)
        else:
            with pytest.raises(TransitionNotAllowed):
                certificates.moved(label, name)
            assert Event.objects.count() == length
    assert Label.objects.get().state == state


def test_the_table_knows_every_move() -> None:
    assert {transition.name for transition in Label().get_all_state_transitions()} == set(MOVES)


def test_nobody_moves_a_label_that_is_not_held() -> None:
    label = Label.objects.get(pk=certificates.label().pk)

    with pytest.raises(TransitionNotAllowed):
        label.suspend(by=Actor.system(), at=AT)
    with pytest.raises(TypeError):
        Label.objects.filter(pk=label.pk).update(state="withdrawn")
