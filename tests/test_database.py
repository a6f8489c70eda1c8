"""The database of the tests behaves as the one of production: append-only rows, a file and not memory."""

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from journal import triggers
from journal.models import Event, Thread


def an_event() -> Event:
    thread = Thread.objects.create()
    now = timezone.now()
    return Event.objects.create(
        thread=thread, position=1, at=now, subject="label.application:1", move="submit", role="system",
        previous="0" * 64, digest="1" * 64,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_the_flush_between_two_tests_empties_the_journal_and_leaves_it_protected(turn):
    assert Event.objects.count() == 0
    event = an_event()
    assert triggers.missing() == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.filter(pk=event.pk).delete()
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_two_runs_side_by_side_do_not_share_a_database():
    name = str(connection.settings_dict["NAME"])
    assert "memory" not in name
    assert name != str(settings.BASE_DIR / "var" / "label.sqlite3")
