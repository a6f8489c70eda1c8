"""The scheme: editions of the framework; applications with their answers, documents, snapshots and requests."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from charter.lifecycle import NormLifecycle
from charter.models import Signature
from journal.models import Thread
from journal.moves import RecordQuerySet
from journal.seen import token
from journal.visibility import VisibleQuerySet
from label import notification
from label.lifecycle import ApplicationLifecycle
from letters.models import Letter, StoredFile
from structures.models import Solution, Structure


class EditionQuerySet(RecordQuerySet["Edition"]):
    def in_force(self) -> Edition | None:
        """The edition that new applications use; None before the first one."""
        return self.filter(state=Edition.State.IN_FORCE).first()

    def in_force_on(self, day: date) -> Edition | None:
        """The edition that was in force on a day; None before the first one."""
        ever = (Edition.State.IN_FORCE, Edition.State.SUPERSEDED, Edition.State.ARCHIVED)
        return self.filter(state__in=ever, effective_on__lte=day).order_by("-effective_on", "-pk").first()

    def evaluated(self) -> EditionQuerySet:
        """The editions that dossiers use or used: in force, or replaced since."""
        used = (Edition.State.IN_FORCE, Edition.State.SUPERSEDED, Edition.State.ARCHIVED)
        return self.filter(state__in=used)


class Edition(NormLifecycle):
    """An edition of the criteria framework; `data` has the keys of `label/data/framework-2027.json`."""

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="edition")
    version = models.CharField(max_length=20, unique=True)
    title_fr = models.CharField(max_length=200)  # the title printed on the certificate
    title_en = models.CharField(max_length=200)
    data = models.JSONField()

    objects: ClassVar = EditionQuerySet.as_manager()

    class Meta(NormLifecycle.Meta):
        abstract = False
        verbose_name = _("édition du référentiel")

    def __str__(self) -> str:
        return self.version

    def journal_norm(self) -> str:
        """Its own version."""
        return self.version

    def criterion(self, code: str) -> dict[str, Any]:
        """The data of one criterion; KeyError when unknown."""
        return {criterion["code"]: criterion for criterion in self.data["criteria"]}[code]


class ApplicationQuerySet(VisibleQuerySet["Application"]):
    def as_told(self, *, on: date) -> ApplicationQuerySet:
        """Each dossier with its `told_state`: its state, or a neutral one while its act is not notified."""
        held_back = notification.withheld(on)
        found = {
            "told_state": Case(
                When(held_back, advised_at__isnull=False, then=Value("advised")),
                When(held_back, then=Value(notification.DECIDING)),
                default=F("state"),
                output_field=models.CharField(),
            )
        }
        return self.annotate(**found)

    def open_as_told(self, *, on: date) -> ApplicationQuerySet:
        """Drafts and dossiers that have not ended as far as the association may know."""
        return self.as_told(on=on).filter(
            ~Q(state__in=ApplicationLifecycle.FINAL) | notification.withheld(on)
        )


class Application(ApplicationLifecycle):
    """One request for the label by a structure, presenting one or more solutions."""

    class Kind(models.TextChoices):
        INITIAL = "initial", _("Première demande")
        RENEWAL = "renewal", _("Renouvellement")
        ADDITION = "addition", _("Nouvelle action")

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="application")
    reference = models.CharField(max_length=24, unique=True)  # DOS-2027-000042-20
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.INITIAL)
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="applications")
    # The dossier from which a renewal or an addition starts; the one that an appeal or a judge reopens.
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    reopens = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reopened_by")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="applications")
    solutions = models.ManyToManyField(Solution, related_name="applications")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    snapshot = models.ForeignKey("Snapshot", models.PROTECT, null=True, related_name="+")  # the current one
    charter_signature = models.ForeignKey(Signature, models.PROTECT, null=True, related_name="applications")
    case_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="case_files"
    )
    implicit_decision_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)  # postmark date when it came on paper
    draft_reading_asked_at = models.DateTimeField(null=True, blank=True)
    public_summary = models.TextField(max_length=1000, blank=True)

    told_state: str  # from `as_told()`: the only state that pages of the association show

    objects: ClassVar = ApplicationQuerySet.as_manager()

    class Meta(ApplicationLifecycle.Meta):
        abstract = False
        verbose_name = _("dossier")
        constraints: ClassVar = [
            *ApplicationLifecycle.Meta.constraints,
            models.UniqueConstraint(
                fields=["structure"],
                condition=~Q(
                    state__in=["granted", "refused", "inadmissible", "withdrawn", "closed", "purged"]
                ),
                name="one_open_application_per_structure",
            ),
            models.CheckConstraint(
                name="submitted_application_has_snapshot",
                condition=Q(state__in=["draft", "purged"]) | Q(snapshot__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-id"], name="application_newest"),
            models.Index(fields=["state", "-id"], name="application_by_state"),
            models.Index(fields=["case_officer", "-id"], name="application_by_officer"),
        ]

    def __str__(self) -> str:
        return self.reference

    def open_request(self) -> DocumentRequest | None:
        """The request for pieces that waits for its answer; None when there is none."""
        return self.document_requests.filter(answered_at=None).first()

    def ties_with_the_institute(self) -> dict[str, str]:
        """What the structure said of the Institute's money and partnership: told to who signs, no bar (domain 5.3).

        The answers « oui » by their question, with what the partnership is for.
        """
        money, partner = "funding_institute", "funding_institute_partner"
        asked = (money, partner, f"{partner}_what")
        said = dict(self.answers.filter(question__in=asked).values_list("question", "text"))
        ties = {key: text for key, text in said.items() if key in (money, partner) and text == "yes"}
        if partner in ties and said.get(f"{partner}_what"):
            ties[f"{partner}_what"] = said[f"{partner}_what"]
        return ties

    def is_draft(self) -> bool:
        """Whether the association may still change its answers."""
        return bool(self.state == self.State.DRAFT)

    def journal_snapshot(self) -> str:
        """The digest of the snapshot that is being judged."""
        return self.snapshot.digest if self.snapshot_id and self.snapshot else ""

    def journal_norm(self) -> str:
        """The edition of the framework."""
        return self.edition.version


class Answer(models.Model):
    """One answer of the form, saved by itself with a version token so that two tabs never overwrite each other."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    text = models.TextField(max_length=20_000, blank=True)
    version = models.PositiveIntegerField(default=1)
    tab = models.CharField(
        max_length=16, blank=True
    )  # the page that saved it last: a page never conflicts with itself
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "question"], name="answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.question}"


class Document(models.Model):
    """A document of the dossier (eight at most), described in one line and usable for several criteria."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="documents")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    description = models.CharField(_("De quoi s'agit-il, en une ligne ?"), max_length=200)
    criteria = models.JSONField(default=list)  # codes of the criteria that it supports
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.description


class Contributor(models.Model):
    """A person or organisation expected to take part: confidential, never published (domain 0)."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="contributors")
    name = models.CharField(_("Nom de la personne ou de l'organisme"), max_length=200)
    part = models.CharField(_("Ce qu'elle ou il apportera"), max_length=300)
    is_confirmed = models.BooleanField(_("A donné son accord"), default=False)

    def __str__(self) -> str:
        return f"contributor {self.pk}"

    def told(self) -> tuple[object, ...]:
        """What its page shows."""
        return self.name, self.part, self.is_confirmed

    def token(self) -> str:
        """The version token of its page."""
        return token(*self.told())


class Snapshot(models.Model):
    """The whole dossier as filed: immutable, with its SHA-256. A correction makes a new one.

    Only a passage about a person is ever taken out, and a `Masking` then says what `content` became; `digest` stays
    that of what was filed (docs/adr/0037).
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="snapshots")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    edition_version = models.CharField(max_length=20)
    charter_version = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    masked = models.PositiveSmallIntegerField(default=0)  # how many times

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "number"], name="snapshot_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} #{self.number}"


class DocumentRequest(models.Model):
    """A request for missing pieces (letter L2): what, why, by when. One at most is open per application."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="document_requests")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField()
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(answered_at=None), name="one_open_document_request"
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class RequestedPiece(models.Model):
    """One piece asked for, and the answer to it."""

    request = models.ForeignKey(DocumentRequest, models.PROTECT, related_name="pieces")
    code = models.CharField(max_length=60)  # key of the published list (a question, a criterion, a paper)
    what = models.CharField(max_length=300)
    why = models.TextField(max_length=2000)
    answer = models.TextField(max_length=10_000, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    cannot_provide = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.what

    def token(self) -> str:
        """The version token of its block: the words of the answer, and which file."""
        return f"{token(self.answer, self.cannot_provide)}.{self.file_id or ''}"

    def came(self) -> bool:
        """Whether something was sent for this piece; an explanation of why there is none is no piece."""
        return self.answered_at is not None and not self.cannot_provide


class Finding(models.Model):
    """What the case officer wrote on one item of the completeness check."""

    class Verdict(models.TextChoices):
        PRESENT = "present", _("Présent")
        MISSING = "missing", _("Manquant")
        UNCLEAR = "unclear", _("À préciser")

    application = models.ForeignKey(Application, models.PROTECT, related_name="findings")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    item = models.CharField(max_length=60)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    comment = models.TextField(max_length=2000, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "item"], name="finding_once_per_item"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.verdict}"


class HelpRequest(models.Model):
    """« Je voudrais être aidé »: a call back at a chosen time; a task of the office."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="help_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    phone = models.CharField(_("Numéro où vous rappeler"), max_length=30)
    when = models.CharField(_("Quand vous rappeler"), max_length=120)
    asked_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(handled_at=None), name="help_request_waiting")
        ]

    def __str__(self) -> str:
        return f"help {self.pk}"


class PaperEntry(models.Model):
    """A dossier typed by the office for somebody: how and when it came, the scan, and the read-back."""

    class Means(models.TextChoices):
        POST = "post", _("Courrier")
        PHONE = "phone", _("Téléphone")
        VISIT = "visit", _("Visite")

    application = models.OneToOneField(Application, models.PROTECT, related_name="paper_entry")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    means = models.CharField(max_length=6, choices=Means.choices)
    postmarked_on = models.DateField(null=True, blank=True)
    received_on = models.DateField()
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    read_back_on = models.DateField(null=True, blank=True)
    read_back_letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="posted_entry_has_postmark_and_scan",
                condition=~Q(means="post") | Q(postmarked_on__isnull=False, scan__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"paper entry {self.pk}"
