"""A letter leaves only complete and signed by who may; its text is then frozen."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from journal.models import Event
from journal.refusals import Blocked
from letters import actions, due, outbox, pdfs, registry, rendering
from letters.actions.issuing import signatory_of
from letters.models import Letter, Mail, StoredFile
from structures.models import Structure
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.letters import AT, a_letter, a_member, a_structure, letter_about_structures

DAY = AT.date()
pytestmark = pytest.mark.django_db


@pytest.fixture
def structure():
    with letter_about_structures():
        yield a_structure()


def bytes_of(stored):
    with stored.content.open() as content:
        return content.read()


def test_the_text_is_frozen_with_its_digest_template_and_reference(structure):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member)
    assert letter.reference == f"{structure.thread.reference}/T1-1"
    assert letter.digest == rendering.digest(Letter.objects.get(pk=letter.pk).content)
    assert letter.template.version == 1
    content = rendering.from_data(letter.content)
    assert content.signatory.name == "Benali"
    assert content.addressee_lines[:2] == [structure.name, member.get_full_name()]
    assert Event.objects.filter(thread=structure.thread, move="letter_T1").count() == 1
    assert a_letter(structure, addressee=member).reference.endswith("/T1-2")


def test_the_frozen_letter_ignores_what_changes_later(structure):
    letter = a_letter(structure, addressee=a_member(structure))
    letter.template.body = "Autre"
    letter.template.save()
    Structure.objects.filter(pk=structure.pk).update(name="Autre nom")
    content = rendering.from_data(Letter.objects.get(pk=letter.pk).content)
    assert content.body_blocks[1][1] == "Les motifs"
    assert structure.name in content.subject


def test_a_missing_part_stops_the_letter_and_nothing_is_written(structure):
    with pytest.raises(Blocked) as refused:
        a_letter(structure, addressee=a_member(structure), reasons="  ")
    assert [reason.code for reason in refused.value.reasons] == ["reasons"]
    assert not Letter.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    "name", ["SERVICE_ADDRESS", "SERVICE_PHONE", "SERVICE_EMAIL", "SERVICE_NAME", "PRIVACY_NOTICE"]
)
def test_a_service_without_its_name_or_address_writes_to_nobody(structure, settings, name):
    setattr(settings, name, "")
    with pytest.raises(Blocked):
        a_letter(structure, addressee=a_member(structure))


def test_a_posted_letter_needs_an_address(structure):
    member = a_member(structure)
    with pytest.raises(Blocked) as refused:
        a_letter(structure, addressee=member, channel="post", address_lines=[])
    assert [reason.code for reason in refused.value.reasons] == ["addressee_lines"]
    letter = a_letter(structure, addressee=member, channel="post")
    assert letter.content["hand_signature_space"] is True


def test_the_preview_shows_each_compulsory_part_present_or_missing(structure):
    held = Structure.objects.get(pk=structure.pk)
    found = actions.preview("T1", record=held, at=AT, signed_by=staff(), reasons="")
    assert ("Raisons", False) in found.parts
    assert ("Téléphone du service", True) in found.parts
    assert [reason.code for reason in found.missing] == ["reasons"]
    assert not Letter.objects.exists()


def test_a_letter_that_no_app_declared_or_without_text_in_force_is_an_error(structure):
    held = Structure.objects.get(pk=structure.pk)
    with pytest.raises(LookupError):
        actions.preview("T9", record=held, at=AT)
    with pytest.raises(LookupError):
        actions.preview("T1", record=held, at=AT.replace(year=2019))


def test_a_record_that_is_not_held_is_refused(structure):
    fresh = Structure.objects.get(pk=structure.pk)
    with pytest.raises(TransitionNotAllowed):
        actions.issue(
            "T1", record=fresh, addressee=None, channel="online", at=AT, by=acting(staff(), "case_officer")
        )


def test_somebody_outside_the_institute_signs_nothing(structure):
    member = a_member(structure)
    with pytest.raises(Blocked) as refused, transaction.atomic():
        held = Structure.objects.hold(structure.pk)
        by = acting(member, "representative")
        actions.issue("T1", record=held, addressee=member, channel="online", at=AT, by=by)
    assert [reason.code for reason in refused.value.reasons] == ["signatory"]


@pytest.mark.parametrize("code", ["L3", "L4", "L6", "L7", "L8"])
def test_an_act_needs_a_delegation_valid_that_day(code):
    holder = signatory(since=DAY, until=DAY + timedelta(days=10), first_name="Jeanne", last_name="Morel")
    assert signatory_of(holder, code=code, on=DAY - timedelta(days=1)) is None
    assert signatory_of(holder, code=code, on=DAY + timedelta(days=11)) is None
    found = signatory_of(holder, code=code, on=DAY)
    assert (found.first_name, found.name, found.quality) == (
        "Jeanne",
        "Morel",
        "Directrice générale adjointe",
    )
    assert (found.service, found.delegation) == ("Direction générale", "DEC-2020-001")
    assert signatory_of(staff(Role.CASE_OFFICER), code=code, on=DAY) is None
    assert signatory_of(None, code=code, on=DAY) is None


def test_other_letters_bear_the_role_held_that_day_and_the_receipt_bears_the_service(settings):
    officer = staff(Role.CASE_OFFICER)
    assert signatory_of(officer, code="L2", on=DAY).quality == "Instructeur ou instructrice"
    assert signatory_of(person(), code="L2", on=DAY) is None
    assert signatory_of(None, code="L1", on=DAY).name == settings.SERVICE_NAME
    settings.SERVICE_NAME = ""
    assert signatory_of(None, code="L1", on=DAY) is None


def test_the_announcement_says_nothing_of_the_letter(structure):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member)
    mail = Mail.objects.get()
    assert mail.recipient == member
    assert f"/espace/courriers/{letter.pk}/" in mail.text
    assert "motifs" not in mail.title + mail.text


def test_a_letter_by_post_is_announced_without_link(structure):
    a_letter(structure, addressee=a_member(structure), channel="post")
    assert "http" not in Mail.objects.get().text


def test_an_app_may_announce_in_its_own_words(structure):
    a_letter(structure, addressee=a_member(structure), announced=False)
    assert not Mail.objects.exists()


def test_the_pdf_is_made_once_from_the_frozen_text_whoever_asks(structure):
    letter = a_letter(structure, addressee=a_member(structure))
    assert Letter.objects.get(pk=letter.pk).pdf is None
    first = pdfs.make(letter.pk, at=AT)
    again = pdfs.make(letter.pk, at=AT)
    assert first == again
    assert StoredFile.objects.filter(purpose="letter").count() == 1
    assert first.name.endswith("T1-1.pdf")
    assert bytes_of(first).startswith(b"%PDF-")
    assert pdfs.make(10**9, at=AT) is None


def test_the_tick_makes_the_pdfs_that_a_dead_worker_left(structure):
    letter = a_letter(structure, addressee=a_member(structure))
    assert pdfs.make_waiting(AT) == 1
    assert pdfs.make_waiting(AT) == 0
    assert Letter.objects.get(pk=letter.pk).pdf is not None
    assert due.pdfs is pdfs
    assert outbox.flush(AT) == 1


def test_large_print_is_respected(structure):
    ordinary = a_letter(structure, addressee=a_member(structure, "editor"))
    large = a_letter(structure, addressee=a_member(structure, preferred_format="large_print"))
    assert bytes_of(pdfs.make(ordinary.pk, at=AT)) != bytes_of(pdfs.make(large.pk, at=AT))


def test_the_database_refuses_a_posted_letter_without_the_hand_signed_scan(structure):
    letter = a_letter(structure, addressee=a_member(structure), channel="post")
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(sent_on=date(2027, 3, 2))


def test_a_letter_is_declared_once():
    with letter_about_structures(), pytest.raises(RuntimeError):
        registry.letter("T1", compulsory=())(lambda record: {})
