"""Legal clocks as rows: what started them, what pauses them, what they are due on, and with what proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deadlines import calendar
from journal.models import Thread
from journal.moves import subject_key


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    def running(self) -> DeadlineQuerySet:
        """Clocks that are neither met nor dropped."""
        return self.filter(ended_at=None)

    def due(self, *, on: date) -> DeadlineQuerySet:
        """Running clocks whose last day is over and that the tick has not handled: `due_on` itself is still in time."""
        return self.running().filter(handled_at=None, due_on__lt=on)

    def of(self, subject: models.Model | str) -> DeadlineQuerySet:
        """The clocks of one subject, given as a record or as its key."""
        return self.filter(subject=subject_key(subject))


class Deadline(models.Model):
    """One clock: `kind` names the rule (domain 3.2); `due_on` is recomputed from start, length and pauses."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="deadlines")
    subject = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    started_on = models.DateField()
    months = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=0)
    franc = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)  # empty while the clock is paused without an end
    proof = models.CharField(max_length=200, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)  # met, dropped, passed or interrupted

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "kind"], condition=Q(ended_at=None), name="one_running_deadline_per_kind"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_on", "id"], condition=Q(ended_at=None), name="deadline_running"),
            models.Index(
                fields=["due_on", "id"],
                condition=Q(ended_at=None, handled_at=None),
                name="deadline_unhandled",
            ),
            models.Index(fields=["subject"], name="deadline_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Pause(models.Model):
    """A stretch of days during which a clock stands still; no end = still paused."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="pauses")
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    cause = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="pause_period", condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on"))
            ),
            models.UniqueConstraint(
                fields=["deadline"], condition=Q(ends_on=None), name="one_open_pause_per_deadline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id}: {self.begins_on} - {self.ends_on}"


class Reminder(models.Model):
    """A reminder planned before (negative) or after a deadline; it remembers what became of it."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="reminders")
    offset_days = models.SmallIntegerField()
    due_on = models.DateField()
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deadline", "offset_days"], name="one_reminder_per_offset"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on"], condition=Q(sent_at=None, dropped_at=None), name="reminder_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id}: {self.offset_days}"


class OutageQuerySet(models.QuerySet["Outage"]):
    def waiting(self) -> OutageQuerySet:
        """Recorded by one person, and neither confirmed nor dropped by another."""
        return self.filter(confirmed_at=None, dropped_at=None)

    def confirmed(self) -> OutageQuerySet:
        """Those that give time back."""
        return self.filter(confirmed_at__isnull=False)


class Outage(models.Model):
    """The service was down: from when to when, and what nobody could do. Two people vouch for it (domain 5.3)."""

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="outage")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    what = models.TextField(max_length=500)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = OutageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="outage_has_a_length", condition=Q(ended_at__gt=F("began_at"))),
            models.CheckConstraint(
                name="outage_confirmed_by_somebody_else",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | (
                    Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
                    & ~Q(confirmed_by=F("recorded_by"))
                ),
            ),
            models.CheckConstraint(
                name="outage_dropped_is_whole",
                condition=Q(dropped_at=None, dropped_by=None)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False, confirmed_at=None),
            ),
            models.UniqueConstraint(
                fields=["began_at", "ended_at"], condition=Q(dropped_at=None), name="one_outage_per_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.began_at} - {self.ended_at}"

    @property
    def first_day(self) -> date:
        """The day on which it began, in Paris."""
        return timezone.localdate(self.began_at)

    @property
    def last_day(self) -> date:
        """The day on which it ended, in Paris."""
        return timezone.localdate(self.ended_at)

    @property
    def extends_to(self) -> date:
        """The last day of what was due on a day of it: the next working day and one more (domain 5.3)."""
        return calendar.after_an_outage(self.last_day)


def after_outages(*days: date) -> list[date]:
    """The same days, those of a confirmed outage moved as it says; for dates computed and not stored. One query."""
    outages = list(Outage.objects.confirmed().order_by("began_at"))
    return [_moved(day, outages) for day in days]


def _moved(day: date, outages: Sequence[Outage]) -> date:
    for outage in outages:
        if outage.first_day <= day <= outage.last_day:
            day = outage.extends_to
    return day


class Extension(models.Model):
    """What one outage gave to one deadline of the public, and what is left for a person to do."""

    class Outcome(models.TextChoices):
        MOVED = "moved", _("Date déplacée")
        GIVEN_BACK = "given_back", _("Rouvert, date déplacée")
        TO_DO = "to_do", _("Déjà clos : une personne s'en occupe")
        NOTHING = "nothing", _("Rien à rendre")

    GIVING_TIME = (Outcome.MOVED, Outcome.GIVEN_BACK)

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="extensions")
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="extensions")
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, blank=True, related_name="extensions"
    )  # none for a date that is kept on its record alone
    subject = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    whose = models.CharField(max_length=80)  # the structure that it concerns, named as in the journal
    was_due_on = models.DateField()
    due_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)  # a person did what was left to do
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["outage", "deadline"],
                condition=Q(deadline__isnull=False),
                name="one_extension_per_deadline",
            ),
            models.UniqueConstraint(
                fields=["outage", "subject", "kind"],
                condition=Q(deadline=None),
                name="one_extension_per_date",
            ),
            models.CheckConstraint(name="extension_gives_days", condition=Q(due_on__gt=F("was_due_on"))),
            models.CheckConstraint(
                name="extension_settled_is_whole",
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, outcome="to_do"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="extension_subject"),
            models.Index(fields=["whose", "due_on"], name="extension_whose"),
            models.Index(
                fields=["made_at"], condition=Q(outcome="to_do", settled_at=None), name="extension_to_do"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def gives_time(self) -> bool:
        """Whether its date is the one that counts now."""
        return self.outcome in self.GIVING_TIME


class TickRun(models.Model):
    """One slot of the daily clock: the unique row is what makes each job run exactly once."""

    job = models.CharField(max_length=60)
    slot = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "slot"], name="one_run_per_slot")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"
