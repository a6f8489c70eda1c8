"""A delegation covers the acts signed under it: it never ends before one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions
from accounts.models import Delegation, Role
from journal.refusals import Blocked
from tests.factories import decisions
from tests.factories.accounts import acting, staff
from workflows.integrity import breaches, signatures_without_delegation

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision():
    return decisions.signed()


def ending(decision, days: int):
    day = timezone.localdate(decision.signed_at) + timedelta(days=days)
    by = acting(staff(Role.TECHNICAL_ADMINISTRATOR), Role.TECHNICAL_ADMINISTRATOR)
    return {"ends_on": day, "at": decision.signed_at + timedelta(days=3), "by": by}


def test_neither_the_delegation_nor_the_role_ends_before_an_act_signed_under_it(decision):
    given, grant = decision.delegation, decision.signed_by.role_grants.get()
    with pytest.raises(Blocked, match="Un acte a été signé"):
        actions.end_delegation(delegation=given, **ending(decision, -1))
    with pytest.raises(Blocked, match="Un acte a été signé"):
        actions.end_role(grant=grant, **ending(decision, -1))
    actions.end_delegation(delegation=given, **ending(decision, 0))
    actions.end_role(grant=grant, **ending(decision, 0))
    assert list(breaches()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda one: {"ends_on": timezone.localdate(one.signed_at) - timedelta(days=1)},
        lambda one: {"starts_on": timezone.localdate(one.signed_at) + timedelta(days=1)},
        lambda one: {"user": one.prepared_by},
        lambda one: {"granted_by": one.prepared_by, "confirmed_by": None},
    ],
)
def test_a_signature_outside_its_delegation_is_found(decision, change):
    Delegation.objects.filter(pk=decision.delegation_id).update(**change(decision))
    assert list(signatures_without_delegation()) == [
        f"decision {decision.pk} was signed without a delegation valid that day"
    ]
