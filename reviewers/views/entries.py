"""The double check of a grid: a second person types it blind, then what differs is settled against the scan."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.rules import may
from journal.refusals import Missing
from reviewers import actions
from reviewers.entry_forms import DifferencesForm
from reviewers.forms import ADVICE, NO_OPINION, NOT_APPLICABLE, OverallForm, note_of, score_form
from reviewers.grid import criteria, scores_of
from reviewers.models import Assignment, GridEntry, Score
from reviewers.models.entries import ADVICE as OVERALL
from reviewers.views.access import refusals
from reviewers.views.paper import (
    case_officer_page,
    grid_context,
    is_case_officer,
    lines_of,
    of_dossier,
)


@staff_required(Role.SECRETARIAT)
def double_check(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """« Relire une grille tirée au sort »: typing it again without the first typing, then the differences."""
    found = of_dossier(request, reference, pk)
    entry = GridEntry.objects.to_check().filter(assignment=found).first()
    if entry is None:
        raise Http404
    if is_case_officer(request, found):
        return case_officer_page(request, found)
    if not may("reviewers.check_entry", request.user, found, on=timezone.localdate()):
        return render(request, "reviewers/staff_not_second.html", {"application": found.application})
    return _settle(request, found, entry) if entry.second_at else _type(request, found, entry)


def _version(request: HttpRequest) -> int:
    """The typing that the page was made from; 0, which none has, when it does not say."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0


def _type(request: HttpRequest, found: Assignment, entry: GridEntry) -> HttpResponse:
    rows = criteria(found.application.edition, found.snapshot)
    posted = request.POST if request.method == "POST" else None
    forms = {row.code: score_form(row, None, posted) for row in rows}
    overall = OverallForm(posted)
    reasons: list[Missing] = []
    if posted is not None and all(form.is_valid() for form in (overall, *forms.values())):
        with refusals(into=reasons):
            typed = actions.type_again(
                assignment_pk=found.pk,
                lines=lines_of(forms),
                advice=overall.cleaned_data["advice"],
                version=_version(request),
                at=timezone.now(),
                by=actor_for(request, Role.SECRETARIAT),
            )
            if typed.settled_at is None:
                messages.info(request, _("Les deux lectures diffèrent. Regardez la grille numérisée."))
                return redirect(request.path)
            messages.success(request, _("Les deux lectures sont identiques. Merci."))
            return redirect("staff_panel", found.application.reference)
    context = {
        **grid_context(found, rows, forms),
        "seen": request.POST.get("seen", entry.version),
        "overall": overall,
        "reasons": reasons,
        "problem_forms": [overall, *forms.values()],
        "has_errors": bool(reasons or any(form.errors for form in (overall, *forms.values()))),
    }
    return render(request, "reviewers/staff_double_check.html", context)


def _settle(request: HttpRequest, found: Assignment, entry: GridEntry) -> HttpResponse:
    form = DifferencesForm(_rows(found, entry), request.POST or None)
    reasons: list[Missing] = []
    if request.method == "POST" and form.is_valid():
        with refusals(into=reasons):
            actions.settle_differences(
                assignment_pk=found.pk,
                choices=form.cleaned_data,
                version=_version(request),
                at=timezone.now(),
                by=actor_for(request, Role.SECRETARIAT),
            )
            messages.success(request, _("Les différences sont réglées."))
            return redirect("staff_panel", found.application.reference)
    context: dict[str, Any] = {
        "assignment": found,
        "application": found.application,
        "seen": request.POST.get("seen", entry.version),
        "form": form,
        "reasons": reasons,
        "problem_forms": [form],
        "has_errors": bool(reasons or form.errors),
    }
    return render(request, "reviewers/staff_differences.html", context)


def _rows(found: Assignment, entry: GridEntry) -> list[tuple[str, str, str, str]]:
    """Each difference: criterion, title, what each of the two read."""
    rows = {row.code: row for row in criteria(found.application.edition, found.snapshot)}
    scores = scores_of(found)
    shown = []
    for code in entry.to_settle:
        second = _told(entry.second_lines.get(code, ""))
        if code == OVERALL:
            first = _told(found.overall_advice)
            title = _("Avis d'ensemble")
        else:
            first, title = _told(note_of(scores.get(code))), f"{code} {rows[code].title}"
        first = _("{answer} (première saisie)").format(answer=first)
        shown.append((code, title, first, _("{answer} (relecture)").format(answer=second)))
    return shown


def _told(choice: str) -> str:
    """A choice in words."""
    words = {
        NO_OPINION: _("Je ne me prononce pas"),
        Score.Verdict.NO_OPINION: _("Je ne me prononce pas"),
        NOT_APPLICABLE: _("Sans objet"),
        Score.Verdict.NOT_APPLICABLE: _("Sans objet"),
        "": _("Rien de coché"),
        Score.Verdict.SCORED: _("Rien de coché"),
        **{key: str(value) for key, value in ADVICE.items()},
    }
    return words.get(choice, choice)
