"""Members at the turns of their mandate, made through the real actions."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import Role
from journal.moves import Actor
from reviewers import actions
from reviewers.models import Mandate, MandateHearing
from tests.factories import reviewers
from tests.factories.accounts import acting, person, signatory
from tests.factories.structures import AT
from tests.keeping import kept


def deciding() -> Actor:
    """The deciding authority."""
    return acting(signatory(), Role.SIGNATORY)


def grounds(mandate: Mandate, *, at: datetime = AT, ground: str = "breach") -> MandateHearing:
    """Grounds notified that day."""
    return actions.notify_grounds(
        mandate_pk=mandate.pk,
        ground=ground,
        facts="Des notes ont été publiées.",
        notified_on=timezone.localdate(at),
        at=at,
        by=reviewers.secretary(),
    )


@kept
def without_email(*, college: str = "patients", at: datetime = AT) -> Mandate:
    """Somebody approached who is reached by post or phone only."""
    user = person(without_email=True, first_name="Rose", last_name="Tanguy", preferred_channel="post")
    return reviewers.approached(user=user, college=college, at=at)
