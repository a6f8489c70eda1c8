"""The pages of an application in a real browser: axe, 320 px, autosave, two tabs, without JavaScript."""

import os
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.moves import subject_key
from label import actions
from label.models import Answer, Application
from tests.browser.people import Somebody
from tests.factories import label, structures
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.structures import PDF, representative_of

pytestmark = pytest.mark.django_db(transaction=True)


def enter(page, live_server, user):
    """Sign that person in, in this browser."""
    cookie = signed_in(Client(), user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])


@pytest.fixture
def look(axe, fits):
    """Open a page, check it, and keep a picture when a folder is named in $SCREENSHOTS."""

    def run(page, address, name):
        if address:
            page.goto(address)
        assert page.locator("h1").count() == 1
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=Path(folder) / f"label-{name}-{width}.png", full_page=True)
        axe(page)
        fits(page)

    return run


def autosaved(page):
    """Wait for the answer of an autosave: the line that the page brings with it names a person, that one does not."""
    page.locator("[data-lb-saved]").get_by_text(re.compile(r"Enregistré à [\d\sh]+$")).wait_for()


def own(name, application, *more):
    return reverse(name, args=[application.reference, *more])


def test_the_pages_before_applying_read_well(page, look):
    look(page, reverse("apply"), "closed")
    label.ready_for_applications(at=timezone.now())
    look(page, reverse("apply"), "apply")
    look(page, reverse("apply_model"), "model")
    look(page, reverse("apply_paper"), "paper")


def test_every_page_of_a_draft_reads_well(page, live_server, look):
    now = timezone.now()
    application = label.draft(at=now)
    by = representative_of(application.structure)
    enter(page, live_server, by.user)
    upload = SimpleUploadedFile("statuts.pdf", PDF, content_type="application/pdf")
    actions.add_document(
        application_pk=application.pk, upload=upload, description="Statuts signés", at=now, by=by
    )
    look(page, own("application", application), "summary")
    for slug in ("structure", "fonctionnement", "actions", "personnes", "financements", "charte", "deposer"):
        look(page, own("application_section", application, slug), f"section-{slug}")
    look(page, own("application_evidence", application, "A1"), "evidence")
    shown = structures.solution(application.structure, at=now)
    look(page, own("application_solution", application, shown.pk), "solution")
    look(page, own("application_help", application), "help")
    look(page, own("application_reading", application), "reading")
    document = application.documents.get()
    look(page, own("application_document_remove", application, document.pk), "remove-document")
    look(page, reverse("structure_contact"), "contact")


def test_every_page_of_a_filed_dossier_reads_well(page, live_server, look):
    now = timezone.now()
    application = label.filled(at=now)
    by = representative_of(application.structure)
    enter(page, live_server, by.user)
    look(page, own("application_section", application, "deposer"), "check")
    look(page, own("application_submit", application), "submit")
    page.get_by_role("button", name="Déposer le dossier").click()
    look(page, "", "receipt")
    look(page, own("application_tracking", application), "tracking")
    look(page, own("application_read", application), "read")
    look(page, own("application_withdraw", application), "withdraw")


def test_pieces_are_asked_and_sent(page, another, live_server, look):
    application = label.taken(at=timezone.now())
    enter(page, live_server, application.case_officer)
    look(page, own("staff_application", application), "staff-application")
    look(page, own("staff_completeness", application), "staff-completeness")
    look(page, own("staff_assign", application), "staff-assign")
    page.goto(own("staff_completeness", application))
    page.locator("label[for=id_verdict_paper_statutes_1]").click()
    page.locator("#id_comment_paper_statutes").fill("Il manque les statuts signés.")
    page.get_by_role("button", name="Enregistrer et demander des pièces").click()
    page.get_by_role("button", name="Voir la lettre").click()
    look(page, "", "staff-ask")
    page.get_by_role("button", name="Envoyer la lettre").click()
    page.get_by_text("La demande de pièces est partie").wait_for()
    association = another()
    enter(association, live_server, application.structure.representative())
    look(association, own("application_tracking", application), "tracking-incomplete")
    look(association, own("application_pieces", application), "pieces")
    association.locator("textarea").fill("Voici les statuts.")
    association.locator("input[type=file]").set_input_files(
        {"name": "statuts.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    association.get_by_role("button", name="Envoyer les pièces").click()
    association.get_by_text("Ce qui a changé").wait_for()
    look(association, "", "pieces-sent")
    assert Application.objects.get().state == "submitted"


def test_the_office_types_a_paper(page, live_server, look):
    label.ready_for_applications(at=timezone.now())
    found = structures.structure(at=timezone.now())
    enter(page, live_server, staff(Role.SECRETARIAT))
    look(page, reverse("on_behalf_find"), "behalf-find")
    look(page, reverse("on_behalf_structure"), "behalf-structure")
    look(page, reverse("on_behalf_enter", args=[found.pk]), "behalf-enter")
    day = timezone.localdate()
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    facts = {"person": found.representative(), "means": "visit", "received_on": day}
    entered = actions.enter_on_behalf(structure_pk=found.pk, **facts, at=timezone.now(), by=secretary)
    look(page, own("on_behalf_correct", entered), "behalf-correct")
    look(page, reverse("staff_structure_contact", args=[found.pk]), "staff-contact")
    look(page, reverse("staff_helps"), "helps")


def test_a_word_typed_is_saved_by_itself_and_a_second_tab_is_told(page, live_server, axe):
    application = label.draft(at=timezone.now())
    enter(page, live_server, application.structure.representative())
    address = own("application_section", application, "structure")
    page.goto(address)
    second = page.context.new_page()
    second.goto(address)
    page.locator("#id_structure_summary").fill("Premier texte")
    autosaved(page)
    page.locator("#id_structure_summary").fill("Premier texte, plus long")
    with page.expect_response(lambda response: response.request.method == "POST"):
        pass
    assert Answer.objects.get().text == "Premier texte, plus long"
    second.locator("#id_structure_summary").fill("Second texte")
    second.get_by_text("changée ailleurs").wait_for()
    axe(second)
    second.get_by_role("button", name="Garder mon texte").click()
    second.get_by_text("Rien n'est encore déposé").wait_for()
    assert Answer.objects.get().text == "Second texte"


def test_a_draft_is_written_without_javascript(plain_page, live_server):
    application = label.draft(at=timezone.now())
    enter(plain_page, live_server, application.structure.representative())
    plain_page.goto(own("application_section", application, "structure"))
    plain_page.locator("#id_structure_volunteers").fill("12")
    plain_page.locator("#id_structure_volunteers").press("Enter")
    assert Answer.objects.get().text == "12"
    assert Application.objects.get().state == "draft"
    plain_page.goto(own("application_evidence", application, "A1"))
    plain_page.locator("#id_criterion_A1_1").fill("Nos statuts le disent.")
    plain_page.locator("#id_upload").set_input_files(
        {"name": "statuts.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    plain_page.locator("#id_description").fill("Statuts")
    plain_page.locator("button[value=add_document]").click()
    plain_page.get_by_text("Le document est ajouté").wait_for()
    assert Answer.objects.count() == 2


def end_session(page):
    page.context.clear_cookies(name="sessionid")


def sign_in_again(page, live_server, application):
    """As the pages of the sign-in do: a new session, and a new token for every form."""
    enter(page, live_server, application.structure.representative())
    page.context.clear_cookies(name="csrftoken")


def signed_in_through_the_pages(page, user):
    """Sign in on the page to which one was led, and go on."""
    somebody = Somebody(page, user.email)
    somebody.signs_in()
    somebody.declines_a_device()


def test_words_typed_after_the_end_of_the_session_are_saved_once_signed_in_again(page, live_server, watch):
    application = label.draft(at=timezone.now())
    enter(page, live_server, application.structure.representative())
    page.goto(own("application_section", application, "structure"))
    end_session(page)
    page.locator("#id_structure_summary").fill("Un mot de plus")
    page.get_by_text("Vous n'êtes plus connecté").wait_for()
    assert not Answer.objects.exists()
    sign_in_again(page, live_server, application)
    page.locator("#id_structure_summary").press_sequentially(" !")
    autosaved(page)
    assert Answer.objects.get().text == "Un mot de plus !"
    watch.problems.clear()  # the refusals of the token, as the console tells them


def test_the_save_button_sends_nothing_away_when_the_token_is_old(page, live_server, watch):
    application = label.draft(at=timezone.now())
    enter(page, live_server, application.structure.representative())
    page.goto(own("application_section", application, "structure"))
    end_session(page)
    page.locator("#id_structure_summary").fill("Un mot de plus")
    page.get_by_text("Vous n'êtes plus connecté").wait_for()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    assert page.locator("#id_structure_summary").input_value() == "Un mot de plus"
    sign_in_again(page, live_server, application)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("Vos réponses sont enregistrées").wait_for()
    assert Answer.objects.get().text == "Un mot de plus"
    watch.problems.clear()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_save_button_after_the_end_of_the_session_leads_back_to_the_same_words(
    another, live_server, javascript
):
    page = another(javascript=javascript)
    application = label.draft(at=timezone.now())
    representative = application.structure.representative()
    enter(page, live_server, representative)
    address = own("application_section", application, "structure")
    page.goto(address)
    end_session(page)
    page.locator("#id_structure_summary").fill("Un mot de plus")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    signed_in_through_the_pages(page, representative)
    page.wait_for_url(f"**{address}")
    page.get_by_text("Voici ce que vous aviez écrit").wait_for()
    assert page.locator("#id_structure_summary").input_value() == "Un mot de plus"
    if javascript:
        autosaved(page)
    else:
        page.get_by_role("button", name="Enregistrer", exact=True).click()
    assert Answer.objects.get().text == "Un mot de plus"


def test_a_page_older_than_the_sign_in_gives_its_words_back_without_javascript(plain_page, live_server):
    page = plain_page
    application = label.draft(at=timezone.now())
    enter(page, live_server, application.structure.representative())
    page.goto(own("application_section", application, "structure"))
    page.locator("#id_structure_summary").fill("Un mot de plus")
    sign_in_again(page, live_server, application)
    page.context.add_cookies([{"name": "csrftoken", "value": "a" * 32, "url": live_server.url}])
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("link", name="Reprendre là où j'en étais").click()
    assert page.locator("#id_structure_summary").input_value() == "Un mot de plus"
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("Vos réponses sont enregistrées").wait_for()
    assert Answer.objects.get().text == "Un mot de plus"


def test_a_message_sent_after_the_end_of_the_session_is_not_lost(plain_page, live_server):
    page = plain_page
    application = label.submitted(at=timezone.now())
    representative = application.structure.representative()
    enter(page, live_server, representative)
    page.goto(reverse("exchanges", args=[subject_key(application)]))
    end_session(page)
    page.locator("textarea").fill("Bonjour, une question.")
    page.get_by_role("button", name="Envoyer le message").click()
    signed_in_through_the_pages(page, representative)
    page.get_by_text("Voici ce que vous aviez écrit").wait_for()
    assert page.locator("textarea").input_value() == "Bonjour, une question."


def test_an_open_choice_between_two_texts_never_takes_the_focus_from_a_field(page, live_server, watch):
    application = label.draft(at=timezone.now())
    enter(page, live_server, application.structure.representative())
    address = own("application_section", application, "structure")
    page.goto(address)
    second = page.context.new_page()
    second.goto(address)
    page.locator("#id_structure_summary").fill("Premier texte")
    autosaved(page)
    second.locator("#id_structure_summary").fill("Second texte")
    second.get_by_text("changée ailleurs").wait_for()
    field = second.locator("#id_structure_second_contact")
    field.click()
    for part in ("Paul", " Martin"):
        with second.expect_response(lambda response: response.request.method == "POST"):
            field.press_sequentially(part)
    assert field.input_value() == "Paul Martin"
    assert field.evaluate("one => one === document.activeElement")
    autosaved(second)
    assert Answer.objects.get(question="structure_second_contact").text == "Paul Martin"
    assert Answer.objects.get(question="structure_summary").text == "Premier texte"
    watch.problems.clear()


def test_the_words_of_the_last_second_leave_with_the_page(page, live_server):
    application = label.draft(at=timezone.now())
    enter(page, live_server, application.structure.representative())
    page.goto(own("application_section", application, "structure"))
    page.locator("#id_structure_summary").fill("Un mot tapé juste avant")
    page.get_by_role("link", name="Messages").first.click()
    page.wait_for_url("**/messages/**")
    for _turn in range(50):  # the request outlives its page, which no longer tells of it
        if Answer.objects.exists():
            break
        page.wait_for_timeout(100)
    assert Answer.objects.get().text == "Un mot tapé juste avant"


def test_a_form_sent_without_a_connection_stays_on_the_page(page, live_server, watch):
    application = label.draft(at=timezone.now())
    enter(page, live_server, application.structure.representative())
    page.goto(own("application_section", application, "structure"))
    page.context.set_offline(True)
    page.locator("#id_structure_summary").fill("Dans le train")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("rien n'est envoyé").first.wait_for()
    assert page.locator("#id_structure_summary").input_value() == "Dans le train"
    page.context.set_offline(False)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("Vos réponses sont enregistrées").wait_for()
    assert Answer.objects.get().text == "Dans le train"
    watch.problems.clear()


def test_the_end_of_the_session_is_told_by_the_button_with_the_way_back(page, live_server, watch):
    application = label.draft(at=timezone.now())
    enter(page, live_server, application.structure.representative())
    page.goto(own("application_section", application, "structure"))
    end_session(page)
    page.locator("#id_structure_summary").fill("Un mot de plus")
    notice = page.locator(".lb-notice", has_text="Pour enregistrer, reconnectez-vous")
    notice.wait_for()
    assert notice.get_by_role("link").get_attribute("href") == reverse("account_login")
    assert "Votre session est terminée." in page.locator(".lb-session").inner_text()
    assert "Votre session se termine" not in page.locator("body").inner_text()
    sign_in_again(page, live_server, application)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("Vos réponses sont enregistrées").wait_for()
    assert Answer.objects.get().text == "Un mot de plus"
    watch.problems.clear()
