"""The withdrawal procedures, for the office: where each stands."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from certificates.models import Withdrawal
from certificates.protections import TITLES, rank_of
from desks.forms import WithdrawalFilter
from desks.keyset import filters_of, page_of
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from label.visibility import HANDLING_ROLES

on_procedures = staff_required(*HANDLING_ROLES)


@on_procedures
def staff_withdrawals(request: HttpRequest) -> HttpResponse:
    """The procedures, the newest first; those under way unless another choice is made."""
    form = WithdrawalFilter(request.GET)
    page = page_of(_rows(request, form), request)
    context = {
        "form": form,
        "page": page,
        "rows": [(one, TITLES[rank_of(one) - 1]) for one in page.rows],
        "file_url": reverse("staff_withdrawals_file") + filters_of(request),
    }
    return render(request, "desks/staff_withdrawals.html", context)


@on_procedures
def staff_withdrawals_file(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    columns = [_("Numéro du label"), _("Structure"), _("État"), _("Ouverte le"), _("Terminée le")]
    lines = (
        (
            row.label.number,
            row.label.structure.name,
            row.get_state_display(),
            row.opened_at,
            row.ended_at,
        )
        for row in _rows(request, WithdrawalFilter(request.GET))
        .order_by("-pk")[:MAXIMUM_ROWS]
        .iterator(chunk_size=2000)
    )
    return spreadsheet("retraits", columns, lines)


def _rows(request: HttpRequest, form: WithdrawalFilter) -> QuerySet[Withdrawal]:
    chosen = form.chosen()
    rows = Withdrawal.objects.visible_to(person(request), on=timezone.localdate())
    state = chosen.get("etat")
    rows = rows.filter(state__in=[state] if state else Withdrawal.LIVE)
    if words := chosen.get("texte"):
        rows = rows.filter(Q(label__number__icontains=words) | Q(label__structure__name__icontains=words))
    return rows.select_related("label__structure")
