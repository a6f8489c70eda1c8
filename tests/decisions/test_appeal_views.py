"""The pages of appeals, walked as the association, who examines and who signs read them; hostile inputs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from decisions import actions
from decisions.content import answer_token
from decisions.models import Appeal, Litigation, SilenceRequest
from label.models import Application
from tests.factories import appeals, decisions
from tests.factories.accounts import acting, signatory, signed_in, staff
from tests.factories.appeals import fresh
from tests.factories.structures import PDF, choosing, representative_of

pytestmark = pytest.mark.django_db


def read(page: Any) -> str:
    assert page.status_code in (200, 409), page.status_code
    return " ".join(page.content.decode().replace("\u202f", " ").replace("\xa0", " ").split())


def points(*rows: tuple[str, str]) -> dict[str, str]:
    found = {"points-TOTAL_FORMS": str(len(rows)), "points-INITIAL_FORMS": "0"}
    for rank, (point, answer) in enumerate(rows):
        found |= {f"points-{rank}-point": point, f"points-{rank}-answer": answer}
    return found


def test_from_the_decision_to_its_answer_on_the_pages(client: Client, django_assert_num_queries: Any) -> None:
    now = timezone.now()
    contested = appeals.inadmissible(at=now)
    structure = contested.application.structure
    signed_in(client, structure.representative())
    choosing(client, structure)
    assert "Contester" in read(client.get(reverse("space_decisions")))
    page = reverse("contest", args=[contested.pk])
    shown = read(client.get(page))
    assert "Contester une décision" in shown and "Tribunal jusqu" in shown
    empty = client.post(page, {"contested": "  ", "asked": "\u200b"})
    assert "Dites ce que vous contestez." in read(empty) and not Appeal.objects.exists()
    wrong = SimpleUploadedFile("notes.exe", b"MZ")
    refused = client.post(page, {"contested": "Tout.", "asked": "Revoir.", "uploads": [wrong]})
    assert "Tout." in read(refused) and not Appeal.objects.exists()
    sent = {"contested": "Nos comptes <b>étaient</b> joints.", "asked": "Relire.", "once": "a" * 32}
    sent["uploads"] = [SimpleUploadedFile("comptes.pdf", PDF)]
    done = client.post(page, sent)
    appeal = Appeal.objects.get()
    assert done.headers["Location"] == reverse("appeal", args=[appeal.pk])
    followed = read(client.get(done.headers["Location"]))
    assert "&lt;b&gt;étaient" in followed and "comptes.pdf" in followed and "Recours reçu" in followed
    assert "déjà déposé" in read(client.get(page))
    assert "Votre recours du" in read(client.get(reverse("space_decisions")))
    assert client.get(reverse("letter", args=[appeal.receipt_id])).status_code == 200
    assert b"".join(client.get(reverse("stored_file", args=[appeal.files.get().pk]))) == PDF
    exchanges = reverse("exchanges", args=[f"decisions.appeal:{appeal.pk}"])
    assert client.get(exchanges).status_code == 200
    assert client.post(done.headers["Location"], {"go": "burn"}).status_code == 404

    officer = staff(Role.APPEAL_OFFICER, first_name="Paul", last_name="Libre")
    office = signed_in(Client(), officer)
    staff_page = reverse("staff_appeal", args=[appeal.pk])
    assert "Examiner un recours" in read(office.get(reverse("staff")))
    assert "Peuvent l'examiner" in read(office.get(staff_page)).replace("&#x27;", "'")
    office.post(staff_page, {"go": "take"})
    other = signed_in(Client(), staff(Role.APPEAL_OFFICER))
    told = read(other.post(staff_page, {"go": "take"}, follow=True))
    assert "vient de prendre ce recours" in told
    assert other.get(reverse("staff_appeal_answer", args=[appeal.pk])).status_code == 404
    involved = signed_in(Client(), contested.prepared_by)
    assert involved.get(staff_page).status_code == 404
    known = read(involved.get(reverse("staff_decision", args=[contested.pk])))
    assert "Recours du" in known and staff_page not in known

    answer_page = reverse("staff_appeal_answer", args=[appeal.pk])
    blank = office.post(answer_page, points())
    assert "Choisissez le sens de la réponse." in read(blank)
    half = office.post(answer_page, {"outcome": "upheld", **points(("Les comptes.", ""))})
    assert "Répondez à cette question" in read(half) and "Les comptes." in read(half)
    parts = {"outcome": "upheld", "reasons_in_law": "Court.", "reasons_in_fact": decisions.IN_FACT}
    saved = office.post(answer_page, {**parts, **points(("Les comptes.", "Ils y étaient.")), "seen": ""})
    assert saved.status_code == 409  # the page named no text: nothing is overwritten
    seen = answer_token(fresh(appeal))
    office.post(answer_page, {**parts, **points(("Les comptes.", "Ils y étaient.")), "seen": seen})
    shown = read(office.get(answer_page))
    assert "Dites ce qui change." in shown and "trop courts" in shown
    whole = parts | {"reasons_in_law": decisions.IN_LAW, "what_changes": "Le dossier est vérifié de nouveau."}
    seen = answer_token(fresh(appeal))
    body = {**whole, **points(("Les comptes.", "Ils y étaient.")), "seen": seen, "go": "send"}
    handed = office.post(answer_page, body)
    assert handed.status_code == 302, read(handed)
    assert handed.headers["Location"] == staff_page
    answer = fresh(appeal).answer
    assert office.get(reverse("staff_decision_draft", args=[answer.pk])).status_code == 200

    signing = signed_in(Client(), signatory())
    letter = read(signing.get(reverse("staff_decision_sign", args=[answer.pk])))
    assert "Nous faisons droit" in letter and "Ils y étaient." in letter
    barred = signed_in(Client(), contested.signed_by)
    for name in ("staff_decision", "staff_decision_sign", "staff_decision_draft"):
        assert barred.get(reverse(name, args=[answer.pk])).status_code == 404
    assert "Signer la décision" not in read(barred.get(reverse("staff")))
    actions.sign(decision_pk=answer.pk, at=now, by=acting(signatory(), Role.SIGNATORY))
    before = read(client.get(reverse("appeal", args=[appeal.pk])))
    assert "examen" in before and "Accepté" not in before  # the letter tells it first
    assert "Remplacée" not in read(client.get(reverse("space_decisions")))
    decisions.receive(answer, at=now)
    assert "Accepté" in read(client.get(reverse("appeal", args=[appeal.pk])))
    assert "Remplacée" in read(client.get(reverse("space_decisions")))
    again = Application.objects.get(reopens=contested.application)
    assert again.reference in read(client.get(reverse("space_applications")))
    tracking = reverse("application_tracking", args=[contested.application.reference])
    assert client.get(tracking).status_code == 200


def test_the_list_of_appeals_costs_the_same_for_one_and_three(
    client: Client, django_assert_num_queries: Any
) -> None:
    now = timezone.now()
    signed_in(client, staff(Role.APPEAL_OFFICER))
    appeals.lodged(appeals.inadmissible(at=now), at=now)
    client.get(reverse("staff_appeals"))
    with django_assert_num_queries(6):
        read(client.get(reverse("staff_appeals")))
    for _ in range(2):
        appeals.taken(appeals.lodged(appeals.inadmissible(at=now), at=now), at=now)
    with django_assert_num_queries(6):
        shown = read(client.get(reverse("staff_appeals")))
    assert shown.count("lb-record__head") == 3
    assert b"".join(client.get(reverse("staff_appeals_file")))
    assert "Aucun recours" in read(client.get(reverse("staff_appeals"), {"texte": "zzz", "etat": "upheld"}))


def test_the_office_enters_an_appeal_and_follows_a_case(client: Client) -> None:
    now = timezone.now()
    contested = appeals.inadmissible(at=now - timedelta(days=90))
    page = reverse("staff_appeal_enter", args=[contested.pk])
    signed_in(client, staff(Role.SECRETARIAT))
    body = {"means": "post", "received_on": "31/02/2026", "contested": "Tout.", "asked": "Revoir."}
    assert "Écrivez une date" in read(client.post(page, body))
    body |= {"received_on": f"{timezone.localdate(now):%d/%m/%Y}"}
    lacking = read(client.post(page, body))
    assert "cachet" in lacking and "copie" in lacking
    body |= {"postmarked_on": body["received_on"], "scan": SimpleUploadedFile("recours.pdf", PDF)}
    client.post(page, body)
    appeal = Appeal.objects.get()
    assert appeal.is_late and appeal.scan is not None and appeal.entered_by is not None
    staff_page = reverse("staff_appeal", args=[appeal.pk])
    assert "saisi par" in read(client.get(staff_page))
    client.post(staff_page, {"go": "read_back", "read_on": "01/01/2020"})
    assert fresh(appeal).read_back_on is None
    client.post(staff_page, {"go": "read_back", "read_on": body["received_on"]})
    assert fresh(appeal).read_back_on == timezone.localdate(now)

    officer = signed_in(Client(), staff(Role.APPEAL_OFFICER))
    opened = reverse("staff_litigation_open", args=[contested.pk])
    facts = {"court": "Tribunal", "number": "26-1", "opened_on": body["received_on"], "once": "b" * 32}
    assert "Qui conteste" in read(officer.post(opened, facts)) and not Litigation.objects.exists()
    facts |= {"brought_by": "holder"}
    assert "pas encore" in read(officer.post(opened, {**facts, "opened_on": "01/01/2090"}))
    officer.post(opened, facts)
    case = Litigation.objects.get()
    page = reverse("staff_litigation", args=[case.pk])
    due = f"{timezone.localdate(now) + timedelta(days=40):%d/%m/%Y}"
    step = {"kind": "brief_due", "happened_on": body["received_on"], "once": "c" * 32}
    assert "fixée par le juge" in read(officer.post(page, step))
    officer.post(page, {**step, "due_on": due, "once": "d" * 32})
    assert "Prochaine date du juge" in read(officer.get(page))
    assert "Respecter la date fixée par le juge" in read(officer.get(reverse("staff")))
    officer.post(page, {"go": "done", "step": "999999999999999999999"})
    officer.post(page, {"go": "done", "step": str(case.steps.get(kind="brief_due").pk), "once": "e" * 32})
    assert "Prochaine date du juge" not in read(officer.get(page))


def test_reasons_are_asked_and_given_on_the_pages(client: Client) -> None:
    now = timezone.now()
    asked = appeals.reasons_asked(at=now)
    decision = asked.decision
    structure = decision.application.structure
    signed_in(client, structure.representative())
    choosing(client, structure)
    assert "Raisons du rejet implicite" in read(client.get(reverse("space_decisions")))
    assert "Vous l" in read(client.get(reverse("ask_silence", args=[decision.pk])))
    SilenceRequest.objects.all().delete()
    client.post(reverse("ask_silence", args=[decision.pk]))
    asked = SilenceRequest.objects.get()
    office = signed_in(Client(), decision.application.case_officer)
    page = reverse("staff_silence_request", args=[asked.pk])
    assert "Donner les raisons" in read(office.get(reverse("staff")))
    assert "caractères au moins" in read(office.post(page, {"reasons_in_law": "a", "reasons_in_fact": "b"}))
    body = {"reasons_in_law": decisions.IN_LAW, "reasons_in_fact": decisions.IN_FACT}
    office.post(page, body)
    assert SilenceRequest.objects.get().letter.code == "L8b"
    assert representative_of(structure).user is not None
