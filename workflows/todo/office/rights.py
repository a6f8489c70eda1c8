"""What awaits the signatories about people: roles and delegations that a second person confirms."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Delegation, Role, RoleGrant
from workflows.todo.engine import Found, Reader, Task, source


def _role(found: Found) -> Task:
    title = _("Confirmer un rôle")
    return Task(
        f"role-{found.row}", title, f"{found.reference} {found.name}", reverse("staff_rights"), found.since
    )


@source(
    "staff",
    Role.SIGNATORY,
    moment="granted_at",
    tell=_role,
    reference="user__first_name",
    name="user__last_name",
)
def roles_to_confirm(reader: Reader) -> QuerySet[Any, Any]:
    """Roles given by somebody else to somebody else."""
    return RoleGrant.objects.waiting().exclude(Q(user=reader.user) | Q(granted_by=reader.user))


def _delegation(found: Found) -> Task:
    title = _("Confirmer une délégation de signature")
    return Task(
        f"delegation-{found.row}",
        title,
        f"{found.reference} {found.name}",
        reverse("staff_rights"),
        found.since,
    )


@source(
    "staff",
    Role.SIGNATORY,
    moment="granted_at",
    tell=_delegation,
    reference="user__first_name",
    name="user__last_name",
)
def delegations_to_confirm(reader: Reader) -> QuerySet[Any, Any]:
    """Delegations given by somebody else to somebody else."""
    return Delegation.objects.waiting().exclude(Q(user=reader.user) | Q(granted_by=reader.user))
