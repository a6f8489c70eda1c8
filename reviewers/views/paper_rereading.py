"""The second round on paper: printed for a member, and typed by the secretariat when the answer comes back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import actor_for, staff_required
from accounts.models import Role
from reviewers import actions
from reviewers.grid import criteria
from reviewers.models import Assignment, RereadEntry
from reviewers.paper_rereading import printed_rereading
from reviewers.round_forms import RereadForm, RereadPaperForm
from reviewers.views.access import refusals
from reviewers.views.discussing import (
    are_valid,
    choice_forms,
    keep_choices,
    lines_to_reread,
    panel_scores,
    shown,
)
from reviewers.views.paper import case_officer_page, is_case_officer, of_dossier, pdf_answer


@staff_required(Role.SECRETARIAT)
def enter(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """« Recopier une relecture »: how the member answered, what they keep, what they change and why."""
    found = _reopened(request, reference, pk)
    if is_case_officer(request, found):
        return case_officer_page(request, found)
    rows, scores = (
        criteria(found.application.edition, found.snapshot),
        panel_scores(request, found.application),
    )
    entry = RereadEntry.objects.filter(assignment=found).first()
    posted = request.POST if request.method == "POST" else None
    forms = choice_forms(found, rows, scores, posted)
    kept = {"means": entry.means, "read_back_on": entry.read_back_on} if entry else {}
    paper = RereadPaperForm(posted, request.FILES or None, initial=kept)
    if (
        posted is not None
        and are_valid([paper, *forms.values()])
        and _keep(request, found, paper, list(forms.values()))
    ):
        messages.success(request, _("La relecture est recopiée. La personne est prévenue."))
        return redirect("staff_panel", reference)
    lines = lines_to_reread(found, rows, scores, mine=found, me=_("cette personne"))
    context: dict[str, Any] = {
        **shown(found, lines, forms),
        "assignment": found,
        "application": found.application,
        "member": found.mandate.user,
        "paper": paper,
        "entry": entry,
        "problem_forms": [paper, *forms.values()],
    }
    context["has_errors"] = context["has_errors"] or bool(paper.errors)
    return render(
        request, "reviewers/staff_reread.html", context, status=409 if context["conflicts"] else 200
    )


@staff_required(Role.SECRETARIAT)
def rereading_pdf(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The scores of the group on paper, with room to keep or to change one's own; never for the case officer."""
    found = _reopened(request, reference, pk)
    if is_case_officer(request, found):
        raise Http404
    scores = panel_scores(request, found.application)
    with translation.override("fr"):  # the paper is in French, whoever prints it
        rows = criteria(found.application.edition, found.snapshot)
        lines = lines_to_reread(found, rows, scores, mine=found)
    return pdf_answer(found, "relecture", printed_rereading(found, lines, large_print="gros" in request.GET))


def _reopened(request: HttpRequest, reference: str, pk: int) -> Assignment:
    """The evaluation of that dossier while its second round is open; Http404 otherwise."""
    found = of_dossier(request, reference, pk)
    if found.state != Assignment.State.REOPENED:
        raise Http404
    return found


def _keep(request: HttpRequest, found: Assignment, paper: RereadPaperForm, forms: list[RereadForm]) -> bool:
    """How the member answered and all their choices, or nothing: then each reason stands beside its field."""
    now, by, said = timezone.now(), actor_for(request, Role.SECRETARIAT), paper.cleaned_data
    with transaction.atomic():
        with refusals(paper):
            actions.enter_rereading(
                assignment_pk=found.pk,
                means=said["means"],
                code=said["code"],
                has_choices=any(form.is_touched for form in forms),
                read_back_on=said["read_back_on"],
                scan=said["scan"],
                at=now,
                by=by,
            )
        if paper.errors or not keep_choices(found, forms, at=now, by=by.standing_for(found.mandate.user)):
            transaction.set_rollback(True)
            return False
    return True
