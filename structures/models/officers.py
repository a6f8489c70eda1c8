"""What the office found out about who leads a structure, and how it tried to reach it when mails come back."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from letters.models import StoredFile
from structures.models.spaces import Structure


class OfficersRead(models.Model):
    """What the register said, on a day, of somebody who should lead a structure: read by a person, with its proof."""

    class Answer(models.TextChoices):
        SAME = "same", _("Le registre nomme cette personne")
        OTHER = "other", _("Le registre nomme quelqu'un d'autre")
        COURT = "court", _("Une décision de justice nomme cette personne")
        NO_LIST = "no_list", _("Aucun registre ne dit qui dirige cette structure")

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="officers_reads")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    read_on = models.DateField()
    answer = models.CharField(max_length=8, choices=Answer.choices)
    proof = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["structure", "person", "-read_on"], name="officers_read_of")
        ]

    def __str__(self) -> str:
        return f"{self.structure_id} {self.read_on}: {self.answer}"


class ContactAttempt(models.Model):
    """An attempt to reach a structure whose mails come back: by phone first, then by post (domain 5.3)."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("Téléphone")
        POST = "post", _("Courrier")

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="contact_attempts")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    tried_on = models.DateField()
    outcome = models.CharField(max_length=500)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel} {self.tried_on}"
