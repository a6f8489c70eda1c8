"""Two people at once in one procedure, on PostgreSQL: one wins, nothing is lost, nothing half-written."""

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
from certificates import actions
from certificates.actions.withdrawals import open_hearing
from certificates.models import Hearing, Observation, Withdrawal
from journal.refusals import Blocked
from journal.verification import broken_links
from letters.models import Letter
from tests.factories import certificates, measures, withdrawals
from tests.factories.accounts import acting, signatory
from tests.factories.structures import AT, representative_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """What each task returned, or the refusal that it met, all started together."""
    gate = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return task()
        except (Blocked, TransitionNotAllowed) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_two_signatories_sign_one_step_once() -> None:
    found = withdrawals.opened()
    proposal = withdrawals.propose(found, "hearing")
    users = [signatory() for _ in range(4)]

    def signing(user: Any) -> Callable[[], Any]:
        return lambda: actions.sign_step(proposal_pk=proposal, at=AT, by=acting(user, Role.SIGNATORY))

    got = at_once([signing(user) for user in users])

    assert sum(isinstance(one, Withdrawal) for one in got) == 1
    assert Hearing.objects.count() == 1
    assert Letter.objects.filter(code="L13b").count() == 1
    assert list(broken_links()) == []


def test_two_officers_open_one_procedure() -> None:
    label = certificates.label()

    def opening() -> Any:
        return withdrawals.opened(label)

    got = at_once([opening, opening, opening])

    assert sum(isinstance(one, Withdrawal) for one in got) == 1
    assert Withdrawal.objects.count() == 1
    assert list(broken_links()) == []


def test_an_observation_that_arrives_while_the_hearing_closes_is_kept_or_refused_in_words() -> None:
    found = withdrawals.in_hearing()
    hearing = open_hearing(found)
    late = AT + timedelta(days=36)
    officer, president = measures.officer_of(found.label), representative_of(found.label.structure)

    got = at_once(
        [
            lambda: actions.close_procedure_hearing(withdrawal_pk=found.pk, at=late, by=officer),
            lambda: actions.observe(hearing_pk=hearing.pk, text="Attendez.", at=late, by=president),
        ]
    )

    assert isinstance(got[0], Withdrawal)
    kept = Observation.objects.filter(hearing=hearing).count()
    assert kept == isinstance(got[1], Observation)
    if not kept:
        assert "temps de répondre est terminé" in str(got[1])
    assert withdrawals.fresh(found).state == "hearing_closed"
    assert list(broken_links()) == []
