"""What the gate knows: links matched with a structure and how they were settled; what associations ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import MD5, Lower
from django.utils.translation import gettext_lazy as _

from label.models import Application
from reviewers.models.people import InterestLink, Mandate
from reviewers.models.reviews import Assignment
from structures.models import Structure

if TYPE_CHECKING:
    from datetime import date


class LinkMatchQuerySet(models.QuerySet["LinkMatch"]):
    def closing(self, *, on: date) -> LinkMatchQuerySet:
        """Those that close the dossiers of their structure that day: settled so, or the same and not settled yet."""
        links = InterestLink.objects.closing(on=on).values("pk")
        return self.filter(
            Q(severity=LinkMatch.Severity.BLOCKING) | Q(severity="", is_exact=True), link__in=links
        )

    def to_settle(self, *, on: date) -> LinkMatchQuerySet:
        """Those on which nobody concluded, of links that hold that day, while the structure has a dossier under way.

        A link that was examined as blocking needs no second word on the same structure, unless its holder is on the
        panel: then somebody must take them off.
        """
        links = InterestLink.objects.closing(on=on).values("pk")
        under_way = Application.objects.filter(
            structure=OuterRef("structure"), state__in=Application.UNDER_WAY
        )
        on_the_panel = Assignment.objects.filter(
            application__structure=OuterRef("structure"),
            application__state__in=Application.UNDER_WAY,
            user=OuterRef("link__mandate__user"),
            state__in=Assignment.LIVE,
        )
        is_clear = Q(
            is_exact=True,
            link__severity=InterestLink.Severity.BLOCKING,
            link__analysed_at__isnull=False,
        )
        return self.filter(~is_clear | Exists(on_the_panel), Exists(under_way), severity="", link__in=links)


class LinkMatch(models.Model):
    """A declared link that resembles what a dossier says of its structure; settled once, it serves later dossiers."""

    class Ground(models.TextChoices):
        CHOSEN = "chosen", _("Structure reconnue")
        NUMBER = "number", _("Même numéro")
        NAME = "name", _("Même nom")
        OFFICER = "officer", _("Nom d'une personne qui dirige")
        FUNDER = "funder", _("Financeur nommé dans le dossier")
        NEAR_NAME = "near_name", _("Nom proche")
        OLD_NUMBER = "old_number", _("Ancien numéro")
        NEAR_FUNDER = "near_funder", _("Financeur peut-être nommé dans le dossier")
        NEAR_OFFICER = "near_officer", _("Peut-être une personne qui dirige")

    class Severity(models.TextChoices):
        BLOCKING = "blocking", _("Bloquant")
        WITHOUT_EFFECT = "without_effect", _("Sans effet")

    ONLY_NEAR = (Ground.NEAR_NAME, Ground.OLD_NUMBER, Ground.NEAR_FUNDER, Ground.NEAR_OFFICER)

    link = models.ForeignKey(InterestLink, models.PROTECT, related_name="matches")
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12, choices=Ground.choices)
    is_exact = models.BooleanField()  # the same closes until it is settled; what is only near closes nothing
    in_link = models.CharField(max_length=340)  # both texts, as they were written when they were compared
    in_dossier = models.CharField(max_length=340)
    found_at = models.DateTimeField()
    severity = models.CharField(max_length=16, choices=Severity.choices, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(max_length=2000, blank=True)

    objects: ClassVar = LinkMatchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["link", "structure"], name="link_matched_once_per_structure"),
            models.CheckConstraint(
                name="match_settled_by_a_person_with_a_note",
                condition=Q(severity="", settled_at=None, settled_by=None)
                | (~Q(severity="") & ~Q(note="") & Q(settled_at__isnull=False, settled_by__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["found_at", "id"], condition=Q(severity=""), name="match_to_settle")
        ]

    def __str__(self) -> str:
        return f"match {self.pk}"

    def token(self) -> str:
        """What a page writes of the conclusion for which it was made; empty when there is none."""
        return self.settled_at.isoformat() if self.settled_at else ""


class StaffMatchQuerySet(models.QuerySet["StaffMatch"]):
    def keeping_apart(self, *, to_take: bool) -> StaffMatchQuerySet:
        """Those that keep somebody apart: settled so, or the same and not settled; with `to_take`, any not settled."""
        waits = Q(severity="") if to_take else Q(severity="", is_exact=True)
        return self.filter(Q(severity=LinkMatch.Severity.BLOCKING) | waits)

    def to_settle(self) -> StaffMatchQuerySet:
        """Those on which nobody concluded, while the structure has a dossier under way."""
        under_way = Application.objects.filter(
            structure=OuterRef("structure"), state__in=Application.UNDER_WAY
        )
        return self.filter(Exists(under_way), severity="")


class StaffMatch(models.Model):
    """Somebody of the Institute whose name is, or resembles, that of somebody of a structure (domain 5.3)."""

    class Ground(models.TextChoices):
        MEMBER = "member", _("Personne de l'espace de la structure")
        CONTRIBUTOR = "contributor", _("Personne ou partenaire annoncé dans le dossier")
        CONTACT = "contact", _("Deuxième personne à joindre")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12, choices=Ground.choices)
    is_exact = models.BooleanField()  # as for links of members: the same closes, what is near waits
    in_dossier = models.CharField(max_length=340)
    found_at = models.DateTimeField()
    severity = models.CharField(max_length=16, choices=LinkMatch.Severity.choices, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(max_length=2000, blank=True)

    objects: ClassVar = StaffMatchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "structure"], name="staff_matched_once_per_structure"),
            models.CheckConstraint(
                name="staff_match_settled_by_somebody_else",
                condition=Q(severity="", settled_at=None, settled_by=None)
                | (
                    ~Q(severity="")
                    & ~Q(note="")
                    & ~Q(settled_by=F("person"))
                    & Q(settled_at__isnull=False, settled_by__isnull=False)
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["found_at", "id"], condition=Q(severity=""), name="staff_match_to_settle")
        ]

    def __str__(self) -> str:
        return f"staff match {self.pk}"

    def token(self) -> str:
        """What a page writes of the conclusion for which it was made; empty when there is none."""
        return self.settled_at.isoformat() if self.settled_at else ""


class Challenge(models.Model):
    """« Récusation »: an association asks that somebody does not examine its dossier; a reasoned answer within days."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("Acceptée")
        REFUSED = "refused", _("Refusée")

    application = models.ForeignKey(Application, models.PROTECT, related_name="challenges")
    who = models.CharField(max_length=200)  # as the association names the person
    reasons = models.TextField(max_length=5000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer_due_on = models.DateField()
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    note = models.TextField(max_length=5000, blank=True)  # told to the association when it is refused
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="challenges")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+")  # recused by it
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="challenge_answered_with_reasons",
                condition=Q(answer="", answered_at=None, answered_by=None, mandate=None, assignment=None)
                | (~Q(answer="") & ~Q(note="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="challenge_accepted_names_the_member",
                condition=~Q(answer="accepted") | Q(mandate__isnull=False),
            ),
            models.CheckConstraint(
                name="challenge_refused_moves_nobody",
                condition=~Q(answer="refused") | Q(mandate=None, assignment=None),
            ),
            models.UniqueConstraint(  # a digest of the reasons: they are too long for an index
                "application",
                Lower("who"),
                MD5("reasons"),
                condition=Q(answer=""),
                name="same_challenge_waits_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at", "id"], condition=Q(answer=""), name="challenge_waiting")
        ]

    def __str__(self) -> str:
        return f"challenge {self.pk}"
