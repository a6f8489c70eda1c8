"""The pages of the office about disputes before a court, and about what is asked once silence has decided."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.once import once
from accounts.rules import may
from deadlines.models import Deadline
from decisions import actions
from decisions.appeal_forms import LeaveUndoneForm, LitigationForm, SilenceReasonsForm, StepForm
from decisions.clocks import BRIEF, INJUNCTION
from decisions.litigation_checklist import missing_to_carry_out, missing_to_resume
from decisions.models import Decision, Litigation, LitigationStep, SilenceRequest
from decisions.undoing import Cause, can_undo, reexamination_of
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from label.views.access import after, tell
from structures.forms import add_reasons


def _act(request: HttpRequest, pk: int) -> Decision:
    on = timezone.localdate()
    visible = Decision.objects.visible_to(request.user, on=on).select_related("application__structure")
    decision: Decision = get_object_or_404(visible, pk=pk)
    return decision


@staff_required(Role.APPEAL_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def staff_litigation_open(request: HttpRequest, pk: int) -> HttpResponse:
    """An act is contested in court: which court, its number, since when."""
    now = timezone.now()
    decision = _act(request, pk)
    if not may("decisions.follow_litigation", person(request), decision, on=timezone.localdate(now)):
        raise Http404
    form = LitigationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            by = actor_for(request, Role.APPEAL_OFFICER)
            case = actions.open_litigation(decision_pk=decision.pk, **form.cleaned_data, at=now, by=by)
        except NotAllowed:
            raise Http404 from None
        except Blocked as refusal:
            add_reasons(form, refusal)
        else:
            messages.success(request, _("L'affaire est suivie."))
            return redirect("staff_litigation", case.pk)
    context = {"decision": decision, "application": decision.application, "form": form}
    return render(request, "decisions/staff_litigation_open.html", context)


@staff_required(Role.APPEAL_OFFICER, Role.SIGNATORY)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def staff_litigation(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: its facts, the next hard date, and what the judge has just said."""
    now = timezone.now()
    on = timezone.localdate(now)
    case: Litigation = get_object_or_404(
        Litigation.objects.select_related("decision__application__structure"), pk=pk
    )
    decision = _act(request, case.decision_id)
    may_write = may("decisions.follow_litigation", person(request), decision, on=on)
    form, leaving = StepForm(decision=decision), LeaveUndoneForm(prefix="leave")
    if request.method == "POST":
        if not may_write:
            raise Http404
        go = request.POST.get("go", "")
        if go in DOING:
            return _done(request, case, go)
        if go == "leave":
            leaving = LeaveUndoneForm(request.POST, prefix="leave")
            is_done = leaving.is_valid() and _left(request, case, leaving)
        else:
            form = StepForm(request.POST, request.FILES, decision=decision)
            is_done = form.is_valid() and _noted(request, case, form)
        if is_done:
            return redirect("staff_litigation", case.pk)
    steps = list(case.steps.select_related("file", "recorded_by").prefetch_related("conditions"))
    to_do = case.steps.waiting().last()
    waiting = hard_dates(steps)
    context = {
        "case": case,
        "decision": decision,
        "application": decision.application,
        "steps": [(step, waiting.get(step.pk)) for step in steps],
        "next": min(waiting.values(), default=None),
        "is_over": any(step.kind in LitigationStep.ENDING for step in steps),
        "may_write": may_write,
        "to_do": to_do,
        "in_the_way": missing_to_carry_out(to_do, decision) if to_do else [],
        "leaving": leaving,
        "again": reexamination_of(decision.application) if decision.application else None,
        "acts_alone": can_undo(decision, Cause.SUSPENDED),
        "may_resume": may_write and not missing_to_resume(case, on=on),
        "form": form,
        "has_errors": bool(form.errors or leaving.errors),
        "both": [form, leaving],
        "today": on,
    }
    return render(request, "decisions/staff_litigation.html", context)


def hard_dates(steps: list[LitigationStep]) -> dict[int, date]:
    """The dates set by a judge that nobody has kept yet, by key of step."""
    keys = {subject_key(step): step.pk for step in steps}
    running = Deadline.objects.running().filter(subject__in=keys, kind__in=[INJUNCTION, BRIEF])
    return {keys[row.subject]: row.due_on for row in running if row.due_on}


def _step(request: HttpRequest, case: Litigation) -> LitigationStep:
    wanted = request.POST.get("step", "")
    pk = int(wanted) if wanted.isascii() and wanted.isdigit() else 0
    step: LitigationStep = get_object_or_404(case.steps, pk=pk)
    return step


def _keep(request: HttpRequest, case: Litigation, now: datetime, by: Actor) -> None:
    actions.keep_hard_date(step_pk=_step(request, case).pk, at=now, by=by)


def _carry_out(request: HttpRequest, case: Litigation, now: datetime, by: Actor) -> None:
    actions.carry_out(step_pk=_step(request, case).pk, at=now, by=by)


def _resume(request: HttpRequest, case: Litigation, now: datetime, by: Actor) -> None:
    actions.resume_act(litigation_pk=case.pk, at=now, by=by)


# What is asked without a form, and what is then said.
DOING = {
    "done": (_keep, gettext_lazy("C'est noté.")),
    "carry_out": (_carry_out, gettext_lazy("C'est fait.")),
    "resume": (_resume, gettext_lazy("La décision s'applique de nouveau.")),
}


def _done(request: HttpRequest, case: Litigation, go: str) -> HttpResponse:
    act, words = DOING[go]
    now, by = timezone.now(), actor_for(request, Role.APPEAL_OFFICER)
    return after(partial(act, request, case, now, by), request, str(words), "staff_litigation", case.pk)


def _left(request: HttpRequest, case: Litigation, form: LeaveUndoneForm) -> bool:
    by = actor_for(request, Role.APPEAL_OFFICER).because(form.cleaned_data["reason"])
    try:
        actions.leave_undone(step_pk=_step(request, case).pk, at=timezone.now(), by=by)
    except NotAllowed:
        raise Http404 from None
    except Blocked as refusal:
        add_reasons(form, refusal)
        return False
    messages.success(request, _("C'est noté."))
    return True


def _noted(request: HttpRequest, case: Litigation, form: StepForm) -> bool:
    try:
        by = actor_for(request, Role.APPEAL_OFFICER)
        actions.add_step(litigation_pk=case.pk, **form.cleaned_data, at=timezone.now(), by=by)
    except NotAllowed:
        raise Http404 from None
    except Blocked as refusal:
        add_reasons(form, refusal)
        return False
    except ValidationError as error:
        form.add_error("upload", error)
        return False
    messages.success(request, _("Le fait est noté."))
    return True


@staff_required(Role.CASE_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_silence_request(request: HttpRequest, pk: int) -> HttpResponse:
    """What the association asked about a decision born of silence: the attestation, or the reasons within a month."""
    now = timezone.now()
    asked: SilenceRequest = get_object_or_404(
        SilenceRequest.objects.select_related("decision__application__structure", "letter"), pk=pk
    )
    decision = _act(request, asked.decision_id)
    if not may("decisions.answer_about_silence", person(request), decision, on=timezone.localdate(now)):
        raise Http404
    form = SilenceReasonsForm(request.POST or None)
    needs_reasons = asked.kind == SilenceRequest.Kind.REASONS
    is_whole = request.method == "POST" and (not needs_reasons or form.is_valid())
    if is_whole and _answered(request, asked, form if needs_reasons else None):
        messages.success(request, _("La lettre est prête."))
        return redirect("staff_decision", decision.pk)
    context: dict[str, Any] = {
        "asked": asked,
        "decision": decision,
        "application": decision.application,
        "form": form if needs_reasons else None,
        "has_errors": bool(needs_reasons and form.errors),
        "due": Deadline.objects.running().of(asked).first(),
    }
    return render(request, "decisions/staff_silence_request.html", context)


def _answered(request: HttpRequest, asked: SilenceRequest, form: SilenceReasonsForm | None) -> bool:
    by = actor_for(request, Role.CASE_OFFICER)
    reasons = form.cleaned_data if form is not None else {}
    try:
        actions.answer_about_silence(request_pk=asked.pk, **reasons, at=timezone.now(), by=by)
    except NotAllowed:
        raise Http404 from None
    except Blocked as refusal:
        if form is not None:
            add_reasons(form, refusal)
        else:
            tell(request, refusal)
        return False
    return True
