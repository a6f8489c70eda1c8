"""The pages of a renewal: its band and one button (P25), what the association and the staff may do."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates.models import Label
from deadlines.calendar import add_months
from label.differences import since_last_dossier
from label.models import Application
from tests.factories import certificates, renewals
from tests.factories import label as labels
from tests.factories.accounts import signed_in, staff

pytestmark = pytest.mark.django_db


def near_its_end(*, days: int) -> Label:
    """A label granted some days ago, whose protected date comes in that many days."""
    label = certificates.label(at=timezone.now() - timedelta(days=400))
    today = timezone.localdate()
    Label.objects.update(ends_on=add_months(today + timedelta(days=days), 4))
    return Label.objects.select_related("structure", "application").get(pk=label.pk)


def page(client: Client, name: str, *args: object) -> str:
    words = unescape(client.get(reverse(name, args=args)).content.decode())
    return " ".join(words.split())


def test_the_representative_renews_from_their_space(client: Client) -> None:
    label = near_its_end(days=20)
    labels.answered(label.application)
    signed_in(client, label.structure.representative())

    assert "Renouveler le label" in page(client, "space")
    assert "Je ne renouvelle pas" in page(client, "space_label")
    shown = page(client, "space_renewal")
    assert "pour que votre label ne s'interrompe pas" in shown
    assert "Permanence d'écoute" in shown
    assert client.post(reverse("space_renewal"), {"go": "nothing"}).status_code == 200
    assert not Application.objects.filter(kind="renewal").exists()

    client.post(reverse("space_renewal"), {"go": "open"})
    draft = Application.objects.get(kind="renewal")
    assert "pour que votre label ne s'interrompe pas" in page(client, "application", draft.reference)
    assert "Inchangé." in page(client, "application_section", draft.reference, "fonctionnement")
    draft.answers.filter(question="governance_bodies").update(text="Le conseil décide.")
    section = page(client, "application_section", draft.reference, "fonctionnement")
    assert "Modifié depuis votre dernier dossier." in section
    assert draft.reference in page(client, "space_renewal")
    assert "Présenter une autre action" not in page(client, "space_label")

    filed = renewals.filed(draft, on=timezone.localdate())
    found = since_last_dossier(filed)
    assert [(one.word, one.after) for one in found if "Qui décide" in one.what] == [
        ("Ajouté", "Le conseil décide.")
    ]
    officer = signed_in(Client(), staff(Role.CASE_OFFICER))
    assert "depuis le dernier dossier" in page(officer, "staff_application", filed.reference)
    assert "déposé à temps" in page(officer, "staff_label", label.number)
    listed = officer.get(reverse("staff_labels"), {"parmi": "sans-renouvellement"}).content.decode()
    assert label.number not in listed


def test_who_gives_up_says_it_on_a_page_of_its_own(client: Client) -> None:
    label = near_its_end(days=20)
    officer = signed_in(Client(), staff(Role.CASE_OFFICER))
    listed = officer.get(reverse("staff_labels"), {"parmi": "sans-renouvellement"}).content.decode()
    assert label.number in listed
    signed_in(client, label.structure.representative())
    assert "plus de rappel" in page(client, "space_renewal_decline")
    client.post(reverse("space_renewal_decline"), {"go": "decline"})
    assert Label.objects.get().renewal_declined_on == timezone.localdate()
    assert "Renouveler le label" not in page(client, "space")
    assert "Renouvellement abandonné" in page(client, "space_label")


def test_another_action_is_a_short_form(client: Client) -> None:
    label = near_its_end(days=900)
    signed_in(client, label.structure.representative())
    assert "Présenter une autre action" in page(client, "space_label")
    client.post(reverse("space_addition"), {"go": "open"})
    draft = Application.objects.get(kind="addition")
    summary = page(client, "application", draft.reference)
    assert "1. Actions proposées" in summary
    assert "Fonctionnement" not in summary
    closed = reverse("application_section", args=[draft.reference, "fonctionnement"])
    assert client.get(closed).status_code == 404
    assert client.get(reverse("application_evidence", args=[draft.reference, "A3"])).status_code == 404
    assert client.get(reverse("application_evidence", args=[draft.reference, "A5"])).status_code == 200
