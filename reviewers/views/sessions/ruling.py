"""The act of who presides on a deliberation whose secret was broken: maintained, or done again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person
from reviewers.actions import sessions as actions
from reviewers.actions.sessions.holding import invitations_of
from reviewers.deliberation_checklist import why_not_ruled
from reviewers.models import AgendaItem, DeliberationAct
from reviewers.registry import subject_of
from reviewers.session_forms import RulingForm
from reviewers.views.access import as_member, refusals
from reviewers.views.sessions.access import COMMITTEE, visible_item, who_runs


def rule(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Say what happened, whether the deliberation stands, why, and who takes no part in another one."""
    found = visible_item(request, reference, pk)
    who_runs(request, found.session, COMMITTEE)
    if not subject_of(found.kind).on_a_request or getattr(found, "opinion", None) is None:
        raise Http404
    user = person(request)
    convened = [one.mandate for one in invitations_of(found.session)]
    others = [one for one in convened if one.user_id != user.pk]
    obstacles = why_not_ruled(found)
    form = None if obstacles else RulingForm(request.POST or None, members=others)
    if request.method == "POST" and form is not None and form.is_valid():
        page = _rule(request, found, form)
        if page is not None:
            return page
    context = {
        "item": found,
        "session": found.session,
        "title": subject_of(found.kind).title(found),
        "opinion": subject_of(found.kind).written(found),
        "form": form,
        "obstacles": obstacles,
        "has_errors": bool(form is not None and form.errors),
    }
    return render(request, "reviewers/sessions/rule.html", context)


def _rule(request: HttpRequest, found: AgendaItem, form: RulingForm) -> HttpResponse | None:
    data = form.cleaned_data
    with refusals(form):
        act = actions.rule_on_deliberation(
            item_pk=found.pk,
            outcome=data["outcome"],
            facts=data["facts"],
            reasons=data["reasons"],
            set_apart_pk=int(data["set_apart"]) if data["set_apart"] else None,
            at=timezone.now(),
            by=as_member(request),
        )
        if act.outcome == DeliberationAct.Outcome.REDONE:
            told = _("L'acte est signé. Le dossier revient devant le comité, à une prochaine séance.")
        else:
            told = _("L'acte est signé. L'avis est maintenu.")
        messages.success(request, told)
        return redirect("committee_session_item", found.session.reference, found.pk)
    return None
