"""Whose name, among the staff, somebody of a structure bears too (domain 5.3): questions, nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import IntegerField, Q, QuerySet, Value
from django.db.models.fields import CharField
from django.utils import timezone

from accounts.models import RoleGrant, User
from label.models import Answer, Application, Contributor
from label.questions import SECOND_CONTACT
from reviewers.conflicts import recent_members
from reviewers.likeness import may_name, person_key
from reviewers.models import StaffMatch
from structures.models import Membership
from structures.visibility import HANDLING_ROLES

Ground = StaffMatch.Ground
NOBODY = Value(0, output_field=IntegerField())
NOTHING = Value("", output_field=CharField())
Named = tuple[str, str, int]  # ground, name as it is written, key of the person when they have an account


def handling(on: date) -> QuerySet[User]:
    """The people of the Institute who may have to do with a dossier that day."""
    grants = RoleGrant.objects.valid(on=on).filter(role__in=HANDLING_ROLES)
    return User.objects.filter(is_active=True, pk__in=grants.values("user_id")).order_by("pk")


def newly_handling(on: date, *, since: datetime) -> QuerySet[User]:
    """Those of them to whom a role was given or confirmed since that moment."""
    lately = Q(starts_on__gte=timezone.localdate(since)) | Q(confirmed_at__gte=since)
    grants = RoleGrant.objects.valid(on=on).filter(lately, role__in=HANDLING_ROLES)
    return handling(on).filter(pk__in=grants.values("user_id"))


def named_in(applications: Collection[Application], *, on: date) -> dict[int, list[Named]]:
    """Who is named in the space of each structure and in these dossiers, by the key of the structure; one query."""
    keys, structures = [one.pk for one in applications], [one.structure_id for one in applications]
    members = Membership.objects.filter(recent_members(on), structure__in=structures).values_list(
        "structure_id", _ground(Ground.MEMBER), "user__first_name", "user__last_name", "user_id"
    )
    contributors = Contributor.objects.filter(application__in=keys).values_list(
        "application__structure_id", _ground(Ground.CONTRIBUTOR), "name", NOTHING, NOBODY
    )
    contacts = Answer.objects.filter(application__in=keys, question=SECOND_CONTACT).values_list(
        "application__structure_id", _ground(Ground.CONTACT), "text", NOTHING, NOBODY
    )
    found: dict[int, list[Named]] = defaultdict(list)
    rows = members.order_by().union(contributors.order_by(), contacts.order_by(), all=True)
    for structure_pk, ground, first, last, user_pk in rows:
        found[structure_pk].append((ground, f"{first} {last}".strip(), user_pk))
    return found


def matches_of(person: User, named: Iterable[Named]) -> tuple[Named, bool] | None:
    """What a structure writes that is, or resembles, the name of that person, the same first; whether it is the same.

    None for nothing. The account of the person itself is a membership, which closes more.
    """
    others = sorted(one for one in named if one[2] != person.pk)
    own = person_key(person.get_full_name())
    for one in others:
        if own and person_key(one[1]) == own:
            return one, True
    for one in others:
        if may_name(one[1], first_name=person.first_name, last_name=person.last_name):
            return one, False
    return None


def _ground(ground: str) -> Any:
    return Value(str(ground), output_field=CharField())
