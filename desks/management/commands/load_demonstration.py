"""`manage.py load_demonstration`: invented people and structures at every stage, made with the real actions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates.models import Label
from desks.demonstration.load import NotHere, accounts, load


class Command(BaseCommand):
    help = "Loads the demonstration: people, a committee, structures at every stage. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, check the integrity of everything, and print one account per role."""
        try:
            load(timezone.now(), lambda line: self.stdout.write(f"  {line}"))
        except NotHere as error:
            raise CommandError(str(error)) from None
        call_command("check_integrity", stdout=self.stdout)
        call_command("verify_journal", stdout=self.stdout)
        self._print_accounts()

    def _print_accounts(self) -> None:
        rows = [(person.email, str(whose), person.look_at) for person, whose in accounts()]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        self.stdout.write("")
        self.stdout.write("Accounts (sign in with the address; the code is in the outbox below):")
        for email, whose, look_at in rows:
            self.stdout.write(f"  {email:<{widths[0]}}  {whose:<{widths[1]}}  {look_at}")
        label = Label.objects.filter(state=Label.State.IN_FORCE).order_by("pk").first()
        self.stdout.write("")
        self.stdout.write(f"Outbox (mails and codes): {settings.PUBLIC_URL}/demonstration/courrier/")
        self.stdout.write(f"Codes of the second factor: {settings.PUBLIC_URL}/demonstration/codes/")
        if label is not None:
            self.stdout.write(f"A label to check: {settings.PUBLIC_URL}/verifier/{label.number}/")
