"""A change told at any time: declared by the association or typed by the office, read, then done."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff_required
from accounts.models import Role
from accounts.once import once
from certificates import actions
from certificates.follow_up_forms import ChangeForm, ConclusionForm, DoneForm, TypedChangeForm
from certificates.models import Change, Label
from certificates.views import following
from certificates.views.labels import canonical
from journal.moves import Actor
from label.visibility import HANDLING_ROLES
from reviewers.views.access import refusals
from structures.context import for_structure, member_actor
from structures.models import Structure


@for_structure
@once
def declare(request: HttpRequest, structure: Structure) -> HttpResponse:
    """« Signaler un changement »: what, since when, in a few sentences."""
    label = following.held_label(request, structure)
    following.must(request, "certificates.declare_change", label)
    by = member_actor(request, structure)
    return _declare(request, label, ChangeForm, by, reverse("space_label"))


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
@once
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """The same, typed by the office for somebody who wrote, called or came."""
    seen = Label.objects.visible_to(request.user, on=timezone.localdate()).select_related("structure")
    label = get_object_or_404(seen, number=canonical(number))
    following.must(request, "certificates.declare_change", label)
    by = following.officer_on(request, label.structure)
    return _declare(request, label, TypedChangeForm, by, reverse("staff_label", args=[label.number]))


def _declare(
    request: HttpRequest, label: Label, kind: type[ChangeForm], by: Actor, back: str
) -> HttpResponse:
    form = kind(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            change = actions.declare_change(label_pk=label.pk, **form.cleaned_data, at=timezone.now(), by=by)
            messages.success(request, _told(change))
            return redirect(back)
    context = {
        "label": label,
        "structure": label.structure,
        "form": form,
        "days": settings.CHANGE_DAYS,
        "back": back,
    }
    return render(request, "certificates/change.html", context)


def _told(change: Change) -> str:
    if change.is_late:
        return _("Le changement est reçu, après les {n} jours prévus. Nous le lisons.").format(
            n=settings.CHANGE_DAYS
        )
    return _("Le changement est reçu. Nous le lisons.")


@staff_required(*HANDLING_ROLES)
def read(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What the association tells, what an officer concludes, and what was then done."""
    seen = Label.objects.visible_to(request.user, on=timezone.localdate())
    label = get_object_or_404(seen.select_related("structure", "application"), number=canonical(number))
    found = Change.objects.select_related("label__structure", "file", "declared_by", "read_by", "done_by")
    change = get_object_or_404(found, pk=pk, label=label)
    waits = change.next_step in (Change.NextStep.SCOPE, Change.NextStep.HOLDER) and change.done_at is None
    is_new = change.read_at is None
    may = "certificates.read_change" if is_new else "certificates.finish_change"
    form: ConclusionForm | DoneForm = (ConclusionForm if is_new else DoneForm)(request.POST or None)
    allowed = following.allowed(request, may, change) and (is_new or waits)
    if request.method == "POST":
        following.must(request, may, change)
        if form.is_valid():
            with refusals(form):
                act = actions.read_change if is_new else actions.finish_change
                act(
                    change_pk=change.pk,
                    **form.cleaned_data,
                    at=timezone.now(),
                    by=following.officer_on(request),
                )
                return redirect("staff_change", label.number, change.pk)
    context = {
        "label": label,
        "structure": label.structure,
        "change": change,
        "form": form if allowed else None,
        "waits": waits,
        "declared_it": change.declared_by_id == request.user.pk,
        "back": reverse("staff_label", args=[label.number]),
    }
    return render(request, "certificates/staff_change.html", context)
