"""What awaits the office about people: an association to which nobody can be written any more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from structures.models import Membership
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
