"""The hearing before a measure: nothing runs without a proof, nothing closes before what was promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates import actions
from certificates.checklist import missing_to_close
from certificates.models import Ground, Hearing, Label, Observation
from deadlines.models import Deadline
from deadlines.tick import tick
from decisions import actions as acts
from journal.refusals import Blocked, NotAllowed
from letters.models import Letter
from tests.factories import certificates, measures
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.structures import AT, PDF, choosing, member, member_of, representative_of

pytestmark = pytest.mark.django_db


def notify(label: Label, **changes: Any) -> Hearing:
    given: dict[str, Any] = {"measure": "suspend", "grounds": [measures.GROUND], "days": 30}
    return actions.notify_grounds(
        label_pk=label.pk, at=AT, by=measures.officer_of(label), **{**given, **changes}
    )


def test_an_invitation_without_its_parts_is_refused_and_nothing_is_written() -> None:
    label = certificates.label()
    for changes, words in (
        ({"grounds": []}, "entre 1 et 12"),
        ({"grounds": [replace(measures.GROUND, source=" ")]}, "trois choses"),
        ({"days": 29}, "au moins 30\\sjours"),
        ({"days": 14, "is_urgent": True}, "au moins 15\\sjours"),
        ({"days": 9999}, "365 au plus"),
        ({"measure": "fine"}, "Choisissez la mesure"),
        ({"measure": "withdraw"}, "procédure de retrait"),
    ):
        with pytest.raises(Blocked, match=words):
            notify(label, **changes)
    assert not Hearing.objects.exists()
    assert not Letter.objects.filter(code="L13b").exists()
    notify(label, days=15, is_urgent=True)
    with pytest.raises(Blocked, match="déjà invitée"):  # a second click
        notify(label)


def test_the_letter_says_all_that_the_law_asks() -> None:
    label = certificates.label()
    fact = "Premier fait.\n\nAvec une suite\n- et un tiret"
    hearing = notify(label, grounds=[measures.GROUND, replace(measures.GROUND, fact=fact, occurred_on=None)])
    text = " ".join(str(hearing.letter.content).split())
    for words in ("L. 122-1", "L. 122-2", "avocat", "dossier de la procédure", "Premier fait."):
        assert words in text, words
    assert hearing.letter.awaits_receipt() is False  # an invitation is no act


def test_only_who_represents_gives_up_a_right_to_answer() -> None:
    label = certificates.label()
    hearing = notify(label)
    holder = representative_of(label.structure)
    editor = member_of(label.structure, member(label.structure, role="editor"))
    measures.received(hearing.letter)
    actions.ask_to_be_heard(hearing_pk=hearing.pk, at=AT, by=holder)
    actions.observe(hearing_pk=hearing.pk, text="Nous avons rouvert.", at=AT, by=editor)  # whoever writes may
    for give_up in (actions.waive_oral_hearing, actions.say_nothing_to_add):
        with pytest.raises(NotAllowed):
            give_up(hearing_pk=hearing.pk, at=AT, by=editor)
    page = signed_in(Client(), editor.user).get(reverse("hearing", args=[hearing.pk])).content.decode()
    assert 'value="waive"' not in page and 'value="done"' not in page and 'value="answer"' in page
    actions.waive_oral_hearing(hearing_pk=hearing.pk, at=AT, by=holder)
    assert actions.say_nothing_to_add(hearing_pk=hearing.pk, at=AT, by=holder).complete_on == AT.date()


def test_no_time_runs_before_the_receipt_and_none_is_closed_before_its_end() -> None:
    label = certificates.label()
    hearing = notify(label)
    officer, holder = measures.officer_of(label), representative_of(label.structure)
    tick(AT + timedelta(days=60))
    hearing = Hearing.objects.get(pk=hearing.pk)
    assert (hearing.answer_until, hearing.closed_on) == (None, None)
    with pytest.raises(Blocked, match="preuve"):
        actions.close_hearing(hearing_pk=hearing.pk, at=AT + timedelta(days=60), by=officer)

    received = AT + timedelta(days=61)
    measures.received(hearing.letter, at=received)
    measures.received(hearing.letter, at=received)
    clock = Deadline.objects.get(kind="observations")
    assert clock.due_on == (received + timedelta(days=30)).date()
    assert clock.proof == f"letters.letter:{hearing.letter_id}"
    with pytest.raises(Blocked, match="encore répondre"):
        actions.close_hearing(hearing_pk=hearing.pk, at=received + timedelta(days=30), by=officer)
    with pytest.raises(Blocked, match="par écrit"):
        actions.say_nothing_to_add(hearing_pk=hearing.pk, at=received, by=holder)
    answer = {"hearing_pk": hearing.pk, "text": "Nous avons rouvert.", "at": received, "by": holder}
    one = actions.observe(**answer)
    assert actions.observe(**answer).pk == one.pk  # a second click
    actions.ask_to_be_heard(hearing_pk=hearing.pk, assisted_by="Maître Roche", at=received, by=holder)
    actions.say_nothing_to_add(hearing_pk=hearing.pk, at=received, by=holder)
    with pytest.raises(Blocked, match="entendez-la"):
        actions.close_hearing(hearing_pk=hearing.pk, at=received, by=officer)
    tick(received + timedelta(days=40))  # the promised hearing is kept, however late
    assert Hearing.objects.get(pk=hearing.pk).closed_on is None

    day = received + timedelta(days=41)
    with pytest.raises(Blocked):
        actions.record_oral_hearing(
            hearing_pk=hearing.pk, held_on=day.date(), minutes=" ", at=day, by=officer
        )
    actions.plan_oral_hearing(hearing_pk=hearing.pk, planned_at=day + timedelta(days=1), at=day, by=officer)
    day += timedelta(days=2)
    actions.record_oral_hearing(
        hearing_pk=hearing.pk,
        held_on=day.date(),
        minutes="La présidente confirme la réouverture.",
        at=day,
        by=officer,
    )
    actions.close_hearing(hearing_pk=hearing.pk, at=day, by=officer)
    with pytest.raises(Blocked, match="terminé"):
        actions.observe(hearing_pk=hearing.pk, text="Encore.", at=day, by=holder)
    assert Deadline.objects.get(kind="observations").outcome == "met"


def test_the_clock_closes_a_hearing_of_which_nothing_more_can_come() -> None:
    hearing = notify(certificates.label())
    measures.received(hearing.letter)
    tick(AT + timedelta(days=30))
    assert Hearing.objects.get().closed_on is None
    tick(AT + timedelta(days=31))
    assert Hearing.objects.get().closed_on == (AT + timedelta(days=31)).date()


def test_an_answer_by_phone_is_read_back_and_keeps_its_day() -> None:
    label = certificates.label()
    hearing = notify(label)
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    at = AT + timedelta(days=3)
    said = {"hearing_pk": hearing.pk, "text": "Nous rouvrons.", "means": "phone", "at": at, "by": secretary}
    with pytest.raises(Blocked, match="Relisez"):
        actions.observe(received_on=at.date(), **said)
    with pytest.raises(Blocked, match="Choisissez une date"):
        actions.observe(received_on=AT.date() - timedelta(days=1), read_back_on=at.date(), **said)
    actions.observe(received_on=at.date(), read_back_on=at.date(), **said)
    assert Observation.objects.get().recorded_by == secretary.user
    actions.drop_hearing(hearing_pk=hearing.pk, at=at, by=measures.officer_of(label))
    assert missing_to_close(Hearing.objects.get(), on=at.date())


def test_an_act_rests_on_notified_facts_only() -> None:
    label = certificates.label()
    hearing = measures.heard(label)
    other = Ground.objects.create(
        hearing=measures.invited(label, "conditions", at=AT + timedelta(days=1)),
        fact="Jamais retenu.",
        text_breached="Autre",
        source="Autre",
    )
    at = AT + timedelta(days=40)

    for grounds, words in (((other.pk,), "notifié"), ((), "Choisissez au moins un")):
        measure = measures.prepared(label, "suspend", at=at, hearing_id=hearing.pk, ground_pks=grounds)
        with pytest.raises(Blocked, match=words):
            acts.send_for_signature(decision_pk=measure.decision_id, at=at, by=measures.officer_of(label))


def test_the_association_answers_on_its_page_and_the_office_reads_it(client: Client) -> None:
    now = timezone.now()
    label = certificates.label(at=now - timedelta(days=20))
    hearing = actions.notify_grounds(
        label_pk=label.pk,
        measure="suspend",
        grounds=[measures.GROUND],
        days=30,
        at=now - timedelta(days=9),
        by=measures.officer_of(label),
    )
    member = representative_of(label.structure).user
    page = reverse("hearing", args=[hearing.pk])
    association = choosing(signed_in(Client(), member), label.structure)
    assert association.get(page).status_code == 404  # on paper, and nobody has it yet
    measures.received(hearing.letter, at=now - timedelta(days=6))
    shown = association.get(page).content.decode()
    assert "La permanence du mardi" in shown
    assert "Le label reste valable pendant ce temps." in shown
    assert association.get(reverse("hearing_file", args=[hearing.pk])).status_code == 200
    assert Hearing.objects.get().file_read_at is not None
    refused = association.post(page, {"go": "answer", "text": " "})
    assert "Répondez à cette question" in refused.content.decode() or refused.status_code == 200
    upload = SimpleUploadedFile("preuve.exe", b"MZ", content_type="application/pdf")
    kept = association.post(page, {"go": "answer", "text": "Nous avons rouvert.", "file": upload})
    assert "Nous avons rouvert." in kept.content.decode()  # nothing lost
    assert not Observation.objects.exists()
    upload = SimpleUploadedFile("preuve.pdf", PDF, content_type="application/pdf")
    assert (
        association.post(page, {"go": "answer", "text": "Nous avons rouvert.", "file": upload}).status_code
        == 302
    )
    assert association.post(page, {"go": "oral", "assisted_by": "Une avocate"}).status_code == 302
    assert association.post(page, {"go": "done"}).status_code == 302
    assert association.post(page, {"go": "unknown"}).status_code == 409

    officer = signed_in(client, measures.officer_of(label).user)
    office = reverse("staff_hearing", args=[hearing.pk])
    read = officer.get(office).content.decode()
    assert "Une avocate" in read
    assert "entendez-la" in read
    assert reverse("stored_file", args=[Observation.objects.get().file_id]) in read
    minutes = {
        "go": "minutes",
        "minutes-held_on": timezone.localdate().strftime("%d/%m/%Y"),
        "minutes-minutes": "La présidente est entendue.",
    }
    assert officer.post(office, minutes).status_code == 302
    assert officer.post(office, {"go": "close"}).status_code == 302
    assert Hearing.objects.get().closed_on == timezone.localdate()
    prepare = reverse("staff_measure_prepare", args=[label.number, "suspend"])
    first = officer.post(prepare, {"reasons_in_law": "Vu.", "seen": actions.token_of_measure(None)})
    assert first.status_code == 302
    incomplete = officer.get(prepare).content.decode()
    assert "La date de fin de la suspension est obligatoire." in incomplete
    stale = officer.post(prepare, {"reasons_in_law": "Autre.", "seen": actions.token_of_measure(None)})
    assert stale.status_code == 409
    assert "Deux textes pour le même acte" in stale.content.decode()
    assert officer.post(prepare, {"go": "whatever"}).status_code == 409
