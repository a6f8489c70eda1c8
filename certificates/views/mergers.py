"""Before a merger: the holder asks, the office types it for who has no keyboard, a signatory answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.once import once
from certificates import actions
from certificates.merger_forms import MergerAnswerForm, MergerForm, TypedMergerForm
from certificates.models import Label, MergerRequest
from certificates.views import following
from certificates.views.labels import canonical
from journal.moves import Actor
from label.visibility import HANDLING_ROLES
from reviewers.views.access import refusals
from structures.context import for_structure, member_actor
from structures.models import Membership, Structure

RELATED = (
    "label__structure",
    "label__application",
    "successor",
    "treaty",
    "asked_by",
    "answered_by",
    "answer",
)
MOST = 50


@for_structure
@once
def ask(request: HttpRequest, structure: Structure) -> HttpResponse:
    """« Demander avant une fusion »: the form, and what was asked before."""
    label = following.held_label(request, structure)
    following.must(request, "certificates.ask_merger", label)
    by = member_actor(request, structure)
    return _ask(request, label, MergerForm, by, "merger_request", reverse("space_label"))


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
@once
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """The same, typed by the office for somebody who wrote, called or came."""
    label = _label(request, number)
    following.must(request, "certificates.ask_merger", label)
    by = following.officer_on(request, label.structure)
    back = reverse("staff_label", args=[label.number])
    return _ask(request, label, TypedMergerForm, by, "staff_merger", back)


def _ask(
    request: HttpRequest, label: Label, kind: type[MergerForm], by: Actor, page: str, back: str
) -> HttpResponse:
    form = kind(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            asked = actions.ask_before_merger(
                label_pk=label.pk,
                question=form.question(),
                treaty=form.cleaned_data["treaty"],
                at=timezone.now(),
                by=by,
            )
            messages.success(request, _("Votre demande est reçue : l'accusé de réception est parti."))
            return redirect(page, asked.pk)
    context = {
        "label": label,
        "structure": label.structure,
        "form": form,
        "back": back,
        "page": page,
        "rows": label.merger_requests.order_by("-pk")[:MOST],
    }
    return render(request, "certificates/merger_ask.html", context)


def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, for the holder; for the structure that would take over, once it was answered."""
    asked = get_object_or_404(MergerRequest.objects.select_related(*RELATED), pk=pk)
    own = set(
        Membership.objects.current().filter(user=person(request)).values_list("structure_id", flat=True)
    )
    holds = asked.label.structure_id in own
    takes_over = asked.successor_id in own and asked.answered_at is not None
    if not (holds or takes_over):
        raise Http404
    may_drop = holds and asked.is_open and following.allowed(request, "certificates.ask_merger", asked.label)
    if request.method == "POST":
        if not may_drop or request.POST.get("go") != "drop":
            raise Http404
        by = member_actor(request, asked.label.structure)
        return following.after(
            lambda: actions.drop_merger_request(request_pk=asked.pk, at=timezone.now(), by=by),
            request,
            "merger_request",
            asked.pk,
        )
    return render(request, "certificates/merger.html", _shown(asked) | {"holds": holds, "may_drop": may_drop})


@staff_required(*HANDLING_ROLES)
def staff_merger(request: HttpRequest, pk: int) -> HttpResponse:
    """The request for the Institute, and its answer by a signatory who did not type it."""
    asked = get_object_or_404(MergerRequest.objects.select_related(*RELATED), pk=pk)
    _label(request, asked.label.number)  # whoever may not see the label may not know of it
    answers = asked.is_open and following.allowed(request, "certificates.answer_merger", asked)
    form = MergerAnswerForm(request.POST or None) if answers else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            with refusals(form):
                actions.answer_before_merger(
                    request_pk=asked.pk,
                    content=form.content(),
                    at=timezone.now(),
                    by=actor_for(request, Role.SIGNATORY),
                )
                messages.success(request, _("La réponse est signée, la lettre part."))
                return redirect("staff_merger", asked.pk)
    context = _shown(asked) | {"form": form, "back": reverse("staff_label", args=[asked.label.number])}
    return render(request, "certificates/staff_merger.html", context)


def _label(request: HttpRequest, number: str) -> Label:
    seen = Label.objects.visible_to(request.user, on=timezone.localdate()).select_related(
        "structure", "application"
    )
    found: Label = get_object_or_404(seen, number=canonical(number))
    return found


def _shown(asked: MergerRequest) -> dict[str, object]:
    on = timezone.localdate()
    return {
        "asked": asked,
        "label": asked.label,
        "structure": asked.label.structure,
        "today": on,
        "by_silence": asked.is_accepted_by_silence(on=on),
    }
