"""The credentials given, and the lists of bits that say which are suspended or revoked today."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.labels import Certificate


class StatusList(models.Model):
    """One list of bits as it is now, and the text that was signed and that everybody reads.

    Lists go by pairs: the same number for each purpose, and for each credential the same index in both.
    """

    class Purpose(models.TextChoices):
        REVOCATION = "revocation", _("Révocation")
        SUSPENSION = "suspension", _("Suspension")

    purpose = models.CharField(max_length=10, choices=Purpose)
    number = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)  # how many places were given
    bits = models.BinaryField()
    content = models.TextField(blank=True)  # the signed list, as published
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=40, blank=True)  # the name of the key

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "purpose"], name="one_status_list_per_number"),
        ]
        indexes: ClassVar = [models.Index(fields=["signed_at"], name="status_list_to_sign")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number}"


class Credential(models.Model):
    """The credential of one issue of a certificate: signed once, kept as it was given."""

    certificate = models.OneToOneField(Certificate, models.PROTECT, related_name="credential")
    list_number = models.PositiveIntegerField()
    list_index = models.PositiveIntegerField()  # drawn at random: it says nothing of the order of issue
    content = models.TextField()
    made_at = models.DateTimeField()
    signed_by = models.CharField(max_length=40)  # the name of the key
    # From that day on its bits are compared again with its label: a move was made, or a written date comes.
    check_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list_number", "list_index"], name="one_credential_per_place"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["check_on"], condition=Q(check_on__isnull=False), name="credential_to_check"
            ),
        ]

    def __str__(self) -> str:
        return f"credential {self.pk}"
