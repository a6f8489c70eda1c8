"""What awaits the office about people: an association that nobody reaches, another one to tell of its number."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from structures.models import ContactAttempt, Membership, MembershipQuerySet, Registration, Structure
from workflows.todo.engine import Found, Reader, Task, source


def _unreachable(found: Found) -> Task:
    url = reverse("staff_structure", args=[int(found.extra)])
    title = _("Demander qui représente maintenant la structure")
    return Task(f"unreachable-{found.row}", title, found.name, url, found.since)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="started_at",
    tell=_unreachable,
    name="structure__name",
    extra="structure_id",
)
def representatives_to_replace(reader: Reader) -> QuerySet[Any, Any]:
    """Structures whose representative is on the suppression list: no letter can leave to them (domain 5.3)."""
    speaking = Membership.objects.current().filter(role=Membership.Role.REPRESENTATIVE)
    return speaking.filter(user__never_contact=True)


RETURNED = {"moment": "user__mail_returned_at", "name": "structure__name", "extra": "structure_id"}
Channel = ContactAttempt.Channel


def _returned(found: Found, key: str, title: str) -> Task:
    url = reverse("staff_structure_reach", args=[int(found.extra)])
    return Task(f"{key}-{found.row}", title, found.name, url, found.since)


def _returned_last() -> MembershipQuerySet:
    """Of each structure of which every address comes back, the member whose address did so last."""
    members = Membership.objects.current().with_mailbox()
    since = OuterRef("user__mail_returned_at")
    later = Q(user__mail_returned_at__gt=since) | Q(user__mail_returned_at=since, pk__gt=OuterRef("pk"))
    lost = Structure.objects.reached_by_no_mail().values("pk")
    return members.filter(~Exists(members.filter(later, structure=OuterRef("structure"))), structure__in=lost)


def _tried(channel: str) -> Exists:
    """Whether that was tried since the last address of the structure came back."""
    rows = ContactAttempt.objects.filter(structure=OuterRef("structure"), channel=channel)
    return Exists(rows.filter(noted_at__gte=OuterRef("user__mail_returned_at")))


def _to_call(found: Found) -> Task:
    return _returned(found, "call", _("Téléphoner : tous les e-mails à cette structure reviennent"))


@source("staff", Role.CASE_OFFICER, Role.SECRETARIAT, tell=_to_call, **RETURNED)
def structures_to_call(reader: Reader) -> QuerySet[Any, Any]:
    """Structures of which every address comes back, not called since (domain 5.3)."""
    return _returned_last().filter(~_tried(Channel.PHONE))


def _to_write(found: Found) -> Task:
    return _returned(found, "write", _("Écrire par la poste : tous les e-mails à cette structure reviennent"))


@source("staff", Role.CASE_OFFICER, Role.SECRETARIAT, tell=_to_write, **RETURNED)
def structures_to_write_to(reader: Reader) -> QuerySet[Any, Any]:
    """The same once called: somebody writes by post."""
    return _returned_last().filter(_tried(Channel.PHONE), ~_tried(Channel.POST))


def _other_entity(found: Found) -> Task:
    url = reverse("staff_structure_told", args=[int(found.extra), found.row])
    title = _("Prévenir une structure dont le numéro a été porté par erreur")
    return Task(f"other-entity-{found.row}", title, found.name, url, found.since)


@source(
    "staff",
    Role.CASE_OFFICER,
    Role.SECRETARIAT,
    moment="superseded_at",
    tell=_other_entity,
    name="other_entity",
    extra="structure_id",
)
def entities_to_tell(reader: Reader) -> QuerySet[Any, Any]:
    """Entities whose number another structure bore: they do not know it yet (domain 5.3)."""
    return Registration.objects.exclude(other_entity="").filter(other_told_on=None)
