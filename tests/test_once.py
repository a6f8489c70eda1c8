"""The same creating form sent twice, one after the other and at the same instant: one creation, one place to land."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Delegation, Role, RoleGrant, UsedForm, User
from accounts.once import forget_used_forms
from journal.moves import subject_key
from label.models import Contributor, Document
from letters.models import Exchange, InternalNote
from reviewers.models import InterestLink, Mandate
from structures.models import Invitation, Membership, Solution, Structure
from tests.factories import label, reviewers, structures
from tests.factories.accounts import person, signed_in, staff
from tests.factories.structures import PDF

SEVERAL = 4


@dataclass
class Page:
    """A page open in a browser, what is typed in it, and how to count what it creates."""

    client: Client
    url: str
    typed: dict[str, Any]
    count: Callable[[], int]
    token: str = ""

    def read(self) -> Page:
        """Open the page: its hidden fields go with what is typed."""
        answer = self.client.get(self.url)
        found = re.findall(r'name="once" value="([0-9a-f]+)"', answer.content.decode())
        assert found, f"{self.url} has no form token"
        self.token = found[-1]
        return self

    def send(self, client: Client | None = None, **changes: Any) -> Any:
        """Post it as the browser does."""
        typed = {name: value() if callable(value) else value for name, value in self.typed.items()}
        return (client or self.client).post(self.url, {**typed, **changes, "once": self.token})


def new_structure() -> Page:
    client = signed_in(Client(), person())
    client.post(reverse("structure_search", args=["sans-numero"]), {"name": "Les Amis du lac"})
    typed = {"role": "representative", "quality": "Présidente", "proof": pdf, "certify": "on"}
    return Page(client, reverse("structure_confirm"), typed, Structure.objects.count)


def on_behalf_structure() -> Page:
    typed = {
        "name": "Rivage",
        "registration_kind": "none",
        "proof": pdf,
        "address": "1 rue du Port",
        "postal_code": "75001",
        "city": "Paris",
        "first_name": "Rose",
        "last_name": "Martin",
        "quality": "Présidente",
    }
    client = signed_in(Client(), staff(Role.SECRETARIAT))
    return Page(client, reverse("on_behalf_structure"), typed, Structure.objects.count)


def guest_without_address() -> Page:
    found = structures.structure()
    typed = {
        "first_name": "Rose",
        "last_name": "Martin",
        "quality": "Trésorière",
        "role": "editor",
        "mailbox": "none",
        "address": "1 rue du Port",
        "postal_code": "75001",
        "city": "Paris",
        "phone": "0102030405",
    }
    client = signed_in(Client(), found.representative())
    return Page(client, reverse("structure_add_person"), typed, Membership.objects.count)


def invitation() -> Page:
    found = structures.structure()
    typed = {"email": "rose@exemple.fr", "role": "editor", "quality": "Trésorière"}
    client = signed_in(Client(), found.representative())
    return Page(client, reverse("structure_invite"), typed, Invitation.objects.count)


def draft_page(slug: str, typed: dict[str, Any], model: Any) -> Page:
    application = label.draft(at=timezone.now())
    client = signed_in(Client(), application.structure.representative())
    url = reverse("application_section", args=[application.reference, slug])
    return Page(client, url, typed, model.objects.count)


def action() -> Page:
    return draft_page("actions", {"go": "add", "name": "Un lieu d'écoute"}, Solution)


def contributor() -> Page:
    typed = {"go": "add_contributor", "name": "Un hôpital", "part": "Prête une salle"}
    return draft_page("personnes", typed, Contributor)


def document() -> Page:
    application = label.draft(at=timezone.now())
    client = signed_in(Client(), application.structure.representative())
    url = reverse("application_evidence", args=[application.reference, "A1"])
    typed = {"go": "add_document", "upload": pdf, "description": "Nos statuts"}
    return Page(client, url, typed, Document.objects.count)


def message() -> Page:
    application = label.submitted(at=timezone.now())
    client = signed_in(Client(), application.structure.representative())
    url = reverse("exchanges", args=[subject_key(application)])
    return Page(client, url, {"message-text": "Bonjour."}, Exchange.objects.count)


def office_page(typed: dict[str, Any], count: Callable[[], int]) -> Page:
    application = label.taken(at=timezone.now())
    client = signed_in(Client(), application.case_officer)
    return Page(client, reverse("staff_exchanges", args=[subject_key(application)]), typed, count)


def office_message() -> Page:
    return office_page({"go": "message", "message-text": "Bonjour."}, Exchange.objects.count)


def office_note() -> Page:
    return office_page({"go": "note", "note-text": "À rappeler."}, InternalNote.objects.count)


def administration(name: str, typed: dict[str, Any], model: Any, *, about: bool = True) -> Page:
    client = signed_in(Client(), staff(Role.TECHNICAL_ADMINISTRATOR))
    args = [staff(Role.SIGNATORY).pk] if about else []
    return Page(client, reverse(name, args=args), typed, model.objects.count)


def colleague() -> Page:
    typed = {"first_name": "Rose", "last_name": "Martin", "email": "rose@exemple.fr"}
    return administration("staff_person_new", typed, User, about=False)


def role() -> Page:
    typed = {"role": "case_officer", "service": "Mission", "starts_on": "01/03/2027"}
    return administration("staff_person_role", typed, RoleGrant)


def delegation() -> Page:
    typed = {"quality": "Directrice", "service": "DG", "act_reference": "DEC-1", "starts_on": "01/03/2027"}
    return administration("staff_person_delegation", typed, Delegation)


def absence() -> Page:
    client, other = signed_in(Client(), staff()), staff()
    typed = {"substitute": other.pk, "starts_on": "01/03/2027", "ends_on": "05/03/2027"}
    return Page(client, reverse("account_absence"), typed, Absence.objects.count)


def mandate() -> Page:
    typed = {
        "first_name": "Rose",
        "last_name": "Martin",
        "college": "patients",
        "seat": "full",
        "load_cap": "4",
    }
    client = signed_in(Client(), staff(Role.SECRETARIAT))
    return Page(client, reverse("staff_approach"), typed, Mandate.objects.count)


def link() -> Page:
    found = reviewers.member()
    typed = {"organisation_name": "Laboratoire", "kind": "expert"}
    return Page(
        signed_in(Client(), found.user), reverse("committee_interests"), typed, InterestLink.objects.count
    )


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("papier.pdf", PDF, content_type="application/pdf")


PAGES = [
    new_structure,
    on_behalf_structure,
    guest_without_address,
    invitation,
    action,
    contributor,
    document,
    message,
    office_message,
    office_note,
    colleague,
    role,
    delegation,
    absence,
    mandate,
    link,
]


@pytest.mark.django_db
@pytest.mark.parametrize("opened", PAGES, ids=lambda page: page.__name__)
def test_a_form_sent_twice_creates_once_and_lands_in_one_place(opened: Callable[[], Page]) -> None:
    page = opened().read()
    before = page.count()

    first, second = page.send(), page.send()

    assert first.status_code == second.status_code == 302
    assert second.url == first.url
    assert page.count() == before + 1


@pytest.mark.django_db
def test_the_same_page_with_other_words_is_another_form() -> None:
    page = message().read()
    page.send()
    page.send(**{"message-text": "Autre chose."})
    assert page.count() == 2


@pytest.mark.django_db
def test_a_form_that_was_refused_can_be_sent_again() -> None:
    page = message().read()
    assert page.send(**{"message-text": ""}).status_code == 200
    assert not UsedForm.objects.exists()
    assert page.send().status_code == 302


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "opened",
    [new_structure, on_behalf_structure, guest_without_address, action],
    ids=lambda page: page.__name__,
)
def test_a_form_sent_several_times_at_once_creates_once(opened: Callable[[], Page]) -> None:
    page = opened().read()
    before, start = page.count(), Barrier(SEVERAL)

    def click(_rank: int) -> str:
        client = Client()
        client.cookies = page.client.cookies
        try:
            start.wait()
            return str(page.send(client).url)
        finally:
            connection.close()

    with ThreadPoolExecutor(SEVERAL) as pool:
        landed = set(pool.map(click, range(SEVERAL)))

    assert len(landed) == 1
    assert page.count() == before + 1


@pytest.mark.django_db
def test_tokens_of_forms_vanish_after_a_day() -> None:
    owner, now = person(), timezone.now()
    for age in (timedelta(hours=2), timedelta(days=2)):
        UsedForm.objects.create(user=owner, key=str(age), used_at=now - age)

    assert forget_used_forms(now) == 1
    assert [row.key for row in UsedForm.objects.all()] == [str(timedelta(hours=2))]
