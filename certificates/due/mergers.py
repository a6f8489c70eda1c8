"""What the clock does with a question asked before a merger: it reminds; silence is read from its date."""

from __future__ import annotations

from datetime import datetime

from certificates import mails
from certificates.actions.mergers import CLOCK
from certificates.models import MergerRequest
from deadlines.models import Deadline
from deadlines.registry import alert_only, on_reminder

alert_only(CLOCK)  # a person writes the acceptance that silence gave


@on_reminder(CLOCK)
def answer_is_near(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Recall the answer 30, 15, 7 and 3 days before silence is an acceptance; False once it is given."""
    asked = MergerRequest.objects.select_related("label__application", "label__thread").get(
        pk=int(deadline.subject.split(":")[1])
    )
    if not asked.is_open:
        return False
    mails.merger_answer_is_near(asked, offset_days, at=at)
    return True
