"""`manage.py simulate --years N --structures M --seed S`: N years lived day by day, with the real actions."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from desks.simulation import balance, figures, running

MOST_YEARS, MOST_STRUCTURES = 30, 9_999


def _between(low: int, high: int) -> Any:
    def number(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ArgumentTypeError(f"between {low} and {high}")
        return value

    return number


class Command(BaseCommand):
    help = (
        "Lives years of the label in a database of its own: simulated people, real actions, the clock moved day by "
        "day. Prints flows, delays, the load of each college and what saturates first; ends with check_integrity, "
        "verify_journal and a balance: every issued label ends in exactly one way."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How long, how many, which lots, from when."""
        parser.add_argument("--years", type=_between(1, MOST_YEARS), default=6)
        parser.add_argument("--structures", type=_between(1, MOST_STRUCTURES), default=300)
        parser.add_argument("--seed", type=_between(0, 2**31), default=1)
        parser.add_argument("--start", type=date.fromisoformat, help="the first day, such as 2027-01-04")

    def handle(self, *args: Any, **options: Any) -> None:
        """Live, tell, check. Exit status 1 when something does not hold."""
        with running.own_database():
            world = running.started(
                years=options["years"],
                structures=options["structures"],
                seed=options["seed"],
                start=options["start"],
            )
            running.live(world, told=self.stdout.write)
            for line in figures.told(world):
                self.stdout.write(line)
            self.stdout.write("")
            call_command("check_integrity", stdout=self.stdout)
            call_command("verify_journal", stdout=self.stdout)
            lost = list(balance.unbalanced())
        for line in lost:
            self.stderr.write(line)
        if lost:
            raise CommandError(f"the balance is wrong for {len(lost)} labels")
        self.stdout.write("balance: every issued label lives or ended in exactly one way")
