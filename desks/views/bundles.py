"""« Dossier contentieux » and « dossier communicable » of one decision: what they hold, then the file."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.rules import may, require
from decisions.models import Decision
from desks.bundle import Part, bundle_pdf, mask_of, masked, originals_of, parts_of
from desks.bundle.masking import HEALTH, texts_of
from desks.forms import MaskForm
from journal.moves import Actor, append, subject_key
from label.models import Application
from letters.typography import french_datetime

MAKERS = (Role.SIGNATORY, Role.APPEAL_OFFICER, Role.SECRETARIAT)
COURT, OPEN = "court_bundle", "communicable_bundle"  # as the journal names them
NAMES = {COURT: "dossier-contentieux", OPEN: "dossier-communicable"}


@staff_required(*MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """What the bundle of a decision holds; a post gives the PDF or the original files, and the journal notes it."""
    now = timezone.now()
    decision, application = _found(request, pk, now)
    with translation.override("fr"):
        parts = parts_of(decision)
    go = request.POST.get("go", "")
    if request.method == "POST" and go == "pdf":
        title = "Dossier contentieux"
        notes = [_about(decision, application), _made(request, now)]
        return _released(request, decision, COURT, _pdf(title, application, parts, notes, now), now)
    if request.method == "POST" and go == "originals":
        return _released(request, decision, COURT, originals_of(parts), now, kind="zip")
    if request.method == "POST":
        raise Http404
    context = {"decision": decision, "application": application, "parts": parts}
    return render(request, "desks/staff_bundle.html", context)


@staff_required(*MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_communicable(request: HttpRequest, pk: int) -> HttpResponse:
    """Every text as it would be communicated; words are added until a person has read all of it and releases it."""
    now = timezone.now()
    decision, application = _found(request, pk, now)
    with translation.override("fr"):
        whole = parts_of(decision)
        mask = mask_of(decision)
    form = MaskForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        form.is_valid()
        mask = mask.with_words(form.cleaned_data.get("words", []))
    parts = masked(whole, mask)
    if request.method == "POST" and request.POST.get("go") == "release" and form.may_release():
        title = "Dossier communicable"
        notes = [
            _about(decision, application),
            "Les noms des personnes, les moyens de les joindre et ce qui touche à leur santé sont masqués "
            "(code des relations entre le public et l'administration, article L. 311-6).",
        ]
        return _released(request, decision, OPEN, _pdf(title, application, parts, notes, now), now)
    context = {
        "decision": decision,
        "application": application,
        "form": form,
        "parts": [_to_read(number, part) for number, part in enumerate(parts, 1)],
        "hidden": len(mask.names),
    }
    return render(request, "desks/staff_communicable.html", context)


def _to_read(number: int, part: Part) -> dict[str, Any]:
    texts = list(texts_of(part))
    doubtful = sorted({found[0].lower() for text in texts for found in HEALTH.finditer(text)})
    return {"number": number, "title": part.title, "texts": texts[1:], "doubtful": doubtful}


def _found(request: HttpRequest, pk: int, now: datetime) -> tuple[Decision, Application]:
    """The act, for who may see it and its dossier: a link with the association closes both."""
    on = timezone.localdate(now)
    decision = get_object_or_404(Decision.objects.visible_to(request.user, on=on), pk=pk)
    dossiers = Application.objects.visible_to(request.user, on=on).select_related("structure", "snapshot")
    application = get_object_or_404(dossiers, pk=decision.application_id)
    if not may("decisions.make_bundle", request.user, application, on=on):
        raise Http404
    return decision, application


def _pdf(title: str, application: Application, parts: list[Part], notes: list[str], now: datetime) -> bytes:
    with translation.override("fr"):
        return bundle_pdf(title, application.reference, parts, notes=notes, at=now)


def _about(decision: Decision, application: Application) -> str:
    return f"{decision.get_kind_display()} – {application.structure.name} – dossier {application.reference}."


def _made(request: HttpRequest, now: datetime) -> str:
    return f"Fabriqué le {french_datetime(now)} par {person(request).get_full_name()}. Confidentiel."


@transaction.atomic
def _released(
    request: HttpRequest, decision: Decision, what: str, content: bytes, now: datetime, *, kind: str = "pdf"
) -> HttpResponse:
    """The file, kept by nobody here; the journal keeps who took it, and its digest."""
    by: Actor = actor_for(request, *MAKERS)
    require("decisions.make_bundle", by, decision.application, on=timezone.localdate(now))
    held = Decision.objects.hold(decision.pk)
    digest = hashlib.sha256(content).hexdigest()
    append(held._thread, subject=subject_key(held), move=what, snapshot=digest, at=now, by=by)
    response = HttpResponse(content, content_type=f"application/{kind}")
    name = f"{NAMES[what]}-{decision.pk}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
