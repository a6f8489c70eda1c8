"""A label lived at random: whatever order the measures come in, its rows, its journal and its status agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from certificates.models import Label, Suspension
from certificates.status import status_on
from journal.models import Event
from journal.moves import subject_key
from journal.verification import broken_links
from tests.factories import certificates
from tests.factories.structures import AT

ENDS = ("withdraw", "annul", "relinquish", "lapse", "transfer", "renew", "expire")


class LifeOfALabel(RuleBasedStateMachine):
    """Days pass; measures are taken, or refused."""

    @initialize()
    def issue(self) -> None:
        self.label = certificates.label()
        self.at = AT

    def act(self, name: str, **more: Any) -> None:
        before = Label.objects.get(pk=self.label.pk).state
        length = Event.objects.count()
        try:
            self.label = certificates.moved(self.label, name, at=self.at, **more)
        except TransitionNotAllowed:
            assert Label.objects.get(pk=self.label.pk).state == before
            assert Event.objects.count() == length

    @rule(days=st.integers(1, 200))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(length=st.integers(1, 92))
    def suspend(self, length: int) -> None:
        if self.label.state != "in_force":
            return self.act("suspend")
        day = self.at.date()
        Suspension.objects.create(label=self.label, starts_on=day, ends_on=day + timedelta(days=length))
        return self.act("suspend")

    @rule()
    def lift(self) -> None:
        Suspension.objects.filter(label=self.label, lifted_on=None).update(lifted_on=self.at.date())
        self.act("lift")

    @rule(name=st.sampled_from(ENDS))
    def end(self, name: str) -> None:
        self.act(name, on=self.at.date())

    @rule()
    def restore(self) -> None:
        self.act("restore")

    @precondition(lambda self: self.label.state == "suspended")
    @rule()
    def never_two_open_suspensions(self) -> None:
        day = self.at.date()
        try:
            with transaction.atomic():
                Suspension.objects.create(label=self.label, starts_on=day, ends_on=day)
        except IntegrityError:
            return
        raise AssertionError("two open suspensions")

    @invariant()
    def journal_and_status_agree(self) -> None:
        if not hasattr(self, "label"):
            return
        kept = certificates.read(self.label)
        last = Event.objects.filter(subject=subject_key(kept)).latest("position")
        assert last.target == kept.state
        assert list(broken_links()) == []
        status = status_on(kept, self.at.date())
        if status.may_be_used:
            assert kept.state in {"in_force", "suspended", "renewed"}
        if kept.state in {"withdrawn", "annulled", "relinquished", "lapsed", "transferred"}:
            assert not status_on(kept, kept.ended_on).may_be_used


@pytest.mark.walk
class TestLifeOfALabel(TestCase):
    def test_any_life(self) -> None:
        found = LifeOfALabel.TestCase("runTest")
        found.settings = settings(
            max_examples=6,
            stateful_step_count=12,
            phases=[Phase.generate],  # each step writes to the database: shrinking would last for minutes
            suppress_health_check=list(HealthCheck),
        )
        found.runTest()
