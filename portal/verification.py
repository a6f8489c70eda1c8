"""What a number opens: one label with all that the public may know of it, in two queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.models import (
    Certificate,
    Condition,
    Credential,
    Interruption,
    Label,
    RecognisedSolution,
    Suspension,
)
from certificates.periods import is_told
from certificates.status import ONE_DAY, Status, last_day_of, next_of, status_on, suspension_on
from decisions.models import Decision
from portal.solutions import ToldSolution
from portal.words import PANELS
from structures.models import Registration, SolutionFacet

LABEL_FIELDS = (
    "pk",
    "number",
    "state",
    "starts_on",
    "ends_on",
    "extended_until",
    "ended_on",
    "renewal_filed_on",
    "term_on",
    "issued_at",
    "structure_id",
)
NEXT = "next "  # before the name of a part: it hangs on the label that follows
TOLD_FACETS = ("field", "region", "department")
NO_TEXT = Value("", CharField())
NO_DATE = Cast(Value(None), DateField())


class Row(NamedTuple):
    """One line of the second query: which part it is of, and what it holds; the dates a part has not are None."""

    part: str
    key: int
    text: str
    more: str
    first: Any
    second: Any
    third: Any


class Heading(NamedTuple):
    """The first query: the label, its holder, what follows it, and the heads of their three journals."""

    pk: int
    number: str
    state: str
    starts_on: date
    ends_on: date
    extended_until: date | None
    ended_on: date | None
    renewal_filed_on: date | None
    term_on: date | None
    issued_at: datetime
    structure_id: int
    structure: str
    city: str
    department: str
    edition: str
    title_fr: str
    title_en: str
    following_pk: int | None
    following: str | None
    following_structure: str | None
    following_state: str | None
    following_starts_on: date | None
    following_ended_on: date | None
    following_head: str | None
    after_it: str | None  # what continues the label that follows: a merger before it has started
    after_it_structure: str | None
    head: str
    structure_head: str
    decision_state: str

    @property
    def is_on_its_way(self) -> bool:
        """Whether the act that grants it is signed and not received yet: nobody is told before its holder."""
        return self.decision_state == Decision.State.SIGNED


COLUMNS = (
    "pk",
    "number",
    "state",
    "starts_on",
    "ends_on",
    "extended_until",
    "ended_on",
    "renewal_filed_on",
    "term_on",
    "issued_at",
    "structure_id",
    "structure__name",
    "structure__city",
    "structure__department",
    "edition__version",
    "edition__title_fr",
    "edition__title_en",
    "following__pk",
    "following__number",
    "following__structure__name",
    "following__state",
    "following__starts_on",
    "following__ended_on",
    "following__thread__head",
    "following__following__number",
    "following__following__structure__name",
    "thread__head",
    "structure__thread__head",
    "decision__state",
)


@dataclass(slots=True)
class PublicLabel:
    """A label with its solutions, its registration and whether its certificate and credential can be downloaded."""

    heading: Heading
    label: Label
    solutions: list[ToldSolution] = field(default_factory=list)
    registration: tuple[str, str] | None = None
    has_certificate: bool = False
    is_sealed: bool = False
    has_credential: bool = False

    def status(self, day: date) -> Status:
        """The status on that day; no query."""
        return status_on(self.label, day)

    @property
    def last_day(self) -> date:
        """The last day of validity, extension included."""
        return last_day_of(self.label)

    def replaced_by(self, status: Status) -> tuple[str, str] | None:
        """The number and the holder of the label that takes the place of this one, None when none does."""
        heading = self.heading
        number, structure = heading.following, heading.following_structure
        if status.code == "transferred" and self.label.state == Label.State.RENEWED:
            number, structure = heading.after_it, heading.after_it_structure
        is_replaced = status.code in {"renewed", "transferred"} and number and structure
        return (number, structure) if is_replaced and number and structure else None


def heading_of(number: str) -> Heading | None:
    """The heading of the label that bears that canonical number, None when we never gave it; one query."""
    return next((Heading(*row) for row in _headings().filter(number=number)), None)


@cache
def _headings() -> QuerySet[Label, Any]:
    """Never run itself, only filtered: naming so many columns costs more than reading them."""
    return Label.objects.values_list(*COLUMNS)


def complete(heading: Heading) -> PublicLabel:
    """All that the public may know of that label; one query."""
    label = _label_of(heading)
    return _filled(PublicLabel(heading, label), _read(_parts(label)))


def dated(heading: Heading) -> PublicLabel:
    """Only what the status of that label reads: its badge tells nothing else; one query, of a quarter of the parts."""
    label = _label_of(heading)
    return _filled(PublicLabel(heading, label), _read(_all_periods(label)))


def _label_of(heading: Heading) -> Label:
    label = Label(**{name: getattr(heading, name) for name in LABEL_FIELDS})
    label._state.fields_cache["following"] = None
    if heading.following_starts_on is not None:
        label._state.fields_cache["following"] = Label(
            pk=heading.following_pk,
            state=heading.following_state,
            starts_on=heading.following_starts_on,
            ended_on=heading.following_ended_on,
        )
    return label


def _read(parts: Iterator[QuerySet[Any, Any]]) -> list[Row]:
    """These parts as one UNION: they differ, their columns are the same."""
    first, *others = parts
    return [Row(*row) for row in first.union(*others, all=True)]


def _parts(label: Label) -> Iterator[QuerySet[Any, Any]]:
    """Everything that hangs on the label."""
    recognised = RecognisedSolution.objects.filter(label=label)
    facets = SolutionFacet.objects.filter(solution__recognitions__label=label, facet__in=TOLD_FACETS)
    registrations = Registration.objects.filter(structure=label.structure_id, superseded_at=None)
    yield _part("solution", recognised, key="solution_id", text="name", more="solution__territory")
    yield _part("remote", recognised.filter(solution__remote=True), key="solution_id")
    yield _part("facet", facets, key="solution_id", text="code", more="facet")
    yield _part("registration", registrations, text="kind", more="value")
    newest = Certificate.objects.filter(label=label, replaced_by=None)
    yield _part("certificate", newest.filter(file__isnull=False))
    yield _part("sealed", newest.filter(sealed_at__isnull=False))
    yield _part("credential", Credential.objects.filter(certificate__in=newest))
    yield from _all_periods(label)


def _all_periods(label: Label) -> Iterator[QuerySet[Any, Any]]:
    yield from _periods(label)
    if after := next_of(label):
        yield from _periods(after, NEXT)


def _periods(label: Label, mark: str = "") -> Iterator[QuerySet[Any, Any]]:
    """What `status_on` reads of a label; `mark` tells those of the label that follows from its own."""
    yield _part(
        f"{mark}suspension",
        Suspension.objects.filter(label=label, annulled_at=None),
        text="public_reason",
        first="starts_on",
        second="ends_on",
        third="lifted_on",
    )
    yield _part(
        f"{mark}condition",
        Condition.objects.filter(label=label),
        first="due_on",
        second="met_on",
        third="set_on",
    )
    yield _part(
        f"{mark}interruption",
        Interruption.objects.filter(label=label, annulled_at=None),
        text="state",
        first="starts_on",
        second="restored_on",
    )


def _part(part: str, rows: QuerySet[Any], **columns: str) -> QuerySet[Any, Any]:
    named = {
        "row_part": Value(part, CharField()),
        "row_key": F(columns.get("key", "pk")),
        **{f"row_{name}": F(columns[name]) if name in columns else NO_TEXT for name in ("text", "more")},
        **{
            f"row_{name}": F(columns[name]) if name in columns else NO_DATE
            for name in ("first", "second", "third")
        },
    }
    return rows.order_by().annotate(**named).values_list(*named)


def _filled(public: PublicLabel, rows: list[Row]) -> PublicLabel:
    parts: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.key):
        parts.setdefault(row.part, []).append(row)
    solutions = {row.key: ToldSolution(row.text, row.more) for row in parts.get("solution", [])}
    for row in parts.get("facet", []):
        solutions[row.key].add(row.more, row.text)
    for row in parts.get("remote", []):
        solutions[row.key].remote = True
    public.solutions = list(solutions.values())
    public.has_certificate = "certificate" in parts
    public.is_sealed = "sealed" in parts
    public.has_credential = "credential" in parts
    if registrations := parts.get("registration"):
        public.registration = registrations[0].text, registrations[0].more
    _fill_periods(public.label, parts)
    if after := next_of(public.label):
        _fill_periods(after, parts, NEXT)
    return public


def _fill_periods(label: Label, parts: dict[str, list[Row]], mark: str = "") -> None:
    suspensions = [
        Suspension(
            pk=row.key, public_reason=row.text, starts_on=row.first, ends_on=row.second, lifted_on=row.third
        )
        for row in parts.get(f"{mark}suspension", [])
    ]
    _keep(label, "suspensions", suspensions)
    conditions = [
        Condition(due_on=row.first, met_on=row.second, set_on=row.third)
        for row in parts.get(f"{mark}condition", [])
    ]
    _keep(label, "conditions", conditions)
    interruptions = [
        Interruption(state=row.text, starts_on=row.first, restored_on=row.second)
        for row in parts.get(f"{mark}interruption", [])
    ]
    _keep(label, "interruptions", interruptions)


def _keep(label: Label, relation: str, rows: list[Any]) -> None:
    """Give the label what a prefetch would have read, so that `status_on` asks nothing more."""
    known = getattr(label, relation).get_queryset()
    known._result_cache = rows
    known._prefetch_done = True
    label.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = known


def history(public: PublicLabel, today: date) -> list[dict[str, Any]]:
    """The life of the label for the timeline: a measure is told while it stands, nothing once annulled."""
    label = public.label
    if label.state == Label.State.ANNULLED:
        return []
    events = [
        {
            "on": localdate(label.issued_at),
            "words": _("Label accordé"),
            "detail": _("après avis du comité (patients, aidants, professionnels de santé)."),
        },
        *_measures(label, today),
        *_end(public, today),
    ]
    return sorted(events, key=lambda event: event["on"])


def _measures(label: Label, today: date) -> Iterator[dict[str, Any]]:
    status = status_on(label, today)
    for gap in _gaps(label, today):
        if gap.restored_on <= today:
            yield {"on": gap.starts_on, "words": _("Label retiré"), "detail": ""}
            yield {"on": gap.restored_on, "words": _("Label rétabli"), "detail": _("Le retrait est annulé.")}
    for past in _suspensions(label):
        if past.last_day < today and is_told(past, today):
            yield {"on": past.starts_on, "words": _("Label suspendu"), "detail": ""}
            yield {"on": past.last_day + ONE_DAY, "words": _("Suspension levée"), "detail": ""}
    if period := status.code == "suspended" and suspension_on(label, today):
        why = period.get_public_reason_display()
        yield {
            "on": status.since,
            "words": _("Label suspendu"),
            "detail": _("Raison : {reason}.").format(reason=why) if why else "",
        }
        yield {
            "on": status.until,
            "words": _("Fin de la suspension"),
            "detail": _("au plus tard."),
            "future": True,
        }
    if status.code == "valid_with_conditions" and status.until:
        words = ngettext("Un point à corriger", "{count} points à corriger", status.open_conditions)
        yield {
            "on": status.until,
            "prefix": _("Avant le"),
            "words": words.format(count=status.open_conditions),
            "future": status.until >= today,
        }


def _gaps(label: Label, today: date) -> Iterator[Interruption]:
    """The days for which the public read that the label was withdrawn, then given back, as long as it is told."""
    yield from (row for row in label.interruptions.all() if is_told(row, today))
    if after := next_of(label):
        early = (row for row in after.interruptions.all() if row.restored_on < after.starts_on)
        yield from (row for row in early if is_told(row, today, of_next=True))


def _suspensions(label: Label) -> Iterator[Suspension]:
    """Its periods, and those of the label that follows before it started."""
    yield from label.suspensions.all()
    if after := next_of(label):
        yield from (row for row in after.suspensions.all() if row.starts_on < after.starts_on)


def _end(public: PublicLabel, today: date) -> Iterator[dict[str, Any]]:
    label, status = public.label, public.status(today)
    if status.may_be_used or status.code == "suspended":
        if label.extended_until:
            yield {
                "on": label.ends_on,
                "words": _("Label prolongé par écrit"),
                "future": label.ends_on >= today,
            }
        yield {
            "on": public.last_day,
            "words": _("Fin de validité"),
            "detail": _("sauf renouvellement."),
            "future": True,
        }
    elif status.since:
        yield {"on": status.since, "words": PANELS[status.code].word, "detail": ""}
