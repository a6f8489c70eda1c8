"""What the lists of the office share: the words of a row, its open step, and whose dossier it is."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Role
from label.models import Application
from workflows.models import Obligation
from workflows.todo.engine import Found, Reader, Task

OPEN = Q(status="NEW", flow_task_type="HUMAN")
STEP = "process__application__"


def about(found: Found) -> str:
    """The structure and its dossier; for a letter of a session or a mandate, the number of what it is about."""
    return (
        f"{found.name} ({found.reference})"
        if found.name and found.reference
        else found.name or found.reference or ""
    )


def mine(reader: Reader, rows: QuerySet[Any, Any], path: str) -> QuerySet[Any, Any]:
    """Only the dossiers of the reader, when they ask for it; the secretariat has none of its own."""
    if not reader.mine_only or Role.CASE_OFFICER not in reader.roles:
        return rows
    return rows.filter(**{f"{path}in": Application.objects.filter(reader.covered).values("pk")})


def task(found: Found, key: str, title: str, url: str, **more: Any) -> Task:
    """One thing to do about a dossier, named by its structure."""
    return Task(f"{key}-{found.row}", title, about(found), url, found.since, dossier=found.dossier, **more)


def person_task(found: Found, key: str, title: str, url: str, **more: Any) -> Task:
    """One thing to do about a person."""
    return Task(f"{key}-{found.row}", title, f"{found.reference} {found.name}", url, found.since, **more)


def of_dossier(path: str = "") -> dict[str, str]:
    """The columns by which a task names a dossier."""
    return {"reference": f"{path}reference", "name": f"{path}structure__name"}


def of_step() -> dict[str, str]:
    """The same for the steps of the flow, with the key of the dossier."""
    return {"dossier": f"{STEP}pk", **of_dossier(STEP)}


def of_person(path: str = "user__") -> dict[str, str]:
    """The columns by which a task names a person."""
    return {"reference": f"{path}first_name", "name": f"{path}last_name"}


def open_steps(node: Any, permission: str) -> QuerySet[Any, Any]:
    """The open obligations of one step of the flow, for one role."""
    return Obligation.objects.filter(OPEN, owner_permission=permission, flow_task=node)
