"""The summary in plain language: two pages at most, before anybody is asked, the same for all."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from label.snapshots import freeze
from reviewers import actions
from reviewers.models import PlainSummary
from reviewers.pack import pack_pdf, summary_pages
from structures.models import Membership
from tests.factories import label
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.structures import AT
from tests.reading import pdf_words, words

pytestmark = pytest.mark.django_db
TEXT = "Une ligne d'écoute tenue par des bénévoles.\n\nElle répond six jours sur sept."
PAGE = "Des bénévoles formés répondent, chaque jour, à toute personne qui appelle.\n\n"


def write(application: Application, text: str = TEXT, **changes: object) -> PlainSummary:
    facts = {"at": AT, "by": factory.secretary(), **changes}
    return actions.write_summary(application_pk=application.pk, text=text, **facts)


def test_each_version_is_kept_and_the_last_one_is_read() -> None:
    application = factory.admissible(summary=False)
    first = write(application, "Un premier jet.")
    second = write(application, f"  {TEXT}\r\n")
    assert (first.number, second.number, second.text) == (1, 2, TEXT)
    assert second.digest == hashlib.sha256(TEXT.encode()).hexdigest()
    assert second.snapshot_id == application.snapshot_id
    assert PlainSummary.objects.of(application.snapshot) == second
    assert Event.objects.filter(move="write_summary").count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        PlainSummary.objects.filter(pk=first.pk).update(text="Autre chose.")


def test_two_pages_and_not_one_line_more() -> None:
    application = factory.admissible(summary=False)
    lines = next(count for count in range(1, 200) if summary_pages(PAGE * count) > 2) - 1
    assert summary_pages(PAGE * lines) == 2
    assert write(application, PAGE * lines).number == 1
    with pytest.raises(Blocked, match="la limite est 2"):
        write(application, PAGE * (lines + 1))
    for text, match in (("  \n ", "Écrivez le résumé"), ("x" * 10_001, "la limite est 2")):
        with pytest.raises(Blocked, match=match):
            write(application, text)
    assert PlainSummary.objects.count() == 1


def test_nobody_is_invited_before_it_is_written(client: Client) -> None:
    application, other = factory.admissible(summary=False), factory.admissible()
    members = [one.pk for one in factory.committee()]
    panel: dict[str, Any] = {"mandate_pks": members, "at": AT, "by": factory.secretary()}
    with pytest.raises(Blocked, match="le résumé en langage simple") as refused:
        actions.name_panel(application_pk=application.pk, **panel)
    page = reverse("staff_summary", args=[application.reference])
    assert [(one.code, one.url) for one in refused.value.reasons] == [("summary", page)]
    named, kept_back = actions.name_panels(
        panels={application.pk: members, other.pk: members}, at=AT, by=factory.secretary()
    )
    assert {one.application_id for one in named} == {other.pk} and set(kept_back) == {application.pk}
    signed_in(client, staff(Role.SECRETARIAT))
    panel_page = reverse("staff_panel", args=[application.reference])
    assert "Écrivez d'abord le résumé" in words(client.get(panel_page))
    write(application)
    assert "Écrivez d'abord le résumé" not in words(client.get(panel_page))
    assert len(actions.name_panel(application_pk=application.pk, **panel)) == 6


def test_nothing_changes_once_somebody_was_asked() -> None:
    application = factory.admissible(summary=False)
    write(application)
    actions.name_panel(
        application_pk=application.pk,
        mandate_pks=[one.pk for one in factory.committee()],
        at=AT,
        by=factory.secretary(),
    )
    with pytest.raises(Blocked, match="le même pour tous"):
        write(application, "Un autre résumé.")
    for row in factory.assignments_of(application):
        actions.decline(assignment_pk=row.pk, at=AT, by=factory.member_actor(row))
    with pytest.raises(Blocked, match="le même pour tous"):
        write(application, "Un autre résumé.")
    assert PlainSummary.objects.get().text == TEXT


def test_a_summary_belongs_to_the_dossier_as_it_was_filed() -> None:
    application = factory.admissible(summary=False)
    write(application)
    with transaction.atomic():
        held = Application.objects.hold(application.pk)
        snapshot = freeze(held, held.charter_signature, at=AT + timedelta(days=1))
        held.save()
    assert PlainSummary.objects.of(snapshot) is None
    assert write(application, "Après la correction.").number == 2
    assert PlainSummary.objects.of(application.snapshot).number == 1
    with pytest.raises(Blocked, match="panel est nommé"):
        write(label.draft())


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.ETHICS_OFFICER, Role.SIGNATORY])
def test_only_the_secretariat_writes_it(role: str) -> None:
    application = factory.admissible(summary=False)
    with pytest.raises(NotAllowed):
        write(application, by=acting(staff(role), role))
    insider = staff(Role.SECRETARIAT)
    Membership.objects.create(structure=application.structure, user=insider, role="reader", started_at=AT)
    with pytest.raises(NotAllowed):
        write(application, by=acting(insider, Role.SECRETARIAT))
    assert not PlainSummary.objects.exists()


def test_it_is_written_on_its_page_and_read_first_by_its_reviewers_only(client: Client) -> None:
    now = timezone.now()
    application = factory.admissible(summary=False, at=now)
    address = reverse("staff_summary", args=[application.reference])
    panel = reverse("staff_panel", args=[application.reference])
    signed_in(client, factory.secretary().user)
    assert "Écrivez d'abord le résumé" in words(client.get(panel))
    assert "la limite est 2" in words(client.post(address, {"text": "Une ligne.\n\n" * 110}))
    posted = {"text": TEXT, "once": "a" * 32}
    assert client.post(address, posted).status_code == 302
    assert client.post(address, posted).status_code == 302
    assert PlainSummary.objects.count() == 1
    assert "Écrivez d'abord" not in words(client.get(panel))

    members = factory.committee(at=now)
    by = factory.secretary()
    actions.name_panel(application_pk=application.pk, mandate_pks=[one.pk for one in members], at=now, by=by)
    shown = client.get(address)
    assert b"<textarea" not in shown.content
    assert "puis ne change plus" in words(shown)
    assert client.post(address, {"text": "Autre."}).status_code == 200
    assert PlainSummary.objects.count() == 1

    row = factory.assignments_of(application)[0]
    signed_in(client, row.mandate.user)
    assert "tenue par des bénévoles" not in words(client.get(reverse("committee_gate", args=[row.pk])))
    row = factory.accepted(row, at=now)
    read = words(client.get(reverse("committee_dossier", args=[row.pk])))
    assert read.index("tenue par des bénévoles") < read.index("Nous accueillons les proches")
    assert "tenue par des bénévoles" in pdf_words(pack_pdf(row.application, row.snapshot))
    signed_in(client, application.structure.representative())
    for name in ("application_read", "application_tracking"):
        assert "tenue par des bénévoles" not in words(client.get(reverse(name, args=[application.reference])))
