"""The thread of exchanges about one subject, on both sides, and the internal notes of the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.once import once
from accounts.rules import Claim, may
from journal.moves import Actor
from journal.refusals import NotAllowed
from letters import actions, files
from letters.forms import CallForm, MessageForm, NoteForm
from letters.models import Exchange, InternalNote, StoredFile
from letters.subjects import corresponds, role_for_association
from letters.visibility import READING_ROLES, readable_subject

WRITING_ROLES = (Role.CASE_OFFICER, Role.SECRETARIAT, Role.APPEAL_OFFICER)
LATEST = 200  # longer threads show their latest messages
FORMS: dict[str, Any] = {"message": MessageForm, "call": CallForm, "note": NoteForm}


@require_http_methods(["GET", "HEAD", "POST"])
@once
def exchanges(request: HttpRequest, subject: str) -> HttpResponse:
    """The association writes to the office and reads its answers."""
    now = timezone.now()
    record = _record(request, subject)
    claim = Claim(person(request), timezone.localdate(now))
    may_write = corresponds("writes", claim, record)
    form = MessageForm(prefix="message")
    if request.method == "POST" and may_write:
        form = MessageForm(request.POST, request.FILES, prefix="message")
        if form.is_valid():
            role = role_for_association(person(request), record, on=timezone.localdate(now))
            _write(record, "message", form.cleaned_data, now, Actor(person(request), role))
            messages.success(request, _("Votre message est envoyé. Nous vous répondons ici."))
            return redirect("exchanges", subject=subject)
    if request.method == "GET" and corresponds("reads", claim, record):
        actions.mark_read(record=record, side=Exchange.Side.ASSOCIATION, at=now)
    context = {"record": record, "subject": subject, "exchanges": latest(subject), "form": form}
    return render(request, "letters/exchanges_page.html", {**context, "may_write": may_write})


@staff_required(*READING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def staff_exchanges(request: HttpRequest, subject: str) -> HttpResponse:
    """The office writes, notes calls and visits, and keeps its own notes apart; other roles read.

    Not for somebody of the association itself.
    """
    now = timezone.now()
    record = _record(request, subject)
    claim = Claim(person(request), timezone.localdate(now))
    if corresponds("reads", claim, record):
        raise Http404
    may_write = may("letters.write_note", request.user, on=claim.on)
    if request.method == "POST" and not may_write:
        raise Http404
    bound = {name: form(prefix=name) for name, form in FORMS.items()}
    go = request.POST.get("go", "")
    if request.method == "POST" and go in FORMS:
        bound[go] = FORMS[go](request.POST, request.FILES, prefix=go)
        if bound[go].is_valid():
            _write(record, go, bound[go].cleaned_data, now, actor_for(request, *WRITING_ROLES))
            messages.success(request, _("C'est enregistré."))
            return redirect("staff_exchanges", subject=subject)
    if request.method == "GET" and may_write:
        actions.mark_read(record=record, side=Exchange.Side.OFFICE, at=now)
    context = {"record": record, "subject": subject, "exchanges": latest(subject), "forms": bound}
    context |= {"form": bound.get(go), "may_write": may_write}
    notes = InternalNote.objects.filter(subject=subject).select_related("author").order_by("-pk")[:LATEST]
    return render(request, "letters/staff_exchanges.html", {**context, "notes": notes})


def latest(subject: str) -> list[Exchange]:
    """The latest exchanges about a subject, oldest first, with authors and files."""
    found = Exchange.objects.filter(subject=subject).select_related("author").prefetch_related("files")
    return list(found.order_by("-pk")[:LATEST])[::-1]


def _record(request: HttpRequest, subject: str) -> Any:
    try:
        return readable_subject(subject, request.user, on=timezone.localdate())
    except LookupError as unknown:
        raise Http404 from unknown


def _write(record: Any, what: str, facts: dict[str, Any], at: datetime, by: Actor) -> None:
    try:
        with transaction.atomic():
            if what == "message":
                kept = _kept(record, facts["document"], at, by)
                actions.write_message(record=record, text=facts["text"], files=kept, at=at, by=by)
            elif what == "call":
                actions.record_call(record=record, at=at, by=by, **facts)
            else:
                actions.write_note(record=record, at=at, by=by, **facts)
    except NotAllowed as refused:
        raise Http404 from refused


def _kept(record: Any, upload: Any, at: datetime, by: Actor) -> list[StoredFile]:
    if upload is None:
        return []
    held = type(record).objects.hold(record.pk)
    return [files.store(upload=upload, subject=held, purpose="exchange", thread=held._thread, at=at, by=by)]
