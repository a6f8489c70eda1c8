"""How often the Institute departs from the opinion of its committee, told to everybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.decisions import FEW, decisions_by_year


@login_not_required
@require_safe
def public_decisions(request: HttpRequest) -> HttpResponse:
    """The years that are over; the counts are kept for the minute, as the other public answers."""
    now = timezone.localtime()
    key = f"decisions:{now:%Y%m%d%H%M}"
    years = caches["answers"].get(key)
    if years is None:
        years = decisions_by_year(on=now.date())
        caches["answers"].set(key, years)
    return render(request, "portal/decisions.html", {"years": years, "few": FEW})
