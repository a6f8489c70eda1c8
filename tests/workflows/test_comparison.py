"""The nightly comparison: run by the tick once a day, kept, told by keys to who keeps the service running."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from deadlines.tick import tick
from letters.models import Mail
from letters.spoken import told_time
from tests.factories import label
from tests.factories.accounts import signed_in, staff
from tests.reading import plain, words
from workflows.gateway import OPEN
from workflows.models import Comparison, Obligation

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ADMINISTRATOR = Role.TECHNICAL_ADMINISTRATOR


def test_once_a_day_and_nothing_told_when_all_agrees(client):
    administrator = staff(ADMINISTRATOR)
    label.taken(at=NOW)
    for hours in (0, 1):
        assert tick(NOW + timedelta(minutes=hours)).failures == []
    kept = Comparison.objects.get()
    assert (kept.day, kept.breaches) == (timezone.localdate(NOW), [])
    assert not Mail.objects.filter(kind="comparison").exists()
    page = words(signed_in(client, administrator).get("/inca/service/"))
    assert "Passage de l'horloge" in page and "tout concordait" in page
    assert "L'horloge n'est pas encore passée" not in page


def test_what_differs_is_told_by_its_keys_alone(client):
    administrator = staff(ADMINISTRATOR)
    application = label.taken(at=NOW)
    Obligation.objects.filter(process__application=application, status__in=OPEN).update(status="DONE")
    for minutes in (0, 1):
        tick(NOW + timedelta(minutes=minutes))
    mail = Mail.objects.get(kind="comparison")
    assert mail.recipient == administrator and "2 écarts" in words_of(mail)
    assert application.structure.name not in words_of(mail)
    assert any(application.reference in one for one in Comparison.objects.get().breaches)
    page = words(signed_in(client, administrator).get("/inca/service/"))
    assert application.reference in page and application.structure.name not in page


def words_of(mail: Mail) -> str:
    return f"{mail.title} {mail.text}".replace("\u00a0", " ")


def test_the_page_tells_the_last_passage_of_the_clock(client):
    page = words(signed_in(client, staff(ADMINISTRATOR)).get("/inca/service/"))
    assert "L'horloge n'est pas encore passée" in page and "Elle n'a pas encore eu lieu" in page
    tick(NOW - timedelta(hours=3))
    tick(NOW)
    shown = words(client.get("/inca/service/"))
    assert plain(told_time(NOW)) in plain(shown)
