"""A list is walked both ways without losing or repeating a row, and its filters stay in the address."""

import pytest
from django.test import RequestFactory

from accounts.models import User
from desks.keyset import NEWEST, OLDEST, Order, key, page_of
from tests.factories.accounts import person


def at(address: str):
    return RequestFactory().get(address)


@pytest.mark.django_db
@pytest.mark.parametrize("order", [NEWEST, OLDEST])
def test_every_row_comes_once_forwards_and_backwards(order: Order) -> None:
    people = [person() for _ in range(7)]
    wanted = [user.pk for user in people]
    if order.descending:
        wanted.reverse()
    rows = User.objects.filter(pk__in=wanted)

    first = page_of(rows, at("/?x=1"), order=order, limit=3)
    second = page_of(rows, at(f"/{first.next_url}"), order=order, limit=3)
    third = page_of(rows, at(f"/{second.next_url}"), order=order, limit=3)

    assert [user.pk for page in (first, second, third) for user in page.rows] == wanted
    assert first.previous_url == "" and third.next_url == ""
    assert second.next_url.startswith("?x=1&apres=")
    back = page_of(rows, at(f"/{third.previous_url}"), order=order, limit=3)
    assert [user.pk for user in back.rows] == wanted[3:6]
    assert [
        user.pk for user in page_of(rows, at(f"/{back.previous_url}"), order=order, limit=3).rows
    ] == wanted[:3]


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["x", "", "-1", "9" * 30, "1~2", "1e3", "٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣"])
def test_an_absurd_place_is_the_first_page(place: str) -> None:
    user = person()

    assert page_of(User.objects.filter(pk=user.pk), at(f"/?apres={place}")).rows == [user]


@pytest.mark.django_db
def test_nothing_after_the_last_row() -> None:
    user = person()
    page = page_of(User.objects.filter(pk=user.pk), at(f"/?avant={user.pk + 1}"), order=OLDEST)

    assert page.rows == [user] and page.previous_url == ""
    assert page_of(User.objects.none(), at("/")).rows == []


def test_a_key_is_bounded() -> None:
    assert key("12") == 12
    with pytest.raises(ValueError, match="9223372036854775808"):
        key("9223372036854775808")
