"""What the journal and the public interface must not tell."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from reviewers import actions
from tests.factories import portal, reviewers
from tests.factories.accounts import signed_in, staff
from tests.factories.structures import AT

pytestmark = pytest.mark.django_db


def test_why_a_member_was_recused_is_for_the_ethics_officer_and_the_secretariat(client: Client) -> None:
    application = reviewers.under_review()
    assignment = reviewers.accepted(reviewers.assignments_of(application)[0])
    ethics = reviewers.ethics_officer().because("Conjoint employé par la structure.")
    actions.recuse(assignment_pk=assignment.pk, at=AT, by=ethics)
    page = reverse("staff_journal", args=[application.reference])

    def reads(role: str) -> bool:
        return "Conjoint employé" in signed_in(client, staff(role)).get(page).content.decode()

    assert reads(Role.ETHICS_OFFICER)
    assert reads(Role.SECRETARIAT)
    assert not reads(Role.CASE_OFFICER)
    assert not reads(Role.APPEAL_OFFICER)


def test_an_annulled_label_names_nobody(client: Client) -> None:
    today = timezone.localdate()
    label = portal.moved(portal.granted("Cap Douceur"), "annul", today, ended_on=today)

    told = client.get(f"/api/v1/labels/{label.number}").json()

    assert (told["status"], told["structure"], told["city"], told["region"]) == ("annulled", "", "", "")
