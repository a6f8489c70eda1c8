"""What a session leaves: its minutes, the corrections made to them, and its logbook."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from letters.models import StoredFile
from reviewers.models.agenda import AgendaItem
from reviewers.models.sessions import Session


class Minutes(models.Model):
    """The minutes: drafted from the record, completed by hand, approved by who presides and by the secretary."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="minutes")
    record = models.JSONField()  # what the system knows, as plain data: attendance, items, votes
    parts = models.JSONField(default=dict)  # part -> text completed by hand
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # Once each item has the approval of somebody who presides: the last of them.
    chair_approved_at = models.DateTimeField(null=True, blank=True)
    chair_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    secretary_approved_at = models.DateTimeField(null=True, blank=True)
    secretary_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the text approved by both
    pdf = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="minutes_approved_by_two",
                condition=Q(digest="")
                | (
                    Q(chair_approved_at__isnull=False, secretary_approved_at__isnull=False)
                    & ~Q(chair_approved_by=F("secretary_approved_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"minutes of {self.session_id}"


class ChairApproval(models.Model):
    """One item of the minutes, approved by somebody who presides: each approves what no link hides from them."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="chair_approvals")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["minutes", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["minutes", "item"], name="item_of_minutes_approved_once")
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.item_id}"


class MinutesChange(models.Model):
    """A part of the minutes changed after it was first written: the line shows old and new (screens P20)."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="changes")
    part = models.CharField(max_length=60)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["minutes", "pk"]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.part}"


class LogbookEntry(models.Model):
    """« Journal de bord »: what a session taught, to do better next time (domain 6.9).

    What is about an item is read by those who may read that item.
    """

    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="+")
    session = models.ForeignKey(Session, models.PROTECT, related_name="logbook")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(max_length=5000)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["session", "pk"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.pk}"
