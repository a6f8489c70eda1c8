"""What the public, the association and the Institute see of a report; who reported is never seen by an association."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import roles_of
from certificates.actions.follow_ups.reading import accept_follow_up
from certificates.models import Withdrawal
from deadlines.models import Deadline
from feedback import actions
from feedback.checklist import names_told
from feedback.due import forget_who_reported
from feedback.models import Report, Source
from journal import visibility
from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from letters import outbox
from letters.actions import mark_read, write_message
from letters.models import Exchange, Letter, Mail
from tests.factories import feedback, follow_ups
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.structures import choosing, representative_of
from tests.reading import words
from workflows.todo import Reader, todo_for

pytestmark = pytest.mark.django_db
SENT = {"kind": "money", "text": "On m'a demandé 300 euros.", "name": feedback.NAME, "email": feedback.EMAIL}
KEY = "a" * 32


def tasks(user: User) -> set[str]:
    today = timezone.localdate()
    reader = Reader(user, today, roles=roles_of(user, on=today))
    return {task.key.rpartition("-")[0] for task in todo_for(reader, "staff")}


def test_somebody_reports_without_account_and_reads_what_became_of_it(settings: Any) -> None:
    world = feedback.World(at=timezone.now())
    number = world.label.number
    check = Client().get(reverse("verify_label", args=[number]))
    assert f"/signaler/?numero={number}" in check.content.decode()
    client = Client(enforce_csrf_checks=False)
    page = client.get(f"/signaler/?numero={number}")
    said = words(page)
    assert said.index("Danger immédiat : appelez le 15 ou le 112.") < said.index("Que se passe-t-il")
    assert world.label.structure.name in said
    assert "Votre nom n'est jamais transmis à l'association." in said.replace("’", "'")

    refused = client.post("/signaler/", {"label": number, "kind": "x", "text": "\u200b", "key": KEY})
    assert refused.status_code == 200 and Report.objects.count() == 0
    sent = client.post("/signaler/", {**SENT, "label": number.lower(), "key": KEY})
    report = Report.objects.get()
    assert sent["Location"] == f"/signaler/{report.reference}/"
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", client.get(sent["Location"]).content.decode())
    assert code is not None and code[0] not in sent["Location"]
    assert code[0] not in str(Source.objects.values().get())
    assert client.get(sent["Location"])["Referrer-Policy"] == "same-origin"

    again = client.post("/signaler/", {**SENT, "label": number, "key": KEY})  # a double click
    assert again["Location"] == sent["Location"] and Report.objects.count() == 1
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", client.get(sent["Location"]).content.decode())
    assert code is not None

    elsewhere = Client()
    for reference in (report.reference, "SIG-2027-999999-99", "x" * 50, "LBL-2027-000001-35"):
        closed = elsewhere.get(reverse("report_page", args=[reference]))
        assert closed["Location"].startswith("/signaler/suivre/?numero=")
        assert elsewhere.get(reverse("report_answer_pdf", args=[reference])).status_code == 404
        wrong = elsewhere.post("/signaler/suivre/", {"reference": reference, "code": "ABCD-EFGH-JKMN"})
        assert "ne vont pas ensemble" in words(wrong)  # the same words whatever is wrong
    typed = f" {code[0].lower().replace('-', ' ')} "
    opened = elsewhere.post("/signaler/suivre/", {"reference": report.reference.lower(), "code": typed})
    assert opened["Location"] == sent["Location"]
    assert "Signalement reçu" in words(elsewhere.get(opened["Location"]))
    assert code[0] not in words(elsewhere.get(opened["Location"]))

    report = actions.qualify(report_pk=report.pk, severity="quality", at=world.at, by=world.officer)
    actions.set_aside(report_pk=report.pk, answer=feedback.ANSWER, at=world.at, by=world.officer)
    assert feedback.ANSWER in words(elsewhere.get(opened["Location"]))
    assert Letter.objects.of(report).get().opened_at is not None
    pdf = elsewhere.get(reverse("report_answer_pdf", args=[report.reference]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    elsewhere.post(opened["Location"], {"go": "forget"})
    assert elsewhere.get(opened["Location"]).status_code == 302

    settings.REPORTS_PER_HOUR = 1
    flooded = client.post("/signaler/", {**SENT, "label": number, "key": "b" * 32})
    assert flooded.status_code == 429 and SENT["text"] in words(flooded)


def test_mails_go_to_the_address_of_the_day_and_never_keep_it() -> None:
    world = feedback.World(at=timezone.now())
    report, _code = feedback.filed(world)
    mail = Mail.objects.get(kind="report")
    assert mail.to_address == "" and mail.recipient is None
    from django.core.mail import outbox as sent

    assert outbox.send(mail.pk, at=world.at)
    assert sent[-1].to == [feedback.EMAIL] and feedback.TEXT not in sent[-1].body
    assert Mail.objects.get(pk=mail.pk).to_address == ""
    report = actions.qualify(report_pk=report.pk, severity="ethics", at=world.at, by=world.officer)
    actions.erase_source(report_pk=report.pk, at=world.at, by=world.officer)
    actions.set_aside(report_pk=report.pk, answer=feedback.ANSWER, at=world.at, by=world.officer)
    kept = Source.objects.get(report=report)
    assert not kept.says_something and kept.network == ""
    assert Mail.objects.filter(kind="report").count() == 1  # nobody is left to write to

    other = feedback.qualified(world)
    actions.set_aside(report_pk=other.pk, answer=feedback.ANSWER, at=world.at, by=world.officer)
    forget_who_reported(world.at + timedelta(days=150))
    assert Source.objects.get(report=other).says_something
    forget_who_reported(world.at + timedelta(days=220))
    assert not Source.objects.get(report=other).says_something


def test_who_reported_reaches_no_page_of_the_association_nor_of_the_usual_officer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = feedback.World(at=timezone.now())
    report = feedback.confirmed(world, feedback.told(world, kind="safety"))
    hidden = (*feedback.IDENTITY, "Texte-du-signalement")
    representative = world.label.structure.representative()
    application = world.label.application
    addresses = [
        *("/espace/", "/espace/dossiers/", "/espace/messages/", "/espace/label/"),
        reverse("application_tracking", args=[application.reference]),
        reverse("exchanges", args=[subject_key(application)]),
        reverse("verify_label", args=[world.label.number]),
    ]
    member = signed_in(Client(), representative)
    read = {address: member.get(address, follow=True).content.decode() for address in addresses}
    assert feedback.FACTS.split(",")[1][:30] in read[reverse("exchanges", args=[subject_key(application)])]
    for text in read.values():
        assert not [sign for sign in (*hidden, report.reference) if sign in text]
    for letter in Letter.objects.all():
        assert not [sign for sign in hidden if sign in str(letter.content)]
    events = " ".join(map(str, Event.objects.values_list("subject", "move", "role", "on_behalf_of")))
    assert not [sign for sign in hidden if sign in events]

    usual = signed_in(Client(), world.usual)
    own = [
        *("/inca/", "/inca/signalements/", "/inca/echeances/", "/inca/courriers/"),
        reverse("staff_application", args=[application.reference]),
        reverse("staff_journal", args=[application.reference]),
        reverse("staff_label", args=[world.label.number]),
    ]
    for address in own:
        text = usual.get(address).content.decode()
        assert not [sign for sign in (*hidden, report.reference) if sign in text], address
    for name in ("staff_report", "staff_report_source"):
        address = reverse(name, args=[report.reference])
        assert {usual.get(address).status_code, usual.post(address, {"go": "close"}).status_code} <= {
            404,
            405,
        }
    assert not {key for key in tasks(world.usual) if key.startswith("report")}
    # each rule that holds it back is needed
    shown = reverse("staff_report", args=[report.reference])
    monkeypatch.setitem(visibility._vetoes["feedback.report"], "usual_officer", lambda user, on: Q(pk__in=[]))
    assert usual.get(shown).status_code == 200
    assert member.get(shown).status_code == 404
    monkeypatch.setitem(visibility._audiences["feedback.report"], "officers", lambda user, on: Q(pk__gt=0))
    secretary = signed_in(Client(), staff(Role.SECRETARIAT))
    assert secretary.get(shown).status_code == 404  # the door of the page too


def test_each_reading_of_the_source_is_noted_and_only_two_people_read_it() -> None:
    world = feedback.World(at=timezone.now())
    report = feedback.qualified(world)
    address = reverse("staff_report_source", args=[report.reference])
    for user, status in (
        (world.other, 200),
        (world.chief, 200),
        (staff(Role.CASE_OFFICER), 404),
        (staff(Role.SECRETARIAT), 404),
        (staff(Role.DATA_PROTECTION_OFFICER), 404),
    ):
        client = signed_in(Client(), user)
        length = Event.objects.filter(move="read_source").count()
        assert client.get(address).status_code in {405, 404}
        answer = client.post(address)
        assert answer.status_code == status
        assert (feedback.NAME in answer.content.decode()) == (status == 200)
        assert Event.objects.filter(move="read_source").count() == length + (status == 200)
    page = (
        signed_in(Client(), world.other)
        .get(reverse("staff_report", args=[report.reference]))
        .content.decode()
    )
    assert feedback.TEXT in page.replace("&#x27;", "'")
    assert not [sign for sign in feedback.IDENTITY if sign in page]


def test_a_danger_reaches_the_signatories_at_once_and_within_a_working_day() -> None:
    world = feedback.World(at=timezone.now())
    report, _code = feedback.filed(world, feedback.nameless(world, kind="safety"))
    assert report.state == "received"  # nobody to write back to
    clock = Deadline.objects.running().of(report).get(kind="report_safety")
    assert clock.due_on is not None and clock.due_on > timezone.localdate(world.at)
    mail = Mail.objects.get(kind="report_safety", recipient=world.chief)
    assert feedback.TEXT not in mail.text
    assert "report-danger" in tasks(world.chief) and "report-new" in tasks(world.other)
    actions.note_danger(report_pk=report.pk, at=world.at, by=world.signing)
    assert Deadline.objects.of(report).get(kind="report_safety").outcome == "met"
    assert "report-danger" not in tasks(world.chief)

    calm = feedback.qualified(world, severity="safety")  # the person had not said so; the officer does
    assert calm.alerted_at is not None
    assert Deadline.objects.running().of(calm).filter(kind="report_safety").exists()
    assert not Deadline.objects.running().of(calm).filter(kind="report_answer").exists()


def test_without_a_number_only_signatories_read_it_until_the_label_is_known() -> None:
    world = feedback.World(at=timezone.now())
    report, _code = feedback.filed(world, feedback.told(world, label=None, about="L'association du marché"))
    address = reverse("staff_report", args=[report.reference])
    officer, chief = signed_in(Client(), world.other), signed_in(Client(), world.chief)
    assert officer.get(address).status_code == 404
    assert "report-label" in tasks(world.chief)
    assert "Aucun label" in words(chief.post(address, {"go": "settle", "settle-label": "LBL-2027-999999-00"}))
    chief.post(address, {"go": "settle", "settle-label": world.label.number})
    assert Report.objects.get().label == world.label
    assert officer.get(address).status_code == 200
    assert signed_in(Client(), world.usual).get(address).status_code == 404


def test_nothing_is_concluded_before_the_association_could_answer() -> None:
    world = feedback.World(at=timezone.now() - timedelta(days=40))
    report = feedback.under_inquiry(world)
    given = {"conclusion": "unfounded", "reasons": "Rien.", "told": feedback.TOLD, "answer": feedback.ANSWER}

    def propose(at: Any, **changes: Any) -> Report:
        return actions.propose(report_pk=report.pk, **(given | changes), at=at, by=world.officer)

    with pytest.raises(Blocked, match="n'a pas ouvert"):
        propose(timezone.now())
    Exchange.objects.filter(pk=report.asked_id).update(read_at=world.at)
    with pytest.raises(Blocked, match="peut répondre jusqu'au"):
        propose(world.at + timedelta(days=30))
    for told in (
        f"{feedback.TOLD} Zoe QUARTZIN",
        f"{feedback.TOLD} 0699887766",
        f"{feedback.TOLD} 06.99.88.77.66",
    ):
        with pytest.raises(Blocked, match="reconnaître"):
            propose(timezone.now(), told=told)
    with pytest.raises(Blocked, match="suivi annuel"):
        propose(timezone.now(), conclusion="founded", measure="gap", gap={})
    assert propose(timezone.now()).proposed_at is not None
    # Words of two letters say nothing.
    assert not names_told([Source(name="Al Le")], "told", "Le 3 mars, al dente")


def test_measures_a_gap_of_the_follow_up_or_a_withdrawal_procedure() -> None:
    world = feedback.World(at=timezone.now())
    withdrawal = feedback.confirmed(world, measure="withdrawal")
    opened = Withdrawal.objects.get(label=world.label)
    assert (opened.origin, opened.origin_key) == ("report", subject_key(withdrawal))
    close = {"told": feedback.TOLD, "answer": feedback.ANSWER, "at": world.at, "by": world.officer}
    with pytest.raises(Blocked, match="procédure de retrait"):
        actions.close(report_pk=withdrawal.pk, **close)
    world = feedback.World()  # who opened the procedure has now a part in that label
    follow_up = follow_ups.sent(world.label)
    world.at = follow_ups.at(follow_up.due_on)
    close |= {"at": world.at, "by": world.officer}
    terms = {"severity": "major", "expected": "Une procédure écrite", "due_on": "2099-01-01"}
    report = feedback.confirmed(world, measure="gap", gap=terms)
    assert follow_up.gaps.get() == report.gap
    assert report.gap.follow_up.state == "submitted"  # it still waits to be read, by its own officer
    assert not Deadline.objects.filter(kind="follow_up_gap").exists()
    theirs = choosing(signed_in(Client(), world.label.structure.representative()), world.label.structure)
    shown = theirs.get(reverse("follow_up", args=[1]))
    assert shown.status_code == 200
    assert "Une procédure écrite" not in words(shown)  # told with the reading, not before
    usual = follow_ups.holder(follow_up)
    read = accept_follow_up(follow_up_pk=follow_up.pk, at=world.at + timedelta(days=9), by=usual)
    assert (read.state, read.read_by) == ("gaps", usual.person)
    assert Deadline.objects.filter(kind="follow_up_gap").count() == 1
    with pytest.raises(Blocked, match="écart"):
        actions.close(report_pk=report.pk, **close)


def test_the_whole_course_through_the_page_of_the_institute() -> None:
    world = feedback.World(at=timezone.now())
    report, _code = feedback.filed(world, feedback.told(world, email=""))
    feedback.filed(world)
    address = reverse("staff_report", args=[report.reference])
    officer, chief = signed_in(Client(), world.other), signed_in(Client(), world.chief)
    page = words(officer.get(address))
    assert "2 signalements." in page and "même réseau" in page
    assert officer.post(address, {"go": "qualify"}).status_code == 200  # said beside the field
    assert officer.post(address, {"go": "rien"}).status_code == 404
    officer.post(address, {"go": "qualify", "qualify-severity": "ethics"})
    assert (
        officer.post(address, {"go": "qualify", "qualify-severity": "ethics"}).status_code == 302
    )  # too late, told
    assert "Zoé" in words(
        officer.post(address, {"go": "inquire", "inquire-facts": f"{feedback.FACTS} Zoé Quartzin"})
    )
    officer.post(address, {"go": "inquire", "inquire-facts": feedback.FACTS})
    assert "Ce qu'il manque avant de conclure" in words(officer.get(address)).replace("’", "'")
    feedback.write_message(
        record=subject_key(world.label.application),
        text="Nous avons changé nos règles.",
        at=world.at,
        by=feedback.representative_of(world.label.structure),
    )
    typed = {"conclusion": "founded", "measure": "recommendation", "reasons": "Reconnu."}
    typed |= {"told": feedback.TOLD, "answer": feedback.ANSWER}
    officer.post(address, {"go": "propose", **{f"propose-{name}": text for name, text in typed.items()}})
    report = Report.objects.get(pk=report.pk)
    assert report.proposed_at is not None
    stale = chief.post(address, {"go": "confirm", "seen": "hier"})
    assert stale.status_code == 409 and "a changé" in words(stale)
    chief.post(address, {"go": "send_back", "send_back-reason": "Précisez la date."})
    officer.post(address, {"go": "propose", **{f"propose-{name}": text for name, text in typed.items()}})
    seen = Report.objects.get(pk=report.pk).proposed_at.isoformat()
    chief.post(address, {"go": "confirm", "seen": seen})
    officer.post(address, {"go": "close", "close-told": feedback.TOLD, "close-answer": feedback.ANSWER})
    report = Report.objects.get(pk=report.pk)
    assert report.state == "closed"
    letter = Letter.objects.of(report).get()
    assert letter.channel == "post"  # a postal address and no mail
    assert officer.get(reverse("staff_letter", args=[letter.pk])).status_code == 200
    assert signed_in(Client(), world.usual).get(reverse("staff_letter", args=[letter.pk])).status_code == 404


def test_the_list_asks_as_many_queries_for_one_as_for_three() -> None:
    world = feedback.World(at=timezone.now())
    client = signed_in(Client(), world.other)
    counts = []
    for rows in (1, 2):
        for _row in range(rows):
            feedback.filed(world)
        client.get("/inca/signalements/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/inca/signalements/?etat=all")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_a_report_whose_officer_becomes_tied_to_the_label_is_taken_over() -> None:
    """Domain 5.2 rule 1: the usual officer never leads an inquiry; another one goes on, and the journal says why."""
    world = feedback.World(at=timezone.now())
    report = feedback.proposed(world)
    third = staff(Role.CASE_OFFICER)
    page = reverse("staff_report", args=[report.reference])
    assert "report-left" not in tasks(third) | tasks(world.chief)
    with pytest.raises(NotAllowed):  # nobody takes it from an officer who follows it
        by = acting(third, Role.CASE_OFFICER).because("Pour aider.")
        actions.take_over(report_pk=report.pk, at=world.at, by=by)
    Application.objects.filter(pk=world.label.application_id).update(case_officer=world.other)
    assert signed_in(Client(), world.other).get(page).status_code == 404
    assert "report-left" in tasks(third) & tasks(world.chief)
    assert "report-left" not in tasks(world.other)
    chief, taker = signed_in(Client(), world.chief), signed_in(Client(), third)
    given = {"go": "hand_over", "hand_over-officer": world.other.pk, "hand_over-reason": "Absence."}
    assert "ne peut pas suivre" in words(chief.post(page, given))
    taker.post(page, {"go": "take_over", "take_over-reason": " "})
    assert Report.objects.get(pk=report.pk).officer == world.other
    taker.post(page, {"go": "take_over", "take_over-reason": "Elle suit maintenant ce label."})
    report = Report.objects.get(pk=report.pk)
    assert (report.officer, report.proposed_at) == (third, None)  # who takes it over proposes again
    assert "Elle suit maintenant ce label." in words(taker.get(page))
    fourth = staff(Role.CASE_OFFICER)
    given = {"go": "hand_over", "hand_over-officer": fourth.pk, "hand_over-reason": "Longue absence."}
    chief.post(page, given)
    assert Report.objects.get(pk=report.pk).officer == fourth
    assert "report-answer" in tasks(fourth)


def test_the_answer_of_the_association_reaches_the_officer_of_the_report() -> None:
    world = feedback.World(at=timezone.now())
    report = feedback.under_inquiry(world)
    assert "report-answer" not in tasks(world.other)
    Mail.objects.all().delete()
    application = world.label.application
    by = representative_of(world.label.structure)
    write_message(record=subject_key(application), text="Cette personne est partie.", at=world.at, by=by)
    told = Mail.objects.filter(kind="message")
    assert world.other in {mail.recipient for mail in told}
    assert not any(report.reference in f"{mail.title} {mail.text}" for mail in told)
    mark_read(record=application, side="office", at=world.at)  # the usual officer opened it first
    assert {"report-answer"} & tasks(world.other) and "report" not in tasks(world.other)
    assert not {key for key in tasks(world.usual) if key.startswith("report")}


def test_a_conclusion_is_not_sent_back_without_reason() -> None:
    world = feedback.World()
    report = feedback.proposed(world)
    with pytest.raises(Blocked, match="pourquoi"):
        actions.send_back(report_pk=report.pk, at=world.at, by=world.signing.because(" "))
