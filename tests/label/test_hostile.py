"""Pages of a dossier that are for the structure and for the office, whatever else opens it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from journal.moves import subject_key
from label.models import Application
from label.rules import people_involved
from letters.models import Letter
from letters.visibility import may_see_letter
from tests.factories import label, reviewers
from tests.factories.accounts import acting, give_role, signed_in, staff
from tests.factories.structures import AT

pytestmark = pytest.mark.django_db
PAGES = (
    "application_tracking",
    "application_receipt",
    "application_receipt_pdf",
    "application_read",
    "application_pdf",
    "application_export",
)


@pytest.mark.parametrize("role", ["", Role.TECHNICAL_ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
def test_a_member_of_the_committee_reads_a_dossier_on_the_pages_of_the_committee_only(client, role):
    application = reviewers.under_review()
    assignment = reviewers.accepted(reviewers.assignments_of(application)[0])
    user = User.objects.get(pk=assignment.mandate.user_id)
    if role:
        give_role(user, role)
    assert Application.objects.visible_to(user, on=timezone.localdate()).filter(pk=application.pk).exists()

    signed_in(client, user)

    assert {client.get(reverse(page, args=[application.reference])).status_code for page in PAGES} == {404}
    assert client.get(reverse("exchanges", args=[subject_key(application)])).status_code == 404


def test_no_letter_for_a_member_of_the_committee_who_also_keeps_the_service_running():
    application = reviewers.found_by_the_office(label.admissible())
    members = [one.pk for one in reviewers.committee()]
    reviewers.actions.name_panel(
        application_pk=application.pk, mandate_pks=members, at=AT, by=reviewers.secretary()
    )
    assignment = reviewers.accepted(reviewers.assignments_of(application)[0])
    user = User.objects.get(pk=assignment.mandate.user_id)
    give_role(user, Role.TECHNICAL_ADMINISTRATOR)

    letter = Letter.objects.get(thread=application.thread)

    assert not may_see_letter(letter, user, on=timezone.localdate())


def test_a_substitute_who_examined_the_dossier_is_involved():
    application = label.taken()
    label.register_concluded(application)
    label.papers_checked(application)
    officer, substitute = application.case_officer, staff()
    officer.absences.create(
        substitute=substitute, starts_on=timezone.localdate(AT), ends_on=timezone.localdate(AT)
    )
    label.actions.declare_admissible(
        application_pk=application.pk, at=AT, by=acting(substitute, Role.CASE_OFFICER)
    )

    assert people_involved(application) == {officer.pk, substitute.pk}
