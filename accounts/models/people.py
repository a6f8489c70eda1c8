"""People, and how they wish to be reached."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.rights import Absence, Delegation, Role, RoleGrant, substitutes


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> User:
        """A person; `email` may be None: then an account without sign-in, reached by post or phone."""
        user = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def first_visit(self, address: str, *, language: str) -> User:
        """The account of an address just proved, made once even when two pages ask together; no name yet."""
        new = {"language": language, "password": make_password(None)}
        user, _created = self.get_or_create(email=address, defaults=new)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A technical account for the read-only administration."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class UserQuerySet(models.QuerySet["User"]):
    def holding(self, role: str, *, on: date) -> UserQuerySet:
        """Active people who hold this INCa role on that day."""
        return self.filter(
            is_active=True, pk__in=RoleGrant.objects.valid(on=on).filter(role=role).values("user_id")
        )

    def staff(self, *, on: date) -> UserQuerySet:
        """Active people who hold at least one INCa role on that day."""
        return self.filter(is_active=True, pk__in=RoleGrant.objects.valid(on=on).values("user_id"))

    def able_to_replace(self, user: User, *, first: date, last: date | None = None) -> UserQuerySet:
        """Who may take the tasks of that person from a day to another: active, and holding every role they hold.

        For a signatory, a delegation of signature too (CRPA L212-1). Nobody for whoever holds no role that day.
        """
        roles = set(RoleGrant.objects.valid(on=first).filter(user=user).values_list("role", flat=True))
        found = self.filter(is_active=True).exclude(pk=user.pk) if roles else self.none()
        for role in roles:
            grants = RoleGrant.objects.throughout(first=first, last=last).filter(role=role)
            found = found.filter(pk__in=grants.values("user_id"))
        if Role.SIGNATORY in roles:
            signing = Delegation.objects.throughout(first=first, last=last)
            found = found.filter(pk__in=signing.values("user_id"))
        return found

    def answering_for(self, people: Iterable[int | None], *, on: date) -> UserQuerySet:
        """Who answers that day for the people of these keys: themselves, or whoever holds their tasks; active only."""
        away = Absence.objects.handed_over(on=on)
        return self.filter(is_active=True, pk__in={substitutes(key, away)[-1] for key in people if key})

    def sharing(self, user_pk: int) -> UserQuerySet:
        """That person and everybody whose mail arrives in the same mailbox."""
        host = self.filter(pk=user_pk).values("shares_mailbox_with")
        return self.filter(
            Q(pk=user_pk) | Q(shares_mailbox_with=user_pk) | Q(pk__in=host) | Q(shares_mailbox_with__in=host)
        )

    def mail_arrives(self) -> int:
        """Mails to these people arrive: a code sent there was given, or somebody says so; how many that changes."""
        return self.exclude(mail_returned_at=None).update(mail_returned_at=None)

    def behind(self, address: str) -> UserQuerySet:
        """Everybody whose mail arrives at that address: its owner and the guests of the mailbox, owner first."""
        found = self.filter(Q(email=address) | Q(shares_mailbox_with__email=address))
        return found.order_by(F("email").asc(nulls_last=True), "pk")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. People are deactivated, then pseudonymised in place; never deleted."""

    class Channel(models.TextChoices):
        ONLINE = "online", _("En ligne")
        POST = "post", _("Par courrier")
        PHONE = "phone", _("Par téléphone")

    class Format(models.TextChoices):
        STANDARD = "standard", _("Caractères ordinaires")
        LARGE_PRINT = "large_print", _("Gros caractères")

    email = models.EmailField(_("Adresse e-mail"), unique=True, null=True, blank=True)
    first_name = models.CharField(_("Prénom"), max_length=100)
    last_name = models.CharField(_("Nom"), max_length=100)
    phone = models.CharField(_("Téléphone"), max_length=30, blank=True)
    address = models.TextField(_("Adresse postale"), max_length=500, blank=True)
    postal_code = models.CharField(_("Code postal"), max_length=12, blank=True)
    city = models.CharField(_("Commune"), max_length=120, blank=True)
    country = models.CharField(_("Pays"), max_length=2, default="FR")
    preferred_channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    preferred_format = models.CharField(max_length=12, choices=Format.choices, default=Format.STANDARD)
    language = models.CharField(max_length=2, choices=[("fr", "Français"), ("en", "English")], default="fr")
    # Two people behind one mailbox: the second one signs in with the code of the first, then says who they are.
    shares_mailbox_with = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="mailbox_guests"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Nobody writes again to someone on the suppression list (domain 5.3).
    never_contact = models.BooleanField(default=False)
    pseudonymised_at = models.DateTimeField(null=True, blank=True)
    # Since when mails to their mailbox come back, the same for everybody behind it; a code received there, or another
    # address, ends it (domain 5.3).
    mail_returned_at = models.DateTimeField(null=True, blank=True)
    # « Ajouter cet appareil ? » was answered « Plus tard »: it is not asked again.
    device_offer_declined_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Set by the middleware on the person of a request: roles held without a second factor are not held.
    lacks_second_factor = False

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        verbose_name = _("personne")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="mailbox_guest_has_no_address_of_own",
                condition=Q(shares_mailbox_with=None) | Q(email=None),
            ),
            models.CheckConstraint(
                name="pseudonymised_person_is_inactive",
                condition=Q(pseudonymised_at=None) | Q(is_active=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or f"personne {self.pk}"

    def get_full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """First name."""
        return self.first_name

    @property
    def mailbox(self) -> str:
        """The address at which this person can be written to, possibly shared; empty when there is none."""
        if self.never_contact:
            return ""
        if self.shares_mailbox_with_id and self.shares_mailbox_with:
            return self.shares_mailbox_with.email or ""
        return self.email or ""

    @property
    def mail_comes_back(self) -> bool:
        """Whether the office noted that mails to their mailbox come back."""
        return bool(self.mailbox) and self.mail_returned_at is not None
