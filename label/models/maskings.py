"""What was taken out of a filed dossier because it was about a person (docs/adr/0037)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journal.models import Event
from journal.triggers import Door, append_only
from label.models.dossiers import Snapshot
from letters.models import Letter


class Masking(models.Model):
    """A passage taken out of a snapshot, or of a letter that copied it: where and why, never what it said.

    `before` and `after` are the digests of the whole content. `event` says who and when, and seals `after`.
    """

    class Why(models.TextChoices):
        HEALTH = "health", _("La santé d'une personne que l'on peut reconnaître")
        PRIVATE = "private", _("La vie privée d'une personne que l'on peut reconnaître")
        CONTACT = "contact", _("Le nom ou les coordonnées d'une personne qui n'a pas donné son accord")

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="maskings")
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")
    number = models.PositiveSmallIntegerField()  # 1 for the first of its snapshot or of its letter
    places = models.JSONField()  # keys of the answers concerned
    why = models.CharField(max_length=8, choices=Why.choices)
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "number"], name="snapshot_masking_once"),
            models.UniqueConstraint(fields=["letter", "number"], name="letter_masking_once"),
            models.CheckConstraint(
                name="masking_of_one_content",
                condition=Q(snapshot=None, letter__isnull=False) | Q(snapshot__isnull=False, letter=None),
            ),
        ]

    def __str__(self) -> str:
        return f"masking {self.pk}"


append_only("label_masking")
append_only(
    "label_snapshot",
    door=Door(
        columns=("content", "masked"),
        when="NEW.masked = OLD.masked + 1 AND EXISTS "
        "(SELECT 1 FROM label_masking WHERE snapshot_id = OLD.id AND number = NEW.masked)",
    ),
)
