"""Who told it: read by two people, each time noted; erased with its text when its time is over or on request."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from feedback.models import Report, Source
from journal.moves import Actor, note
from journal.refusals import Blocked


@transaction.atomic
def read_source(*, report_pk: int, at: datetime, by: Actor) -> Source:
    """Who reported, for the officer of the report and the signatories; this reading is noted. Raises `NotAllowed`."""
    report = Report.objects.hold(report_pk)
    require("feedback.read_source", by, report, on=timezone.localdate(at))
    note(report, what="read_source", at=at, by=by)
    return report.source


@transaction.atomic
def erase_source(*, report_pk: int, at: datetime, by: Actor) -> Report:
    """Erase who reported: name, ways to reach them, network. The code keeps opening the page of the report.

    Raises `NotAllowed`.
    """
    report = Report.objects.hold(report_pk)
    require("feedback.erase_source", by, report, on=timezone.localdate(at))
    source = report.source
    source.name = source.email = source.phone = source.address = source.network = ""
    source.erased_at = at
    source.save(update_fields=["name", "email", "phone", "address", "network", "erased_at"])
    note(report, what="erase_source", at=at, by=by)
    return report


@transaction.atomic
def erase_text(*, report_pk: int, at: datetime, by: Actor) -> Report:
    """Erase what was told, such as the health of somebody that nobody should have written down.

    Raises `NotAllowed`; `Blocked` while nobody has qualified the report.
    """
    report = Report.objects.hold(report_pk)
    require("feedback.erase_report", by, report, on=timezone.localdate(at))
    if report.state in Report.NEW:
        raise Blocked([_("Qualifiez d'abord ce signalement.")])
    report.text, report.text_erased_at = "", at
    report.save(update_fields=["text", "text_erased_at"])
    note(report, what="erase_report_text", at=at, by=by)
    return report
