"""Who may see a structure: its members, and the staff who handle dossiers."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from accounts.models import Role, User
from accounts.rules import roles_of
from journal.visibility import audience
from structures.models import Membership

SUBJECT = "structures.structure"
HANDLING_ROLES = frozenset(
    {Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY, Role.ETHICS_OFFICER, Role.APPEAL_OFFICER}
)


@audience(SUBJECT, "members")
def members(user: User, on: date) -> Q:
    """The structures to which the person belongs, whatever the role."""
    return Q(pk__in=Membership.objects.current().filter(user=user).values("structure_id"))


@audience(SUBJECT, "office")
def office(user: User, on: date) -> Q:
    """Every structure, for the people who handle dossiers."""
    return ~Q(pk__in=[]) if HANDLING_ROLES & roles_of(user, on=on) else Q(pk__in=[])
