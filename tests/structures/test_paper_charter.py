"""The way to a charter signed on paper is shown to those for whom it opens."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from tests.factories import label
from tests.factories.accounts import signatory, signed_in, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
OPEN = {Role.CASE_OFFICER, Role.SECRETARIAT}


@pytest.mark.parametrize(
    "role",
    [Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY, Role.ETHICS_OFFICER, Role.APPEAL_OFFICER],
)
def test_shown_where_it_opens(client, role):
    found = label.submitted(at=NOW).structure
    signed_in(client, signatory() if role == Role.SIGNATORY else staff(role))
    page = client.get(reverse("staff_structure", args=[found.pk]))
    paper = reverse("staff_charter_paper", args=[found.pk])
    assert page.status_code == 200
    assert (paper in page.content.decode()) == (client.get(paper).status_code == 200) == (role in OPEN)
