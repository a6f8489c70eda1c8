"""« Recevoir nos décisions »."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.rules import may
from journal.refusals import Blocked, NotAllowed
from structures import actions
from structures.context import for_structure, hats, member_actor
from structures.forms import SERVICE_TEXT, ServiceForm, add_reasons, posted
from structures.models import ServiceConsent, Structure


@require_http_methods(["GET", "HEAD", "POST"])
@for_structure
def service(request: HttpRequest, structure: Structure) -> HttpResponse:
    """How decisions reach the structure: online with its consent, else by post."""
    now = timezone.now()
    live = (
        ServiceConsent.objects.filter(structure=structure, revoked_at=None).select_related("given_by").first()
    )
    form = ServiceForm(*posted(request), initial={"channel": "online" if live else ""})
    if request.method == "POST" and form.is_valid():
        by = member_actor(request, structure)
        try:
            if form.cleaned_data["channel"] == ServiceForm.ONLINE:
                actions.give_service_consent(structure_pk=structure.pk, text=str(SERVICE_TEXT), at=now, by=by)
                messages.success(request, _("Vous recevrez nos décisions en ligne."))
            else:
                actions.revoke_service_consent(structure_pk=structure.pk, at=now, by=by)
                messages.success(request, _("Vous recevrez nos décisions par courrier recommandé."))
        except NotAllowed:
            raise Http404 from None
        except Blocked as blocked:
            add_reasons(form, blocked)
        else:
            return redirect("structure_service")
    context = {
        "structure": structure,
        "form": form,
        "consent": live,
        "consent_text": SERVICE_TEXT,
        "may_choose": may("structures.choose_service", request.user, structure, on=timezone.localdate(now)),
        "past": ServiceConsent.objects.filter(structure=structure)
        .exclude(revoked_at=None)
        .order_by("-pk")[:20],
    }
    return render(request, "structures/service.html", {**context, **hats(request)})
