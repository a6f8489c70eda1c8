"""A passage of a filed dossier about a person: masked wherever it stands, with its proof (docs/adr/0037)."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.models import Role
from charter.actions import record_paper_signature
from charter.models import Charter
from journal import triggers
from journal.models import Event, Reason
from journal.refusals import Blocked, NotAllowed
from journal.verification import broken_links
from label import actions, papers
from label.masking import MARK, Mask, contents_that_differ
from label.models import Answer, Application, Masking, Snapshot
from letters import files, pdfs
from letters.actions import record_hand_signature, record_posting
from letters.models import Exchange, InternalNote, Letter, Mail, StoredFile
from tests.factories import charter, label, reviewers, structures
from tests.factories.accounts import acting, give_role, person, signed_in, staff
from tests.factories.appeals import LODGED
from tests.factories.structures import AT, proof, representative_of
from tests.reading import pdf_words, plain, words
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db
TOLD = "Mme Untel, soignée à 45 ans : un cancer du sein"
SAID = f"Nous aidons chacun.\n\n{TOLD} ; elle le dit.\nMerci. (Le frère de {TOLD.replace(' ', chr(10))}.)"
LEFT = f"Nous aidons chacun.\n\n{MARK} ; elle le dit.\nMerci. (Le frère de {MARK}.)"
FACTS = {"passage": TOLD, "why": "health", "breach_check": "Lu par deux personnes du panel.", "at": AT}


def office():
    return acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)


def everything_kept() -> str:
    """All the rows where words of a dossier could lie, and those that must never hold them."""
    models = (Answer, Snapshot, Application, Masking, Letter, Mail, Event, Reason, Exchange, InternalNote)
    return str([list(model.objects.values()) for model in (*models, DBTaskResult)])


def test_a_passage_is_masked_wherever_it_stands_and_the_rest_is_proved(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    found = label.submitted(structure_summary=SAID, criterion_A1_1=f"Voir {TOLD}.")
    frozen = found.snapshot
    by = office()
    signed_in(client, by.user)
    assert (
        reverse("staff_masking", args=[found.reference])
        in client.get(reverse("staff_application", args=[found.reference])).text
    )
    address = reverse("staff_masking", args=[found.reference])
    assert "Untel" in everything_kept()
    typed = {key: value for key, value in FACTS.items() if key != "at"} | {"asks_again": "on"}
    answer = client.post(address, typed, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    said = words(answer)
    assert "Passage retiré partout" in said and "La santé d'une personne" in said and TOLD not in said

    now = Application.objects.select_related("snapshot").get(pk=found.pk)
    assert now.answers.get(question="structure_summary").text == now.public_summary == LEFT
    content = now.snapshot.content
    assert content["criteria"]["A1.1"]["text"] == f"Voir {MARK}."
    rows = {row["key"]: row for row in content["answers"]}
    assert rows["structure_summary"]["text"] == rows["structure_summary"]["shown"] == LEFT
    assert "Untel" not in everything_kept() and "Untel" not in caplog.text

    masking = Masking.objects.get()
    assert (masking.snapshot_id, masking.before) == (
        frozen.pk,
        frozen.digest,
    ) and frozen.digest == now.snapshot.digest
    assert masking.places == ["criterion_A1_1", "structure_summary"]
    event = masking.event
    assert (event.actor, event.move, event.snapshot) == (by.user, "mask_passage", masking.after)
    assert not [*breaches(), *broken_links()]
    exported = json.loads(papers.export(now))["maskings"]
    assert [row["sha256"] for row in exported] == [masking.after]

    message = Exchange.objects.get()
    assert "écrire autrement" in message.text and "Que fait votre structure" in message.text
    assert Mail.objects.filter(kind="message", recipient=representative_of(found.structure).user).exists()
    assert InternalNote.objects.get().text == FACTS["breach_check"]
    signed_in(client, representative_of(found.structure).user)
    page = words(client.get(reverse("application_read", args=[found.reference])))
    assert MARK in page and "Untel" not in page
    assert "Untel" not in pdf_words(client.get(reverse("application_pdf", args=[found.reference])).content)


def test_a_member_who_was_reading_reads_the_masked_text_at_once(client: Client) -> None:
    found = reviewers.under_review(at=AT, criterion_A1_1=SAID, structure_summary=SAID)
    first, second = reviewers.assignments_of(found)[:2]
    mine = reviewers.accepted(first)
    signed_in(client, mine.mandate.user)
    signed_in(asked := Client(), second.mandate.user)
    address = reverse("committee_dossier", args=[mine.pk])
    pages = (
        lambda: words(client.get(address)),
        lambda: words(client.get(reverse("committee_review", args=[mine.pk, "A1.1"]))),
        lambda: words(asked.get(reverse("committee_gate", args=[second.pk]))),
        lambda: pdf_words(client.get(reverse("committee_pack_pdf", args=[mine.pk])).content),
    )
    assert all("Mme Untel" in page() for page in pages)
    actions.mask_passage(application_pk=found.pk, **FACTS, by=office())
    for page in pages:
        assert MARK in (read := page()) and "Untel" not in read
    assert client.get(reverse("staff_masking", args=[found.reference])).status_code == 404


def test_who_may_and_what_is_missing(client: Client) -> None:
    found = label.submitted(structure_summary=SAID)
    by, facts = office(), {"application_pk": found.pk, **FACTS}
    for stranger in (representative_of(found.structure), acting(staff(Role.SIGNATORY), Role.SIGNATORY)):
        with pytest.raises(NotAllowed):
            actions.mask_passage(**facts, by=stranger)
    own = acting(structures.member(found.structure), Role.SECRETARIAT)
    give_role(own.user, Role.SECRETARIAT)
    with pytest.raises(NotAllowed):
        actions.mask_passage(**facts, by=own)
    for wrong, why in (
        ("ntel, soignée", "mots entiers"),
        ("Mme untel", "mots entiers"),
        ("passage retiré", "mots entiers"),
        (f"chacun.\r\n\r\n{TOLD}", "un paragraphe"),
        (f"chacun.\u2028\t\u2028{TOLD}", "un paragraphe"),
        ("\u200b45", "trois lettres"),
    ):
        with pytest.raises(Blocked, match=why):
            actions.mask_passage(**{**facts, "passage": wrong}, by=by)
    for note, why in (("\u200b", "qui a pu lire"), (f"Ceci : {TOLD}.", "Ne recopiez pas")):
        with pytest.raises(Blocked, match=why):
            actions.mask_passage(**{**facts, "breach_check": note}, by=by)
    with pytest.raises(ValueError, match="curiosity"):
        actions.mask_passage(**{**facts, "why": "curiosity"}, by=by)
    signed_in(client, by.user)
    address = reverse("staff_masking", args=[found.reference])
    page = words(client.post(address, {**facts, "passage": "Pas là du tout"}))
    assert "Ce passage n'est pas dans le dossier" in page and "Pas là du tout" in page
    assert (
        not Masking.objects.exists() and not InternalNote.objects.exists() and not Exchange.objects.exists()
    )
    draft = label.draft(structures.structure(at=AT))
    with pytest.raises(Blocked, match="n'est pas déposé"):
        actions.mask_passage(**{**facts, "application_pk": draft.pk}, by=by)


def test_a_choice_or_a_number_is_never_masked() -> None:
    found = label.submitted(structure_summary="120 000 personnes disent yes.")
    for passage in ("120 000", "yes"):
        actions.mask_passage(application_pk=found.pk, **FACTS | {"passage": passage}, by=office())
    rows = {row["key"]: row for row in Snapshot.objects.get().content["answers"]}
    assert rows["structure_summary"]["text"] == f"{MARK} personnes disent {MARK}."
    assert rows["funding_budget"]["text"] == "120 000"
    assert [one.number for one in Masking.objects.order_by("pk")] == [1, 2]
    assert not list(contents_that_differ())


def test_the_completed_dossier_and_its_pieces_are_masked_too() -> None:
    found = label.incomplete()
    by = representative_of(found.structure)
    for piece in found.open_request().pieces.all():
        actions.answer_piece(application_pk=found.pk, piece_pk=piece.pk, answer=SAID, at=AT, by=by)
    found = actions.complete(application_pk=found.pk, at=AT, by=by)
    contributor = found.contributors.create(name="Rose", part="Un tiers")
    actions.mask_passage(application_pk=found.pk, **FACTS, by=office())
    assert "Untel" not in everything_kept()
    piece = found.document_requests.get().pieces.first()
    assert piece.answer == LEFT and contributor.name == "Rose"
    last, first = found.snapshots.order_by("-number")
    assert last.content["pieces"][0]["answer"] == LEFT
    assert (last.masked, first.masked) == (1, 0)  # what never held it is as it was filed
    assert not list(contents_that_differ())


def test_a_mark_longer_than_the_passage_fits_its_column() -> None:
    found = label.filled()
    found.contributors.create(name="Ana " * 49, part="Aide")
    by = representative_of(found.structure)
    Answer.objects.filter(application=found, question="contributors_exist").update(text="yes")
    found = actions.submit(application_pk=found.pk, at=AT, by=by)
    actions.mask_passage(application_pk=found.pk, **FACTS | {"passage": "Ana"}, by=office())
    name = found.contributors.get().name
    assert len(name) == 200 and "Ana" not in name


def test_the_dossier_that_an_appeal_reopened_and_the_one_it_reopens() -> None:
    old = label.submitted(structure_summary=SAID)
    actions.withdraw(application_pk=old.pk, at=AT, by=representative_of(old.structure))
    with transaction.atomic():
        held = Application.objects.hold(old.pk)
        again = actions.reopen(application=held, is_admissible=True, at=LODGED, by=office())
    assert "Untel" in str(again.snapshot.content)
    actions.mask_passage(application_pk=again.pk, **FACTS | {"at": LODGED}, by=office())
    for one in (old, again):
        assert "Untel" not in str(one.snapshots.values_list("content", flat=True))
        assert one.answers.get(question="structure_summary").text == LEFT
    events = [one.event for one in Masking.objects.select_related("event__thread")]
    assert {event.thread_id for event in events} == {old.thread_id, again.thread_id}
    assert "Untel" not in everything_kept()
    assert not [*breaches(), *broken_links()]


def test_a_draft_keeps_what_is_typed() -> None:
    found = label.submitted(structure_summary=SAID)
    by = representative_of(found.structure)
    actions.withdraw(application_pk=found.pk, at=AT, by=by)
    draft = actions.duplicate(application_pk=found.pk, at=AT, by=by)
    actions.mask_passage(application_pk=found.pk, **FACTS, by=office())
    assert draft.answers.get(question="structure_summary").text == SAID
    assert "vos brouillons" in Exchange.objects.get().text
    assert found.answers.get(question="structure_summary").text == LEFT


def read_back(secretary) -> Letter:
    """The letter that reads a dossier back to somebody who came, signed by hand and posted."""
    label.ready_for_applications()
    rose = person(without_email=True, first_name="Rose", last_name="Martin")
    found = structures.structure(representative=rose)
    day = AT.date()
    entry = {"structure_pk": found.pk, "person": rose, "means": "visit", "received_on": day, "at": AT}
    application = actions.enter_on_behalf(**entry, scan=None, postmarked_on=None, by=secretary)
    label.answered(application, by=secretary, structure_summary=SAID)
    shown = structures.solution(found)
    facts = {"application_pk": application.pk, "at": AT, "by": secretary}
    actions.present_solutions(**facts, solution_pks=[shown.pk])
    charter.identity(found, done_on=day)
    signed = {"signatory": rose, "quality": "Présidente", "signed_on": day - timedelta(days=6)}
    record_paper_signature(
        structure_pk=found.pk,
        charter_pk=Charter.objects.in_force().pk,
        scan=proof("charte.pdf"),
        **signed,
        at=AT,
        by=secretary,
    )
    actions.submit(**facts)
    return actions.issue_read_back(**facts).read_back_letter


@pytest.mark.parametrize("is_sent", [False, True])
def test_the_letter_that_copies_the_answers_and_its_files(
    is_sent: bool, django_capture_on_commit_callbacks
) -> None:
    secretary = office()
    letter = read_back(secretary)
    made = pdfs.make(letter.pk, at=AT)
    with made.content.open("rb") as file:
        assert plain(TOLD) in pdf_words(file.read())
    scan = files.store(
        upload=proof("signee.pdf"),
        subject=letter.subject,
        purpose="letter_scan",
        thread=letter.thread,
        at=AT,
        by=secretary,
    )
    record_hand_signature(letter_pk=letter.pk, scan=scan, at=AT, by=secretary)
    if is_sent:
        record_posting(
            letter_pk=letter.pk, registered_number="1A 234 567 8901 2", sent_on=AT.date(), at=AT, by=secretary
        )
    number = Application.objects.get().pk
    with django_capture_on_commit_callbacks(execute=True):
        actions.mask_passage(application_pk=number, **FACTS, by=secretary)
    now = Letter.objects.get(pk=letter.pk)
    assert now.digest == letter.digest and "Untel" not in str(now.content)
    assert now.signed_scan_id == (scan.pk if is_sent else None)  # what has not left is signed again
    assert str(now.content).count(MARK) == 2
    assert "Untel" not in everything_kept()
    for gone in (made, scan):
        kept = StoredFile.objects.get(pk=gone.pk)
        assert kept.removed_at == AT and kept.sha256 and not kept.content.storage.exists(kept.content.name)
    again = pdfs.make(letter.pk, at=AT)
    assert again.pk != made.pk
    with again.content.open("rb") as file:
        said = pdf_words(file.read())
    assert MARK in said and "Untel" not in said
    assert not list(contents_that_differ())
    Letter.objects.filter(pk=letter.pk).update(content=letter.content)
    assert [f"letter {letter.reference} is not what was frozen"] == list(contents_that_differ())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_pdf_being_made_meanwhile_is_made_of_the_masked_text() -> None:
    secretary = office()
    letter = read_back(secretary)

    def make() -> StoredFile:
        try:
            return pdfs.make(letter.pk, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            actions.mask_passage(application_pk=Application.objects.get().pk, **FACTS, by=secretary)
            making = pool.submit(make)  # it reads the old text, and waits for the letter to keep its PDF
            until = time.monotonic() + 30
            while not waiting_for_a_lock() and time.monotonic() < until:
                time.sleep(0.05)
            assert waiting_for_a_lock()
        with making.result().content.open("rb") as file:
            said = pdf_words(file.read())
    assert MARK in said and "Untel" not in said
    assert StoredFile.objects.filter(purpose="letter", removed_at=None).count() == 1


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


class TestTheDoor:
    """The database lets through what a masking announces, and nothing else."""

    def refused(self, **changes) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Snapshot.objects.update(**changes)

    def test_only_a_masking_opens_it_once_and_only_for_the_content(self) -> None:
        found = label.submitted(structure_summary=SAID)
        self.refused(content={})
        self.refused(content={}, masked=1)
        actions.mask_passage(application_pk=found.pk, **FACTS, by=office())
        self.refused(content={})
        self.refused(content={}, masked=F("masked") + 1)
        self.refused(masked=0)
        masking = Masking.objects.get()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Masking.objects.update(after=masking.before)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            masking.delete()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Snapshot.objects.all()._raw_delete("default")

    @pytest.mark.parametrize("column", ["digest", "number", "edition_version", "made_at"])
    def test_no_other_column_goes_through(self, column: str) -> None:
        found = label.submitted(structure_summary=SAID)
        actions.mask_passage(application_pk=found.pk, **FACTS, by=office())
        last = Masking.objects.get()
        forged = {"snapshot": last.snapshot, "number": 2, "places": [], "why": "health", "before": last.after}
        event = Event.objects.filter(thread=found.thread).exclude(pk=last.event_id).first()
        Masking.objects.create(**forged, after="0" * 64, event=event)
        changed = {"made_at": AT + timedelta(days=1), "number": 7}.get(column, "autre")
        self.refused(masked=2, **{column: changed})
        Snapshot.objects.update(masked=2, content={"forged": True})
        told = " ".join(contents_that_differ())
        assert "masking 2 is not the one of the journal" in told and "is not what was frozen" in told

    def test_a_content_changed_behind_the_back_of_the_house_is_told(self) -> None:
        found = label.submitted(structure_summary=SAID)
        actions.mask_passage(application_pk=found.pk, **FACTS, by=office())
        before = Snapshot.objects.get()
        triggers.lift()
        content = {**before.content, "reference": "AUTRE"}
        Snapshot.objects.update(content=content)
        triggers.install()
        assert list(contents_that_differ()) == [f"snapshot {before} is not what was frozen"]
        triggers.lift()
        Snapshot.objects.update(content=before.content, masked=0)
        triggers.install()
        assert [*contents_that_differ()] == [f"snapshot {before} was changed 0 times and says it 1 times"]

    def test_a_table_that_opens_it_may_be_rebuilt_by_a_migration(self) -> None:
        triggers.lift_doors_before_migrate()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE label_masking RENAME TO elsewhere")
            cursor.execute("ALTER TABLE elsewhere RENAME TO label_masking")
        triggers.install()
        assert triggers.missing() == []


@pytest.mark.parametrize(
    ("passage", "text", "left"),
    [
        ("Rose", "Rose, Rosemarie et ROSE", f"{MARK}, Rosemarie et ROSE"),
        ("a (b) c.", "a (b) c. fin", f"{MARK} fin"),
        ("le 3 mars", "le\u00a03\u202fmars", MARK),
        ("«\u00a0oui\u00a0»", "dit « oui ».", f"dit {MARK}."),
    ],
)
def test_how_a_passage_is_found(passage: str, text: str, left: str) -> None:
    assert Mask(passage)(text) == left
