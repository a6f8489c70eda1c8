"""The pages that the law asks for, and the map of what is kept."""

from collections import Counter
from datetime import date

import pytest
from django.apps import apps
from django.urls import reverse

from portal.data_map import SUBJECTS
from tests.reading import words

PAGES = (
    "home",
    "verify",
    "register",
    "contact",
    "accessibility",
    "personal_data",
    "legal_notice",
    "source_code",
    "log",
)


def test_every_model_is_on_the_map_once():
    models = {model._meta.label_lower for model in apps.get_models()}
    told = Counter(name for subject in SUBJECTS for name in subject.models)
    assert sorted(models - set(told)) == [], "say in portal/data_map.py what these hold, why and how long"
    assert sorted(set(told) - models) == []
    assert [name for name, times in told.items() if times > 1] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_public_pages_need_no_account(client, name, language):
    client.cookies["django_language"] = language
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1
    assert "<script" not in page


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("fully", "totalement conforme"),
        ("partially", "partiellement conforme"),
        ("not", "pas encore conforme"),
    ],
)
def test_the_statement_of_accessibility(client, settings, status, said):
    settings.ACCESSIBILITY_STATUS = status
    page = words(client.get(reverse("accessibility")))
    assert said in page
    assert "Défenseur des droits" in page
    assert "01 00 00 00 00" in page


def test_the_audit_is_told_as_it_was(client, settings):
    assert settings.ACCESSIBILITY_STATUS == "not"
    assert "Aucun audit n'a été fait." in words(client.get(reverse("accessibility")))
    settings.ACCESSIBILITY_AUDITED_ON = date(2027, 3, 31)
    settings.ACCESSIBILITY_AUDITOR = "l'atelier Untel"
    page = words(client.get(reverse("accessibility")))
    assert "Audit du 31 mars 2027, par l'atelier Untel." in page
    assert "Aucun audit" not in page


def test_hours_in_french_are_marked_on_an_english_page(client, settings):
    client.get(reverse("set_language_simple", args=["en"]))
    page = client.get(reverse("contact")).content.decode()
    assert '<span lang="fr">du lundi au vendredi, de 9\u00a0h à 17\u00a0h</span>' in page.replace(
        "9 h à 17 h", "9\u00a0h à 17\u00a0h"
    )
    settings.SERVICE_HOURS_EN = "Monday to Friday, 9 am to 5 pm"
    page = client.get(reverse("contact")).content.decode()
    assert "Monday to Friday, 9 am to 5 pm" in page
    assert '<span lang="fr">' not in page


def test_the_map_is_on_the_page(client):
    page = words(client.get(reverse("personal_data")))
    for subject in SUBJECTS:
        assert words_of(subject.what) in page


def words_of(text):
    return " ".join(str(text).split())


def test_where_the_source_is(client, settings):
    assert "Demandez-nous le code source" in words(client.get(reverse("source_code")))
    settings.SOURCE_CODE_URL = "https://exemple.fr/label.tar.gz"
    assert 'href="https://exemple.fr/label.tar.gz"' in client.get(reverse("source_code")).content.decode()
