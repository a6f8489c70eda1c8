"""The register of labelled associations: what is looked for, and the pages of what is found.

The same number of queries at any size: the first one reads at most a thousand keys, which count and drive the
page; beyond that many, the page is walked in the order of an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Prefetch, Q, QuerySet, Value

from certificates.models import Label, RecognisedSolution
from certificates.questions import suspended_on
from certificates.search import plain_words
from certificates.status import Status, status_on, with_periods
from portal.solutions import ToldSolution
from structures.models import SolutionFacet
from structures.territories import DEPARTMENTS, REGIONS

REMOTE = "distance"
EVERYWHERE = "*"
PAGE = 50
MOST_COUNTED = 1000
MOST_WORDS = 5
SORTS = {"nom": ("search_text", "pk"), "recent": ("-pk",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody looks for; nothing chosen means everything. `place` is a region or REMOTE."""

    words: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    cancer: str = ""
    place: str = ""
    audience: str = ""
    has_no_word: bool = False  # something was typed of which no word is left: nothing bears it

    @classmethod
    def of(cls, text: str, **chosen: Any) -> Choice:
        """The choice with the words of a text, without accents nor capitals."""
        words = tuple(plain_words(text).split()[:MOST_WORDS])
        return cls(words=words, has_no_word=bool(text.strip()) and not words, **chosen)

    @property
    def is_empty(self) -> bool:
        """Whether everything is asked."""
        return self == Choice()

    @property
    def describes_solutions(self) -> bool:
        """Whether a solution has to be looked at, and not only the names."""
        return bool(self.fields or self.cancer or self.place or self.audience)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page starts: after or before a label, by its key; at the beginning without either."""

    after: int | None = None
    before: int | None = None


@dataclass(slots=True)
class Entry:
    """One line of the register."""

    label: Label
    status: Status
    solutions: list[ToldSolution]


@dataclass(slots=True)
class Page:
    """One page of the register, with the keys from which the neighbours start."""

    entries: list[Entry]
    previous: int | None = None
    next: int | None = None


@dataclass(slots=True)
class Found:
    """What a choice finds on that day; `keys` is None when there are more than a thousand.

    Suspended labels are found, and counted apart: their holders may not use the label.
    """

    choice: Choice
    on: date
    keys: list[int] | None
    suspended: frozenset[int] = frozenset()

    @property
    def count(self) -> int | None:
        """How many, None when there are more than MOST_COUNTED."""
        return None if self.keys is None else len(self.keys)

    def labels(self) -> QuerySet[Label]:
        """The labels found, in no order."""
        if self.keys is not None:
            return Label.objects.filter(pk__in=self.keys)
        return matching(self.choice, on=self.on)


def search(choice: Choice, *, on: date) -> Found:
    """Look for labels; one query, whose work is bounded when the choice is common, two when one found is renewed."""
    if choice.has_no_word:
        return Found(choice, on, [])
    rows: QuerySet[Any, tuple[int, str]]
    if choice.describes_solutions:
        listed = _named(choice, on=on).filter(pk=OuterRef("label_id"))
        rows = recognised(choice, Joined()).filter(Exists(listed)).values_list("label_id", "label__state")
    else:
        rows = _named(choice, on=on).values_list("pk", "state")
    states = dict(rows.order_by().distinct()[: MOST_COUNTED + 1])
    if len(states) > MOST_COUNTED:
        return Found(choice, on, None)
    suspended = {key for key, state in states.items() if state == Label.State.SUSPENDED}
    if renewed := [key for key, state in states.items() if state == Label.State.RENEWED]:
        suspended |= set(Label.objects.filter(suspended_on(on), pk__in=renewed).values_list("pk", flat=True))
    return Found(choice, on, list(states), frozenset(suspended))


def matching(choice: Choice, *, on: date) -> QuerySet[Label]:
    """The labels of the register that answer the choice; the filters on solutions hold for one same solution."""
    labels = _named(choice, on=on)
    if choice.describes_solutions:
        labels = labels.filter(Exists(recognised(choice, Checked()).filter(label=OuterRef("pk"))))
    return labels


def _named(choice: Choice, *, on: date) -> QuerySet[Label]:
    labels: QuerySet[Label] = Label.objects.listed(on=on)
    for word in choice.words:
        labels = labels.filter(search_text__contains=word)
    return labels


class Joined:
    """A facet as a join: the rarest facet of a choice may lead the database to the solutions."""

    def __call__(
        self, rows: QuerySet[RecognisedSolution], facet: str, codes: Iterable[str]
    ) -> QuerySet[RecognisedSolution]:
        """The rows whose solution has one of the codes of that facet."""
        return rows.filter(solution__facets__facet=facet, solution__facets__code__in=codes)


class Checked(Joined):
    """A facet as a question about one solution already at hand: for labels walked in their order."""

    def __call__(
        self, rows: QuerySet[RecognisedSolution], facet: str, codes: Iterable[str]
    ) -> QuerySet[RecognisedSolution]:
        """The rows whose solution has one of the codes of that facet."""
        held = SolutionFacet.objects.filter(solution=OuterRef("solution_id"), facet=facet, code__in=codes)
        return rows.filter(Exists(held))


def recognised(choice: Choice, having: Joined) -> QuerySet[RecognisedSolution]:
    """The recognised solutions that answer the choice."""
    rows = RecognisedSolution.objects.all()
    if choice.fields:
        rows = having(rows, "field", choice.fields)
    if choice.cancer:
        # A solution for all cancers is also for this one.
        rows = having(rows, "cancer", (choice.cancer, "all"))
    if choice.audience:
        rows = having(rows, "audience", (choice.audience,))
    if choice.place == REMOTE:
        rows = rows.filter(solution__remote=True)
    elif choice.place:
        rows = rows.filter(_covers(choice.place))
    return rows


def _covers(region: str) -> Q:
    """Solutions of that region, of one of its departments, or of the whole country."""
    here = SolutionFacet.objects.filter(_facet_in(region), solution=OuterRef("solution_id"))
    return Q(solution__territory="national") | Q(Exists(here))


def page_of(found: Found, *, sort: str = "nom", position: Position | None = None, size: int = PAGE) -> Page:
    """One page in the order asked; a position that no longer exists starts from the beginning."""
    position = position or Position()
    backwards = position.before is not None and position.after is None
    labels, starts_somewhere = _from(found.labels(), sort, position, backwards)
    ordered = labels.order_by(*SORTS[sort])
    rows = with_periods(_told(ordered.reverse() if backwards else ordered)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    page = Page([_entry(label, found.on) for label in rows])
    if rows and (more if backwards else starts_somewhere):
        page.previous = rows[0].pk
    if rows and (starts_somewhere if backwards else more):
        page.next = rows[-1].pk
    return page


def _from(
    labels: QuerySet[Label], sort: str, position: Position, backwards: bool
) -> tuple[QuerySet[Label], bool]:
    key = position.before if backwards else position.after
    if key is None:
        return labels, False
    if sort == "recent":
        return (labels.filter(pk__gt=key) if backwards else labels.filter(pk__lt=key)), True
    text = Label.objects.filter(pk=key).values_list("search_text", flat=True).first()
    if text is None:
        return labels, False
    if backwards:
        return labels.filter(search_text__lte=text).filter(Q(search_text__lt=text) | Q(pk__lt=key)), True
    return labels.filter(search_text__gte=text).filter(Q(search_text__gt=text) | Q(pk__gt=key)), True


def _told(labels: QuerySet[Label]) -> QuerySet[Label]:
    """With all that a line says but its status, in two more queries whatever the number of lines."""
    solutions = RecognisedSolution.objects.select_related("solution").order_by("pk")
    recognised_rows = Prefetch("recognised", solutions.prefetch_related("solution__facets"))
    told = labels.select_related("structure", "application")
    return told.prefetch_related(recognised_rows)


def _entry(label: Label, on: date) -> Entry:
    solutions = []
    for row in label.recognised.all():
        told = ToldSolution(row.name, row.solution.territory, row.solution.remote)
        for facet in row.solution.facets.all():
            told.add(facet.facet, facet.code)
        solutions.append(told)
    return Entry(label, status_on(label, on), solutions)


def everything(found: Found, *, size: int = 500) -> Iterator[list[Entry]]:
    """Every line found, by name, in pieces of `size`: for files, which have no pages."""
    position: Position | None = Position()
    while position is not None:
        page = page_of(found, position=position, size=size)
        if page.entries:
            yield page.entries
        position = Position(after=page.next) if page.next else None


def by_region(choice: Choice, *, on: date) -> dict[str, int]:
    """How many labels answer the choice in each region, in two queries; MOST_COUNTED + 1 means more than that.

    Suspended labels do not count, unless there are so many labels that regions are only sampled.
    What exists everywhere in France counts in each region.
    """
    found = search(replace(choice, place=""), on=on)
    rows = _places_of(found) if found.keys is not None else _places_sampled(found)
    places: dict[str, set[int]] = defaultdict(set)
    for place, label in rows:
        places[place].add(label)
    everywhere = places[EVERYWHERE]
    counted = {region.code: len(places[region.code] | everywhere) for region in REGIONS}
    return {code: min(number, MOST_COUNTED + 1) for code, number in counted.items()}


def _places_of(found: Found) -> Iterator[tuple[str, int]]:
    """Where each label found is, when there are few: all that their solutions say."""
    regions = {("department", department.code): department.region for department in DEPARTMENTS}
    regions |= {("region", region.code): region.code for region in REGIONS}
    rows = recognised(found.choice, Checked()).filter(label_id__in=set(found.keys or ()) - found.suspended)
    said = ("label_id", "solution__territory", "solution__facets__facet", "solution__facets__code")
    for label, territory, facet, code in rows.order_by().values_list(*said):
        if territory == "national":
            yield EVERYWHERE, label
        elif place := regions.get((facet, code)):
            yield place, label


def _places_sampled(found: Found) -> Iterable[tuple[str, int]]:
    """At most MOST_COUNTED + 1 labels of each region and of the whole country, when there are many."""
    first, *others = [
        _sampled(found, EVERYWHERE, Q(solution__territory="national")),
        *(_sampled(found, region.code, _facet_in(region.code, "solution__facets__")) for region in REGIONS),
    ]
    return first.union(*others, all=True)


def _sampled(found: Found, place: str, there: Q) -> QuerySet[Label, Any]:
    listed = _named(found.choice, on=found.on).filter(pk=OuterRef("label_id"))
    rows = recognised(found.choice, Checked()).filter(there).filter(Exists(listed)).order_by()
    # SQLite takes no LIMIT in a part of a UNION, but takes one in a subquery of that part.
    kept = rows.values("label_id").distinct()[: MOST_COUNTED + 1]
    named = Label.objects.filter(pk__in=kept).order_by()
    return named.annotate(place=Value(place, CharField())).values_list("place", "pk")


def _facet_in(region: str, path: str = "") -> Q:
    """A facet that names the region, or one of its departments."""
    departments = [department.code for department in DEPARTMENTS if department.region == region]
    named = Q(**{f"{path}facet": "region", f"{path}code": region})
    return named | Q(**{f"{path}facet": "department", f"{path}code__in": departments})
