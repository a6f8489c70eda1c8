"""Files and PDFs: always as an attachment, only for those who may see what they are about."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import person
from accounts.rules import may
from letters import pdfs, scans
from letters.actions import open_online
from letters.models import Letter, StoredFile
from letters.views.letters import opener
from letters.visibility import may_see_file, may_see_letter


@require_safe
def stored_file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Download a file; while the antivirus looks at it only the sender may."""
    stored = get_object_or_404(StoredFile, pk=pk)
    if not may_see_file(stored, request.user, on=timezone.localdate()):
        raise Http404
    if scans.waits(stored) and stored.uploaded_by_id != request.user.pk:
        return render(request, "letters/file_waiting.html", {"file": stored}, status=409)
    return attached(stored)


@require_safe
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Download a letter, made at once when it is not there yet; for the addressee this is reading it."""
    now = timezone.now()
    letter = get_object_or_404(Letter, pk=pk)
    if not may_see_letter(letter, request.user, on=timezone.localdate(now)):
        raise Http404
    if request.method == "GET" and may(
        "letters.open_letter", request.user, letter, on=timezone.localdate(now)
    ):
        open_online(letter_pk=letter.pk, at=now, by=opener(person(request), letter, now))
    stored = pdfs.make(letter.pk, at=now)
    if stored is None:
        raise Http404
    return attached(stored)


def attached(stored: StoredFile) -> FileResponse:
    """The bytes as an attachment that no browser may guess the kind of or keep."""
    response = FileResponse(
        stored.content.open("rb"), as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
