"""What the public reads of the sessions of the committee: counts and opinions, once minutes and acts are there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviewers.models import Session
from tests.factories import sessions as factory
from tests.reading import pdf_words, words

pytestmark = pytest.mark.django_db


def test_the_extract_of_a_session_is_read_by_everybody_once_its_minutes_are_approved(client: Client) -> None:
    session = factory.sent_for_approval()
    page, paper = (
        reverse(name, args=[session.reference]) for name in ("public_session", "public_session_pdf")
    )
    assert {client.get(address).status_code for address in (page, paper)} == {404}
    factory.sessions.approve_minutes(session_pk=session.pk, at=factory.SITS_AT, by=factory.chair_of(session))
    factory.sessions.approve_minutes(
        session_pk=session.pk, at=factory.SITS_AT, by=factory.secretary_of(session)
    )
    session = Session.objects.get(pk=session.pk)

    listed = client.get(reverse("public_committee"))

    assert page in listed.content.decode()
    with CaptureQueriesContext(connection) as captured:
        shown = words(client.get(page.lower()))
    assert len(captured) <= 3
    printed = pdf_words(client.get(paper).content)
    for text in (shown, printed):
        assert "Personnes présentes ou représentées" in text
        assert "notification des décisions" in text  # the opinion is not told before its act
        for item in session.items.select_related("application__structure"):
            assert item.application.structure.name not in text
            assert item.application.reference not in text
        for seat in session.attendance.select_related("mandate__user"):
            assert seat.mandate.user.last_name not in text
