"""Who takes a dossier: the first one; the second reads who it was. Before, its work pages lead to its page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.rules import roles_of
from label.models import Application
from tests.factories import label
from tests.factories.accounts import signed_in, staff
from tests.reading import words
from workflows import todo

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_the_second_officer_is_told_that_somebody_was_first():
    application = label.submitted(at=NOW)
    staff(Role.APPEAL_OFFICER)
    act = reverse("staff_act", args=[application.reference])
    first, second = (signed_in(Client(), staff(first_name=name)) for name in ("Awa", "Léo"))
    shown = {"go": "take", "followed_by": ""}
    assert "Vous suivez maintenant ce dossier" in words(first.post(act, shown, follow=True))
    told = words(second.post(act, shown, follow=True))
    assert "Awa" in told and "vient de le faire" in told and "Vous suivez maintenant" not in told
    assert Application.objects.get().case_officer.first_name == "Awa"
    page = second.get(reverse("staff_application", args=[application.reference])).content.decode()
    assert f'name="followed_by" value="{Application.objects.get().case_officer_id}"' in page


def test_pieces_to_check_of_nobodys_dossier_lead_to_where_it_is_taken():
    application, officer = label.submitted(at=NOW), staff()
    staff(Role.APPEAL_OFFICER)
    on = timezone.localdate()
    reader = todo.Reader(officer, on, roles_of(officer, on=on), (), True)
    (task,) = todo.todo_for(reader, "staff")
    page = signed_in(Client(), officer).get(task.url)
    assert task.url == reverse("staff_application", args=[application.reference])
    assert "Prendre le dossier" in words(page)


@pytest.mark.parametrize("page", ["staff_completeness", "staff_decision_prepare"])
def test_the_work_of_a_colleague_leads_to_the_page_of_the_dossier(page):
    application = label.taken(at=NOW)
    url = reverse(page, args=[application.reference])
    told = signed_in(Client(), staff()).get(url, follow=True)
    assert told.redirect_chain[-1][0] == reverse("staff_application", args=[application.reference])
    assert f"{application.case_officer.get_full_name()} suit ce dossier" in words(told)
    assert signed_in(Client(), staff()).post(url, {}).status_code == 404
    assert signed_in(Client(), staff(Role.SECRETARIAT)).get(url).status_code == 404
