"""Several people and the clock at once around the end of a label, on PostgreSQL: the root of a story is held first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from certificates.models import Label
from deadlines.tick import Report, handle_due
from decisions import actions
from journal.moves import Actor
from journal.refusals import Blocked
from journal.verification import broken_links
from label.actions import withdraw
from label.models import Application
from tests.factories import certificates, decisions, renewals
from tests.factories.accounts import acting, signatory
from tests.factories.renewals import noon
from tests.factories.structures import representative_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
OPENS, END = date(2029, 4, 3), date(2030, 1, 3)
DAY = timedelta(days=1)


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """What each task returned, or the refusal that it met, all started together; a deadlock is an error."""
    gate = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return task()
        except (TransitionNotAllowed, Blocked) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def clock(day: date) -> Callable[[], Report]:
    def run() -> Report:
        report = Report()
        handle_due(noon(day), report)
        return report

    return run


def relinquish(label: Label) -> Callable[[], Label]:
    def run() -> Label:
        with transaction.atomic():
            held = Label.objects.hold(label.pk)
            held.relinquish(by=Actor.system(), at=noon(END), ended_on=END)
            held.save()
        return held

    return run


def test_two_people_opening_a_renewal_get_one() -> None:
    label = certificates.label()
    found = at_once([lambda: renewals.draft(label, on=OPENS)] * 4)
    assert sum(isinstance(one, Application) for one in found) == 1
    assert Application.objects.filter(kind="renewal").count() == 1


def test_filed_while_the_clock_lets_expire_is_either_protected_or_expired() -> None:
    """The last useful moment: nobody waits for the other, and the label is in one of two whole states."""
    for _ in range(3):
        label = certificates.label()
        draft = renewals.draft(label, on=OPENS)
        Label.objects.filter(pk=label.pk).update(ends_on=date(2029, 8, 1))
        _filed, report = at_once(
            [lambda draft=draft: renewals.filed(draft, on=OPENS), clock(date(2031, 1, 1))]
        )
        assert report.failures == []
        kept = Label.objects.get(pk=label.pk)
        assert (kept.state, Application.objects.get(pk=draft.pk).state) == ("expired", "submitted")
    assert list(broken_links()) == []


def test_the_grant_of_a_renewal_against_the_end_of_the_old_label() -> None:
    """Two threads of one story touched from both sides: one of them wins, whole, and nobody deadlocks."""
    for _ in range(3):
        label = certificates.label()
        filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
        act = decisions.to_sign(renewals.advised(filed, on=OPENS), at=noon(END))
        user = signatory()

        def sign(act: Any = act, user: Any = user) -> Any:
            return actions.sign(decision_pk=act.pk, at=noon(END), by=acting(user, Role.SIGNATORY))

        def give_up(filed: Any = filed, label: Any = label) -> Any:
            return withdraw(application_pk=filed.pk, at=noon(END), by=representative_of(label.structure))

        at_once([sign, relinquish(label), clock(END + DAY), give_up])
        kept = Label.objects.get(pk=label.pk)
        live = Label.objects.live().filter(structure=label.structure_id)
        assert live.count() <= 1
        granted = Application.objects.get(pk=filed.pk).state == "granted"
        assert (kept.state == "renewed") <= granted
        assert live.exclude(pk=label.pk).exists() == granted
    assert list(broken_links()) == []
