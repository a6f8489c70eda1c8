"""What an outage of the service took and no rule could give back: a person of the Institute does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from deadlines.models import Extension
from journal.moves import Actor
from journal.refusals import Blocked, Missing
from journal.wording import is_blank
from label.models import Application


@transaction.atomic
def settle_lost_time(*, extension_pk: int, how: str, at: datetime, by: Actor) -> Extension:
    """Note how the time that an outage took was given back, or why it cannot be; the task ends. Twice changes nothing.

    `how` is kept as an erasable reason. Raises `NotAllowed`, also for a member of the structure; `Blocked` when nothing
    is said, or when nothing is left to do.
    """
    thread = Extension.objects.values_list("thread_id", flat=True).get(pk=extension_pk)
    application = Application.objects.select_related("structure").hold(
        Application.objects.values_list("pk", flat=True).get(thread=thread)
    )
    require("label.settle_outage", by, application, on=timezone.localdate(at))
    if is_blank(how):
        raise Blocked([Missing(_("Dites comment ce temps a été rendu."), code="how")])
    return deadlines.settle_extension(extension_pk=extension_pk, at=at, by=replace(by, reason=how.strip()))
