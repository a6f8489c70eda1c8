"""A follow-up lived at random: whatever order people and the clock come in, its rows, clocks and journal agree."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from certificates import actions
from certificates.models import FollowUp, Label, Withdrawal
from deadlines.models import Deadline
from deadlines.tick import tick
from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Refusal
from journal.verification import broken_links
from tests.factories import certificates, follow_ups
from tests.factories.structures import representative_of

OVER = ("compliant", "resolved", "escalated", "void")
REFUSED = (Refusal, TransitionNotAllowed)


class LifeOfAFollowUp(RuleBasedStateMachine):
    """Days pass; the association sends or not, an officer reads, calls, escalates; the label may end."""

    @initialize()
    def plan(self) -> None:
        self.follow_up = follow_ups.planned()
        self.officer = follow_ups.holder(self.follow_up)
        self.member = representative_of(self.follow_up.label.structure)
        self.day = self.follow_up.due_on - timedelta(days=70)

    @property
    def now(self):
        return follow_ups.at(self.day, 12)

    @rule(days=st.sampled_from([1, 12, 40, 70]))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)
        tick(self.now)

    @rule(exact=st.booleans())
    def send(self, exact: bool) -> None:
        with suppress(*REFUSED):
            actions.send_follow_up(
                follow_up_pk=self.follow_up.pk,
                declaration=follow_ups.nothing_changed(),
                exact=exact,
                at=self.now,
                by=self.member,
            )

    @rule(finding=st.sampled_from([None, follow_ups.MINOR, follow_ups.MAJOR]))
    def read(self, finding: actions.Finding | None) -> None:
        doing = {"follow_up_pk": self.follow_up.pk, "at": self.now, "by": self.officer}
        with suppress(*REFUSED):
            if finding is None:
                actions.accept_follow_up(**doing)
            else:
                actions.find_gaps(findings=[finding], **doing)

    @rule()
    def mend(self) -> None:
        for gap in self.follow_up.gaps.all():
            with suppress(*REFUSED):
                follow_ups.proved(gap, on=self.day)
            with suppress(*REFUSED):
                actions.close_gap(gap_pk=gap.pk, at=self.now, by=self.officer)

    @rule(channel=st.sampled_from(["phone", "post"]), safety=st.booleans())
    def seek_then_escalate(self, channel: str, safety: bool) -> None:
        with suppress(*REFUSED):
            follow_ups.sought(self.follow_up, channel, on=self.day)
        with suppress(*REFUSED):
            actions.escalate_follow_up(
                follow_up_pk=self.follow_up.pk, facts="Rien.", safety=safety, at=self.now, by=self.officer
            )

    @rule(really=st.sampled_from([False, False, False, True]))
    def label_ends(self, really: bool) -> None:
        if really:
            with suppress(*REFUSED), transaction.atomic():
                certificates.moved(self.follow_up.label, "relinquish", on=self.day, at=self.now)

    @invariant()
    def rows_clocks_and_journal_agree(self) -> None:
        if not hasattr(self, "follow_up"):
            return
        kept = FollowUp.objects.get(pk=self.follow_up.pk)
        last = Event.objects.filter(subject=subject_key(kept)).latest("position")
        assert last.target == kept.state
        assert list(broken_links()) == []
        gaps = list(kept.gaps.all())
        running = Deadline.objects.running().filter(
            subject__in=[subject_key(kept), *(subject_key(gap) for gap in gaps)]
        )
        assert running.exists() == (kept.state not in OVER)
        assert (kept.state == "resolved") == bool(gaps and all(gap.closed_at for gap in gaps))
        assert all(gap.proved_at for gap in gaps if gap.closed_at)
        opened = Withdrawal.objects.filter(origin_key=subject_key(kept)).count()
        assert opened == (kept.state == "escalated")
        if Label.objects.get(pk=kept.label_id).state not in Label.LIVE:
            assert kept.state in OVER


class TestLifeOfAFollowUp(TestCase):
    def test_any_life(self) -> None:
        found = LifeOfAFollowUp.TestCase("runTest")
        found.settings = settings(
            max_examples=6,
            stateful_step_count=12,
            phases=[Phase.generate],  # each step writes to the database: shrinking would last for minutes
            suppress_health_check=list(HealthCheck),
        )
        found.runTest()
