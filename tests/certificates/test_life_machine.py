"""A label lived at random through the real acts: periods never overlap, always end, and the night changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.models import Role
from certificates import actions
from certificates.models import Label, Suspension
from certificates.questions import suspended_on, valid_on
from certificates.status import status_on
from deadlines.tick import tick
from decisions import actions as acts
from decisions.models import Decision
from journal.refusals import Blocked
from journal.verification import broken_links
from tests.factories import certificates, decisions, measures, renewals
from tests.factories.accounts import acting, signatory
from tests.factories.structures import AT, representative_of
from workflows import integrity


class LifeUnderActs(RuleBasedStateMachine):
    """Days pass, acts are prepared, signed, received late or never; each is taken or refused with its reasons."""

    @initialize(renewed=st.booleans())
    def issue(self, renewed: bool) -> None:
        self.label = certificates.label(kind="grant_with_conditions")
        self.signer = acting(signatory(), Role.SIGNATORY)
        self.old, self.at = None, AT
        if renewed:  # the life of the next label begins before it starts
            on = self.label.ends_on - timedelta(days=200)
            filed = renewals.filed(renewals.draft(self.label, on=on), on=on)
            self.at = renewals.noon(self.label.ends_on - timedelta(days=100))
            decision = renewals.decided(filed, on=self.at.date())
            decisions.receive(decision, at=self.at)
            self.old = self.label
            self.label = Label.objects.select_related("structure", "application").get(decision=decision)

    def sign(self, kind: str, **terms: Any) -> None:
        try:
            measure = measures.prepared(self.label, kind, at=self.at, **terms)
            acts.send_for_signature(
                decision_pk=measure.decision_id, at=self.at, by=measures.officer_of(self.label)
            )
            acts.sign(decision_pk=measure.decision_id, at=self.at, by=self.signer)
        except Blocked as blocked:
            assert all(str(reason.text) for reason in blocked.reasons)
        except TransitionNotAllowed:
            assert Decision.objects.filter(measure__label=self.label, kind=kind, state="signed").exists()

    @rule(days=st.integers(1, 70), ticks=st.booleans())
    def time_passes(self, days: int, ticks: bool) -> None:
        self.at += timedelta(days=days)
        before = status_on(certificates.read(self.label), self.at.date())
        if ticks:
            tick(self.at)
            assert (
                status_on(certificates.read(self.label), self.at.date()) == before
            )  # the night changes no status

    @rule(length=st.integers(-3, 120), shift=st.sampled_from([None, -1, 0, 5, 40]))
    def suspend(self, length: int, shift: int | None) -> None:
        on = self.at.date()
        starts_on = None if shift is None else on + timedelta(days=shift)
        self.sign("suspend", starts_on=starts_on, ends_on=(starts_on or on) + timedelta(days=length))

    @rule()
    def lift(self) -> None:
        self.sign("lift")

    @rule()
    def letters_arrive(self) -> None:
        for decision in Decision.objects.filter(measure__label=self.label, state="signed"):
            decisions.receive(decision, at=self.at)

    @precondition(lambda self: self.at > AT + timedelta(days=150) or self.old)
    @rule()
    def give_up(self) -> None:
        by = representative_of(self.label.structure)
        try:
            actions.relinquish(label_pk=self.label.pk, statement=self.label.number, at=self.at, by=by)
        except Blocked:
            assert measures.fresh(self.label).state not in Label.LIVE

    @invariant()
    def rows_journal_and_status_agree(self) -> None:
        if not hasattr(self, "label"):
            return
        for check in (
            integrity.measures_without_end,
            integrity.suspensions_that_overlap,
            integrity.measures_without_a_hearing,
            integrity.acts_without_effect,
            integrity.under_way_on_an_ended_label,
            integrity.labels_renewed_by_nothing,
            integrity.protections_lost,
        ):
            assert list(check()) == []
        assert list(broken_links()) == []
        for period in Suspension.objects.filter(label=self.label):
            assert period.ends_on is not None
            assert (period.ends_on - period.starts_on).days <= 92
        label = certificates.read(self.label)
        assert label.ends_on == self.label.ends_on  # days of suspension never prolong validity
        if label.state == "relinquished":
            assert status_on(label, label.ended_on).code == "relinquished"
        if self.old:
            self.the_old_label_tells_what_is_decided_on_the_next_one(label)

    def the_old_label_tells_what_is_decided_on_the_next_one(self, label: Label) -> None:
        """Every day until its last one, by its own status and by what the database is asked."""
        old, today = certificates.read(self.old), self.at.date()
        for day in {today, today - timedelta(days=9), self.old.ends_on}:
            code = status_on(old, day).code
            if label.ended_on and label.ended_on < label.starts_on and day >= label.ended_on:
                assert code == label.state
            elif day < label.starts_on:
                held = any(row.starts_on <= day <= row.last_day for row in label.suspensions.all())
                assert (code == "suspended") == held
            asked = [Label.objects.filter(test(day), pk=old.pk).exists() for test in (valid_on, suspended_on)]
            usable = code in ("valid", "valid_with_conditions", "extended")
            assert asked == [usable, code == "suspended"]


class TestLifeUnderActs(TestCase):
    def test_any_life(self) -> None:
        assert timezone.localdate(AT) == AT.date()
        found = LifeUnderActs.TestCase("runTest")
        found.settings = settings(
            max_examples=5,
            stateful_step_count=14,
            deadline=None,
            phases=[Phase.generate],  # each step writes to the database: shrinking would last for minutes
            suppress_health_check=list(HealthCheck),
        )
        found.runTest()
