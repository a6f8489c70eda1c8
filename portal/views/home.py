"""The home page: what this label is, a check in one field, and what to do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates.models import Label
from certificates.questions import valid_on
from label.clocks import usual_delays
from portal.forms import NumberForm

SHOWN = 5


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Two queries: the last labels granted, and what they recognise."""
    today = timezone.localdate()
    granted = Label.objects.listed(on=today).filter(valid_on(today))
    last = granted.select_related("structure").prefetch_related("recognised").order_by("-pk")[:SHOWN]
    context = {"last_labels": list(last), "delays": usual_delays(), "number_form": NumberForm()}
    return render(request, "portal/home.html", context)
