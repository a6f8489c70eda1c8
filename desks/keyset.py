"""One page of a list cut by the place of its last row: the cost does not depend on the length of the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode

from journal.keys import LARGEST_KEY

PAGE = 50
AFTER, BEFORE = "apres", "avant"


def key(text: str) -> int:
    """A row key read from an address. Raises ValueError when it cannot be one."""
    value = int(text)
    if not 0 <= value <= LARGEST_KEY:
        raise ValueError(text)
    return value


@dataclass(frozen=True)
class Order:
    """How a list is ordered: names of fields that together are unique, how to read each, and the direction."""

    fields: tuple[str, ...]
    readers: tuple[Callable[[str], Any], ...]
    descending: bool = False

    def read(self, text: str) -> tuple[Any, ...] | None:
        """A place read from an address; None for anything that is not one."""
        parts = text.split("~")
        if len(parts) != len(self.fields):
            return None
        try:
            return tuple(reader(part) for reader, part in zip(self.readers, parts, strict=True))
        except ValueError:
            return None

    def write(self, row: Any) -> str:
        """The place of a row."""
        return "~".join(_text(getattr(row, name)) for name in self.fields)

    def names(self, *, backwards: bool) -> list[str]:
        """What `order_by` takes in that direction."""
        sign = "-" if self.descending != backwards else ""
        return [f"{sign}{name}" for name in self.fields]

    def beyond(self, place: tuple[Any, ...], *, backwards: bool) -> Q:
        """The rows after that place, or before it."""
        side = "lt" if self.descending != backwards else "gt"
        found, equal = Q(), Q()
        for name, value in zip(self.fields, place, strict=True):
            found |= equal & Q(**{f"{name}__{side}": value})
            equal &= Q(**{name: value})
        return found


NEWEST = Order(("pk",), (key,), descending=True)
OLDEST = Order(("pk",), (key,))
BY_DATE = Order(("due_on", "pk"), (date.fromisoformat, key))


@dataclass(frozen=True)
class Page:
    """The rows of one page and the addresses of its neighbours, empty when there is none."""

    rows: list[Any]
    previous_url: str = ""
    next_url: str = ""


def page_of(
    rows: QuerySet[Any, Any], request: HttpRequest, *, order: Order = NEWEST, limit: int = PAGE
) -> Page:
    """The page that the address asks for; filters of the address are kept in the links to the next pages."""
    before = order.read(request.GET.get(BEFORE, ""))
    after = order.read(request.GET.get(AFTER, "")) if before is None else None
    place, backwards = before or after, before is not None
    if place is not None:
        rows = rows.filter(order.beyond(place, backwards=backwards))
    found = list(rows.order_by(*order.names(backwards=backwards))[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    return Page(
        found,
        previous_url=link(request, BEFORE, order.write(found[0]))
        if after is not None or (backwards and more)
        else "",
        next_url=link(request, AFTER, order.write(found[-1])) if backwards or more else "",
    )


def link(request: HttpRequest, name: str, place: str) -> str:
    """The address of this list with its filters, at another place."""
    return f"?{urlencode([*_kept(request), (name, place)])}"


def filters_of(request: HttpRequest) -> str:
    """The filters of the address, without the place, for the link to the file."""
    kept = _kept(request)
    return f"?{urlencode(kept)}" if kept else ""


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    return [(one, str(value)) for one, value in request.GET.items() if one not in (AFTER, BEFORE) and value]


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
