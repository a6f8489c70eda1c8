"""The grid on paper: printed for a member, and typed by the secretariat when it comes back (P31)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from journal.refusals import Missing
from reviewers import actions
from reviewers.entry_forms import MeansForm
from reviewers.forms import ADVICE, OverallForm, PaperForm, ScoreForm, note_of, score_form, verdict_of
from reviewers.grid import Criterion, criteria, scores_of, themes
from reviewers.models import Assignment, GridEntry, Score
from reviewers.pack import pack_pdf
from reviewers.paper import printed_grid
from reviewers.views.access import RELATED, open_dossier, refusals, staff_dossier

State = Assignment.State


def own_grid_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid to fill by hand, for the member."""
    return _grid(request, open_dossier(request, pk))


def own_pack_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The dossier to read on paper, for the member who has passed the gate."""
    return _pack(request, open_dossier(request, pk))


@staff_required(Role.SECRETARIAT)
def grid_pdf(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The same grid, printed by the secretariat to be posted."""
    return _grid(request, of_dossier(request, reference, pk))


@staff_required(Role.SECRETARIAT)
def dossier_pack_pdf(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The dossier printed for a member who said that there is no link; before that, nothing leaves."""
    found = of_dossier(request, reference, pk)
    if found.state not in Assignment.READING:
        raise Http404
    return _pack(request, found)


@staff_required(Role.SECRETARIAT)
def enter(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """« Recopier une grille papier »: the whole grid, how it came, the scan, the read-back."""
    found = of_dossier(request, reference, pk)
    if found.state not in Assignment.OPEN:
        raise Http404
    if is_case_officer(request, found):
        return case_officer_page(request, found)
    if request.POST.get("go") == "accept":
        return _accept(request, found)
    rows, scores = criteria(found.application.edition, found.snapshot), scores_of(found)
    posted = request.POST if request.method == "POST" else None
    own = {code for code, score in scores.items() if score.is_own}  # what the member wrote: never shown here
    shown = {code: score for code, score in scores.items() if code not in own}
    forms = {row.code: score_form(row, shown.get(row.code), posted) for row in rows}
    overall = _overall_form(request, found)
    entry = GridEntry.objects.filter(assignment=found).first()
    kept = {"means": found.entry_means, "code": entry.code} if entry else {}
    paper = PaperForm(posted, request.FILES or None, initial=kept)
    reasons: list[Missing] = []
    if posted is not None and all(form.is_valid() for form in (overall, paper, *forms.values())):
        with refusals(into=reasons):
            done = _enter(request, found, forms, overall.cleaned_data, paper.cleaned_data)
            messages.success(request, _said(done))
            return redirect("staff_panel", reference)
        _beside_their_field(paper, reasons)
    context = {
        "overall": overall,
        "has_own": bool(own or found.overall_is_own),
        "paper": paper,
        "entry": entry,
        "seen": request.POST.get("seen", entry.token if entry else ""),
        "correction_days": settings.CORRECTION_DAYS,
        "told": MeansForm(prefix="told"),
        "reasons": reasons,
        "problem_forms": [paper, overall, *forms.values()],
        "has_errors": bool(reasons or any(form.errors for form in (overall, paper, *forms.values()))),
    }
    beside: dict[str, dict[str, Any]] = {code: {"own": code in own} for code in forms}
    if any(one.code == "stale" for one in reasons):
        for code, theirs in _typed_elsewhere(forms, shown).items():
            beside[code]["theirs"] = theirs
        forms = _with_fresh_versions(forms, shown)
        context |= {"seen": entry.token if entry else "", **_overall_elsewhere(found, overall)}
    context |= grid_context(found, rows, forms, beside=beside)
    return render(request, "reviewers/staff_paper_grid.html", context)


def of_dossier(request: HttpRequest, reference: str, pk: int) -> Assignment:
    """The evaluation of that dossier, as the secretariat may see it; Http404 otherwise."""
    application = staff_dossier(request, reference)
    visible = Assignment.objects.visible_to(request.user, on=timezone.localdate())
    rows = visible.filter(application=application, pk=pk, state__in=Assignment.LIVE)
    found: Assignment | None = rows.select_related(*RELATED).first()
    if found is None:
        raise Http404
    return found


def is_case_officer(request: HttpRequest, found: Assignment) -> bool:
    """Whether the dossier is this person's own: then somebody else types its grids."""
    return found.application.case_officer_id == person(request).pk


def case_officer_page(request: HttpRequest, found: Assignment) -> HttpResponse:
    """Why this person may not type this grid; nothing is written."""
    return render(request, "reviewers/staff_not_facilitator.html", {"application": found.application})


def _overall_form(request: HttpRequest, found: Assignment) -> OverallForm:
    """The overall advice as it was typed, asked for once the grid is read back; never what the member wrote."""
    posted = request.POST if request.method == "POST" else None
    if found.overall_is_own:
        return OverallForm(posted, sends=False)
    initial = {"advice": found.overall_advice, "comment": found.overall_comment}
    return OverallForm(posted, initial=initial, sends=bool(request.POST.get("read_back_on", "-")))


def _typed_elsewhere(
    forms: Mapping[str, ScoreForm], scores: Mapping[str, Score]
) -> dict[str, dict[str, Any]]:
    """E11: what somebody else typed since the page was opened, by criterion, beside what was typed here."""
    found = {}
    for code, form in forms.items():
        kept, data = scores.get(code), form.cleaned_data
        if kept is None or kept.version == (data["version"] or 0):
            continue
        if (data["note"], data["comment"]) != (note_of(kept), kept.comment):
            found[code] = {"score": kept, "note": note_of(kept)}
    return found


def _overall_elsewhere(found: Assignment, overall: OverallForm) -> dict[str, Any]:
    """The same of the overall advice."""
    typed = (overall.cleaned_data["advice"], overall.cleaned_data["comment"])
    if found.overall_is_own or typed == (found.overall_advice, found.overall_comment):
        return {}
    return {"other": found, "other_advice": ADVICE.get(found.overall_advice, "")}


def _with_fresh_versions(forms: Mapping[str, ScoreForm], scores: Mapping[str, Score]) -> dict[str, ScoreForm]:
    """The same forms as typed, which replace what is kept now that the person sees it."""
    found = {}
    for code, form in forms.items():
        version = scores[code].version if code in scores else 0
        data = {form.add_prefix(name): value for name, value in form.cleaned_data.items()}
        found[code] = ScoreForm(form.row, {**data, form.add_prefix("version"): version}, prefix=form.prefix)
    return found


def grid_context(
    found: Assignment,
    rows: list[Criterion],
    forms: Mapping[str, ScoreForm],
    *,
    beside: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """What the pages that show a whole grid to type need; `beside` is what stands beside a criterion."""
    more = beside or {}
    return {
        "assignment": found,
        "application": found.application,
        "member": found.mandate.user,
        "themes": [
            (number, title, [{"row": row, "form": forms[row.code], **more.get(row.code, {})} for row in part])
            for number, title, part in themes(rows)
        ],
    }


def lines_of(forms: Mapping[str, ScoreForm]) -> dict[str, actions.Given]:
    """What was typed, by criterion; a criterion left untouched is not typed."""
    lines = {}
    for code, form in forms.items():
        verdict, value = verdict_of(form.cleaned_data["note"])
        if form.cleaned_data["note"] or form.cleaned_data["comment"]:
            version = form.cleaned_data["version"] or 0
            lines[code] = actions.Given(verdict, value, form.cleaned_data["comment"], version)
    return lines


def _accept(request: HttpRequest, found: Assignment) -> HttpResponse:
    """The member said that there is no link: the dossier may be sent to them."""
    form = MeansForm(request.POST, prefix="told")
    if form.is_valid():
        with refusals(form):
            actions.accept_on_behalf(
                assignment_pk=found.pk,
                means=form.cleaned_data["means"],
                at=timezone.now(),
                by=actor_for(request, Role.SECRETARIAT),
            )
            messages.success(request, _("C'est noté. Vous pouvez imprimer le dossier et l'envoyer."))
            return redirect("staff_panel", found.application.reference)
    messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
    return redirect(request.path)


def _enter(
    request: HttpRequest,
    found: Assignment,
    forms: dict[str, ScoreForm],
    overall: dict[str, Any],
    paper: dict[str, Any],
) -> Assignment:
    return actions.enter_paper_grid(
        assignment_pk=found.pk,
        lines=lines_of(forms),
        advice=overall["advice"],
        comment=overall["comment"],
        means=paper["means"],
        code=paper["code"],
        statement_signed=paper["statement_signed"],
        read_back_on=paper["read_back_on"],
        read_back_by=paper["read_back_by"],
        seen=request.POST.get("seen", "none"),
        own=paper["own"],
        scan=paper["scan"],
        at=timezone.now(),
        by=actor_for(request, Role.SECRETARIAT),
    )


def _said(done: Assignment) -> str:
    if done.read_back_on:
        return _("La grille est recopiée. La personne est prévenue.")
    return _("La grille est gardée. Relisez-la avec la personne, puis notez la date.")


def _beside_their_field(form: PaperForm, reasons: list[Missing]) -> None:
    """Each reason that names a field of the paper stands beside it, the others stay in their list."""
    for reason in [one for one in reasons if one.code in form.fields]:
        form.add_error(reason.code, str(reason.text))
        reasons.remove(reason)


def _grid(request: HttpRequest, found: Assignment) -> HttpResponse:
    return pdf_answer(found, "grille", printed_grid(found, large_print="gros" in request.GET))


def _pack(request: HttpRequest, found: Assignment) -> HttpResponse:
    return pdf_answer(
        found, "dossier", pack_pdf(found.application, found.snapshot, large_print="gros" in request.GET)
    )


def pdf_answer(found: Assignment, kind: str, content: bytes) -> HttpResponse:
    """A paper of that evaluation to download: its name says the dossier, never the member."""
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"{kind}-{found.application.reference}-{found.pk}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
