"""6 Preuves par critère: one page per theme, with the documents that show its criteria."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.once import once
from journal.keys import row_key
from journal.moves import Actor
from journal.refusals import Blocked
from label import actions
from label.forms.answers import EvidenceForm
from label.models import Application, Document
from label.questions import BY_KEY, Question, axes_of, questions_in
from label.views.access import actor_on, told
from label.views.saving import (
    Saved,
    autosaved,
    before_of,
    editable,
    is_autosave,
    onwards,
    optional_of,
    page_of,
    rows_of,
    save_posted,
    told_refusal,
)
from letters.scans import waits


@told("application")
def evidence(request: HttpRequest, reference: str, axis: str) -> HttpResponse:
    """6 Preuves par critère: one theme, its criteria, the documents that show them."""
    found = editable(request, reference)
    if axis not in {row["code"] for row in axes_of(found)}:
        raise Http404
    questions = [
        question
        for question in questions_in(found.edition, "evidence")
        if question.criterion.split(".")[0] == axis
    ]
    if request.method != "POST":
        rows, before = rows_of(found, questions), before_of(found, questions)
        form = EvidenceForm(questions, live_documents(found), rows, optional_of(found), before=before)
        return _evidence_page(request, found, axis, form)
    now, by = timezone.now(), actor_on(request, found)
    saved = save_posted(request, found, questions, at=now, by=by)
    if saved.refusal is None:
        _link(found, questions, request, at=now, by=by)
    if is_autosave(request):
        return autosaved(request, saved, at=now)
    rows, kept = rows_of(found, questions), saved.kept_tokens(request.POST)
    before = before_of(found, questions)
    form = EvidenceForm(
        questions, live_documents(found), rows, optional_of(found), request.POST, kept, before=before
    )
    added = _add_document(request, found, told_refusal(form, saved), at=now, by=by)
    if saved.conflicts or not form.is_valid():
        return _evidence_page(request, found, axis, form, saved)
    return added or _onwards(request, found, axis)


def _onwards(request: HttpRequest, found: Application, axis: str) -> HttpResponse:
    """The next theme, or what follows every page of the draft."""
    codes = [row["code"] for row in axes_of(found)]
    following = codes[codes.index(axis) + 1 :]
    if request.POST.get("go") == "continue" and following:
        return redirect("application_evidence", found.reference, following[0])
    return onwards(request, found, BY_KEY["evidence"])


def live_documents(found: Application) -> list[Document]:
    """The documents of the dossier."""
    return list(found.documents.filter(removed_at=None).select_related("file").order_by("pk"))


def _link(
    found: Application, questions: Sequence[Question], request: HttpRequest, *, at: datetime, by: Actor
) -> None:
    """Save the boxes that were changed on this page; an old page never unticks what another one ticked."""
    for question in questions:
        before = request.POST.get(f"ticked_{question.key}")
        now = request.POST.getlist(f"documents_{question.key}")
        if before is None or ",".join(now) == before:
            continue
        keys = [key for key in map(row_key, now) if key is not None]
        actions.link_documents(
            application_pk=found.pk, criterion=question.criterion, document_pks=keys, at=at, by=by
        )


@once
def _add_document(
    request: HttpRequest,
    found: Application,
    form: EvidenceForm,
    *,
    at: datetime,
    by: Actor,
) -> HttpResponse | None:
    """Add the uploaded document and lead to it; else what is wrong is said beside the field, the answers are kept."""
    upload = request.FILES.get("upload")
    description = str(request.POST.get("description", "")).replace("\x00", "").strip()
    if upload is None:
        if request.POST.get("go") == "add_document" and description:
            form.add_error("upload", _("Choisissez un fichier."))
        return None
    if not description or len(description) > 200:
        form.add_error("description", _("Décrivez ce document en une ligne, 200 caractères au plus."))
        return None
    try:
        actions.add_document(application_pk=found.pk, upload=upload, description=description, at=at, by=by)
    except ValidationError as error:
        form.add_error("upload", error)
        return None
    except Blocked as refusal:
        form.add_error("upload", [str(reason.text) for reason in refusal.reasons])
        return None
    messages.success(request, _("Le document est ajouté. Cochez les critères qu'il montre."))
    return redirect(request.path + "#documents")


def _evidence_page(
    request: HttpRequest, found: Application, axis: str, form: EvidenceForm, saved: Saved | None = None
) -> HttpResponse:
    axes = axes_of(found)
    return render(
        request,
        "label/evidence.html",
        page_of(
            found,
            BY_KEY["evidence"],
            form=form,
            axes=axes,
            place=[row["code"] for row in axes].index(axis) + 1,
            axis=next(row for row in axes if row["code"] == axis),
            documents=[(one, waits(one.file)) for one in live_documents(found)],
            conflicts=saved.conflicts if saved else [],
            autosave_url=request.path,
        ),
    )
