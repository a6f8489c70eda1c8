"""The sitting as a file for one's own calendar: its place and time, nothing of its agenda."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.access import actor_for
from reviewers import session_mails
from reviewers.calendar_file import CONTENT_TYPE
from reviewers.views.sessions.access import (
    COMMITTEE,
    READERS,
    own_seat,
    page_of_session,
    visible_session,
)


def calendar(request: HttpRequest, reference: str, space: str = COMMITTEE) -> HttpResponse:
    """The .ics file of a session; a later one, as after a change, replaces the first in the calendar."""
    if space == COMMITTEE:
        own_seat(request)
    else:
        actor_for(request, *READERS)
    found = visible_session(request, reference)
    content = session_mails.calendar_of(found, at=timezone.now(), path=page_of_session(space, found))
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.ics"'
    return response
