"""P23: the pages on which an association contests an act, follows its appeal, and asks what silence owes it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, Exists, F, OuterRef, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import person
from accounts.once import once
from accounts.rules import may
from deadlines.calendar import distance_months
from decisions import actions
from decisions.appeal_checklist import contestable, missing_to_ask, missing_to_contest, missing_to_drop
from decisions.appeal_forms import AppealForm
from decisions.effects import served_among, served_to
from decisions.history import judged
from decisions.models import Appeal, Decision, SilenceRequest
from journal.refusals import Blocked, NotAllowed
from label.clocks import acceptance
from label.views.access import after
from structures.context import for_structure, member_actor
from structures.forms import add_reasons
from structures.models import Membership, Structure

MOST = 100
State = Decision.State


def told_acts(request: HttpRequest, on: date) -> Any:
    """The acts that the association received, each with `told_state`: what replaced it is told once it was received."""
    own = Membership.objects.current().filter(user=person(request)).values("structure_id")
    on_its_way = Decision.objects.filter(supersedes=OuterRef("pk"), state=State.SIGNED)
    quiet = When(Exists(on_its_way), state=State.REPLACED, then=Value(State.NOTIFIED.value))
    received = Decision.objects.visible_to(request.user, on=on).exclude(state=State.SIGNED)
    return received.filter(served_among(own), notified_on__lte=on).annotate(
        told_state=Case(quiet, default=F("state"), output_field=CharField())
    )


def _appeals(request: HttpRequest, on: date) -> Any:
    own = Membership.objects.current().filter(user=person(request)).values("structure_id")
    visible = Appeal.objects.visible_to(request.user, on=on)
    return visible.filter(decision__in=Decision.objects.filter(served_among(own)).values("pk"))


def told_state(appeal: Appeal) -> str:
    """The state of an appeal as the association may know it: an answer is told once it was received."""
    answer = appeal.answer
    if answer is None or answer.state != State.SIGNED:
        return str(appeal.state)
    return Appeal.State.IMPLICITLY_REJECTED if appeal.implicitly_rejected_on else Appeal.State.UNDER_REVIEW


@for_structure
@require_safe
def space_decisions(request: HttpRequest, structure: Structure) -> HttpResponse:
    """The acts of the structure, each with its letter, the time left, and the appeal lodged against it."""
    on = timezone.localdate()
    acts = told_acts(request, on).filter(served_among([structure.pk]))
    acts = acts.select_related("application").prefetch_related(
        "appeals__answer", "silence_requests", "litigations__steps"
    )
    rows = [_row(act) for act in acts.order_by("-pk")[:MOST]]
    context = {"structure": structure, "rows": rows, "today": on, "represents": _represents(request, rows)}
    return render(request, "decisions/space_decisions.html", context)


def _row(decision: Decision) -> dict[str, Any]:
    appeals = sorted(decision.appeals.all(), key=lambda one: one.pk)
    open_or_ended = [
        one for one in appeals if one.state not in (Appeal.State.DROPPED, Appeal.State.INADMISSIBLE)
    ]
    is_silence = decision.kind == Decision.Kind.IMPLICIT
    return {
        "decision": decision,
        "appeals": [(one, told_state(one)) for one in appeals],
        "may_contest": contestable(decision) and not open_or_ended,
        "judged": judged(decision),
        "requests": list(decision.silence_requests.all()),
        "silence": (SilenceRequest.Kind.ATTESTATION if acceptance() else SilenceRequest.Kind.REASONS)
        if is_silence and contestable_by_request(decision) and not decision.silence_requests.all()
        else "",
    }


def contestable_by_request(decision: Decision) -> bool:
    """Whether an attestation or reasons may be asked about that act, as far as its state tells."""
    return decision.state in (State.NOTIFIED, State.FINAL)


def _represents(request: HttpRequest, rows: list[dict[str, Any]]) -> bool:
    on = timezone.localdate()
    return bool(rows) and may("decisions.lodge_appeal", person(request), rows[0]["decision"], on=on)


def _own_act(request: HttpRequest, pk: int, on: date) -> Decision:
    acts = told_acts(request, on).select_related("application__structure", "application__edition")
    decision: Decision = get_object_or_404(acts, pk=pk)
    return decision


@require_http_methods(["GET", "HEAD", "POST"])
@once
def contest(request: HttpRequest, pk: int) -> HttpResponse:
    """« Contester une décision »: which one, how long is left, what is contested, what is asked."""
    now = timezone.now()
    on = timezone.localdate(now)
    decision = _own_act(request, pk, on)
    if not may("decisions.lodge_appeal", person(request), decision, on=on):
        raise Http404
    form = AppealForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            by = member_actor(request, served_to(decision))
            appeal = actions.lodge(decision_pk=decision.pk, **form.cleaned_data, at=now, by=by)
        except NotAllowed:
            raise Http404 from None
        except Blocked as refusal:
            add_reasons(form, refusal)
        except ValidationError as error:
            form.add_error("uploads", error)
        else:
            messages.success(request, _("Votre recours est déposé."))
            return redirect("appeal", appeal.pk)
    context = {
        "decision": decision,
        "application": decision.application,
        "form": form,
        "has_errors": bool(form.errors),
        "today": on,
        "obstacles": missing_to_contest(decision),
        **_time_left(decision, on),
    }
    return render(request, "decisions/contest.html", context)


def _time_left(decision: Decision, on: date) -> dict[str, Any]:
    structure = served_to(decision)
    return {
        "is_late": decision.gracious_until is not None and on > decision.gracious_until,
        "distance": distance_months(structure.country or "FR", structure.postal_code),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def appeal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One appeal as the association follows it: its dates, what was written, its receipt; it may be given up."""
    now = timezone.now()
    on = timezone.localdate(now)
    found = _appeals(request, on).select_related("decision__application__structure", "receipt", "answer")
    appeal: Appeal = get_object_or_404(found, pk=pk)
    if request.method == "POST":
        return _dropped(request, appeal)
    decision = appeal.decision
    letter = appeal.answer.letter if appeal.answer and appeal.answer.state != State.PREPARED else None
    context = {
        "appeal": appeal,
        "state": told_state(appeal),
        "decision": decision,
        "application": decision.application,
        "letter": letter,
        "files": appeal.files.order_by("pk"),
        "today": on,
        "may_drop": may("decisions.drop_appeal", person(request), decision, on=on)
        and told_state(appeal) == appeal.state
        and not missing_to_drop(appeal),
        "subject": f"decisions.appeal:{appeal.pk}",
    }
    return render(request, "decisions/appeal.html", context)


def _dropped(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    if request.POST.get("go") != "drop":
        raise Http404
    by = member_actor(request, served_to(appeal.decision))
    act = partial(actions.drop_appeal, appeal_pk=appeal.pk, at=timezone.now(), by=by)
    return after(act, request, _("Votre recours est arrêté."), "appeal", appeal.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_silence(request: HttpRequest, pk: int) -> HttpResponse:
    """What silence owes: the attestation of an acceptance, the reasons of a refusal."""
    now = timezone.now()
    on = timezone.localdate(now)
    decision = _own_act(request, pk, on)
    if decision.kind != Decision.Kind.IMPLICIT or not may(
        "decisions.ask_about_silence", person(request), decision, on=on
    ):
        raise Http404
    kind = SilenceRequest.Kind.ATTESTATION if acceptance() else SilenceRequest.Kind.REASONS
    if request.method == "POST":
        by = member_actor(request, served_to(decision))
        act = partial(actions.ask_about_silence, decision_pk=decision.pk, kind=kind, at=now, by=by)
        return after(act, request, _("Votre demande est envoyée."), "space_decisions")
    context = {
        "decision": decision,
        "application": decision.application,
        "kind": kind,
        "asked": decision.silence_requests.filter(kind=kind).first(),
        "obstacles": missing_to_ask(decision, kind, on=on),
    }
    return render(request, "decisions/ask_silence.html", context)
