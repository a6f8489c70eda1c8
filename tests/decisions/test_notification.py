"""Who reads what, and when: nothing of a decision before its letter is received, everything after (ADR 9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from certificates.actions.issuing import make_what_a_crash_left
from certificates.models import Label
from decisions.models import Decision
from journal.checks import registries_are_complete
from journal.refusals import Blocked
from label.actions import open_application
from label.models import Application
from letters import actions as letters
from letters import pdfs
from letters.files import store
from letters.models import Letter, Mail, StoredFile
from reviewers.actions import declare_link
from structures.models import Structure
from tests.factories import decisions, reviewers, structures
from tests.factories.accounts import acting, person, signatory, signed_in, staff
from tests.factories.letters import an_upload
from tests.factories.structures import representative_of
from tests.reading import words

pytestmark = pytest.mark.django_db
AT = timezone.now() - timedelta(days=6)
CODES = ["L3", "L4", "L6", "L7", "L8"]
TELLING = (
    "label accordé",
    "est accordé",
    "label refusé",
    "n'est pas accordé",
    "refus du label",
    "irrecevable",
    "non examinée",
    "dossier clos",
    "LBL-",
    "avis favorable",
    "défavorable",
)


def act(code: str, *, online: bool = True) -> Decision:
    """A signed act whose letter has that code, not received yet."""
    found = structures.structure(name="Escale Anémone", at=AT)
    found = decisions.served_online(found, at=AT) if online else found
    structures.member(found)
    if code == "L3":
        return decisions.signed(decisions.filed(found, at=AT), "inadmissible", at=AT)
    if code == "L4":
        early = AT - timedelta(days=90)
        return decisions.signed(decisions.incomplete(found, at=early), "close", at=AT)
    opinion = {"L6": "favourable", "L7": "favourable_with_conditions", "L8": "unfavourable"}[code]
    kind = {"L6": "grant", "L7": "grant_with_conditions", "L8": "refuse"}[code]
    return decisions.signed(decisions.advised(found, opinion=opinion, at=AT), kind, at=AT)


def tracking(decision: Decision) -> str:
    return f"/espace/dossiers/{decision.application.reference}/suivi/"


def receive_by_post(letter: Letter) -> None:
    """The letter is signed by hand, posted and received, with its proof."""
    by, day = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT), timezone.localdate(letter.issued_at)
    later = letter.issued_at + timedelta(days=3)

    def kept(purpose: str) -> StoredFile:
        upload = an_upload(name=f"{purpose}.pdf")
        return store(
            upload=upload, subject=letter.subject, purpose=purpose, thread=letter.thread, at=later, by=by
        )

    letters.record_hand_signature(letter_pk=letter.pk, scan=kept("letter_scan"), at=later, by=by)
    letters.record_posting(letter_pk=letter.pk, registered_number="1A 2", sent_on=day, at=later, by=by)
    letters.record_receipt(
        letter_pk=letter.pk,
        received_on=day + timedelta(days=2),
        proof=kept("letter_proof"),
        at=later,
        by=by,
    )


def status(client: Client, address: str) -> int:
    """The answer of an address whose content is read to its end."""
    answer = client.get(address)
    answer.getvalue()
    return int(answer.status_code)


def untold(page: str) -> bool:
    return not [word for word in TELLING if word.lower() in page.lower()]


@pytest.mark.parametrize("code", CODES)
def test_the_letter_is_on_the_follow_up_page_before_and_after_it_is_opened(client: Client, code: str) -> None:
    decision = act(code)
    letter = decision.letter
    signed_in(client, letter.addressee)

    before = client.get(tracking(decision))
    assert f'href="/espace/courriers/{letter.pk}/"' in before.content.decode()
    assert "Votre prochaine étape Une décision est disponible" in words(before)

    assert client.get(f"/espace/courriers/{letter.pk}/").status_code == 200
    after = client.get(tracking(decision))
    assert f'href="/espace/courriers/{letter.pk}/"' in after.content.decode()
    assert "Une décision est disponible" not in words(after)
    assert "Décision reçue" in words(after)


@pytest.mark.parametrize("online", [True, False])
@pytest.mark.parametrize("code", CODES)
def test_no_page_of_the_space_tells_the_result_before_the_letter_is_received(
    client: Client, code: str, online: bool
) -> None:
    decision = act(code, online=online)
    application = decision.application
    signed_in(client, application.structure.representative())

    for address in (
        "/espace/",
        "/espace/dossiers/",
        "/espace/label/",
        "/espace/messages/",
        tracking(decision),
        f"/espace/messages/decisions.decision:{decision.pk}/",
        f"/espace/messages/label.application:{application.pk}/",
        f"/espace/dossiers/{application.reference}/export.json",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert untold(words(answer)), address
    assert "Décision en préparation" in words(client.get(tracking(decision)))
    assert "Commencer le dossier" not in words(client.get("/espace/"))


def test_what_can_be_done_next_does_not_betray_the_result(client: Client) -> None:
    decision = act("L8")
    reference = decision.application.reference
    signed_in(client, decision.application.structure.representative())

    assert client.post("/espace/dossiers/commencer/").url.endswith(f"/{reference}/")
    assert client.post(f"/espace/dossiers/{reference}/dupliquer/").status_code == 404
    assert "Dupliquer" not in words(client.get(tracking(decision)))
    assert Application.objects.count() == 1


def test_the_label_is_in_the_space_and_its_letter_with_it_once_received(client: Client) -> None:
    decision = act("L6")
    letter, label = decision.letter, Label.objects.get()
    signed_in(client, letter.addressee)
    assert "n'a pas encore de label" in words(client.get("/espace/label/"))

    client.get(f"/espace/courriers/{letter.pk}/")

    page = client.get("/espace/label/")
    assert label.number in words(page) and f'href="/espace/courriers/{letter.pk}/"' in page.content.decode()
    assert label.number in words(client.get("/espace/"))


def test_the_public_finds_the_label_by_number_and_in_lists_once_received(client: Client) -> None:
    decision = act("L6")
    number = Label.objects.get().number
    lists = ("/annuaire/", "/annuaire.json", "/annuaire.csv", "/api/v1/labels", "/")
    by_number = (f"/verifier/{number}/", f"/verifier/{number}.json", f"/verifier/{number}/certificat.pdf")
    by_number += (f"/api/v1/labels/{number}",)
    for address in (*lists, *by_number):
        answer = client.get(address)
        assert answer.status_code == (404 if address in by_number else 200), address
        assert "Escale Anémone" not in answer.getvalue().decode(), address
    assert "Numéro pas encore confirmé" in words(client.get(by_number[0]))
    assert client.get(by_number[1]).json()["status"] == "on_its_way"

    letters.open_online(
        letter_pk=decision.letter.pk,
        at=timezone.now(),
        by=acting(decision.letter.addressee, "representative"),
    )

    make_what_a_crash_left(timezone.now())

    for address in by_number:
        answer = client.get(address)
        assert answer.status_code == 200, address
        answer.getvalue()
    assert "Escale Anémone" in client.get("/annuaire/").content.decode()
    assert number in client.get("/api/v1/labels").content.decode()


@pytest.mark.parametrize("code", ["L6", "L8"])
def test_a_letter_on_paper_is_read_online_once_its_receipt_is_proved(client: Client, code: str) -> None:
    decision = act(code, online=False)
    letter = decision.letter
    pdf = pdfs.make(letter.pk, at=timezone.now())
    assert pdf is not None
    addresses = [f"/espace/courriers/{letter.pk}/", f"/courriers/{letter.pk}/pdf/", f"/fichiers/{pdf.pk}/"]
    signed_in(client, letter.addressee)

    assert {status(client, address) for address in addresses} == {404}
    page = client.get(tracking(decision))
    assert "Votre prochaine étape Une décision vous arrive par courrier recommandé." in words(page)
    assert "Nous devons répondre avant" not in words(page)
    assert "Elle vous arrive sur papier." in words(page) and addresses[0] not in page.content.decode()

    receive_by_post(letter)
    scan = Letter.objects.get(pk=letter.pk).signed_scan_id
    assert {status(client, address) for address in [*addresses, f"/fichiers/{scan}/"]} == {200}
    assert addresses[0] in client.get(tracking(decision)).content.decode()


def test_the_scan_of_a_letter_on_its_way_is_for_the_office_only(client: Client) -> None:
    letter = act("L8", online=False).letter
    by = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    scan = store(
        upload=an_upload(), subject=letter.subject, purpose="letter_scan", thread=letter.thread, at=AT, by=by
    )
    letters.record_hand_signature(letter_pk=letter.pk, scan=scan, at=AT, by=by)

    assert status(signed_in(client, letter.addressee), f"/fichiers/{scan.pk}/") == 404
    assert status(signed_in(client, by.user), f"/fichiers/{scan.pk}/") == 200


def test_an_act_online_is_opened_by_who_represents_and_its_file_is_no_way_round(client: Client) -> None:
    decision = act("L8")
    letter, application = decision.letter, decision.application
    reader = person()
    structures.member(application.structure, user=reader)
    pdf = pdfs.make(letter.pk, at=timezone.now())
    assert pdf is not None

    signed_in(client, reader)
    assert client.get(f"/espace/courriers/{letter.pk}/").status_code == 404
    assert "La personne qui représente la structure l'ouvre la première." in words(
        client.get(tracking(decision))
    )
    signed_in(client, letter.addressee)
    assert status(client, f"/fichiers/{pdf.pk}/") == 404
    assert status(client, f"/espace/courriers/{letter.pk}/") == 200
    assert status(client, f"/fichiers/{pdf.pk}/") == 200
    assert signed_in(client, reader).get(f"/espace/courriers/{letter.pk}/").status_code == 200


def test_the_follow_up_goes_on_to_the_opinion_and_the_decision(client: Client) -> None:
    decision = act("L8")
    signed_in(client, decision.letter.addressee)
    before = words(client.get(tracking(decision)))
    assert "Avis du comité donné" in before and "Décision reçue" not in before
    assert "Ce que le comité a retenu" not in before

    client.get(f"/espace/courriers/{decision.letter.pk}/")

    after = words(client.get(tracking(decision)))
    assert "Décision reçue" in after and "Label refusé" in after
    assert "Ce que le comité a retenu" in after and "Défavorable" in after
    axes = decision.application.edition.data["axes"]
    assert all(axis["fr"] in after for axis in axes) and "%" in after
    assert "Sans réponse ce jour-là" not in after
    assert "Vous pouvez contester cette décision" in after


def test_presumption_tells_like_a_receipt(client: Client) -> None:
    decision = act("L6")
    Letter.objects.filter(pk=decision.letter.pk).update(issued_at=AT - timedelta(days=30))

    letters.presume_receipts(timezone.now())

    reader = decision.letter.addressee
    assert "Label accordé" in words(signed_in(client, reader).get(tracking(decision)))


# --- the committee ------------------------------------------------------------------------------------------------


def judged(found: Structure) -> tuple[Decision, list[User]]:
    """A refusal signed against a favourable opinion, and the six people who evaluated."""
    application = reviewers.advised(found, at=AT)
    officer = staff(Role.CASE_OFFICER)
    Application.objects.filter(pk=application.pk).update(case_officer=officer)
    application = Application.objects.select_related("case_officer").get(pk=application.pk)
    panel = [row.mandate.user for row in reviewers.assignments_of(application)]
    decision = decisions.signed(
        application, "refuse", at=timezone.now(), divergence_reasons=decisions.OTHERWISE
    )
    return decision, panel


def told(panel: list[User]) -> int:
    return Mail.objects.filter(kind="outcome", recipient__in=panel).count()


def test_who_evaluated_reads_the_decision_once_it_is_notified(client: Client) -> None:
    decision, panel = judged(structures.structure(name="Rives et Relais", at=AT))
    signed_in(client, panel[0])
    assert untold(words(client.get("/comite/dossiers/"))) and told(panel) == 0

    decisions.receive(decision, at=timezone.now())

    assert told(panel) == len(panel) == 6
    mail = Mail.objects.filter(kind="outcome").first()
    assert mail is not None and untold(f"{mail.title} {mail.text}")
    assert "Rives" not in f"{mail.title} {mail.text}"
    page = words(client.get("/comite/dossiers/"))
    assert "Décision de l'Institut" in page and "Refus" in page
    assert decisions.OTHERWISE.strip() in page


def test_a_member_with_a_link_is_told_nothing(client: Client) -> None:
    found = structures.structure(name="Rives et Relais", at=AT)
    decision, panel = judged(found)
    assignment = reviewers.assignments_of(decision.application)[0]
    declare_link(
        mandate_pk=assignment.mandate_id,
        organisation_name=found.name,
        organisation_number=found.number(),
        kind="expert",
        at=timezone.now(),
        by=reviewers.member_actor(assignment),
    )

    decisions.receive(decision, at=timezone.now())

    assert told(panel[:1]) == 0 and told(panel) == 5
    assert "Décision de l'Institut" not in words(signed_in(client, panel[0]).get("/comite/dossiers/"))


# --- the office ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY, Role.ETHICS_OFFICER])
def test_every_link_of_the_dossier_page_opens_for_the_role_that_reads_it(client: Client, role: str) -> None:
    decision = act("L8")
    reference = decision.application.reference
    user = signatory() if role == Role.SIGNATORY else staff(role)
    signed_in(client, user)

    page = client.get(f"/inca/dossiers/{reference}/").content.decode()

    links = {part.split('"')[0] for part in page.split('href="')[1:]}
    inside = {link for link in links if link.startswith("/") and not link.startswith("/static/")}
    assert f"/inca/dossiers/{reference}/journal/" in inside
    if role != Role.ETHICS_OFFICER:
        assert f"/inca/decisions/{decision.pk}/" in inside
        assert f"/inca/courriers/{decision.letter.pk}/" in inside
    assert dict.fromkeys(inside, 200) == {link: client.get(link, follow=True).status_code for link in inside}


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.ETHICS_OFFICER])
def test_every_link_of_the_label_page_opens_for_the_role_that_reads_it(client: Client, role: str) -> None:
    act("L6")
    number = Label.objects.get().number
    signed_in(client, staff(role))

    page = client.get(f"/inca/labels/{number}/").content.decode()

    links = {part.split('"')[0] for part in page.split('href="')[1:]}
    inside = {link for link in links if link.startswith("/inca/")}
    assert inside
    assert dict.fromkeys(inside, 200) == {link: client.get(link).status_code for link in inside}


def test_reading_roles_change_nothing(client: Client) -> None:
    decision = act("L8", online=False)
    signed_in(client, signatory())
    letter = f"/inca/courriers/{decision.letter.pk}/"
    messages = f"/inca/messages/label.application:{decision.application_id}/"

    for address in (letter, messages):
        page = client.get(address)
        assert page.status_code == 200 and "<textarea" not in page.content.decode()
        assert 'name="go"' not in page.content.decode()
    assert client.post(letter, {"go": "sign", "scan": an_upload()}).status_code == 404
    assert client.post(messages, {"go": "note", "note-text": "x"}).status_code == 404
    assert Letter.objects.get(pk=decision.letter.pk).signed_scan_id is None


def test_one_room_says_how_requests_end() -> None:
    from label import notification

    assert registries_are_complete(None) == []
    notification.declare(
        withheld=notification.withheld, outcomes=lambda keys, on: {}, concealed=notification.concealed
    )
    try:
        assert any("how requests end" in fault.msg for fault in registries_are_complete(None))
    finally:
        notification._declared.pop()


def test_integrity_holds_with_a_decision_on_its_way() -> None:
    act("L6")
    call_command("check_integrity", verbosity=0)


@pytest.mark.parametrize("code", CODES)
def test_a_request_counts_as_open_until_its_letter_is_received(client: Client, code: str) -> None:
    decision = act(code)
    structure = decision.application.structure
    signed_in(client, structure.representative())

    def opening() -> str:
        with pytest.raises(Blocked) as refused:
            open_application(structure_pk=structure.pk, at=timezone.now(), by=representative_of(structure))
        return refused.value.reasons[0].code

    assert opening() == "already_open"
    assert not any(told in words(client.get("/demander/")).lower() for told in ("déjà un label", "lbl-"))

    letters.open_online(
        letter_pk=Letter.objects.get(subject=f"decisions.decision:{decision.pk}").pk,
        at=timezone.now(),
        by=representative_of(structure),
    )
    if code in ("L6", "L7"):
        assert opening() == "has_label"
        assert "Vous avez déjà un label" in words(client.get("/demander/"))
    else:
        open_application(structure_pk=structure.pk, at=timezone.now(), by=representative_of(structure))
