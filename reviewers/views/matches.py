"""One link that resembles a structure: both texts side by side, and what the ethics officer concludes."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.rules import may
from label.models import Application
from reviewers import actions
from reviewers.challenge_forms import NameForm, SettleForm
from reviewers.models import Assignment, LinkMatch, StaffMatch
from reviewers.views.access import refusals
from structures.models import Structure


@staff_required(Role.ETHICS_OFFICER, Role.SECRETARIAT)
def staff_match(request: HttpRequest, pk: int) -> HttpResponse:
    """What the member wrote, what the dossier says, what it touches; settled once for that structure."""
    today = timezone.localdate()
    structures = Structure.objects.visible_to(person(request), on=today).values("pk")
    rows = LinkMatch.objects.filter(structure__in=structures)
    found = rows.select_related("link__mandate__user", "structure", "settled_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    settles = may("reviewers.settle_match", request.user, found, on=today)
    if request.method == "POST" and not settles:
        raise Http404
    initial = {"severity": found.severity}
    form = SettleForm(request.POST or None, initial=initial) if settles else None
    if request.method == "POST" and form is not None and form.is_valid():
        with refusals(form):
            actions.settle_match(
                match_pk=found.pk,
                severity=form.cleaned_data["severity"],
                seen=request.POST.get("seen", ""),
                at=timezone.now(),
                by=actor_for(request, Role.ETHICS_OFFICER).because(form.cleaned_data["reason"]),
            )
            messages.success(request, _("Le lien est examiné."))
            return redirect("staff_challenges")
    dossier = Application.objects.filter(structure=found.structure, state__in=Application.UNDER_WAY).first()
    seat = Assignment.objects.filter(
        application=dossier, user=found.link.mandate.user_id, state__in=Assignment.LIVE
    )
    context = {
        "match": found,
        "link": found.link,
        "application": dossier,
        "assignment": seat.first() if dossier else None,
        "form": form,
    }
    return render(request, "reviewers/staff_match.html", context)


@staff_required(Role.ETHICS_OFFICER)
def staff_name_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the Institute, and whom the structure names so; settled once for that structure."""
    today = timezone.localdate()
    structures = Structure.objects.visible_to(person(request), on=today).values("pk")
    rows = StaffMatch.objects.filter(structure__in=structures).select_related(
        "person", "structure", "settled_by"
    )
    found = rows.filter(pk=pk).first()
    if found is None or not may("reviewers.settle_staff_match", request.user, found, on=today):
        raise Http404
    form = NameForm(request.POST or None, initial={"severity": found.severity})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.settle_staff_match(
                match_pk=found.pk,
                severity=form.cleaned_data["severity"],
                seen=request.POST.get("seen", ""),
                at=timezone.now(),
                by=actor_for(request, Role.ETHICS_OFFICER).because(form.cleaned_data["reason"]),
            )
            messages.success(request, _("Le nom est examiné. La personne est prévenue."))
            return redirect("staff_challenges")
    under_way = Application.objects.filter(structure=found.structure, state__in=Application.UNDER_WAY)
    context = {"match": found, "application": under_way.first(), "form": form}
    return render(request, "reviewers/staff_name_match.html", context)
