"""« Constats de l'Institut »: facts beside the criteria that the edition names, before the panel reads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.rules import may
from label.models import Application
from reviewers import actions
from reviewers.actions.findings import CORRECTED, WRITTEN
from reviewers.grid import Criterion, criteria, with_finding
from reviewers.models import OfficeFinding
from reviewers.round_forms import OfficeFindingsForm
from reviewers.views.access import reading, refusals, staff_dossier


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT, Role.ETHICS_OFFICER, Role.SIGNATORY)
def findings(request: HttpRequest, reference: str) -> HttpResponse:
    """Each criterion with what the association says; the officer of the file writes, the others read."""
    found = staff_dossier(request, reference)
    if found.snapshot is None:
        raise Http404
    wanted = with_finding(found.edition, found.snapshot)
    rows = [row for row in criteria(found.edition, found.snapshot) if row.code in wanted]
    kept = OfficeFinding.objects.current(found.snapshot_id)
    may_write = may("reviewers.write_findings", request.user, found, on=timezone.localdate())
    writes = may_write and found.state in (*WRITTEN, *CORRECTED)
    corrects = found.state in CORRECTED
    posted = request.POST if request.method == "POST" else None
    form = OfficeFindingsForm(rows, kept, posted, corrects=corrects)
    theirs: dict[str, OfficeFinding] = {}
    if posted is not None:
        if not may_write:
            raise Http404
        if form.is_valid():
            with refusals(form):
                try:
                    return _write(request, found, form)
                except actions.StaleFinding as stale:
                    theirs = dict(stale.theirs)
                    form = OfficeFindingsForm(rows, kept, _seen(posted, theirs), corrects=corrects)
    context = {
        "application": found,
        "lines": [_line(found, row, form, kept, theirs) for row in rows],
        "form": form,
        "writes": writes,
        "corrects": corrects,
        "versions": _earlier(found),
        "left": sum(row.code not in kept for row in rows),
    }
    return render(request, "reviewers/staff_findings.html", context, status=409 if theirs else 200)


def _write(request: HttpRequest, found: Application, form: OfficeFindingsForm) -> HttpResponse:
    texts = form.typed("text")
    kept = OfficeFinding.objects.current(found.snapshot_id)
    # A field left empty that never held anything is not a finding; the page says which are missing.
    actions.record_office_findings(
        application_pk=found.pk,
        findings={code: text for code, text in texts.items() if text or code in kept},
        corrections=form.typed("correction"),
        seen={code: version or 0 for code, version in form.typed("seen").items()},
        at=timezone.now(),
        by=actor_for(request, Role.CASE_OFFICER),
    )
    messages.success(request, _("Les constats sont enregistrés."))
    return redirect("staff_findings", found.reference)


def _seen(posted: Any, theirs: dict[str, OfficeFinding]) -> Any:
    """What was typed, with the versions that this page now shows: pressing the button again replaces them knowingly."""
    data = posted.copy()
    for code, row in theirs.items():
        data[f"seen_{code}"] = str(row.version)
    return data


def _line(
    found: Application,
    row: Criterion,
    form: OfficeFindingsForm,
    kept: dict[str, OfficeFinding],
    theirs: dict[str, OfficeFinding],
) -> dict[str, Any]:
    content = found.snapshot.content if found.snapshot else {}
    return {
        "row": row,
        "said": reading(content, row.code),
        "finding": kept.get(row.code),
        "fields": form.of(row.code),
        "theirs": theirs.get(row.code),
    }


def _earlier(found: Application) -> list[OfficeFinding]:
    """The versions that were corrected since, the oldest first."""
    rows = list(
        OfficeFinding.objects.filter(snapshot=found.snapshot_id)
        .select_related("made_by")
        .order_by("criterion", "version")[:200]
    )
    last = {row.criterion: row.version for row in rows}
    return [row for row in rows if row.version != last[row.criterion]]
