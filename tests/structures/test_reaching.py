"""Mails that come back: noted by the office; then a call, a letter by post, and decisions on paper (domain 5.3)."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import timezone

from accounts import codes
from accounts.actions import change_address
from accounts.codes import SIGN_IN
from accounts.models import OneTimeCode, Role, User
from accounts.rules import roles_of
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from letters.actions import queue_mail
from letters.models import Mail
from letters.typography import french_date
from structures import actions
from structures.models import ContactAttempt, Membership, Structure
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import AT, member, member_of, representative_of, structure
from tests.reading import plain
from workflows import todo

pytestmark = pytest.mark.django_db
TODAY = AT.date()
CALL = "Téléphoner : tous les e-mails à cette structure reviennent"
WRITE = "Écrire par la poste : tous les e-mails à cette structure reviennent"


def secretary():
    return acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)


def seat(found, user):
    return Membership.objects.current().get(structure=found, user=user)


def returned(found, user, *, at=AT, by=None):
    return actions.note_returned_mail(membership_pk=seat(found, user).pk, at=at, by=by or secretary())


def attempt(found, channel, *, at=AT, outcome="Une voix a promis de rappeler.", **more):
    facts = {"tried_on": timezone.localdate(at), "at": at, "by": secretary(), **more}
    return actions.note_attempt(structure_pk=found.pk, channel=channel, outcome=outcome, **facts)


def lost(found):
    return Structure.objects.filter(pk=found.pk).reached_by_no_mail().exists()


def to_do(role):
    user = staff(role)
    tasks = todo.todo_for(todo.Reader(user, TODAY, roles_of(user, on=TODAY)), "staff")
    return [plain(task.title) for task in tasks if "reviennent" in task.title]


def consented(found):
    actions.give_service_consent(structure_pk=found.pk, text="En ligne.", at=AT, by=representative_of(found))
    return Structure.objects.get(pk=found.pk)


def test_what_if_every_mail_comes_back():
    found = structure()
    president, editor = found.representative(), member(found)
    returned(found, president)
    assert not lost(found) and to_do(Role.CASE_OFFICER) == []
    returned(found, editor, at=AT + timedelta(hours=1))
    assert lost(found)
    assert to_do(Role.CASE_OFFICER) == to_do(Role.SECRETARIAT) == [CALL]
    attempt(found, "phone", at=AT + timedelta(hours=2))
    assert to_do(Role.CASE_OFFICER) == [WRITE]
    attempt(found, "post", at=AT + timedelta(hours=3))
    assert to_do(Role.CASE_OFFICER) == []
    assert lost(found)  # until an address is confirmed
    codes.check_row(_code(editor.email), code="123456", at=AT + timedelta(days=1))
    assert not lost(found)


def test_a_call_made_before_the_last_address_came_back_does_not_count():
    found = structure()
    president, editor = found.representative(), member(found)
    returned(found, president)
    attempt(found, "phone")
    attempt(found, "post")
    returned(found, editor, at=AT + timedelta(days=3))
    assert to_do(Role.CASE_OFFICER) == [CALL]


def _code(address):
    row = codes.send_code_to_address(
        address=address, purpose=SIGN_IN, language="fr", network="n", at=AT + timedelta(days=1)
    )
    OneTimeCode.objects.filter(pk=row.pk).update(code_hash=make_password("123456"))
    return OneTimeCode.objects.get(pk=row.pk)


def test_decisions_go_by_post_while_the_mails_of_who_represents_come_back():
    found = consented(structure())
    assert found.service_channel() == "online"
    member(found)
    returned(found, found.representative())
    found = Structure.objects.get(pk=found.pk)
    assert (found.mail_comes_back(), found.service_channel()) == (True, "post")
    actions.note_mail_arrives(membership_pk=seat(found, found.representative()).pk, at=AT, by=secretary())
    assert Structure.objects.get(pk=found.pk).service_channel() == "online"


def test_another_proved_address_ends_it_and_a_guest_of_the_mailbox_follows():
    found = structure()
    president = found.representative()
    guest = actions.add_person(
        structure_pk=found.pk,
        first_name="Paul",
        last_name="Petit",
        role="reader",
        shares_mailbox_with=president,
        at=AT,
        by=representative_of(found),
    ).user
    returned(found, guest)
    assert set(User.objects.exclude(mail_returned_at=None)) == {president, guest}
    assert lost(found)
    change_address(user=president, address="nouvelle@exemple.fr", by=acting(president, "representative"))
    assert not User.objects.exclude(mail_returned_at=None).exists()
    assert not lost(found)


def test_a_code_that_was_refused_ends_nothing():
    found = structure()
    president = found.representative()
    returned(found, president)
    row = _code(president.email)
    with pytest.raises(codes.CodeRefused):
        codes.check_row(row, code="000000", at=AT + timedelta(days=1))
    assert lost(found)


def test_a_structure_without_any_address_is_not_lost_and_a_past_member_does_not_count():
    found = structure(representative=person(without_email=True))
    assert not lost(found)
    editor = person()
    seated = actions.answer_request(
        invitation_pk=actions.ask_to_join(structure_pk=found.pk, at=AT, by=acting(editor, "visitor")).pk,
        accepted=True,
        at=AT,
        by=representative_of(found),
    )
    returned(found, editor)
    assert lost(found)
    actions.end_membership(membership_pk=seated.pk, at=AT, by=representative_of(found))
    assert not lost(found)


def test_what_must_be_said_is_said_by_hand_while_mails_come_back():
    found = structure()
    president = found.representative()
    returned(found, president)
    president = User.objects.get(pk=president.pk)
    facts = {"recipient": president, "title": "Suivi", "text": "Un suivi.", "at": AT, "thread": found.thread}
    assert queue_mail(kind="a", key="1", **facts).status == Mail.Status.QUEUED
    assert queue_mail(kind="b", key="1", or_by_hand=True, **facts).status == Mail.Status.BY_HAND


def test_noting_twice_writes_once_and_the_journal_names_no_address():
    found = structure()
    president = found.representative()
    returned(found, president)
    assert returned(found, president, at=AT + timedelta(days=2)).mail_returned_at == AT
    event = Event.objects.get(move="mail_returned")
    assert president.email not in f"{event.subject} {event.on_behalf_of}"
    arrives = {"membership_pk": seat(found, president).pk, "at": AT, "by": secretary()}
    actions.note_mail_arrives(**arrives)
    actions.note_mail_arrives(**arrives)
    assert Event.objects.filter(move="mail_arrives").count() == 1


def test_what_is_wrong_with_an_attempt_is_told():
    found = structure()
    with pytest.raises(Blocked, match="arrivent"):
        attempt(found, "phone")
    returned(found, found.representative())
    with pytest.raises(Blocked, match="pas encore arrivée"):
        attempt(found, "phone", tried_on=TODAY + timedelta(days=1))
    with pytest.raises(Blocked, match="ce que cet essai a donné"):
        attempt(found, "phone", outcome="  ")
    with pytest.raises(Blocked, match="par quel moyen"):
        attempt(found, "pigeon")
    assert not ContactAttempt.objects.exists()


def test_nobody_is_noted_without_an_address():
    found = structure(representative=person(without_email=True))
    with pytest.raises(Blocked, match="pas d'adresse"):
        returned(found, found.representative())


ROLES = ["representative", "editor", "member officer", *Role.values]


@pytest.mark.parametrize("role", ROLES)
def test_the_office_notes_and_nobody_else(role):
    found = structure()
    makers = {
        "representative": lambda: representative_of(found),
        "editor": lambda: member_of(found, member(found)),
        "member officer": lambda: acting(member(found, user=staff()), Role.CASE_OFFICER),
    }
    by = makers[role]() if role in makers else acting(staff(role), role)
    if role in (Role.CASE_OFFICER, Role.SECRETARIAT):
        returned(found, found.representative(), by=by)
        attempt(found, "phone", by=by)
        return
    with pytest.raises(NotAllowed):
        returned(found, found.representative(), by=by)
    with pytest.raises(NotAllowed):
        attempt(found, "phone", by=by)


class TestPage:
    def test_from_the_mail_that_came_back_to_the_letter(self, client):
        found = structure(phone="01 99 00 00 21")
        president = found.representative()
        where = reverse("staff_structure_reach", args=[found.pk])
        signed_in(client, staff(Role.SECRETARIAT))
        assert "Noter cet essai" not in client.get(where).content.decode()
        client.post(where, {"go": "returned", "row": seat(found, president).pk})
        page = client.get(where).content.decode()
        assert "Les e-mails reviennent depuis le" in page and 'href="tel:+33199000021"' in page
        sheet = client.get(reverse("staff_structure", args=[found.pk])).content.decode()
        assert "téléphonez, puis écrivez par la poste" in sheet
        typed = {"go": "attempt", "channel": "phone", "tried_on": french_date(timezone.localdate())}
        assert "Erreur" in client.post(where, {**typed, "outcome": ""}).content.decode()
        client.post(where, {**typed, "outcome": "Le numéro ne répond plus."})
        assert "Le numéro ne répond plus." in client.get(where).content.decode()
        client.post(where, {"go": "arrives", "row": seat(found, president).pk})
        assert User.objects.get(pk=president.pk).mail_returned_at is None

    @pytest.mark.parametrize("role", Role.values)
    def test_who_opens_it(self, client, role):
        found = structure()
        signed_in(client, staff(role))
        expected = 200 if role in (Role.CASE_OFFICER, Role.SECRETARIAT) else 404
        assert client.get(reverse("staff_structure_reach", args=[found.pk])).status_code == expected

    @pytest.mark.parametrize("posted", [{}, {"go": "x"}, {"go": "returned", "row": "0"}, {"go": "arrives"}])
    def test_an_unknown_act_is_not_found(self, client, posted):
        found, other = structure(), structure()
        signed_in(client, staff(Role.SECRETARIAT))
        where = reverse("staff_structure_reach", args=[found.pk])
        assert client.post(where, posted).status_code == 404
        theirs = {"go": "returned", "row": seat(other, other.representative()).pk}
        assert client.post(where, theirs).status_code == 404
        assert not User.objects.exclude(mail_returned_at=None).exists()
