"""The pages of an outage: recorded, confirmed by another, what moved; and what the association reads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from deadlines.models import Extension, Outage
from deadlines.tick import tick
from label.models import DocumentRequest
from tests.desks.test_lists import queries_of
from tests.factories import decisions, label, outages
from tests.factories.accounts import signatory, signed_in, staff
from tests.factories.structures import AT, choosing
from tests.reading import words
from workflows import todo
from workflows.todo import Reader

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LIST = "/inca/pannes/"


def given(day: date, **changes: str) -> dict[str, str]:
    told = f"{day:%d/%m/%Y}"
    facts = {
        "began_on": told,
        "began_hour": "9:30",
        "ended_on": told,
        "ended_hour": "18h00",
        "what": "Envoyer.",
    }
    return {**facts, **changes}


def test_from_the_record_to_the_page_of_the_association(client: Client) -> None:
    application = label.incomplete(at=timezone.now() - timedelta(days=29))
    due_on = timezone.localdate() - DAY
    DocumentRequest.objects.update(due_on=due_on)
    application.thread.deadlines.filter(kind="documents").update(
        due_on=due_on, days=(due_on - application.thread.deadlines.get(kind="documents").started_on).days
    )
    technician = signed_in(Client(), staff(Role.TECHNICAL_ADMINISTRATOR))
    assert "Noter une panne" in words(technician.get(reverse("staff_service")))
    page = technician.post(LIST, given(due_on), follow=True)
    outage = Outage.objects.get()
    assert timezone.localtime(outage.began_at).hour == 9 and timezone.localtime(outage.ended_at).hour == 18
    assert "Envoyer les pièces demandées : 1" in words(page)
    assert application.reference not in words(page)  # who runs the service knows no dossier
    assert "doit confirmer" in words(page) and "Confirmer la panne" not in words(page)
    address = reverse("staff_outage", args=[outage.pk])
    assert technician.post(address, {"go": "confirm"}).status_code == 404

    signer = signatory()
    reader = Reader(user=signer, on=timezone.localdate(), roles=frozenset({Role.SIGNATORY}))
    assert "Confirmer une panne du service" in [task.title for task in todo.todo_for(reader, "staff")]
    signed = signed_in(Client(), signer)
    assert application.reference in words(signed.get(address))
    assert "C'est confirmé" in words(signed.post(address, {"go": "confirm"}, follow=True))
    tick(timezone.now())

    extension = Extension.objects.get()
    assert "Date déplacée" in words(signed.get(address))
    holder = signed_in(client, application.structure.representative())
    choosing(client, application.structure)
    home = words(holder.get("/espace/"))
    assert "Le service était en panne le" in home and "Envoyer les pièces demandées" in home
    assert str(extension.due_on.year) in home


def test_what_was_typed_wrong_is_told_beside_the_field_and_kept(client: Client) -> None:
    signed_in(client, staff(Role.SECRETARIAT))
    day = timezone.localdate() - DAY
    for changes, told in (
        ({"ended_hour": "8:00"}, "La fin de la panne vient après son début."),
        ({"ended_on": f"{day + 5 * DAY:%d/%m/%Y}"}, "Notez la panne une fois qu'elle est finie."),
        ({"began_hour": "midi"}, "Écrivez une heure comme 9:30."),
        ({"what": " "}, "Répondez à cette question"),
    ):
        page = client.post(LIST, given(day, **changes))
        assert page.status_code == 200 and told in words(page), changes
        assert "18h00" in page.content.decode() or "ended_hour" in changes
    assert not Outage.objects.exists()


def test_an_officer_reads_and_records_nothing(client: Client) -> None:
    signed_in(client, staff(Role.CASE_OFFICER))
    assert "Noter une panne" not in words(client.get(LIST))
    assert client.post(LIST, given(timezone.localdate() - DAY)).status_code == 404
    outage = outages.recorded(timezone.localdate() - DAY)
    address = reverse("staff_outage", args=[outage.pk])
    for go in ("confirm", "drop", "settle-1", "settle-x", ""):
        assert client.post(address, {"go": go}).status_code == 404, go
    assert Outage.objects.get().confirmed_at is None


def test_what_no_rule_gives_back_is_done_by_a_person(client: Client) -> None:
    application = decisions.incomplete()
    due_on = application.open_request().due_on
    decisions.signed(application, "close", at=AT + timedelta(days=70))
    outage = outages.confirmed(due_on, at=AT + timedelta(days=71))
    tick(AT + timedelta(days=71))
    officer = application.case_officer
    reader = Reader(user=officer, on=timezone.localdate(), roles=frozenset({Role.CASE_OFFICER}))
    title = "Rendre le temps perdu pendant une panne du service"
    assert title in [task.title for task in todo.todo_for(reader, "staff")]
    signed_in(client, officer)
    address = reverse("staff_outage", args=[outage.pk])
    extension = Extension.objects.get(outcome="to_do")
    assert "Déjà clos" in words(client.get(address))
    go = f"settle-{extension.pk}"
    assert "Dites comment" in words(client.post(address, {"go": go}))
    done = client.post(
        address, {"go": go, f"how-{extension.pk}": "Nouveau dossier repris par téléphone."}, follow=True
    )
    assert "C'est noté." in words(done) and "fait par" in words(done)
    assert title not in [task.title for task in todo.todo_for(reader, "staff")]
    assert "par téléphone" not in done.content.decode()


def test_the_pages_cost_the_same_for_1_and_3_dates(client: Client) -> None:
    signed_in(client, signatory())
    application = label.incomplete()
    due_on = application.open_request().due_on
    outage = outages.recorded(due_on)
    address = reverse("staff_outage", args=[outage.pk])
    few = [queries_of(client, one) for one in (LIST, address)]
    for _ in range(2):
        label.incomplete()
        outages.recorded(due_on - 20 * DAY - Outage.objects.count() * DAY)
    assert [queries_of(client, one) for one in (LIST, address)] == few
    Outage.objects.filter(pk=outage.pk).update(confirmed_at=AT, confirmed_by=signatory())
    tick(outages.moment(due_on, 22))
    assert Extension.objects.count() == 3
    again = signed_in(Client(), signatory())  # the clock of another day ended the session
    three = queries_of(again, address)
    Extension.objects.exclude(deadline__subject__endswith=f":{application.pk}").delete()
    assert queries_of(again, address) == three <= 10
