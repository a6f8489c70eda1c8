"""What a page answers when its script saves by itself: what is kept, what is to mend, or that it is too late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from journal.refusals import Missing

Conflicts = Sequence[Mapping[str, Any]]


def autosave_answer(
    request: HttpRequest,
    problem_forms: Iterable[forms.Form],
    *,
    at: datetime,
    tokens: Iterable[tuple[str, object]] = (),
    conflicts: Conflicts = (),
    scores: Sequence[tuple[str, Any, str]] = (),
    reasons: Sequence[Missing] = (),
) -> HttpResponse:
    """« Enregistré à … » with the new tokens, and only when nothing of the page was left out.

    422 with each error, to be put beside its field (E20); 409 with both texts (E11: `conflicts`, or `scores` changed
    elsewhere) or with why nothing can be kept.
    """
    wrong = [form for form in problem_forms if form.errors]
    count = sum(len(form.errors) for form in wrong)
    refused = bool(conflicts or scores or reasons)
    context = {
        "at": None if refused or wrong else at,
        "tokens": tokens,
        "conflicts": conflicts,
        "scores": scores,
        "reasons": reasons,
        "problem_forms": wrong,
        "count": count,
    }
    return render(
        request, "reviewers/parts/autosaved.html", context, status=409 if refused else 422 if wrong else 200
    )


def too_late(request: HttpRequest, *reasons: Missing) -> HttpResponse:
    """The short answer to a page that was left open when nothing more can be kept there (E30)."""
    return render(request, "label/parts/refused.html", {"reasons": reasons}, status=409)
