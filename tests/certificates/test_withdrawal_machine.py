"""A procedure lived at random: whatever order things come in, no label ends without each step that protects it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts.models import Role
from certificates import actions
from certificates.actions.hearings import GroundContent
from certificates.actions.withdrawals import open_hearing
from certificates.models import Label, Withdrawal
from decisions import actions as acts
from decisions.models import Decision
from journal.models import Event
from journal.refusals import Refusal
from journal.verification import broken_links
from tests.factories import decisions, measures, withdrawals
from tests.factories.accounts import acting, signatory
from tests.factories.structures import AT, representative_of

STEPS = ("dismiss", "formal_notice", "hearing", "maintain")


class LifeOfAProcedure(RuleBasedStateMachine):
    """Days pass; the office, the signatories and the association act, or are refused."""

    @initialize()
    def open(self) -> None:
        self.at = AT
        self.found = withdrawals.opened()
        self.label = self.found.label
        self.officer = measures.officer_of(self.label)
        self.boss = acting(signatory(), Role.SIGNATORY)
        self.number = 0

    def act(self, doing: Callable[[], Any]) -> None:
        length = Event.objects.count()
        try:
            with transaction.atomic():
                doing()
        except (Refusal, TransitionNotAllowed, IntegrityError):
            assert Event.objects.count() == length  # nothing half-written

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(step=st.sampled_from(STEPS))
    def step(self, step: str) -> None:
        self.number += 1
        ground = GroundContent(fact=f"Fait {self.number}.", text_breached="Condition 2.", source="Une visite")
        more = {"grounds": [ground]} if step in ("formal_notice", "hearing") else {}

        def sign() -> None:
            proposal = withdrawals.propose(self.found, step, at=self.at, **more)
            actions.sign_step(proposal_pk=proposal, at=self.at, by=self.boss)

        self.act(sign)

    @rule()
    def letters_arrive(self) -> None:
        found = withdrawals.fresh(self.found)
        hearing = open_hearing(found)
        for letter in (found.formal_notice, hearing.letter if hearing else None):
            if letter is not None and letter.received_on is None:
                measures.received(letter, at=self.at)

    @rule()
    def association_answers(self) -> None:
        hearing = open_hearing(self.found)
        if hearing is not None:
            by = representative_of(self.label.structure)
            self.act(lambda: actions.observe(hearing_pk=hearing.pk, text="Non.", at=self.at, by=by))

    @rule()
    def close(self) -> None:
        pk = self.found.pk
        self.act(lambda: actions.close_procedure_hearing(withdrawal_pk=pk, at=self.at, by=self.officer))

    @rule(kind=st.sampled_from(["withdraw", "conditions", "maintain"]))
    def committee_sits(self, kind: str) -> None:
        self.act(lambda: withdrawals.advised(self.found, kind=kind, at=self.at))

    @rule(kind=st.sampled_from(["withdraw", "annul", "conditions"]))
    def decide(self, kind: str) -> None:
        why = decisions.OTHERWISE
        self.act(
            lambda: withdrawals.signed(self.found, kind, at=self.at, by=self.boss, divergence_reasons=why)
        )

    @rule()
    def act_is_received(self) -> None:
        decision = Decision.objects.filter(measure__withdrawal=self.found, state="signed").first()
        if decision is not None:
            self.act(lambda: decisions.receive(decision, at=self.at))

    @rule()
    def sign_what_waits(self) -> None:
        decision = Decision.objects.filter(measure__withdrawal=self.found, state="prepared").first()
        if decision is not None:
            self.act(lambda: acts.sign(decision_pk=decision.pk, at=self.at, by=self.boss))

    @invariant()
    def no_step_without_the_one_that_protects(self) -> None:
        if not hasattr(self, "found"):
            return
        found, label = withdrawals.fresh(self.found), Label.objects.get(pk=self.label.pk)
        assert list(broken_links()) == []
        signed = Decision.objects.filter(
            measure__withdrawal=found, kind__in=["withdraw", "annul"], state__in=["signed", "notified"]
        ).first()
        if label.state in ("withdrawn", "annulled"):
            assert signed is not None and signed.state == "notified"
            assert label.ended_on == signed.notified_on
        if signed is None:
            assert found.state != Withdrawal.State.WITHDRAWN
            return
        assert found.state == "withdrawn" and found.opinion is not None
        retained = list(signed.measure.grounds.select_related("hearing__letter"))
        assert retained
        for ground in retained:
            assert ground.hearing.withdrawal_id == found.pk
            assert ground.hearing.letter.received_on is not None
            assert ground.hearing.closed_on is not None
            assert ground.hearing.closed_on <= signed.signed_at.date()
        for answer in found.hearings.filter(dropped_at=None):
            assert answer.closed_on is not None


class TestLifeOfAProcedure(TestCase):
    def test_any_life(self) -> None:
        found = LifeOfAProcedure.TestCase("runTest")
        found.settings = settings(
            max_examples=4,
            stateful_step_count=18,
            phases=[Phase.generate],  # each step writes to the database: shrinking would last for minutes
            suppress_health_check=list(HealthCheck),
            deadline=None,
        )
        found.runTest()
