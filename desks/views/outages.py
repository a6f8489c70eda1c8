"""Outages of the service: recorded by one person, confirmed by another, and the dates of the public that move."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.rules import may
from deadlines import actions
from deadlines.forms import OutageForm
from deadlines.models import Extension, Outage
from deadlines.registry import public
from journal.keys import row_key
from journal.models import Thread
from journal.refusals import Blocked, NotAllowed
from label.actions import settle_lost_time
from label.models import Application

RECORDING = (Role.TECHNICAL_ADMINISTRATOR, Role.SECRETARIAT)
SETTLING = (Role.CASE_OFFICER, Role.SECRETARIAT)
MOST_SHOWN = 200
readers = staff_required(*RECORDING, Role.SIGNATORY, Role.CASE_OFFICER)


@never_cache
@readers
def staff_outages(request: HttpRequest) -> HttpResponse:
    """The outages, newest first, and a form to record one."""
    on = timezone.localdate()
    records = may("deadlines.record_outage", person(request), on=on)
    form = OutageForm(request.POST or None) if records else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid() and (outage := _record(request, form)):
            messages.success(request, _("La panne est notée. Une autre personne doit la confirmer."))
            return redirect("staff_outage", outage.pk)
    rows = Outage.objects.select_related("recorded_by", "confirmed_by").order_by("-began_at", "-pk")[
        :MOST_SHOWN
    ]
    return render(request, "desks/staff_outages.html", {"form": form, "rows": rows})


def _record(request: HttpRequest, form: OutageForm) -> Outage | None:
    try:
        return actions.record_outage(**form.facts(), at=timezone.now(), by=actor_for(request, *RECORDING))
    except Blocked as refusal:
        for reason in refusal.reasons:
            field = {"ended_at": "ended_hour"}.get(reason.code, reason.code)
            form.add_error(field if field in form.fields else None, str(reason.text))
        return None


@never_cache
@readers
def staff_outage(request: HttpRequest, pk: int) -> HttpResponse:
    """One outage: what it touches, before somebody else confirms; then what moved, and what a person has to do."""
    outage = get_object_or_404(
        Outage.objects.select_related("recorded_by", "confirmed_by", "dropped_by"), pk=pk
    )
    problem = ""
    if request.method == "POST":
        problem = _act(request, outage)
        if not problem:
            return redirect("staff_outage", outage.pk)
    on = timezone.localdate()
    reads = may("deadlines.read_touched", person(request), on=on)
    touched = [] if outage.dropped_at else actions.touched_by(outage)
    context = {
        "outage": outage,
        "problem": problem,
        "counts": [
            (public[kind].words, n) for kind, n in sorted(Counter(one.kind for one in touched).items())
        ],
        "closed": sum(one.is_closed for one in touched),
        "touched": _named(request, touched[:MOST_SHOWN]) if reads else [],
        "moved": _moved(request, outage) if reads else [],
        "may_confirm": outage.dropped_at is None
        and outage.confirmed_at is None
        and may("deadlines.confirm_outage", person(request), outage, on=on),
        "may_drop": outage.dropped_at is None
        and outage.confirmed_at is None
        and may("deadlines.drop_outage", person(request), on=on),
        "most": MOST_SHOWN,
    }
    return render(request, "desks/staff_outage.html", context)


def _act(request: HttpRequest, outage: Outage) -> str:
    """Confirm, drop, or note what was given back by hand; the sentence of what went wrong, or nothing."""
    now, go = timezone.now(), request.POST.get("go", "")
    try:
        if go == "confirm":
            actions.confirm_outage(outage_pk=outage.pk, at=now, by=actor_for(request, Role.SIGNATORY))
            messages.success(
                request, _("C'est confirmé : les dates sont déplacées dans les minutes qui suivent.")
            )
        elif go == "drop":
            by = actor_for(request, *RECORDING, Role.SIGNATORY)
            actions.drop_outage(outage_pk=outage.pk, at=now, by=by)
            messages.success(request, _("La panne est écartée : aucune date ne change."))
        else:
            key = row_key(go.removeprefix("settle-"))
            extension = get_object_or_404(_visible(request).filter(outage=outage), pk=key)
            how = request.POST.get(f"how-{extension.pk}", "")
            settle_lost_time(extension_pk=extension.pk, how=how, at=now, by=actor_for(request, *SETTLING))
            messages.success(request, _("C'est noté."))
    except NotAllowed:
        raise Http404 from None
    except Blocked as refusal:
        return str(refusal)
    return ""


def _threads(request: HttpRequest) -> Q:
    """What has no dossier, and the dossiers that this person may see."""
    seen = Application.objects.visible_to(person(request), on=timezone.localdate())
    return Q(thread__application=None) | Q(thread__application__in=seen.values("pk"))


def _visible(request: HttpRequest) -> Any:
    return Extension.objects.filter(_threads(request)).exclude(outcome=Extension.Outcome.NOTHING)


def _moved(request: HttpRequest, outage: Outage) -> list[dict[str, Any]]:
    settles = bool(may("label.settle_outage_page", person(request), on=timezone.localdate()))
    rows = (
        _visible(request).filter(outage=outage).select_related("thread__application__structure", "settled_by")
    )
    return [
        {
            "row": row,
            "words": public[row.kind].words,
            "reference": _reference(row.thread),
            "to_settle": settles and row.outcome == Extension.Outcome.TO_DO and row.settled_at is None,
        }
        for row in rows.order_by("was_due_on", "pk")[:MOST_SHOWN]
    ]


def _named(request: HttpRequest, touched: list[Any]) -> list[dict[str, Any]]:
    seen = Application.objects.visible_to(person(request), on=timezone.localdate())
    threads = Thread.objects.filter(pk__in={one.thread_id for one in touched})
    threads = threads.filter(Q(application=None) | Q(application__in=seen.values("pk")))
    names = {thread.pk: _reference(thread) for thread in threads.select_related("application", "structure")}
    return [
        {"one": one, "words": public[one.kind].words, "reference": names[one.thread_id]}
        for one in touched
        if one.thread_id in names
    ]


def _reference(thread: Any) -> str:
    if hasattr(thread, "application"):
        return str(thread.application.reference)
    return str(thread.structure.name) if hasattr(thread, "structure") else ""
