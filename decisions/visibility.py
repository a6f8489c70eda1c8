"""Who may see an act and an appeal: staff who work on them, less who had a part in it; the structure, once told."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from accounts.models import Role, User
from accounts.rules import roles_of
from decisions.effects import served_among
from decisions.models import Appeal, Decision
from decisions.rules import contested_by_part_of
from journal.visibility import audience, veto
from structures.models import Membership

STAFF = frozenset({Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY, Role.APPEAL_OFFICER})


@audience("decisions.decision", "staff")
def staff(user: User, on: date) -> Q:
    """Staff who prepare, sign, serve or review acts."""
    return Q(pk__isnull=False) if STAFF & roles_of(user, on=on) else Q(pk__in=[])


@audience("decisions.decision", "structure")
def members_of_the_structure(user: User, on: date) -> Q:
    """Members of the structure to which it is served, from the signature on: the letter tells them."""
    structures = Membership.objects.current().filter(user=user).values("structure_id")
    return served_among(structures) & ~Q(state__in=["prepared", "abandoned"])


@veto("decisions.decision", "had a part in what it answers")
def answers_being_written(user: User, on: date) -> Q:
    """The answer to an appeal, while it is written, for those who had a part in the contested act."""
    theirs = Appeal.objects.filter(contested_by_part_of(user), answer__isnull=False)
    writing = Q(kind=Decision.Kind.APPEAL_ANSWER, state__in=["prepared", "abandoned"])
    return writing & Q(pk__in=theirs.values("answer"))


@audience("decisions.appeal", "staff")
def staff_without_part(user: User, on: date) -> Q:
    """Staff, but those who had a part in the contested act: they know that an appeal exists, and no more."""
    return ~contested_by_part_of(user) if STAFF & roles_of(user, on=on) else Q(pk__in=[])


@audience("decisions.appeal", "structure")
def members_who_appeal(user: User, on: date) -> Q:
    """Members of the structure to which the contested act was served."""
    structures = Membership.objects.current().filter(user=user).values("structure_id")
    return Q(decision__in=Decision.objects.filter(served_among(structures)).values("pk"))
