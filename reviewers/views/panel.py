"""The panel of one dossier: choosing two members per college, following their answers, mending departures (P13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.rules import may
from journal.keys import row_key
from journal.refusals import Blocked, Missing
from label.models import Application
from reviewers import actions
from reviewers.checklist import may_be_stopped_on, missing_findings, missing_to_close, panel_minimum
from reviewers.forms import StopForm
from reviewers.models import Assignment, Rapporteur
from reviewers.panels import by_college, candidates, panel_token
from reviewers.paper_checklist import missing_summary
from reviewers.views.access import refusals, staff_dossier, tell

State = Application.State
MOST_CHOSEN = 60


@staff_required(Role.SECRETARIAT, Role.ETHICS_OFFICER, Role.CASE_OFFICER)
def panel(request: HttpRequest, reference: str) -> HttpResponse:
    """Who is asked, who could be; each act of the secretariat and of the ethics officer."""
    found = staff_dossier(request, reference)
    if request.method == "POST":
        page = _do(request, found, request.POST.get("go", ""))
        if page is not None:
            return page
    return render(request, "reviewers/staff_panel.html", _context(request, found))


def _context(request: HttpRequest, found: Application) -> dict[str, Any]:
    today = timezone.localdate()
    runs = may("reviewers.name_panel", request.user, found, on=today)
    reads = may("reviewers.read_link_statement", request.user, on=today)
    rows = list(
        Assignment.objects.filter(application=found)
        .select_related("mandate__user", "entered_by", "entry")
        .order_by("college", "pk")
    )
    chooses = runs and found.state in (State.ADMISSIBLE, State.UNDER_REVIEW)
    live = [row for row in rows if row.state in Assignment.LIVE]
    for row in live:
        row.stop_form = StopForm(prefix=f"stop-{row.pk}")  # type: ignore[attr-defined]
        row.stopped_from = may_be_stopped_on(row)  # type: ignore[attr-defined]
    return {
        "application": found,
        "structure": found.structure,
        "live": live,
        "rapporteur": Rapporteur.objects.current(found) if live else None,
        "left": [row for row in rows if row.state not in Assignment.LIVE],
        "colleges": [
            (college, [(one, one.shown_reasons(link_is_known=reads)) for one in members])
            for college, members in by_college(candidates(found, on=today))
        ]
        if chooses
        else [],
        "chosen": _chosen(request),
        "panel_token": panel_token(found),
        "per_college": panel_minimum(found.edition),
        "names": chooses and found.state == State.ADMISSIBLE,
        "adds": chooses and found.state == State.UNDER_REVIEW,
        "closes": runs and found.state == State.UNDER_REVIEW,
        "missing_to_close": missing_to_close(found, live) if found.state == State.UNDER_REVIEW else [],
        "before_panel": [*missing_summary(found), *missing_findings(found)]
        if found.state == State.ADMISSIBLE
        else [],
        "rebuilds": runs and found.state in (State.UNDER_REVIEW, State.IN_DELIBERATION),
        "runs": runs,
        "hears_alerts": runs and not _owes_a_review(request, rows),
        "recuses": may("reviewers.recuse_reviewer", request.user, found, on=today),
        "reads_statements": reads,
        "derogation": request.POST.get("derogation", ""),
        "today": today,
    }


def _owes_a_review(request: HttpRequest, rows: list[Assignment]) -> bool:
    """Whether this person sits on the panel and has not given their own evaluation yet."""
    return any(row.mandate.user_id == request.user.pk and row.state in Assignment.OPEN for row in rows)


def _do(request: HttpRequest, found: Application, go: str) -> HttpResponse | None:
    """Do one act of the page; None when it must be shown again with what was chosen."""
    now, reason = timezone.now(), request.POST.get("reason", "").replace("\x00", "").strip()[:2000]
    reasons: list[Missing] = []
    with refusals(into=reasons):
        if go == "name":
            said = _name(request, found, now)
        elif go in ("close", "rebuild"):
            said = _end(request, found, go, reason, now)
        else:
            said = _change(request, found, go, reason, now)
        messages.success(request, said)
        return redirect("staff_panel", found.reference)
    tell(request, reasons)
    return None


def _chosen(request: HttpRequest) -> set[int]:
    """The keys of the mandates that were ticked."""
    return {key for key in map(row_key, request.POST.getlist("member")) if key is not None}


def _name(request: HttpRequest, found: Application, now: Any) -> str:
    chosen = sorted(_chosen(request))[:MOST_CHOSEN]
    by = actor_for(request, Role.SECRETARIAT)
    if found.state == State.UNDER_REVIEW:
        seen = request.POST.get("panel", "")
        actions.replace_members(application_pk=found.pk, mandate_pks=chosen, seen=seen, at=now, by=by)
    else:
        actions.name_panel(
            application_pk=found.pk,
            mandate_pks=chosen,
            derogation=request.POST.get("derogation", "").replace("\x00", "")[:2000],
            at=now,
            by=by,
        )
    words = ngettext("%(count)s membre est invité.", "%(count)s membres sont invités.", len(chosen))
    return words % {"count": len(chosen)}


def _end(request: HttpRequest, found: Application, go: str, reason: str, now: Any) -> str:
    by = actor_for(request, Role.SECRETARIAT)
    if go == "rebuild":
        actions.rebuild_panel(application_pk=found.pk, at=now, by=by.because(reason))
        return _("Le panel est à recomposer. Les évaluations déjà envoyées sont gardées.")
    actions.close_evaluation(application_pk=found.pk, derogation=reason, at=now, by=by)
    return _("L'évaluation est close.")


def _change(request: HttpRequest, found: Application, go: str, reason: str, now: Any) -> str:
    """One act on one assignment of this dossier; the button is named `replace-12`."""
    act, _dash, number = go.partition("-")
    target = Assignment.objects.filter(application=found, pk=row_key(number) or 0).first()
    acts: dict[str, tuple[Callable[..., Assignment], str]] = {
        "replace": (actions.replace, Role.SECRETARIAT),
        "extend": (actions.extend_review, Role.SECRETARIAT),
        "expire": (actions.expire, Role.SECRETARIAT),
        "recuse": (actions.recuse, Role.ETHICS_OFFICER),
        "answer": (actions.answer_link_statement, Role.ETHICS_OFFICER),
    }
    if target is None or act not in acts:
        raise Http404
    action, role = acts[act]
    more = {"called_on": _called_on(request, target)} if act == "expire" else {}
    action(assignment_pk=target.pk, **more, at=now, by=actor_for(request, role).because(reason))
    return _("C'est fait.")


def _called_on(request: HttpRequest, target: Assignment) -> date | None:
    """The day of the call, as it was typed. Raises `Blocked` for what is no date."""
    form = StopForm(request.POST, prefix=f"stop-{target.pk}")
    if not form.is_valid():
        raise Blocked([Missing(" ".join(map(str, form.errors["called_on"])), code="called_on")])
    found: date | None = form.cleaned_data["called_on"]
    return found
