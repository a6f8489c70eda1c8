"""Opening a space, its facts and its numbers."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Role
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from structures import actions
from structures.checklist import missing_identity_check, missing_number, missing_representative
from structures.identifiers import InvalidIdentifier
from structures.models import Membership, RegisterCheck, Registration, Structure
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import (
    AT,
    frozen,
    member,
    member_of,
    proof,
    register_entry,
    representative_of,
    rna_number,
    structure,
)

pytestmark = pytest.mark.django_db


def officer():
    return acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)


def test_a_space_opens_with_its_number_its_first_member_and_its_place():
    found = structure(raw_number="w2a 100 01 19", postal_code="20000", city="Ajaccio")
    assert (found.number(), found.department, found.region) == ("W2A1000119", "2A", "94")
    assert found.representative().last_name == "Brossard"
    assert found.thread.reference.startswith("STR-")
    opening = Event.objects.get(subject=f"structures.structure:{found.pk}", move="open")
    assert (opening.target, opening.role, opening.actor) == ("open", "representative", found.representative())
    assert found.service_channel() == "post"


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("rna", "W9T1002867", "W9T1002867"),
        ("siren", "443 121 975", "443121975"),
        ("siret", "38948624200032", "38948624200032"),
        ("alsace_moselle", "Tribunal de Colmar / 009 / 015", "Tribunal de Colmar / 009 / 015"),
        ("amalia", "a2023sch000123", "A2023SCH000123"),
        ("foreign", "be 0403019261", "BE 0403019261"),
        ("old_rna", "2/08825", "2/08825"),
        ("none", "", ""),
    ],
)
def test_every_kind_of_structure_can_have_a_space(kind, raw, kept):
    found = structure(registration_kind=kind, raw_number=raw)
    assert found.registrations.get().kind == kind
    assert found.number() == kept


def test_a_wrong_number_says_how_to_mend_it_and_writes_nothing():
    with pytest.raises(InvalidIdentifier, match=r"10\scaractères"):
        structure(raw_number="W12")
    assert not Structure.objects.exists()


def test_a_structure_without_number_wants_a_proof():
    founder = person()
    with pytest.raises(Blocked, match="justificatif"):
        actions.create_structure(
            name="Sans papier",
            registration_kind="none",
            founder=founder,
            at=AT,
            by=acting(founder, "representative"),
        )
    assert not Structure.objects.exists()


def test_a_program_named_pdf_is_refused_and_nothing_is_half_written():
    with pytest.raises(ValidationError, match="vrai PDF"):
        structure(registration_kind="none", proof=proof(content=b"MZ\x90\x00 program"))
    assert not Structure.objects.exists()


def test_a_number_already_borne_leads_to_the_structure_that_bears_it():
    first = structure(raw_number="W751000123")
    with pytest.raises(actions.AlreadyRegistered, match="déjà un espace") as refused:
        structure(raw_number="w 751 000 123")
    assert refused.value.structure_pk == first.pk
    assert Structure.objects.count() == 1


def test_the_database_refuses_the_same_number_twice():
    first, second = structure(), structure()
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(structure=second, kind="rna", value=first.number(), added_at=AT)


def test_nobody_opens_a_space_in_the_name_of_somebody_else():
    with pytest.raises(NotAllowed):
        actions.create_structure(
            name="X",
            registration_kind="rna",
            raw_number=rna_number(),
            founder=person(),
            at=AT,
            by=acting(person(), "representative"),
        )


def test_the_office_opens_a_space_for_a_person_without_email():
    by = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    founder = actions.register_person(
        first_name="Odette", last_name="Roy", address="2 rue du Puits", at=AT, by=by
    )
    found = actions.create_structure(
        name="Les Mains tendues",
        registration_kind="rna",
        raw_number=rna_number(),
        founder=founder,
        quality="Présidente",
        at=AT,
        by=by,
    )
    assert found.representative() == founder
    assert (founder.email, founder.mailbox, founder.preferred_channel) == (None, "", "post")


def test_only_the_office_writes_down_people():
    with pytest.raises(NotAllowed):
        actions.register_person(first_name="A", last_name="B", at=AT, by=acting(person(), Role.CASE_OFFICER))


def test_facts_are_saved_by_who_writes_and_the_region_follows():
    found = structure()
    editor = member(found)
    by = member_of(found, editor)
    actions.save_structure(
        structure_pk=found.pk, data={"postal_code": "97600", "short_name": "EA"}, at=AT, by=by
    )
    found = Structure.objects.get(pk=found.pk)
    assert (found.short_name, found.city, found.department, found.region) == (
        "EA",
        "Villeurbanne",
        "976",
        "06",
    )
    actions.save_structure(structure_pk=found.pk, data={"country": "BE", "postal_code": "1000"}, at=AT, by=by)
    assert Structure.objects.get(pk=found.pk).region == ""
    with pytest.raises(ValueError, match="unknown facts"):
        actions.save_structure(structure_pk=found.pk, data={"state": "frozen"}, at=AT, by=by)


@pytest.mark.parametrize("role", ["reader", "stranger", "signatory", "technical_administrator"])
def test_facts_are_not_for_everybody(role):
    found = structure()
    if role == "reader":
        by = member_of(found, member(found, role="reader"))
    else:
        by = acting(person() if role == "stranger" else staff(role), "editor" if role == "stranger" else role)
    with pytest.raises(NotAllowed):
        actions.save_structure(structure_pk=found.pk, data={"city": "Lyon"}, at=AT, by=by)


def test_an_editor_who_claims_to_be_the_representative_is_nobody():
    found = structure()
    editor = member(found)
    with pytest.raises(NotAllowed):
        actions.save_structure(
            structure_pk=found.pk, data={"city": "Lyon"}, at=AT, by=acting(editor, "representative")
        )


def test_nobody_of_the_structure_writes_in_a_frozen_space():
    found = structure()
    by = representative_of(found)
    frozen(found)
    acts = [
        lambda: actions.save_structure(structure_pk=found.pk, data={"city": "Lyon"}, at=AT, by=by),
        lambda: actions.invite(structure_pk=found.pk, email="a@exemple.fr", role="editor", at=AT, by=by),
        lambda: actions.hand_over(
            structure_pk=found.pk, email="a@exemple.fr", quality="P", proof=proof(), at=AT, by=by
        ),
        lambda: actions.give_service_consent(structure_pk=found.pk, text="oui", at=AT, by=by),
        lambda: actions.save_solution(structure_pk=found.pk, data={"name": "X"}, at=AT, by=by),
        lambda: actions.add_person(
            structure_pk=found.pk, first_name="A", last_name="B", role="reader", phone="1", at=AT, by=by
        ),
    ]
    for act in acts:
        with pytest.raises(Blocked, match="lecture seule"):
            act()


def test_a_wrong_number_is_corrected_with_a_proof_and_kept():
    found = structure(raw_number="W751000123")
    wrong = found.registrations.get()
    actions.correct_identifier(
        structure_pk=found.pk,
        registration_pk=wrong.pk,
        kind="rna",
        raw_number="W751000132",
        proof=proof(),
        reason="Deux chiffres inversés.",
        at=AT,
        by=officer(),
    )
    assert Structure.objects.get(pk=found.pk).number() == "W751000132"
    assert Registration.objects.get(pk=wrong.pk).superseded_at == AT
    assert structure(raw_number="W751000123").number() == "W751000123"  # the number is free again


@pytest.mark.parametrize("by_whom", ["representative", Role.SECRETARIAT, Role.SIGNATORY])
def test_only_a_case_officer_corrects_a_number(by_whom):
    found = structure()
    by = representative_of(found) if by_whom == "representative" else acting(staff(by_whom), by_whom)
    with pytest.raises(NotAllowed):
        actions.correct_identifier(
            structure_pk=found.pk,
            registration_pk=found.registrations.get().pk,
            kind="rna",
            raw_number=rna_number(),
            proof=proof(),
            reason="Parce que.",
            at=AT,
            by=by,
        )


def test_a_correction_never_takes_the_number_of_another_structure():
    found, other = structure(), structure()
    with pytest.raises(actions.AlreadyRegistered):
        actions.correct_identifier(
            structure_pk=found.pk,
            registration_pk=found.registrations.get().pk,
            kind="rna",
            raw_number=other.number(),
            proof=proof(),
            reason="Parce que.",
            at=AT,
            by=officer(),
        )
    assert found.registrations.get().superseded_at is None


def test_a_number_outside_the_open_registers_wants_a_proof_before_filing():
    found = structure(registration_kind="foreign", raw_number="BE 0403019261")
    assert [one.code for one in missing_number(found)] == ["proof"]
    actions.add_proof(
        registration_pk=found.registrations.get().pk, proof=proof(), at=AT, by=representative_of(found)
    )
    assert missing_number(Structure.objects.get(pk=found.pk)) == []
    assert missing_number(structure()) == []


def test_a_colleague_may_open_the_space_and_somebody_represents_it_later():
    founder = person()
    found = actions.create_structure(
        name="Escale",
        registration_kind="rna",
        raw_number=rna_number(),
        founder=founder,
        role="editor",
        at=AT,
        by=acting(founder, "editor"),
    )
    assert found.representative() is None
    assert [one.code for one in missing_representative(found)] == ["representative"]
    invited = person()
    invitation = actions.invite(
        structure_pk=found.pk,
        email=invited.email,
        role="representative",
        quality="Président",
        at=AT,
        by=acting(founder, "editor"),
    )
    actions.answer_invitation(
        invitation_pk=invitation.pk, accepted=True, at=AT, by=acting(invited, "invited")
    )
    assert Structure.objects.get(pk=found.pk).representative() == invited
    assert missing_representative(found) == []
    assert Membership.objects.current().get(user=founder).role == "editor"
    with pytest.raises(NotAllowed):  # now somebody represents the structure: the editor invites no more
        actions.invite(
            structure_pk=found.pk, email="x@exemple.fr", role="reader", at=AT, by=acting(founder, "editor")
        )


def test_opening_a_space_asks_the_local_register_at_once():
    register_entry("W990000077", title="ESCALE ANÉMONE")
    found = structure(raw_number="W990000077", name="Association Escale Anemone")
    check = found.register_checks.get()
    assert (check.source, check.result, check.found_name) == ("rna", "match", "ESCALE ANÉMONE")


def test_a_person_concludes_and_explains_what_is_not_a_match():
    register_entry("W990000078", title="LES AMIS DU LAC")
    found = structure(raw_number="W990000078")
    check = found.register_checks.get()
    assert check.result == "mismatch"
    assert [one.code for one in missing_identity_check(found)] == ["register"]
    with pytest.raises(Blocked):
        actions.conclude_check(check_pk=check.pk, conclusion="waived", at=AT, by=officer())
    actions.conclude_check(
        check_pk=check.pk, conclusion="waived", reason="Changement de nom.", at=AT, by=officer()
    )
    kept = RegisterCheck.objects.get(pk=check.pk)
    assert (kept.conclusion, kept.reason, kept.concluded_at) == ("waived", "Changement de nom.", AT)
    assert missing_identity_check(found) == []
    with pytest.raises(Blocked, match="déjà conclu"):
        actions.conclude_check(check_pk=check.pk, conclusion="refused", reason="Non.", at=AT, by=officer())


def test_a_refusal_after_a_confirmation_counts():
    found = structure()
    first = found.register_checks.get()
    actions.conclude_check(
        check_pk=first.pk, conclusion="waived", reason="Vue au Journal officiel.", at=AT, by=officer()
    )
    second = actions.look_up(structure=found, at=AT, by=officer())
    later = AT.replace(hour=15)
    actions.conclude_check(
        check_pk=second.pk, conclusion="refused", reason="Autre personne morale.", at=later, by=officer()
    )
    assert [one.code for one in missing_identity_check(found)] == ["register"]


def test_an_officer_never_concludes_on_an_association_of_their_own():
    found = structure()
    user = member(found, user=staff(Role.CASE_OFFICER))
    with pytest.raises(NotAllowed):
        actions.conclude_check(
            check_pk=found.register_checks.get().pk,
            conclusion="confirmed",
            reason="Oui.",
            at=AT,
            by=acting(user, Role.CASE_OFFICER),
        )


def test_hostile_names_are_kept_as_they_are():
    name = "<script>alert(1)</script> 🎗️ \u202eמקום\u202c " + "é" * 200
    assert structure(name=name).name == name
