"""3 Actions proposées: which solutions the dossier presents, and the page of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.once import once
from journal.moves import Actor
from label import actions
from label.answers import version_of
from label.checklist import missing_in, section_url
from label.forms.material import NewSolutionForm, SolutionForm, SolutionsForm
from label.models import Application
from label.questions import BY_KEY, Section
from label.views.access import actor_on, told
from label.views.saving import editable, is_autosave, onwards, page_of
from structures.actions import StaleSolution, save_solution
from structures.models import Solution


def solutions_section(request: HttpRequest, found: Application, wanted: Section) -> HttpResponse:
    """3 Actions proposées: which solutions are presented, and a new one."""
    live = list(Solution.objects.live().filter(structure=found.structure).order_by("pk"))
    presented = [str(pk) for pk in found.solutions.values_list("pk", flat=True)]
    now, by = timezone.now(), actor_on(request, found)
    adding = request.POST.get("go") == "add" or bool(request.POST.get("name", "").strip())
    new = NewSolutionForm(request.POST if adding else None)
    form = SolutionsForm(live, request.POST or None, initial={"presented": presented})
    if request.method == "POST":
        if form.is_valid() and live:
            actions.present_solutions(
                application_pk=found.pk, solution_pks=map(int, form.cleaned_data["presented"]), at=now, by=by
            )
        if not adding:
            return onwards(request, found, wanted)
        if new.is_valid():
            # A name typed is never thrown away, whichever button was pressed.
            return _add(request, found, new.cleaned_data["name"], at=now, by=by)
    return render(
        request,
        "label/solutions.html",
        page_of(
            found, wanted, form=new, presented=form, solutions=live, missing=missing_in(found, "solutions")
        ),
    )


@once
def _add(request: HttpRequest, found: Application, name: str, *, at: datetime, by: Actor) -> HttpResponse:
    made = add_solution(found, name, at=at, by=by)
    return redirect("application_solution", found.reference, made.pk)


def add_solution(found: Application, name: str, *, at: datetime, by: Actor) -> Solution:
    """A new solution of the structure, presented at once in this dossier."""
    made = save_solution(structure_pk=found.structure_id, data={"name": name}, at=at, by=by)
    keys = {*found.solutions.values_list("pk", flat=True), made.pk}
    actions.present_solutions(application_pk=found.pk, solution_pks=keys, at=at, by=by)
    return made


@told("application")
def solution(request: HttpRequest, reference: str, solution_pk: int) -> HttpResponse:
    """One solution and its facets; everything that can be read is saved, even when another field is not right."""
    found = editable(request, reference)
    shown = Solution.objects.live().filter(structure=found.structure, pk=solution_pk).first()
    if shown is None:
        raise Http404
    if request.method != "POST":
        return _solution_page(request, found, shown, SolutionForm(shown))
    if request.POST.get("go") == "theirs":
        return redirect("application_solution", found.reference, shown.pk)
    return _save(request, found, shown, at=timezone.now(), by=actor_on(request, found))


def _save(
    request: HttpRequest, found: Application, shown: Solution, *, at: datetime, by: Actor
) -> HttpResponse:
    """Keep what can be read; a version changed elsewhere leaves the choice (E11)."""
    form = SolutionForm(shown, request.POST)
    is_valid = form.is_valid()
    known = version_of(request.POST.get("seen" if request.POST.get("go") == "mine" else "token", ""))
    data = form.data_to_save()
    try:
        kept = save_solution(
            structure_pk=found.structure_id,
            solution_pk=shown.pk,
            version=max(known, 0),
            data=data,
            at=at,
            by=by,
        )
    except StaleSolution as stale:
        if is_autosave(request):
            return render(request, "label/parts/stale_solution.html", {"theirs": stale.theirs}, status=409)
        return _solution_page(request, found, shown, form, theirs=stale.theirs)
    if is_autosave(request):
        context = {"at": at, "tokens": [("token", str(kept.version))], "conflicts": []}
        return render(request, "label/parts/autosaved.html", context)
    if not is_valid:
        return _solution_page(request, found, kept, SolutionForm(kept, _with_token(request, kept)))
    return redirect(section_url(found, "solutions"))


def _with_token(request: HttpRequest, kept: Solution) -> Any:
    posted = request.POST.copy()
    posted["token"] = str(kept.version)
    return posted


def _solution_page(
    request: HttpRequest, found: Application, shown: Solution, form: SolutionForm, **more: Any
) -> HttpResponse:
    context = page_of(
        found, BY_KEY["solutions"], form=form, solution=shown, autosave_url=request.path, **more
    )
    return render(request, "label/solution.html", context)
