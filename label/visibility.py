"""Who may see a dossier: the members of its structure and the people of the Institute who handle dossiers.

The technical administrator and the data protection officer see none. Reviewers add their own audiences.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from accounts.models import Role, User
from accounts.rules import roles_of
from journal.visibility import audience
from label import notification
from label.lifecycle import ApplicationLifecycle
from label.models import PaperEntry
from structures.models import Membership

SUBJECT = "label.application"
HANDLING_ROLES = frozenset(
    {Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY, Role.ETHICS_OFFICER, Role.APPEAL_OFFICER}
)
NOTHING = Q(pk__in=[])


@audience(SUBJECT, "members")
def members(user: User, on: date) -> Q:
    """The dossiers of the structures to which the person belongs, whatever the role.

    A dossier that the answer to an appeal reopened is known once that answer was received.
    """
    own = Q(structure_id__in=Membership.objects.current().filter(user=user).values("structure_id"))
    return own & ~notification.concealed(on)


@audience(SUBJECT, "office")
def office(user: User, on: date) -> Q:
    """What was filed; of the drafts, only those that the association asked to be read or that the office types."""
    if not HANDLING_ROLES & roles_of(user, on=on):
        return NOTHING
    return (
        ~Q(state__in=[ApplicationLifecycle.State.DRAFT, ApplicationLifecycle.State.PURGED])
        | Q(draft_reading_asked_at__isnull=False)
        | Q(pk__in=PaperEntry.objects.values("application_id"))
    )
