"""The clock killed in the middle and started again ends where an undisturbed one ends: nothing twice, nothing lost."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from datetime import time as hour
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from certificates.models import Label
from deadlines.models import Deadline, Reminder
from journal.models import Event
from journal.verification import broken_links
from letters.models import Letter, Mail
from tests.factories import certificates
from tests.factories.structures import AT

DUE = 8
KILLS = 3
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk, pytest.mark.slow]


def address() -> str:
    """The test database, for a process of its own."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    host = quote(connection.settings_dict["HOST"], safe="")
    return f"postgres://{connection.settings_dict['USER']}@/{name}?host={host}"


def clock(at: datetime) -> subprocess.Popen:
    """`manage.py tick` in another process."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "tick", "--at", at.isoformat()],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": address(), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finished(at: datetime) -> None:
    """The clock, left to its end."""
    process = clock(at)
    told = process.communicate()[0].decode()
    assert process.returncode == 0, told


def handled() -> int:
    """How many clocks were handled."""
    return Deadline.objects.exclude(handled_at=None).count()


def killed_on_the_way(at: datetime) -> bool:
    """Start the clock, and kill it as soon as it has handled something more; whether it was still at work."""
    before, process = handled(), clock(at)
    while process.poll() is None and handled() == before:
        time.sleep(0.01)
    was_at_work = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return was_at_work


def lot(granted_at: datetime) -> tuple[list[Label], datetime]:
    """Labels really granted that day, and the moment at which their end is due."""
    labels = [certificates.label(at=granted_at) for _ in range(DUE)]
    following = labels[0].ends_on + timedelta(days=1)
    return labels, timezone.make_aware(datetime.combine(following, hour(3)))


def traces(labels: list[Label]) -> Counter[str]:
    """What the labels of one lot left behind: states, moves, letters, mails, clocks, reminders."""
    threads = [label.thread_id for label in labels]
    found = Counter(
        f"label {state}" for state in Label.objects.filter(thread__in=threads).values_list("state", flat=True)
    )
    for rows, column in (
        (Event.objects.filter(thread__in=threads), "move"),
        (Letter.objects.filter(thread__in=threads), "code"),
        (Mail.objects.filter(thread__in=threads), "kind"),
    ):
        found += Counter(rows.values_list(column, flat=True))
    clocks = Deadline.objects.filter(thread__in=threads)
    found += Counter(f"{kind} {outcome}" for kind, outcome in clocks.values_list("kind", "outcome"))
    reminders = Reminder.objects.filter(deadline__in=clocks).values_list("sent_at", "dropped_at")
    return found + Counter(
        f"reminder {sent is not None} {dropped is not None}" for sent, dropped in reminders
    )


def test_killed_three_times_and_run_again_it_ends_as_one_clean_run() -> None:
    labels, at = lot(AT)
    assert all(killed_on_the_way(at) for _ in range(KILLS))
    finished(at)
    finished(at)  # once more changes nothing
    disturbed = traces(labels)
    others, later = lot(AT + timedelta(days=40))
    finished(later)

    assert disturbed == traces(others)
    assert disturbed["expire"] == disturbed["label expired"] == disturbed["L10"] == DUE
    assert list(broken_links()) == []
