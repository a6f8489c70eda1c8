"""Nobody gives themselves a right: a role or a delegation takes two people, and the administration stays apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import actions
from accounts.models import Delegation, Role, RoleGrant
from accounts.rights import administration_not_apart, rights_that_differ
from accounts.rules import delegation_of, roles_of
from config.look.navigation import hats_of
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from tests.accounts.test_sign_in import words
from tests.factories.accounts import acting, give_role, person, signatory, signed_in, staff

pytestmark = pytest.mark.django_db
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TODAY = date(2027, 3, 1)
ADMINISTRATOR = Role.TECHNICAL_ADMINISTRATOR
PROTECTION = Role.DATA_PROTECTION_OFFICER
ACT = {"quality": "Directrice", "service": "Direction", "act_reference": "DEC-1"}


def granted(user, role=Role.CASE_OFFICER, *, giver=None, starts_on=TODAY, ends_on=None) -> RoleGrant:
    by = acting(giver or staff(ADMINISTRATOR), ADMINISTRATOR)
    return actions.grant_role(user=user, role=role, starts_on=starts_on, ends_on=ends_on, at=AT, by=by)


def fresh(user):
    return type(user).objects.get(pk=user.pk)


class TestNobodyAlone:
    def test_not_to_oneself(self):
        alone = staff(ADMINISTRATOR)
        by = acting(alone, ADMINISTRATOR)
        for role in Role.values:
            with pytest.raises(Blocked, match="soi-même"):
                granted(alone, role, giver=alone)
        with pytest.raises(Blocked, match="soi-même"):
            actions.delegate_signature(user=alone, **ACT, starts_on=TODAY, at=AT, by=by)
        assert RoleGrant.objects.count() == 1 and not Delegation.objects.exists()

    @pytest.mark.parametrize("role", sorted(set(Role.values)))
    def test_a_role_has_no_effect_until_a_third_person_confirms(self, role):
        user, giver, second = person(), staff(ADMINISTRATOR), staff(PROTECTION)
        grant = granted(user, role, giver=giver)
        assert roles_of(user, on=TODAY) == frozenset() and not hats_of(user, on=TODAY).roles
        assert not type(user).objects.holding(role, on=TODAY).filter(pk=user.pk).exists()

        actions.confirm_right(right=grant, at=AT, by=acting(second, PROTECTION))
        assert roles_of(fresh(user), on=TODAY) == {role} == hats_of(user, on=TODAY).roles
        with pytest.raises(Blocked, match="déjà répondu"):
            actions.confirm_right(right=grant, at=AT, by=acting(second, PROTECTION))
        assert list(rights_that_differ()) == []

    def test_a_delegation_has_no_effect_until_a_third_person_confirms(self):
        user = staff(Role.SIGNATORY)
        by = acting(staff(ADMINISTRATOR), ADMINISTRATOR)
        given = actions.delegate_signature(user=user, **ACT, starts_on=TODAY, at=AT, by=by)
        assert delegation_of(user, on=TODAY) is None
        actions.confirm_right(right=given, at=AT, by=acting(signatory(), Role.SIGNATORY))
        assert delegation_of(user, on=TODAY) == given

    def test_neither_giver_nor_beneficiary_nor_just_anybody_confirms(self):
        giver, user = staff(ADMINISTRATOR), staff(PROTECTION)
        grant = granted(user, Role.SIGNATORY, giver=giver)
        others = [staff(role) for role in (Role.CASE_OFFICER, Role.SECRETARIAT, Role.ETHICS_OFFICER)]
        refused = [(giver, ADMINISTRATOR), (user, PROTECTION)]
        refused += [(one, one.role_grants.get().role) for one in others]
        for one, role in refused:
            for act in (actions.confirm_right, actions.refuse_right):
                with pytest.raises(NotAllowed):
                    act(right=grant, at=AT, by=acting(one, role))
        assert RoleGrant.objects.get(pk=grant.pk).waits

    def test_who_waits_for_confirmation_confirms_nothing(self):
        puppet, other = person(), person()
        granted(puppet, PROTECTION)
        grant = granted(other)
        with pytest.raises(NotAllowed):
            actions.confirm_right(right=grant, at=AT, by=acting(puppet, PROTECTION))

    def test_not_confirmed_leaves_nothing_but_its_trace(self):
        user = person()
        grant = granted(user)
        actions.refuse_right(right=grant, at=AT, by=acting(staff(ADMINISTRATOR), ADMINISTRATOR))
        assert not user.role_grants.exists()
        moves = Event.objects.filter(thread__reference=f"PER-{user.pk}").order_by("position")
        assert list(moves.values_list("move", flat=True)) == ["give", "cancel"]
        assert list(rights_that_differ()) == []

    @pytest.mark.parametrize(
        "fields",
        [
            lambda user, giver, third: {"granted_by": user},
            lambda user, giver, third: {"granted_by": giver, "confirmed_by": user, "confirmed_at": AT},
            lambda user, giver, third: {"granted_by": giver, "confirmed_by": giver, "confirmed_at": AT},
            lambda user, giver, third: {"confirmed_by": third, "confirmed_at": AT},
            lambda user, giver, third: {"granted_by": giver, "confirmed_by": third},
            lambda user, giver, third: {"granted_by": giver, "confirmed_at": AT},
        ],
    )
    def test_the_database_holds_it_too(self, fields):
        people = person(), person(), person()
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(user=people[0], role=Role.SIGNATORY, starts_on=TODAY, **fields(*people))

    def test_an_end_makes_shorter_never_longer(self):
        by = acting(staff(ADMINISTRATOR), ADMINISTRATOR)
        grant = give_role(person(), Role.SIGNATORY, until=TODAY - timedelta(days=9))
        given = signatory(until=TODAY).delegations.get()
        with pytest.raises(Blocked, match="prolonge pas"):
            actions.end_role(grant=grant, ends_on=TODAY, at=AT, by=by)
        with pytest.raises(Blocked, match="prolonge pas"):
            actions.end_delegation(delegation=given, ends_on=TODAY + timedelta(days=1), at=AT, by=by)


class TestTheAdministrationStaysApart:
    def test_in_both_directions_on_days_that_overlap(self):
        administrator = staff(ADMINISTRATOR)
        with pytest.raises(Blocked, match="ne se cumule"):
            granted(administrator, Role.SIGNATORY)
        with pytest.raises(Blocked, match="ne se cumule"):
            granted(staff(Role.CASE_OFFICER), ADMINISTRATOR)
        by = acting(staff(ADMINISTRATOR), ADMINISTRATOR)
        with pytest.raises(Blocked, match="ne se cumule"):
            actions.delegate_signature(user=administrator, **ACT, starts_on=TODAY, at=AT, by=by)

    def test_a_role_that_waits_counts_and_another_period_does_not(self):
        user = person()
        granted(user, ADMINISTRATOR, starts_on=TODAY, ends_on=TODAY + timedelta(days=5))
        with pytest.raises(Blocked):
            granted(user, Role.SECRETARIAT, starts_on=TODAY - timedelta(days=5), ends_on=TODAY)
        granted(user, Role.SECRETARIAT, starts_on=TODAY + timedelta(days=6))
        granted(
            user, Role.SECRETARIAT, starts_on=TODAY - timedelta(days=5), ends_on=TODAY - timedelta(days=1)
        )

    def test_written_behind_the_pages_it_is_found(self):
        user = staff(ADMINISTRATOR)
        assert list(administration_not_apart()) == []
        grant = give_role(user, Role.SIGNATORY, since=TODAY)
        given = Delegation.objects.create(user=user, **ACT, starts_on=TODAY, ends_on=TODAY)
        earlier = staff(Role.SECRETARIAT)
        earlier.role_grants.update(ends_on=TODAY)
        give_role(earlier, ADMINISTRATOR, since=TODAY + timedelta(days=1))
        found = "belongs to somebody who holds the technical administration"
        assert list(administration_not_apart()) == [
            f"accounts.rolegrant:{grant.pk} {found}",
            f"accounts.delegation:{given.pk} {found}",
        ]
        with pytest.raises(CommandError):
            call_command("check_integrity")


class TestPages:
    def test_given_by_one_confirmed_by_another(self, client):
        today = timezone.localdate()
        giver, user, second = (
            staff(ADMINISTRATOR),
            person(first_name="Léa", last_name="Roy"),
            staff(PROTECTION),
        )
        signed_in(client, giver)
        told = client.post(
            f"/inca/personnes/{user.pk}/role/",
            {"role": "signatory", "starts_on": f"{today:%d/%m/%Y}"},
            follow=True,
        )
        assert "prend effet quand une autre personne confirme" in words(told)
        assert "Sans effet tant qu'une autre personne n'a pas confirmé" in words(told)
        grant = RoleGrant.objects.get(user=user)
        answer = {"kind": "role", "pk": grant.pk, "go": "confirm"}
        own = client.get("/inca/droits/")
        assert "Une autre personne doit confirmer" in words(own) and b'value="confirm"' not in own.content
        assert client.post("/inca/droits/", answer).status_code == 404

        signed_in(client, second)
        assert "1 à confirmer" in words(client.get("/inca/service/"))
        assert "Léa Roy" in words(client.get("/inca/droits/"))
        assert "confirmé pour Léa Roy" in words(client.post("/inca/droits/", answer, follow=True))
        assert roles_of(fresh(user), on=today) == {Role.SIGNATORY}
        assert "déjà répondu" in words(client.post("/inca/droits/", answer))
        for wrong in (
            {**answer, "kind": "x"},
            {**answer, "pk": "9" * 30},
            {**answer, "pk": "٣"},
            {**answer, "pk": 0},
        ):
            assert client.post("/inca/droits/", wrong).status_code == 404

    def test_the_signatory_finds_it_among_the_things_to_do(self, client):
        granted(person(first_name="Léa", last_name="Roy"))
        signed_in(client, signatory())
        page = client.get("/inca/")
        assert "Confirmer un rôle" in words(page) and "/inca/droits/" in page.content.decode()

    def test_oneself_is_refused_in_words(self, client):
        alone = staff(ADMINISTRATOR)
        signed_in(client, alone)
        page = client.post(
            f"/inca/personnes/{alone.pk}/role/", {"role": "signatory", "starts_on": "1/1/2026"}
        )
        assert "soi-même" in words(page) and alone.role_grants.count() == 1
