"""Before a merger: the question, its two months, its answer, and the transfer that follows (domain 5.3)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates import actions
from certificates.models import Label, MergerRequest
from deadlines.models import Deadline
from deadlines.tick import tick
from journal.refusals import Blocked, NotAllowed
from letters.models import Letter, Mail
from structures.models import Structure
from tests.factories import certificates, decisions, measures, structures
from tests.factories.accounts import acting, signatory, signed_in, staff
from tests.factories.outages import moment
from tests.factories.structures import AT, PDF, choosing, member, member_of, representative_of
from tests.reading import plain, words
from workflows import todo
from workflows.todo import Reader

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PLANNED = AT.date() + timedelta(days=120)
YES = actions.MergerAnswer("yes", "", decisions.IN_LAW, decisions.IN_FACT)


def treaty() -> SimpleUploadedFile:
    return SimpleUploadedFile("traite.pdf", PDF, content_type="application/pdf")


def question(found: Structure | None = None, **changes: Any) -> actions.MergerQuestion:
    number = found.number() if found else "W751000123"
    asked = actions.MergerQuestion("Nouveau Souffle", number, PLANNED, "La permanence continue.")
    return replace(asked, **changes)


def asked(label: Label | None = None, found: Structure | None = None) -> MergerRequest:
    label = label or certificates.label()
    return actions.ask_before_merger(
        label_pk=label.pk,
        question=question(found),
        treaty=treaty(),
        at=AT,
        by=representative_of(label.structure),
    )


def answer(row: MergerRequest, content: actions.MergerAnswer = YES, *, at: Any = AT + DAY) -> MergerRequest:
    by = acting(signatory(), Role.SIGNATORY)
    return actions.answer_before_merger(request_pk=row.pk, content=content, at=at, by=by)


def said(letter: Letter | None) -> str:
    assert letter is not None
    return plain(json.dumps(letter.content, ensure_ascii=False))


def test_a_question_is_whole_before_it_is_received() -> None:
    label = certificates.label()
    by = representative_of(label.structure)
    given: dict[str, Any] = {"label_pk": label.pk, "at": AT, "by": by}
    for changes, words_ in (
        ({"successor_name": " "}, "le nom de l'autre structure"),
        ({"successor_number": "douze"}, "RNA, SIREN ou SIRET"),
        ({"planned_on": AT.date()}, "avant la fusion"),
        ({"planned_on": label.ends_on + DAY}, "Le label se termine"),
        ({"text": " "}, "Dites ce que devient"),
        ({"means": "pigeon"}, "Dites comment"),
        ({"received_on": AT.date() + DAY}, "pas encore passée"),
    ):
        with pytest.raises(Blocked, match=words_):
            actions.ask_before_merger(**given, question=question(**changes), treaty=treaty())
    with pytest.raises(Blocked, match="projet de traité"):
        actions.ask_before_merger(**given, question=question(), treaty=None)
    assert not MergerRequest.objects.exists() and not Letter.objects.filter(code="L1m").exists()
    editor = member_of(label.structure, member(label.structure, role="editor"))
    with pytest.raises(NotAllowed):
        actions.ask_before_merger(**{**given, "by": editor}, question=question(), treaty=treaty())
    asked(label)
    with pytest.raises(Blocked, match="attend déjà"):
        asked(label)


def test_the_receipt_says_the_date_and_what_silence_means_and_two_months_run() -> None:
    row = asked()
    assert row.due_on == date(2027, 3, 4)
    clock = Deadline.objects.running().get(kind="merger_request")
    assert (clock.due_on, clock.started_on) == (row.due_on, AT.date())
    text = said(row.receipt)
    for told in ("4 mars 2027", "notre silence vaut accord", "L. 231-1", "article 9 bis", "Nouveau Souffle"):
        assert told in text, told


def test_an_answer_is_signed_by_who_has_no_part_in_it() -> None:
    found = structures.structure(name="Nouveau Souffle")
    row = asked(found=found)
    assert row.successor == found
    label = row.label
    outsider = staff(Role.SIGNATORY)  # without a delegation
    with pytest.raises(Blocked, match="valable aujourd.hui"):
        actions.answer_before_merger(
            request_pk=row.pk, content=YES, at=AT + DAY, by=acting(outsider, Role.SIGNATORY)
        )
    for structure in (label.structure, found):
        insider = signatory()
        member(structure, user=insider)
        with pytest.raises(NotAllowed):
            actions.answer_before_merger(
                request_pk=row.pk, content=YES, at=AT + DAY, by=acting(insider, Role.SIGNATORY)
            )
    with pytest.raises(NotAllowed):
        actions.answer_before_merger(
            request_pk=row.pk, content=YES, at=AT + DAY, by=measures.officer_of(label)
        )
    for content, told in (
        (replace(YES, outcome="perhaps"), "Choisissez"),
        (replace(YES, outcome="yes_if"), "Écrivez les conditions"),
        (replace(YES, reasons_in_fact="Non."), "caractères"),
    ):
        with pytest.raises(Blocked, match=told):
            answer(row, content)
    done = answer(row, replace(YES, outcome="yes_if", conditions="La permanence du mardi continue."))
    assert "La permanence du mardi continue." in said(done.answer)
    assert decisions.IN_FACT.strip() in said(done.answer)
    assert not Deadline.objects.running().filter(kind="merger_request").exists()
    assert Mail.objects.filter(kind="merger_answered", recipient=found.representative()).count() == 1
    with pytest.raises(Blocked, match="n'attend plus"):
        answer(row)


def test_after_two_months_silence_is_a_yes_that_nobody_takes_back_here() -> None:
    row = asked()
    signer = signatory()
    tick(moment(row.due_on - 3 * DAY))
    assert Mail.objects.filter(kind="merger_near", recipient=signer).exists()
    tick(moment(row.due_on + DAY))
    row = MergerRequest.objects.get()
    assert not row.is_accepted_by_silence(on=row.due_on)
    assert row.is_accepted_by_silence(on=row.due_on + DAY)
    assert row.answered_at is None  # the clock notes nothing by itself
    with pytest.raises(Blocked, match="silence vaut accord"):
        answer(row, replace(YES, outcome="no"), at=moment(row.due_on + DAY))
    assert answer(row, at=moment(row.due_on + DAY)).outcome == "yes"


def test_a_question_is_taken_back_and_ends_with_the_label() -> None:
    row = asked()
    by = representative_of(row.label.structure)
    for _ in range(2):
        dropped = actions.drop_merger_request(request_pk=row.pk, at=AT + DAY, by=by)
    assert dropped.dropped_at == AT + DAY
    assert not Deadline.objects.running().filter(kind="merger_request").exists()
    again = asked(row.label)
    certificates.moved(row.label, "relinquish", on=AT.date() + 3 * DAY, at=AT + 3 * DAY)
    assert MergerRequest.objects.get(pk=again.pk).dropped_at is not None
    assert not Deadline.objects.running().filter(kind="merger_request").exists()


def test_the_transfer_names_the_question_that_was_asked() -> None:
    label = certificates.label()
    new = measures.taken_over(label)
    assert "Demande faite avant la fusion" not in str(new.decision.letter.content)

    label = certificates.label()
    found = structures.structure(name="Autre Souffle")
    row = asked(label, found)
    answer(row)
    measures.charters.signature(found, at=AT + DAY)
    measures.checked(found, at=AT + DAY)
    decision = measures.signed(
        label,
        "transfer",
        at=AT + 10 * DAY,
        successor_id=found.pk,
        checked_by=acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
        event_on=(AT + 5 * DAY).date(),
        event_proof="Traité de fusion",
    )
    assert "Demande faite avant la fusion" in str(decision.letter.content)


def test_the_pages_from_the_question_to_the_answer(client: Client) -> None:
    label = certificates.label(at=timezone.now() - timedelta(days=30))
    found = structures.structure(name="Nouveau Souffle")
    holder = signed_in(client, label.structure.representative())
    choosing(client, label.structure)
    assert "Demander avant une fusion" in words(holder.get(reverse("space_label")))
    page = reverse("merger_ask")
    wrong = holder.post(page, {"successor_name": "Nouveau Souffle", "planned_on": "hier"})
    assert wrong.status_code == 200 and "Nouveau Souffle" in wrong.content.decode()
    given = {
        "successor_name": "Nouveau Souffle",
        "successor_number": found.number(),
        "planned_on": f"{timezone.localdate() + timedelta(days=90):%d/%m/%Y}",
        "text": "La permanence continue.",
        "treaty": treaty(),
    }
    shown = holder.post(page, given, follow=True)
    row = MergerRequest.objects.get()
    assert "Réponse attendue avant le" in words(shown) and "silence vaut accord" in words(shown)

    address = reverse("merger_request", args=[row.pk])
    other = signed_in(Client(), found.representative())
    assert other.get(address).status_code == 404  # not before the answer
    assert (
        signed_in(Client(), structures.structure(name="Tiers").representative()).get(address).status_code
        == 404
    )

    signer = signatory()
    reader = Reader(user=signer, on=timezone.localdate(), roles=frozenset({Role.SIGNATORY}))
    titles = [task.title.replace("\xa0", " ") for task in todo.todo_for(reader, "staff")]
    assert "Répondre avant une fusion : sans réponse, le silence vaut accord" in titles
    office = reverse("staff_merger", args=[row.pk])
    officer = signed_in(Client(), label.application.case_officer)
    assert "Signer la réponse" not in words(officer.get(office)) and officer.post(office).status_code == 404
    signing = signed_in(Client(), signer)
    content = {"outcome": "no", "reasons_in_law": decisions.IN_LAW, "reasons_in_fact": decisions.IN_FACT}
    assert "La réponse est signée" in words(signing.post(office, content, follow=True))

    assert "Lire la lettre" in words(holder.get(address))
    read = words(other.get(address))
    assert "Non" in read and decisions.IN_FACT.strip() in read and "La permanence continue." not in read
    assert holder.post(address, {"go": "drop"}).status_code == 404  # answered


def test_the_office_types_a_question_that_came_by_post(client: Client) -> None:
    label = certificates.label(at=timezone.now() - timedelta(days=30))
    signed_in(client, label.application.case_officer)
    page = reverse("staff_merger_entry", args=[label.number])
    day = timezone.localdate() - 2 * DAY
    given = {
        "successor_name": "Nouveau Souffle",
        "successor_number": "W751000123",
        "planned_on": f"{timezone.localdate() + timedelta(days=90):%d/%m/%Y}",
        "text": "La permanence continue.",
        "treaty": treaty(),
        "means": "post",
        "received_on": f"{day:%d/%m/%Y}",
    }
    assert client.post(page, given).status_code == 302
    row = MergerRequest.objects.get()
    assert (row.received_on, row.means, row.successor) == (day, "post", None)
    assert Deadline.objects.get(kind="merger_request").started_on == day
