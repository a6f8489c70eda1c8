"""Several signatories at once, on PostgreSQL: one wins, numbers follow one another, the journal stays whole."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from certificates.models import Certificate, Label
from deadlines.models import Deadline
from deadlines.tick import tick
from decisions import actions
from decisions.models import Appeal, Decision
from journal.numbering import parse_number
from journal.verification import broken_links
from letters.models import Letter
from tests.factories import appeals, decisions
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 8


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """What each task returned, or the refusal that it met, all started together."""
    gate = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return task()
        except TransitionNotAllowed as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def signing(decision: Decision, user: Any) -> Callable[[], Any]:
    return lambda: actions.sign(decision_pk=decision.pk, at=AT, by=acting(user, Role.SIGNATORY))


def test_eight_acts_signed_at_once_get_eight_numbers_without_gap() -> None:
    acts = [decisions.to_sign() for _ in range(THREADS)]
    users = [signatory() for _ in range(THREADS)]

    found = at_once([signing(act, user) for act, user in zip(acts, users, strict=True)])

    assert all(isinstance(one, Decision) for one in found)
    sequences = sorted(
        parse_number(number).sequence for number in Label.objects.values_list("number", flat=True)
    )
    assert sequences == list(range(1, THREADS + 1))
    assert Certificate.objects.count() == THREADS
    assert list(broken_links()) == []


def test_eight_signatories_of_one_act_exactly_one_signs() -> None:
    act = decisions.to_sign()

    found = at_once([signing(act, signatory()) for _ in range(THREADS)])

    assert sum(isinstance(one, Decision) for one in found) == 1
    assert sum(isinstance(one, TransitionNotAllowed) for one in found) == THREADS - 1
    assert Label.objects.count() == 1
    assert Letter.objects.filter(subject=decisions.key(act)).count() == 1
    assert list(broken_links()) == []


def test_two_officers_take_one_appeal_exactly_one_examines_it() -> None:
    appeal = appeals.lodged()
    users = [staff(Role.APPEAL_OFFICER) for _ in range(4)]

    def take(user: Any) -> Callable[[], Any]:
        by = acting(user, Role.APPEAL_OFFICER)
        return lambda: actions.take_up(appeal_pk=appeal.pk, at=appeals.LODGED, by=by)

    found = at_once([take(user) for user in users])

    assert sum(isinstance(one, Appeal) for one in found) == 1
    assert appeals.fresh(appeal).officer in users
    assert list(broken_links()) == []


def test_an_answer_signed_while_the_clock_notes_the_silence() -> None:
    """Whichever comes first, the answer stands, and silence is noted before it or not at all."""
    appeal = appeals.to_sign()
    late = appeals.LODGED + timedelta(days=70)
    user = signatory()
    contested = appeal.decision

    def sign() -> Any:
        return actions.sign(decision_pk=appeal.answer_id, at=late, by=acting(user, Role.SIGNATORY))

    at_once([sign, lambda: tick(late), lambda: tick(late)])

    appeal = appeals.fresh(appeal)
    assert (appeal.state, appeal.answer.state) == ("rejected", "signed")
    running = Deadline.objects.running().of(contested).filter(kind="court").count()
    assert running == (1 if appeal.implicitly_rejected_on else 0)
    assert list(broken_links()) == []
