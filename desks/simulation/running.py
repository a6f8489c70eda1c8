"""The years are lived in a database of their own, which is thrown away at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone, translation

from deadlines.tick import tick
from desks.demonstration.norms import load_norms
from desks.demonstration.people import load_committee, load_staff
from desks.simulation import associations, holders, labels_office, members, office, sittings
from desks.simulation.world import World, peopled
from workflows.due import COMPARISON

Agents = tuple[Callable[[World], None], ...]
EVERY_DAY: Agents = (associations.live, holders.live, members.live, sittings.work)
ON_WORKING_DAYS: Agents = (office.work, labels_office.work)
MAIL_SINK = "django.core.mail.backends.dummy.EmailBackend"


@contextmanager
def own_database() -> Iterator[None]:
    """A new database beside the real one, and a folder for its files; both are gone afterwards."""
    real = settings.DATABASES["default"]["NAME"]
    with tempfile.TemporaryDirectory(prefix="simulate-") as folder:
        files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
        storages = dict(settings.STORAGES, default=files)
        with override_settings(STORAGES=storages, EMAIL_BACKEND=MAIL_SINK):
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                yield
            finally:
                connection.creation.destroy_test_db(real, verbosity=0)


def live(world: World, *, told: Callable[[str], None]) -> World:
    """Live every day of the world, in the database of the moment; `told` receives a line a year.

    Raises whatever an action raises that is no refusal of a rule: a defect, which ends the simulation.
    """
    with translation.override("fr"):
        load_staff(world.moment(8))
        load_norms(world.moment(8))
        load_committee(world.moment(8))
        while world.day <= world.last_day:
            live_a_day(world)
            if (world.day.month, world.day.day) == (world.start.month, world.start.day):
                told(f"{world.day}: {sum(world.counts.values())} acts so far")
    return world


def live_a_day(world: World) -> None:
    """One day: people first, then the clock of the night; the day after begins."""
    for agent in (*EVERY_DAY, *(ON_WORKING_DAYS if world.is_working else ())):
        agent(world)
    report = tick(world.moment(22), without=[COMPARISON])  # of everything: here once, at the end
    world.counts["deadlines handled by the clock"] += report.deadlines
    for failure in report.failures:
        world.refused[f"clock: {failure.split(' ')[0]}"] += 1
    world.day += timedelta(days=1)


def started(*, years: int, structures: int, seed: int, start: date | None = None) -> World:
    """A new world that begins on that day, else on 4 January of the next year."""
    begins = start or date(timezone.localdate().year + 1, 1, 4)
    return peopled(begins, years, structures, seed)
