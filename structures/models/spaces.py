"""Who applies: structures, registration numbers, members, solutions, and what the registers say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from journal.models import Thread
from journal.seen import token
from journal.visibility import VisibleQuerySet
from letters.models import StoredFile
from structures.lifecycle import StructureLifecycle

if TYPE_CHECKING:
    from accounts.models import User


class StructureQuerySet(VisibleQuerySet["Structure"]):
    def reached_by_no_mail(self) -> StructureQuerySet:
        """Structures of which every address comes back: somebody calls, then writes by post (domain 5.3)."""
        of_it = Membership.objects.current().with_mailbox().filter(structure=OuterRef("pk"))
        reached = Exists(of_it.filter(user__mail_returned_at=None))
        return self.filter(Exists(of_it.exclude(user__mail_returned_at=None)), ~reached)


class Structure(StructureLifecycle):
    """An organisation. Its thread serialises what happens to it outside of a dossier."""

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="structure")
    name = models.CharField(_("Nom"), max_length=300)
    short_name = models.CharField(_("Sigle"), max_length=60, blank=True)
    structure_type = models.CharField(_("Type de structure"), max_length=40, default="association_1901")
    address = models.CharField(_("Adresse du siège"), max_length=300, blank=True)
    postal_code = models.CharField(_("Code postal"), max_length=12, blank=True)
    city = models.CharField(_("Commune"), max_length=120, blank=True)
    department = models.CharField(_("Département"), max_length=3, blank=True)
    region = models.CharField(_("Région"), max_length=2, blank=True)
    country = models.CharField(_("Pays"), max_length=2, default="FR")
    website = models.URLField(_("Site internet"), max_length=300, blank=True)
    email = models.EmailField(_("E-mail public"), blank=True)
    phone = models.CharField(_("Téléphone public"), max_length=30, blank=True)
    founded_on = models.DateField(_("Date de création"), null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar = StructureQuerySet.as_manager()

    class Meta(StructureLifecycle.Meta):
        abstract = False
        verbose_name = _("structure")

    def __str__(self) -> str:
        return self.name

    def token_of(self, names: Iterable[str]) -> str:
        """The version token of a page that shows these facts."""
        return token(*(getattr(self, name) for name in names))

    def representative(self) -> User | None:
        """The person who represents the structure now; None when nobody is known."""
        member = self.memberships.filter(ended_at=None, role="representative").select_related("user").first()
        return member.user if member else None

    def has_postal_address(self) -> bool:
        """Whether a letter can reach it: a line, a town, and in France a postal code."""
        return bool(self.address and self.city and (self.postal_code or self.country != "FR"))

    def service_channel(self) -> str:
        """How decisions are served: "online" with a live consent, unless its mails come back; else "post".

        Nobody is told online of an act whose announcement comes back (domain 5.3).
        """
        live = any(consent.revoked_at is None for consent in self.service_consents.all())
        return "online" if live and not self.mail_comes_back() else "post"

    def mail_comes_back(self) -> bool:
        """Whether mails to who represents it come back, or those to everybody in it."""
        speaking = self.memberships.filter(ended_at=None, role="representative")
        is_lost = speaking.exclude(user__mail_returned_at=None).exists()
        return is_lost or Structure.objects.filter(pk=self.pk).reached_by_no_mail().exists()

    def main_registration(self) -> Registration | None:
        """The oldest registration that still holds (reads a prefetch when there is one)."""
        held = [row for row in self.registrations.all() if row.superseded_at is None]
        return min(held, key=lambda row: row.pk, default=None)

    def number(self) -> str:
        """The main registration number, as text; empty for a structure without number."""
        main = self.main_registration()
        return main.value if main else ""


class Registration(models.Model):
    """A registration number in its normal form (structures.identifiers); a corrected one is kept."""

    class Kind(models.TextChoices):
        RNA = "rna", _("Numéro RNA")
        OLD_RNA = "old_rna", _("Ancien numéro de dossier")
        SIREN = "siren", _("Numéro SIREN")
        SIRET = "siret", _("Numéro SIRET")
        ALSACE_MOSELLE = "alsace_moselle", _("Registre d'Alsace ou de Moselle")
        AMALIA = "amalia", _("Numéro AMALIA")
        FOREIGN = "foreign", _("Autre registre")
        NONE = "none", _("Sans numéro, avec un justificatif")

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="registrations")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=200)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    # The number was that of another entity, which is told of it (domain 5.3).
    other_entity = models.CharField(max_length=300, blank=True)
    other_told_on = models.DateField(null=True, blank=True)
    other_told_how = models.CharField(max_length=500, blank=True)
    other_told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "value"],
                condition=Q(superseded_at=None) & ~Q(kind__in=["none", "old_rna"]),
                name="one_structure_per_number",
            ),
            models.CheckConstraint(
                name="only_a_replaced_number_was_of_another",
                condition=Q(other_entity="") | Q(superseded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="another_entity_told_by_a_person",
                condition=Q(other_told_on=None, other_told_by=None, other_told_how="")
                | (
                    ~Q(other_entity="")
                    & ~Q(other_told_how="")
                    & Q(other_told_on__isnull=False, other_told_by__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"

    @property
    def awaits_telling(self) -> bool:
        """Whether the entity whose number it was does not know it yet."""
        return bool(self.other_entity) and self.other_told_on is None


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        """Members who have not left."""
        return self.filter(ended_at=None)

    def with_mailbox(self) -> MembershipQuerySet:
        """Members to whom a mail can be addressed, at their address or at the one they share."""
        owned = Q(user__email__isnull=False) | Q(user__shares_mailbox_with__email__isnull=False)
        return self.filter(owned, user__is_active=True, user__never_contact=False)


class Membership(models.Model):
    """A person who acts for a structure for a time; changing role ends one row and opens the next."""

    class Role(models.TextChoices):
        REPRESENTATIVE = "representative", _("représente la structure (signe et dépose)")
        EDITOR = "editor", _("écrit")
        READER = "reader", _("lit")

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    quality = models.CharField(_("Qualité (présidente, trésorier…)"), max_length=120, blank=True)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["structure", "user"], condition=Q(ended_at=None), name="member_once"
            ),
            models.UniqueConstraint(
                fields=["structure"],
                condition=Q(ended_at=None, role="representative"),
                name="one_representative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.structure_id}"


class Invitation(models.Model):
    """An invitation by mail, or a request to join: then `requested_by` is set, the representative answers."""

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="invitations")
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=16, choices=Membership.Role.choices)
    quality = models.CharField(max_length=120, blank=True)
    hands_over = models.BooleanField(default=False)  # accepting it makes the person the representative
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["structure", "email"],
                condition=Q(answered_at=None) & ~Q(email=""),
                name="one_open_invitation_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class ServiceConsent(models.Model):
    """The express, dated, revocable consent to receive decisions online; without it, registered post."""

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="service_consents")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["structure"], condition=Q(revoked_at=None), name="one_live_consent"
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.structure_id}"


class RegisterEntry(models.Model):
    """One association of the RNA open data, as imported by `import_rna`; never personal data."""

    number = models.CharField(max_length=20, unique=True)  # W number, or the old number for RNA_import
    old_number = models.CharField(max_length=40, blank=True)
    siret = models.CharField(max_length=14, blank=True)
    title = models.CharField(max_length=500)
    short_title = models.CharField(max_length=200, blank=True)
    purpose = models.TextField(blank=True)
    nature = models.CharField(max_length=1, blank=True)
    grouping = models.CharField(max_length=1, blank=True)
    address = models.CharField(max_length=300, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    city_code = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=120, blank=True)
    website = models.CharField(max_length=300, blank=True)
    created_on = models.DateField(null=True)
    declared_on = models.DateField(null=True)
    dissolved_on = models.DateField(null=True)
    position = models.CharField(max_length=1, default="A")  # A active, D dissolved, S suppressed, R replaced
    UNKNOWN = "?"  # a position that the register writes and we do not know
    replaced_by = models.CharField(max_length=20, blank=True)
    updated_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["old_number"], name="register_old_number"),
            models.Index(fields=["siret"], name="register_siret"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class ImportRun(models.Model):
    """Where an import of a register file stands, so that it resumes after a crash."""

    file_sha256 = models.CharField(max_length=64, unique=True)
    rows_done = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"import {self.pk}: {self.rows_done}"


class RegisterCheck(models.Model):
    """What a register answered about a structure; only a person concludes (domain 4.7)."""

    class Result(models.TextChoices):
        MATCH = "match", _("Trouvée, même nom")
        MISMATCH = "mismatch", _("Trouvée, autre nom")
        CLOSED = "closed", _("Trouvée, dissoute ou fermée")
        NOT_FOUND = "not_found", _("Non trouvée")
        UNAVAILABLE = "unavailable", _("Le registre ne répond pas")

    class Conclusion(models.TextChoices):
        CONFIRMED = "confirmed", _("C'est bien elle")
        WAIVED = "waived", _("Vérifiée autrement")
        REFUSED = "refused", _("Ce n'est pas elle")

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="register_checks")
    source = models.CharField(max_length=40)  # rna or recherche_entreprises
    result = models.CharField(max_length=12, choices=Result.choices)
    found_name = models.CharField(max_length=500, blank=True)
    found_number = models.CharField(max_length=40, blank=True)
    found_address = models.CharField(max_length=500, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    register_date = models.DateField(null=True, blank=True)
    asked_at = models.DateTimeField()
    conclusion = models.CharField(max_length=12, choices=Conclusion.choices, blank=True)
    concluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    concluded_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="conclusion_by_a_person",
                condition=Q(conclusion="", concluded_by=None)
                | (~Q(conclusion="") & Q(concluded_by__isnull=False, concluded_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.result}"


class SolutionQuerySet(models.QuerySet["Solution"]):
    def live(self) -> SolutionQuerySet:
        """Solutions that have not been removed."""
        return self.filter(removed_at=None)


class Solution(models.Model):
    """A service or tool for patients or caregivers (« action » on screen), with its facets (domain 8)."""

    class Territory(models.TextChoices):
        NATIONAL = "national", _("Partout en France")
        REGIONAL = "regional", _("Une ou plusieurs régions")
        DEPARTMENTAL = "departmental", _("Un ou plusieurs départements")
        LOCAL = "local", _("Une ville ou un quartier")

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="solutions")
    name = models.CharField(_("Nom de l'action"), max_length=200)
    summary = models.TextField(_("L'action en quelques phrases"), max_length=2000, blank=True)
    main_field = models.CharField(_("Champ d'action principal"), max_length=5, blank=True)
    territory = models.CharField(_("Zone couverte"), max_length=12, choices=Territory.choices, blank=True)
    place = models.CharField(_("Ville ou quartier"), max_length=200, blank=True)
    remote = models.BooleanField(_("Possible à distance"), default=False)
    is_free = models.BooleanField(_("Gratuite"), null=True, blank=True)
    version = models.PositiveIntegerField(
        default=0
    )  # token of the autosave: two tabs never overwrite each other
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = SolutionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def codes(self, facet: str) -> list[str]:
        """The codes of one facet, sorted."""
        return sorted(row.code for row in self.facets.all() if row.facet == facet)


class SolutionFacet(models.Model):
    """One code of one facet of a solution; the closed lists are in `structures.facets`."""

    class Facet(models.TextChoices):
        FIELD = "field", _("Champ d'action")
        CANCER = "cancer", _("Type de cancer")
        REGION = "region", _("Région")
        DEPARTMENT = "department", _("Département")
        AUDIENCE = "audience", _("Public")
        ACCESS = "access", _("Accès")
        MOMENT = "moment", _("Moment")

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="facets")
    facet = models.CharField(max_length=12, choices=Facet.choices)
    code = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["solution", "facet", "code"], name="facet_code_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["facet", "code", "solution"], name="facet_search")]

    def __str__(self) -> str:
        return f"{self.facet}={self.code}"
