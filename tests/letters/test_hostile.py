"""What must not leak, nor be written twice, in letters and exchanges."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.moves import subject_key
from letters import actions
from letters.models import Exchange, InternalNote, Letter, Mail
from letters.visibility import may_see_letter
from structures.models import Membership
from tests.factories.accounts import acting, give_role, person, signed_in, staff
from tests.factories.letters import AT, a_letter, a_member, a_structure, an_upload, letter_about_structures

pytestmark = pytest.mark.django_db
ON = timezone.localdate(AT)


@pytest.fixture
def structure():
    with letter_about_structures():
        yield a_structure()


def test_a_second_click_writes_no_second_message(client, structure):
    member = a_member(structure)
    staff(Role.SECRETARIAT)
    signed_in(client, member)
    page = reverse("exchanges", args=[subject_key(structure)])

    for _click in range(2):
        assert client.post(page, {"message-text": "Voici nos statuts."}).status_code == 302
    client.post(page, {"message-text": "Voici nos statuts.", "message-document": an_upload()})

    assert Exchange.objects.count() == 2  # the third carries a file
    assert Mail.objects.filter(kind="message").count() == 2


def test_a_second_click_writes_no_second_note(structure):
    by = acting(staff(), Role.CASE_OFFICER)
    for _click in range(2):
        actions.write_note(record=structure, text="À rappeler.", at=AT, by=by)

    assert InternalNote.objects.count() == 1


def test_the_office_reading_the_page_of_the_association_is_no_reading_by_the_association(client, structure):
    member, officer = a_member(structure), staff()
    actions.write_message(record=structure, text="Bonjour", at=AT, by=acting(officer, Role.CASE_OFFICER))
    page = reverse("exchanges", args=[subject_key(structure)])

    signed_in(client, officer).get(page)
    assert Exchange.objects.get().read_at is None

    signed_in(client, member).get(page)
    assert Exchange.objects.get().read_at is not None


def test_an_agent_does_not_read_the_notes_about_their_own_association(client, structure):
    officer = a_member(structure)
    give_role(officer, Role.CASE_OFFICER)
    page = reverse("staff_exchanges", args=[subject_key(structure)])

    assert signed_in(client, officer).get(page).status_code == 404
    assert signed_in(client, staff()).get(page).status_code == 200


def test_who_left_the_association_neither_reads_nor_receives_its_letters(client, structure):
    former = a_member(structure)
    letter = a_letter(structure, addressee=former)
    assert may_see_letter(letter, former, on=ON)
    Membership.objects.filter(user=former).update(ended_at=AT)

    assert not may_see_letter(letter, former, on=ON)
    signed_in(client, former)
    assert client.get(reverse("letter", args=[letter.pk])).status_code == 404
    assert client.get(reverse("letter_pdf", args=[letter.pk])).status_code == 404
    assert Letter.objects.get().received_on is None


def test_the_technical_administrator_reads_no_letter(structure):
    administrator = a_member(structure, "reader")
    letter = a_letter(structure, addressee=a_member(structure))
    assert may_see_letter(letter, administrator, on=ON)
    outsider = person()
    give_role(outsider, Role.TECHNICAL_ADMINISTRATOR)
    assert not may_see_letter(letter, outsider, on=ON)
