"""Who may: the one way in which every room asks. Predicates of all apps receive a `Claim` and a record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import rules

from accounts.models import Absence, Delegation, Role, RoleGrant, substitutes
from journal.moves import SYSTEM_ROLE, Actor, subject_key
from journal.refusals import NotAllowed

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import Right, User


@dataclass
class Claim:
    """Somebody claims to act on a day; `role` is empty when a page only asks what it may show."""

    user: User | None
    on: date
    role: str = ""

    @cached_property
    def roles(self) -> frozenset[str]:
        """The INCa roles that the person holds that day, straight from the grants."""
        return roles_of(self.user, on=self.on)

    def holds(self, role: str) -> bool:
        """True when the person holds that INCa role that day and does not claim to act in another."""
        return self.role in ("", role) and role in self.roles

    @property
    def is_clock(self) -> bool:
        """True for the tick."""
        return self.user is None and self.role == SYSTEM_ROLE


def roles_of(user: User | AnonymousUser | None, *, on: date) -> frozenset[str]:
    """The INCa roles held by an active person on that day; empty for a visitor, and without a second factor."""
    if user is None or not user.is_authenticated or not user.is_active or user.lacks_second_factor:
        return frozenset()
    remembered: dict[date, frozenset[str]] = user.__dict__.setdefault("_roles_by_day", {})
    if on not in remembered:
        remembered[on] = frozenset(
            RoleGrant.objects.valid(on=on).filter(user=user).values_list("role", flat=True)
        )
    return remembered[on]


def delegation_of(user: User | None, *, on: date) -> Delegation | None:
    """The delegation under which that person signs acts that day (CRPA L212-1); None when there is none."""
    if user is None:
        return None
    remembered: dict[date, Delegation] = user.__dict__.setdefault("_delegation_by_day", {})
    if on not in remembered:
        found = Delegation.objects.valid(on=on).filter(user=user).order_by("-starts_on", "-pk").first()
        if found is None:
            return None
        remembered[on] = found
    return remembered[on]


def covered_by(user: User, *, on: date) -> list[int]:
    """The keys of the people whose to-do list this person holds that day: their own, and those they replace."""
    away = Absence.objects.handed_over(on=on)
    return [user.pk, *(key for key in away if user.pk in substitutes(key, away)[1:])]


def in_place_of(by: Actor, holder: User | None, *, on: date) -> Actor:
    """The same actor, who acts on behalf of the holder of the file when they replace them that day."""
    if by.user is None or by.on_behalf_of or holder is None or holder == by.user:
        return by
    replaces = holder.pk in covered_by(by.user, on=on)
    return replace(by, on_behalf_of=subject_key(holder)) if replaces else by


def may(permission: str, user: User | AnonymousUser | None, record: Any = None, *, on: date) -> bool:
    """Whether a page may offer this to that person. An unknown permission is an error, never a default."""
    if not rules.perm_exists(permission):
        raise LookupError(f"unknown permission {permission}")
    known = user if user is not None and user.is_authenticated else None
    return bool(rules.has_perm(permission, Claim(known, on), record))


def require(permission: str, by: Actor, record: Any = None, *, on: date) -> None:
    """Raise `NotAllowed` unless the actor may do this to that record on that day. Used by every action."""
    if not rules.perm_exists(permission):
        raise LookupError(f"unknown permission {permission}")
    if not rules.has_perm(permission, Claim(by.user, on, by.role), record):
        raise NotAllowed(permission)


def holds(role: str) -> Any:
    """A predicate: the person holds that INCa role on the day of the claim."""

    @rules.predicate(name=f"holds_{role}")
    def predicate(claim: Claim, record: Any = None) -> bool:
        return claim.holds(role)

    return predicate


is_case_officer = holds(Role.CASE_OFFICER)
is_secretariat = holds(Role.SECRETARIAT)
is_ethics_officer = holds(Role.ETHICS_OFFICER)
is_signatory = holds(Role.SIGNATORY)
is_appeal_officer = holds(Role.APPEAL_OFFICER)
is_data_protection_officer = holds(Role.DATA_PROTECTION_OFFICER)
is_technical_administrator = holds(Role.TECHNICAL_ADMINISTRATOR)


@rules.predicate
def is_clock(claim: Claim, record: Any = None) -> bool:
    """The tick acts."""
    return claim.is_clock


@rules.predicate
def is_somebody_else(claim: Claim, person: User | None = None) -> bool:
    """Nobody gives access back to themselves."""
    return claim.user is not None and claim.user != person


@rules.predicate
def is_nobody_of_the_institute(claim: Claim, person: User | None = None) -> bool:
    """Holds no INCa role that day: the account of a colleague is for the technical administrators."""
    return person is None or not RoleGrant.objects.valid(on=claim.on).filter(user=person).exists()


@rules.predicate
def is_third_person(claim: Claim, right: Right | None = None) -> bool:
    """Neither who gives the right nor who receives it; without a right, the question is about the page."""
    return claim.user is not None and (
        right is None or claim.user.pk not in (right.user_id, right.granted_by_id)
    )


rules.add_perm("accounts.manage_people", is_technical_administrator)
rules.add_perm(
    "accounts.suppress",
    (is_technical_administrator | (is_secretariat & is_nobody_of_the_institute)) & is_somebody_else,
)
rules.add_perm(
    "accounts.confirm_rights",
    (is_data_protection_officer | is_signatory | is_technical_administrator) & is_third_person,
)
rules.add_perm("accounts.recover_access", (is_technical_administrator | is_secretariat) & is_somebody_else)
rules.add_perm("accounts.pseudonymise", is_clock)
