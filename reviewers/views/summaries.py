"""The summary in plain language, written by the secretariat before the panel is named."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.once import once
from accounts.rules import may
from label.models import Application
from reviewers import actions
from reviewers.entry_forms import SummaryForm
from reviewers.models import PlainSummary
from reviewers.pack import paragraphs
from reviewers.paper_checklist import summary_is_frozen
from reviewers.views.access import refusals, staff_dossier


@staff_required(Role.SECRETARIAT, Role.CASE_OFFICER)
def summary(request: HttpRequest, reference: str) -> HttpResponse:
    """What the reviewers read first, its versions, and the page on which the secretariat writes a new one."""
    found = staff_dossier(request, reference)
    last = PlainSummary.objects.of(found.snapshot)
    allowed = may("reviewers.write_summary", request.user, found, on=timezone.localdate())
    writes = allowed and found.snapshot_id is not None and not summary_is_frozen(found)
    form = SummaryForm(
        request.POST if writes and request.method == "POST" else None,
        initial={"text": last.text if last else ""},
    )
    if form.is_bound and form.is_valid():
        page = _write(request, found, form)
        if page is not None:
            return page
    context = {
        "application": found,
        "last": last,
        "paragraphs": paragraphs(last.text) if last else [],
        "versions": list(found.plain_summaries.select_related("written_by").order_by("-number")[:20]),
        "writes": writes,
        "form": form,
        "problem_forms": [form],
        "has_errors": bool(form.errors),
    }
    return render(request, "reviewers/staff_summary.html", context)


@once
def _write(request: HttpRequest, found: Application, form: SummaryForm) -> HttpResponse | None:
    """A new version; None when it is refused and its form must be shown again."""
    with refusals(form):
        made = actions.write_summary(
            application_pk=found.pk,
            text=form.cleaned_data["text"],
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT),
        )
        messages.success(request, _("Le résumé est enregistré : version {n}.").format(n=made.number))
        return redirect("staff_summary", found.reference)
    return None
