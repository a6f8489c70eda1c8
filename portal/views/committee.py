"""The committee as its members chose to be known, and what it said in session: nobody is named who did not ask."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from letters.pdf import render_document
from reviewers.minutes import extract_blocks, extract_title
from reviewers.models import Mandate, Minutes, Publication, Session

MOST = 500
MOST_SESSIONS = 24  # six years of plenary sessions


@login_not_required
@require_safe
def public_committee(request: HttpRequest) -> HttpResponse:
    """One list by name, the college only beside those who chose it: no group and no count tells the others'."""
    found = Mandate.objects.published_on(timezone.localdate()).select_related("user")
    rows = [
        {
            "name": one.public_name,
            "college": one.get_college_display() if one.publication == Publication.NAME_AND_COLLEGE else "",
        }
        for one in found[:MOST]
    ]
    rows.sort(key=lambda row: row["name"].casefold())
    sessions = Session.objects.filter(state=Session.State.MINUTES_APPROVED).order_by("-sits_at", "-pk")
    return render(request, "portal/committee.html", {"rows": rows, "sessions": sessions[:MOST_SESSIONS]})


@login_not_required
@require_safe
def public_session(request: HttpRequest, reference: str) -> HttpResponse:
    """The public extract of the minutes of one session, made that day; an opinion enters it once its act is told."""
    minutes = _approved(reference)
    blocks = extract_blocks([minutes.record], on=timezone.localdate())
    return render(
        request,
        "portal/session.html",
        {"session": minutes.session, "record": minutes.record, "blocks": blocks},
    )


@login_not_required
@require_safe
def public_session_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The same extract as a PDF."""
    minutes, now = _approved(reference), timezone.now()
    content = render_document(
        extract_title(minutes.record),
        extract_blocks([minutes.record], on=timezone.localdate(now)),
        reference=minutes.session.reference,
        dated=now,
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="extrait-{minutes.session.reference}.pdf"'
    return answer


def _approved(reference: str) -> Minutes:
    """The minutes of that session once approved; before that the public knows nothing of it."""
    found = Minutes.objects.filter(
        session__reference=reference.upper(), session__state=Session.State.MINUTES_APPROVED
    )
    minutes: Minutes | None = found.select_related("session").first()
    if minutes is None:
        raise Http404
    return minutes
