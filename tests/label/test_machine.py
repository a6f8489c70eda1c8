"""A dossier lived at random: whatever order people act in, row, snapshot, clocks and journal agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts.models import Role
from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Blocked
from journal.verification import broken_links
from label import actions, clocks
from label.models import Application
from label.snapshots import digest_of
from tests.factories import label
from tests.factories.accounts import acting, staff
from tests.factories.structures import AT, representative_of

State = Application.State


class LifeOfADossier(RuleBasedStateMachine):
    """The association and the office act in any order; what is refused changes nothing."""

    @initialize()
    def open(self) -> None:
        self.at = AT
        application = label.filled()
        self.pk, self.by = application.pk, representative_of(application.structure)
        self.officer = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
        staff(Role.APPEAL_OFFICER)
        self.taken = False

    @property
    def now(self) -> Application:
        return Application.objects.get(pk=self.pk)

    def act(self, action: Callable[..., Any], *, by: Any, **more: Any) -> None:
        before, events = self.now.state, Event.objects.count()
        try:
            action(application_pk=self.pk, at=self.at, by=by, **more)
        except (Blocked, TransitionNotAllowed):
            assert self.now.state == before
            assert Event.objects.count() == events

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(text=st.text(max_size=30))
    def write(self, text: str) -> None:
        row = self.now.answers.filter(question="governance_bodies").first()
        kept = row.text if row else ""
        self.act(
            actions.save_answer,
            by=self.by,
            question="governance_bodies",
            text=text,
            version=row.version if row else 0,
        )
        if self.now.state != State.DRAFT and row:
            assert self.now.answers.get(question="governance_bodies").text == kept

    @rule()
    def submit(self) -> None:
        self.act(actions.submit, by=self.by)

    @rule()
    def take(self) -> None:
        self.act(actions.take_file, by=self.officer)
        self.taken = self.now.case_officer_id is not None

    @rule()
    def ask(self) -> None:
        if self.taken:
            pieces = [{"code": "paper_accounts", "why": "Pour comprendre le budget."}]
            self.act(actions.ask_documents, by=self.officer, pieces=pieces)

    @rule(text=st.sampled_from(["", "Voici."]))
    def answer(self, text: str) -> None:
        request = self.now.open_request()
        if request is not None:
            self.act(actions.answer_piece, by=self.by, piece_pk=request.pieces.get().pk, answer=text)

    @rule()
    def complete(self) -> None:
        self.act(actions.complete, by=self.by)

    @rule()
    def admit(self) -> None:
        if self.taken:
            label.register_concluded(self.now, at=self.at)
            self.act(actions.declare_admissible, by=self.officer)

    @rule()
    def withdraw(self) -> None:
        self.act(actions.withdraw, by=self.by)

    @invariant()
    def everything_agrees(self) -> None:
        if not hasattr(self, "pk"):
            return
        found = self.now
        last = Event.objects.filter(subject=subject_key(found)).latest("position")
        assert last.target == found.state
        assert list(broken_links()) == []
        for snapshot in found.snapshots.all():
            assert digest_of(snapshot.content) == snapshot.digest
        assert (found.snapshot is None) == (found.state == State.DRAFT)
        assert (found.open_request() is not None) == (found.state == State.INCOMPLETE)
        silence = clocks.running(found, clocks.SILENCE)
        if found.state == State.INCOMPLETE:
            assert (
                clocks.silence_pause(found, on=timezone.localdate(found.open_request().asked_at)) is not None
            )
        if found.state in (State.SUBMITTED, State.INCOMPLETE, State.ADMISSIBLE):
            assert silence is not None
            assert found.implicit_decision_on == silence.due_on
        if found.state == State.WITHDRAWN:
            assert silence is None
        assert (
            Application.objects.exclude(state__in=Application.FINAL)
            .filter(structure=found.structure_id)
            .count()
            <= 1
        )


@pytest.mark.walk
class TestLifeOfADossier(TestCase, LifeOfADossier.TestCase):
    settings = settings(
        max_examples=5, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
