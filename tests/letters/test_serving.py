"""A letter counts from its receipt, proved or presumed by law; what follows happens once, in the same transaction."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django_fsm import TransitionNotAllowed

from accounts.models import User
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from letters import actions, files
from letters.models import Letter
from tests.factories.accounts import acting, person, staff
from tests.factories.letters import AT, a_letter, a_member, a_structure, an_upload, letter_about_structures

pytestmark = pytest.mark.django_db
DAYS = [date(2027, 3, 1) + timedelta(days=number) for number in range(40)]


@pytest.fixture
def received():
    return []


@pytest.fixture
def structure(received):
    def follows(letter, received_on, presumed, at, by):
        received.append((letter.pk, received_on, presumed, by.role))

    with letter_about_structures(receipt=follows):
        yield a_structure()


def opened(letter, user, at=AT, role="representative"):
    return actions.open_online(letter_pk=letter.pk, at=at, by=acting(user, role))


def scan(letter, officer, purpose="letter_scan", at=AT):
    by = acting(officer, "secretariat")
    return files.store(
        upload=an_upload(), subject=letter.subject, purpose=purpose, thread=letter.thread, at=at, by=by
    )


def posted(structure, officer, sent_on=DAYS[1], at=AT + timedelta(days=30)):
    letter = a_letter(structure, addressee=a_member(structure), channel="post")
    by = acting(officer, "secretariat")
    actions.record_hand_signature(letter_pk=letter.pk, scan=scan(letter, officer), at=AT, by=by)
    return actions.record_posting(
        letter_pk=letter.pk, registered_number="1A 234", sent_on=sent_on, at=at, by=by
    )


def test_the_first_opening_by_who_represents_is_the_receipt(structure, received):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member)
    at = AT + timedelta(days=2)
    found = opened(letter, member, at)
    assert (found.received_on, found.opened_at, found.presumed) == (DAYS[2], at, False)
    opened(letter, member, at + timedelta(days=3))
    assert Letter.objects.get(pk=letter.pk).opened_at == at
    assert received == [(letter.pk, DAYS[2], False, "representative")]
    assert Event.objects.filter(move="letter_received").count() == 1


def test_the_day_of_receipt_is_the_one_of_paris(structure):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member)
    assert opened(letter, member, datetime(2027, 3, 2, 23, 30, tzinfo=UTC)).received_on == date(2027, 3, 3)


def test_a_new_representative_receives_for_the_association_and_a_reader_does_not(structure):
    letter = a_letter(structure, addressee=person())
    reader = a_member(structure, "reader")
    with pytest.raises(NotAllowed):
        opened(letter, reader, role="reader")
    with pytest.raises(NotAllowed):
        opened(letter, staff(), role="case_officer")
    assert opened(letter, a_member(structure)).received_on == DAYS[0]


def test_unopened_letters_are_presumed_received_after_the_days_of_the_law(structure, received, settings):
    settings.PRESUMED_RECEIPT_DAYS = 15
    letter = a_letter(structure, addressee=a_member(structure))
    assert actions.presume_receipts(AT + timedelta(days=15)) == 0
    assert actions.presume_receipts(AT + timedelta(days=16)) == 1
    assert actions.presume_receipts(AT + timedelta(days=17)) == 0
    found = Letter.objects.get(pk=letter.pk)
    assert (found.received_on, found.presumed, found.opened_at) == (DAYS[15], True, None)
    assert received == [(letter.pk, DAYS[15], True, "system")]


def test_a_letter_opened_after_it_was_presumed_received_keeps_its_date(structure, received):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member)
    actions.presume_receipts(AT + timedelta(days=16))
    found = opened(letter, member, AT + timedelta(days=20))
    assert (found.received_on, found.presumed) == (DAYS[15], True)
    assert found.opened_at == AT + timedelta(days=20)
    assert len(received) == 1


def test_what_is_announced_by_mails_that_come_back_is_never_presumed_received(structure, received):
    """Domain 5.3: no deadline runs without proof of receipt; the letter goes by post."""
    member = a_member(structure)
    letter = a_letter(structure, addressee=member)
    by = acting(staff("secretariat"), "secretariat")
    with pytest.raises(Blocked, match="arrivent"):
        actions.serve_by_post(letter_pk=letter.pk, at=AT, by=by)
    User.objects.filter(pk=member.pk).update(mail_returned_at=AT)
    assert actions.presume_receipts(AT + timedelta(days=60)) == 0
    with pytest.raises(NotAllowed):
        actions.serve_by_post(letter_pk=letter.pk, at=AT, by=acting(member, "representative"))
    assert actions.serve_by_post(letter_pk=letter.pk, at=AT, by=by).channel == "post"
    with pytest.raises(TransitionNotAllowed):
        actions.serve_by_post(letter_pk=letter.pk, at=AT, by=by)
    found = Letter.objects.get(pk=letter.pk)
    assert (found.content, found.digest) == (letter.content, letter.digest)
    assert opened(letter, member).received_on is None
    assert received == []


def test_a_letter_that_was_received_stays_online(structure):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member)
    opened(letter, member)
    User.objects.filter(pk=member.pk).update(mail_returned_at=AT)
    with pytest.raises(Blocked, match="déjà reçue"):
        actions.serve_by_post(letter_pk=letter.pk, at=AT, by=acting(staff("secretariat"), "secretariat"))


def test_reading_online_a_letter_that_goes_by_post_is_no_receipt(structure, received):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member, channel="post")
    assert opened(letter, member).received_on is None
    assert actions.presume_receipts(AT + timedelta(days=60)) == 0
    assert received == []


def test_nothing_leaves_on_paper_without_the_hand_signed_scan_and_a_number(structure):
    letter = a_letter(structure, addressee=a_member(structure), channel="post")
    by = acting(staff("secretariat"), "secretariat")
    with pytest.raises(Blocked) as refused:
        actions.record_posting(letter_pk=letter.pk, registered_number=" ", sent_on=DAYS[0], at=AT, by=by)
    assert len(refused.value.reasons) == 2
    assert Letter.objects.get(pk=letter.pk).sent_on is None


def test_a_posted_letter_is_received_with_its_proof(structure, received):
    officer = staff("secretariat")
    letter = posted(structure, officer)
    by = acting(officer, "secretariat")
    at = AT + timedelta(days=30)
    actions.record_presentation(letter_pk=letter.pk, presented_on=DAYS[3], at=at, by=by)
    proof = scan(letter, officer, "letter_proof")
    found = actions.record_receipt(letter_pk=letter.pk, received_on=DAYS[5], proof=proof, at=at, by=by)
    assert (found.sent_on, found.presented_on, found.received_on) == (DAYS[1], DAYS[3], DAYS[5])
    assert (found.presumed, found.proof) == (False, proof)
    assert received == [(letter.pk, DAYS[5], False, "secretariat")]
    with pytest.raises(Blocked, match="déjà notée"):
        actions.record_receipt(letter_pk=letter.pk, received_on=DAYS[6], proof=proof, at=at, by=by)
    assert len(received) == 1


def test_a_letter_that_nobody_collected_counts_from_its_presentation(structure, received):
    officer = staff("secretariat")
    letter = posted(structure, officer)
    by = acting(officer, "secretariat")
    proof = scan(letter, officer, "letter_proof")
    found = actions.record_receipt(
        letter_pk=letter.pk,
        received_on=None,
        presented_on=DAYS[4],
        proof=proof,
        at=AT + timedelta(days=30),
        by=by,
    )
    assert (found.received_on, found.presumed) == (DAYS[4], True)
    assert received == [(letter.pk, DAYS[4], True, "secretariat")]


@pytest.mark.parametrize(
    "facts",
    [
        {"received_on": None},
        {"received_on": DAYS[0]},
        {"received_on": DAYS[39]},
        {"received_on": DAYS[3], "presented_on": DAYS[5]},
        {"received_on": DAYS[3], "proof": None},
    ],
    ids=["no day", "before posting", "in the future", "before presentation", "no proof"],
)
def test_an_absurd_receipt_is_refused_and_nothing_is_written(structure, received, facts):
    officer = staff("secretariat")
    letter = posted(structure, officer)
    given = {"proof": scan(letter, officer, "letter_proof"), **facts}
    with pytest.raises(Blocked):
        actions.record_receipt(
            letter_pk=letter.pk, at=AT + timedelta(days=30), by=acting(officer, "secretariat"), **given
        )
    assert Letter.objects.get(pk=letter.pk).received_on is None
    assert received == []


def test_only_the_office_serves_letters_and_only_by_post(structure):
    member = a_member(structure)
    online = a_letter(structure, addressee=member)
    officer = staff("secretariat")
    with pytest.raises(Blocked, match="en ligne"):
        actions.record_hand_signature(
            letter_pk=online.pk, scan=scan(online, officer), at=AT, by=acting(officer, "secretariat")
        )
    paper = a_letter(structure, addressee=member, channel="post")
    with pytest.raises(NotAllowed):
        actions.record_hand_signature(
            letter_pk=paper.pk, scan=scan(paper, officer), at=AT, by=acting(member, "representative")
        )


def test_a_signature_is_not_replaced_once_the_letter_has_left(structure):
    officer = staff("secretariat")
    letter = posted(structure, officer)
    with pytest.raises(Blocked):
        actions.record_hand_signature(
            letter_pk=letter.pk, scan=scan(letter, officer), at=AT, by=acting(officer, "secretariat")
        )


def test_when_what_follows_fails_the_receipt_is_not_recorded():
    def fails(letter, received_on, presumed, at, by):
        raise ValueError("a fault in the room above")

    with letter_about_structures(receipt=fails):
        structure = a_structure()
        member = a_member(structure)
        letter = a_letter(structure, addressee=member)
        with pytest.raises(ValueError, match="room above"):
            opened(letter, member)
        assert Letter.objects.get(pk=letter.pk).received_on is None
        assert not Event.objects.filter(move="letter_received").exists()


def test_nobody_is_deemed_to_have_received_what_they_may_still_collect(structure, received):
    officer = staff("secretariat")
    letter = posted(structure, officer)
    by, proof = acting(officer, "secretariat"), scan(letter, officer, "letter_proof")
    facts = {"letter_pk": letter.pk, "received_on": None, "proof": proof, "by": by}
    with pytest.raises(Blocked, match="le jour où elle est postée"):
        actions.record_receipt(**facts, presented_on=DAYS[1], at=AT + timedelta(days=30))
    with pytest.raises(Blocked, match="La Poste garde la lettre jusqu'au"):
        actions.record_receipt(**facts, presented_on=DAYS[3], at=AT + timedelta(days=17))
    assert received == []
    found = actions.record_receipt(**facts, presented_on=DAYS[3], at=AT + timedelta(days=18))
    assert (found.received_on, found.presumed) == (DAYS[3], True)
