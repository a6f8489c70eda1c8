"""What an outage of the service leaves to people: a second person confirms it, and what no rule gives back is done."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from deadlines.models import Extension, Outage
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.office.rows import mine, task

DOSSIER = "thread__application__"


def _confirm(found: Found) -> Task:
    url = reverse("staff_outage", args=[found.row])
    return Task(f"outage-{found.row}", _("Confirmer une panne du service"), "", url, found.since)


@source("staff", Role.SIGNATORY, moment="recorded_at", tell=_confirm)
def outages_to_confirm(reader: Reader) -> QuerySet[Any, Any]:
    """Outages recorded by somebody else."""
    return Outage.objects.waiting().exclude(recorded_by=reader.user)


def _give_back(found: Found) -> Task:
    url = reverse("staff_outage", args=[found.extra])
    return task(found, "lost-time", _("Rendre le temps perdu pendant une panne du service"), url)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="made_at",
    tell=_give_back,
    dossier=f"{DOSSIER}pk",
    reference=f"{DOSSIER}reference",
    name=f"{DOSSIER}structure__name",
    extra="outage_id",
)
def time_to_give_back(reader: Reader) -> QuerySet[Any, Any]:
    """What was closed before the outage was known, and that no rule opens again."""
    left = Extension.objects.filter(outcome=Extension.Outcome.TO_DO, settled_at=None)
    return mine(reader, left.exclude(thread__application=None), DOSSIER)
