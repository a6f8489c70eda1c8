"""The page on which who signs asks the committee again before deciding."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.rules import delegation_of, may
from decisions import actions
from decisions.checklist import why_no_second_opinion
from decisions.forms import SecondOpinionForm
from decisions.rules import with_part_in
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from structures.forms import add_reasons


@staff_required(Role.SIGNATORY)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_second_opinion(request: HttpRequest, reference: str) -> HttpResponse:
    """What the committee said, and the question that it leaves open."""
    now = timezone.now()
    on, user = timezone.localdate(now), person(request)
    visible = Application.objects.visible_to(user, on=on)
    dossiers = Application.objects.filter(pk__in=visible.values("pk")).select_related("structure", "edition")
    application = get_object_or_404(with_part_in(user, dossiers), reference=reference)
    if not may("decisions.ask_second_opinion", user, application, on=on):
        raise Http404
    obstacles = why_no_second_opinion(application, user, on=on, delegation=delegation_of(user, on=on))
    form = SecondOpinionForm(request.POST or None) if not obstacles else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            actions.ask_second_opinion(
                application_pk=application.pk,
                question=form.cleaned_data["question"],
                at=now,
                by=actor_for(request, Role.SIGNATORY),
            )
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            add_reasons(form, blocked)
        else:
            messages.success(request, _("La question est posée. Le dossier revient devant le comité."))
            return redirect("staff_opinion", application.reference)
    context = {
        "application": application,
        "opinion": application.opinions.order_by("-pk").first(),
        "form": form,
        "obstacles": obstacles,
        "has_errors": bool(form is not None and form.errors),
    }
    return render(request, "decisions/second_opinion.html", context)
