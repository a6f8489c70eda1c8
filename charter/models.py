"""The commitment charter, its versions, and the signatures of structures."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from charter.lifecycle import NormLifecycle
from deadlines.models import Deadline
from journal.models import Thread
from journal.moves import RecordQuerySet
from journal.triggers import append_only
from letters.models import StoredFile
from structures.models import Structure

if TYPE_CHECKING:
    from accounts.models import User

SIGNATURE = "charter_signature"  # the clock of a structure that was asked to sign a new version


class CharterQuerySet(RecordQuerySet["Charter"]):
    def in_force(self) -> Charter | None:
        """The version in force; None before the first one."""
        return self.filter(state=Charter.State.IN_FORCE).first()


class Charter(NormLifecycle):
    """A version; `text` is {"preamble_fr", "preamble_en", "articles": [{"number", "fr", "en"}]}."""

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="charter")
    version = models.CharField(max_length=20, unique=True)
    text = models.JSONField()

    objects: ClassVar = CharterQuerySet.as_manager()

    class Meta(NormLifecycle.Meta):
        abstract = False
        verbose_name = _("version de la charte")

    def __str__(self) -> str:
        return self.version

    def journal_norm(self) -> str:
        """Its own version."""
        return self.version

    def journal_snapshot(self) -> str:
        """The digest of the frozen text; empty for a draft."""
        return self.digest

    def compute_digest(self) -> str:
        """The SHA-256 of the text as canonical JSON (sorted keys, no spaces, UTF-8), in hexadecimal."""
        canonical = json.dumps(self.text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def numbers(self) -> list[int]:
        """The numbers of its articles."""
        return [article["number"] for article in self.text["articles"]]

    def preamble(self, language: str) -> str:
        """The preamble in French or English."""
        return self.text[f"preamble_{'en' if language.startswith('en') else 'fr'}"]

    def articles(self, language: str) -> list[str]:
        """The articles in French or English, in order."""
        return [article["en" if language.startswith("en") else "fr"] for article in self.text["articles"]]

    def sign_by_of(self, structure: Structure) -> date | None:
        """Until when that structure, which signed the version before, should sign this one (domain 5.3).

        The day that was told to it; before it is told, the days of a version that takes effect.
        """
        asked = Deadline.objects.running().of(structure).filter(kind=SIGNATURE).first()
        if asked is not None:
            return asked.due_on
        return self.effective_on and self.effective_on + timedelta(days=settings.CHARTER_SIGNATURE_DAYS)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def valid_for(self, structure: Structure) -> Signature | None:
        """The signature of the version in force by that structure; None when it has to sign (again)."""
        return self.filter(structure=structure, charter__state=Charter.State.IN_FORCE).order_by("-pk").first()

    def former_of(self, structure: Structure) -> Signature | None:
        """The latest signature of a version that is no longer in force."""
        known = self.filter(structure=structure).exclude(charter__state=Charter.State.IN_FORCE)
        return known.select_related("charter").order_by("-pk").first()


class Signature(models.Model):
    """A structure signed a version of the charter: it belongs to the structure and is never changed."""

    class Method(models.TextChoices):
        CODE = "code", _("Code reçu par e-mail")
        PAPER = "paper", _("Signature à la main")

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="charter_signatures")
    charter = models.ForeignKey(Charter, models.PROTECT, related_name="signatures")
    articles = models.JSONField()  # the numbers of the articles accepted
    text_digest = models.CharField(max_length=64)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signatory_name = models.CharField(max_length=200)
    quality = models.CharField(max_length=120)
    method = models.CharField(max_length=6, choices=Method.choices)
    signed_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["structure", "charter"], name="one_signature_per_version"),
            models.CheckConstraint(
                name="paper_signature_has_scan",
                condition=~Q(method="paper") | Q(scan__isnull=False, recorded_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.structure_id} signed {self.charter_id}"


class IdentityCheckQuerySet(models.QuerySet["IdentityCheck"]):
    def newest(self) -> IdentityCheckQuerySet:
        """The last ones, with what a page says of them."""
        return self.select_related("signatory", "proof").order_by("-pk")[:50]

    def latest_of(self, structure: Structure, signatory: User, *, since: date) -> IdentityCheck | None:
        """The last one about that person, made that day or later; None when nobody checked since."""
        return (
            self.filter(structure=structure, signatory=signatory, done_on__gte=since).order_by("-pk").first()
        )


class IdentityCheck(models.Model):
    """Who signed by hand is called back at a declared number, or answers a letter (domain 5.3)."""

    class Means(models.TextChoices):
        CALL = "call", _("Appel au numéro déclaré")
        LETTER = "letter", _("Réponse écrite à notre lettre")

    class Result(models.TextChoices):
        CONFIRMED = "confirmed", _("La personne confirme qu'elle a signé")
        DENIED = "denied", _("La personne dit qu'elle n'a pas signé")
        NO_ANSWER = "no_answer", _("Personne n'a répondu")

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="identity_checks")
    signatory = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    means = models.CharField(max_length=6, choices=Means.choices)
    number = models.CharField(max_length=30, blank=True)  # as it was declared that day, never typed
    done_on = models.DateField()
    answered_by = models.CharField(max_length=200, blank=True)
    result = models.CharField(max_length=10, choices=Result.choices)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    objects = IdentityCheckQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="call_back_has_number",
                condition=Q(means="call", proof=None) & ~Q(number="") | Q(means="letter", number=""),
            ),
            models.CheckConstraint(
                name="identity_answer_has_somebody",
                condition=Q(result="no_answer") | ~Q(answered_by=""),
            ),
            models.CheckConstraint(
                name="identity_letter_has_its_answer",
                condition=~Q(means="letter") | Q(result="no_answer") | Q(proof__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.structure_id} {self.done_on}: {self.result}"


append_only("charter_signature")
append_only("charter_identitycheck")
