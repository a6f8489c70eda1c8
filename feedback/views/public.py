"""« Signaler un problème »: no account, no name needed; the page of one report opens with its number and its code."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import network_of
from feedback import actions
from feedback.actions.filing import Told, anybody
from feedback.codes import found_with, plain
from feedback.forms import FollowForm, ReportForm, label_of
from feedback.models import Report
from journal.numbering import InvalidNumber, parse_number
from journal.refusals import Blocked
from letters import pdfs, rendering
from letters.shown import letter_as_page
from letters.views.documents import attached

COOKIE = "signalement"  # number and code, signed, in this browser alone: never in an address, never in our database
KEPT = timedelta(minutes=30)
FORM_KEY = re.compile(r"[0-9a-f]{32}")


def private(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open to everybody, kept by no cache, its address told to no other site."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = (
            "same-origin"  # without any, browsers say no origin and our forms are refused
        )
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


@private
@require_http_methods(["GET", "HEAD", "POST"])
def report_problem(request: HttpRequest) -> HttpResponse:
    """P34: how do I tell, safely?"""
    asked = request.GET.get("numero", "")[:64]
    label = label_of(asked) if asked else None
    data = request.POST if request.method == "POST" else None
    form = ReportForm(data, initial={"label": label.number if label else asked})
    if data is not None:
        label = label_of(data.get("label", "")[:64])
        if form.is_valid() and (answer := _sent(request, form)):
            return answer
    key = request.POST.get("key", "")
    context = {
        "form": form,
        "known": label,
        "key": key if FORM_KEY.fullmatch(key) else secrets.token_hex(16),
    }
    status = 429 if form.non_field_errors() else 200
    return render(request, "feedback/report_problem.html", context, status=status)


def _sent(request: HttpRequest, form: ReportForm) -> HttpResponse | None:
    key = request.POST.get("key", "")
    told = Told(
        **form.cleaned_data,
        network=network_of(request),
        form_key=key if FORM_KEY.fullmatch(key) else secrets.token_hex(16),
    )
    try:
        report, code = actions.file_report(told=told, at=timezone.now(), by=anybody())
    except Blocked as blocked:
        for reason in blocked.reasons:
            form.add_error(reason.code if reason.code in form.fields else None, str(reason.text))
        return None
    return _opened(report.reference, code, is_new=True)


def _opened(reference: str, code: str, *, is_new: bool) -> HttpResponse:
    """To the page of the report; the browser keeps the code for half an hour."""
    response = redirect("report_page", reference=reference)
    response.set_signed_cookie(
        COOKIE,
        f"{reference} {code} {'new' if is_new else ''}".strip(),
        salt=COOKIE,
        max_age=KEPT,
        path=reverse("report_problem"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


@private
@require_http_methods(["GET", "HEAD", "POST"])
def report_follow(request: HttpRequest) -> HttpResponse:
    """The number and the code lead to the page of the report; what is wrong is not told apart."""
    data = request.POST if request.method == "POST" else None
    form = FollowForm(data, initial={"reference": request.GET.get("numero", "")[:64]})
    if data is not None and form.is_valid():
        reference, code = _canonical(form.cleaned_data["reference"]), plain(form.cleaned_data["code"])
        if found_with(reference=reference, code=code) is not None:
            return _opened(reference, code, is_new=False)
        form.add_error("code", _("Ce numéro et ce code ne vont pas ensemble. Recopiez-les, ou appelez-nous."))
    return render(request, "feedback/follow.html", {"form": form})


@private
@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of one report, confirmation included, for the browser that holds its code; else it is asked for."""
    report, code, is_new = _held(request, reference)
    if request.method == "POST" and request.POST.get("go") == "forget":
        response = redirect("report_follow")
        response.delete_cookie(COOKIE, path=reverse("report_problem"))
        return response
    if report is None:
        return redirect(f"{reverse('report_follow')}?numero={quote(_canonical(reference))}")
    letter = actions.open_answer(report_pk=report.pk, code=code, at=timezone.now(), by=anybody())
    first = report.duplicate_of or report
    context = {
        "report": report,
        "state": first.state,
        "code": code if is_new else "",
        "before": report.received_on + timedelta(days=settings.REPORT_ANSWER_DAYS),
        "waits": first.state in Report.NEW,
        "letter": letter,
        **(letter_as_page(rendering.from_data(letter.content)) if letter else {}),
    }
    return render(request, "feedback/report_page.html", context)


@private
@require_safe
def report_answer_pdf(request: HttpRequest, reference: str) -> FileResponse:
    """The answer as a PDF, for the browser that holds the code."""
    report, code, _is_new = _held(request, reference)
    if report is None:
        raise Http404
    letter = actions.open_answer(report_pk=report.pk, code=code, at=timezone.now(), by=anybody())
    stored = pdfs.make(letter.pk, at=timezone.now()) if letter else None
    if stored is None:
        raise Http404
    return attached(stored)


def _held(request: HttpRequest, reference: str) -> tuple[Report | None, str, bool]:
    """The report whose number and code this browser holds, if it is that one; its code, whether it is just sent."""
    kept = str(request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=KEPT))
    number, _space, rest = kept.partition(" ")
    code, _space, mark = rest.partition(" ")
    if not number or number != _canonical(reference):
        return None, "", False
    return found_with(reference=number, code=code), code, mark == "new"


def _canonical(reference: str) -> str:
    try:
        return parse_number(reference).canonical
    except InvalidNumber:
        return reference[:64]
