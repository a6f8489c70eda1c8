"""A filed dossier that tells the health of a person: a document is set apart then deleted, a passage is masked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.rules import may
from journal.refusals import Blocked
from label import actions
from label.forms.health_data import DeletionForm, MaskingForm
from label.masking import names_of
from label.models import Application, Document, Masking
from structures.forms import add_reasons

OFFICE = (Role.CASE_OFFICER, Role.SECRETARIAT)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*OFFICE)
def staff_documents(request: HttpRequest, reference: str) -> HttpResponse:
    """Each document of the dossier, what became of it, and the next act when it holds health data."""
    found = _dossier(request, reference, "label.set_document_apart")
    sent: dict[int, DeletionForm] = {}
    if request.method == "POST":
        document = get_object_or_404(found.documents, pk=_key(request.POST.get("document", "")))
        form = DeletionForm(request.POST, document_pk=document.pk)
        if _act(request, found, document, form):
            return redirect("staff_documents", found.reference)
        sent[document.pk] = form
    rows = [
        {"document": one, "form": sent.get(one.pk) or DeletionForm(document_pk=one.pk)}
        for one in found.documents.select_related("file").order_by("pk")
    ]
    context = {"application": found, "rows": rows, "form": next(iter(sent.values()), None)}
    return render(request, "label/staff_documents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*OFFICE)
def staff_masking(request: HttpRequest, reference: str) -> HttpResponse:
    """What was taken out of the dossier, and the passage to take out now."""
    found = _dossier(request, reference, "label.mask_passage")
    if found.snapshot_id is None:
        raise Http404
    form = MaskingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _mask(request, found, form):
        return redirect("staff_masking", found.reference)
    done = Masking.objects.filter(snapshot=found.snapshot_id).select_related("event__actor")
    rows = [(one, names_of(found, one.places)) for one in done.order_by("-number")]
    return render(request, "label/staff_masking.html", {"application": found, "form": form, "rows": rows})


def _dossier(request: HttpRequest, reference: str, permission: str) -> Application:
    today = timezone.localdate()
    visible = Application.objects.visible_to(request.user, on=today)
    found: Application = get_object_or_404(
        visible.select_related("structure", "edition"), reference=reference
    )
    if not may(permission, request.user, found, on=today):
        raise Http404
    return found


def _mask(request: HttpRequest, found: Application, form: MaskingForm) -> bool:
    try:
        actions.mask_passage(
            application_pk=found.pk, **form.cleaned_data, at=timezone.now(), by=actor_for(request, *OFFICE)
        )
    except Blocked as blocked:
        add_reasons(form, blocked)
        return False
    messages.success(request, _("Passage retiré partout où il était. Un message le dit à l'association."))
    return True


def _key(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def _act(request: HttpRequest, found: Application, document: Document, form: DeletionForm) -> bool:
    facts: dict[str, Any] = {"application_pk": found.pk, "document_pk": document.pk, "at": timezone.now()}
    by = actor_for(request, *OFFICE)
    if request.POST.get("go") == "apart":
        actions.set_document_apart(**facts, by=by)
        messages.success(request, _("Document mis de côté. Un message demande une version propre."))
        return True
    if not form.is_valid():
        return False
    try:
        actions.delete_document(**facts, breach_check=form.cleaned_data["breach_check"], by=by)
    except Blocked as blocked:
        add_reasons(form, blocked)
        return False
    messages.success(request, _("Document supprimé. La trace reste dans le journal."))
    return True
