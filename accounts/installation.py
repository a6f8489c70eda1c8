"""The first people of an installation: named before anybody could name or confirm them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import RoleGrant, User
from accounts.rights import hold_rights, note_right
from journal.moves import Actor


@transaction.atomic
def name_first(*, user: User, role: str, service: str = "", starts_on: date, at: datetime) -> RoleGrant:
    """Give a role in the name of the installation: it takes effect at once, and the journal says so."""
    thread = hold_rights(user.pk)
    grant = RoleGrant.objects.create(user=user, role=role, service=service, starts_on=starts_on)
    note_right(thread, grant, what="give", at=at, by=Actor.system())
    return grant
