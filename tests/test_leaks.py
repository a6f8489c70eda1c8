"""Nothing of a dossier reaches who may not know it, wherever it stands; and each rule that holds it back is needed.

The walk reads every address, list and mail as one person. Then each rule is switched off in turn: the same walk must
meet what it should not, else that rule protects nothing, or the walk sees nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rules
from django.db import transaction
from django.db.models import Q

from desks.views import journal as journal_page
from journal import visibility
from label.models import Application
from label.views import access as label_access
from letters import registry
from reviewers import reading as gate_today
from reviewers import visibility as gate
from reviewers.models import Assignment
from reviewers.models.reviews import ScoreQuerySet
from reviewers.views.sessions import member as session_page
from reviewers.views.sessions import minutes as minutes_page
from tests.factories.watched import (
    DOSSIER,
    EXCHANGED,
    LINKS,
    MANDATE,
    OFFICE,
    OPINION,
    PEOPLE,
    SECOND,
    SHOWN_TO_THE_PANEL,
    SITTING,
    THIRD,
    Watched,
    watched,
)
from tests.factories.watched_sitting import HIDDEN, SHARED
from tests.walking import walk
from workflows.todo import engine

SHOWN_BEFORE = frozenset({"name", "number", "summary"})  # screens P15: nothing else before the gate is passed
READ = DOSSIER | SHOWN_BEFORE | SHOWN_TO_THE_PANEL | {"reference"}
AGENDA = SITTING | THIRD  # who knows of a session may know what it is about
WRITTEN = HIDDEN | SHARED  # what a session leaves, for who sits or works for it
TWO = SECOND | OPINION | {"reference2"}
MEMBERS = PEOPLE | MANDATE | TWO
# What each person may know; everything else is a leak. Whoever is kept away by a link may not know the dossier exists.
MAY: dict[str, frozenset[str]] = {
    "visitor": frozenset(),
    "stranger": frozenset(),
    "technician": frozenset({"gone"}),  # the accounts of the staff, nothing of a dossier
    "waiting": SHOWN_BEFORE | AGENDA | WRITTEN | {"waiting"},
    "conflicted": AGENDA | WRITTEN | {"conflicted", "linkwords"},
    "reader": READ | AGENDA | WRITTEN | {"reader"},
    "sitter": AGENDA | WRITTEN,
    "kept_off": AGENDA | SHARED,
    "applicant": READ - SHOWN_TO_THE_PANEL | EXCHANGED,
    "second_applicant": frozenset({"answer2", "reference2"}),
    "officer": READ | OFFICE | EXCHANGED | PEOPLE | AGENDA | TWO - {"comment2"} | {"held", "casting"},
    # The secretariat knows the members and their links; a link of one's own closes the dossier all the same.
    "conflicted_secretary": MEMBERS | AGENDA | WRITTEN | {"name", "number", "linkwords"} - {"alias"},
    "gone": MEMBERS | AGENDA | WRITTEN | {"name", "number", "linkwords"} - {"alias"},
    "reading_secretary": READ | OFFICE | EXCHANGED | MEMBERS | LINKS | AGENDA | WRITTEN | {"itemlink"},
    "left_item": READ
    | OFFICE
    | EXCHANGED
    | MEMBERS
    | LINKS
    | WRITTEN
    | {"sitting", "itemlink", "alert", "scan", "third"},
}
# What somebody must meet for the walk to be one: without it, a page that fails for all would seem to keep its secret.
MEETS: dict[str, frozenset[str]] = {
    "waiting": SHOWN_BEFORE,
    "reader": READ - {"number", "address"},
    "applicant": READ - SHOWN_TO_THE_PANEL | {"message", "call", "challenge", "challenged", "refusal"},
    "second_applicant": frozenset({"answer2", "reference2"}),
    "sitter": WRITTEN - {"casting"} | {"held"},
    "kept_off": SHARED,
    "officer": READ | OFFICE | {"judge", "alias", "opinion", "minority", "condition", "decision", "factual"},
    "reading_secretary": READ | OFFICE | {"statement", "concluded", "linkwords", "matchnote", "alias", "act"},
}


pytestmark = [pytest.mark.django_db, pytest.mark.walk]


@pytest.fixture
def _django_db_helper(made: Watched) -> None:
    """No transaction for each test: all walk through the same two dossiers, and each takes back what it changed."""


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Watched]:
    """The two dossiers, made once and taken back when the walks are over."""
    with django_db_blocker.unblock():
        if transaction.get_connection().in_atomic_block:
            raise RuntimeError("another test left its transaction open")
        with transaction.atomic():
            yield watched()
            transaction.set_rollback(True)


def leaks(made: Watched, who: str, *places: str) -> dict[str, set[str]]:
    """What that person meets and may not know, by place; whatever reading changed is taken back."""
    with transaction.atomic():
        found = walk(made, who, places)
        transaction.set_rollback(True)
    return {place: seen - MAY[who] for place, seen in found.items() if seen - MAY[who]}


@pytest.mark.parametrize("who", sorted(MAY))
def test_nobody_meets_what_they_may_not_know(made: Watched, who: str) -> None:
    assert set(made.clients) == set(MAY)
    with transaction.atomic():
        found = walk(made, who)
        transaction.set_rollback(True)
    assert {place: seen - MAY[who] for place, seen in found.items() if seen - MAY[who]} == {}
    assert MEETS.get(who, frozenset()) - {name for seen in found.values() for name in seen} == set()


# Each audience and each veto: who would meet what they may not know, and where, if it were switched off.
OPENED: dict[tuple[str, str], tuple[str, str]] = {
    ("label.application", "members"): ("stranger", "stored_file"),
    ("label.application", "office"): ("stranger", "stored_file"),
    ("label.application", "reviewers"): ("waiting", "stored_file"),
    ("structures.structure", "members"): ("stranger", "list of structures.structure"),
    ("structures.structure", "office"): ("stranger", "list of structures.structure"),
    ("reviewers.assignment", "reviewer"): ("applicant", "list of reviewers.assignment"),
    ("reviewers.assignment", "office"): ("stranger", "list of reviewers.assignment"),
    ("reviewers.mandate", "holder"): ("officer", "list of reviewers.mandate"),
    ("reviewers.mandate", "office"): ("officer", "list of reviewers.mandate"),
    ("label.application", "session"): ("stranger", "stored_file"),
    ("reviewers.session", "members"): ("stranger", "list of reviewers.session"),
    ("reviewers.session", "office"): ("stranger", "list of reviewers.session"),
    ("reviewers.agendaitem", "members"): ("stranger", "list of reviewers.agendaitem"),
    ("reviewers.agendaitem", "office"): ("stranger", "list of reviewers.agendaitem"),
    ("decisions.decision", "staff"): ("second_applicant", "list of decisions.decision"),
    ("decisions.decision", "structure"): ("second_applicant", "list of decisions.decision"),
}
# There is no label yet, nor an appeal: what is about them opens and closes nothing here. They have walks of
# their own: `tests/feedback/test_pages.py`, `tests/certificates/test_closed_by_a_link.py`, `tests/decisions`.
SAYS_NOTHING = {
    ("decisions.appeal", "staff"),
    ("decisions.appeal", "structure"),
    ("decisions.decision", "had a part in what it answers"),
    ("certificates.followup", "consulted"),
    ("certificates.followup", "label"),
    ("certificates.followup", "link"),
    ("certificates.label", "link"),
    ("certificates.registeralert", "link"),
    ("certificates.registeralert", "staff"),
    ("certificates.withdrawal", "staff"),
    ("certificates.withdrawal", "structure"),
    ("certificates.label", "staff"),
    ("certificates.label", "structure"),
    ("feedback.report", "signatories"),
    ("feedback.report", "officers"),
    ("feedback.report", "usual_officer"),
}
CLOSED: dict[tuple[str, str], tuple[str, str]] = {
    ("label.application", "link"): ("conflicted", "list of label.application"),
    ("structures.structure", "link"): ("conflicted_secretary", "staff_structure"),
    ("reviewers.assignment", "link"): ("conflicted", "committee_reviews"),
    ("label.application", "session"): ("left_item", "staff_applications"),
    ("reviewers.agendaitem", "link"): ("left_item", "list of reviewers.agendaitem"),
    ("reviewers.assignment", "panel"): ("reading_secretary", "stored_file"),
}


def registered(table: dict[str, dict[str, Any]]) -> set[tuple[str, str]]:
    return {(subject, name) for subject, names in table.items() for name in names}


def test_every_audience_and_every_veto_is_switched_off_below() -> None:
    """A new one says here who would learn something if it were not there."""
    assert registered(visibility._audiences) - SAYS_NOTHING == set(OPENED)
    assert registered(visibility._vetoes) - SAYS_NOTHING == set(CLOSED)


@pytest.mark.parametrize("rule", sorted(OPENED), ids=".".join)
def test_an_audience_that_opens_to_all_leaks(
    made: Watched, monkeypatch: pytest.MonkeyPatch, rule: tuple[str, str]
) -> None:
    who, place = OPENED[rule]
    assert leaks(made, who, place) == {}
    monkeypatch.setitem(visibility._audiences[rule[0]], rule[1], lambda user, on: Q(pk__isnull=False))
    assert leaks(made, who, place) != {}


@pytest.mark.parametrize("rule", sorted(CLOSED), ids=".".join)
def test_a_veto_that_closes_nothing_leaks(
    made: Watched, monkeypatch: pytest.MonkeyPatch, rule: tuple[str, str]
) -> None:
    who, place = CLOSED[rule]
    assert leaks(made, who, place) == {}
    monkeypatch.setitem(visibility._vetoes[rule[0]], rule[1], lambda user, on: Q(pk__in=[]))
    assert leaks(made, who, place) != {}


def everybody(*_: Any, **__: Any) -> bool:
    """A question whose answer is always yes."""
    return True


def nobody(applications: Any, people: Any, *, on: Any) -> dict[int, set[int]]:
    """A gate that knows no link."""
    return defaultdict(set)


def open_permission(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """A rule by its name, that lets everybody."""
    return lambda patch: patch.setitem(rules.permissions.permissions, name, rules.always_true)


def setting(owner: Any, name: str, value: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """A rule that is a function or a constant, replaced by one that holds nothing back."""
    return lambda patch: patch.setattr(owner, name, value)


# The other rules: how each is switched off, who would then meet what they may not know, and where.
OTHERS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, str]] = {
    "the gate": (setting(Assignment, "READING", Assignment.LIVE), "waiting", "committee_dossier"),
    "the gate for files": (setting(Assignment, "READING", Assignment.LIVE), "waiting", "stored_file"),
    "who is left out by a link": (
        setting(gate, "closed_structures", lambda user_pk, on, column="structure_id": Q(pk__in=[])),
        "conflicted",
        "committee_reviews",
    ),
    "who stood down": (
        setting(gate, "_left", lambda user: Assignment.objects.none()),
        "gone",
        "staff_applications",
    ),
    "to-do lists": (
        setting(
            engine, "closed_dossiers", lambda user, on: Application.objects.filter(pk=0).values_list("pk")
        ),
        "conflicted_secretary",
        "staff",
    ),
    "to-do lists as a file": (
        setting(
            engine, "closed_dossiers", lambda user, on: Application.objects.filter(pk=0).values_list("pk")
        ),
        "conflicted_secretary",
        "staff_todo_file",
    ),
    "scores of others": (
        setting(ScoreQuerySet, "visible_to", lambda self, user, *, on: self),
        "reading_secretary",
        "list of reviewers.score",
    ),
    "scans of paper grids": (
        lambda patch: patch.setitem(registry.file_audiences, "paper_grid", everybody),
        "officer",
        "stored_file",
    ),
    "what a member told of a link": (
        open_permission("reviewers.read_link_statement"),
        "officer",
        "staff_panel",
    ),
    "why somebody was kept away": (setting(journal_page, "ABOUT_A_LINK", ()), "officer", "staff_journal"),
    "the same, as a file": (setting(journal_page, "ABOUT_A_LINK", ()), "officer", "staff_journal_file"),
    "who reads exchanges": (open_permission("letters.read_exchanges"), "reader", "exchanges"),
    **{
        f"a name given later, {place}": (setting(gate_today, "linked_to_each", nobody), "kept_off", place)
        for place in (
            "committee_session",
            "committee_session_live",
            "committee_session_item",
            "committee_session_minutes",
            "committee_session_minutes_pdf",
            "stored_file",
        )
    },
    "lessons of an item": (
        setting(session_page, "of_items", lambda rows, keys: list(rows)),
        "kept_off",
        "committee_session",
    ),
    "parts of the minutes": (
        setting(minutes_page, "open_keys", lambda items, user, *, on: {one.pk for one in items}),
        "kept_off",
        "committee_session_minutes",
    ),
    "pages of the association": (
        setting(label_access, "role_in", lambda claim, structure: "representative"),
        "reader",
        "application_tracking",
    ),
}


@pytest.mark.parametrize("rule", sorted(OTHERS))
def test_any_other_rule_that_is_switched_off_leaks(
    made: Watched, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    switch_off, who, place = OTHERS[rule]
    assert leaks(made, who, place) == {}
    switch_off(monkeypatch)
    assert leaks(made, who, place) != {}
