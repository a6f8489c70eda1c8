"""What a register says of the holder of a label: two people look, then an officer may prepare the act."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff_required
from certificates import actions
from certificates.follow_up_forms import AlertForm
from certificates.models import RegisterAlert
from certificates.views import following
from label.visibility import HANDLING_ROLES
from reviewers.views.access import refusals


@staff_required(*HANDLING_ROLES)
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """What the register says beside what we hold, the two checks, and what may follow."""
    seen = RegisterAlert.objects.visible_to(request.user, on=timezone.localdate()).select_related(
        "label__structure",
        "label__application__structure",
        "first_checked_by",
        "ended_by",
        "first_file",
        "last_file",
    )
    found = get_object_or_404(seen, pk=pk)
    waits = found.state in RegisterAlert.LIVE and found.label.state in found.label.LIVE
    may_check = following.allowed(request, "certificates.check_register", found)
    if request.method == "POST":
        following.must(request, "certificates.check_register", found)
    form = AlertForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.check_alert(
                alert_pk=found.pk, **form.cleaned_data, at=timezone.now(), by=following.officer_on(request)
            )
            messages.success(request, _("Votre vérification est notée."))
            return redirect(request.path)
    context = {
        "alert": found,
        "label": found.label,
        "structure": found.label.structure,
        "form": form if waits and may_check else None,
        "waits": waits,
        "may_prepare": following.allowed(request, "certificates.prepare_measure", found.label),
        "checked_first": found.first_checked_by_id == request.user.pk,
        "back": reverse("staff_label", args=[found.label.number]),
    }
    return render(request, "certificates/staff_register_alert.html", context)
