"""The verification page and the live badge, beside a bare view that does one indexed query, in the same run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bench import Row

TIMES = 100


def verification() -> Iterator[Row]:
    """Queries of a first look, then requests per second: at least half of those of the bare view.

    A first look in its minute, and an answer that whoever asks holds already, are told beside.
    """
    from django.core.cache import caches
    from django.test import Client
    from django.urls import reverse

    from tests.bench import Row, at_least, at_most, counted, side_by_side
    from tests.factories import decisions

    client = Client()
    number = decisions.notified().label.number

    def asked(page: str, *, anew: bool = False, **headers: str) -> Any:
        if anew:
            caches["answers"].clear()
        return client.get(page, headers=headers)

    for what, name in (("verification page", "verify_label"), ("live badge", "live_badge")):
        page = reverse(name, args=[number])
        with counted() as statements:
            known = asked(page, anew=True)
        assert known.status_code == 200
        yield at_most(what, len(statements), 2)
        ways: tuple[tuple[str, dict[str, Any]], ...] = (
            (what, {}),
            (f"{what}, first look of a minute", {"anew": True}),
            (f"{what}, already known (304)", {"if_none_match": known.headers["ETag"]}),
        )
        for told, way in ways:
            ours, bare = side_by_side(
                lambda way=way, page=page: asked(page, **way),  # type: ignore[misc]
                lambda: client.get(f"/bare/{number}/"),
                times=TIMES,
            )
            yield Row(f"{told}, requests", round(1 / ours), "a second", 0, True, round(1 / bare))
            if told == what:
                yield at_least(what, bare / ours, 0.5, "of the bare rate", 1 / bare)
    with counted() as statements:
        assert client.get(reverse("register")).status_code == 200
    yield at_most("register of labels", len(statements), 10)
