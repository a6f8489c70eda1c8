"""« Récusation »: the page of the association, the list of the ethics officer, and the answer to one request."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.once import once
from accounts.rules import may
from journal.keys import row_key
from journal.visibility import VisibleQuerySet
from label.models import Application
from label.views.access import actor_on, allowed, dossier, is_staff_here
from reviewers import actions
from reviewers.challenge_forms import AnswerForm, ChallengeForm
from reviewers.challenges import last_day_to_ask, missing_to_ask, who_may_be_kept_away
from reviewers.models import Assignment, Challenge, LinkMatch, StaffMatch
from reviewers.views.access import refusals
from structures.models import Structure

PAGE = 50
RELATED = ("application__structure", "asked_by", "mandate__user")


@once
def application_challenge(request: HttpRequest, reference: str) -> HttpResponse:
    """P09 « Demander qu'un membre du comité n'examine pas ce dossier »: the request, and the answers given."""
    found = dossier(request, reference)
    office = is_staff_here(request, found)
    asks = allowed(request, "reviewers.ask_challenge", found)
    if found.submitted_at is None or (office and not asks) or (request.method == "POST" and not asks):
        raise Http404
    today = timezone.localdate()
    form = ChallengeForm(request.POST or None, by_the_office=office)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.ask_challenge(
                application_pk=found.pk,
                **form.cleaned_data,
                at=timezone.now(),
                by=actor_for(request, Role.SECRETARIAT, Role.CASE_OFFICER)
                if office
                else actor_on(request, found),
            )
            messages.success(
                request, _("Votre demande est partie. Le déontologue y répond sous quelques jours.")
            )
            return redirect("application_challenge", found.reference)
    context = {
        "application": found,
        "form": form,
        "asks": asks,
        "office": office,
        "missing": missing_to_ask(found, on=today),
        "last_day": last_day_to_ask(found),
        "challenges": list(found.challenges.order_by("-pk")[:PAGE]),
    }
    return render(request, "reviewers/application_challenge.html", context)


@staff_required(Role.ETHICS_OFFICER, Role.SECRETARIAT)
def staff_challenges(request: HttpRequest) -> HttpResponse:
    """What waits for the ethics officer: recusals asked for, links to settle; then what was answered."""
    today = timezone.localdate()
    rows = visible_challenges(request, today).select_related(*RELATED)
    answered = rows.exclude(answer="").order_by("-pk")
    before = row_key(request.GET.get("avant", ""))
    if before is not None:
        answered = answered.filter(pk__lt=before)
    found = list(answered[: PAGE + 1])
    matches = LinkMatch.objects.to_settle(on=today).filter(structure__in=_structures(request, today))
    names = StaffMatch.objects.to_settle().exclude(person=person(request))
    names = names.filter(structure__in=_structures(request, today))
    waiting = rows.filter(answer="", application__state__in=Application.UNDER_WAY)
    context = {
        "waiting": list(waiting.order_by("asked_at", "pk")[:PAGE]),
        "matches": list(
            matches.select_related("link__mandate__user", "structure").order_by("found_at", "pk")[:PAGE]
        ),
        "names": list(names.select_related("person", "structure").order_by("found_at", "pk")[:PAGE]),
        "answered": found[:PAGE],
        "next_url": f"?avant={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "today": today,
    }
    return render(request, "reviewers/staff_challenges.html", context)


@staff_required(Role.ETHICS_OFFICER, Role.SECRETARIAT)
def staff_challenge(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what the association says, who sits on the panel, and the reasoned answer."""
    today = timezone.localdate()
    found = visible_challenges(request, today).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise Http404
    panel = list(
        Assignment.objects.filter(application=found.application_id, state__in=Assignment.LIVE)
        .select_related("mandate__user")
        .order_by("college", "pk")
    )
    answers = not found.answer and may(
        "reviewers.answer_challenge", request.user, found.application, on=today
    )
    if request.method == "POST" and not may(
        "reviewers.answer_challenge", request.user, found.application, on=today
    ):
        raise Http404
    form = _answer_form(request, found, panel) if answers or request.method == "POST" else None
    if request.method == "POST" and form is not None and form.is_valid() and _answer(request, found, form):
        return redirect("staff_challenges")
    context = {"challenge": found, "panel": panel, "form": form if answers else None, "today": today}
    return render(request, "reviewers/staff_challenge.html", context)


def visible_challenges(request: HttpRequest, on: date) -> Any:
    """The requests about the dossiers that this person may see that day."""
    dossiers: VisibleQuerySet[Application] = Application.objects.visible_to(person(request), on=on)
    return Challenge.objects.filter(application__in=dossiers.values("pk"))


def _structures(request: HttpRequest, on: date) -> Any:
    return Structure.objects.visible_to(person(request), on=on).values("pk")


def _answer_form(request: HttpRequest, found: Challenge, panel: list[Assignment]) -> AnswerForm:
    people = frozenset(row.user_id for row in panel)
    members = who_may_be_kept_away(found.application)
    return AnswerForm(request.POST or None, members=members, panel=people)


def _answer(request: HttpRequest, found: Challenge, form: AnswerForm) -> bool:
    """Do it; False when something is left to say."""
    data = form.cleaned_data
    with refusals(form):
        actions.answer_challenge(
            challenge_pk=found.pk,
            answer=data["answer"],
            mandate_pk=int(data["mandate"]) if data["mandate"] else None,
            at=timezone.now(),
            by=actor_for(request, Role.ETHICS_OFFICER).because(data["reason"]),
        )
        messages.success(request, _("La réponse est enregistrée, et l'association prévenue."))
        return True
    return False
