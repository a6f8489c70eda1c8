"""Who may read a report: officers and signatories who have nothing to do with its label."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from accounts.models import Role, User
from accounts.rules import roles_of
from feedback.rules import tied
from journal.visibility import audience, veto

SUBJECT = "feedback.report"
NOTHING = Q(pk__in=[])


@audience(SUBJECT, "signatories")
def signatories(user: User, on: date) -> Q:
    """All of them: they are told of a danger, and say which label is meant."""
    return Q(pk__isnull=False) if Role.SIGNATORY in roles_of(user, on=on) else NOTHING


@audience(SUBJECT, "officers")
def officers(user: User, on: date) -> Q:
    """Once it is known which label it is about, so that its usual officer is known too."""
    return Q(settled_at__isnull=False) if Role.CASE_OFFICER in roles_of(user, on=on) else NOTHING


@veto(SUBJECT, "usual_officer")
def usual_officer(user: User, on: date) -> Q:
    """Whoever runs or ran the file of that label reads neither the report nor who told it."""
    return tied(user, on=on)
