"""Two mandates lived at random: whatever is tried in whatever order, their promises hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.actions import suppress_person
from accounts.models import User
from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Refusal
from journal.verification import broken_links
from letters.models import Mail
from reviewers import actions
from reviewers.models import Assignment, Mandate, MandateHearing
from tests.factories import reviewers as factory
from tests.factories.mandates import deciding
from tests.factories.structures import AT

PLACES = st.integers(0, 1)


class Seats(RuleBasedStateMachine):
    """Two members of a panel, with everybody who may act on their mandates."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.days = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize()
    def name_a_panel(self) -> None:
        rows = factory.assignments_of(factory.under_review())[:2]
        self.pks = [factory.accepted(row).mandate_id for row in rows]
        self.secretary, self.signatory = factory.secretary(), deciding().because("Motif écrit.")

    def attempt(self, act: object, place: int, by: Actor | None = None, **facts: object) -> None:
        """Refused or done: never half-done. The member acts unless somebody else is named."""
        self.days += 1
        mandate = Mandate.objects.select_related("user").get(pk=self.pks[place])
        at = AT + timedelta(days=self.days)
        try:
            with transaction.atomic():
                act(mandate_pk=mandate.pk, at=at, by=by or factory.member_actor(mandate), **facts)  # type: ignore[operator]
        except (Refusal, TransitionNotAllowed):
            pass

    @property
    def today(self) -> object:
        return timezone.localdate(AT + timedelta(days=self.days + 1))

    @rule(place=PLACES, which=st.sampled_from(["pause", "resume", "resign", "withdraw_consent"]))
    def member_moves(self, place: int, which: str) -> None:
        self.attempt(getattr(actions, which), place)

    @rule(place=PLACES, choice=st.sampled_from(["name_and_college", "name", "pseudonym", "nothing"]))
    def publish(self, place: int, choice: str) -> None:
        self.attempt(actions.choose_publication, place, publication=choice, pseudonym="Mésange")

    @rule(place=PLACES)
    def notify(self, place: int) -> None:
        facts = {"ground": "breach", "facts": "Notes publiées.", "notified_on": self.today}
        self.attempt(actions.notify_grounds, place, self.secretary, **facts)

    @rule(place=PLACES)
    def answer(self, place: int) -> None:
        self.attempt(actions.send_observations, place, observations="Je conteste.")

    @rule(place=PLACES)
    def drop(self, place: int) -> None:
        self.attempt(actions.drop_grounds, place, self.secretary)

    @rule(place=PLACES)
    def terminate(self, place: int) -> None:
        self.attempt(actions.terminate, place, self.signatory, act_reference="DEC-1")

    @rule(place=PLACES, which=st.sampled_from(["end", "expire_interests"]))
    def clock(self, place: int, which: str) -> None:
        self.attempt(getattr(actions, which), place, Actor.system())

    @rule(place=PLACES)
    def silence(self, place: int) -> None:
        user = User.objects.get(mandates=self.pks[place])
        try:
            with transaction.atomic():
                suppress_person(user=user, at=AT + timedelta(days=self.days), by=self.secretary)
        except Refusal:
            pass

    @invariant()
    def nobody_is_terminated_unheard(self) -> None:
        ended = Mandate.objects.filter(state="terminated").values("pk")
        heard = MandateHearing.objects.filter(dropped_at=None, heard_on__isnull=False).values("mandate")
        assert not Mandate.objects.filter(pk__in=ended).exclude(pk__in=heard).exists()

    @invariant()
    def nothing_is_public_without_consent(self) -> None:
        without = Mandate.objects.exclude(consent_withdrawn_at=None)
        assert not without.exclude(publication="nothing").exists()
        assert not without.filter(state__in=Mandate.SEATED).exists()

    @invariant()
    def nothing_is_asked_of_who_left_and_nothing_leaves_to_who_is_silent(self) -> None:
        gone = Mandate.objects.filter(state__in=["paused", "resigned", "terminated"])
        assert not Assignment.objects.filter(mandate__in=gone, state__in=Assignment.OPEN).exists()
        silent = User.objects.filter(never_contact=True)
        assert not Assignment.objects.filter(mandate__user__in=silent, state__in=Assignment.OPEN).exists()
        assert not Mail.objects.filter(recipient__in=silent, status="queued").exists()

    @invariant()
    def each_state_is_the_last_move_of_the_journal(self) -> None:
        for mandate in Mandate.objects.filter(pk__in=self.pks):
            last = Event.objects.filter(subject=subject_key(mandate)).order_by("-position").first()
            assert last is not None and last.target == mandate.state
        assert list(broken_links()) == []


@pytest.mark.walk
@pytest.mark.django_db
def test_a_mandate_keeps_its_promises_whatever_is_tried() -> None:
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=6,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
