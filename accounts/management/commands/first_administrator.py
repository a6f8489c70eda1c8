"""The first two technical administrators of a new installation: one gives roles on the pages, the other confirms."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.forms import ValidationError
from django.utils import timezone

from accounts.installation import name_first
from accounts.models import Role, RoleGrant, User

ENOUGH = 2  # one gives, the other confirms


class Command(BaseCommand):
    help = "Gives the role of technical administrator to a person, while fewer than two hold it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("first_name")
        parser.add_argument("last_name")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        address = options["email"].lower()
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"{address} is no e-mail address") from error
        holders = User.objects.holding(Role.TECHNICAL_ADMINISTRATOR, on=today)
        if holders.count() >= ENOUGH:
            raise CommandError("two people hold this role already: they give it on /inca/personnes/")
        user = User.objects.filter(email=address).first() or User.objects.create_user(
            address, first_name=options["first_name"], last_name=options["last_name"]
        )
        if RoleGrant.objects.overlapping(first=today, last=None).filter(user=user).exists():
            raise CommandError(f"{address} holds a role already: name somebody else")
        name_first(user=user, role=Role.TECHNICAL_ADMINISTRATOR, starts_on=today, at=timezone.now())
        self.stdout.write(f"{user} administers the service. They sign in with a code sent to {address}.")
