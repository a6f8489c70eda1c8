"""Who records an outage of the service, and who confirms that it gives time back."""

from __future__ import annotations

import rules

from accounts.rules import Claim, is_case_officer, is_secretariat, is_signatory, is_technical_administrator
from deadlines.models import Outage


@rules.predicate
def is_not_who_recorded(claim: Claim, outage: Outage | None) -> bool:
    """Somebody else than the person who recorded it; without an outage, the question is about the page."""
    return claim.user is not None and (outage is None or outage.recorded_by_id != claim.user.pk)


# Who runs the service, and who answers the phone, know that it was down. Giving time to many binds the Institute: a
# signatory decides it.
rules.add_perm("deadlines.record_outage", is_technical_administrator | is_secretariat)
rules.add_perm("deadlines.confirm_outage", is_signatory & is_not_who_recorded)
rules.add_perm("deadlines.drop_outage", is_technical_administrator | is_secretariat | is_signatory)
rules.add_perm("deadlines.read_touched", is_signatory | is_secretariat | is_case_officer)
