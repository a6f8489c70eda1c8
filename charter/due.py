"""What the tick does for the charter: a version takes effect on its day, and who has to sign it is reminded."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from charter import mails
from charter.actions.versions import EFFECTIVE, enter_into_force
from charter.models import SIGNATURE, Charter, Signature
from deadlines.models import Deadline
from deadlines.registry import alert_only, daily, moves_with_outages, on_reminder, only_the_clock
from journal.moves import Actor
from structures.models import Structure

# The day itself, not the day after: the job below does it. A signature that did not come is read at the follow-up.
alert_only(EFFECTIVE, SIGNATURE)
moves_with_outages(
    SIGNATURE, words=_("Signer la nouvelle version de la charte"), whose=lambda thread_id, subject: subject
)(only_the_clock)


@daily("charter_in_force")
def put_in_force(at: datetime) -> None:
    """The adopted versions whose day has come are in force, the earliest first."""
    waiting = Charter.objects.filter(state=Charter.State.ADOPTED, effective_on__lte=timezone.localdate(at))
    for pk in list(waiting.order_by("effective_on", "pk").values_list("pk", flat=True)):
        enter_into_force(charter_pk=pk, at=at, by=Actor.system())


@on_reminder(SIGNATURE)
def signature_awaited(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Remind who represents the structure before the date; False once it has signed."""
    structure = Structure.objects.select_related("thread").get(pk=int(deadline.subject.split(":", 1)[1]))
    if deadline.due_on is None or Signature.objects.valid_for(structure) is not None:
        return False
    return mails.signature_reminder(structure, sign_by=deadline.due_on, at=at)
