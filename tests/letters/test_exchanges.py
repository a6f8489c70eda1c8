"""One thread of exchanges: each side reads the other; calls are noted; internal notes never leave the office."""

import pytest
from django.db import DatabaseError, transaction

from journal.refusals import NotAllowed
from letters import actions, files
from letters.models import Exchange, InternalNote, Mail
from tests.factories.accounts import acting, person, staff
from tests.factories.letters import AT, a_member, a_structure, an_upload, letter_about_structures

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure():
    with letter_about_structures():
        yield a_structure()


def key(structure):
    return f"structures.structure:{structure.pk}"


def test_the_association_writes_and_the_office_is_told_without_a_word_of_it(structure):
    secretary = staff("secretariat")
    member = a_member(structure)
    exchange = actions.write_message(
        record=structure, text=" Bonjour, une question. ", at=AT, by=acting(member, "representative")
    )
    assert (exchange.side, exchange.text) == ("association", "Bonjour, une question.")
    mail = Mail.objects.get()
    assert mail.recipient == secretary
    assert mail.title == "Un message vous attend"
    assert "question" not in mail.text
    assert f"/inca/messages/{key(structure)}/" in mail.text


def test_the_office_writes_and_every_member_is_told(structure):
    members = {a_member(structure), a_member(structure, "editor")}
    officer = staff()
    actions.write_message(record=key(structure), text="Réponse", at=AT, by=acting(officer, "case_officer"))
    assert Exchange.objects.get().side == "office"
    assert {mail.recipient for mail in Mail.objects.all()} == members
    assert "/espace/messages/" in Mail.objects.first().text


@pytest.mark.parametrize("role", ["reader", "editor"])
def test_a_reader_does_not_write_and_an_editor_does(structure, role):
    by = acting(a_member(structure, role), role)
    if role == "editor":
        assert actions.write_message(record=structure, text="x", at=AT, by=by).pk
        return
    with pytest.raises(NotAllowed):
        actions.write_message(record=structure, text="x", at=AT, by=by)


def test_strangers_and_other_associations_do_not_write(structure):
    elsewhere = a_member(a_structure())
    for user, role in (
        (elsewhere, "representative"),
        (person(), "representative"),
        (person(), "case_officer"),
    ):
        with pytest.raises(NotAllowed):
            actions.write_message(record=structure, text="x", at=AT, by=acting(user, role))
    assert not Exchange.objects.exists()


def test_a_call_is_noted_by_the_office_only_and_kept_in_the_thread(structure):
    member, officer = a_member(structure), staff()
    call = actions.record_call(
        record=structure, text="A appelé", kind="visit", at=AT, by=acting(officer, "case_officer")
    )
    assert (call.kind, call.side) == ("visit", "office")
    with pytest.raises(NotAllowed):
        actions.record_call(record=structure, text="x", at=AT, by=acting(member, "representative"))
    with pytest.raises(ValueError, match="telepathy"):
        actions.record_call(
            record=structure, text="x", kind="telepathy", at=AT, by=acting(officer, "case_officer")
        )


def test_files_travel_with_the_message(structure):
    by = acting(a_member(structure), "representative")
    kept = files.store(
        upload=an_upload(), subject=structure, purpose="exchange", thread=structure.thread, at=AT, by=by
    )
    exchange = actions.write_message(record=structure, text="x", files=[kept], at=AT, by=by)
    assert list(exchange.files.all()) == [kept]


def test_internal_notes_are_of_the_office_and_cannot_be_changed(structure):
    officer = staff()
    note = actions.write_note(
        record=structure, text="À surveiller", at=AT, by=acting(officer, "case_officer")
    )
    with pytest.raises(NotAllowed):
        actions.write_note(
            record=structure, text="x", at=AT, by=acting(a_member(structure), "representative")
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        InternalNote.objects.filter(pk=note.pk).update(text="autre")
    with pytest.raises(DatabaseError), transaction.atomic():
        note.delete()
    assert not Mail.objects.exists()


def test_each_side_counts_what_it_has_not_opened(structure):
    member, officer = a_member(structure), staff()
    other = a_structure()
    for text in ("x", "y"):
        actions.write_message(record=structure, text=text, at=AT, by=acting(officer, "case_officer"))
    actions.write_message(record=other, text="x", at=AT, by=acting(officer, "case_officer"))
    actions.write_message(record=structure, text="x", at=AT, by=acting(member, "representative"))
    assert Exchange.objects.unread_for_office().count() == 1
    assert actions.mark_read(record=structure, side="association", at=AT) == 2
    assert actions.mark_read(record=structure, side="association", at=AT) == 0
    assert Exchange.objects.unread_for_office().count() == 1
