"""Which decisions were signed under a right: said to `accounts`, which does not know decisions."""

from __future__ import annotations

from datetime import date

from django.db.models import Max
from django.utils import timezone

from accounts.models import Delegation, Right, Role, RoleGrant
from accounts.registry import signed_under
from decisions.models import Decision


@signed_under("decision")
def last_decision_under(right: Right) -> date | None:
    """The day of the last decision signed under a delegation, or by a signatory in the time of that role."""
    if isinstance(right, Delegation):
        signed = Decision.objects.filter(delegation=right)
    elif isinstance(right, RoleGrant) and right.role == Role.SIGNATORY:
        signed = Decision.objects.filter(signed_by=right.user_id, signed_at__date__gte=right.starts_on)
        if right.ends_on is not None:
            signed = signed.filter(signed_at__date__lte=right.ends_on)
    else:
        return None
    last = signed.aggregate(last=Max("signed_at"))["last"]
    return timezone.localdate(last) if last else None
