"""The second round (P18): a member reads their scores with those of the group; the secretariat opens and closes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.rules import may
from journal.moves import Actor
from journal.refusals import Missing
from label.models import Application
from label.views.saving import is_autosave
from reviewers import actions, campaign, second_round
from reviewers.actions.evaluations import first_round, latest
from reviewers.checklist import missing_to_open_discussion, missing_to_reread
from reviewers.flags import by_criterion
from reviewers.forms import verdict_of
from reviewers.grid import Criterion, criteria
from reviewers.models import Assignment, Score
from reviewers.round_forms import BACK, KEEP, RereadForm, both_choices, reread_form
from reviewers.second_round import Line
from reviewers.views.access import as_member, open_dossier, own_mandate, refusals, staff_dossier, tell
from reviewers.views.autosaves import autosave_answer, too_late

State = Assignment.State


def reread(request: HttpRequest, pk: int) -> HttpResponse:
    """P18: the criteria to discuss first, the scores of the group, « Je garde ma note » or « Je change »."""
    found = open_dossier(request, pk, State.REOPENED, State.FINAL)
    if found.reopened_at is None:
        raise Http404
    rows = criteria(found.application.edition, found.snapshot)
    scores = panel_scores(request, found.application)
    posted = request.POST if request.method == "POST" else None
    forms = choice_forms(found, rows, scores, posted)
    reasons: list[Missing] = []
    if posted is not None:
        save = _autosave if is_autosave(request) else _save
        page = save(request, found, list(forms.values()), reasons)
        if page is not None:
            return page
    lines = lines_to_reread(found, rows, scores, mine=found)
    context = {"assignment": found, "reasons": reasons, **shown(found, lines, forms)}
    return render(request, "reviewers/reread.html", context, status=409 if context["conflicts"] else 200)


def panel_scores(request: HttpRequest, application: Application) -> list[Score]:
    """The scores of the panel, both rounds, that this person may read today."""
    visible = Score.objects.visible_to(person(request), on=timezone.localdate())
    rows = visible.filter(assignment__application=application, assignment__state__in=Assignment.COUNTED)
    return list(rows.select_related("assignment").order_by("assignment_id", "round", "pk"))


def choice_forms(
    found: Assignment, rows: Sequence[Criterion], scores: list[Score], posted: Any
) -> dict[str, RereadForm]:
    """What the member of that evaluation may choose, criterion by criterion, with what is kept or was sent."""
    own = {(one.criterion, one.round): one for one in scores if one.assignment_id == found.pk}
    return {
        row.code: reread_form(row, own.get((row.code, 1)), own.get((row.code, 2)), posted) for row in rows
    }


def lines_to_reread(
    found: Assignment,
    rows: Sequence[Criterion],
    scores: list[Score],
    *,
    mine: Assignment | None,
    me: str = "",
) -> list[Line]:
    """The scores of the panel, criterion by criterion, with what the first round gives to discuss."""
    evaluation = first_round(found.application)
    reasons = by_criterion(evaluation.result["flags"]) if evaluation else {}
    return second_round.lines(rows, scores, reasons, mine=mine, me=me)


def shown(found: Assignment, lines: list[Line], forms: dict[str, RereadForm]) -> dict[str, Any]:
    """What a page with the lines to reread shows."""
    evaluation = first_round(found.application)
    discussed = found.application.state == Application.State.IN_DELIBERATION
    return {
        "to_discuss": [{"line": one, "form": forms[one.row.code]} for one in lines if one.reasons],
        "others": [{"line": one, "form": forms[one.row.code]} for one in lines if not one.reasons],
        "is_open": found.state == State.REOPENED and discussed,
        "whole": by_criterion(evaluation.result["flags"]).get("", []) if evaluation else [],
        "conflicts": both_choices(forms.values()),
        "problem_forms": list(forms.values()),
        "has_errors": any(form.is_bound and form.errors for form in forms.values()),
    }


def _save(
    request: HttpRequest, found: Assignment, forms: list[RereadForm], reasons: list[Missing]
) -> HttpResponse | None:
    """Keep each choice that was touched; None when the page must be shown again, with all that was typed."""
    if not are_valid(forms) or not keep_choices(found, forms, at=timezone.now(), by=as_member(request)):
        return None
    if request.POST.get("go") == "finish":
        with refusals(into=reasons):
            actions.finish_rereading(assignment_pk=found.pk, at=timezone.now(), by=as_member(request))
            messages.success(request, _("Votre relecture est terminée. Merci."))
            return redirect("committee_reread", found.pk)
        return None
    messages.success(request, _("Vos choix sont enregistrés. Vous pouvez encore les changer."))
    return redirect("committee_reread", found.pk)


def _autosave(
    request: HttpRequest, found: Assignment, forms: list[RereadForm], reasons: list[Missing]
) -> HttpResponse:
    """Keep each choice that is whole, by itself; what is not yet is said beside its field."""
    reasons += missing_to_reread(found, on=timezone.localdate())
    if reasons:
        return too_late(request, *reasons)
    tokens: list[tuple[str, object]] = []
    for form in forms:
        if form.is_valid() and form.is_touched:
            with refusals(form):
                kept = _keep(found, form, at=timezone.now(), by=as_member(request))
                tokens += [(form.add_prefix("version"), kept.version)] if kept else []
    conflicts = both_choices(forms)
    return autosave_answer(request, forms, at=timezone.now(), tokens=tokens, conflicts=conflicts)


def are_valid(forms: Iterable[Form]) -> bool:
    """Whether all are; each is read, so that each says what is to mend."""
    return not sum(not form.is_valid() for form in forms)


def keep_choices(found: Assignment, forms: list[RereadForm], *, at: datetime, by: Actor) -> bool:
    """Keep every choice that was touched, or none: then False, with each reason beside its field, or both texts."""
    with transaction.atomic():
        for form in forms:
            if form.is_touched:
                with refusals(form):
                    _keep(found, form, at=at, by=by)
        if any(form.errors or form.theirs for form in forms):
            transaction.set_rollback(True)
            return False
    return True


def _keep(found: Assignment, form: RereadForm, *, at: datetime, by: Actor) -> Score | None:
    """The choice as it is kept; None when another page changed it meanwhile: the form then knows both (E11)."""
    data = form.cleaned_data
    common: dict[str, Any] = {
        "assignment_pk": found.pk,
        "criterion": form.row.code,
        "version": form.version_read,
    }
    try:
        if data["choice"] in (KEEP, BACK):
            return actions.keep_score(**common, first=data["choice"] == BACK, at=at, by=by)
        verdict, value = verdict_of(data["note"])
        return actions.change_score(
            **common, verdict=verdict, value=value, reason=data["reason"], at=at, by=by
        )
    except actions.StaleScore as stale:
        form.theirs = stale.theirs
        return None


@staff_required(Role.SECRETARIAT, Role.CASE_OFFICER, Role.ETHICS_OFFICER)
def discussion(request: HttpRequest, reference: str) -> HttpResponse:
    """Where the discussion stands, by pseudonym; the secretariat opens and closes it and reads the scores."""
    found = staff_dossier(request, reference)
    if request.method == "POST":
        reasons: list[Missing] = []
        with refusals(into=reasons):
            messages.success(request, _act(request, found))
            return redirect("staff_discussion", found.reference)
        tell(request, reasons)
    visible = Assignment.objects.visible_to(person(request), on=timezone.localdate())
    panel = list(visible.filter(application=found, state__in=Assignment.LIVE).order_by("college", "pk"))
    runs = may("reviewers.run_discussion", request.user, found, on=timezone.localdate())
    missing = missing_to_open_discussion(found, panel)
    evaluation, scores = latest(found), panel_scores(request, found) if runs else []
    flags = by_criterion(evaluation.result["flags"]) if evaluation else {}
    rows = criteria(found.edition, found.snapshot) if found.snapshot else []
    context = {
        "application": found,
        "panel": panel,
        "lines": second_round.lines(rows, scores, flags) if scores else [],
        "missing": missing,
        "opens": runs and not missing,
        "closes": runs and any(one.state == State.REOPENED for one in panel),
        "runs": runs,
    }
    return render(request, "reviewers/staff_discussion.html", context)


def _act(request: HttpRequest, found: Application) -> str:
    now, by = timezone.now(), actor_for(request, Role.SECRETARIAT)
    match request.POST.get("go", ""):
        case "open":
            actions.open_discussion(application_pk=found.pk, at=now, by=by)
            return _("La discussion est ouverte : les membres sont prévenus.")
        case "close":
            again = actions.end_discussion(application_pk=found.pk, at=now, by=by)
            if again is None:
                return _("La discussion est close. Aucune note n'a changé.")
            return _("La discussion est close. Le résultat du second tour est calculé.")
    raise Http404


def my_scores(request: HttpRequest) -> HttpResponse:
    """How far one's scores stand from those of the others, for oneself alone: a help to read, never a mark."""
    own_mandate(request)
    context = {"own": campaign.own_deviation(person(request), on=timezone.localdate())}
    return render(request, "reviewers/my_scores.html", context)
