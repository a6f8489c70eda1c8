"""Who signed by hand is called back at the declared number; a letter follows a number that does not answer (5.3)."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from charter import actions
from charter.models import Charter, IdentityCheck, Signature
from journal.refusals import Blocked, NotAllowed
from letters.typography import french_date
from tests.factories import charter as make
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import AT, member, proof, representative_of, structure

pytestmark = pytest.mark.django_db
TODAY = AT.date()
SIGNED = date(2026, 12, 20)
PHONE = "01 99 00 00 31"


def sign(found, *, at=AT):
    return actions.record_paper_signature(
        structure_pk=found.pk,
        charter_pk=Charter.objects.in_force().pk,
        signatory=found.representative(),
        quality="Présidente",
        signed_on=SIGNED,
        scan=proof("charte.pdf"),
        at=at,
        by=acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
    )


def called(found, result="confirmed", way="person", **more):
    if result == "no_answer":
        more.setdefault("answered_by", "")
    return make.identity(found, way=way, result=result, **more)


@pytest.fixture
def found():
    make.charter()
    return structure(representative=person(first_name="Nadia", last_name="Brossard", phone=PHONE))


def test_no_signature_by_hand_is_accepted_before_the_call_to_the_declared_number(found):
    with pytest.raises(Blocked, match="Appelez d'abord la personne au numéro déclaré"):
        sign(found)
    check = called(found)
    assert (check.means, check.number, check.proof) == ("call", PHONE, None)  # as declared: nobody typed it
    assert sign(found).method == "paper"


def test_the_number_of_the_structure_is_declared_too():
    make.charter()
    found = structure(phone="01 99 00 00 32")
    assert called(found, way="structure").number == "01 99 00 00 32"
    with pytest.raises(Blocked, match="Aucun numéro n'est déclaré ici"):
        called(found, way="person")


def test_a_number_that_does_not_answer_is_followed_by_a_letter(found):
    with pytest.raises(Blocked, match="Appelez d'abord le numéro déclaré"):
        called(found, way="letter")
    called(found, "no_answer")
    with pytest.raises(Blocked, match="Personne n'a répondu"):
        sign(found)
    with pytest.raises(Blocked, match="réponse écrite et signée"):
        called(found, way="letter", proof=None)
    check = called(found, way="letter")
    assert (check.number, check.proof.purpose) == ("", "identity")
    assert sign(found).method == "paper"


def test_every_declared_number_is_tried_before_a_letter():
    make.charter()
    found = structure(representative=person(phone=PHONE), phone="01 99 00 00 32")
    called(found, "no_answer")
    with pytest.raises(Blocked, match="Appelez d'abord le numéro déclaré"):
        called(found, way="letter")
    called(found, "no_answer", way="structure")
    called(found, way="letter")


def test_who_says_that_they_did_not_sign_is_believed_until_they_say_otherwise(found):
    called(found, "denied", answered_by="Nadia Brossard")
    with pytest.raises(Blocked, match="n'a pas signé"):
        sign(found)
    assert not Signature.objects.exists()
    called(found)
    sign(found)


def test_a_call_before_the_day_of_the_signature_says_nothing_of_it(found):
    called(found, done_on=SIGNED - timedelta(days=1))
    with pytest.raises(Blocked, match="Appelez d'abord"):
        sign(found)
    called(found, done_on=SIGNED)
    sign(found)


def test_a_call_about_somebody_else_says_nothing_of_who_signed(found):
    other = member(found, user=person(phone="01 99 00 00 33"))
    called(found, signatory=other)
    with pytest.raises(Blocked, match="Appelez d'abord"):
        sign(found)


def test_what_is_wrong_with_a_check_is_told_and_nothing_is_kept(found):
    with pytest.raises(Blocked, match="qui a répondu"):
        called(found, answered_by=" ")
    with pytest.raises(Blocked, match="pas encore arrivée"):
        called(found, done_on=TODAY + timedelta(days=1))
    with pytest.raises(Blocked, match="réponses proposées"):
        called(found, way="pigeon")
    with pytest.raises(Blocked, match="réponses proposées"):
        called(found, "perhaps")
    with pytest.raises(Blocked, match="pas dans l'espace"):
        called(found, signatory=person(phone=PHONE))
    assert not IdentityCheck.objects.exists()


def test_a_check_is_never_changed_and_the_database_wants_its_number(found):
    check = called(found)
    with pytest.raises(DatabaseError), transaction.atomic():
        IdentityCheck.objects.filter(pk=check.pk).update(result="denied")
    check.pk, check.number = None, ""
    with pytest.raises(IntegrityError), transaction.atomic():
        check.save(force_insert=True)


@pytest.mark.parametrize("role", ["representative", "member officer", *Role.values])
def test_the_office_notes_it_and_nobody_else(found, role):
    makers = {
        "representative": lambda: representative_of(found),
        "member officer": lambda: acting(member(found, user=staff()), Role.CASE_OFFICER),
    }
    by = makers[role]() if role in makers else acting(staff(role), role)
    facts = {
        "structure_pk": found.pk,
        "signatory": found.representative(),
        "way": "person",
        "done_on": TODAY,
        "result": "no_answer",
        "at": AT,
        "by": by,
    }
    if role in (Role.CASE_OFFICER, Role.SECRETARIAT):
        assert actions.check_identity(**facts).noted_by == by.user
        return
    with pytest.raises(NotAllowed):
        actions.check_identity(**facts)


class TestPage:
    def test_from_the_call_to_the_signature(self, client, found):
        where = reverse("staff_charter_identity", args=[found.pk])
        signed_in(client, staff(Role.SECRETARIAT))
        assert PHONE in client.get(where).content.decode().replace("\xa0", " ").replace("\u202f", " ")
        seat = found.memberships.get(ended_at=None)
        day = french_date(timezone.localdate())
        typed = {"member": seat.pk, "way": "person", "done_on": day, "result": "confirmed"}
        assert "Dites qui a répondu" in client.post(where, typed).content.decode()
        client.post(where, {**typed, "answered_by": "Elle-même"})
        assert IdentityCheck.objects.get().number == PHONE
        page = client.get(reverse("staff_structure", args=[found.pk])).content.decode()
        assert "La personne confirme qu" in page and "Elle-même" in page

    @pytest.mark.parametrize("role", Role.values)
    def test_who_opens_it(self, client, found, role):
        signed_in(client, staff(role))
        expected = 200 if role in (Role.CASE_OFFICER, Role.SECRETARIAT) else 404
        assert client.get(reverse("staff_charter_identity", args=[found.pk])).status_code == expected
