"""What the clock of the product does besides legal time: a job that nobody registers any more is missed here."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.utils import timezone

from accounts.models import OneTimeCode
from deadlines import registry
from deadlines.tick import tick
from journal import ticks
from tests.factories.accounts import person

EACH_TICK = {
    "follow_ups",
    "digests",
    "mailings",
    "mails",
    "letter_pdfs",
    "scans",
    "presumed_receipts",
    "certificates",
    "status_lists",
    "unsealed",
    "sign_in_codes",
    "used_forms",
    "sessions",
    "finished_tasks",
    "log",
    "log_stamps",
}
EACH_DAY = {
    "register_watch",
    "report_sources",
    "charter_in_force",
    "edition_in_force",
    "norms_archived",
    "comparison",
    "mandates_to_release",
    "mandates_to_erase",
    "experts_to_erase",
    "log_checkpoint",
    "staff_names",
}


def test_the_jobs_of_the_product() -> None:
    assert set(ticks.jobs) == EACH_TICK
    assert set(registry.jobs) == EACH_DAY


@pytest.mark.django_db
def test_what_served_to_sign_in_goes_when_it_serves_no_longer(
    client, django_capture_on_commit_callbacks
) -> None:
    """The page about personal data promises it: eight hours for a session, a day for a code."""
    user = person(device_offer_declined_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/compte/connexion/", {"email": user.email})
    client.post("/compte/connexion/code/", {"code": mail.outbox[-1].subject.split(" est")[0]})
    client.get("/compte/")
    now = timezone.now()

    tick(now + timedelta(hours=7))
    assert [model.objects.count() for model in (Session, UserSession, OneTimeCode)] == [1, 1, 1]
    assert client.get("/compte/").status_code == 200

    tick(now + timedelta(hours=9))
    assert [model.objects.count() for model in (Session, UserSession, OneTimeCode)] == [0, 0, 1]

    tick(now + timedelta(hours=25))
    assert OneTimeCode.objects.count() == 0
