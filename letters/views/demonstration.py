"""The outbox of the demonstration: where its mails, and so its sign-in codes, are read."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from letters.models import DemonstrationMail

LATEST = 50


@login_not_required
@require_safe
def demonstration_outbox(request: HttpRequest) -> HttpResponse:
    """The latest mails, newest first; "not found" anywhere but in the demonstration."""
    if not settings.DEMONSTRATION:
        raise Http404
    mails = DemonstrationMail.objects.order_by("-pk")
    address = request.GET.get("adresse", "").strip()[:254]
    if address:
        mails = mails.filter(to_address__iexact=address)
    return render(request, "letters/demonstration_outbox.html", {"mails": mails[:LATEST], "address": address})
