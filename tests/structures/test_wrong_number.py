"""A number that was another entity's is corrected, and that entity is told (domain 5.3)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Role
from accounts.rules import roles_of
from certificates.actions import reissue_certificate
from certificates.models import Label
from journal.refusals import Blocked, NotAllowed
from letters.typography import french_date
from structures import actions
from structures.models import Registration
from tests.factories import certificates, measures
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.structures import (
    AT,
    member,
    proof,
    register_entry,
    representative_of,
    rna_number,
    structure,
)
from tests.reading import plain
from workflows import todo

pytestmark = pytest.mark.django_db
TODAY = AT.date()
OTHER = "Les Amis du Lac"


def corrected(found, *, other_entity=OTHER, number=None, at=AT):
    return actions.correct_identifier(
        structure_pk=found.pk,
        registration_pk=found.main_registration().pk,
        kind="rna",
        raw_number=number or rna_number(),
        proof=proof(),
        other_entity=other_entity,
        reason="Numéro lu sur un autre récépissé.",
        at=at,
        by=acting(staff(), Role.CASE_OFFICER),
    )


def replaced(found):
    return Registration.objects.get(structure=found, superseded_at__isnull=False)


def tell(found, *, by=None, at=AT, **more):
    facts = {"told_on": TODAY, "how": "Lettre à sa présidente.", **more}
    by = by or acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    return actions.tell_other_entity(registration_pk=replaced(found).pk, at=at, by=by, **facts)


def to_do():
    user = staff(Role.SECRETARIAT)
    tasks = todo.todo_for(todo.Reader(user, TODAY, roles_of(user, on=TODAY)), "staff")
    return [(plain(task.title), task.about) for task in tasks if "numéro" in task.title]


def test_the_entity_whose_number_was_borne_is_told_once():
    found = structure()
    corrected(found)
    assert to_do() == [("Prévenir une structure dont le numéro a été porté par erreur", OTHER)]
    told = tell(found)
    assert (told.other_told_on, told.awaits_telling) == (TODAY, False)
    assert to_do() == []
    with pytest.raises(Blocked, match="déjà noté"):
        tell(found)


def test_a_typing_error_has_nobody_to_tell():
    found = structure()
    corrected(found, other_entity="")
    assert to_do() == []
    with pytest.raises(Registration.DoesNotExist):
        tell(found)


def test_a_number_that_the_register_gives_to_another_is_no_typing_error():
    found = structure(raw_number="W990000051")
    register_entry("W990000051", title="LES AMIS DU LAC")
    with translation.override("fr"), pytest.raises(Blocked, match=r"celui de «\sLES AMIS DU LAC\s»"):
        corrected(found, other_entity=" ")
    assert not Registration.objects.exclude(superseded_at=None).exists()
    corrected(found)
    assert replaced(found).other_entity == OTHER


def test_what_is_wrong_with_telling_is_said():
    found = structure()
    corrected(found)
    with pytest.raises(Blocked, match="depuis la correction"):
        tell(found, told_on=TODAY - timedelta(days=1))
    with pytest.raises(Blocked, match="pas encore arrivée"):
        tell(found, told_on=TODAY + timedelta(days=1))
    with pytest.raises(Blocked, match="Dites comment"):
        tell(found, how=" ")
    assert replaced(found).awaits_telling


@pytest.mark.parametrize("role", ["representative", "member officer", *Role.values])
def test_the_office_tells_and_nobody_else(role):
    found = structure()
    corrected(found)
    makers = {
        "representative": lambda: representative_of(found),
        "member officer": lambda: acting(member(found, user=staff()), Role.CASE_OFFICER),
    }
    by = makers[role]() if role in makers else acting(staff(role), role)
    if role in (Role.CASE_OFFICER, Role.SECRETARIAT):
        assert tell(found, by=by).other_told_by == by.user
        return
    with pytest.raises(NotAllowed):
        tell(found, by=by)


def test_from_the_correction_to_the_call_on_the_pages(client):
    found = structure(raw_number="W990000052")
    signed_in(client, staff(Role.CASE_OFFICER))
    typed = {"kind": "rna", "raw_number": "W990000053", "proof": proof(), "reason": "Erreur."}
    client.post(reverse("staff_structure_number", args=[found.pk]), {**typed, "other_entity": OTHER})
    sheet = reverse("staff_structure", args=[found.pk])
    where = reverse("staff_structure_told", args=[found.pk, replaced(found).pk])
    assert where in client.get(sheet).content.decode()
    assert "W990000052" in client.get(where).content.decode()
    day = french_date(timezone.localdate())
    assert "Erreur" in client.post(where, {"told_on": day, "how": ""}).content.decode()
    client.post(where, {"told_on": day, "how": "Appel à son secrétaire."})
    page = client.get(sheet).content.decode()
    assert "Appel à son secrétaire." in page and where not in page
    other = structure()
    theirs = reverse("staff_structure_told", args=[other.pk, replaced(found).pk])
    assert client.get(theirs).status_code == 404


def test_the_certificates_that_bear_the_wrong_number_are_listed(client):
    label = certificates.label()
    found, wrong = label.structure, label.structure.number()
    signed_in(client, staff(Role.CASE_OFFICER))
    sheet = reverse("staff_structure", args=[found.pk])
    assert "numéro remplacé" not in client.get(sheet).content.decode()
    corrected(found)
    page = plain(client.get(sheet).content.decode())
    assert "Certificats qui portent un numéro remplacé" in page
    assert f"avec le numéro {wrong}" in page and label.number in page and "À rééditer." in page
    by = measures.officer_of(label).because("Numéro corrigé.")
    reissue_certificate(label_pk=label.pk, at=AT + timedelta(days=1), by=by)
    page = plain(client.get(sheet).content.decode())
    assert "À rééditer." not in page and "Réédité le" in page
    assert Label.objects.get(pk=label.pk).certificates.count() == 2
