"""The public log: facts to commit, their leaves, the hashes of complete subtrees, signed checkpoints."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.labels import Label
from decisions.models import Decision
from journal.triggers import append_only


class LogHeadQuerySet(models.QuerySet["LogHead"]):
    def hold(self) -> LogHead:
        """The one row, locked until the end of the transaction: who adds leaves or signs does so alone.

        No thread may be taken after it.
        """
        return self.select_for_update().get_or_create(pk=1)[0]


class LogHead(models.Model):
    """How many leaves the log has."""

    size = models.BigIntegerField(default=0)

    objects: ClassVar = LogHeadQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="one_log", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.size)


class LoggedFactQuerySet(models.QuerySet["LoggedFact"]):
    def waiting(self) -> LoggedFactQuerySet:
        """Facts without a leaf that may have one: the holder of the label received the act that grants it."""
        return self.filter(sequenced_at=None).exclude(label__decision__state=Decision.State.SIGNED)


class LoggedFact(models.Model):
    """Something that happened to a label, with the salt of its commitment.

    Erasing both (`facts`, `salt`, with `erased_at`) leaves a leaf that says nothing; the tree stands.
    """

    class Kind(models.TextChoices):
        """The closed list of what the log tells."""

        ISSUED = "issued", _("Label accordé")
        CORRECTED = "corrected", _("Certificat réédité")
        SUSPENDED = "suspended", _("Label suspendu")
        LIFTED = "lifted", _("Suspension levée")
        EXPIRED = "expired", _("Label expiré")
        WITHDRAWN = "withdrawn", _("Label retiré")
        ANNULLED = "annulled", _("Label annulé")
        RELINQUISHED = "relinquished", _("Label rendu par l'association")
        LAPSED = "lapsed", _("Structure dissoute")
        TRANSFERRED = "transferred", _("Label transféré")
        RENEWED = "renewed", _("Label remplacé")
        RESTORED = "restored", _("Label rétabli")

    label = models.ForeignKey(Label, models.PROTECT, related_name="logged")
    kind = models.CharField(max_length=12, choices=Kind)
    # What is committed, once: a certificate, a suspension, or the thread and the place of a move (`log.noting`).
    source = models.CharField(max_length=60, unique=True)
    facts = models.JSONField(null=True)
    salt = models.CharField(max_length=64, blank=True)
    noted_at = models.DateTimeField()
    sequenced_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = LoggedFactQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="logged_fact_is_whole_or_erased",
                condition=Q(erased_at=None, facts__isnull=False, salt__gt="")
                | Q(erased_at__isnull=False, sequenced_at__isnull=False, facts__isnull=True, salt=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(sequenced_at=None), name="logged_fact_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class Leaf(models.Model):
    """A leaf of the log; its key is its index, from 0 without a hole."""

    id = models.BigIntegerField(primary_key=True)
    fact = models.OneToOneField(LoggedFact, models.PROTECT, related_name="leaf")
    commitment = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.pk} {self.commitment}"


class TreeNode(models.Model):
    """The hash of a complete subtree; its key is the number that `certificates.log.tree` gives it."""

    id = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.pk} {self.digest}"


class Checkpoint(models.Model):
    """Where the tree stood, signed: `text` is the signed note as it is published (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    day = models.DateField()
    at = models.DateTimeField()
    text = models.TextField(max_length=2000)
    key = models.CharField(max_length=300)  # the public key, as a verifier takes it: name+hash+key

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["size", "day"], name="one_checkpoint_per_size_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.size}"


class CheckpointStamp(models.Model):
    """What a time-stamping authority answered about a checkpoint (RFC 3161)."""

    checkpoint = models.OneToOneField(Checkpoint, models.PROTECT, related_name="stamp")
    token = models.BinaryField()
    stamped_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.checkpoint_id} {self.stamped_at}"


append_only("certificates_leaf")
append_only("certificates_treenode")
append_only("certificates_checkpoint")
append_only("certificates_checkpointstamp")
