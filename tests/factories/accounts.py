"""People of the tests: anybody, staff with roles, signatories, and their sign-in."""

from __future__ import annotations

import hashlib
import itertools
import time
from datetime import date
from typing import Any

from django.test import Client

from accounts.models import Delegation, Role, RoleGrant, User
from journal.moves import Actor

SINCE = date(2020, 1, 1)
_numbers = itertools.count(1)
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def surname(number: int) -> str:
    """A surname in the order of its number, that no other one resembles: the gate compares the names of the staff."""
    tail = hashlib.sha256(str(number).encode()).hexdigest()[:12].translate(LETTERS)
    return f"Durand{number:05d}{tail}"


def person(email: str | None = None, **fields: Any) -> User:
    """A person with an address of their own; `without_email=True` gives one who only has a postal address."""
    number = next(_numbers)
    fields.setdefault("first_name", "Camille")
    fields.setdefault("last_name", surname(number))
    without = fields.pop("without_email", False) or fields.get("shares_mailbox_with")
    return User.objects.create_user(None if without else email or f"personne{number}@exemple.fr", **fields)


def give_role(user: User, role: str, *, since: date = SINCE, until: date | None = None) -> RoleGrant:
    """An INCa role held for a period."""
    return RoleGrant.objects.create(
        user=user, role=role, service="Mission Label associatif", starts_on=since, ends_on=until
    )


def staff(*roles: str, email: str | None = None, **fields: Any) -> User:
    """A person who holds these INCa roles since 2020; case officer when none is named."""
    user = person(email, **fields)
    for role in roles or (Role.CASE_OFFICER,):
        give_role(user, role)
    return user


def signatory(
    email: str | None = None, *, since: date = SINCE, until: date | None = None, **fields: Any
) -> User:
    """A signatory with a delegation of signature valid from 2020 on."""
    user = staff(Role.SIGNATORY, email=email, **fields)
    Delegation.objects.create(
        user=user,
        quality="Directrice générale adjointe",
        service="Direction générale",
        act_reference="DEC-2020-001",
        starts_on=since,
        ends_on=until,
    )
    return user


def acting(user: User, role: str, **fields: Any) -> Actor:
    """That person acting in that role."""
    return Actor(user, role, **fields)


def signed_in(client: Client, user: User, *, second_factor: bool = True, factor: str = "totp") -> Client:
    """Sign that person in; staff also have the second factor of this session behind them."""
    client.force_login(user)
    if second_factor and user.role_grants.exists():
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": factor, "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client
