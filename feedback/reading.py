"""What a page of the Institute reads about a report beside its own row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certificates.models import Label
from certificates.succession import label_today
from feedback.models import Report, Source
from journal.moves import subject_key
from journal.refusals import Blocked
from letters.models import Exchange

MOST = 20


@dataclass(frozen=True)
class Campaign:
    """Several reports at once about one label: how many that day, how many from the same network, the readable ones."""

    same_day: int
    same_network: int
    others: list[Report]


def campaign_of(report: Report, user: User, *, on: date) -> Campaign | None:
    """What came about the same label on the same day; None when this report came alone.

    A network is a keyed digest, and one of them may be a whole hospital: it is told as a number and decides nothing.
    """
    if report.label_id is None:
        return None
    same = Report.objects.filter(
        label=report.label_id, received_at__date=timezone.localdate(report.received_at)
    )
    count = same.count()
    if count < 2:
        return None
    network = report.source.network
    alike = Source.objects.filter(report__in=same.values("pk"), network=network).count() if network else 0
    others = same.visible_to(user, on=on).exclude(pk=report.pk).order_by("pk")[:MOST]
    return Campaign(count, alike, list(others))


def following_of(report: Report) -> Label | None:
    """The label that continues today the one of a report; None when it is still the last one."""
    if report.label is None:
        return None
    found = label_today(report.label)
    return found if found.pk != report.label_id else None


def written_to(report: Report) -> str:
    """Where one writes to who holds the label today: on its dossier, or on the label of who took it over.

    Raises `Blocked` without label.
    """
    if report.label is None:
        raise Blocked([_("Ce signalement ne concerne aucun label.")])
    label = label_today(report.label)
    is_taken_over = label.application.structure_id != label.structure_id
    return subject_key(label) if is_taken_over else subject_key(label.application)


def exchanges_of(report: Report) -> list[Exchange]:
    """What was said with the association since the facts were put to it."""
    if report.asked is None:
        return []
    rows = Exchange.objects.of(report.asked.subject).filter(pk__gte=report.asked_id)
    return list(rows.select_related("author")[:MOST])
