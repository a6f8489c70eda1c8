"""The journal of a dossier: who did what and when, for the people of the Institute."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from accounts.rules import may
from desks.forms import JournalFilter
from desks.journal_words import ROLES, SUBJECTS, actor_words, event_words, handed_to_in, represented_in
from desks.keyset import Order, filters_of, key, page_of
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from journal.models import Event
from label.models import Application
from label.visibility import HANDLING_ROLES

ABOUT_A_LINK = ("recuse", "answer_link_statement", "answer_challenge", "settle_match")
BY_POSITION = Order(("position",), (key,), descending=True)


@staff_required(*HANDLING_ROLES)
def staff_journal(request: HttpRequest, reference: str) -> HttpResponse:
    """Every event of the thread of a dossier, the newest first."""
    dossier = _dossier(request, reference)
    form, events = _events(request, dossier)
    page = page_of(events, request, order=BY_POSITION)
    context = {
        "dossier": dossier,
        "form": form,
        "page": page,
        "rows": _told(page.rows, request),
        "file_url": reverse("staff_journal_file", args=[dossier.reference]) + filters_of(request),
    }
    return render(request, "desks/staff_journal.html", context)


@staff_required(*HANDLING_ROLES)
def staff_journal_file(request: HttpRequest, reference: str) -> HttpResponse:
    """The same events as a file."""
    dossier = _dossier(request, reference)
    _form, events = _events(request, dossier)
    found = list(events.order_by("-position")[:MAXIMUM_ROWS])
    lines = ((row["event"].at, row["words"], row["who"], row["reason"]) for row in _told(found, request))
    return spreadsheet("journal", [_("Date"), _("Fait"), _("Par"), _("Motif")], lines)


def _dossier(request: HttpRequest, reference: str) -> Application:
    visible = Application.objects.visible_to(person(request), on=timezone.localdate())
    found: Application | None = visible.select_related("structure").filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def _events(request: HttpRequest, dossier: Application) -> tuple[JournalFilter, QuerySet[Event]]:
    form = JournalFilter(request.GET, subjects=list(SUBJECTS.items()), roles=list(ROLES.items()))
    chosen = form.chosen()
    events = Event.objects.filter(thread=dossier.thread_id)
    if subject := chosen.get("sujet"):
        events = events.filter(subject__startswith=f"{subject}:")
    if role := chosen.get("role"):
        events = events.filter(role=role)
    return form, events.select_related("actor", "reason")


def _told(events: list[Event], request: HttpRequest) -> list[dict[str, Any]]:
    """Each event in words: what, who, and why as far as this person may read it."""
    reads_links = may("reviewers.read_link_statement", request.user, on=timezone.localdate())
    represented, handed_to = represented_in(events), handed_to_in(events)
    return [
        {
            "event": event,
            "words": event_words(event, handed_to),
            "who": actor_words(event, represented),
            "reason": _reason(event, reads_links=reads_links),
        }
        for event in events
    ]


def _reason(event: Event, *, reads_links: bool) -> str:
    """The reason as far as this person may read it: links are for the ethics officer and the secretariat."""
    reason = getattr(event, "reason", None)
    if reason is None or reason.erased_at or (event.move in ABOUT_A_LINK and not reads_links):
        return ""
    return str(reason.text)
