"""« S'entraîner »: two fictitious dossiers with the real criteria; nothing of them is counted (domain 6.9)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.refusals import Missing
from label.models import Edition
from label.views.saving import is_autosave
from reviewers import actions
from reviewers.checklist import mend_score
from reviewers.forms import ScoreForm, verdict_of
from reviewers.models import Mandate, Practice, Score
from reviewers.training import Case, cases, given, practised_on
from reviewers.views.access import as_member, own_mandate, refusals
from reviewers.views.autosaves import autosave_answer


def practice(request: HttpRequest) -> HttpResponse:
    """The two dossiers, and where one stands with each."""
    mandate = _mandate(request)
    done = {row.case: row for row in Practice.objects.filter(mandate=mandate)}
    rows = [
        {
            "case": case,
            "practice": done.get(case.code),
            "given": given(done[case.code].answers, case) if case.code in done else 0,
            "first": case.lines[0].row.code,
        }
        for case in _cases()
    ]
    finished = practised_on(mandate) is not None
    return render(request, "reviewers/practice.html", {"rows": rows, "finished": finished})


def practice_criterion(request: HttpRequest, case: str, criterion: str) -> HttpResponse:
    """One criterion of a practice dossier, on the page of a real one."""
    mandate, found = _mandate(request), _case(case)
    line = found.line(criterion)
    if line is None:
        raise Http404
    answers = _answers(mandate, found)
    form = ScoreForm(
        line.row, request.POST or None, initial=answers.get(criterion, {}), prefix=line.row.anchor_id
    )
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            kept = actions.save_practice(
                mandate_pk=mandate.pk,
                case=found,
                criterion=criterion,
                note=form.cleaned_data["note"],
                comment=form.cleaned_data["comment"],
                at=timezone.now(),
                by=as_member(request),
            )
            answers = kept.answers
            if not is_autosave(request) and _goes_on(request, form):
                return _next(found, criterion)
    if is_autosave(request):
        return autosave_answer(request, [form], at=timezone.now())
    place = [one.row.code for one in found.lines].index(criterion)
    context = {
        "case": found,
        "line": {"row": line.row, "form": form},
        "row": line.row,
        "said": {"text": line.said, "documents": []},
        "number": place + 1,
        "total": len(found.lines),
        "given": given(answers, found),
        "previous": found.lines[place - 1].row.code if place else "",
        "has_errors": bool(form.errors),
        "problem_forms": [form],
    }
    return render(request, "reviewers/practice_criterion.html", context)


def practice_result(request: HttpRequest, case: str) -> HttpResponse:
    """Finishing a practice dossier, then one's scores beside those that one may defend, and why."""
    mandate, found = _mandate(request), _case(case)
    if request.method == "POST":
        reasons: list[Missing] = []
        with refusals(into=reasons):
            actions.finish_practice(
                mandate_pk=mandate.pk, case=found, at=timezone.now(), by=as_member(request)
            )
            return redirect(request.path)
        messages.error(request, " ".join(str(reason.text) for reason in reasons))
    kept = Practice.objects.filter(mandate=mandate, case=found.code).first()
    answers = kept.answers if kept else {}
    shown = bool(kept and kept.finished_at)
    context = {
        "case": found,
        "shown": shown,
        "rows": [_compared(line, answers.get(line.row.code, {})) for line in found.lines],
        "left": len(found.lines) - given(answers, found),
    }
    return render(request, "reviewers/practice_result.html", context)


def _mandate(request: HttpRequest) -> Mandate:
    """The mandate of this person, from the appointment to its end."""
    mandate = own_mandate(request)
    if mandate.ended_at is not None:
        raise Http404
    return mandate


def _cases() -> list[Case]:
    edition = Edition.objects.filter(state=Edition.State.IN_FORCE).first()
    return [case for case in cases(edition) if case.lines] if edition else []


def _case(code: str) -> Case:
    for case in _cases():
        if case.code == code:
            return case
    raise Http404


def _answers(mandate: Mandate, case: Case) -> dict[str, Any]:
    kept = Practice.objects.filter(mandate=mandate, case=case.code).first()
    return kept.answers if kept else {}


def _goes_on(request: HttpRequest, form: ScoreForm) -> bool:
    """Whether the next criterion follows; what is left to do is said beside its field."""
    verdict, value = verdict_of(form.cleaned_data["note"])
    typed = Score(criterion=form.row.code, verdict=verdict, value=value, comment=form.cleaned_data["comment"])
    mend = mend_score(form.row, typed)
    if mend:
        form.add_error("comment" if typed.is_given else "note", mend)
    return not mend or request.POST.get("go") == "later"


def _next(case: Case, criterion: str) -> HttpResponse:
    codes = [line.row.code for line in case.lines]
    place = codes.index(criterion) + 1
    if place < len(codes):
        return redirect("committee_practice_criterion", case.code, codes[place])
    return redirect("committee_practice_result", case.code)


def _compared(line: Any, answer: dict[str, Any]) -> dict[str, Any]:
    note = answer.get("note", "")
    words = {"none": _("Je ne me prononce pas"), "na": _("Sans objet"), "": "—"}
    return {
        "row": line.row,
        "yours": words.get(note, note),
        "comment": answer.get("comment", ""),
        "accepted": [words.get(one, one) for one in line.accepted],
        "close": note in line.accepted,
        "why": line.why,
    }
