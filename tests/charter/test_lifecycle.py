"""Versions of the charter: every state × move × role, by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from charter import actions
from charter.models import Charter
from journal.moves import Actor
from journal.refusals import NotAllowed
from tests.factories import charter as make
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.structures import AT, representative_of, structure

pytestmark = pytest.mark.django_db

STATES = ["draft", "abandoned", "adopted", "in_force", "superseded", "archived"]
TABLE = {
    ("draft", "adopt"): "adopted",
    ("draft", "abandon"): "abandoned",
    ("adopted", "enter_into_force"): "in_force",
    ("superseded", "archive"): "archived",
}
ROLES = [
    "system",
    "signatory",
    "case_officer",
    "secretariat",
    "technical_administrator",
    "representative",
    "visitor",
]
ALLOWED = {
    "adopt": {"signatory"},
    "abandon": {"signatory"},
    "enter_into_force": {"signatory", "system"},
    "archive": {"signatory", "system"},
}


def in_state(state):
    by = acting(signatory(), Role.SIGNATORY)
    if state in ("superseded", "archived"):
        made = make.charter()
        make.charter(version="2028")
        if state == "archived":
            actions.archive_charter(charter_pk=made.pk, at=AT, by=by)
    elif state == "in_force":
        made = make.charter()
    elif state == "adopted":
        made = make.adopted()
    else:
        made = make.draft()
        if state == "abandoned":
            actions.abandon_charter(charter_pk=made.pk, at=AT, by=by)
    return Charter.objects.get(pk=made.pk)


def actor(role):
    if role == "system":
        return Actor.system()
    if role == "representative":
        return representative_of(structure())
    return acting(person(), role) if role == "visitor" else acting(staff(role), role)


def do(move, charter, by):
    if move == "adopt":
        day = timezone.localdate(AT)
        told = {"opinion": "Favorable.", "opinion_on": day, "immediate_reason": "Une loi."}
        return actions.adopt_charter(charter_pk=charter.pk, effective_on=day, **told, at=AT, by=by)
    act = {
        "abandon": actions.abandon_charter,
        "enter_into_force": actions.enter_into_force,
        "archive": actions.archive_charter,
    }[move]
    return act(charter_pk=charter.pk, at=AT, by=by)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", ALLOWED)
@pytest.mark.parametrize("role", ROLES)
def test_state_move_role(state, move, role):
    charter, by = in_state(state), actor(role)
    assert charter.state == state
    expected = TABLE.get((state, move), TransitionNotAllowed) if role in ALLOWED[move] else NotAllowed
    if isinstance(expected, str):
        do(move, charter, by)
        assert Charter.objects.get(pk=charter.pk).state == expected
    else:
        with pytest.raises(expected):
            do(move, charter, by)
        assert Charter.objects.get(pk=charter.pk).state == state


@pytest.mark.parametrize("role", ["system", *Role.values, "visitor"])
def test_who_prepares_a_version(role):
    if role in ("system", Role.CASE_OFFICER, Role.SIGNATORY):
        assert make.draft(by=actor(role)).state == "draft"
    else:
        with pytest.raises(NotAllowed):
            make.draft(by=actor(role))


def test_a_version_never_takes_effect_before_its_day():
    day = timezone.localdate(AT) + timedelta(days=90)
    charter = make.adopted(effective_on=day)
    with pytest.raises(Exception, match="plus tard"):
        actions.enter_into_force(charter_pk=charter.pk, at=AT, by=Actor.system())
    actions.enter_into_force(charter_pk=charter.pk, at=AT + timedelta(days=90), by=Actor.system())
    assert Charter.objects.in_force() == charter
