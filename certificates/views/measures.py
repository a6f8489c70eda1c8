"""The page on which an act on a label is written, and the second look at the proof of an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.rules import may
from certificates import actions
from certificates.actions.measures import act_under_way
from certificates.checklist import measure_page, missing_to_check, missing_to_prepare
from certificates.measure_forms import EVENT, FIELDS, MeasureForm, differing, initial_of
from certificates.models import Label, Measure
from certificates.views.labels import canonical
from decisions import actions as acts
from decisions.checklist import missing_to_send
from decisions.effects import effects
from decisions.forms import ConditionFormSet, initial_conditions
from decisions.models import Decision
from journal.refusals import Blocked, NotAllowed, Stale
from letters.spoken import told_time

Kind = Decision.Kind
SETTING = (Kind.CONDITIONS, Kind.LIFT)  # the acts that may set conditions


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_measure_prepare(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """An act on a label: its terms and its reasons. The default post saves; `go=send` hands over to the signatories.

    A second person who may check the proof of an event finds here what to check.
    """
    now = timezone.now()
    on = timezone.localdate(now)
    visible = Label.objects.visible_to(request.user, on=on).select_related(
        "structure", "decision", "application__structure", "application__case_officer"
    )
    label = get_object_or_404(visible, number=canonical(number))
    if kind not in FIELDS:
        raise Http404
    measure = act_under_way(label, kind)
    writes = may("certificates.prepare_measure", request.user, label, on=on)
    checks = "event_on" in FIELDS[kind] and may("certificates.check_event", request.user, label, on=on)
    if request.method == "POST" and request.POST.get("go") == "check" and checks and measure is not None:
        return _checked(request, label, measure, now)
    if not writes:
        return _to_check(request, label, measure, now) if checks and measure is not None else _nothing()
    if elsewhere := _elsewhere(measure):
        return redirect(elsewhere)
    form, conditions = _forms(request, label, kind, measure)
    status, reasons, other = 200, missing_to_prepare(label, kind, on=on), None
    if request.method == "POST" and form.is_valid() and (conditions is None or conditions.is_valid()):
        try:
            return _saved(request, label, kind, form, conditions, now)
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            status, reasons = 409, blocked.reasons
        except Stale as stale:
            status, other = 409, stale.theirs
        except TransitionNotAllowed:
            messages.info(request, _("Cet acte est déjà signé : il ne change plus."))
            return redirect("staff_label", label.number)
        measure = act_under_way(label, kind)
    context = {
        "label": label,
        "kind": Kind(kind),
        "measure": measure,
        "decision": measure.decision if measure else None,
        "form": form,
        "conditions": conditions,
        "both": [form, conditions] if conditions is not None else [form],
        "has_errors": bool(form.errors or (conditions is not None and conditions.total_error_count())),
        "blocked": status == 409 and not other,
        "reasons": reasons or _gaps(measure, on),
        "seen": request.POST.get("seen", "")[:60] if other else actions.token_of_measure(measure),
        "theirs": actions.token_of_measure(other) if other else "",
        "differing": differing(form, other) if other else [],
        "on_receipt": effects[kind].on_receipt,
        "hearings": label.hearings.filter(dropped_at=None).order_by("-pk")
        if "hearing" in form.fields
        else None,
    }
    return render(request, "certificates/staff_measure.html", context, status=status)


def _elsewhere(measure: Measure | None) -> str:
    """The page of an act that is not written here any more, or never was; empty for any other."""
    if measure is None:
        return ""
    if measure.decision.state == Decision.State.SIGNED:
        return reverse("staff_decision", args=[measure.decision_id])
    return measure_page(measure.decision) if measure.withdrawal_id is not None else ""


def _nothing() -> HttpResponse:
    raise Http404


def _gaps(measure: Measure | None, on: Any) -> list[Any]:
    """What is missing before the act is sent; nothing once it is."""
    if measure is None or measure.decision.submitted_at is not None:
        return []
    whole = Decision.objects.whole().get(pk=measure.decision_id)
    return missing_to_send(whole, on=on)


def _forms(request: HttpRequest, label: Label, kind: str, measure: Measure | None) -> tuple[MeasureForm, Any]:
    data = request.POST if request.method == "POST" else None
    form = MeasureForm(data, label=label, kind=kind, initial=initial_of(measure))
    if kind not in SETTING:
        return form, None
    decision = measure.decision if measure else None
    return form, ConditionFormSet(data, prefix="conditions", initial=initial_conditions(decision, None))


def _saved(
    request: HttpRequest, label: Label, kind: str, form: MeasureForm, conditions: Any, now: datetime
) -> HttpResponse:
    go = request.POST.get("go", "save")
    if go not in {"save", "send", "mine"}:
        raise Blocked([_("Cette action n'existe pas.")])
    by = actor_for(request, Role.CASE_OFFICER)
    measure = actions.prepare_measure(
        label_pk=label.pk,
        kind=kind,
        content=form.content(conditions.written() if conditions is not None else []),
        terms=form.terms(),
        seen=request.POST.get("theirs" if go == "mine" else "seen", ""),
        at=now,
        by=by,
    )
    if go == "send":
        acts.send_for_signature(decision_pk=measure.decision_id, at=now, by=by)
        messages.success(request, _("L'acte est transmis à la signature."))
        return redirect("staff_decision", pk=measure.decision_id)
    messages.success(request, _("Enregistré à {time}.").format(time=told_time(now)))
    return redirect("staff_measure_prepare", label.number, kind)


def _to_check(
    request: HttpRequest, label: Label, measure: Measure, now: datetime, *, refused: bool = False
) -> HttpResponse:
    """The proof of a dissolution or of a merger, for the second person who reads it."""
    context = {
        "label": label,
        "kind": Kind(measure.decision.kind),
        "measure": measure,
        "reasons": missing_to_check(measure, person(request), on=timezone.localdate(now)),
        "fields": EVENT,
    }
    return render(request, "certificates/staff_event_check.html", context, status=409 if refused else 200)


def _checked(request: HttpRequest, label: Label, measure: Measure, now: datetime) -> HttpResponse:
    by = actor_for(request, Role.CASE_OFFICER, Role.SECRETARIAT)
    try:
        actions.check_event(measure_pk=measure.pk, at=now, by=by)
    except NotAllowed as error:
        raise Http404 from error
    except Blocked:
        return _to_check(request, label, measure, now, refused=True)
    messages.success(request, _("La preuve est vérifiée."))
    return redirect("staff_label", label.number)
