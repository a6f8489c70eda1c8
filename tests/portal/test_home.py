"""The home page and the language of the pages."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.factories.accounts import person, signed_in
from tests.factories.portal import granted, moved
from tests.reading import words

pytestmark = pytest.mark.django_db


def live(name: str):
    today = timezone.localdate()
    return granted(name, starts_on=today - timedelta(days=5), ends_on=today + timedelta(days=900))


def test_the_home_page_leads_to_a_check_in_one_field_and_one_button(client):
    answer = client.get(reverse("home"))
    said = words(answer)
    assert "Le label des associations qui aident les personnes touchées par un cancer" in said
    assert "L'Institut national du cancer décide." in said
    assert f'action="{reverse("verify")}"' in answer.content.decode()
    assert "Derniers labels accordés" not in said


def test_the_last_five_labels_that_stand_are_shown(client):
    labels = [live(f"Structure {place}") for place in range(7)]
    moved(labels[-1], "withdraw", timezone.localdate(), ended_on=timezone.localdate())
    said = words(client.get(reverse("home")))
    assert [name for name in map("Structure {}".format, range(7)) if name in said] == [
        f"Structure {place}" for place in range(1, 6)
    ]


@pytest.mark.parametrize("count", [1, 3, 7])
def test_two_queries_at_any_number_of_labels(client, count, django_assert_num_queries):
    for place in range(count):
        live(f"Structure {place}")
    with django_assert_num_queries(2):
        client.get(reverse("home"))


def test_english_is_remembered_and_the_page_comes_back(client):
    back = reverse("verify") + "?numero=LBL"
    answer = client.get(reverse("set_language_simple", args=["en"]), {"next": back})
    assert answer.url == back
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert client.get(reverse("verify")).headers["Content-Language"] == "en"
    client.get(reverse("set_language_simple", args=["fr"]))
    assert client.get(reverse("verify")).headers["Content-Language"] == "fr"


@pytest.mark.parametrize(
    "elsewhere", ["https://exemple.fr/", "//exemple.fr/", "javascript:alert(1)", "/\\exemple.fr", ""]
)
def test_an_address_elsewhere_is_not_followed(client, elsewhere):
    assert client.get(reverse("set_language_simple", args=["en"]), {"next": elsewhere}).url == "/"


def test_an_unknown_language_is_not_found(client):
    assert client.get(reverse("set_language_simple", args=["xx"])).status_code == 404


def test_the_preference_of_a_person_is_kept(client):
    user = person()
    signed_in(client, user).get(reverse("set_language_simple", args=["en"]))
    assert User.objects.get(pk=user.pk).language == "en"
