"""The comments of a closed evaluation: the secretariat masks what tells the health of a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.rules import may
from journal.refusals import Blocked
from reviewers import actions
from reviewers.forms import MaskForm
from reviewers.models import Score
from reviewers.views.access import staff_dossier
from reviewers.views.discussing import panel_scores
from structures.forms import add_reasons


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.SECRETARIAT)
def comments(request: HttpRequest, reference: str) -> HttpResponse:
    """Each comment that the secretariat may read, by pseudonym, with the field of the passage to mask."""
    found = staff_dossier(request, reference)
    scores = [one for one in panel_scores(request, found) if one.comment]
    sent: dict[int, MaskForm] = {}
    if request.method == "POST":
        score = next((one for one in scores if str(one.pk) == request.POST.get("score")), None)
        if score is None or not may(
            "reviewers.mask_comment", request.user, score.assignment, on=timezone.localdate()
        ):
            raise Http404
        form = MaskForm(request.POST, auto_id=f"id_{score.pk}_%s")
        if form.is_valid() and _mask(request, score, form):
            return redirect("staff_comments", found.reference)
        sent[score.pk] = form
    rows = [(one, sent.get(one.pk) or MaskForm(auto_id=f"id_{one.pk}_%s")) for one in scores]
    context = {"application": found, "rows": rows, "form": next(iter(sent.values()), None)}
    return render(request, "reviewers/staff_comments.html", context)


def _mask(request: HttpRequest, score: Score, form: MaskForm) -> bool:
    try:
        actions.mask_comment(
            assignment_pk=score.assignment_id,
            score_pk=score.pk,
            passage=form.cleaned_data["passage"],
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT),
        )
    except Blocked as blocked:
        add_reasons(form, blocked)
        return False
    messages.success(request, _("Passage masqué. La trace est dans le journal."))
    return True
