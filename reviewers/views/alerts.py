"""« Alerte sécurité »: somebody may be in danger; the secretariat is told at once, and told when it is taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.rules import may
from journal.moves import Actor
from reviewers import actions
from reviewers.checklist import missing_to_alert
from reviewers.forms import AlertForm
from reviewers.models import Assignment
from reviewers.views.access import as_member, open_dossier, refusals
from reviewers.views.paper import case_officer_page, is_case_officer, of_dossier


def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """The alert of a member, while they score, once it is sent, and in the second round."""
    found = open_dossier(request, pk)
    after = reverse("committee_assignment", args=[found.pk])
    return _page(request, found, as_member(request), after)


@staff_required(Role.SECRETARIAT)
def enter(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The alert of a member who called or wrote, typed for them; never by the case officer of the dossier."""
    found = of_dossier(request, reference, pk)
    if missing_to_alert(found):
        raise Http404
    if is_case_officer(request, found):
        return case_officer_page(request, found)
    if not may("reviewers.enter_alert", request.user, found, on=timezone.localdate()):
        raise Http404  # the words of an alert are not for who still owes a review of that dossier
    by = actor_for(request, Role.SECRETARIAT).standing_for(found.mandate.user)
    return _page(request, found, by, reverse("staff_panel", args=[reference]), member=found.mandate.user)


def _page(request: HttpRequest, found: Assignment, by: Actor, after: str, **more: Any) -> HttpResponse:
    form = AlertForm(
        request.POST or None, initial={"text": found.safety_alert}, withdraws=bool(found.safety_alert)
    )
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            kept = actions.raise_alert(
                assignment_pk=found.pk, text=form.cleaned_data["text"], at=timezone.now(), by=by
            )
            messages.success(request, _said(kept))
            return redirect(after)
    context = {"assignment": found, "form": form, "after": after, "missing": missing_to_alert(found), **more}
    return render(request, "reviewers/alert.html", context)


def _said(kept: Assignment) -> str:
    if kept.safety_alert:
        return _("Le secrétariat est prévenu.")
    return _("L'alerte est retirée. Le secrétariat en est prévenu.")
