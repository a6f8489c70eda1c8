"""The state of the service, for who keeps it running: never the content of a dossier."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from accounts.models import Delegation, Role, RoleGrant
from accounts.rules import roles_of
from deadlines.models import TickRun
from deadlines.tick import PASSAGE
from desks.readiness import missing_to_open
from journal import triggers
from letters.models import Letter, Mail, StoredFile
from workflows.due import COMPARISON
from workflows.models import Comparison

MAXIMUM_JOBS = 50


@staff_required(Role.TECHNICAL_ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER)
def staff_service(request: HttpRequest) -> HttpResponse:
    """What runs, what waits, what is missing."""
    today = timezone.localdate()
    context = {
        "protects_data": Role.DATA_PROTECTION_OFFICER in roles_of(person(request), on=today),
        "missing": list(missing_to_open(on=today)),
        "facts": _facts(),
        "to_confirm": RoleGrant.objects.waiting().count() + Delegation.objects.waiting().count(),
        "jobs": _jobs(),
        "comparison": Comparison.objects.order_by("-day").first(),
    }
    return render(request, "desks/staff_service.html", context)


def _jobs() -> list[tuple[str, datetime | None]]:
    """The clock itself, then each daily job: its name and when it last ended."""
    rows = TickRun.objects.values_list("job").annotate(last=Max("finished_at")).order_by("job")
    known = dict(rows[:MAXIMUM_JOBS])
    names = {PASSAGE: _("Passage de l'horloge"), COMPARISON: _("Comparaison des dossiers et de leurs étapes")}
    return [(names.get(job, job), known[job]) for job in sorted(known, key=lambda job: (job != PASSAGE, job))]


def _facts() -> list[tuple[str, Any]]:
    mails = dict(
        Mail.objects.filter(status__in=[Mail.Status.QUEUED, Mail.Status.FAILED])
        .order_by()
        .values_list("status")
        .annotate(n=Count("pk"))
    )
    facts = [
        (_("E-mails en attente"), str(mails.get(Mail.Status.QUEUED, 0))),
        (_("E-mails qui n'ont pas pu partir"), str(mails.get(Mail.Status.FAILED, 0))),
        (_("Lettres dont le PDF reste à faire"), str(Letter.objects.filter(pdf=None).count())),
        (_("Déclencheurs de protection absents"), str(len(triggers.missing()))),
        (_("Base de données"), connection.display_name),
        (_("Version de Django"), django.get_version()),
    ]
    if settings.CLAMAV_SOCKET:
        unseen = StoredFile.objects.filter(scanned_at=None).count()
        facts.append((_("Fichiers que l'antivirus n'a pas encore vus"), str(unseen)))
    return facts
