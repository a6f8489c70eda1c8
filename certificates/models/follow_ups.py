"""Yearly follow-ups: what the association declares, the gaps found, who was called; changes told at any time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.lifecycle import FollowUpLifecycle
from certificates.models.labels import Label
from journal.visibility import VisibleQuerySet
from label.models import PaperEntry
from letters.models import Letter, StoredFile
from reviewers.models import College


class FollowUp(FollowUpLifecycle):
    """The follow-up of one year of a label, on the thread of that label."""

    thread_path = "label__thread_id"

    label = models.ForeignKey(Label, models.PROTECT, related_name="follow_ups")
    year = models.PositiveSmallIntegerField()  # 1 for the first anniversary
    due_on = models.DateField()  # the anniversary; later when the service itself opened it late
    call = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")  # L9a
    # What the association sent: the keys of `certificates.follow_up.QUESTIONS`; prefilled from the year before.
    answers = models.JSONField(default=dict)
    nothing_changed = models.BooleanField(null=True)
    accounts = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)  # two tabs never overwrite each other
    # Filled when the office typed it for somebody who wrote, called or came.
    means = models.CharField(max_length=8, choices=PaperEntry.Means.choices, blank=True)
    received_on = models.DateField(null=True, blank=True)
    read_back_on = models.DateField(null=True, blank=True)
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects: ClassVar = VisibleQuerySet.as_manager()

    class Meta(FollowUpLifecycle.Meta):
        abstract = False
        verbose_name = _("suivi annuel")
        constraints: ClassVar = [
            *FollowUpLifecycle.Meta.constraints,
            models.UniqueConstraint(
                fields=["label", "year"],
                condition=~Q(state="void"),  # of a label that ended, and was restored
                name="one_follow_up_per_year",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on", "id"], name="follow_up_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.label_id}/{self.year}"

    @property
    def opens_on(self) -> date:
        """The day on which a follow-up to come opens."""
        return self.due_on - timedelta(days=settings.FOLLOW_UP_OPENS_DAYS)

    def journal_norm(self) -> str:
        """The edition of the label."""
        return self.label.edition.version


class Gap(models.Model):
    """A gap found in a follow-up: the fact, what is expected, by when; closed by an accepted proof (domain 2.4)."""

    class Severity(models.TextChoices):
        MINOR = "minor", _("Écart mineur")
        MAJOR = "major", _("Écart majeur")

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="gaps")
    severity = models.CharField(max_length=5, choices=Severity.choices)
    criterion = models.CharField(max_length=8, blank=True)
    fact = models.TextField(max_length=2000)
    expected = models.TextField(max_length=2000)
    due_on = models.DateField()
    plan = models.TextField(max_length=5000, blank=True)  # the association: how and when it will be mended
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    proof_text = models.TextField(max_length=5000, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)  # the proof did not show it: another is awaited
    returned_why = models.TextField(max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="gap_closed_by_somebody_on_a_proof",
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, proved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"gap {self.pk}"


class Consultation(models.Model):
    """What one member of a college says of the proof of a major gap: it closes with one word of each college.

    A new proof is read again: the word on the former one is kept, with the moment at which it was superseded.
    """

    class Said(models.TextChoices):
        ENOUGH = "enough", _("La preuve suffit")
        NOT_ENOUGH = "not_enough", _("La preuve ne suffit pas")

    gap = models.ForeignKey(Gap, models.PROTECT, related_name="consultations")
    college = models.CharField(max_length=16, choices=College.choices)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said = models.CharField(max_length=12, choices=Said.choices, blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    said_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["college", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gap", "college"], condition=Q(superseded_at=None), name="one_voice_per_college"
            ),
            models.CheckConstraint(
                name="consultation_said_by_somebody",
                condition=Q(said="", said_at=None, noted_by=None)
                | (~Q(said="") & Q(said_at__isnull=False, noted_by__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["member"], condition=Q(said="", superseded_at=None), name="consultation_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"consultation {self.pk}"


class Contact(models.Model):
    """An attempt to reach the association about a follow-up: two channels are needed before any escalation."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("Téléphone")
        POST = "post", _("Courrier")
        EMAIL = "email", _("E-mail")
        VISIT = "visit", _("Visite")

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="contacts")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    tried_on = models.DateField()
    outcome = models.CharField(max_length=500)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["tried_on", "pk"]

    def __str__(self) -> str:
        return f"{self.channel} {self.tried_on}"


class Change(models.Model):
    """A change that the association declares outside of a follow-up, within 30 days (domain 5.3)."""

    class Kind(models.TextChoices):
        OFFICERS = "officers", _("Les dirigeants")
        SEAT = "seat", _("Le nom ou le siège")
        SOLUTION = "solution", _("L'action reconnue")
        INDUSTRY = "industry", _("Les liens avec les industries de santé")
        INCIDENT = "incident", _("Un incident")
        MERGER = "merger", _("Une fusion, une scission ou une dissolution")
        OTHER = "other", _("Autre chose")

    class NextStep(models.TextChoices):
        """What a person has to do after a change was read; nothing follows by itself."""

        NOTHING = "nothing", _("Rien à faire")
        SCOPE = "scope", _("Revoir si l'action reconnue est toujours la même")
        HOLDER = "holder", _("Voir ce que devient le label : transfert ou caducité")

    label = models.ForeignKey(Label, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    happened_on = models.DateField()
    text = models.TextField(max_length=5000)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.TextField(max_length=2000, blank=True)
    means = models.CharField(
        max_length=8, choices=PaperEntry.Means.choices, blank=True
    )  # typed by the office
    next_step = models.CharField(max_length=8, choices=NextStep.choices, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_note = models.TextField(max_length=2000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="change_read_by_somebody_else",
                condition=Q(read_at=None, read_by=None, next_step="")
                | (
                    Q(read_at__isnull=False, read_by__isnull=False)
                    & ~Q(next_step="")
                    & ~Q(read_by=F("declared_by"))
                ),
            ),
            models.CheckConstraint(
                name="change_done_after_reading",
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False, read_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(read_at=None), name="change_to_read"),
            models.Index(
                fields=["id"],
                condition=Q(next_step__in=["scope", "holder"], done_at=None),
                name="change_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.pk}"

    @property
    def is_late(self) -> bool:
        """Whether it was declared later than the charter asks: accepted all the same, and told."""
        return timezone.localdate(self.declared_at) > self.happened_on + timedelta(days=settings.CHANGE_DAYS)
