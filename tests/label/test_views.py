"""The pages of an application as people use them, hostile input included."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Role
from decisions.actions import record_implicit
from journal.models import Event
from label import actions, clocks
from label.models import Answer, Application, HelpRequest
from letters.models import Letter, Mail
from structures.models import RegisterCheck, Solution
from tests import reading
from tests.factories import label, reviewers, structures
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import PDF, representative_of
from tests.reading import pdf_words

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page as a browser posts them."""
    rows = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    rows += re.findall(r'<input type="hidden" name="(tab)" value="([^"]*)"', page)
    return {name: value for name, value in rows if name != "csrfmiddlewaretoken"}


@pytest.fixture
def application():
    return label.draft(at=NOW)


@pytest.fixture
def member(client, application):
    return signed_in(client, application.structure.representative())


def section(application, slug="structure"):
    return reverse("application_section", args=[application.reference, slug])


def test_before_applying_everybody_reads_the_page(client):
    page = client.get(reverse("apply")).content.decode()
    assert "Les demandes ne sont pas encore ouvertes." in page
    label.ready_for_applications(at=NOW)
    page = client.get(reverse("apply")).content.decode()
    assert "Commencer le dossier" in page
    assert "pas encore ouvertes" not in page
    assert client.get(reverse("apply_model")).status_code == 200
    assert client.get(reverse("apply_paper")).status_code == 200
    form = client.get(reverse("apply_paper_form"))
    assert form.content.startswith(b"%PDF")


def test_starting_opens_one_draft_and_leads_back_to_it(client):
    label.ready_for_applications(at=NOW)
    found = structures.structure(at=NOW)
    signed_in(client, found.representative())
    first = client.post(reverse("application_start"))
    second = client.post(reverse("application_start"))
    assert first.url == second.url == reverse("application", args=[Application.objects.get().reference])


def test_the_summary_lists_eight_sections(member, application):
    page = member.get(reverse("application", args=[application.reference])).content.decode()
    for words in ("1. Structure", "8. Vérifier et déposer", "À commencer", "À signer", application.reference):
        assert words in page


def test_somebody_elses_dossier_is_not_found(client, application):
    signed_in(client, person())
    for name in (
        "application",
        "application_read",
        "application_export",
        "application_submit",
        "application_help",
    ):
        assert client.get(reverse(name, args=[application.reference])).status_code == 404
    assert client.get(section(application)).status_code == 404
    assert client.get(reverse("application", args=["DOS-2027-999999-00"])).status_code == 404


@pytest.mark.parametrize("reference", ["x", "DOS-2027-000001", "%00", "a" * 300, "LBL-2027-000001-00"])
def test_a_number_that_is_none_is_not_found(member, reference):
    assert member.get(f"/espace/dossiers/{reference}/").status_code == 404


def test_a_number_is_read_as_people_type_it(member, application):
    typed = application.reference.replace("-", "").lower()
    assert member.get(f"/espace/dossiers/{typed}/").status_code == 200


def test_a_committee_member_does_not_read_the_letters_of_a_dossier(client):
    assignment = reviewers.accepted(at=NOW)
    user, application = assignment.mandate.user, assignment.application
    assert Application.objects.visible_to(user, on=NOW.date()).filter(pk=application.pk).exists()
    signed_in(client, user)
    for name in ("application", "application_read", "application_export", "application_tracking"):
        assert client.get(reverse(name, args=[application.reference])).status_code == 404


def test_the_technical_administrator_sees_no_dossier(client):
    application = label.submitted(at=NOW)
    signed_in(client, staff(Role.TECHNICAL_ADMINISTRATOR))
    assert client.get(reverse("staff_application", args=[application.reference])).status_code == 404


@pytest.mark.parametrize(
    "text", ["<script>alert('x')</script>", "🌸👩🏽‍⚕️ été", "\u202eשלום مرحبا", "a\u0000b", "ligne\r\nligne"]
)
def test_any_text_is_kept_and_shown_without_acting(member, application, text):
    url = section(application)
    posted = {**hidden(member.get(url).content.decode()), "structure_summary": text, "go": "save"}
    assert member.post(url, posted).status_code == 302
    assert Answer.objects.get().text == text.replace("\x00", "").replace("\r\n", "\n")
    page = member.get(url).content.decode()
    assert "<script>alert" not in page


def test_a_hundred_thousand_characters_are_kept_and_mended_later(member, application):
    url = section(application)
    long = "é" * 100_000
    response = member.post(
        url, {**hidden(member.get(url).content.decode()), "structure_summary": long, "go": "continue"}
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert "Il est gardé ici" in page
    assert long in page
    assert Answer.objects.get().text == long
    page = member.get(section(application, "deposer")).content.decode()
    assert "Il est gardé ici" in page


def test_what_cannot_be_kept_at_all_stays_on_the_page(member, application):
    url = section(application)
    far_too_long = "x" * 200_001
    page = member.post(
        url, {**hidden(member.get(url).content.decode()), "structure_summary": far_too_long}
    ).content.decode()
    assert far_too_long in page
    assert "beaucoup trop long" in page
    assert not Answer.objects.exists()


def test_a_number_that_is_none_is_told_beside_the_field_and_kept(member, application):
    url = section(application)
    page = member.post(
        url, {**hidden(member.get(url).content.decode()), "structure_volunteers": "une douzaine"}
    ).content.decode()
    assert "Écrivez un nombre entier" in page
    assert "une douzaine" in page
    assert Answer.objects.get().text == "une douzaine"


def test_autosave_answers_with_the_hour_and_the_new_token(member, application):
    url = section(application)
    tokens = hidden(member.get(url).content.decode())
    response = member.post(url, {**tokens, "structure_summary": "Bonjour"}, headers={"X-Autosave": "1"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "Enregistré à" in page
    assert 'data-lb-token="token_structure_summary"' in page


def test_two_tabs_are_told_and_the_person_chooses(member, application):
    url = section(application)
    one, two = (hidden(member.get(url).content.decode()) for _tab in range(2))
    member.post(url, {**one, "structure_summary": "premier"}, headers={"X-Autosave": "1"})
    stale = member.post(url, {**two, "structure_summary": "second"}, headers={"X-Autosave": "1"})
    assert stale.status_code == 409
    assert "changée ailleurs" in stale.content.decode()
    page = member.post(url, {**two, "structure_summary": "second"}).content.decode()
    assert "premier" in page
    assert "second" in page
    assert Answer.objects.get().text == "premier"
    again = member.post(url, {**two, "structure_summary": "second"}).content.decode()
    assert "changée ailleurs" in again
    seen = re.findall(r'name="(seen_structure_summary)" value="([^"]*)"', page)
    chosen = {**two, **dict(seen), "structure_summary": "second", "go": "mine-structure_summary"}
    assert member.post(url, chosen).status_code == 302
    assert Answer.objects.get().text == "second"


def test_keeping_the_other_text(member, application):
    url = section(application)
    one, two = (hidden(member.get(url).content.decode()) for _tab in range(2))
    member.post(url, {**one, "structure_summary": "premier"})
    member.post(url, {**two, "structure_summary": "second", "go": "theirs-structure_summary"})
    assert Answer.objects.get().text == "premier"


def test_a_tab_that_did_not_touch_a_field_neither_conflicts_nor_overwrites(member, application):
    url = section(application)
    one, two = (hidden(member.get(url).content.decode()) for _tab in range(2))
    member.post(url, {**one, "structure_summary": "premier", "structure_volunteers": ""})
    response = member.post(url, {**two, "structure_summary": "", "structure_volunteers": "4"})
    assert response.status_code == 302
    assert set(Answer.objects.values_list("text", flat=True)) == {"premier", "4"}


def test_after_signing_in_again_the_words_are_back(client, application):
    user = application.structure.representative()
    signed_in(client, user)
    url = section(application)
    client.post(
        url,
        {**hidden(client.get(url).content.decode()), "structure_summary": "gardé"},
        headers={"X-Autosave": "1"},
    )
    client.logout()
    assert client.get(url).status_code == 302
    signed_in(client, user)
    assert "gardé" in client.get(url).content.decode()


def test_a_filed_dossier_refuses_an_old_page(client):
    application = label.filled(at=NOW)
    signed_in(client, application.structure.representative())
    url = section(application)
    old = hidden(client.get(url).content.decode())
    actions.submit(application_pk=application.pk, at=NOW, by=representative_of(application.structure))
    late = client.post(url, {**old, "structure_summary": "trop tard"}, headers={"X-Autosave": "1"})
    assert late.status_code == 409
    assert "déposé" in late.content.decode()
    assert Answer.objects.get(question="structure_summary").text != "trop tard"


def evidence(application, axis="A1"):
    return reverse("application_evidence", args=[application.reference, axis])


def test_every_theme_has_its_page(member, application):
    for axis in application.edition.data["axes"]:
        assert member.get(evidence(application, axis["code"])).status_code == 200
    assert member.get(evidence(application, "A9")).status_code == 404


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("gros.pdf", b"%PDF" + b"0" * 20_000_001), "la limite est"),
        (SimpleUploadedFile("programme.pdf", b"MZ\x90\x00" * 50), "pas un vrai PDF"),
        (SimpleUploadedFile("vide.pdf", b""), "vide"),
    ],
)
def test_a_wrong_file_is_told_and_the_answers_are_kept(member, application, upload, words):
    url = evidence(application)
    posted = {
        **hidden(member.get(url).content.decode()),
        "criterion_A1_1": "Nos statuts le disent.",
        "upload": upload,
        "description": "Statuts",
        "go": "add_document",
    }
    response = member.post(url, posted)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert "Nos statuts le disent." in response.content.decode()
    assert Answer.objects.get().text == "Nos statuts le disent."
    assert not application.documents.exists()


def add(member, application, description="Statuts"):
    url = evidence(application)
    upload = SimpleUploadedFile("statuts.pdf", PDF, content_type="application/pdf")
    posted = {
        **hidden(member.get(url).content.decode()),
        "upload": upload,
        "description": description,
        "go": "add_document",
    }
    return member.post(url, posted)


def test_a_document_is_added_linked_and_removed(member, application):
    assert add(member, application).status_code == 302
    document = application.documents.get()
    url = evidence(application)
    posted = {**hidden(member.get(url).content.decode()), "documents_criterion_A1_1": [str(document.pk)]}
    member.post(url, posted)
    assert application.documents.get().criteria == ["A1.1"]
    stale = {**posted, "ticked_criterion_A1_1": "", "documents_criterion_A1_1": []}
    member.post(url, stale)
    assert application.documents.get().criteria == ["A1.1"]
    remove = reverse("application_document_remove", args=[application.reference, document.pk])
    assert member.get(remove).status_code == 200
    member.post(remove, {"go": "remove"})
    assert not application.documents.filter(removed_at=None).exists()
    assert member.get(reverse("stored_file", args=[document.file_id])).status_code == 404


def test_eight_documents_at_most(member, application):
    for number in range(8):
        add(member, application, f"Document {number}")
    add(member, application, "Un de trop")
    assert application.documents.count() == 8


def test_solutions_are_added_described_and_told_when_changed_elsewhere(member, application):
    url = section(application, "actions")
    response = member.post(url, {"name": "Permanence", "go": "add"})
    solution = Solution.objects.get()
    assert list(application.solutions.all()) == [solution]
    assert response.url == reverse("application_solution", args=[application.reference, solution.pk])
    page = member.get(response.url).content.decode()
    data = {
        **hidden(page),
        "name": "Permanence",
        "summary": "Écoute.",
        "main_field": "PSY",
        "territory": "national",
    }
    member.post(response.url, data)
    assert Solution.objects.get().summary == "Écoute."
    stale = member.post(response.url, {**data, "summary": "Autre."})
    assert "changée ailleurs" in stale.content.decode()
    assert Solution.objects.get().summary == "Écoute."
    seen = re.findall(r'name="seen" value="(\d+)"', stale.content.decode())[0]
    member.post(response.url, {**data, "summary": "Autre.", "seen": seen, "go": "mine"})
    assert Solution.objects.get().summary == "Autre."


def test_contributors_are_added_changed_and_removed(member, application):
    url = section(application, "personnes")
    tokens = hidden(member.get(url).content.decode())
    member.post(
        url,
        {
            **tokens,
            "contributors_exist": "yes",
            "name": "Hôpital",
            "part": "Prête une salle",
            "go": "add_contributor",
        },
    )
    row = application.contributors.get()
    assert Answer.objects.get().text == "yes"
    page = reverse("application_contributor", args=[application.reference, row.pk])
    for go in ("save", "remove"):  # a form that lost the token of its page
        refused = read_page(member, page, {"name": "Hôpital Nord", "part": "Prête une salle", "go": go})
        assert "Rouvrez la page" in refused and "Hôpital Nord" in refused
    assert application.contributors.get().name == "Hôpital"
    tokens = {"seen": row.token()}
    member.post(page, {**tokens, "name": "Hôpital Nord", "part": "Prête une salle", "go": "save"})
    assert application.contributors.get().name == "Hôpital Nord"
    member.post(page, {"seen": application.contributors.get().token(), "go": "remove"})
    assert not application.contributors.exists()


def test_the_list_of_what_is_missing_leads_to_each_field(member, application):
    page = member.get(section(application, "deposer")).content.decode()
    assert "avant de déposer" in page
    assert f"{section(application)}#id_structure_summary" in page
    assert "Continuer vers le dépôt" not in page
    refused = member.post(
        reverse("application_submit", args=[application.reference]), {"go": "submit"}, follow=True
    )
    assert refused.redirect_chain == [(section(application, "deposer"), 302)]
    told = " ".join(refused.content.decode().split())
    assert re.search(r"Il manque \d+ réponses. La liste mène à chacune.", told)
    assert told.count("#id_structure_summary") == 1
    assert Application.objects.get().state == "draft"


def test_only_the_representative_files(client):
    editor = person()
    application = label.filled(structures.structure(editor=editor, at=NOW), at=NOW)
    signed_in(client, editor)
    url = reverse("application_submit", args=[application.reference])
    page = client.get(url).content.decode()
    assert "Seule la personne qui représente" in page
    assert client.post(url, {"go": "submit"}).status_code == 404
    assert Application.objects.get().state == "draft"


def test_filing_twice_gives_one_receipt(client, django_capture_on_commit_callbacks):
    application = label.filled(at=NOW)
    signed_in(client, application.structure.representative())
    url = reverse("application_submit", args=[application.reference])
    assert "Déposer le dossier" in client.get(url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        first = client.post(url, {"go": "submit"})
        second = client.post(url, {"go": "submit"})
    assert first.url == second.url == reverse("application_receipt", args=[application.reference])
    assert Event.objects.filter(thread=application.thread, move="submit").count() == 1
    assert Letter.objects.filter(code="L1").count() == 1
    assert Mail.objects.filter(kind="receipt").count() == 1
    assert application.structure.register_checks.count() == 2
    page = client.get(first.url).content.decode()
    assert application.reference in page
    assert "Et maintenant" in page
    pdf = client.get(reverse("application_receipt_pdf", args=[application.reference]))
    assert pdf.content.startswith(b"%PDF")
    for name in ("application_read", "application_tracking", "application_pdf", "application_export"):
        assert client.get(reverse(name, args=[application.reference])).status_code == 200


def test_everything_is_read_back_before_filing(client):
    application = label.filled(at=NOW)
    signed_in(client, application.structure.representative())
    page = client.get(section(application, "deposer")).content.decode()
    for words in (
        "Permanence d&#x27;écoute",
        "Soutien psychologique",
        "Réponse : criterion_A7_4.",
        "Dans les 15",
    ):
        assert words in page.replace("\u00a0", " ")


def test_enter_saves_and_never_files(client):
    application = label.filled(at=NOW)
    signed_in(client, application.structure.representative())
    client.post(reverse("application_submit", args=[application.reference]))
    assert Application.objects.get().state == "draft"


def test_help_reading_and_withdrawal(client):
    application = label.draft(at=NOW)
    signed_in(client, application.structure.representative())
    client.post(
        reverse("application_help", args=[application.reference]), {"phone": "0102030405", "when": "mardi"}
    )
    assert HelpRequest.objects.get().when == "mardi"
    client.post(reverse("application_reading", args=[application.reference]), {"go": "ask"})
    assert Application.objects.get().draft_reading_asked_at
    assert client.get(reverse("application_withdraw", args=[application.reference])).status_code == 404


def test_withdrawing_then_duplicating(client):
    application = label.submitted(at=NOW)
    signed_in(client, application.structure.representative())
    url = reverse("application_withdraw", args=[application.reference])
    client.post(url, {"reason": "Nous attendons."})
    assert Application.objects.get().state == "submitted"
    client.post(url, {"reason": "Nous attendons.", "go": "withdraw"})
    assert Application.objects.get().state == "withdrawn"
    copied = client.post(reverse("application_duplicate", args=[application.reference]))
    assert Application.objects.exclude(pk=application.pk).get().reference in copied.url
    again = client.post(reverse("application_duplicate", args=[application.reference]))
    assert again.url == copied.url


def page_of(client, name, application):
    return reading.words(client.get(reverse(name, args=[application.reference])))


def test_the_dossier_page_leads_to_what_silence_has_decided(client):
    application = label.taken(at=NOW - timedelta(days=100))
    signed_in(client, application.case_officer)
    assert application.implicit_decision_on < timezone.localdate()
    assert "Noter la décision implicite" in page_of(client, "staff_application", application)

    record_implicit(application_pk=application.pk, at=NOW, by=label.officer_of(application))
    assert "Noter la décision implicite" not in page_of(client, "staff_application", application)
    application = Application.objects.get(pk=application.pk)
    assert clocks.running(application, clocks.SILENCE) is None


def test_a_dossier_in_time_has_no_silence_to_note(client):
    application = label.taken(at=NOW)
    signed_in(client, application.case_officer)
    assert "Noter la décision implicite" not in page_of(client, "staff_application", application)


def test_a_cause_found_during_the_evaluation_leads_to_the_decision(client):
    application = reviewers.under_review(at=NOW)
    signed_in(client, application.case_officer)
    assert "Une cause d'irrecevabilité est apparue" in page_of(client, "staff_application", application)
    client.logout()
    signed_in(client, staff(Role.SECRETARIAT))
    assert "Une cause d'irrecevabilité est apparue" not in page_of(client, "staff_application", application)


def test_the_dates_to_keep_follow_the_life_of_the_dossier(client):
    application = label.taken(at=NOW)
    signed_in(client, application.case_officer)
    page = page_of(client, "staff_application", application)
    assert "Date implicite" in page and "Dernière séance utile" in page

    actions.ask_documents(
        application_pk=application.pk,
        pieces=[{"code": "paper_statutes", "why": "La dernière page manque."}],
        at=NOW,
        by=label.officer_of(application),
    )
    page = page_of(client, "staff_application", application)
    assert "jusqu'à l'arrivée des pièces et au plus tard jusqu'au" in page and "Dernière séance utile" in page

    actions.withdraw(application_pk=application.pk, at=NOW, by=representative_of(application.structure))
    page = page_of(client, "staff_application", application)
    assert "Date implicite" not in page and "Dernière séance utile" not in page


def test_only_the_newest_answer_of_a_register_is_concluded(client):
    application = label.taken(at=NOW)
    for _again in range(2):
        RegisterCheck.objects.create(
            structure=application.structure, result=RegisterCheck.Result.MATCH, asked_at=NOW
        )
    signed_in(client, application.case_officer)
    page = page_of(client, "staff_application", application)
    assert page.count("Conclure") == 1
    assert "remplacée par une réponse plus récente" in page


def test_the_check_shows_the_clocks_the_register_and_the_acts_above_the_list(client):
    application = label.taken(at=NOW)
    signed_in(client, application.case_officer)
    page = page_of(client, "staff_completeness", application)
    places = [
        page.index(found)
        for found in ("Délais", "Demander des pièces", "Vérification au registre", "Enregistrer les constats")
    ]
    assert places == sorted(places)
    answer = client.get(reverse("staff_completeness", args=[application.reference]))
    assert [group["is_open"] for group in answer.context["groups"]].count(True) == 1

    items = {row["item"].code for row in answer.context["groups"][0]["rows"]}
    client.post(
        reverse("staff_completeness", args=[application.reference]),
        {f"verdict_{code}": "present" for code in items},
    )
    answer = client.get(reverse("staff_completeness", args=[application.reference]))
    assert [group["is_open"] for group in answer.context["groups"]][:2] == [False, True]


def test_the_office_checks_asks_and_the_association_answers(client):
    application = label.taken(at=NOW)
    officer = signed_in(client, application.case_officer)
    assert officer.get(reverse("staff_application", args=[application.reference])).status_code == 200
    check = reverse("staff_completeness", args=[application.reference])
    assert officer.get(check).status_code == 200
    officer.post(check, {"verdict_paper_statutes": "missing", "comment_paper_statutes": "Absents."})
    assert application.findings.get().verdict == "missing"
    ask = reverse("staff_ask_documents", args=[application.reference])
    assert "Absents." in officer.get(ask).content.decode()
    nothing = officer.post(ask, {"go": "send"})
    assert "au moins une" in nothing.content.decode()
    pieces = {"ask_paper_statutes": "on", "why_paper_statutes": "Il manque les statuts signés."}
    preview = officer.post(ask, {**pieces, "go": "preview"}).content.decode()
    assert "Il manque les statuts signés." in preview
    assert "Envoyer la lettre" in preview
    assert "Voir le projet en PDF" in preview
    draft = officer.post(ask, {**pieces, "go": "pdf"})
    words = pdf_words(draft.content)
    assert "Projet – lettre non signée" in words
    assert "Il manque les statuts signés." in words
    assert not application.document_requests.exists()
    officer.post(ask, {**pieces, "go": "send"})
    assert Application.objects.get().state == "incomplete"
    officer.logout()
    member = signed_in(client, application.structure.representative())
    page = member.get(reverse("application_tracking", args=[application.reference])).content.decode()
    assert "Envoyez les pièces demandées" in page
    url = reverse("application_pieces", args=[application.reference])
    piece = application.document_requests.get().pieces.get()
    assert "Il manque les statuts signés." in member.get(url).content.decode()
    seen = {f"seen_{piece.pk}": piece.token()}
    refused = read_page(member, url, {f"{piece.pk}-answer": "Sans jeton"})
    assert "Rouvrez la page" in refused and "Sans jeton" in refused
    assert not type(piece).objects.get(pk=piece.pk).answer
    member.post(url, {**seen, f"{piece.pk}-cannot_provide": "on"})
    assert Application.objects.get().state == "incomplete"
    upload = SimpleUploadedFile("statuts.pdf", PDF, content_type="application/pdf")
    seen = {f"seen_{piece.pk}": type(piece).objects.get(pk=piece.pk).token()}
    done = member.post(url, {**seen, f"{piece.pk}-upload": upload, f"{piece.pk}-answer": "Les voici."})
    assert done.url == reverse("application_pieces_sent", args=[application.reference])
    again = SimpleUploadedFile("statuts.pdf", PDF, content_type="application/pdf")
    second_click = member.post(url, {f"{piece.pk}-upload": again, f"{piece.pk}-answer": "Les voici."})
    assert second_click.url == done.url
    page = member.get(done.url).content.decode()
    assert "Ajouté" in page
    assert Application.objects.get().state == "submitted"
    member.logout()
    officer = signed_in(client, application.case_officer)
    more = {"ask_paper_accounts": "on", "why_paper_accounts": "Il manque les comptes.", "go": "send"}
    refused = officer.post(ask, more).content.decode()
    assert "La première liste devait être complète" in " ".join(refused.split())
    assert application.document_requests.count() == 1
    officer.post(ask, {**more, "reason": "Les statuts citent un prêt."})
    assert application.document_requests.count() == 2


def two_officers(application):
    """The officer of the file and the substitute of their absence."""
    substitute, today = staff(Role.CASE_OFFICER), timezone.localdate()
    Absence.objects.create(
        user=application.case_officer,
        substitute=substitute,
        starts_on=today,
        ends_on=today + timedelta(days=3),
    )
    return signed_in(Client(), application.case_officer), signed_in(Client(), substitute)


def tokens_of(page):
    """The hidden fields that say which findings the page shows, and those of a conflict."""
    return dict(re.findall(r'name="((?:seen|theirs)_[^"]+)" value="([^"]+)"', page))


def test_two_people_check_the_same_pieces_and_no_finding_is_lost():
    application = label.taken(at=NOW)
    check = reverse("staff_completeness", args=[application.reference])
    officer, substitute = two_officers(application)
    opened = [tokens_of(one.get(check).content.decode()) for one in (officer, substitute)]
    mine = {"verdict_paper_statutes": "missing", "comment_paper_statutes": "Absents."}
    theirs = {"verdict_paper_statutes": "unclear", "comment_paper_statutes": "Pas signés."}
    elsewhere = {"verdict_paper_accounts": "present"}
    assert officer.post(check, opened[0] | mine).status_code == 302

    refused = substitute.post(check, opened[1] | theirs | elsewhere)

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Absents." in page
    assert "Pas signés." in page
    assert application.findings.get().comment == "Absents."
    shown = tokens_of(page)
    assert substitute.post(check, shown | theirs | elsewhere).status_code == 409  # saving again is no choice
    assert substitute.post(check, shown | theirs | elsewhere | {"go": "theirs"}).status_code == 302
    kept = {row.item: row.comment for row in application.findings.all()}
    assert kept == {"paper_statutes": "Absents.", "paper_accounts": ""}
    assert substitute.post(check, shown | theirs | elsewhere | {"go": "mine"}).status_code == 302
    assert application.findings.get(item="paper_statutes").comment == "Pas signés."


def test_two_people_who_check_different_pieces_do_not_disturb_each_other():
    application = label.taken(at=NOW)
    check = reverse("staff_completeness", args=[application.reference])
    officer, substitute = two_officers(application)
    opened = [tokens_of(one.get(check).content.decode()) for one in (officer, substitute)]
    officer.post(check, opened[0] | {"verdict_paper_statutes": "missing"})

    assert substitute.post(check, opened[1] | {"verdict_paper_accounts": "present"}).status_code == 302

    assert {row.item for row in application.findings.all()} == {"paper_statutes", "paper_accounts"}


def test_a_dossier_moved_by_a_colleague_is_told_and_the_text_given_back():
    application = label.taken(at=NOW)
    check = reverse("staff_completeness", args=[application.reference])
    ask = reverse("staff_ask_documents", args=[application.reference])
    officer, substitute = two_officers(application)
    pieces = {"ask_paper_statutes": "on", "why_paper_statutes": "Il manque les statuts signés.", "go": "send"}
    assert officer.post(ask, pieces).status_code == 302
    assert officer.post(ask, pieces).status_code == 302  # a double click

    late = substitute.post(check, {"verdict_paper_accounts": "unclear", "comment_paper_accounts": "Flous."})
    other = substitute.post(
        ask, {"ask_paper_accounts": "on", "why_paper_accounts": "Comptes flous.", "go": "send"}
    )

    for answer, words in ((late, "Flous."), (other, "Comptes flous.")):
        assert answer.status_code == 409
        assert words in answer.content.decode()
        assert f"{application.case_officer.get_full_name()} vient de le faire" in answer.content.decode()
    for url in (check, ask):
        read = substitute.get(url, follow=True)
        assert read.redirect_chain
        assert "vient de le faire" in read.content.decode()
    assert application.document_requests.get().pieces.get().code == "paper_statutes"


def test_acts_of_the_office(client):
    application = label.submitted(at=NOW)
    officer, colleague = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    signed_in(client, officer)
    act = reverse("staff_act", args=[application.reference])
    assert (
        colleague.get_full_name()
        in client.get(reverse("staff_application", args=[application.reference])).content.decode()
    )
    client.post(act, {"go": "take"})
    assert Application.objects.get().case_officer == officer
    assert client.post(act, {"go": "decide"}).status_code == 404
    refused = client.post(act, {"go": "admit"}, follow=True).content.decode()
    assert "pas encore possible" in refused
    label.register_concluded(Application.objects.get(), at=NOW)
    label.papers_checked(Application.objects.get(), at=NOW)
    client.post(act, {"go": "admit"})
    assert Application.objects.get().state == "admissible"
    again = client.post(reverse("staff_assign", args=[application.reference]), {"officer": colleague.pk})
    assert again.status_code == 302


def test_a_member_of_the_association_never_reaches_the_staff_page(client):
    application = label.submitted(at=NOW)
    signed_in(client, application.structure.representative())
    assert client.get(reverse("staff_application", args=[application.reference])).status_code == 404


def test_help_is_given_from_the_list(client):
    application = label.draft(at=NOW)
    actions.ask_help(
        application_pk=application.pk,
        phone="0102030405",
        when="mardi",
        at=NOW,
        by=representative_of(application.structure),
    )
    signed_in(client, staff(Role.SECRETARIAT))
    url = reverse("staff_helps")
    assert "mardi" in client.get(url).content.decode()
    assert client.post(url, {"help": "x"}).status_code == 404
    client.post(url, {"help": HelpRequest.objects.get().pk})
    assert HelpRequest.objects.get().handled_at


def test_a_dossier_received_by_post_is_typed_filed_and_read_back(client):
    label.ready_for_applications(at=NOW)
    secretary = staff(Role.SECRETARIAT)
    signed_in(client, secretary)
    assert client.get(reverse("on_behalf_find")).status_code == 200
    assert "Aucune structure" in client.get(reverse("on_behalf_find"), {"q": "Rivage"}).content.decode()
    made = client.post(
        reverse("on_behalf_structure"),
        {
            "name": "Rivage",
            "registration_kind": "rna",
            "raw_number": "W751000999",
            "address": "1 rue du Port",
            "postal_code": "75001",
            "city": "Paris",
            "first_name": "Rose",
            "last_name": "Martin",
            "quality": "Présidente",
        },
    )
    assert made.status_code == 302
    day = timezone.localdate(NOW)
    url = made.url
    wrong = client.post(url, {"means": "post", "received_on": f"{day:%d/%m/%Y}"})
    assert "cachet de la poste" in wrong.content.decode()
    posted = {
        "means": "post",
        "received_on": f"{day:%d/%m/%Y}",
        "postmarked_on": f"{day - timedelta(days=4):%d/%m/%Y}",
        "scan": SimpleUploadedFile("dossier.pdf", PDF, content_type="application/pdf"),
    }
    entered = client.post(url, posted)
    application = Application.objects.get()
    assert entered.url == reverse("application", args=[application.reference])
    page = client.get(entered.url).content.decode()
    assert "Rose Martin" in page
    section_url = section(application)
    client.post(
        section_url, {**hidden(client.get(section_url).content.decode()), "structure_summary": "Dicté."}
    )
    assert Answer.objects.get().text == "Dicté."
    assert application.paper_entry.postmarked_on == day - timedelta(days=4)
    assert "reçu le" in page and "par courrier" in page
    correction = reverse("on_behalf_correct", args=[application.reference])
    assert f'href="{correction}"' in page
    facts = {
        "means": "post",
        "received_on": f"{day:%d/%m/%Y}",
        "postmarked_on": "03/03/2020",
        "reason": "Cachet",
    }
    assert "Vérifiez l&#x27;année" in client.post(correction, facts).content.decode()
    client.post(correction, {**facts, "postmarked_on": f"{day - timedelta(days=2):%d/%m/%Y}"})
    application.paper_entry.refresh_from_db()
    assert application.paper_entry.postmarked_on == day - timedelta(days=2)


def test_an_officer_reads_a_shared_draft_and_writes_nothing(client, application):
    actions.ask_reading(application_pk=application.pk, at=NOW, by=representative_of(application.structure))
    signed_in(client, staff(Role.CASE_OFFICER))
    answer = client.get(reverse("application", args=[application.reference]))
    assert answer.url == reverse("staff_application", args=[application.reference])
    assert client.get(answer.url).status_code == 200
    client.post(section(application), {"structure_summary": "intrus"})
    assert not Answer.objects.exists()


def test_an_agent_who_is_a_member_does_not_take_the_file(client):
    agent = staff(Role.CASE_OFFICER)
    application = label.submitted(structures.structure(editor=agent, at=NOW), at=NOW)
    staff(Role.APPEAL_OFFICER)
    signed_in(client, agent)
    client.post(reverse("staff_act", args=[application.reference]), {"go": "take"})
    assert Application.objects.get().case_officer is None
    assert acting(agent, Role.CASE_OFFICER)


def read_page(client, url, data=None):
    answer = client.get(url) if data is None else client.post(url, data, follow=True)
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())


def test_a_file_is_said_to_be_checked_only_when_an_antivirus_will_look_at_it(member, application, settings):
    by = representative_of(application.structure)
    upload = SimpleUploadedFile("statuts.pdf", PDF, content_type="application/pdf")
    actions.add_document(application_pk=application.pk, upload=upload, description="Statuts", at=NOW, by=by)
    page = reverse("application_evidence", args=[application.reference, "A1"])
    assert "Vérification du fichier" not in read_page(member, page)
    settings.CLAMAV_SOCKET = "/nowhere"
    assert "Vérification du fichier" in read_page(member, page)


def test_questions_that_wait_for_a_yes_stand_together_and_say_so(member, application):
    page = read_page(member, section(application, "financements"))
    assert "Si vous avez répondu « Oui »" in page.replace("\u00a0", " ")
    assert page.count("Si oui") == 5  # the partnership with the Institute too
    group = page.partition(
        '<fieldset class="fr-fieldset lb-options"> <legend class="fr-fieldset__legend fr-mb-1w">Si'
    )[2]
    assert "funding_industry_amount_3" in group.partition("</fieldset>")[0]


def test_an_empty_list_of_actions_can_be_left_and_one_is_not_optional(member, application):
    page = read_page(member, section(application, "actions"))
    assert "Enregistrer et continuer" in page and "Revenir au sommaire" in page
    structures.solution(application.structure, at=NOW)
    page = read_page(member, section(application, "actions"))
    legend = page.partition("Actions présentées dans ce dossier")[2].partition("</legend>")[0]
    assert "facultatif" not in legend
    kept = member.post(section(application, "actions"), {"go": "summary"})
    assert kept.url == reverse("application", args=[application.reference])


def test_a_name_typed_in_a_list_is_kept_whichever_button_is_pressed(member, application):
    member.post(section(application, "actions"), {"name": "Permanence", "go": "continue"})
    assert Solution.objects.get().name == "Permanence"
    url = section(application, "personnes")
    posted = {"contributors_exist": "yes", "name": "Hôpital", "part": "Prête une salle", "go": "continue"}
    member.post(url, {**hidden(member.get(url).content.decode()), **posted})
    assert application.contributors.get().name == "Hôpital"


def test_the_page_before_applying_gives_every_delay_and_what_silence_means(client, settings):
    label.ready_for_applications(at=NOW)
    settings.SILENCE_EFFECT = "refusal"
    page = read_page(client, reverse("apply"))
    assert "en 41 jours au plus" in page
    assert "dans les 30 jours au plus après l'avis" in page
    assert "dans les 2 mois qui suivent le dépôt" in page
    assert "considérée comme refusée" in page
    settings.SILENCE_EFFECT = "acceptance"
    assert "considérée comme acceptée" in read_page(client, reverse("apply"))
    settings.SILENCE_EFFECT = ""
    assert "mois qui suivent le dépôt" not in read_page(client, reverse("apply"))


def test_the_model_dossier_follows_the_order_of_the_form(client):
    label.ready_for_applications(at=NOW)
    titles = re.findall(r"<h2 class=\"fr-h5\">(\d)\. ", read_page(client, reverse("apply_model")))
    assert titles == ["1", "2", "3", "4", "5", "6"]


def test_sending_no_piece_says_that_nothing_was_added(client):
    application = label.incomplete(at=NOW)
    signed_in(client, application.structure.representative())
    url = reverse("application_pieces", args=[application.reference])
    total = application.open_request().pieces.count()
    assert f"0 pièce sur {total}." in read_page(client, url)
    seen = {f"seen_{piece.pk}": piece.token() for piece in application.open_request().pieces.all()}
    assert "Rien n'a été ajouté" in read_page(client, url, seen)


def test_the_representative_reads_that_they_can_sign(member, application):
    page = read_page(member, section(application, "charte"))
    assert "Vous pouvez signer." in page
    assert "Seule la personne" not in page


def test_the_summary_says_what_was_asked_and_when(member, application):
    by = representative_of(application.structure)
    actions.ask_reading(application_pk=application.pk, at=NOW, by=by)
    facts = {"phone": "0600000000", "when": "mardi matin"}
    actions.ask_help(application_pk=application.pk, **facts, at=NOW, by=by)
    page = read_page(member, reverse("application", args=[application.reference]))
    assert "Vous avez demandé une relecture le" in page
    assert "Nous vous rappelons au 06 00 00 00 00" in page.replace("\u00a0", " ")
    assert "mardi matin" in page


def test_actions_to_complete_are_counted_as_actions(member, application):
    member.post(section(application, "actions"), {"name": "Permanence", "go": "add"})
    first = str(Solution.objects.get().pk)
    member.post(section(application, "actions"), {"presented": [first], "name": "Atelier", "go": "add"})
    page = read_page(member, reverse("application", args=[application.reference]))
    assert "À compléter : 2 actions" in page.replace("\u00a0", " ")


def test_a_name_loses_the_signs_that_reverse_it(member, application):
    member.post(section(application, "actions"), {"name": "Perma\u202enence\u200b d'été", "go": "add"})
    assert Solution.objects.get().name == "Permanence d'été"
