"""Who leads a structure is read in the register before it changes anything (domain 5.3)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from structures import actions
from structures.models import OfficersRead, Structure
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import (
    AT,
    frozen,
    member,
    member_of,
    officers_read,
    proof,
    representative_of,
    structure,
)

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def officer():
    return acting(staff(), Role.CASE_OFFICER)


def replace(found, user, *, at=AT):
    return actions.replace_representative(
        structure_pk=found.pk,
        user=user,
        quality="Présidente",
        proof=proof(),
        reason="Mandat signé.",
        at=at,
        by=officer(),
    )


def unfreeze(found, *, at=AT):
    return actions.unfreeze(structure_pk=found.pk, reason="Réglé.", at=at, by=officer())


def test_a_new_representative_is_checked_with_the_register_first():
    found = structure()
    other = member(found)
    with pytest.raises(Blocked, match="Lisez d'abord la liste des dirigeants"):
        replace(found, other)
    officers_read(found, member(found))  # of somebody else
    with pytest.raises(Blocked, match="Lisez d'abord la liste des dirigeants"):
        replace(found, other)
    officers_read(found, other)
    replace(found, other)
    assert Structure.objects.get(pk=found.pk).representative() == other
    read = OfficersRead.objects.get(person=other)
    assert (read.read_on, read.answer, read.proof.purpose) == (TODAY, "same", "officers_list")
    event = Event.objects.filter(move="read_officers").latest("pk")
    assert other.last_name not in f"{event.subject} {event.move}"


def test_who_the_register_does_not_name_does_not_represent_and_each_reading_is_kept():
    found = structure()
    other = member(found)
    officers_read(found, other, answer="other")
    with pytest.raises(Blocked, match="nomme quelqu'un d'autre"):
        replace(found, other)
    assert Structure.objects.get(pk=found.pk).representative() != other
    officers_read(found, other, answer="same")
    replace(found, other)
    assert OfficersRead.objects.filter(person=other).count() == 2


def test_an_old_reading_is_made_again(settings):
    settings.OFFICERS_READ_DAYS = 10
    found = structure()
    other = member(found)
    officers_read(found, other, read_on=TODAY - timedelta(days=11))
    with pytest.raises(Blocked, match="Lisez d'abord"):
        replace(found, other)
    officers_read(found, other, read_on=TODAY - timedelta(days=10))
    replace(found, other)


def test_a_dispute_ends_with_who_the_register_names_since_it_began():
    found = structure()
    president = found.representative()
    officers_read(found, president, read_on=TODAY - timedelta(days=2))
    found = frozen(found)
    with pytest.raises(Blocked, match="Lisez d'abord"):
        unfreeze(found)
    officers_read(found, president, answer="other")
    with pytest.raises(Blocked, match="nomme quelqu'un d'autre"):
        unfreeze(found)
    assert Structure.objects.get(pk=found.pk).state == "frozen"
    officers_read(found, president)
    unfreeze(found)
    assert Structure.objects.get(pk=found.pk).state == "open"


def test_a_dispute_does_not_end_while_nobody_represents():
    founder = person()
    found = actions.create_structure(
        name="Sans tête",
        registration_kind="none",
        founder=founder,
        role="editor",
        proof=proof(),
        at=AT,
        by=acting(founder, "editor"),
    )
    frozen(found)
    with pytest.raises(Blocked, match="Notez d'abord qui représente"):
        unfreeze(found)


def test_a_court_may_name_who_represents():
    found = structure()
    liquidator = person()
    officers_read(found, liquidator, answer="court")
    replace(found, liquidator)
    assert Structure.objects.get(pk=found.pk).representative() == liquidator


def test_only_a_structure_without_register_has_no_list():
    found = structure()
    with pytest.raises(Blocked, match="a un numéro"):
        officers_read(found, found.representative(), answer="no_list")
    other = structure(registration_kind="none")
    chosen = member(other)
    officers_read(other, chosen, answer="no_list")
    replace(other, chosen)
    assert Structure.objects.get(pk=other.pk).representative() == chosen


def test_what_is_wrong_with_a_reading_is_told_and_nothing_is_kept():
    found = structure()
    president = found.representative()
    with pytest.raises(Blocked, match="pas encore arrivée"):
        officers_read(found, president, read_on=TODAY + timedelta(days=1))
    with pytest.raises(Blocked, match="réponses proposées"):
        officers_read(found, president, answer="perhaps")
    facts = {"structure_pk": found.pk, "person": president, "read_on": TODAY, "answer": "same"}
    with pytest.raises(Blocked, match="justificatif"):
        actions.read_officers(**facts, proof=None, at=AT, by=officer())
    with pytest.raises(ValidationError):
        actions.read_officers(**facts, proof=proof("liste.pdf", b"MZ\x00"), at=AT, by=officer())
    assert not OfficersRead.objects.exists()


ROLES = ["representative", "editor", "stranger", "member officer", *(set(Role.values) - {Role.CASE_OFFICER})]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_nobody_else_reads_the_register(role):
    found = structure()
    makers = {
        "representative": lambda: representative_of(found),
        "editor": lambda: member_of(found, member(found)),
        "stranger": lambda: acting(person(), Role.CASE_OFFICER),
        "member officer": lambda: acting(member(found, user=staff()), Role.CASE_OFFICER),
    }
    by = makers[role]() if role in makers else acting(staff(role), role)
    with pytest.raises(NotAllowed):
        actions.read_officers(
            structure_pk=found.pk,
            person=found.representative(),
            read_on=TODAY,
            answer="same",
            proof=proof(),
            at=AT,
            by=by,
        )
