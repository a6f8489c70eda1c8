"""Alive without the database; ready only when all that the pages need is in its place."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from certificates.seal.standing import standing
from letters.models import Mail
from portal.health import SEAL


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "check"),
    [("CREDENTIAL_KEY", "credential_key"), ("LOG_KEY", "log_key"), ("SEAL_KEY_FILE", "seal")],
)
def test_a_key_that_does_not_answer_is_told(client, settings, tmp_path, setting, check):
    settings.SEAL_BACKEND = "pem" if check == "seal" else "dev"
    setattr(settings, setting, str(tmp_path / "lost.pem"))
    assert checks(client) == {check}
    assert "lost.pem" not in client.get(reverse("health_ready")).content.decode(), "anybody reads this page"


@pytest.mark.django_db
def test_without_a_seal_one_is_ready_and_it_is_said(client, settings):
    settings.SEAL_BACKEND = ""
    assert checks(client) == set()
    answer = client.get(reverse("health_ready")).json()
    assert answer["notes"] == ["seal: no key is set, certificates are issued unsealed"]


@pytest.mark.django_db
def test_the_end_of_the_certificate_of_the_seal_is_noted(client, settings):
    assert client.get(reverse("health_ready")).json()["notes"] == []
    caches["answers"].clear()
    settings.SEAL_NOTICE_DAYS = 4000
    [noted] = client.get(reverse("health_ready")).json()["notes"]
    assert noted == f"seal: its certificate ends on {standing(on=timezone.localdate()).ends_on}"


@pytest.mark.django_db
def test_the_key_of_the_seal_is_asked_once_a_minute(client, settings):
    """Anybody may read this page as often as they like; a module or a cloud may not be."""
    assert checks(client) == set()
    settings.SEAL_BACKEND, settings.SEAL_KEY_FILE = "pem", "/nowhere/key.pem"
    assert checks(client) == set()
    caches["answers"].delete(SEAL)
    assert checks(client) == {"seal"}


def test_robots_stay_out_of_private_spaces(client):
    said = client.get(reverse("robots")).content.decode()
    assert "Disallow: /espace/" in said
    assert "Disallow: /annuaire" not in said
