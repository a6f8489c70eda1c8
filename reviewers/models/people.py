"""Who sits on the committee: colleges, mandates and the links that members declare."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from deadlines.calendar import add_months
from journal.models import Thread
from journal.visibility import VisibleQuerySet
from letters.models import StoredFile
from reviewers.lifecycle import MandateLifecycle
from structures.models import Structure


class College(models.TextChoices):
    """The three colleges; equal weight (domain 6.1)."""

    PATIENTS = "patients", _("Patients")
    CAREGIVERS = "caregivers", _("Aidants")
    PROFESSIONALS = "professionals", _("Professionnels de santé")


class Seat(models.TextChoices):
    """The place of a member in their college (domain 6.1)."""

    FULL = "full", _("Titulaire")
    SUBSTITUTE = "substitute", _("Suppléant ou suppléante")
    RESERVE = "reserve", _("Liste de réserve")


class Publication(models.TextChoices):
    """What the public page says of a member: as the member chose."""

    NAME_AND_COLLEGE = "name_and_college", _("Mon nom et mon collège")
    NAME = "name", _("Mon nom seulement")
    PSEUDONYM = "pseudonym", _("Un pseudonyme")
    NOTHING = "nothing", _("Rien")


class MandateQuerySet(VisibleQuerySet["Mandate"]):
    def in_term(self, *, on: date) -> MandateQuerySet:
        """Members of the committee that day, whether or not anything may be asked of them."""
        return self.filter(state__in=Mandate.SEATED, starts_on__lte=on, ends_on__gte=on)

    def seated_on(self, on: date) -> MandateQuerySet:
        """Members of whom something may be asked that day, college by college: full, substitutes, then reserve.

        Active, in their term, with a declaration that is current; `seat_rank` (0, 1, 2) says the order. The longest
        seated first in each seat, so that two readings give the same order.
        """
        return self.in_term(on=on).filter(_is_declared(on), state=Mandate.State.ACTIVE).ranked()

    def at_work(self, *, on: date) -> MandateQuerySet:
        """The mandates by which a person may read, score and discuss that day what they accepted; one per person.

        The last one that they took up: active, or at its end for less than sixty days (domain 5.1 MANDATE); with a
        declaration that is current. Not those of who resigned, was stopped, takes a break or has not confirmed.
        """
        finishing = Q(
            state=Mandate.State.ENDED, ended_at__date__gte=on - timedelta(days=settings.MANDATE_FINISH_DAYS)
        )
        later = Mandate.objects.filter(
            user=OuterRef("user"), activated_at__isnull=False, pk__gt=OuterRef("pk")
        )
        return self.filter(_is_declared(on), ~Exists(later), finishing | Q(state=Mandate.State.ACTIVE))

    def of_same_person(self, *pks: int) -> MandateQuerySet:
        """Every mandate of the people who hold or held these."""
        return self.filter(user__in=Mandate.objects.filter(pk__in=pks).values("user"))

    def ranked(self, then: str = "starts_on") -> MandateQuerySet:
        """College by college: full members first, then substitutes, the reserve last; in each seat by that field."""
        ranks = [When(seat=seat, then=Value(rank)) for rank, seat in enumerate(Seat)]
        ranked = self.annotate(seat_rank=Case(*ranks, output_field=IntegerField()))
        return ranked.order_by("college", "seat_rank", then, "pk")

    def published_on(self, on: date) -> MandateQuerySet:
        """Members whom the public page names that day: seated, consenting, and who chose to be named."""
        return self.in_term(on=on).filter(consent_withdrawn_at=None).exclude(publication=Publication.NOTHING)

    def terms_of(self, user: Any) -> MandateQuerySet:
        """The terms that a person was appointed for, the last first; finishing somebody else's is not a term."""
        return self.filter(user=user, appointed_at__isnull=False, replaces=None).order_by("-starts_on", "-pk")


def _is_declared(on: date) -> Q:
    """The declaration of interests was confirmed less than twelve months ago, as `checklist.interests_are_current`."""
    oldest = add_months(on, -settings.INTERESTS_MONTHS)
    if add_months(oldest, settings.INTERESTS_MONTHS) < on:  # 29 February has no twin a year before
        oldest += timedelta(days=1)
    return Q(interests_confirmed_on__gte=oldest)


class Mandate(MandateLifecycle):
    """A person's term in one college. The consent to hold the college is stored with its text and date."""

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="mandate")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates")
    college = models.CharField(max_length=14, choices=College.choices)
    seat = models.CharField(max_length=10, choices=Seat.choices, default=Seat.FULL)
    # The mandate whose rest this one finishes; the one that it renews.
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replacements")
    renews = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="renewals")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    act_reference = models.CharField(max_length=200, blank=True)
    consent_text = models.TextField(blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_withdrawn_at = models.DateTimeField(null=True, blank=True)
    consent_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    publication = models.CharField(max_length=16, choices=Publication.choices, default=Publication.NOTHING)
    publication_text = models.TextField(blank=True)  # what the member accepted, as it was shown
    publication_chosen_at = models.DateTimeField(null=True, blank=True)
    pseudonym = models.CharField(max_length=60, blank=True)  # chosen by the member, for the public page
    end_act_reference = models.CharField(max_length=200, blank=True)
    data_erased_at = models.DateTimeField(null=True, blank=True)
    interests_link = models.URLField(max_length=300, blank=True)  # the public declaration in INCa's own tool
    # A confirmation given while the declaration had expired: it waits for the analysis of the ethics officer.
    confirmation_waiting_on = models.DateField(null=True, blank=True)
    interests_analysed_on = models.DateField(null=True, blank=True)
    interests_analysed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confidentiality_signed_on = models.DateField(null=True, blank=True)
    trained_on = models.DateField(null=True, blank=True)
    load_cap = models.PositiveSmallIntegerField(default=4)
    region = models.CharField(max_length=2, blank=True)
    fields_known = models.JSONField(default=list)  # codes of fields of action
    whole_grid = models.BooleanField(
        default=False
    )  # reads the grid on one page rather than one criterion at a time

    objects: ClassVar = MandateQuerySet.as_manager()

    class Meta(MandateLifecycle.Meta):
        abstract = False
        verbose_name = _("mandat")
        constraints: ClassVar = [
            *MandateLifecycle.Meta.constraints,
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=["active", "paused", "interests_overdue"]),
                name="one_running_mandate_per_person",
            ),
            models.UniqueConstraint(  # a second term is prepared while the first one runs
                fields=["user"],
                condition=Q(state__in=["approached", "appointed"]),
                name="one_proposed_mandate_per_person",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=~Q(state="not_appointed"), name="a_mandate_is_replaced_once"
            ),
            models.UniqueConstraint(
                fields=["renews"], condition=~Q(state="not_appointed"), name="a_mandate_is_renewed_once"
            ),
            models.CheckConstraint(
                name="published_as_the_member_chose",
                condition=Q(publication="nothing")
                | (Q(publication_chosen_at__isnull=False) & (~Q(publication="pseudonym") | ~Q(pseudonym=""))),
            ),
            models.CheckConstraint(
                name="appointed_with_consent",
                condition=Q(state__in=["approached", "not_appointed"])
                | Q(consented_at__isnull=False, starts_on__isnull=False, ends_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.college} {self.user_id}"

    @property
    def public_name(self) -> str:
        """How the public page calls this member."""
        return self.pseudonym if self.publication == Publication.PSEUDONYM else str(self.user)


class MandateHearing(models.Model):
    """What is held against a member, notified, then what they answer: no mandate is terminated without it (5.1)."""

    class Ground(models.TextChoices):
        QUALITY = "quality", _("Ne remplit plus les conditions pour siéger")
        ABSENCE = "absence", _("Absences répétées sans prévenir")
        BREACH = "breach", _("Manquement aux règles du comité")
        NO_DECLARATION = "no_declaration", _("Liens d'intérêts non confirmés")

    class Means(models.TextChoices):
        ONLINE = "online", _("En ligne")
        POST = "post", _("Par courrier")
        SPOKEN = "spoken", _("De vive voix")
        SILENT = "silent", _("N'a pas répondu")

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="hearings")
    ground = models.CharField(max_length=16, choices=Ground.choices)
    facts = models.TextField(max_length=5000)
    notified_on = models.DateField()  # the day on which the member received the grounds
    answer_until = models.DateField()
    notified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    observations = models.TextField(max_length=10_000, blank=True)
    means = models.CharField(max_length=8, choices=Means.choices, blank=True)
    heard_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mandate"], condition=Q(dropped_at=None), name="one_open_hearing_per_mandate"
            ),
            models.CheckConstraint(
                name="heard_with_means",
                condition=Q(heard_on=None, means="", observations="")
                | (Q(heard_on__isnull=False) & ~Q(means="") & (Q(means="silent") ^ ~Q(observations=""))),
            ),
        ]

    def __str__(self) -> str:
        return f"hearing {self.pk}"


class InterestLinkQuerySet(models.QuerySet["InterestLink"]):
    def closing(self, *, on: date) -> InterestLinkQuerySet:
        """Links that close a dossier that day: blocking or not examined yet, running or ended in the look-back.

        Five years by default (code de la santé publique, L1451-1).
        """
        oldest = add_months(on, -settings.INTERESTS_LOOK_BACK_MONTHS)
        return self.filter(Q(until=None) | Q(until__gte=oldest)).exclude(
            severity=InterestLink.Severity.WITHOUT_EFFECT
        )

    def to_analyse(self) -> InterestLinkQuerySet:
        """Links that wait for the ethics officer; the rules already say what a small gift means."""
        return self.filter(analysed_at=None, gift_below=None)


class InterestLink(models.Model):
    """A link that a member declares with a structure: a fact; whether it is a conflict is judged (domain 6.4)."""

    class Kind(models.TextChoices):
        OFFICER = "officer", _("Élu ou dirigeant")
        EMPLOYEE = "employee", _("Salarié")
        MEMBER = "member", _("Bénévole avec une fonction")
        EXPERT = "expert", _("Expert rémunéré")
        FUNDED = "funded", _("Recherche financée")
        FAMILY = "family", _("Proche d'un dirigeant")
        DONOR = "donor", _("Donateur ou financeur")
        COMPETITOR = "competitor", _("Concurrent")
        DISPUTE = "dispute", _("En litige")
        USER = "user", _("Bénéficiaire de l'action")
        INDUSTRY = "industry", _("Lien avec un financeur")
        OTHER = "other", _("Autre lien")

    class Severity(models.TextChoices):
        BLOCKING = "blocking", _("Bloquant")
        TO_EXAMINE = "to_examine", _("À examiner")
        WITHOUT_EFFECT = "without_effect", _("Sans effet")

    # What a link means until the ethics officer has examined it. To have been helped is the experience for which
    # patients and caregivers sit: by itself it closes nothing to them (domain 5.3).
    BLOCKING_KINDS = (Kind.OFFICER, Kind.EMPLOYEE, Kind.MEMBER, Kind.FAMILY, Kind.DISPUTE)
    LIVED_IN = (College.PATIENTS, College.CAREGIVERS)

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="links")
    structure = models.ForeignKey(Structure, models.PROTECT, null=True, blank=True, related_name="+")
    organisation_name = models.CharField(_("Nom de l'organisme"), max_length=300)
    organisation_number = models.CharField(_("Son numéro RNA ou SIREN"), max_length=40, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    severity = models.CharField(max_length=16, choices=Severity.choices, default=Severity.TO_EXAMINE)
    description = models.TextField(_("En quelques mots"), max_length=2000, blank=True)
    # Of a donor who says that they give less: the threshold that day, in euros a year.
    gift_below = models.PositiveIntegerField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    declared_at = models.DateTimeField()
    analysed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    analysed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = InterestLinkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="small_gift_of_a_donor", condition=Q(gift_below=None) | Q(kind="donor", gift_below__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"

    @classmethod
    def default_severity(cls, kind: str, college: str, *, small_gift: bool = False) -> str:
        """How a link of that kind weighs on a member of that college before anybody has examined it (domain 5.3)."""
        if kind == cls.Kind.DONOR and small_gift:
            return cls.Severity.WITHOUT_EFFECT
        if kind == cls.Kind.USER and college in cls.LIVED_IN:
            return cls.Severity.WITHOUT_EFFECT
        return cls.Severity.BLOCKING if kind in cls.BLOCKING_KINDS else cls.Severity.TO_EXAMINE
