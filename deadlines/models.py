"""Legal clocks as rows: what started them, what pauses them, what they are due on, and with what proof."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

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
