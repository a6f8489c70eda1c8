"""Mailings and digests at the same instant, on PostgreSQL: one wins, each person is told once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Role
from journal.refusals import Blocked
from letters import actions, digests, sending
from letters.models import Mail, Mailing
from tests.factories import norms as make
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import AT
from tests.letters.test_mailings import remind

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WORKERS = 4


def at_once(act):
    """The results of that act in several threads at the same instant, refusals included."""
    start = Barrier(WORKERS)

    def run(_number):
        try:
            start.wait()
            return act()
        except Blocked as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_four_workers_tell_each_holder_once_and_four_clicks_prepare_one_mailing() -> None:
    for _ in range(3):
        make.held()
    officer = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
    mailing = make.prepared_mailing()
    found = at_once(lambda: actions.prepare_mailing(kind="renewal_call", at=AT, by=officer))
    assert all(isinstance(one, Blocked) for one in found) and Mailing.objects.count() == 1
    at_once(lambda: actions.confirm_mailing(mailing_pk=mailing.pk, typed=3, at=AT, by=officer))
    assert sum(at_once(lambda: sending.send_mailings(AT))) <= 3
    sending.send_mailings(AT)
    assert Mail.objects.filter(kind="renewal_call").count() == 3
    assert Mailing.objects.get().finished_at is not None


def test_four_ticks_make_one_digest() -> None:
    recipient = person()
    for key in "abc":
        remind(recipient, key)
    at_once(lambda: digests.gather(AT))
    assert Mail.objects.filter(kind="digest").count() == 1
    assert Mail.objects.filter(status=Mail.Status.JOINED).count() == 3
