"""The result of the evaluation, once closed, and the opinion of the committee."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.rules import may
from label.models import Application
from label.questions import language
from reviewers import actions
from reviewers.actions.evaluations import first_round, latest
from reviewers.flags import by_criterion
from reviewers.forms import ADVICE, OpinionForm
from reviewers.models import AgendaItem, College, DiscussionPoint, Evaluation, Opinion
from reviewers.questions import asked_of
from reviewers.reopenings import reopened
from reviewers.scoring import display
from reviewers.views.access import refusals, staff_dossier


@staff_required(Role.SECRETARIAT, Role.CASE_OFFICER, Role.SIGNATORY, Role.ETHICS_OFFICER)
def opinion(request: HttpRequest, reference: str) -> HttpResponse:
    """Per theme, per college, what must be discussed; then the opinion that the secretariat writes."""
    found = staff_dossier(request, reference)
    evaluation, first = latest(found), first_round(found)
    records = found.state == Application.State.IN_DELIBERATION and may(
        "reviewers.record_opinion", request.user, found, on=timezone.localdate()
    )
    solutions = [(str(row.pk), row.name) for row in found.solutions.order_by("pk")]
    form = OpinionForm(request.POST or None, request.FILES or None, solutions=solutions) if records else None
    if request.method == "POST" and form is not None and form.is_valid():
        with refusals(form):
            _record(request, found, form.cleaned_data)
            messages.success(request, _("L'avis est enregistré. La décision peut être préparée."))
            return redirect("staff_opinion", found.reference)
    context = {
        "application": found,
        "structure": found.structure,
        "evaluation": evaluation,
        "result": result_of(found, evaluation) if evaluation else None,
        "first": result_of(found, first) if first and evaluation and evaluation.round == 2 else None,
        "discusses": found.state == Application.State.IN_DELIBERATION,
        "opinions": list(
            Opinion.objects.filter(application=found)
            .select_related("recorded_by", "item", "act__signed_by__user", "act__set_apart__user")
            .prefetch_related("item__experts")
            .order_by("-pk")
        ),
        "asked": asked_of([found.pk]),
        "reopened": reopened([found.pk]).get(found.pk, []),
        "form": form,
    }
    return render(request, "reviewers/staff_opinion.html", context)


def _record(request: HttpRequest, found: Application, data: dict[str, Any]) -> None:
    actions.record_opinion(
        application_pk=found.pk,
        kind=data["kind"],
        reasons=data["reasons"],
        conditions=data["conditions"].splitlines(),
        votes={name: data[f"votes_{name}"] for name in ("for", "against", "abstained")},
        present={code: data[f"present_{code}"] for code in College.values},
        minutes=data["minutes"],
        minority=data["minority"],
        absence_reasons=data["absence_reasons"],
        solutions=[int(pk) for pk in data["solutions"]],
        adopted_on=data["adopted_on"],
        at=timezone.now(),
        by=actor_for(request, Role.SECRETARIAT),
    )


def result_of(found: Application, evaluation: Evaluation | None) -> dict[str, Any] | None:
    """The frozen figures with their words, rounded for reading only; None before the evaluation is closed."""
    if evaluation is None:
        return None
    result, tongue = evaluation.result, language()
    edition = found.edition.data
    names = {row["code"]: row[tongue] for row in edition["criteria"]}
    return {
        "total": _shown(result["total"]),
        "proposal": ADVICE.get(result["proposal"] or ""),
        "valid": result["valid"],
        "axes": [(axis[tongue], _shown(result["axes"].get(axis["code"]))) for axis in edition["axes"]],
        "colleges": [
            (
                college.label,
                result["colleges"][college.value]["count"],
                _shown(result["colleges"][college.value]["total"]),
            )
            for college in College
        ],
        "flags": list(_flags(result["flags"], names)),
    }


def point_sentences(item: AgendaItem) -> list[tuple[DiscussionPoint, str]]:
    """The points to discuss of an item of an agenda, each in words, in one query."""
    tongue = language()
    data = getattr(item, "edition_data", None) or item.application.edition.data
    names = {row["code"]: row[tongue] for row in data["criteria"]}
    return [(point, _sentence(point, names)) for point in item.points.all()]


def _sentence(point: DiscussionPoint, names: dict[str, str]) -> str:
    flag = {"code": point.code, "criterion": point.criterion, "college": point.college}
    return next(_flags([flag], names))


def _flags(flags: list[dict[str, Any]], names: dict[str, str]) -> Iterator[str]:
    """What the session must discuss, in words (domain 6.7)."""
    said = by_criterion(flags)
    for code, texts in said.items():
        yield (f"{code} {names.get(code, '')} : " if code else "") + " ; ".join(texts)


def _shown(figure: str | None) -> Decimal | None:
    return display(Decimal(figure)) if figure is not None else None
