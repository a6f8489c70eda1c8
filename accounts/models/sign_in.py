"""What sign-in keeps: codes, access given back, forms used once."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class OneTimeCode(models.Model):
    """A fresh code sent to confirm one act (signing in, signing the charter); only its hash is kept.

    It belongs to a person or, before anybody is known, to an address.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    address = models.EmailField(blank=True)
    network = models.CharField(max_length=32, blank=True)  # from where it was asked, as a keyed digest
    purpose = models.CharField(max_length=80)
    code_hash = models.CharField(max_length=128)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="one_time_code_of_somebody", condition=Q(user__isnull=False) ^ ~Q(address="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "purpose", "-created_at"], name="one_time_code_latest"),
            models.Index(fields=["address", "-created_at"], name="one_time_code_address"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.user_id or 'address'}"


class StaffRecovery(models.Model):
    """Two staff members together give access back to a third who lost their device and recovery codes."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recoveries")
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="recovery_first_is_not_the_person", condition=~Q(first_by=F("person"))
            ),
            models.CheckConstraint(
                name="recovery_second_is_a_third_person",
                condition=Q(second_by=None) | (~Q(second_by=F("person")) & ~Q(second_by=F("first_by"))),
            ),
            models.CheckConstraint(
                name="recovery_second_is_dated",
                condition=Q(second_by=None, second_at=None)
                | Q(second_by__isnull=False, second_at__isnull=False, closed_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(closed_at=None), name="recovery_open_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"recovery of {self.person_id}"


class UsedForm(models.Model):
    """A creating form that was used, and where it led, so that sending it again creates nothing more."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)  # digest of the form and of what was typed in it
    led_to = models.CharField(max_length=2000, blank=True)
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="form_used_once"),
        ]

    def __str__(self) -> str:
        return f"form of {self.user_id}"
