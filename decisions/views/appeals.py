"""The pages of the office about appeals: the list, one appeal, its answer, its entry for somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.once import once
from accounts.rules import may
from decisions import actions
from decisions.appeal_checklist import (
    left_by_officer,
    missing_to_contest,
    missing_to_take_up,
    missing_to_write_answer,
)
from decisions.appeal_forms import (
    AnswerForm,
    AppealEntryForm,
    AppealReadBackForm,
    PointFormSet,
    initial_answer,
)
from decisions.checklist import missing_to_send
from decisions.content import answer_token
from decisions.effects import dossier_of, served_to
from decisions.history import APPEAL_WORDS, told
from decisions.models import Appeal, Decision
from decisions.rules import free_to_examine
from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Blocked, NotAllowed, Stale
from label.views.access import tell
from letters.spoken import told_time
from structures.forms import add_reasons
from structures.models import Membership

EXAMINING = (Role.APPEAL_OFFICER, Role.CASE_OFFICER)
ENTERING = (Role.CASE_OFFICER, Role.SECRETARIAT, Role.APPEAL_OFFICER)
READING = (Role.APPEAL_OFFICER, Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY)
MOST_NAMES = 20


def _found(request: HttpRequest, pk: int) -> Appeal:
    visible = Appeal.objects.visible_to(request.user, on=timezone.localdate())
    related = visible.select_related(
        "decision__application__structure",
        "decision__application__edition",
        "decision__snapshot",
        "receipt",
        "answer",
        "officer",
        "entered_by",
        "lodged_by",
        "scan",
    ).defer("decision__snapshot__content")
    appeal: Appeal = get_object_or_404(related, pk=pk)
    structures = {dossier_of(appeal.decision).structure_id, served_to(appeal.decision).pk}
    if Membership.objects.filter(structure__in=structures, user=person(request)).exists():
        raise Http404  # an agent does not handle an association of which they are a member
    return appeal


@staff_required(*READING)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """One appeal: what is contested, its dates, who may examine it, its answer; one act at a time."""
    now = timezone.now()
    appeal = _found(request, pk)
    if request.method == "POST":
        return _acted(request, appeal, now)
    on = timezone.localdate(now)
    decision = appeal.decision
    may_take = (appeal.officer_id is None or left_by_officer(appeal)) and appeal.state in Appeal.OPEN
    may_take = may_take and may("decisions.take_up_appeal", person(request), decision, on=on)
    events = Event.objects.filter(thread=decision.thread_id, subject=subject_key(appeal))
    context = {
        "appeal": appeal,
        "decision": decision,
        "application": decision.application,
        "files": appeal.files.order_by("pk"),
        "today": on,
        "may_take": may_take,
        "reasons": missing_to_take_up(appeal, person(request), on=on) if may_take else [],
        "may_acknowledge": appeal.state == Appeal.State.RECEIVED
        and may("decisions.acknowledge_appeal", person(request), decision, on=on),
        "may_answer": may("decisions.write_answer", request.user, appeal, on=timezone.localdate())
        and not missing_to_write_answer(appeal),
        "may_read_back": appeal.entered_by_id is not None
        and appeal.read_back_on is None
        and may("decisions.enter_appeal", person(request), decision, on=on),
        "read_back": AppealReadBackForm(),
        "free": free_to_examine(decision, on=on)[:MOST_NAMES],
        "litigations": decision.litigations.order_by("pk"),
        "subject": subject_key(appeal),
        "events": [
            told(event, APPEAL_WORDS)
            for event in events.select_related("actor", "reason").order_by("position")
        ],
    }
    return render(request, "decisions/staff_appeal.html", context)


def _acted(request: HttpRequest, appeal: Appeal, now: datetime) -> HttpResponse:
    go = request.POST.get("go", "")
    try:
        if go == "take":
            actions.take_up(appeal_pk=appeal.pk, at=now, by=actor_for(request, *EXAMINING))
            messages.success(request, _("Vous examinez ce recours."))
        elif go == "acknowledge":
            by = actor_for(request, Role.SECRETARIAT, Role.APPEAL_OFFICER)
            actions.acknowledge_appeal(appeal_pk=appeal.pk, at=now, by=by)
            messages.success(request, _("L'accusé de réception est envoyé."))
        elif go == "read_back":
            _read_back(request, appeal, now)
        else:
            raise Http404
    except NotAllowed:
        raise Http404 from None
    except Blocked as refusal:
        tell(request, refusal)
    except TransitionNotAllowed:
        words = _("Une autre personne vient de prendre ce recours, à {time}.")
        messages.error(request, words.format(time=told_time(now)))
    return redirect("staff_appeal", appeal.pk)


def _read_back(request: HttpRequest, appeal: Appeal, now: datetime) -> None:
    form = AppealReadBackForm(request.POST)
    if not form.is_valid():
        raise Blocked([str(words) for errors in form.errors.values() for words in errors])
    by = actor_for(request, *ENTERING)
    actions.record_appeal_read_back(appeal_pk=appeal.pk, **form.cleaned_data, at=now, by=by)
    messages.success(request, _("La relecture est notée."))


@staff_required(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def staff_appeal_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """« Saisir un recours reçu »: what came by post, phone or visit against an act."""
    now = timezone.now()
    on = timezone.localdate(now)
    visible = Decision.objects.visible_to(request.user, on=on)
    decision: Decision = get_object_or_404(visible.select_related("application__structure"), pk=pk)
    if not may("decisions.enter_appeal", person(request), decision, on=on):
        raise Http404
    form = AppealEntryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            by = actor_for(request, *ENTERING)
            appeal = actions.enter_appeal(decision_pk=decision.pk, **form.cleaned_data, at=now, by=by)
        except NotAllowed:
            raise Http404 from None
        except Blocked as refusal:
            add_reasons(form, refusal)
        except ValidationError as error:
            form.add_error("scan", error)
        else:
            messages.success(request, _("Le recours est saisi. L'accusé de réception part par courrier."))
            return _after_entry(request, appeal)
    context = {
        "decision": decision,
        "application": decision.application,
        "form": form,
        "has_errors": bool(form.errors),
        "obstacles": missing_to_contest(decision),
    }
    return render(request, "decisions/staff_appeal_enter.html", context)


def _after_entry(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    """The page of the appeal, or that of the act for somebody who had a part in it."""
    seen = Appeal.objects.visible_to(request.user, on=timezone.localdate()).filter(pk=appeal.pk).exists()
    return redirect("staff_appeal", appeal.pk) if seen else redirect("staff_decision", appeal.decision_id)


@staff_required(*EXAMINING)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_appeal_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer, point by point. The default post saves; `go=send` hands over to the signatories."""
    now = timezone.now()
    appeal = _found(request, pk)
    on = timezone.localdate(now)
    if not may("decisions.write_answer", request.user, appeal, on=on) or missing_to_write_answer(appeal):
        raise Http404
    if appeal.answer is not None and appeal.answer.state != Decision.State.PREPARED:
        return redirect("staff_decision", pk=appeal.answer.pk)
    initial, rows = initial_answer(appeal)
    posted = request.POST if request.method == "POST" else None
    form = AnswerForm(posted, appeal=appeal, initial=initial)
    points = PointFormSet(posted, prefix="points", initial=rows if posted is None else None)
    status, reasons, theirs = 200, [], ""
    if posted is not None and form.is_valid() and points.is_valid():
        try:
            return _saved(request, appeal, form, points, now)
        except NotAllowed:
            raise Http404 from None
        except Blocked as refusal:
            status, reasons = 409, refusal.reasons
        except Stale as stale:
            status, theirs = 409, answer_token(stale.theirs)
        except TransitionNotAllowed:
            return redirect("staff_appeal", appeal.pk)
        appeal = _found(request, pk)
    act = Decision.objects.whole().filter(pk=appeal.answer_id).first() if appeal.answer_id else None
    if act is not None and act.submitted_at is None and not reasons:
        reasons = missing_to_send(act, on=on)
    context = {
        "appeal": appeal,
        "decision": appeal.decision,
        "application": appeal.decision.application,
        "act": act,
        "form": form,
        "points": points,
        "both": [form, *points.forms],
        "has_errors": bool(form.errors or points.total_error_count()),
        "reasons": reasons,
        "theirs": theirs,
        "seen": request.POST.get("seen", "")[:80] if theirs else answer_token(appeal),
    }
    return render(request, "decisions/staff_appeal_answer.html", context, status=status)


def _saved(
    request: HttpRequest, appeal: Appeal, form: AnswerForm, points: Any, now: datetime
) -> HttpResponse:
    go = request.POST.get("go", "save")
    if go not in {"save", "send", "mine"}:
        raise Blocked([_("Cette action n'existe pas.")])
    by = actor_for(request, *EXAMINING)
    seen = request.POST.get("theirs" if go == "mine" else "seen", "")[:80]
    answer = form.answer(points.written())
    act = actions.prepare_answer(appeal_pk=appeal.pk, answer=answer, seen=seen, at=now, by=by)
    if go == "send":
        actions.send_for_signature(decision_pk=act.pk, at=now, by=by)
        messages.success(request, _("La réponse est transmise à la signature."))
        return redirect("staff_appeal", appeal.pk)
    messages.success(request, _("Enregistré à {time}.").format(time=told_time(now)))
    return redirect("staff_appeal_answer", appeal.pk)
