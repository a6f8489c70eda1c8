"""Alive without the database; ready only when all that the pages need is in its place."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from letters.models import Mail


def checks(client):
    answer = client.get(reverse("health_ready"))
    body = answer.json()
    assert answer.status_code == (200 if body["ready"] else 503)
    return {name for name, held in body["checks"].items() if not held}


def waiting_mail(minutes):
    now = timezone.now()
    Mail.objects.create(
        kind="test",
        key=f"test-{minutes}",
        to_address="a@exemple.fr",
        title="Essai",
        text="Essai",
        created_at=now - timedelta(minutes=minutes),
        next_try_at=now,
    )


def test_alive_asks_nothing_of_the_database(client):
    # Without the mark of pytest-django, any query would fail this test.
    assert client.get(reverse("health_live")).json() == {"alive": True}


@pytest.mark.django_db
def test_ready(client):
    waiting_mail(59)
    assert checks(client) == set()


@pytest.mark.django_db
def test_a_mail_that_waits_too_long_is_told(client):
    waiting_mail(61)
    assert checks(client) == {"outbox"}


@pytest.mark.django_db
def test_a_migration_not_applied_is_told(client):
    ((app, last),) = MigrationLoader(connection).graph.leaf_nodes("certificates")
    MigrationRecorder(connection).record_unapplied(app, last)
    assert checks(client) == {"migrations"}


@pytest.mark.django_db
def test_a_missing_cache_table_is_told(client, settings):
    backend = "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": backend, "LOCATION": "no_such_table"}}
    assert checks(client) == {"cache"}


def test_robots_stay_out_of_private_spaces(client):
    said = client.get(reverse("robots")).content.decode()
    assert "Disallow: /espace/" in said
    assert "Disallow: /annuaire" not in said
