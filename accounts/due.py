"""What the clock does for this room: what served to sign in is deleted when it serves no longer."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.codes import forget_old_codes
from accounts.once import forget_used_forms
from journal.ticks import each_tick


def forget_ended_sessions(at: datetime) -> int:
    """Delete sessions that ended and what was kept about them (network address, device); returns how many."""
    Session.objects.filter(expire_date__lte=at).delete()
    ended = UserSession.objects.filter(created_at__lte=at).exclude(
        session_key__in=Session.objects.values("session_key")
    )
    return ended.delete()[0]


each_tick("sign_in_codes")(forget_old_codes)
each_tick("used_forms")(forget_used_forms)
each_tick("sessions")(forget_ended_sessions)
