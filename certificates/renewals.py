"""Until when a label may be renewed, and what that protects: dates (domain 5.1 RENEWAL, 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from certificates.models import Label
from deadlines.calendar import add_months
from deadlines.models import after_outages
from decisions.models import Litigation
from decisions.undoing import EXAMINED_AGAIN
from label.models import Application, ApplicationQuerySet

ONE_DAY = timedelta(days=1)
REMINDER_MONTHS = (7, 5, 2)  # before the end, while nothing is filed (domain 5.1 RENEWAL)
# Ends that an act or the holder decided: nothing follows from such a label but a first request.
ENDED_BY_AN_ACT = (
    Label.State.WITHDRAWN,
    Label.State.ANNULLED,
    Label.State.RELINQUISHED,
    Label.State.LAPSED,
    Label.State.TRANSFERRED,
)


@dataclass(frozen=True)
class Window:
    """The dates of the renewal of one label; each day named is still in time."""

    opens_on: date
    protected_until: date
    ends_on: date
    come_back_until: date

    def stage(self, day: date) -> str:
        """`closed`, `open`, `late` (no longer protected), `ended` (by the light path) or `over`."""
        if day < self.opens_on:
            return "closed"
        if day <= self.protected_until:
            return "open"
        if day <= self.ends_on:
            return "late"
        return "ended" if day <= self.come_back_until else "over"


def window_of(label: Label) -> Window:
    """The window of a label: nine months before its end until six months after it, protected until four months before.

    A label in waiting or extended keeps its window; the way back counts from the last day on which it held. One given
    back too late for that is protected by a renewal filed on any day of the six months that it was given
    (domain 5.1 LABEL, rétablir). An outage of the service on one of these last days moves it.
    """
    last = label.valid_until
    if label.state == Label.State.EXPIRED and label.ended_on:
        last = max(label.ended_on - ONE_DAY, label.ends_on)
    opens_on = add_months(label.ends_on, -settings.RENEWAL_WINDOW_MONTHS)
    was_given_time = label.term_on is not None and label.term_on >= label.ends_on
    in_time = label.own_end if was_given_time else add_months(label.ends_on, -settings.RENEWAL_MONTHS)
    protected_until, come_back_until = after_outages(in_time, add_months(last, settings.COME_BACK_MONTHS))
    return Window(opens_on, protected_until, last, come_back_until)


def is_in_time(label: Label, filed_on: date) -> bool:
    """Whether a renewal filed that day protects the label: it then waits for its decision (domain 5.1 RENEWAL)."""
    return filed_on <= window_of(label).protected_until


def starts_next(label: Label, on: date) -> date:
    """The first day of the next label: the day after the original end, or the day of the decision once expired."""
    return on if label.state == Label.State.EXPIRED else label.ends_on + ONE_DAY


def label_followed(application: Application) -> Label | None:
    """The label that a renewal or an addition starts from; None for a first request."""
    if application.previous_id is None or application.kind == Application.Kind.INITIAL:
        return None
    held = Label.objects.filter(application=application.previous_id, structure=application.structure_id)
    return held.order_by("-pk").first()


def label_continued(application: Application) -> Label | None:
    """The label that a renewal starts from, or the one that continues it since a merger; None without."""
    found = label_followed(application)
    while found is not None and found.state == Label.State.TRANSFERRED:
        found = Label.objects.filter(previous=found).first()
    return found


def renewal_under_way(label: Label) -> Application | None:
    """The renewal of that label that is filed and not decided; None when there is none."""
    return followers(label).filter(kind=Application.Kind.RENEWAL, state__in=Application.UNDER_WAY).first()


def is_held_by_a_judge(label: Label) -> bool:
    """Whether a judge suspended, until a judgment that has not come, the act that ended a renewal of that label."""
    pending = Litigation.objects.holding_back().filter(decision__application__in=followers(label))
    return pending.filter(decision__kind__in=EXAMINED_AGAIN).exists()


def followers(label: Label) -> ApplicationQuerySet:
    """The dossiers that start from that label, of any kind and state."""
    found: ApplicationQuerySet = Application.objects.filter(
        previous=label.application_id, structure=label.structure_id
    )
    return found
