"""An assignment lived at random: whatever is tried in whatever order, its promises hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Refusal
from journal.verification import broken_links
from label.models import Application
from reviewers import actions
from reviewers.actions.evaluations import latest
from reviewers.models import Assignment, Evaluation, Score
from tests.factories import reviewers as factory
from tests.factories.structures import AT

State = Assignment.State


class Panel(RuleBasedStateMachine):
    """One dossier with one member per college: the smallest panel that can close."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.sealed: dict[int, list[tuple[str, int | None]]] = {}
        self.closed: list[str] = []
        self.hours = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize()
    def name_a_panel(self) -> None:
        self.application = factory.under_review()
        self.secretary = factory.secretary().because("Motif écrit.")
        self.ethics = factory.ethics_officer().because("Lien découvert.")
        self.pks = [row.pk for row in factory.assignments_of(self.application)]

    def attempt(self, act: object, **facts: object) -> None:
        """Refused or done: never half-done."""
        self.hours += 1
        try:
            with transaction.atomic():
                act(at=AT + timedelta(hours=self.hours), **facts)  # type: ignore[operator]
        except (Refusal, TransitionNotAllowed):
            pass

    def row(self, place: int) -> Assignment:
        return factory.assignments_of(self.application)[place % len(self.pks)]

    @rule(place=st.integers(0, 5))
    def accept(self, place: int) -> None:
        row = self.row(place)
        self.attempt(actions.accept_assignment, assignment_pk=row.pk, by=factory.member_actor(row))

    @rule(place=st.integers(0, 5), value=st.integers(0, 4))
    def fill_and_send(self, place: int, value: int) -> None:
        row = self.row(place)
        if row.state == State.PROPOSED:
            self.accept(place)
            row = self.row(place)
        if row.state == State.ACCEPTED and not row.scores.exists():
            codes = [one["code"] for one in row.application.edition.data["criteria"]]
            Score.objects.bulk_create(
                Score(assignment=row, criterion=code, value=value, comment="Lu.", saved_at=AT)
                for code in codes
            )
        self.attempt(
            actions.submit_review,
            assignment_pk=row.pk,
            advice="favourable",
            comment="",
            by=factory.member_actor(row),
        )

    @rule(place=st.integers(0, 5), value=st.integers(0, 4), version=st.integers(0, 2))
    def score(self, place: int, value: int, version: int) -> None:
        row = self.row(place)
        self.attempt(
            actions.save_score,
            assignment_pk=row.pk,
            criterion="A1.1",
            verdict="scored",
            value=value,
            comment="",
            version=version,
            by=factory.member_actor(row),
        )

    @rule(place=st.integers(0, 5), which=st.sampled_from(["decline", "replace", "stand_down"]))
    def leave(self, place: int, which: str) -> None:
        row = self.row(place)
        more = {"statement": "Élue."} if which == "stand_down" else {}
        self.attempt(getattr(actions, which), assignment_pk=row.pk, by=factory.member_actor(row), **more)

    @rule(place=st.integers(0, 5))
    def recuse(self, place: int) -> None:
        self.attempt(actions.recuse, assignment_pk=self.row(place).pk, by=self.ethics)

    @rule(place=st.integers(0, 5))
    def expire(self, place: int) -> None:
        self.attempt(actions.expire, assignment_pk=self.row(place).pk, by=self.secretary)

    @rule()
    def close(self) -> None:
        self.attempt(
            actions.close_evaluation,
            application_pk=self.application.pk,
            derogation="Séance demain.",
            by=self.secretary,
        )

    @rule()
    def rebuild(self) -> None:
        self.attempt(actions.rebuild_panel, application_pk=self.application.pk, by=self.secretary)

    @rule()
    def open_discussion(self) -> None:
        self.attempt(actions.open_discussion, application_pk=self.application.pk, by=self.secretary)

    @rule(place=st.integers(0, 5), value=st.integers(0, 4), version=st.integers(0, 1))
    def change(self, place: int, value: int, version: int) -> None:
        row = self.row(place)
        self.attempt(
            actions.change_score,
            assignment_pk=row.pk,
            criterion="A1.2",
            verdict="scored",
            value=value,
            reason="Après la discussion.",
            version=version,
            by=factory.member_actor(row),
        )

    @rule(place=st.integers(0, 5))
    def finish(self, place: int) -> None:
        row = self.row(place)
        self.attempt(actions.finish_rereading, assignment_pk=row.pk, by=factory.member_actor(row))

    @rule()
    def close_discussion(self) -> None:
        self.attempt(actions.end_discussion, application_pk=self.application.pk, by=self.secretary)

    @rule(value=st.integers(0, 4))
    def everybody_sends_and_the_discussion_opens(self, value: int) -> None:
        for place in range(len(self.pks)):
            self.fill_and_send(place, value)
        self.open_discussion()

    @invariant()
    def a_second_round_is_of_who_read_the_others_and_says_why(self) -> None:
        second = Score.objects.filter(assignment__application=self.application, round=2)
        assert not second.filter(assignment__reopened_at=None).exists()
        for score in second.exclude(change_reason=""):
            first = Score.objects.get(assignment=score.assignment_id, criterion=score.criterion, round=1)
            assert first.value != score.value

    @invariant()
    def a_second_result_follows_a_first_and_something_changed(self) -> None:
        results = Evaluation.objects.filter(application=self.application).order_by("pk")
        rounds = list(results.values_list("round", flat=True))
        assert all(rounds[place - 1] == 1 for place, number in enumerate(rounds) if number == 2)
        assert 2 not in rounds or Score.objects.filter(round=2).exclude(change_reason="").exists()

    @invariant()
    def sealed_scores_never_change(self) -> None:
        for row in Assignment.objects.filter(application=self.application, submitted_at__isnull=False):
            first = row.scores.filter(round=1)
            scores = list(first.order_by("criterion").values_list("criterion", "value"))
            assert self.sealed.setdefault(row.pk, scores) == scores

    @invariant()
    def nobody_reads_without_a_statement(self) -> None:
        reading = Assignment.objects.filter(application=self.application, state__in=Assignment.READING)
        assert not reading.filter(no_link_stated_at=None).exists()

    @invariant()
    def the_dossier_is_in_deliberation_only_with_a_result(self) -> None:
        application = Application.objects.get(pk=self.application.pk)
        if application.state == "in_deliberation":
            result = latest(application)
            assert result is not None
            counted = Assignment.objects.filter(application=application, state__in=Assignment.COUNTED)
            sheets = sum(college["count"] for college in result.result["colleges"].values())
            assert counted.count() == sheets

    @invariant()
    def results_are_frozen(self) -> None:
        digests = list(
            Evaluation.objects.filter(application=self.application)
            .order_by("pk")
            .values_list("digest", flat=True)
        )
        assert digests[: len(self.closed)] == self.closed
        self.closed = digests

    @invariant()
    def each_state_is_the_last_word_of_the_journal(self) -> None:
        for row in Assignment.objects.filter(application=self.application):
            last = Event.objects.filter(subject=subject_key(row)).order_by("-position").first()
            assert last is not None
            assert last.target == row.state
        assert list(broken_links()) == []


@pytest.mark.walk
@pytest.mark.django_db
def test_an_assignment_keeps_its_promises_whatever_is_tried() -> None:
    run_state_machine_as_test(
        Panel,
        settings=settings(
            max_examples=6,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
