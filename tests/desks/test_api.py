"""The public API: what anybody may know of labels, in bounded pages, without key."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from certificates.models import Label
from tests.factories import portal
from tests.factories.structures import structure

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def granted(name: str = "Escale Anémone") -> Label:
    """A label in force since a year."""
    return portal.granted(name, starts_on=TODAY - timedelta(days=365), ends_on=TODAY + timedelta(days=700))


def test_it_describes_itself(client: Client) -> None:
    told = client.get("/api/v1/openapi.json").json()

    assert set(told["paths"]) == {"/api/v1/labels", "/api/v1/labels/{number}"}
    for path in told["paths"].values():
        for parameter in path["get"]["parameters"]:
            schema = parameter["schema"]
            assert schema["type"] != "integer" or {"minimum", "maximum"} <= schema.keys()
    assert client.get("/api/v1/docs").status_code == 404


def test_a_label_is_told_with_its_state_of_today(client: Client) -> None:
    label = granted()

    told = client.get(f"/api/v1/labels/{label.number.lower().replace('-', ' ')}").json()

    assert told["number"] == label.number
    assert told["status"] == "valid"
    assert told["structure"] == label.structure.name
    assert told["solutions"] == [one.name for one in label.recognised.all()]
    assert set(told) == {
        "number",
        "status",
        "checked_on",
        "structure",
        "city",
        "region",
        "starts_on",
        "ends_on",
        "solutions",
    }


@pytest.mark.parametrize(
    ("number", "reason"),
    [("LBL-2027-999999-60", "mistyped"), ("bonjour", "malformed"), ("LBL-2027-000123-29", "unknown")],
)
def test_no_label_has_its_own_words(client: Client, number: str, reason: str) -> None:
    answer = client.get(f"/api/v1/labels/{number}")

    assert answer.status_code == 404 and answer.json() == {"detail": reason}


def test_an_annulled_label_tells_nothing_of_what_it_recognised(client: Client) -> None:
    label = portal.moved(granted(), "annul", TODAY, ended_on=TODAY)

    told = client.get(f"/api/v1/labels/{label.number}").json()

    assert (told["status"], told["solutions"]) == ("annulled", [])


def test_suspended_labels_are_listed_with_the_word_and_ended_ones_are_not(client: Client) -> None:
    suspended = portal.suspended(granted("Cap Douceur"), TODAY - timedelta(days=2))
    portal.moved(
        granted("Fil d'Aurore"), "withdraw", TODAY - timedelta(days=1), ended_on=TODAY - timedelta(days=1)
    )

    told = client.get("/api/v1/labels").json()

    assert [(one["number"], one["status"]) for one in told["labels"]] == [(suspended.number, "suspended")]


def test_pages_follow_each_other_under_the_same_queries(client: Client, django_assert_num_queries) -> None:
    labels = [granted(f"Structure {number}") for number in range(3)]

    with django_assert_num_queries(5):
        first = client.get("/api/v1/labels?limit=2").json()
    second = client.get(f"/api/v1/labels?limit=2&after={first['next']}").json()

    assert [one["number"] for page in (first, second) for one in page["labels"]] == [
        one.number for one in labels
    ]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "after=-1", f"after={2**63}", "limit=x"])
def test_numbers_out_of_bounds_are_refused(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/labels?{query}").status_code == 422


def test_it_says_nothing_of_people(client: Client) -> None:
    structure()
    label = granted()

    told = (
        client.get("/api/v1/labels").content.decode()
        + client.get(f"/api/v1/labels/{label.number}").content.decode()
    )

    assert "@" not in told and "Brossard" not in told
