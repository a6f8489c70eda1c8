"""Pages of letters, files and exchanges: shown to those they are for, "not found" to all others."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from accounts.models import Role, User
from letters import actions, files, registry
from letters.models import DemonstrationMail, Exchange, InternalNote, Letter, Mail, StoredFile
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.letters import (
    AT,
    PDF,
    a_letter,
    a_member,
    a_structure,
    an_upload,
    letter_about_structures,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure():
    with letter_about_structures():
        yield a_structure()


@pytest.fixture
def secretary():
    return staff(Role.SECRETARIAT)


def subject_of(structure):
    return f"structures.structure:{structure.pk}"


def a_file(structure, purpose="proof", by=None, name="statuts.pdf"):
    by = acting(by or staff(), "case_officer")
    return files.store(
        upload=an_upload(name=name), subject=structure, purpose=purpose, thread=structure.thread, at=AT, by=by
    )


def body(response):
    return b"".join(response.streaming_content)


def test_opening_the_letter_is_its_receipt_for_who_represents(client, structure):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member)
    page = signed_in(client, member).get(reverse("letter", args=[letter.pk]))
    assert page.status_code == 200
    assert "Les motifs" in page.content.decode()
    found = Letter.objects.get(pk=letter.pk)
    assert found.received_on == timezone.localdate(found.opened_at)


def test_a_look_without_reading_and_a_reader_are_no_receipt(client, structure):
    member, reader = a_member(structure), a_member(structure, "reader")
    letter = a_letter(structure, addressee=member)
    address = reverse("letter", args=[letter.pk])
    assert signed_in(client, member).head(address).status_code == 200
    page = signed_in(client, reader).get(address).content.decode()
    assert "quand la personne qui représente la structure ouvrira" in page
    assert Letter.objects.get(pk=letter.pk).received_on is None


def test_downloading_the_pdf_is_reading_it_and_makes_it_at_once(client, structure):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member)
    response = signed_in(client, member).get(reverse("letter_pdf", args=[letter.pk]))
    assert body(response).startswith(b"%PDF-")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert Letter.objects.get(pk=letter.pk).received_on is not None


def test_the_office_downloads_without_receiving(client, structure, secretary):
    letter = a_letter(structure, addressee=a_member(structure))
    response = signed_in(client, secretary).get(reverse("letter_pdf", args=[letter.pk]))
    assert body(response).startswith(b"%PDF-")
    assert Letter.objects.get(pk=letter.pk).received_on is None


@pytest.mark.parametrize("name", ["letter", "letter_pdf", "staff_letter", "stored_file"])
def test_what_is_not_for_somebody_does_not_exist(client, structure, name):
    letter = a_letter(structure, addressee=a_member(structure))
    key = a_file(structure).pk if name == "stored_file" else letter.pk
    addresses = [reverse(name, args=[key]), reverse(name, args=[10**9]), reverse(name, args=[10**30])]
    for user in (person(), a_member(a_structure()), staff(Role.TECHNICAL_ADMINISTRATOR)):
        assert {signed_in(client, user).get(address).status_code for address in addresses} == {404}
    client.logout()
    assert client.get(addresses[0]).status_code == 302


def test_a_file_is_downloaded_as_it_came_by_those_who_see_its_subject(client, structure):
    stored = a_file(structure, name="bilan <b>.pdf")
    response = signed_in(client, a_member(structure)).get(reverse("stored_file", args=[stored.pk]))
    assert body(response) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("field", ["quarantined_at", "removed_at"])
def test_a_file_set_apart_or_removed_is_gone_for_everybody(client, structure, field):
    stored = a_file(structure)
    StoredFile.objects.filter(pk=stored.pk).update(**{field: AT})
    for user in (a_member(structure), staff()):
        assert signed_in(client, user).get(reverse("stored_file", args=[stored.pk])).status_code == 404


def test_while_the_antivirus_looks_only_the_sender_downloads(client, structure, settings):
    sender = a_member(structure)
    stored = a_file(structure, by=sender)
    settings.CLAMAV_SOCKET = "/no/such/socket"
    address = reverse("stored_file", args=[stored.pk])
    assert body(signed_in(client, sender).get(address)) == PDF
    waiting = signed_in(client, staff()).get(address)
    assert waiting.status_code == 409
    assert "Vérification du fichier" in waiting.content.decode()


def test_an_app_may_keep_files_of_one_purpose_to_some_people(client, structure):
    stored = a_file(structure, purpose="interests")
    member, ethics = a_member(structure), staff(Role.ETHICS_OFFICER)

    @registry.file_audience("interests")
    def only_ethics(user, on, record):
        return record == structure and user == ethics

    try:
        address = reverse("stored_file", args=[stored.pk])
        assert signed_in(client, member).get(address).status_code == 404
        assert body(signed_in(client, ethics).get(address)) == PDF
    finally:
        registry.file_audiences.pop("interests")


@pytest.mark.parametrize(
    "subject",
    [
        "nothing",
        "no.model:1",
        "structures.structure:x",
        "structures.structure:" + "9" * 40,
        "journal.event:1",
    ],
)
def test_a_file_about_nothing_known_is_not_found(client, structure, subject):
    stored = a_file(structure)
    StoredFile.objects.filter(pk=stored.pk).update(subject=subject)
    assert signed_in(client, staff()).get(reverse("stored_file", args=[stored.pk])).status_code == 404
    assert client.get(reverse("staff_exchanges", args=[subject])).status_code == 404


def test_a_letter_on_paper_goes_through_signature_posting_and_receipt(client, structure, secretary):
    letter = a_letter(
        structure, addressee=a_member(structure), channel="post", at=timezone.now() - timedelta(days=9)
    )
    address = reverse("staff_letter", args=[letter.pk])
    signed_in(client, secretary)
    assert "Lettre signée à la main" in client.get(address).content.decode()
    assert client.post(address, {"go": "sign", "scan": an_upload()}).status_code == 302
    day = f"{timezone.localdate() - timedelta(days=5):%d/%m/%Y}"
    assert (
        client.post(address, {"go": "post", "registered_number": "1A 2", "sent_on": day}).status_code == 302
    )
    facts = {"go": "receive", "received_on": day, "proof": an_upload(name="avis.pdf")}
    assert client.post(address, facts).status_code == 302
    found = Letter.objects.get(pk=letter.pk)
    assert found.registered_number == "1A 2"
    assert found.received_on == timezone.localdate() - timedelta(days=5)
    assert found.signed_scan.purpose == "letter_scan"
    assert found.proof.purpose == "letter_proof"
    assert '<form method="post" enctype' not in client.get(address).content.decode()


def test_a_letter_online_goes_by_post_once_mails_come_back(client, structure, secretary):
    member = a_member(structure)
    letter = a_letter(structure, addressee=member, at=timezone.now() - timedelta(days=9))
    address = reverse("staff_letter", args=[letter.pk])
    signed_in(client, secretary)
    assert "remettre la lettre par courrier" not in client.get(address).content.decode()
    User.objects.filter(pk=member.pk).update(mail_returned_at=timezone.now())
    assert "remettre la lettre par courrier" in client.get(address).content.decode()
    assert client.post(address, {"go": "by_post"}).status_code == 302
    assert Letter.objects.get(pk=letter.pk).channel == "post"
    assert "Lettre signée à la main" in client.get(address).content.decode()


def test_a_step_done_by_a_colleague_is_told_and_nothing_is_dropped(client, structure, secretary):
    letter = a_letter(
        structure, addressee=a_member(structure), channel="post", at=timezone.now() - timedelta(days=9)
    )
    address = reverse("staff_letter", args=[letter.pk])
    signed_in(client, secretary)
    client.post(address, {"go": "sign", "scan": an_upload()})
    day = f"{timezone.localdate() - timedelta(days=5):%d/%m/%Y}"
    client.post(address, {"go": "post", "registered_number": "1A 2", "sent_on": day})
    late = client.post(address, {"go": "post", "registered_number": "9Z 9", "sent_on": day}, follow=True)
    page = late.content.decode()
    assert f"{secretary.get_full_name()} vient de le faire" in page
    assert "9Z 9" in page
    assert Letter.objects.get(pk=letter.pk).registered_number == "1A 2"
    with pytest.raises(TransitionNotAllowed):
        actions.record_posting(
            letter_pk=letter.pk,
            registered_number="9Z 9",
            sent_on=timezone.localdate() - timedelta(days=5),
            at=timezone.now(),
            by=acting(secretary, Role.SECRETARIAT),
        )


def test_a_blocked_step_says_why_and_keeps_what_was_typed_and_no_file(client, structure, secretary):
    letter = a_letter(structure, addressee=a_member(structure), channel="post")
    signed_in(client, secretary)
    address = reverse("staff_letter", args=[letter.pk])
    client.post(address, {"go": "sign", "scan": an_upload()})
    page = client.post(address, {"go": "post", "registered_number": "1A 2", "sent_on": "01/01/2020"})
    assert page.status_code == 200
    assert "Choisissez une date entre" in page.content.decode()
    assert "1A 2" in page.content.decode()
    assert Letter.objects.get(pk=letter.pk).sent_on is None


def test_bad_input_is_told_beside_the_field(client, structure, secretary):
    letter = a_letter(structure, addressee=a_member(structure), channel="post")
    signed_in(client, secretary)
    address = reverse("staff_letter", args=[letter.pk])
    page = client.post(address, {"go": "sign", "scan": an_upload(b"MZ\x90")}).content.decode()
    assert "vrai PDF" in page
    assert client.post(address, {"go": "unknown"}).status_code == 200
    assert not StoredFile.objects.exists()


def test_mails_that_failed_are_shown_to_the_office(client, structure, secretary):
    made = actions.queue_mail(
        kind="x", key="1", recipient=person("perdu@exemple.fr"), title="T", text="x", at=AT
    )
    Mail.objects.filter(pk=made.pk).update(status=Mail.Status.FAILED)
    assert (
        "Personnes à joindre autrement"
        in signed_in(client, secretary).get(reverse("staff_letters")).content.decode()
    )


def test_typed_markup_is_shown_as_text(client):
    with letter_about_structures(reasons="<script>alert(1)</script> 🌻 شكرا"):
        structure = a_structure(name="<img src=x onerror=alert(1)>")
        member = a_member(structure)
        letter = a_letter(structure, addressee=member)
        page = signed_in(client, member).get(reverse("letter", args=[letter.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "🌻 شكرا" in page


def test_both_sides_exchange_and_reading_is_noted(client, structure, secretary):
    member = a_member(structure)
    ours, theirs = (reverse(name, args=[subject_of(structure)]) for name in ("staff_exchanges", "exchanges"))
    signed_in(client, member)
    sent = {"go": "message", "message-text": "Une question ?", "message-document": an_upload()}
    assert client.post(theirs, sent).status_code == 302
    exchange = Exchange.objects.get()
    assert exchange.read_at is None
    signed_in(client, secretary)
    page = client.get(ours).content.decode()
    assert "Une question" in page
    assert "statuts.pdf" in page
    assert Exchange.objects.get().read_at is not None
    assert body(client.get(reverse("stored_file", args=[exchange.files.get().pk]))) == PDF
    assert client.post(ours, {"go": "call", "call-kind": "visit", "call-text": "Venue"}).status_code == 302
    assert client.post(ours, {"go": "note", "note-text": "Entre nous"}).status_code == 302
    assert InternalNote.objects.get().text == "Entre nous"
    signed_in(client, member)
    page = client.get(theirs).content.decode()
    assert "Venue" in page
    assert "Entre nous" not in page


def test_a_reader_reads_and_has_no_form_and_cannot_post(client, structure):
    signed_in(client, a_member(structure, "reader"))
    address = reverse("exchanges", args=[subject_of(structure)])
    assert "Envoyer le message" not in client.get(address).content.decode()
    client.post(address, {"go": "message", "message-text": "x"})
    assert not Exchange.objects.exists()


def test_exchanges_of_others_do_not_exist(client, structure):
    address = reverse("exchanges", args=[subject_of(structure)])
    for user in (person(), a_member(a_structure())):
        assert signed_in(client, user).get(address).status_code == 404
        assert client.post(address, {"go": "message", "message-text": "x"}).status_code == 404
        assert client.get(reverse("staff_exchanges", args=[subject_of(structure)])).status_code == 404


@pytest.mark.parametrize("text", ["", "x" * 10_001])
def test_an_empty_or_endless_message_comes_back_with_its_words(client, structure, text):
    signed_in(client, a_member(structure))
    page = client.post(
        reverse("exchanges", args=[subject_of(structure)]), {"go": "message", "message-text": text}
    )
    assert page.status_code == 200
    assert text in page.content.decode()
    assert "id_message-text_error" in page.content.decode()
    assert not Exchange.objects.exists()


def test_the_outbox_of_the_demonstration_is_public_there_and_nowhere_else(client, settings):
    DemonstrationMail.objects.create(to_address="a@exemple.fr", title="Code", text="123", sent_at=AT)
    DemonstrationMail.objects.create(to_address="b@exemple.fr", title="<b>Autre", text="456", sent_at=AT)
    address = reverse("demonstration_outbox")
    settings.DEMONSTRATION = False
    assert client.get(address).status_code == 404
    settings.DEMONSTRATION = True
    page = client.get(address).content.decode()
    assert page.index("&lt;b&gt;Autre") < page.index("Code")
    assert "Autre" not in client.get(address, {"adresse": "A@exemple.fr"}).content.decode()
