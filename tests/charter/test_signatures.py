"""Signing the charter: by code, by hand, once per version; the evidence that is kept."""

import io
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import TestCase
from pypdf import PdfReader

from accounts.codes import CodeRefused
from accounts.models import Role
from charter import actions, records
from charter.models import Charter, Signature
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from letters.models import Mail
from structures import actions as structure_actions
from tests.factories import charter as make
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


def ask_code(found):
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.request_signing_code(structure_pk=found.pk, at=AT, by=representative_of(found))
    return make.code_received()


def sign(found, code, *, charter=None, at=AT, by=None, quality="Présidente"):
    charter = charter or Charter.objects.in_force()
    by = by or representative_of(found)
    return actions.sign_charter(
        structure_pk=found.pk, charter_pk=charter.pk, quality=quality, code=code, at=at, by=by
    )


def paper(found, *, by=None, checked=True, **changes):
    by = by or acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    facts = {
        "charter_pk": Charter.objects.in_force().pk,
        "signatory": found.representative(),
        "quality": "Présidente",
        "signed_on": date(2026, 12, 20),
        "scan": proof("charte.pdf"),
        **changes,
    }
    if checked:
        make.identity(found, facts["signatory"])
    return actions.record_paper_signature(structure_pk=found.pk, at=AT, by=by, **facts)


def test_the_representative_signs_with_the_code_received():
    charter, found = make.charter(), structure()
    code = ask_code(found)
    assert mail.outbox[-1].to == [found.representative().email]
    signature = sign(found, code)
    assert signature.text_digest == charter.digest
    assert (signature.signatory_name, signature.quality, signature.method) == (
        "Nadia Brossard",
        "Présidente",
        "code",
    )
    assert (signature.signed_at, signature.articles) == (AT, list(range(1, 13)))
    assert Signature.objects.valid_for(found) == signature
    event = Event.objects.get(move="sign_charter")
    assert (event.subject, event.role) == (f"structures.structure:{found.pk}", "representative")


def test_a_double_click_gives_the_same_signature():
    make.charter()
    found = structure()
    code = ask_code(found)
    assert sign(found, code) == sign(found, code)
    assert Signature.objects.count() == 1


def test_a_wrong_code_signs_nothing_and_counts():
    make.charter()
    found = structure()
    code = ask_code(found)
    wrong = "000000" if code != "000000" else "111111"
    with pytest.raises(CodeRefused, match="ne correspond pas"):
        sign(found, wrong)
    for _ in range(4):
        with pytest.raises(CodeRefused):
            sign(found, wrong)
    with pytest.raises(CodeRefused, match="Trop d'essais"):
        sign(found, code)
    assert not Signature.objects.exists()


def test_an_expired_code_signs_nothing():
    make.charter()
    found = structure()
    code = ask_code(found)
    with pytest.raises(CodeRefused, match=r"15\sminutes"):
        sign(found, code, at=AT + timedelta(minutes=16))


def test_a_code_is_good_for_one_structure_and_one_version():
    make.charter()
    user = person(first_name="Nadia", last_name="Brossard")
    first, second = structure(representative=user), structure(representative=user)
    code = ask_code(first)
    with pytest.raises(CodeRefused):
        sign(second, code)
    newer = make.charter(version="2028")
    with pytest.raises(CodeRefused):
        sign(first, code, charter=newer)


def test_a_version_that_changed_meanwhile_must_be_read_again():
    former, found = make.charter(), structure()
    code = ask_code(found)
    make.charter(version="2028")
    with pytest.raises(Blocked, match="changé"):
        sign(found, code, charter=former)
    assert not Signature.objects.exists()


def test_without_a_quality_nothing_is_signed():
    make.charter()
    found = structure()
    with pytest.raises(Blocked, match="qualité"):
        sign(found, ask_code(found), quality="  ")


def test_no_charter_no_code():
    with pytest.raises(Blocked, match="en vigueur"):
        actions.request_signing_code(
            structure_pk=(found := structure()).pk, at=AT, by=representative_of(found)
        )


ROLES = ["editor", "reader", "stranger", "editor who says representative", *Role.values]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_else_signs(role):
    make.charter()
    found = structure()
    code = ask_code(found)
    if role in ("editor", "reader"):
        by = member_of(found, member(found, role=role))
    elif role == "editor who says representative":
        by = acting(member(found), "representative")
    else:
        by = acting(
            person() if role == "stranger" else staff(role), "representative" if role == "stranger" else role
        )
    with pytest.raises(NotAllowed):
        sign(found, code, by=by)
    with pytest.raises(NotAllowed):
        actions.request_signing_code(structure_pk=found.pk, at=AT, by=by)
    assert not Signature.objects.exists()


def test_nobody_signs_in_a_frozen_space():
    make.charter()
    found = structure()
    code = ask_code(found)
    frozen(found)
    with pytest.raises(NotAllowed):
        sign(found, code)


def test_a_signature_belongs_to_the_structure_and_outlives_its_president():
    make.charter()
    found = structure()
    signature = make.signature(found)
    other = member(found)
    officers_read(found, other)
    structure_actions.replace_representative(
        structure_pk=found.pk,
        user=other,
        quality="Président",
        proof=proof(),
        reason="Mandat.",
        at=AT,
        by=acting(staff(), Role.CASE_OFFICER),
    )
    assert Signature.objects.valid_for(found) == signature


def test_a_new_version_asks_for_a_new_signature():
    found = structure()
    former = make.signature(found)
    make.charter(version="2028")
    assert Signature.objects.valid_for(found) is None
    assert Signature.objects.former_of(found) == former
    again = make.signature(found)
    assert Signature.objects.valid_for(found) == again
    assert Charter.objects.in_force().sign_by_of(found) == date(2027, 1, 4) + timedelta(days=90)


def test_a_signature_is_never_changed():
    signature = make.signature(structure())
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(quality="Trésorière")
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).delete()


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.SECRETARIAT])
def test_a_charter_signed_by_hand_is_recorded_with_its_scan(role):
    make.charter()
    found = structure()
    by = acting(staff(role), role)
    signature = paper(found, by=by)
    assert (signature.method, signature.recorded_by, signature.signed_by) == (
        "paper",
        by.user,
        found.representative(),
    )
    assert signature.scan.purpose == "charter_scan"
    assert paper(found, by=by) == signature
    assert Signature.objects.valid_for(found) == signature


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.ETHICS_OFFICER, "representative", "member officer"])
def test_others_do_not_record_a_paper(role):
    make.charter()
    found = structure()
    if role == "representative":
        by = representative_of(found)
    elif role == "member officer":
        by = acting(member(found, user=staff()), Role.CASE_OFFICER)
    else:
        by = acting(staff(role), role)
    with pytest.raises(NotAllowed):
        paper(found, by=by)


def test_a_paper_of_somebody_else_or_of_tomorrow_is_refused():
    make.charter()
    found = structure()
    with pytest.raises(Blocked, match="ne représente pas"):
        paper(found, signatory=member(found))
    with pytest.raises(Blocked, match="à venir"):
        paper(found, signed_on=date(2027, 1, 5))
    with pytest.raises(ValidationError):
        paper(found, scan=proof("charte.pdf", b"MZ\x00"))
    assert not Signature.objects.exists()


def test_a_colleague_asks_the_representative_once_a_day():
    make.charter()
    found = structure()
    editor = member_of(found, member(found, user=person(first_name="Karim", last_name="Delmas")))
    for _ in range(2):
        assert actions.ask_to_sign(structure_pk=found.pk, at=AT, by=editor) == found.representative()
    sent = Mail.objects.get(kind="sign_charter")
    assert sent.title == "Karim vous demande de signer la charte"
    assert "Karim Delmas a préparé le dossier de Escale Anémone" in sent.text
    assert sent.text.rstrip().endswith("/espace/charte/")
    with pytest.raises(NotAllowed):
        actions.ask_to_sign(structure_pk=found.pk, at=AT, by=member_of(found, member(found, role="reader")))


def words(content):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_record_says_who_when_how_and_what():
    signature = make.signature(structure())
    said = words(records.record_pdf(signature)).replace("\u202f", " ").replace("\xa0", " ")
    for expected in (
        "Escale Anémone",
        "Nadia Brossard",
        "Présidente",
        "4 janvier 2027",
        "10 h 00",
        "Code reçu",
    ):
        assert expected in said
    assert signature.text_digest[:40] in said.replace(" ", "").replace("\n", "")
    assert records.record_pdf(signature) == records.record_pdf(signature)


def test_the_record_of_a_paper_says_no_hour():
    make.charter()
    said = words(records.record_pdf(paper(structure())))
    assert "Signature à la main" in said and "heure de Paris" not in said


def test_a_hostile_name_is_only_text_in_the_record():
    found = structure(name="<b>Gras</b> & 🎗️ \u202eabc")
    assert "<b>Gras</b>" in words(records.record_pdf(make.signature(found)))
