"""The hearing before a measure: nothing runs without a proof, nothing closes before what was promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates import actions
from certificates.answers import said_in
from certificates.checklist import missing_to_close
from certificates.models import Ground, Hearing, Label, Observation
from deadlines.models import Deadline
from deadlines.tick import tick
from decisions import actions as acts
from decisions.observations import joined
from journal.refusals import Blocked, NotAllowed
from letters.models import Letter
from tests.factories import certificates, decisions, measures, withdrawals
from tests.factories.accounts import acting, signatory, signed_in, staff
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
    label = certificates.label()
    decisions.served_online(label.structure)
    label = measures.fresh(label)
    hearing = notify(label)
    assert hearing.letter.channel == "online"
    measures.received(hearing.letter)
    tick(AT + timedelta(days=30))
    assert Hearing.objects.get().closed_on is None
    tick(AT + timedelta(days=31))
    assert Hearing.objects.get().closed_on == (AT + timedelta(days=31)).date()
    assert [row.outcome for row in Deadline.objects.filter(kind__startswith="observations")] == ["met"]


def test_what_was_posted_the_last_day_has_time_to_arrive(settings: Any) -> None:
    settings.OBSERVATIONS_POST_DAYS = 7
    label = certificates.label()
    hearing = notify(label)
    measures.received(hearing.letter)
    last = AT + timedelta(days=30)
    with pytest.raises(Blocked, match=r"peut encore arriver\s: attendez jusqu'au"):
        actions.close_hearing(
            hearing_pk=hearing.pk, at=AT + timedelta(days=37), by=measures.officer_of(label)
        )
    tick(AT + timedelta(days=37))
    assert Hearing.objects.get().closed_on is None
    arrived = AT + timedelta(days=37)
    posted(hearing, at=arrived, posted_at=last)
    tick(AT + timedelta(days=38))
    assert Hearing.objects.get().closed_on == (AT + timedelta(days=38)).date()
    clocks = Deadline.objects.filter(kind__startswith="observations").order_by("due_on")
    assert [(row.kind, row.due_on, row.outcome) for row in clocks] == [
        ("observations", last.date(), "met"),
        ("observations_by_post", arrived.date(), "met"),
    ]


def posted(hearing: Hearing, *, at: datetime, posted_at: datetime, **changes: Any) -> Observation:
    """What came by post that day, posted on the other, typed by the officer of the label."""
    given = measures.by_post(timezone.localdate(at), posted_on=timezone.localdate(posted_at))
    return actions.observe(
        hearing_pk=hearing.pk,
        at=at,
        by=measures.officer_of(hearing.label),
        **{"text": "Nous avons rouvert.", **given, **changes},
    )


def test_the_postmark_protects_an_answer_that_comes_once_the_hearing_is_closed() -> None:
    """CRPA L112-1: posted in time, it is kept, and the act that was ready must answer it before it is signed."""
    label = certificates.label()
    hearing = measures.heard(label)
    officer = measures.officer_of(label)
    last, arrived = AT + timedelta(days=30), AT + timedelta(days=40)
    measure = measures.prepared(label, "suspend", at=arrived, hearing_id=hearing.pk)
    acts.send_for_signature(decision_pk=measure.decision_id, at=arrived, by=officer)
    for changes, words in (
        ({"posted_at": last + timedelta(days=1)}, "elle arrive trop tard"),
        ({"posted_at": last, "postmarked_on": None}, "c'est elle qui compte"),
        ({"posted_at": last, "file": None}, "Joignez la copie"),
        ({"posted_at": AT - timedelta(days=1), "confirms_dates": True}, "précède la lettre"),
        ({"posted_at": AT + timedelta(days=24)}, "Vérifiez l'année"),
        ({"posted_at": arrived + timedelta(days=1)}, "arrive trop tard|précède la réception"),
        ({"posted_at": last, "means": "visit", "read_back_on": arrived.date()}, "terminé depuis"),
        ({"posted_at": last, "text": " "}, "Écrivez la réponse"),
    ):
        with pytest.raises(Blocked, match=words):
            posted(hearing, at=arrived, **changes)
    holder = representative_of(label.structure)
    with pytest.raises(Blocked, match="terminé depuis"):
        actions.observe(hearing_pk=hearing.pk, text="En ligne.", at=arrived, by=holder)
    assert not Observation.objects.exists()

    late = posted(hearing, at=arrived, posted_at=last)
    assert posted(hearing, at=arrived, posted_at=last).pk == late.pk  # a second click
    assert (late.postmarked_on, late.file.purpose) == (last.date(), "observation")
    name = "Observation 1, postée le 3 février 2027, reçue le 13 février 2027 (courrier)"
    sign = {"decision_pk": measure.decision_id, "at": arrived, "by": acting(signatory(), Role.SIGNATORY)}
    with pytest.raises(Blocked, match="Répondez à ce que la structure a dit") as refused:
        acts.sign(**sign)
    assert name in " ".join(str(refused.value).split())
    told = joined(
        {one.name: "La salle a rouvert, mais pas la permanence." for one in said_in(label.hearings.all())}
    )
    measures.prepared(label, "suspend", at=arrived, hearing_id=hearing.pk, answers_to_observations=told)
    acts.send_for_signature(decision_pk=measure.decision_id, at=arrived, by=officer)
    signed = acts.sign(**sign)
    assert "mais pas la permanence" in str(signed.letter.content)
    with pytest.raises(Blocked, match="décision est déjà prise"):
        posted(hearing, at=arrived, posted_at=last, text="Autre chose.")


def test_the_act_of_a_procedure_answers_what_was_posted_in_time_too() -> None:
    found = withdrawals.advised(withdrawals.heard(withdrawals.answered()))
    at = AT + timedelta(days=45)
    measure = withdrawals.prepared(found, at=at)
    officer = measures.officer_of(found.label)
    acts.send_for_signature(decision_pk=measure.decision_id, at=at, by=officer)
    hearing = found.hearings.get()
    posted(hearing, at=at, posted_at=AT + timedelta(days=30), text="Voici le calendrier.")
    sign = {"decision_pk": measure.decision_id, "at": at, "by": acting(signatory(), Role.SIGNATORY)}
    with pytest.raises(Blocked, match=r"Observation\s2, postée le"):
        acts.sign(**sign)
    withdrawals.prepared(found, at=at)  # every word answered, the new one too
    acts.send_for_signature(decision_pk=measure.decision_id, at=at, by=officer)
    letter = acts.sign(**sign).letter
    assert "Observation 2, post\u00e9e" in str(letter.content) or "Observation 2, postée" in str(
        letter.content
    )
    with pytest.raises(Blocked, match="décision est déjà prise"):
        posted(hearing, at=at, posted_at=AT + timedelta(days=30), text="Autre chose.")


def test_the_office_types_on_its_page_what_was_posted_in_time(client: Client) -> None:
    now = timezone.now()
    label = certificates.label(at=now - timedelta(days=60))
    hearing = measures.heard(label, at=now - timedelta(days=50))
    page = signed_in(client, measures.officer_of(label).user)
    address = reverse("staff_hearing", args=[hearing.pk])
    assert "Une réponse postée à temps est arrivée" in page.get(address).content.decode()
    day = timezone.localdate(now)
    typed = {
        "go": "observe",
        "observe-means": "post",
        "observe-received_on": f"{day:%d/%m/%Y}",
        "observe-postmarked_on": f"{day - timedelta(days=1):%d/%m/%Y}",
        "observe-text": "Nous avons rouvert.",
    }
    refused = page.post(address, typed)
    shown = refused.content.decode()
    assert "elle arrive trop tard" in shown and "Joignez la copie de la réponse reçue." in shown
    assert "Nous avons rouvert." in shown and not Observation.objects.exists()
    typed |= {
        "observe-postmarked_on": f"{hearing.answer_until:%d/%m/%Y}",
        "observe-confirms_dates": "on",
        "observe-file": SimpleUploadedFile("reponse.pdf", PDF, content_type="application/pdf"),
    }
    assert page.post(address, typed).status_code == 302
    assert Observation.objects.get().postmarked_on == hearing.answer_until
    assert "posté le" in page.get(address).content.decode()
    # The act on that hearing shows a field for it, and is not complete without its answer.
    prepare = reverse("staff_measure_prepare", args=[label.number, "suspend"])
    page.post(prepare, {"seen": actions.token_of_measure(None), "hearing": hearing.pk})
    shown = page.get(prepare).content.decode()
    key = f"answer_o{Observation.objects.get().pk}"
    assert f'name="{key}"' in shown and "Répondez à ce que la structure a dit" in shown
    measure = label.measures.get()
    page.post(
        prepare,
        {"seen": actions.token_of_measure(measure), "hearing": hearing.pk, key: "La salle a rouvert."},
    )
    shown = page.get(prepare).content.decode()
    assert "La salle a rouvert." in shown and "Répondez à ce que la structure a dit" not in shown


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
