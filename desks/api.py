"""The public API: the labels that anybody may check, for other programs. No key, nothing personal, bounded pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from ninja import NinjaAPI, Path, Query, Schema, Status

from certificates.models import Label
from certificates.status import status_on, with_periods
from decisions.models import Decision
from journal.keys import LARGEST_KEY
from journal.numbering import InvalidNumber, parse_number

MAXIMUM = 100

api = NinjaAPI(
    title="Label associatif",
    version="1.0.0",
    description="Labels granted by the Institut national du cancer, as /annuaire/ and /verifier/ tell them.",
    docs_url=None,
    urls_namespace="api-1",
)


class LabelOut(Schema):
    """One label. `status` is its state on `checked_on`; `solutions` are the recognised ones."""

    number: str
    status: str
    checked_on: date
    structure: str
    city: str
    region: str
    starts_on: date
    ends_on: date
    solutions: list[str]


class LabelsOut(Schema):
    """One page; `next` is the `after` of the next page, null at the end."""

    labels: list[LabelOut]
    next: int | None


class ErrorOut(Schema):
    """Why there is no answer: `unknown`, `malformed`, `lettered` or `mistyped`."""

    detail: str


@api.get("/labels", response=LabelsOut, operation_id="list_labels", summary="Labels of the public register")
def list_labels(
    request: HttpRequest,
    after: Annotated[int, Query(ge=0, le=LARGEST_KEY)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM)] = 50,
) -> dict[str, Any]:
    """The labels in force or suspended today, in the order in which they were granted."""
    today = timezone.localdate()
    rows = with_periods(
        _told(Label.objects.listed(on=today).filter(pk__gt=after).order_by("pk"))[: limit + 1]
    )
    shown = rows[:limit]
    return {
        "labels": [_label(label, today) for label in shown],
        "next": shown[-1].pk if len(rows) > limit else None,
    }


@api.get(
    "/labels/{number}",
    response={200: LabelOut, 404: ErrorOut},
    operation_id="get_label",
    summary="One label by its number, whatever its state",
)
def get_label(request: HttpRequest, number: Annotated[str, Path(max_length=64)]) -> Any:
    """The label that bears this number; dashes, spaces and capitals do not matter."""
    try:
        canonical = parse_number(number).canonical
    except InvalidNumber as error:
        return Status(404, {"detail": error.reason})
    label = _told(Label.objects.filter(number=canonical)).first()
    if label is None:
        return Status(404, {"detail": "unknown"})
    if label.decision.state == Decision.State.SIGNED:
        return Status(404, {"detail": "on_its_way"})
    return _label(label, timezone.localdate())


def _told(rows: Any) -> Any:
    return rows.select_related("structure", "decision").prefetch_related("recognised")


def _label(label: Label, today: date) -> dict[str, Any]:
    status = status_on(label, today)
    # Nobody is named by a label that a judge or the Institute made as if it had never been.
    is_told = status.code != "annulled"
    return {
        "number": label.number,
        "status": status.code,
        "checked_on": today,
        "structure": label.structure.name if is_told else "",
        "city": label.structure.city if is_told else "",
        "region": label.structure.region if is_told else "",
        "starts_on": label.starts_on,
        "ends_on": label.valid_until,
        "solutions": [one.name for one in label.recognised.all()] if is_told else [],
    }


def urls() -> list[URLPattern | URLResolver]:
    """The addresses of the API, open to everybody."""
    patterns: list[URLPattern | URLResolver] = list(api.urls[0])
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            login_not_required(pattern.callback)
    return patterns
