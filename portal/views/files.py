"""Is this file the certificate that the Institute gave? Dropped by anybody, kept nowhere."""

from __future__ import annotations

from codecs import BOM_UTF8 as BOM
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from certificates.credential import baking
from certificates.credential import checking as credential
from certificates.seal import checking as seal
from journal.numbering import InvalidNumber
from portal.forms import FileForm, NumberForm, read_number
from portal.verification import complete, heading_of
from portal.words import NO_LABEL, OF_A_FILE, PANELS, sentence

# What is not answered now: with which status, and in how many seconds to come back.
LATER = {"busy": (503, "60"), "too_many": (429, "600")}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a file, and the number that it bears."""

    code: str
    number: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether the Institute gave it: the state of its number is then that of the file."""
        return self.code in {"genuine", "carried", "replaced"}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest) -> HttpResponse:
    """The field, then two sentences apart: what the file is, what its label is today."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    now = timezone.now()
    context: dict[str, Any] = {"form": form, "number_form": NumberForm(), "checked_at": now}
    if form.is_bound and form.is_valid():
        context |= _said(_answer(request, form.cleaned_data["certificat"], now), now)
    response = render(request, "portal/verify_file.html", context)
    response["Cache-Control"] = "no-store"
    if "answer" in context and (later := LATER.get(context["answer"].code)):
        response.status_code, response["Retry-After"] = later
    return response


def _said(answer: Answer, now: datetime) -> dict[str, Any]:
    """The panel of the file, and that of its label; a genuine file of a label that is not valid is never green."""
    today = _today(answer.number, now)
    state = today.get("state")
    if answer.is_ours and state is None:
        return {"answer": answer, "panel": PANELS["on_its_way"], "say": NO_LABEL["on_its_way"]}
    panel = PANELS[answer.code]
    if answer.is_ours and state is not None and state.tone != "ok":
        panel = replace(panel, tone=state.tone, icon=state.icon)
    return {"answer": answer, "panel": panel, "say": OF_A_FILE[answer.code], **today}


def _answer(request: HttpRequest, content: bytes, now: datetime) -> Answer:
    text = baking.carried(content)
    if text is not None or content.removeprefix(BOM).lstrip()[:1] == b"{":
        written = content.decode("utf-8-sig", errors="replace") if text is None else text
        found = credential.check(written, on=timezone.localdate(now))
        # Anybody draws what he likes around a credential: of a badge, only what it carries is answered for.
        code = "carried" if found.code == "genuine" and text is not None else found.code
        return Answer("not_ours" if code == "unknown" else code, found.number)
    checked = seal.recognised(content)
    if checked is None:
        # Only a file that we did not issue costs anything: what we issued is answered whoever asks and how often.
        if not ratelimit.consume(request, action="inspect_file"):
            return Answer("too_many")
        try:
            checked = seal.inspected(content)
        except seal.Busy:
            return Answer("busy")
    return Answer(checked.verdict, checked.number)


def _today(number: str, now: datetime) -> dict[str, Any]:
    """The state today of the number that a file bears; nothing when the public may know of none."""
    try:
        heading = heading_of(read_number(number).canonical) if number else None
    except InvalidNumber:
        heading = None
    if heading is None or heading.is_on_its_way:
        return {}
    public = complete(heading)
    status = public.status(timezone.localdate(now))
    return {"number": heading.number, "state": PANELS[status.code], "told": sentence(public, status)}
