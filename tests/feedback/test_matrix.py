"""Every state of a report, every move, every role: written by hand, compared with what the house does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts.models import Role
from feedback import actions
from feedback.actions.filing import anybody
from feedback.models import Report, Source
from journal.models import Event, Reason
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed, Refusal
from journal.verification import broken_links
from letters.models import Exchange, Letter, Mail
from tests.factories import certificates, feedback
from tests.factories.accounts import acting, person, staff

pytestmark = pytest.mark.django_db

MOVES: dict[str, dict[str, str]] = {
    "acknowledge": {"received": "acknowledged"},
    "qualify": {"received": "qualified", "acknowledged": "qualified"},
    "set_aside": {"qualified": "inadmissible"},
    "pass_on": {"qualified": "passed_on"},
    "inquire": {"qualified": "under_inquiry"},
    "find_unfounded": {"under_inquiry": "unfounded"},
    "uphold": {"under_inquiry": "founded"},
    "close": {"founded": "closed"},
}


def brought_to(world: feedback.World, state: str) -> Report:
    ways: dict[str, Callable[[], Report]] = {
        "received": lambda: feedback.filed(world, feedback.nameless(world))[0],
        "acknowledged": lambda: feedback.filed(world)[0],
        "qualified": lambda: feedback.qualified(world),
        "under_inquiry": lambda: feedback.proposed(world),
        "founded": lambda: feedback.confirmed(world),
        "closed": lambda: feedback.closed(world),
        "unfounded": lambda: feedback.confirmed(world, conclusion="unfounded", measure=""),
        "inadmissible": lambda: actions.set_aside(
            report_pk=feedback.qualified(world).pk, answer=feedback.ANSWER, at=world.at, by=world.officer
        ),
        "passed_on": lambda: actions.pass_on(
            report_pk=feedback.qualified(world).pk,
            authority="Agence régionale de santé",
            sealed="Copie-scellée",
            answer=feedback.ANSWER,
            at=world.at,
            by=world.signing,
        ),
    }
    return ways[state]()


def test_each_move_from_each_state() -> None:
    world = feedback.World()
    for state in Report.State.values:
        report = brought_to(world, state)
        assert report.state == state
        for name, table in MOVES.items():
            length = Event.objects.count()
            with transaction.atomic():
                held = Report.objects.hold(report.pk)
                held.severity = held.severity or "ethics"
                held.measure = held.measure or "recommendation"
                held.authority = held.authority or "ARS"
                held.proposed_by = held.proposed_by or world.other
                by = world.officer if name in {"qualify", "set_aside", "inquire", "close"} else world.signing
                if state in table:
                    getattr(held, name)(by=by, at=world.at)
                    held.save()
                    assert held.state == table[state], name
                    assert Event.objects.latest("pk").move == name
                else:
                    with pytest.raises(TransitionNotAllowed):
                        getattr(held, name)(by=by, at=world.at)
                    assert Event.objects.count() == length
                transaction.set_rollback(True)
    row = Report.objects.get(pk=report.pk)
    for broken in ({"ended_at": None}, {"officer": None}, {"authority": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.filter(pk=row.pk).update(**broken)


# Who may take each step: the officer apart, the usual one, one who holds no report, the signatory, everybody else.
STEPS: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "settle_label": ("unsettled", {"label": None}, {"chief"}),
    "qualify": ("acknowledged", {"severity": "quality"}, {"other", "third"}),
    "note_danger": ("danger", {}, {"chief"}),
    "change_label": ("qualified", {"label": "another"}, {"other", "chief"}),
    "set_aside": ("qualified", {"answer": feedback.ANSWER}, {"other"}),
    "pass_on": ("qualified", {"authority": "ARS", "sealed": "", "answer": feedback.ANSWER}, {"chief"}),
    "inquire": ("qualified", {"facts": feedback.FACTS}, {"other"}),
    "propose": (
        "answered",
        {
            "conclusion": "unfounded",
            "reasons": "Rien ne le montre.",
            "told": feedback.TOLD,
            "answer": feedback.ANSWER,
        },
        {"other"},
    ),
    "send_back": ("under_inquiry", {}, {"chief"}),
    "confirm": ("under_inquiry", {"seen": ""}, {"chief"}),
    "close": ("founded", {"told": feedback.TOLD, "answer": feedback.ANSWER}, {"other"}),
    "read_source": ("qualified", {}, {"other", "chief"}),
    "erase_source": ("qualified", {}, {"other", "chief", "clock"}),
    "erase_text": ("qualified", {}, {"other", "chief"}),
}


def test_each_step_by_each_person() -> None:
    world = feedback.World()

    people: dict[str, Actor] = {
        "other": world.officer,
        "usual": acting(world.usual, Role.CASE_OFFICER),
        "third": acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        "chief": world.signing,
        "secretary": acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
        "ethics": acting(staff(Role.ETHICS_OFFICER), Role.ETHICS_OFFICER),
        "technician": acting(staff(Role.TECHNICAL_ADMINISTRATOR), Role.TECHNICAL_ADMINISTRATOR),
        "member": acting(world.label.structure.representative(), "representative"),
        "stranger": acting(person(), ""),
        "lying": acting(world.usual, Role.SIGNATORY),
        "clock": Actor.system(),
        "visitor": anybody(),
    }
    another = certificates.label()
    for name, (stage, given, allowed) in STEPS.items():
        report = {
            "unsettled": lambda: feedback.filed(world, feedback.told(world, label=None, about="Une ligue"))[
                0
            ],
            "danger": lambda: feedback.filed(world, feedback.told(world, kind="safety"))[0],
            "answered": lambda: feedback.answered(world),
        }.get(stage, lambda stage=stage: brought_to(world, stage))()
        extra = dict(given)
        if name == "change_label":
            extra["label"] = another
        if name == "confirm":
            extra["seen"] = report.proposed_at.isoformat()
        for who, by in people.items():
            length = Event.objects.count()
            with transaction.atomic():
                try:
                    getattr(actions, name)(
                        report_pk=report.pk, **extra, at=world.at, by=by.because("Relire.")
                    )
                except NotAllowed:
                    assert who not in allowed, f"{name} by {who}"
                    assert Event.objects.count() == length
                else:
                    assert who in allowed, f"{name} by {who}"
                transaction.set_rollback(True)


class LifeOfAReport(RuleBasedStateMachine):
    """Anybody tries anything, in any order: the journal agrees, nobody learns who reported, two people conclude."""

    @initialize()
    def file(self) -> None:
        self.world = feedback.World()
        self.report, self.code = feedback.filed(self.world)

    def act(self, name: str, **given: Any) -> None:
        before = Report.objects.get(pk=self.report.pk)
        length = Event.objects.count()
        try:
            self.report = getattr(actions, name)(report_pk=before.pk, at=self.world.at, **given)
        except (Refusal, TransitionNotAllowed):
            after = Report.objects.get(pk=before.pk)
            assert (after.state, after.proposed_at) == (before.state, before.proposed_at)
            assert Event.objects.count() == length

    def anyone(self, place: int) -> Actor:
        usual = acting(self.world.usual, Role.CASE_OFFICER)
        return [self.world.officer, self.world.signing, usual, anybody()][place]

    @rule(who=st.integers(0, 3), severity=st.sampled_from([*Report.Severity.values, "", "x"]))
    def qualify(self, who: int, severity: str) -> None:
        self.act("qualify", severity=severity, by=self.anyone(who))

    @rule(
        who=st.integers(0, 3), facts=st.sampled_from([feedback.FACTS, "", f"{feedback.FACTS} zoe QUARTZIN"])
    )
    def inquire(self, who: int, facts: str) -> None:
        self.act("inquire", facts=facts, by=self.anyone(who))

    @rule(who=st.integers(0, 3), name=st.sampled_from(["set_aside", "close"]))
    def answer(self, who: int, name: str) -> None:
        more = {"told": feedback.TOLD} if name == "close" else {}
        self.act(name, answer=feedback.ANSWER, by=self.anyone(who), **more)

    @rule()
    def association_answers(self) -> None:
        if self.report.asked_id:
            from tests.factories.structures import representative_of

            feedback.write_message(
                record=self.report.asked.subject,
                text="Voici notre réponse.",
                at=self.world.at,
                by=representative_of(self.world.label.structure),
            )

    @rule(who=st.integers(0, 3), conclusion=st.sampled_from(["founded", "unfounded", "x"]))
    def propose(self, who: int, conclusion: str) -> None:
        given = {"conclusion": conclusion, "measure": "recommendation", "reasons": "Vu les réponses."}
        self.act("propose", **given, told=feedback.TOLD, answer=feedback.ANSWER, by=self.anyone(who))

    @rule(who=st.integers(0, 3), fresh=st.booleans())
    def confirm(self, who: int, fresh: bool) -> None:
        at = Report.objects.get(pk=self.report.pk).proposed_at
        self.act("confirm", seen=at.isoformat() if at and fresh else "", by=self.anyone(who))

    @rule(who=st.integers(0, 3), name=st.sampled_from(["send_back", "erase_text", "note_danger"]))
    def others(self, who: int, name: str) -> None:
        self.act(name, by=self.anyone(who).because("À relire."))

    @invariant()
    def nothing_is_broken(self) -> None:
        if not hasattr(self, "report"):
            return
        kept = Report.objects.get(pk=self.report.pk)
        moves = Event.objects.filter(subject=subject_key(kept)).order_by("position")
        assert moves.last().target == kept.state
        assert list(broken_links()) == []
        assert kept.officer_id != self.world.usual.pk
        if kept.state in {"founded", "unfounded", "closed"}:
            assert kept.confirmed_by_id not in {None, kept.proposed_by_id}
        ended = kept.state in {"unfounded", "closed", "inadmissible", "passed_on"}
        assert Letter.objects.of(kept).count() == ended
        spoken = [
            *Exchange.objects.values_list("text", flat=True),
            *Reason.objects.values_list("text", flat=True),
            *(str(content) for content in Letter.objects.values_list("content", flat=True)),
            *(f"{mail.to_address} {mail.title} {mail.text}" for mail in Mail.objects.all()),
        ]
        assert [words for words in spoken for sign in feedback.IDENTITY if sign in words] == []
        assert Source.objects.filter(report=kept).exists()


class TestLifeOfAReport(LifeOfAReport.TestCase, TestCase):
    settings = settings(
        max_examples=6,
        stateful_step_count=18,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )


def test_a_linked_report_is_answered_with_the_first_and_another_label_is_refused() -> None:
    world = feedback.World()
    first = feedback.answered(world)
    second, code = feedback.filed(world)
    with pytest.raises(Blocked, match="même label"):
        elsewhere, _code = feedback.filed(world, feedback.told(world, label=None, about="Une autre"))
        actions.settle_label(report_pk=elsewhere.pk, label=None, at=world.at, by=world.signing)
        actions.link(report_pk=elsewhere.pk, first=first, at=world.at, by=world.officer)
    linked = actions.link(report_pk=second.pk, first=first, at=world.at, by=world.officer)
    with pytest.raises(Blocked):
        actions.qualify(report_pk=linked.pk, severity="ethics", at=world.at, by=world.officer)
    given = {"conclusion": "unfounded", "reasons": "Rien.", "told": feedback.TOLD, "answer": feedback.ANSWER}
    first = actions.propose(report_pk=first.pk, **given, at=world.at, by=world.officer)
    actions.confirm(report_pk=first.pk, seen=first.proposed_at.isoformat(), at=world.at, by=world.signing)

    letter = actions.open_answer(report_pk=linked.pk, code=code, at=world.at, by=anybody())
    assert letter is not None and linked.reference in str(letter.content)
    assert Report.objects.select_related("duplicate_of").get(pk=linked.pk).told_state == "unfounded"
