"""Words sent when signed out, or from a page older than the sign-in, come back to the same person on the same page."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import kept
from label.models import Answer
from tests.factories import label
from tests.factories.accounts import person, signed_in
from tests.factories.structures import member

pytestmark = pytest.mark.django_db
NOW = timezone.now()
WORDS = "Nous accompagnons les familles. <b>Été</b> 🌸"


@pytest.fixture
def application():
    return label.draft(at=NOW)


@pytest.fixture
def representative(application):
    return application.structure.representative()


@pytest.fixture
def browser(representative):
    """A browser that checks tokens, as real ones are checked."""
    return signed_in(Client(enforce_csrf_checks=True), representative)


def address(application, slug="structure"):
    return reverse("application_section", args=[application.reference, slug])


def hidden(page):
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def filled(browser, url, **more):
    """What that page would send."""
    return {**hidden(browser.get(url).content.decode()), "structure_summary": WORDS, "go": "save", **more}


def sign_out(browser):
    del browser.cookies[settings.SESSION_COOKIE_NAME]


def test_words_sent_after_the_end_of_the_session_come_back_after_sign_in(
    browser, application, representative
):
    url = address(application)
    posted = filled(browser, url)
    sign_out(browser)
    answer = browser.post(url, posted)
    assert answer.url == f"{reverse('account_login')}?next={url}"
    assert not Answer.objects.exists()
    page = signed_in(browser, representative).get(url).content.decode()
    assert "Nous accompagnons les familles. &lt;b&gt;Été&lt;/b&gt; 🌸" in page
    assert "Voici ce que vous aviez écrit" in page
    assert browser.post(url, {**posted, **hidden(page)}).status_code == 302
    assert Answer.objects.get().text == WORDS
    assert "Voici ce que vous aviez écrit" not in browser.get(url).content.decode()


def test_the_page_given_back_keeps_its_token_so_that_another_change_is_told(
    browser, application, representative
):
    url = address(application)
    posted = filled(browser, url)
    sign_out(browser)
    browser.post(url, posted)
    signed_in(browser, representative)
    other = signed_in(Client(), representative)
    other.post(url, {**filled(other, url), "structure_summary": "Un autre texte"})
    page = browser.get(url).content.decode()
    answer = browser.post(url, {**posted, **hidden(page)}).content.decode()
    assert "changée ailleurs" in answer
    assert Answer.objects.get().text == "Un autre texte"


def test_a_page_older_than_the_sign_in_keeps_its_words(browser, application, representative):
    url = address(application)
    posted = filled(browser, url)
    refused = browser.post(url, {**posted, "csrfmiddlewaretoken": "a" * 64})
    assert refused.status_code == 403
    assert f'href="{url}"' in refused.content.decode()
    assert "Nous accompagnons" in browser.get(url).content.decode()


def test_another_person_never_receives_the_words(browser, application, representative):
    colleague = member(application.structure, at=NOW)
    url = address(application)
    posted = filled(browser, url)
    sign_out(browser)
    browser.post(url, posted)
    page = signed_in(browser, colleague).get(url)
    assert page.status_code == 200
    assert "Nous accompagnons" not in page.content.decode()
    assert browser.session[kept.KEY] == {}
    refused = browser.post(url, {**posted, "csrfmiddlewaretoken": "a" * 64})
    assert "Revenez à la page précédente" in refused.content.decode()
    assert "Nous accompagnons" not in browser.get(url).content.decode()


def test_a_visitor_stores_nothing(application):
    client, url = Client(), address(application)
    for mark in ("", "1", "1:forged", kept.mark_of(person())[:-1]):
        client.post(url, {"structure_summary": WORDS, kept.MADE_FOR: mark})
    assert kept.KEY not in client.session


def test_what_is_kept_is_bounded_in_size_number_and_time(browser, application, representative, monkeypatch):
    url = address(application)
    mark = {kept.MADE_FOR: kept.mark_of(representative)}
    client = Client()
    client.post(url, {"structure_summary": "a" * (kept.MOST_CHARACTERS + 1), **mark})
    assert kept.KEY not in client.session
    for number in range(kept.MOST_PAGES + 2):
        client.post(f"{url}?n={number}", {"structure_summary": WORDS, **mark})
    assert len(client.session[kept.KEY]) == kept.MOST_PAGES
    signed_in(client, representative)
    last = f"{url}?n={kept.MOST_PAGES + 1}"
    assert "Nous accompagnons" in client.get(last).content.decode()
    session = client.session
    session[kept.KEY][last]["until"] = (NOW - timedelta(seconds=1)).timestamp()
    session.save()
    assert "Nous accompagnons" not in client.get(last).content.decode()


def test_the_page_of_the_form_comes_back_even_when_the_form_is_sent_elsewhere(application, representative):
    client, page = Client(), address(application)
    mark = {kept.MADE_FOR: kept.mark_of(representative), "text": "mots"}
    elsewhere = reverse("application_duplicate", args=[application.reference])
    answer = client.post(elsewhere, mark, HTTP_REFERER=f"http://testserver{page}")
    assert answer.url == f"{reverse('account_login')}?next={page}"


def test_a_code_is_never_kept(application, representative):
    client = Client()
    client.post(address(application), {kept.MADE_FOR: kept.mark_of(representative), "code": "123456"})
    assert kept.KEY not in client.session
