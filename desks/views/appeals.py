"""The list of appeals, for those who answer them: the soonest to answer first among those that wait."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from accounts.models import Role
from decisions.models import Appeal
from desks.forms import AppealFilter
from desks.keyset import filters_of, page_of
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet

APPEAL_ROLES = frozenset({Role.APPEAL_OFFICER, Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY})
on_appeals = staff_required(*APPEAL_ROLES)


@on_appeals
def staff_appeals(request: HttpRequest) -> HttpResponse:
    """The appeals that this person may read, the newest first; never those against their own acts."""
    form, rows = _appeals(request)
    context = {
        "form": form,
        "page": page_of(rows, request),
        "today": timezone.localdate(),
        "file_url": reverse("staff_appeals_file") + filters_of(request),
    }
    return render(request, "desks/staff_appeals.html", context)


@on_appeals
def staff_appeals_file(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    _form, rows = _appeals(request)
    columns = [
        _("Numéro de dossier"),
        _("Structure"),
        _("Décision contestée"),
        _("État"),
        _("Déposé le"),
        _("Répondre avant le"),
        _("Examiné par"),
    ]
    lines = (
        (
            _dossier(appeal).reference,
            _dossier(appeal).structure.name,
            appeal.decision.get_kind_display(),
            appeal.get_state_display(),
            appeal.lodged_on,
            appeal.silence_on,
            appeal.officer or "",
        )
        for appeal in rows.order_by("-pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("recours", columns, lines)


def _dossier(appeal: Appeal) -> Any:
    return appeal.decision.application


def _appeals(request: HttpRequest) -> tuple[AppealFilter, QuerySet[Appeal]]:
    form = AppealFilter(request.GET)
    chosen = form.chosen()
    rows = Appeal.objects.visible_to(person(request), on=timezone.localdate())
    if state := chosen.get("etat"):
        rows = rows.filter(state__in=Appeal.WAITING if state == "en-cours" else [state])
    if words := chosen.get("texte"):
        dossier = "decision__application__"
        rows = rows.filter(
            Q(**{f"{dossier}reference__icontains": words})
            | Q(**{f"{dossier}structure__name__icontains": words})
        )
    return form, rows.select_related("decision__application__structure", "officer")
