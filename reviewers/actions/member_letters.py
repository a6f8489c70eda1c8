"""The formal letters of a mandate: the call for interests (L15), the consent to hold the college (L18).

Both are edited by the service. A member reached by post gets them on paper; without an address, the office calls.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from journal.moves import Actor
from letters.actions import issue
from letters.models import Letter
from reviewers.addresses import home_of, is_on_paper
from reviewers.models import Mandate


def call_for_interests(
    *, mandate: Mandate, before: date, is_first: bool, at: datetime, by: Actor
) -> Letter | None:
    """L15: declare or confirm the links before a day, where help is, what happens without answer. The mandate is held.

    None when nobody writes to that person any more, or when no address is known for somebody reached by post.
    """
    return _write("L15", mandate, at=at, by=by, before=before, is_first=is_first)


def confirm_consent(*, mandate: Mandate, at: datetime, by: Actor) -> Letter | None:
    """L18: what is kept and published, how to take the consent back. The mandate is held; None as for L15."""
    return _write("L18", mandate, at=at, by=by)


def _write(code: str, mandate: Mandate, *, at: datetime, by: Actor, **extra: Any) -> Letter | None:
    user = mandate.user
    on_paper = is_on_paper(user)
    if user.never_contact or (on_paper and not home_of(user)):
        return None
    channel = Letter.Channel.POST if on_paper else Letter.Channel.ONLINE
    return issue(
        code, record=mandate, addressee=user, channel=channel, announced=False, at=at, by=by, **extra
    )
