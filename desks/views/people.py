"""The people of the Institute and the members of the committee, as lists."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import person, staff_required
from accounts.models import Role, RoleGrant, User
from accounts.rules import may, roles_of
from desks.forms import MemberFilter, PeopleFilter
from desks.keyset import OLDEST, Order, filters_of, key, page_of
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from reviewers.models import College, Mandate
from reviewers.panels import open_load
from reviewers.views.committee import ROLES
from reviewers.visibility import PANEL_ROLES

BY_NAME = Order(("last_name", "pk"), (str, key))
MOST_WORDS = 5
administrators = staff_required(Role.TECHNICAL_ADMINISTRATOR)


@staff_required(*ROLES)
def staff_members(request: HttpRequest) -> HttpResponse:
    """The members, college by college, the newest mandate last; past ones on request."""
    form, rows = _members(request)
    page = page_of(rows, request, order=OLDEST)
    today = timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "colleges": [(one, [row for row in page.rows if row.college == one]) for one in College],
        "can_approach": may("reviewers.approach_member", request.user, on=today),
        "sees_dashboard": bool(PANEL_ROLES & roles_of(person(request), on=today)),
        "shows_links": may("reviewers.read_link_statement", request.user, on=today),
        "file_url": reverse("staff_members_file") + filters_of(request),
    }
    return render(request, "desks/staff_members.html", context)


@staff_required(*ROLES)
def staff_members_file(request: HttpRequest) -> HttpResponse:
    """The same members as a file."""
    _form, rows = _members(request)
    columns = [
        _("Membre"),
        _("Collège"),
        _("État"),
        _("Dossiers en cours"),
        _("Charge acceptée"),
        _("À partir du"),
        _("Jusqu'au"),
    ]
    lines = (
        (
            row.user,
            row.get_college_display(),
            row.get_state_display(),
            row.load,
            row.load_cap,
            row.starts_on,
            row.ends_on,
        )
        for row in rows.order_by("pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("membres", columns, lines)


def _members(request: HttpRequest) -> tuple[MemberFilter, QuerySet[Any, Any]]:
    form = MemberFilter(request.GET)
    chosen = form.chosen()
    rows = Mandate.objects.visible_to(person(request), on=timezone.localdate())
    rows = rows.filter(ended_at__isnull=chosen.get("etat") != "termines")
    if college := chosen.get("college"):
        rows = rows.filter(college=college)
    waiting = Count("links", filter=Q(links__analysed_at=None), distinct=True)
    found = rows.annotate(load=open_load(), links_waiting=waiting)
    return form, found.select_related("user__shares_mailbox_with")


@never_cache
@administrators
def staff_people(request: HttpRequest) -> HttpResponse:
    """Staff of the Institute, or whoever matches what is searched."""
    form, rows = _people(request)
    page = page_of(rows, request, order=BY_NAME)
    file_url = reverse("staff_people_file") + filters_of(request)
    return render(request, "desks/staff_people.html", {"form": form, "page": page, "file_url": file_url})


@never_cache
@administrators
def staff_people_file(request: HttpRequest) -> HttpResponse:
    """The same people as a file."""
    _form, rows = _people(request)
    columns = [_("Nom"), _("Prénom"), _("Adresse e-mail"), _("Rôles à l'Institut aujourd'hui"), _("Compte")]
    lines = (
        (
            row.last_name,
            row.first_name,
            row.email or "",
            ", ".join(str(grant.get_role_display()) for grant in row.roles_today),
            _("ouvert") if row.is_active else _("fermé"),
        )
        for row in rows.order_by("last_name", "pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("personnes", columns, lines)


def _people(request: HttpRequest) -> tuple[PeopleFilter, QuerySet[Any, Any]]:
    form = PeopleFilter(request.GET)
    chosen = form.chosen()
    today = RoleGrant.objects.valid(on=timezone.localdate())
    rows = User.objects.all()
    if role := chosen.get("role"):
        rows = rows.filter(pk__in=today.filter(role=role).values("user_id"))
    elif not chosen.get("q"):
        rows = rows.filter(pk__in=RoleGrant.objects.values("user_id"))
    for word in str(chosen.get("q", "")).split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(last_name__istartswith=word) | Q(first_name__istartswith=word) | Q(email__istartswith=word)
        )
    return form, rows.prefetch_related(Prefetch("role_grants", today.order_by("role"), to_attr="roles_today"))
