"""The lists of the office: the same queries at 3 and at 3,000 rows, filters, files, and who sees them."""

import io
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Absence, Role, RoleGrant, User
from certificates.models import Label
from deadlines.models import Deadline
from journal.models import Event
from label.actions import ask_documents, ask_help
from label.models import Application, HelpRequest
from letters.models import Letter
from letters.typography import french_date
from reviewers.models import Mandate
from tests.factories import certificates, decisions, label, reviewers, structures
from tests.factories.accounts import acting, person, signatory, signed_in, staff
from tests.factories.bulk import many_dossiers, many_labels, threads
from tests.factories.structures import AT, representative_of
from tests.reading import plain, words
from workflows import todo

pytestmark = pytest.mark.django_db
MOST = 10
ADDRESSES = ("dossiers/", "dossiers.xlsx", "labels/", "labels.xlsx", "echeances/", "echeances.xlsx")


@pytest.fixture
def officer(client: Client) -> Client:
    return signed_in(client, staff(Role.CASE_OFFICER, first_name="Claire", last_name="Vasseur"))


def sheet_of(client: Client, address: str) -> list[list[object]]:
    response = client.get(address)
    assert response.status_code == 200
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [[cell.value for cell in row] for row in sheet]


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    told = [
        query["sql"]
        for query in asked
        if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]
    return len(told)


@pytest.mark.parametrize(
    "address",
    [
        "/inca/",
        "/inca/?qui=equipe",
        "/inca/dossiers/",
        "/inca/dossiers/?etape=submitted&texte=x",
        "/inca/labels/",
        "/inca/echeances/",
    ],
)
def test_the_same_queries_at_3_and_at_3000_rows(officer: Client, address: str) -> None:
    label.submitted()
    many_labels(many_dossiers(3))
    few = queries_of(officer, address)
    many_labels(many_dossiers(3000))

    assert queries_of(officer, address) == few
    assert few <= MOST


def many_letters(number: int) -> None:
    first = Letter.objects.to_serve_by_post().first() or decisions.signed().letter
    Letter.objects.bulk_create(
        Letter(
            thread_id=first.thread_id,
            subject=first.subject,
            template_id=first.template_id,
            code=first.code,
            reference=f"L-{uuid.uuid4()}",
            title=first.title,
            content=first.content,
            digest=first.digest,
            addressee_id=first.addressee_id,
            issued_at=AT,
            channel="post",
        )
        for _ in range(number)
    )


def many_calls(number: int) -> None:
    first = Application.objects.order_by("pk").first() or label.submitted()
    HelpRequest.objects.bulk_create(
        HelpRequest(
            application=first, asked_by_id=first.opened_by_id, phone="0600000000", when="le soir", asked_at=AT
        )
        for _ in range(number)
    )


def many_people(number: int) -> None:
    users = User.objects.bulk_create(
        User(email=f"{uuid.uuid4()}@exemple.fr", first_name="Awa", last_name=f"Ba {place}", password="!")
        for place in range(number)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=Role.CASE_OFFICER, starts_on=AT.date()) for user in users
    )


def many_members(number: int) -> None:
    users = User.objects.bulk_create(
        User(email=f"{uuid.uuid4()}@exemple.fr", first_name="Ida", last_name="Roy", password="!")
        for _ in range(number)
    )
    Mandate.objects.bulk_create(
        Mandate(thread=thread, user=user, college="patients")
        for thread, user in zip(threads(number, "M"), users, strict=True)
    )


@pytest.mark.parametrize(
    ("role", "many", "address", "name"),
    [
        (Role.SECRETARIAT, many_letters, "courriers", "courriers"),
        (Role.CASE_OFFICER, many_calls, "aides", "aides"),
        (Role.SECRETARIAT, many_members, "comite/membres", "membres"),
        (Role.TECHNICAL_ADMINISTRATOR, many_people, "personnes", "personnes"),
    ],
)
def test_every_other_staff_list_costs_the_same_filters_and_downloads(
    client: Client, role: str, many, address: str, name: str
) -> None:
    signed_in(client, staff(role))
    many(3)
    few = queries_of(client, f"/inca/{address}/")
    rows = len(sheet_of(client, f"/inca/{address}.xlsx"))
    many(3000)

    assert queries_of(client, f"/inca/{address}/") == few <= MOST
    assert len(sheet_of(client, f"/inca/{address}.xlsx")) == rows + 3000
    first = client.get(f"/inca/{address}/")
    assert len(first.context["page"].rows) == 50 and f"/inca/{address}.xlsx" in first.content.decode()
    seen = {row.pk for row in first.context["page"].rows}
    following = client.get(f"/inca/{address}/{first.context['page'].next_url}").context["page"]
    assert len(following.rows) == 50 and not seen & {row.pk for row in following.rows}
    assert following.previous_url


def test_letters_are_filtered_by_step_and_words(client: Client) -> None:
    letter = decisions.signed().letter
    signed_in(client, staff(Role.SECRETARIAT))

    def shown(query: str) -> set[int]:
        return {row.pk for row in client.get(f"/inca/courriers/?{query}").context["page"].rows}

    assert letter.pk in shown("etape=sign") and letter.pk in shown(f"texte={letter.reference}")
    assert letter.pk not in shown("etape=post") and letter.pk not in shown("etape=receive")
    assert shown("texte=introuvable") == set()
    assert len(sheet_of(client, "/inca/courriers.xlsx?etape=receive")) == 1


def test_calls_made_and_to_make(officer: Client) -> None:
    application = label.draft()
    by = representative_of(application.structure)
    asked = ask_help(application_pk=application.pk, phone="0600000000", when="le soir", at=AT, by=by)
    assert "le soir" in words(officer.get("/inca/aides/"))
    assert officer.post("/inca/aides/", {"help": "x"}).status_code == 404

    officer.post("/inca/aides/", {"help": asked.pk})
    assert "Aucun appel ne correspond" in words(officer.get("/inca/aides/"))
    assert "Rappelé le" in words(officer.get("/inca/aides/?etat=faits"))
    assert sheet_of(officer, "/inca/aides.xlsx?etat=faits")[1][2] == "le soir"


def test_people_are_filtered_by_role(client: Client) -> None:
    signed_in(client, staff(Role.TECHNICAL_ADMINISTRATOR))
    staff(Role.ETHICS_OFFICER, last_name="Nguyen")

    assert "Nguyen" in words(client.get("/inca/personnes/?role=ethics_officer"))
    assert "Nguyen" not in words(client.get("/inca/personnes/?role=signatory"))
    (row,) = [row for row in sheet_of(client, "/inca/personnes.xlsx") if row[0] == "Nguyen"]
    assert row[3] == "Déontologue"


def test_the_journal_is_filtered_and_downloads(officer: Client) -> None:
    application = reviewers.under_review()
    address = f"/inca/dossiers/{application.reference}/journal"
    page = words(officer.get(f"{address}/?sujet=reviewers.assignment"))
    assert "Évaluation demandée à un membre" in page and "Dossier déposé" not in page
    assert "Évaluation demandée" not in words(officer.get(f"{address}/?role=representative"))

    told = [row[1] for row in sheet_of(officer, f"{address}.xlsx?sujet=label.application")]
    assert told[0] == "Fait" and "Dossier déposé" in told and "Évaluation demandée à un membre" not in told


def test_the_journal_names_the_officer_for_whom_a_substitute_acted(officer: Client) -> None:
    application = label.taken()
    away, here = application.case_officer, staff(first_name="Awa", last_name="Ba")
    Absence.objects.create(user=away, substitute=here, starts_on=AT.date())
    pieces = [{"code": "paper_statutes", "why": "La dernière page manque."}]
    ask_documents(application_pk=application.pk, pieces=pieces, at=AT, by=acting(here, Role.CASE_OFFICER))

    page = words(officer.get(f"/inca/dossiers/{application.reference}/journal/"))
    assert f"Awa Ba (Instructeur ou instructrice), pour {away}" in page


def test_the_data_protection_officer_finds_the_map_of_personal_data(client: Client) -> None:
    page = signed_in(client, staff(Role.DATA_PROTECTION_OFFICER)).get("/inca/", follow=True)

    assert "Registre, accès, demandes" in words(page)
    assert reverse("personal_data") in page.content.decode().split("<main")[1]


def test_a_task_without_a_date_stands_by_its_age_before_the_far_dates() -> None:
    from desks.views.office import _sections

    old = todo.Task("old", "Sans date", "", "", AT)
    far = todo.Task("far", "Loin", "", "", AT - timedelta(days=9), due_on=AT.date() + timedelta(days=90))
    late = todo.Task("late", "En retard", "", "", AT, due_on=AT.date() - timedelta(days=1))

    overdue, _week, later = _sections([far, old, late], AT.date())
    assert [row["task"].key for row in overdue["rows"]] == ["late"]
    assert [row["task"].key for row in later["rows"]] == ["old", "far"]


def test_the_journal_has_the_same_queries_at_any_length(officer: Client) -> None:
    application = label.submitted()
    address = f"/inca/dossiers/{application.reference}/journal/"
    few = queries_of(officer, address)
    last = Event.objects.filter(thread=application.thread).order_by("-position").first()
    Event.objects.bulk_create(
        Event(
            thread=application.thread,
            position=last.position + place,
            at=AT,
            subject=last.subject,
            move="ask_help",
            role="editor",
            previous="0",
            digest="0",
        )
        for place in range(1, 3001)
    )

    assert queries_of(officer, address) == few <= MOST
    page = officer.get(address)
    assert page.content.count(b"<time") == 50 and "Page suivante" in words(page)


def test_dossiers_are_filtered_by_step_officer_and_words(officer: Client) -> None:
    mine = label.taken(structures.structure(name="Rives et Relais"))
    label.submitted(structures.structure(name="Cap Douceur"))

    def shown(query: str) -> set[str]:
        page = words(officer.get(f"/inca/dossiers/?{query}"))
        return {name for name in ("Rives et Relais", "Cap Douceur") if name in page}

    assert shown("") == {"Rives et Relais", "Cap Douceur"}
    assert shown(f"instructeur={mine.case_officer_id}") == {"Rives et Relais"}
    assert shown("instructeur=personne") == {"Cap Douceur"}
    assert shown("texte=rives") == {"Rives et Relais"}
    assert shown(f"texte={mine.reference}") == {"Rives et Relais"}
    assert shown("etape=granted") == set()
    assert shown("etape=en-cours") == {"Rives et Relais", "Cap Douceur"}


def test_a_choice_that_does_not_exist_is_told_and_nothing_breaks(officer: Client) -> None:
    label.submitted()

    page = officer.get("/inca/dossiers/?etape=quelconque&instructeur=99999")

    assert page.status_code == 200
    assert "Choisissez une des réponses proposées" in words(page) and "Escale Anémone" in words(page)


def test_drafts_that_nobody_asked_to_read_stay_closed(officer: Client) -> None:
    label.draft(structures.structure(name="Secret"))

    assert "Secret" not in words(officer.get("/inca/dossiers/"))
    assert not any("Secret" in str(row) for row in sheet_of(officer, "/inca/dossiers.xlsx"))
    assert "Secret" not in words(officer.get("/inca/echeances/"))


def test_the_file_holds_the_same_dossiers_as_the_page_and_runs_nothing(officer: Client) -> None:
    label.submitted(structures.structure(name="=1+1 Escale"))
    kept = label.submitted(structures.structure(name="Cap Douceur"))

    rows = sheet_of(officer, "/inca/dossiers.xlsx?texte=cap")

    assert rows[0][:2] == ["Numéro de dossier", "Structure"]
    assert [row[:2] for row in rows[1:]] == [[kept.reference, "Cap Douceur"]]
    assert "=1+1 Escale" in [row[1] for row in sheet_of(officer, "/inca/dossiers.xlsx")]


def test_labels_show_the_status_of_the_day(officer: Client) -> None:
    found = certificates.label()
    since = AT.date() - timedelta(days=400)
    Label.objects.filter(pk=found.pk).update(starts_on=since)
    certificates.condition(Label.objects.get(), due_on=AT.date() + timedelta(days=4000))

    page = words(officer.get("/inca/labels/"))

    assert found.number in page and "Actif sous réserves" in page and "Réserves à lever 1" in page
    assert sheet_of(officer, "/inca/labels.xlsx?etat=in_force")[1][0] == found.number
    assert len(sheet_of(officer, "/inca/labels.xlsx?etat=expired")) == 1


def test_dates_are_told_soonest_first_and_the_late_ones_alone(officer: Client) -> None:
    application = label.submitted()
    Deadline.objects.filter(kind="completeness").update(due_on=AT.date() - timedelta(days=4000))

    everything = words(officer.get("/inca/echeances/"))
    late = words(officer.get("/inca/echeances/?retard=on"))

    assert everything.index("Vérification des pièces Escale") < everything.index(
        "Date de la décision implicite Escale"
    )
    assert (
        "En retard" in late
        and f"Date de la décision implicite Escale Anémone ({application.reference})" not in late
    )
    rows = sheet_of(officer, "/inca/echeances.xlsx?type=silence")
    assert [row[1] for row in rows[1:]] == [application.reference]


def test_dates_of_members_are_for_those_who_see_members(client: Client, officer: Client) -> None:
    mandate = reviewers.member()
    name = str(mandate.user)

    assert name not in words(officer.get("/inca/echeances/"))
    secretary = signed_in(Client(), staff(Role.SECRETARIAT))
    assert name in words(secretary.get("/inca/echeances/"))


def test_the_board_counts_dossiers_per_step_with_links(officer: Client) -> None:
    label.taken()
    decisions.advised()

    page = officer.get("/inca/")

    assert 'href="/inca/dossiers/?etape=submitted"' in page.content.decode()
    assert "Déposé, à vérifier : 1" in words(page) and "Avis rendu : 1" in words(page)


def test_the_list_says_what_by_when_and_the_legal_clock(officer: Client) -> None:
    filed = timezone.now() - timedelta(days=2)
    label.submitted(at=filed)
    due_on = timezone.localdate(filed) + timedelta(days=15)

    page = words(officer.get("/inca/"))

    assert "Vérifier les pièces" in page
    assert f"Avant le {plain(french_date(due_on))} dans 13 jours" in page
    assert "refus implicite dans" in page
    assert "Rien en retard." in page
    rows = sheet_of(officer, "/inca/a-faire.xlsx")
    assert rows[1][0] == "Vérifier les pièces" and rows[1][2].date() == due_on


def test_a_late_task_stands_first(officer: Client) -> None:
    now = timezone.now()
    label.submitted(structures.structure(name="Tôt"), at=now - timedelta(days=2))
    label.submitted(structures.structure(name="Tard"), at=now - timedelta(days=20))

    page = words(officer.get("/inca/"))

    assert page.index("En retard") < page.index("Tard") < page.index("Ensuite") < page.index("Tôt")
    assert "Rien en retard." not in page


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_no_business_here_finds_nothing(address: str) -> None:
    for user in (person(), staff(Role.TECHNICAL_ADMINISTRATOR), staff(Role.DATA_PROTECTION_OFFICER)):
        assert signed_in(Client(), user).get(f"/inca/{address}").status_code == 404
    assert Client().get(f"/inca/{address}").status_code == 302


@pytest.mark.parametrize(
    ("user", "title"),
    [
        (lambda: staff(Role.CASE_OFFICER), "À faire"),
        (lambda: staff(Role.SECRETARIAT), "À faire"),
        (signatory, "À signer"),
        (lambda: staff(Role.ETHICS_OFFICER), "À analyser"),
        (lambda: staff(Role.APPEAL_OFFICER), "Recours"),
    ],
)
def test_each_role_has_its_own_title(user, title: str) -> None:
    page = signed_in(Client(), user()).get("/inca/")

    assert f">{title}</h1>" in page.content.decode().replace("\n", "")


def test_the_technical_administrator_sees_the_service_and_no_dossier() -> None:
    application = label.submitted()
    client = signed_in(Client(), staff(Role.TECHNICAL_ADMINISTRATOR))

    page = client.get("/inca/", follow=True)

    assert "État du service" in words(page) and "E-mails en attente" in words(page)
    assert application.reference not in words(page) and "Escale" not in words(page)
    assert signed_in(Client(), staff(Role.CASE_OFFICER)).get("/inca/service/").status_code == 404


def test_the_journal_tells_who_what_and_why(officer: Client) -> None:
    application = label.admissible()

    page = words(officer.get(f"/inca/dossiers/{application.reference}/journal/"))

    for told in ("Dossier commencé", "Dossier déposé", "Dossier confié", "Dossier déclaré recevable"):
        assert told in page
    assert "Fait noté" not in page
    assert officer.get("/inca/dossiers/DOS-2027-999999-99/journal/").status_code == 404
