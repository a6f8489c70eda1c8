"""Files, formal letters with their proof of delivery, mails waiting to leave, and exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journal.models import Thread
from journal.moves import subject_key
from journal.triggers import append_only
from letters.parts import ACTS


class StoredFile(models.Model):
    """A file received or made: checked by content, named by its SHA-256, served as an attachment only.

    `subject` is the key of the record whose visibility governs who may download it.
    """

    thread = models.ForeignKey(Thread, models.PROTECT, null=True, blank=True, related_name="files")
    subject = models.CharField(max_length=80)
    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.FileField(upload_to="files/%Y/%m/", max_length=200)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    scanned_at = models.DateTimeField(null=True, blank=True)
    quarantined_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "purpose"], name="stored_file_subject"),
            models.Index(fields=["id"], condition=Q(scanned_at=None), name="stored_file_unscanned"),
            # A certificate that anybody drops is known by its digest.
            models.Index(fields=["sha256"], name="stored_file_digest"),
        ]

    def __str__(self) -> str:
        return self.name


class Template(models.Model):
    """One version of a letter, as data: the version in force on the day of issue is used and frozen with it."""

    code = models.CharField(max_length=6)
    version = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=200)
    summary = models.TextField()
    body = models.TextField()
    in_force_from = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="template_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def of(self, subject: models.Model | str) -> LetterQuerySet:
        """The letters about one subject, newest first."""
        return self.filter(subject=subject_key(subject)).order_by("-pk")

    def lost_online(self) -> LetterQuerySet:
        """Acts put online that nobody opened, while the mails that announce them come back."""
        waiting = self.filter(channel="online", received_on=None, code__in=ACTS)
        return waiting.filter(addressee__mail_returned_at__isnull=False, addressee__never_contact=False)

    def to_serve_by_post(self) -> LetterQuerySet:
        """Letters on paper whose receipt is not proved yet, newest first; those withdrawn left out."""
        withdrawn = Q(sent_on=None, addressee__never_contact=True)
        return self.filter(channel="post", received_on=None).exclude(withdrawn).order_by("-pk")


class Letter(models.Model):
    """A formal letter: its text is frozen when issued; serving it leaves proofs (domain 3.2, 3.3)."""

    class Channel(models.TextChoices):
        ONLINE = "online", _("En ligne")
        POST = "post", _("Par courrier recommandé")

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="letters")
    subject = models.CharField(max_length=80)  # key of the record that the letter is about
    template = models.ForeignKey(Template, models.PROTECT, related_name="+")
    code = models.CharField(max_length=6)
    reference = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    content = models.JSONField()  # the blocks of letters.pdf, frozen
    digest = models.CharField(max_length=64)
    addressee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    pdf = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    signed_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    registered_number = models.CharField(max_length=40, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    presented_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    presumed = models.BooleanField(default=False)  # deemed received without having been opened
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["thread", "-id"], name="letter_thread"),
            models.Index(fields=["subject"], name="letter_subject"),
            models.Index(
                fields=["-id"], condition=Q(channel="post", received_on=None), name="letter_to_post"
            ),
            models.Index(
                fields=["issued_at"], condition=Q(channel="online", received_on=None), name="letter_unopened"
            ),
            models.Index(fields=["id"], condition=Q(pdf=None), name="letter_without_pdf"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="posted_letter_is_hand_signed",
                condition=~Q(channel="post") | Q(sent_on=None) | Q(signed_scan__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.reference}"

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is still to post while nobody writes to its addressee any more: it is not printed."""
        waits = self.channel == self.Channel.POST and self.sent_on is None and self.received_on is None
        return waits and self.addressee is not None and self.addressee.never_contact

    @property
    def is_lost_online(self) -> bool:
        """Whether it waits online while the mails that announce it come back: it goes by post instead."""
        waits = self.channel == self.Channel.ONLINE and self.received_on is None
        return waits and self.addressee is not None and self.addressee.mail_comes_back

    def awaits_receipt(self) -> bool:
        """Whether it carries an act that nobody has received yet, with proof or by presumption."""
        return self.code in ACTS and self.received_on is None

    @property
    def told_title(self) -> str:
        """Its title in lists of the association: never what an act decides before it is received (mail M8)."""
        return gettext("Une décision est disponible") if self.awaits_receipt() else self.title


class Mail(models.Model):
    """A mail waiting to leave: written in the transaction, sent after commit, retried until done."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("En attente")
        SENT = "sent", _("Envoyé")
        FAILED = "failed", _("En échec")
        DROPPED = "dropped", _("Devenu sans objet")
        BY_HAND = "by_hand", _("À dire de vive voix ou par courrier")  # the person has no mailbox
        TOLD = "told", _("Dit autrement")
        GATHERING = "gather", _("Attend les autres rappels du jour")
        JOINED = "joined", _("Réuni dans un seul e-mail")

    NOT_REACHED = (Status.FAILED, Status.BY_HAND)  # somebody calls or writes instead

    thread = models.ForeignKey(Thread, models.PROTECT, null=True, blank=True, related_name="mails")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160, unique=True)  # the same announcement never leaves twice
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    to_address = models.EmailField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # The one mail of the day in which this reminder leaves with the others (`letters.digests`).
    joined_in = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(status="queued"), name="mail_waiting"),
            models.Index(fields=["recipient"], condition=Q(status="gather"), name="mail_gathering"),
            models.Index(fields=["-id"], name="mail_newest"),
            models.Index(fields=["-id"], condition=Q(status="failed"), name="mail_failed"),
            models.Index(fields=["-id"], condition=Q(status="by_hand"), name="mail_by_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class MailingQuerySet(models.QuerySet["Mailing"]):
    def under_way(self) -> MailingQuerySet:
        """Mailings that somebody confirmed and that have not all left."""
        return self.filter(confirmed_at__isnull=False, finished_at=None)

    def pending(self) -> MailingQuerySet:
        """Mailings that are neither finished nor given up: one of a kind at a time."""
        return self.filter(finished_at=None, abandoned_at=None)


class Mailing(models.Model):
    """One mail to many: who receives it is frozen when it is prepared, a person confirms it, then each one leaves once.

    `kind` is a campaign of `letters.campaigns`; `criteria` says what chose the recipients, as data of that campaign.
    """

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="mailing")
    kind = models.CharField(max_length=40)
    criteria = models.JSONField(default=dict)
    number = models.PositiveIntegerField()  # of recipients, typed again to confirm
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(finished_at=None, abandoned_at=None),
                name="one_pending_mailing_of_a_kind",
            ),
            models.CheckConstraint(
                name="mailing_confirmed_by_somebody",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, abandoned_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"mailing {self.pk}"


class MailingRecipientQuerySet(models.QuerySet["MailingRecipient"]):
    def told(self, kind: str, criteria: Mapping[str, Any] | None) -> MailingRecipientQuerySet:
        """Who was already told by a mailing of that kind for the same reason: nobody is told twice."""
        done = [MailingRecipient.Outcome.SENT, MailingRecipient.Outcome.BY_HAND]
        return self.filter(mailing__kind=kind, mailing__criteria=criteria, outcome__in=done)


class MailingRecipient(models.Model):
    """One recipient of a mailing, as frozen when it was prepared, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "", _("En attente")
        SENT = "sent", _("Envoyé")
        BY_HAND = "by_hand", _("À dire de vive voix ou par courrier")
        NOT_CONCERNED = "past", _("N'est plus concernée")
        NOBODY = "nobody", _("Aucune personne connue à qui écrire")

    objects: ClassVar = MailingRecipientQuerySet.as_manager()

    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="recipients")
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="+")  # of what the mail is about
    subject = models.CharField(max_length=80)
    about = models.CharField(max_length=300)  # what it is about, in words: a structure, a label
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    mail = models.OneToOneField(Mail, models.PROTECT, null=True, related_name="mailed_to")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mailing", "subject"], name="one_recipient_per_subject"),
            models.CheckConstraint(
                name="recipient_done_has_outcome",
                condition=Q(done_at=None, outcome="") | (Q(done_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["mailing", "id"], condition=Q(done_at=None), name="recipient_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id}: {self.subject}"


class DemonstrationMail(models.Model):
    """What the demonstration shows in place of a mailbox; the table stays empty in production."""

    to_address = models.EmailField()
    title = models.CharField(max_length=300)
    text = models.TextField()
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    def of(self, subject: models.Model | str) -> ExchangeQuerySet:
        """The exchanges about one subject, oldest first."""
        return self.filter(subject=subject_key(subject)).order_by("pk")

    def unread_for_office(self) -> ExchangeQuerySet:
        """What associations wrote and nobody in the office has opened."""
        return self.filter(side=Exchange.Side.ASSOCIATION, read_at=None)


class Exchange(models.Model):
    """One message of the thread between association and office, or a phone call or visit that was noted."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        PHONE_CALL = "phone_call", _("Appel téléphonique")
        VISIT = "visit", _("Visite")
        POST = "post", _("Courrier reçu")

    class Side(models.TextChoices):
        ASSOCIATION = "association", _("Association")
        OFFICE = "office", _("Institut")

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="exchanges")
    subject = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MESSAGE)
    side = models.CharField(max_length=12, choices=Side.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(max_length=10_000)
    at = models.DateTimeField()
    files = models.ManyToManyField(StoredFile, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)  # first reading by the other side

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "id"], name="exchange_subject"),
            models.Index(fields=["side", "subject"], condition=Q(read_at=None), name="exchange_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class InternalNote(models.Model):
    """A note of the office on a dossier: never shown to the association; kept apart so that it cannot leak."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="internal_notes")
    subject = models.CharField(max_length=80)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(max_length=10_000)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "id"], name="internal_note_subject")]

    def __str__(self) -> str:
        return f"note {self.subject}"


append_only("letters_internalnote")
