"""The space of a structure: every state × move × role, by hand."""

import pytest
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from journal.models import Event
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from structures import actions
from structures.models import Structure
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import (
    AT,
    frozen,
    member,
    member_of,
    officers_read,
    representative_of,
    structure,
)

pytestmark = pytest.mark.django_db

MOVES = {"freeze": actions.freeze, "unfreeze": actions.unfreeze}
# state, move -> the state after it for the one role that may; everybody else is refused.
TABLE = {
    ("open", "freeze"): "frozen",
    ("open", "unfreeze"): TransitionNotAllowed,
    ("frozen", "freeze"): TransitionNotAllowed,
    ("frozen", "unfreeze"): "open",
}
MAKERS = {
    "system": lambda found: Actor.system(),
    "representative": representative_of,
    "editor": lambda found: member_of(found, member(found, role="editor")),
    "reader": lambda found: member_of(found, member(found, role="reader")),
    "visitor": lambda found: acting(person(), "visitor"),
    "case officer who is a member": lambda found: acting(
        member(found, user=staff(Role.CASE_OFFICER)), Role.CASE_OFFICER
    ),
    "representative who says case officer": lambda found: acting(found.representative(), Role.CASE_OFFICER),
}


ROLES = [*MAKERS, *Role.values]


def actor(role, found):
    return MAKERS[role](found) if role in MAKERS else acting(staff(role), role)


@pytest.mark.parametrize("state", ["open", "frozen"])
@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("role", ROLES)
def test_state_move_role(state, move, role):
    found = structure()
    by = actor(role, found)
    if state == "frozen":
        found = frozen(found)
        officers_read(found, found.representative())
    expected = TABLE[state, move] if role == Role.CASE_OFFICER else NotAllowed
    before = Event.objects.count()
    if isinstance(expected, str):
        MOVES[move](structure_pk=found.pk, reason="Un motif.", at=AT, by=by)
        assert Structure.objects.get(pk=found.pk).state == expected
        assert Event.objects.latest("pk").reason.text == "Un motif."
    else:
        with pytest.raises(expected):
            MOVES[move](structure_pk=found.pk, reason="Un motif.", at=AT, by=by)
        assert Structure.objects.get(pk=found.pk).state == state
        assert Event.objects.count() == before


@pytest.mark.parametrize("move", MOVES)
def test_an_act_of_the_office_says_why(move):
    found = structure()
    with pytest.raises(Blocked):
        MOVES[move](structure_pk=found.pk, reason="  ", at=AT, by=actor(Role.CASE_OFFICER, found))
    assert Structure.objects.get(pk=found.pk).state == "open"
