"""A session lived at random: whatever is tried in whatever order, its promises hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Refusal
from journal.verification import broken_links
from label.models import Application
from reviewers.actions import sessions
from reviewers.models import AgendaItem, Attendance, Ballot, Choice, Opinion, Session, StepOut
from reviewers.room import kept_away, room_of
from reviewers.tally import EXPRESSED, expressed, tied
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.sessions import REASONS, SITS_AT
from tests.reviewers.test_sessions import linked
from workflows.integrity import breaches

CHOICES = (*EXPRESSED, "abstention")

MEMBER, ITEM = st.integers(0, 5), st.integers(0, 1)


class Sitting(RuleBasedStateMachine):
    """A convened session with two dossiers; one member is kept away from the first."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.minutes = 0
        self.secret_votes: dict[int, int] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize()
    def convene(self) -> None:
        dossiers = [factory.deliberated(), factory.deliberated()]
        self.members = reviewers.committee()
        linked(self.members[1], dossiers[0])
        self.session = factory.convened(dossiers)
        self.items = [factory.item_of(self.session, place) for place in range(2)]
        self.office = factory.secretary_of(self.session).because("Motif écrit.")
        self.chair = factory.chair_of(self.session).because("Motif écrit.")
        self.solutions = [list(one.application.solutions.values_list("pk", flat=True)) for one in self.items]
        self.record("present", [0, 1, 2, 3, 4])
        for place, item in enumerate(self.items):
            for member in range(5):
                if (place, member) != (0, 1):
                    factory.state(item, self.members[member])

    def attempt(self, act: Any, **facts: Any) -> None:
        """Refused or done: never half-done."""
        self.minutes += 1
        facts.setdefault("by", self.office)
        try:
            with transaction.atomic():
                act(at=SITS_AT + timedelta(minutes=self.minutes), **facts)
        except (Refusal, TransitionNotAllowed):
            pass

    def record(self, mode: str, places: list[int], holder: int = 0) -> None:
        for place in places:
            self.attempt(
                sessions.record_attendance,
                session_pk=self.session.pk,
                mandate_pk=self.members[place].pk,
                mode=mode,
                holder_pk=self.members[holder].pk if mode == "proxy" else None,
                contributions={self.items[1].pk: "Favorable."} if mode == "written" else {},
            )

    @rule(place=MEMBER, mode=st.sampled_from(["present", "remote", "proxy", "written"]), holder=MEMBER)
    def attend(self, place: int, mode: str, holder: int) -> None:
        self.record(mode, [place], holder)

    @rule(place=MEMBER, which=st.sampled_from(["record_departure", "record_step_out", "record_return"]))
    def pass_the_door(self, place: int, which: str) -> None:
        self.attempt(getattr(sessions, which), session_pk=self.session.pk, mandate_pk=self.members[place].pk)

    @rule(place=MEMBER, which=st.sampled_from(["record_departure", "record_step_out", "name_acting_chair"]))
    def the_chair_acts(self, place: int, which: str) -> None:
        item = AgendaItem.objects.filter(state__in=AgendaItem.UNDER_WAY).first()
        chair = self.session.lay_chair
        is_away = item is not None and bool(kept_away(item, [chair], on=timezone.localdate(SITS_AT)))
        before = Event.objects.count()
        self.attempt(
            getattr(sessions, which),
            session_pk=self.session.pk,
            mandate_pk=self.members[place].pk,
            by=self.chair,
        )
        assert not is_away or Event.objects.count() == before

    @rule(which=st.sampled_from(["begin_session", "find_no_quorum", "close_session", "cancel_session"]))
    def run(self, which: str) -> None:
        if which != "cancel_session" or self.minutes > 20:
            self.attempt(getattr(sessions, which), session_pk=self.session.pk)

    @rule(place=ITEM, which=st.sampled_from(["call_item", "open_vote", "close_vote", "take_off"]))
    def go_on(self, place: int, which: str) -> None:
        if which != "take_off" or self.minutes > 20:
            self.attempt(getattr(sessions, which), item_pk=self.items[place].pk)

    @rule(place=ITEM)
    def discuss_and_open(self, place: int) -> None:
        self.attempt(sessions.begin_session, session_pk=self.session.pk)
        self.attempt(sessions.call_item, item_pk=self.items[place].pk)
        self.attempt(sessions.open_vote, item_pk=self.items[place].pk)

    @rule(place=ITEM, member=MEMBER, voter=MEMBER, choice=st.sampled_from(CHOICES))
    def vote(self, place: int, member: int, voter: int, choice: str) -> None:
        by = reviewers.member_actor(self.members[voter])
        self.attempt(
            sessions.cast_ballot,
            item_pk=self.items[place].pk,
            choice=choice,
            mandate_pk=self.members[member].pk,
            by=by,
        )

    @rule(place=ITEM, choice=st.sampled_from(CHOICES))
    def everybody_votes(self, place: int, choice: str) -> None:
        for member in range(6):
            self.vote(place, member, member, choice if member % 2 else "unfavourable")

    @rule(place=ITEM)
    def ask_for_secrecy(self, place: int) -> None:
        self.attempt(sessions.ask_secret_ballot, item_pk=self.items[place].pk)

    @rule(place=ITEM)
    def give_up_secrecy(self, place: int) -> None:
        self.attempt(sessions.give_up_secret_ballot, item_pk=self.items[place].pk)
        if not AgendaItem.objects.get(pk=self.items[place].pk).is_secret:
            self.secret_votes.pop(self.items[place].pk, None)

    @rule(place=ITEM, voters=st.sets(MEMBER), choice=st.sampled_from(CHOICES))
    def count_on_paper(self, place: int, voters: set[int], choice: str) -> None:
        self.attempt(
            sessions.count_paper_ballots,
            item_pk=self.items[place].pk,
            mandate_pks=[self.members[one].pk for one in voters],
            counts={choice: len(voters)},
        )

    @rule(place=ITEM, choice=st.sampled_from(CHOICES))
    def vote_in_secret_and_close(self, place: int, choice: str) -> None:
        self.discuss_and_open(place)
        self.ask_for_secrecy(place)
        self.everybody_votes(place, choice)
        self.attempt(sessions.close_vote, item_pk=self.items[place].pk)

    @rule(place=ITEM, member=MEMBER)
    def tell_a_link(self, place: int, member: int) -> None:
        if self.minutes > 20:
            by = reviewers.member_actor(self.members[member])
            self.attempt(
                sessions.state_on_item,
                item_pk=self.items[place].pk,
                mandate_pk=self.members[member].pk,
                has_link=True,
                text="Ma sœur.",
                by=by,
            )
            self.secret_votes.pop(self.items[place].pk, None)  # an urn that held their vote is emptied

    @rule(place=ITEM, choice=st.sampled_from(CHOICES))
    def decide_and_adopt(self, place: int, choice: str) -> None:
        pk = self.items[place].pk
        self.attempt(sessions.close_vote, item_pk=pk)
        self.attempt(sessions.cast_deciding_vote, item_pk=pk, choice=choice, by=self.chair)
        self.attempt(
            sessions.adopt_opinion,
            item_pk=pk,
            reasons=REASONS,
            conditions=["Publier les comptes."],
            solutions=self.solutions[place],
        )
        item = AgendaItem.objects.select_related("application__structure", "session").get(pk=pk)
        if item.state == "adopted" and item.settled_at == SITS_AT + timedelta(minutes=self.minutes):
            assert room_of(item.session, on=timezone.localdate(SITS_AT), item=item).quorum.is_reached

    @rule(place=ITEM, way=st.sampled_from(["association", "evaluation", "later"]))
    def send_back(self, place: int, way: str) -> None:
        self.attempt(sessions.send_back, item_pk=self.items[place].pk, sent_to=way, questions=["Qui relit ?"])

    @invariant()
    def one_item_at_a_time_in_an_open_session(self) -> None:
        under_way = AgendaItem.objects.filter(state__in=AgendaItem.UNDER_WAY)
        assert under_way.count() <= 1
        if under_way.exists():
            assert Session.objects.get(pk=self.session.pk).state == "open"

    @invariant()
    def votes_are_those_of_people_without_link_and_once(self) -> None:
        for item in AgendaItem.objects.filter(vote_closed_at__isnull=False):
            ballots = Ballot.objects.filter(item=item)
            assert sum(item.counts.values()) == ballots.count()
            assert set(item.counts) == set(Choice.values)
            if item.application_id == self.items[0].application_id:
                assert not ballots.filter(mandate=self.members[1]).exists()
        for item in AgendaItem.objects.filter(is_secret=True):
            assert not Ballot.objects.filter(item=item).exclude(choice="").exists()
            urn = sum(item.secret_counts.values_list("count", flat=True))
            assert urn == Ballot.objects.filter(item=item).count()
            assert urn >= self.secret_votes.get(item.pk, 0) or item.state == "sent_back"
            self.secret_votes[item.pk] = urn

    @invariant()
    def a_secret_told_is_of_three_people_and_a_tie_is_decided_between_what_is_tied(self) -> None:
        for item in AgendaItem.objects.filter(vote_closed_at__isnull=False):
            if item.is_secret:
                assert len(sessions.voting.who_voted(item)) >= django_settings.SECRET_VOTE_LEAST
            if item.casting_choice:
                assert item.casting_choice in tied(item.counts)
                assert item.outcome == item.casting_choice
            elif item.outcome:
                assert not tied(item.counts)
            assert not item.outcome or expressed(item.counts)

    @invariant()
    def who_voted_said_that_they_have_no_link(self) -> None:
        for item in AgendaItem.objects.filter(state="voting"):
            stated = item.statements.values_list("mandate_id", flat=True)
            assert sessions.voting.who_voted(item) <= set(stated)

    @invariant()
    def nothing_is_left_of_a_vote_that_was_not_counted(self) -> None:
        for item in AgendaItem.objects.filter(state="sent_back", vote_opened_at__isnull=False):
            assert (item.counts, item.outcome, item.vote_closed_at) == ({}, "", None)
            assert not item.ballots.exists()

    @invariant()
    def an_adopted_item_has_its_opinion_and_no_other_has(self) -> None:
        adopted = set(AgendaItem.objects.filter(state="adopted").values_list("pk", flat=True))
        assert set(Opinion.objects.values_list("item_id", flat=True)) == adopted
        for opinion in Opinion.objects.select_related("item", "application"):
            assert opinion.kind == opinion.item.outcome
            assert opinion.application.state == "advised"

    @invariant()
    def proxies_and_doors_are_sound(self) -> None:
        holders = list(Attendance.objects.filter(mode="proxy").values_list("holder_id", flat=True))
        assert len(holders) == len(set(holders))
        if not AgendaItem.objects.filter(state__in=AgendaItem.UNDER_WAY).exists():
            assert not StepOut.objects.filter(returned_at=None, cause="conflict").exists()

    @invariant()
    def each_state_is_the_last_word_of_the_journal(self) -> None:
        for row in [*Session.objects.all(), *AgendaItem.objects.all(), *Application.objects.all()]:
            last = Event.objects.filter(subject=subject_key(row)).order_by("-position").first()
            assert last is not None
            assert last.target == row.state
        assert list(broken_links()) == []
        assert list(breaches()) == []


@pytest.mark.walk
@pytest.mark.django_db
def test_a_session_keeps_its_promises_whatever_is_tried() -> None:
    run_state_machine_as_test(
        Sitting,
        settings=settings(
            max_examples=6,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
