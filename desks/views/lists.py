"""The lists of the office: dossiers, labels. Filters stay in the address, and each list is also a file."""

from __future__ import annotations

from django.db.models import Exists, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from accounts.models import Role, User
from accounts.rules import roles_of
from certificates.models import Label
from certificates.status import status_on, with_periods
from desks.forms import NO_REGION, ApplicationFilter, LabelFilter
from desks.keyset import filters_of, page_of
from desks.periods import period_of
from desks.selections import DOSSIERS, LABELS, in_field
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from label.models import Application
from label.visibility import HANDLING_ROLES

MAXIMUM_OFFICERS = 100
on_dossiers = staff_required(*HANDLING_ROLES)
ENTERING_ROLES = {Role.CASE_OFFICER, Role.SECRETARIAT}


@on_dossiers
def staff_applications(request: HttpRequest) -> HttpResponse:
    """The dossiers that this person may see, the newest first."""
    form, rows = _applications(request)
    page = page_of(rows, request)
    today = timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "today": today,
        "may_enter": bool(ENTERING_ROLES & roles_of(person(request), on=today)),
        "file_url": reverse("staff_applications_file") + filters_of(request),
    }
    return render(request, "desks/staff_applications.html", context)


@on_dossiers
def staff_applications_file(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    _form, rows = _applications(request)
    columns = [
        _("Numéro de dossier"),
        _("Structure"),
        _("Ville"),
        _("Demande"),
        _("État"),
        _("Déposé le"),
        _("Décidé le"),
        _("Date implicite"),
        _("Personne qui instruit"),
    ]
    lines = (
        (
            dossier.reference,
            dossier.structure.name,
            dossier.structure.city,
            dossier.get_kind_display(),
            dossier.get_state_display(),
            dossier.submitted_at,
            dossier.ended_at,
            dossier.implicit_decision_on,
            dossier.case_officer or "",
        )
        for dossier in rows.order_by("-pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("dossiers", columns, lines)


def _applications(request: HttpRequest) -> tuple[ApplicationFilter, QuerySet[Application]]:
    on = timezone.localdate()
    officers = list(
        User.objects.holding(Role.CASE_OFFICER, on=on).order_by("last_name", "pk")[:MAXIMUM_OFFICERS]
    )
    form = ApplicationFilter(request.GET, officers=officers, on=on)
    chosen = form.chosen()
    rows = Application.objects.visible_to(person(request), on=on).exclude(state=Application.State.PURGED)
    if state := chosen.get("etape"):
        rows = rows.filter(state__in=Application.UNDER_WAY if state == "en-cours" else [state])
    if officer := chosen.get("instructeur"):
        rows = rows.filter(case_officer=None if officer == "personne" else int(officer))
    if selection := DOSSIERS.get(chosen.get("parmi", "")):
        rows = rows.filter(selection.test(form.period()))
    if words := chosen.get("texte"):
        rows = rows.filter(Q(reference__icontains=words) | Q(structure__name__icontains=words))
    return form, rows.select_related("structure", "case_officer")


@on_dossiers
def staff_labels(request: HttpRequest) -> HttpResponse:
    """The labels, the newest first, with their status of today."""
    form, rows = _labels(request)
    today = timezone.localdate()
    page = page_of(rows, request)
    context = {
        "form": form,
        "page": page,
        "rows": [{"label": label, "status": status_on(label, today)} for label in with_periods(page.rows)],
        "file_url": reverse("staff_labels_file") + filters_of(request),
    }
    return render(request, "desks/staff_labels.html", context)


@on_dossiers
def staff_labels_file(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    _form, rows = _labels(request)
    columns = [_("Numéro du label"), _("Structure"), _("Ville"), _("État"), _("Depuis le"), _("Jusqu'au")]
    lines = (
        (
            label.number,
            label.structure.name,
            label.structure.city,
            label.get_state_display(),
            label.starts_on,
            label.valid_until,
        )
        for label in rows.order_by("-pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("labels", columns, lines)


def _labels(request: HttpRequest) -> tuple[LabelFilter, QuerySet[Label]]:
    form = LabelFilter(request.GET)
    chosen = form.chosen()
    on = timezone.localdate()
    rows = Label.objects.visible_to(person(request), on=on)
    if selection := LABELS.get(chosen.get("parmi", "")):
        rows = rows.filter(selection.test(period_of("", on=on)))
    if field := chosen.get("domaine"):
        rows = rows.filter(Exists(in_field(field)))
    if region := chosen.get("region"):
        rows = rows.filter(structure__region="" if region == NO_REGION else region)
    if state := chosen.get("etat"):
        rows = rows.filter(state=state)
    if words := chosen.get("texte"):
        rows = rows.filter(Q(number__icontains=words) | Q(structure__name__icontains=words))
    return form, rows.select_related("structure")
