"""The page on which the act that ends a withdrawal procedure is written; it is read and signed as every act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.rules import may
from certificates import actions
from certificates.checklist import undo_until
from certificates.models import Measure, Withdrawal
from certificates.views.withdrawals import found_procedure
from certificates.withdrawal_forms import EndForm, initial_end
from decisions import actions as acts
from decisions.checklist import missing_to_send
from decisions.forms import ConditionFormSet, initial_conditions
from decisions.models import Decision
from journal.refusals import Blocked, Missing, NotAllowed, Stale
from label.rules import free_for_appeal
from letters.spoken import told_time

Kind = Decision.Kind


@staff_required(Role.CASE_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_withdrawal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The sense, the grounds retained, each observation answered. The default post saves; `go=send` hands over."""
    now = timezone.now()
    on = timezone.localdate(now)
    found = found_procedure(request, pk, now)
    if not may("certificates.prepare_measure", request.user, found.label, on=on):
        raise Http404
    measure = actions.end_under_way(found)
    if measure is not None and measure.decision.state != Decision.State.PREPARED:
        return redirect("staff_decision", pk=measure.decision_id)
    if found.state != Withdrawal.State.ADVISED:
        messages.info(request, _("La procédure n'est pas à l'étape de la décision."))
        return redirect("staff_withdrawal", found.pk)
    form, conditions = _forms(request, found, measure)
    reasons: list[Missing] = []
    stale: Measure | None = None
    if request.method == "POST" and form.is_valid() and conditions.is_valid():
        try:
            return _saved(request, found, form, conditions, now)
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            reasons = blocked.reasons
        except Stale as error:
            stale = error.theirs
        except TransitionNotAllowed:
            messages.info(request, _("Cet acte est déjà signé : il ne change plus."))
            return redirect("staff_withdrawal", found.pk)
        measure = actions.end_under_way(found)
    if not reasons and measure is not None and measure.decision.submitted_at is None:
        reasons = missing_to_send(Decision.objects.whole().get(pk=measure.decision_id), on=on)
    context = {
        "withdrawal": found,
        "label": found.label,
        "measure": measure,
        "decision": measure.decision if measure else None,
        "form": form,
        "conditions": conditions,
        "undo_until": undo_until(found.label),
        "reasons": reasons,
        "theirs": actions.token_of_measure(stale) if stale else "",
        "their_text": stale.decision.reasons_in_fact if stale else "",
        "seen": request.POST.get("seen", "")[:60] if stale else actions.token_of_measure(measure),
        "both": [form, conditions],
        "has_errors": bool(form.errors or conditions.total_error_count()),
        "free": free_for_appeal(found.label.application, on=on, besides=person(request)),
    }
    return render(request, "certificates/staff_withdrawal_decide.html", context, status=409 if stale else 200)


def _forms(request: HttpRequest, found: Withdrawal, measure: Measure | None) -> tuple[EndForm, Any]:
    data = request.POST if request.method == "POST" else None
    form = EndForm(data, withdrawal=found, initial=initial_end(found, measure))
    proposed = [{"text": text} for text in (found.opinion.conditions if found.opinion else [])]
    kept = initial_conditions(measure.decision, None) if measure else proposed
    counted = data is None or data.get("kind") == Kind.CONDITIONS
    rows = ConditionFormSet(data, prefix="conditions", initial=kept, form_kwargs={"counted": counted})
    return form, rows


def _saved(
    request: HttpRequest, found: Withdrawal, form: EndForm, conditions: Any, now: datetime
) -> HttpResponse:
    go = request.POST.get("go", "save")
    if go not in {"save", "send", "mine"}:
        raise Blocked([_("Cette action n'existe pas.")])
    by = actor_for(request, Role.CASE_OFFICER)
    measure = actions.prepare_end(
        withdrawal_pk=found.pk,
        content=form.content(conditions.written()),
        **form.terms(),
        seen=request.POST.get("theirs" if go == "mine" else "seen", ""),
        at=now,
        by=by,
    )
    if go == "send":
        acts.send_for_signature(decision_pk=measure.decision_id, at=now, by=by)
        messages.success(request, _("L'acte est transmis à la signature."))
        return redirect("staff_decision", pk=measure.decision_id)
    messages.success(request, _("Enregistré à {time}.").format(time=told_time(now)))
    return redirect("staff_withdrawal_decide", found.pk)
