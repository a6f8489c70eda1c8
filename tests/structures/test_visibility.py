"""Who sees a structure."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Role
from structures import actions
from structures.models import Membership, Structure
from tests.factories.accounts import give_role, person, staff
from tests.factories.structures import AT, member, member_of, structure

pytestmark = pytest.mark.django_db
TODAY = date(2027, 1, 4)


def seen(user):
    return set(Structure.objects.visible_to(user, on=TODAY))


def test_members_see_theirs_and_nobody_elses():
    mine, theirs = structure(), structure()
    editor = member(mine)
    assert seen(editor) == {mine}
    assert seen(mine.representative()) == {mine}
    assert seen(person()) == set()
    assert seen(AnonymousUser()) == set()
    both = member(theirs, user=editor)
    assert seen(both) == {mine, theirs}


def test_who_left_sees_nothing():
    found = structure()
    editor = member(found)
    actions.end_membership(
        membership_pk=Membership.objects.get(user=editor).pk, at=AT, by=member_of(found, editor)
    )
    assert seen(editor) == set()


SEEING = {Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY, Role.ETHICS_OFFICER, Role.APPEAL_OFFICER}


@pytest.mark.parametrize("role", Role.values)
def test_the_staff_who_handle_dossiers_see_all(role):
    found = structure()
    assert seen(staff(role)) == ({found} if role in SEEING else set())


def test_a_role_that_ended_shows_nothing():
    structure()
    user = person()
    give_role(user, Role.CASE_OFFICER, until=TODAY - timedelta(days=1))
    assert seen(user) == set()
