"""Reading the dossier and giving one's scores: one criterion at a time or the whole grid (P16, P17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.refusals import Missing, Stale
from label.differences import since_last_dossier
from label.views.reading import reading_of
from label.views.saving import is_autosave
from reviewers import actions
from reviewers.checklist import already_sent, mend_score, missing_to_submit
from reviewers.forms import ADVICE, OverallForm, ScoreForm, note_of, score_form, verdict_of
from reviewers.grid import Criterion, criteria, given, scores_of, themes
from reviewers.models import Assignment, OfficeFinding, PlainSummary, Rapporteur, Score
from reviewers.pack import paragraphs
from reviewers.views.access import as_member, open_dossier, own_assignment, reading, refusals
from reviewers.views.autosaves import autosave_answer, too_late

State = Assignment.State


@dataclass
class Saved:
    """What became of the scores of a page."""

    rows: dict[str, Score] = field(default_factory=dict)
    conflicts: dict[str, Score] = field(default_factory=dict)
    reasons: list[Missing] = field(default_factory=list)


def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """The dossier as it was filed, and where the evaluation stands."""
    found = open_dossier(request, pk)
    rows, scores = criteria(found.application.edition, found.snapshot), scores_of(found)
    summary = PlainSummary.objects.of(found.snapshot)
    presents = Rapporteur.objects.current(found.application)
    following = next((row for row in rows if mend_score(row, scores.get(row.code))), None)
    context = {
        "assignment": found,
        **reading_of(found.application, found.snapshot.content),
        "solution_names": [one["name"] for one in found.snapshot.content.get("solutions", [])],
        "themes": themes(rows),
        "given": given(scores, rows),
        "total": len(rows),
        "following": following,
        "is_open": found.state == State.ACCEPTED,
        "today": timezone.localdate(),
        "summary": paragraphs(summary.text) if summary else [],
        "entry": getattr(found, "entry", None) if found.entered_by_id else None,
        "since_last": since_last_dossier(found.application),
        "presents": presents is not None and presents.assignment_id == found.pk,
    }
    return render(request, "reviewers/dossier.html", context)


def review(request: HttpRequest, pk: int, criterion: str) -> HttpResponse:
    """P16: one criterion, what the association says of it, a score and why."""
    found = open_dossier(request, pk)
    if found.state != State.ACCEPTED:
        return _sealed(request, found)
    rows, scores = criteria(found.application.edition, found.snapshot), scores_of(found)
    row = _row(rows, criterion)
    form = score_form(row, scores.get(row.code))
    saved = Saved()
    if request.method == "POST":
        form = score_form(row, scores.get(row.code), request.POST)
        saved = _save(request, found, [form], scores, at=timezone.now())
        if is_autosave(request):
            return _autosaved(request, [form], saved)
        page = _onwards(request, found, rows, row, form, saved)
        if page is not None:
            return page
        form = _with_fresh_version(form, saved)
    scores.update(saved.rows)
    return render(request, "reviewers/review.html", _review_context(found, rows, row, form, scores, saved))


def grid(request: HttpRequest, pk: int) -> HttpResponse:
    """P17: the same questions on one page, saved theme by theme; the way of working is remembered."""
    found = open_dossier(request, pk)
    if found.state != State.ACCEPTED:
        return _sealed(request, found)
    if request.POST.get("go") in ("whole", "one_at_a_time"):
        return _remember(request, found)
    rows, scores = criteria(found.application.edition, found.snapshot), scores_of(found)
    posted = request.POST if request.method == "POST" else None
    forms = {row.code: score_form(row, scores.get(row.code), posted) for row in rows}
    saved = Saved()
    if request.method == "POST":
        saved = _save(request, found, list(forms.values()), scores, at=timezone.now())
        if is_autosave(request):
            return _autosaved(request, list(forms.values()), saved)
        if not saved.conflicts and not saved.reasons and all(form.is_valid() for form in forms.values()):
            messages.success(request, _("Vos notes sont enregistrées. Rien n'est encore envoyé."))
            anchor = request.POST.get("go", "")
            return redirect(f"{request.path}#{anchor}" if anchor.startswith("theme-") else request.path)
        forms = {code: _with_fresh_version(form, saved) for code, form in forms.items()}
    scores.update(saved.rows)
    facts = OfficeFinding.objects.current(found.snapshot_id)
    context = {
        "assignment": found,
        "themes": [
            (number, title, [_line(found, row, forms[row.code], saved, facts) for row in part])
            for number, title, part in themes(rows)
        ],
        "given": given(scores, rows),
        "total": len(rows),
        "reasons": saved.reasons,
        "problem_forms": list(forms.values()),
        "has_errors": bool(saved.conflicts or saved.reasons or any(form.errors for form in forms.values())),
    }
    return render(request, "reviewers/grid.html", context)


def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was given, missing first, the overall advice, and the one button that sends."""
    found = own_assignment(request, pk, *Assignment.READING)
    if found.state != State.ACCEPTED:
        return _sealed(request, found)
    open_dossier(request, pk)
    if request.POST.get("go") == "theirs":
        return redirect("committee_send", found.pk)
    rows, scores = criteria(found.application.edition, found.snapshot), scores_of(found)
    initial = {"advice": found.overall_advice, "comment": found.overall_comment}
    sends = request.method != "POST" or request.POST.get("go") == "send"
    form = OverallForm(request.POST or None, initial=initial, sends=sends)
    seen = request.POST.get("theirs" if request.POST.get("go") == "mine" else "seen")
    conflicts: list[dict[str, str]] = []
    if request.method == "POST":
        done = _send(request, found, form, seen, conflicts)
        if done is not None:
            return done
    context = {
        "assignment": found,
        "form": form,
        "seen": seen or found.overall_token,
        "conflicts": conflicts,
        **_given(found, rows, scores),
    }
    return render(request, "reviewers/send.html", context, status=409 if conflicts else 200)


def _send(
    request: HttpRequest,
    found: Assignment,
    form: OverallForm,
    seen: str | None,
    conflicts: list[dict[str, str]],
) -> HttpResponse | None:
    """Keep or send what was typed; None when the page must be shown again. `conflicts` receives both texts (E11)."""
    tokens: list[tuple[str, object]] = []
    if form.is_valid():
        try:
            with refusals(form):
                kept = _put(request, found, form.cleaned_data, seen)
                if kept.state != State.ACCEPTED:
                    return redirect("committee_done", "envoi")
                tokens.append(("seen", kept.overall_token))
        except Stale as stale:
            conflicts.extend(_both_overalls(form, stale.theirs))
    if is_autosave(request):
        return autosave_answer(request, [form], at=timezone.now(), tokens=tokens, conflicts=conflicts)
    if conflicts or form.errors:
        return None
    messages.success(request, _("Votre avis est enregistré. Rien n'est encore envoyé."))
    return redirect("committee_send", found.pk)


def _put(request: HttpRequest, found: Assignment, data: Mapping[str, Any], seen: str | None) -> Assignment:
    action = actions.submit_review if request.POST.get("go") == "send" else actions.save_overall
    return action(
        assignment_pk=found.pk,
        advice=data["advice"],
        comment=data["comment"],
        seen=seen,
        at=timezone.now(),
        by=as_member(request),
    )


def _both_overalls(form: OverallForm, theirs: Assignment) -> list[dict[str, str]]:
    """E11: the advice and the comment of two pages, where they differ; the token of what is kept stands once."""
    data = form.cleaned_data
    pairs = [
        (form["advice"].label, _advice(data["advice"]), _advice(theirs.overall_advice)),
        (form["comment"].label, data["comment"], theirs.overall_comment),
    ]
    found = [
        {"what": str(what), "mine": mine, "theirs": other, "seen": ""}
        for what, mine, other in pairs
        if mine != other
    ]
    found[0]["seen"] = theirs.overall_token
    return found


def _advice(choice: str) -> str:
    return str(ADVICE.get(choice, ""))


def _given(found: Assignment, rows: Sequence[Criterion], scores: Mapping[str, Score]) -> dict[str, Any]:
    """What the sending page says of the scores: what is missing, what is complete."""
    lines = [(row, scores.get(row.code), mend_score(row, scores.get(row.code))) for row in rows]
    return {
        "missing": [
            reason
            for reason in missing_to_submit(found, scores, advice="favourable")
            if reason.code != "advice"
        ],
        "complete": [(row, score, note_of(score)) for row, score, mend in lines if not mend],
        "given": given(scores, rows),
        "total": len(rows),
    }


def _sealed(request: HttpRequest, found: Assignment) -> HttpResponse:
    """E30: what was sent stays as it is, and the page says so; in the second round, it is read with the others."""
    if is_autosave(request):
        return too_late(request, already_sent(found))
    if found.state == State.REOPENED:
        return redirect("committee_reread", found.pk)
    return render(request, "reviewers/sealed.html", {"assignment": found})


def _remember(request: HttpRequest, found: Assignment) -> HttpResponse:
    whole = request.POST["go"] == "whole"
    actions.choose_grid(mandate_pk=found.mandate_id, whole=whole, at=timezone.now(), by=as_member(request))
    if whole:
        return redirect("committee_grid", found.pk)
    first = criteria(found.application.edition, found.snapshot)[0]
    return redirect("committee_review", found.pk, request.POST.get("criterion") or first.code)


def _row(rows: Sequence[Criterion], code: str) -> Criterion:
    for row in rows:
        if row.code == code:
            return row
    raise Http404


def _save(
    request: HttpRequest,
    found: Assignment,
    forms: Sequence[ScoreForm],
    scores: Mapping[str, Score],
    *,
    at: datetime,
) -> Saved:
    """Save each score that was touched; what was changed elsewhere is kept apart, both texts stay."""
    saved = Saved()
    for form in forms:
        form.full_clean()
        if form.errors:
            continue
        kept, data = scores.get(form.row.code), form.cleaned_data
        if (data["note"], data["comment"]) == (note_of(kept), kept.comment if kept else ""):
            continue
        verdict, value = verdict_of(data["note"])
        try:
            with refusals(into=saved.reasons):
                saved.rows[form.row.code] = actions.save_score(
                    assignment_pk=found.pk,
                    criterion=form.row.code,
                    verdict=verdict,
                    value=value,
                    comment=data["comment"],
                    version=_version(request, form),
                    at=at,
                    by=as_member(request),
                )
        except actions.StaleScore as stale:
            saved.conflicts[form.row.code] = stale.theirs
    return saved


def _version(request: HttpRequest, form: ScoreForm) -> int:
    """The version that the page was opened with; after a conflict, the one that the person saw and replaces."""
    seen = request.POST.get(form.add_prefix("seen"), "")
    if (
        request.POST.get("go") == f"mine-{form.prefix}"
        and seen.isascii()
        and seen.isdigit()
        and len(seen) < 10
    ):
        return int(seen)
    return form.cleaned_data["version"] or 0


def _autosaved(request: HttpRequest, forms: Sequence[ScoreForm], saved: Saved) -> HttpResponse:
    """The answer to an autosave of scores: each that was changed elsewhere with both texts."""
    return autosave_answer(
        request,
        forms,
        at=timezone.now(),
        tokens=[(f"{code.replace('.', '-')}-version", row.version) for code, row in saved.rows.items()],
        scores=[
            (code.replace(".", "-"), theirs, note_of(theirs)) for code, theirs in saved.conflicts.items()
        ],
        reasons=saved.reasons,
    )


def _onwards(
    request: HttpRequest,
    found: Assignment,
    rows: Sequence[Criterion],
    row: Criterion,
    form: ScoreForm,
    saved: Saved,
) -> HttpResponse | None:
    """Where a button leads once the score is kept; None when the page must be shown again."""
    go = request.POST.get("go", "")
    if form.errors or saved.conflicts or saved.reasons:
        return None
    place = rows.index(row)
    if go == "previous":
        return redirect("committee_review", found.pk, rows[max(place - 1, 0)].code)
    if go != "later" and not _is_complete(form, row):
        return None
    if place + 1 < len(rows):
        return redirect("committee_review", found.pk, rows[place + 1].code)
    return redirect("committee_send", found.pk)


def _is_complete(form: ScoreForm, row: Criterion) -> bool:
    """Whether this criterion could be sent; what is left to do is said beside its field, and all is kept."""
    verdict, value = verdict_of(form.cleaned_data["note"])
    typed = Score(criterion=row.code, verdict=verdict, value=value, comment=form.cleaned_data["comment"])
    mend = mend_score(row, typed)
    if mend:
        form.add_error("comment" if typed.is_given else "note", mend)
    return not mend


def _with_fresh_version(form: ScoreForm, saved: Saved) -> ScoreForm:
    """The same form as typed, with the version just written; a conflict keeps the old one, to be asked again."""
    row = saved.rows.get(form.row.code)
    if row is None:
        return form
    data = {**{name: form.data.get(name, "") for name in form.data}, form.add_prefix("version"): row.version}
    fresh = ScoreForm(form.row, data, prefix=form.prefix)
    fresh.full_clean()
    for name, errors in form.errors.items():
        if name not in fresh.errors:
            for error in errors:
                fresh.add_error(name if name in fresh.fields else None, error)
    return fresh


def _line(
    found: Assignment,
    row: Criterion,
    form: ScoreForm,
    saved: Saved,
    facts: Mapping[str, OfficeFinding],
) -> dict[str, Any]:
    theirs = saved.conflicts.get(row.code)
    return {
        "row": row,
        "form": form,
        "said": reading(found.snapshot.content, row.code),
        "finding": facts.get(row.code),
        "theirs": theirs,
        "their_note": note_of(theirs),
    }


def _review_context(
    found: Assignment,
    rows: Sequence[Criterion],
    row: Criterion,
    form: ScoreForm,
    scores: Mapping[str, Score],
    saved: Saved,
) -> dict[str, Any]:
    kept = scores.get(row.code)
    facts = OfficeFinding.objects.current(found.snapshot_id) if row.has_finding else {}
    progress = [(number, title, given(scores, part), part) for number, title, part in themes(rows)]
    return {
        "assignment": found,
        "application": found.application,
        "solutions": [one["name"] for one in found.snapshot.content.get("solutions", [])],
        "line": _line(found, row, form, saved, facts),
        "row": row,
        "form": form,
        "saved_at": kept.saved_at if kept else None,
        "given": given(scores, rows),
        "total": len(rows),
        "is_first": row.number == 1,
        "progress": progress,
        "reasons": saved.reasons,
        "has_errors": bool(form.errors or saved.reasons or saved.conflicts),
    }
