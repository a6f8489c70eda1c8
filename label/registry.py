"""What this room asks from upper ones: what forbids a dossier, what its page says first, whom else it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from journal.checks import registry_check
from journal.refusals import Missing
from label import notification
from label.models import Application
from structures.models import Structure

SessionDates = Callable[[], list[date]]
_session_dates: list[SessionDates] = []
Obstacles = Callable[[Structure, str, date], Iterable[Missing]]
_obstacles: dict[str, Obstacles] = {}
FilingObstacles = Callable[[Application, date], Iterable[Missing]]
_filing_obstacles: list[FilingObstacles] = []
Opening = Callable[..., Application]
_openings: dict[str, Opening] = {}
Notice = Callable[[Application, date], str]
_notices: list[Notice] = []
Holders = Callable[[], QuerySet[Any, Any]]
_holders: list[Holders] = []
Apart = Callable[[bool], QuerySet[Any, Any]]
_apart: list[Apart] = []


def forbids_opening(name: str) -> Callable[[Obstacles], Obstacles]:
    """Register a function (structure, kind, day) -> reasons for which it may not open a dossier of that kind now."""

    def keep(obstacles: Obstacles) -> Obstacles:
        if name in _obstacles:
            raise RuntimeError(f"{name} is registered twice")
        _obstacles[name] = obstacles
        return obstacles

    return keep


def session_calendar(dates: SessionDates) -> SessionDates:
    """Register the function that gives the days on which the committee sits; an empty list says nothing is planned."""
    if _session_dates:
        raise RuntimeError("the calendar of sessions is registered twice")
    _session_dates.append(dates)
    return dates


def planned_sessions() -> list[date]:
    """The days on which the committee sits, in order: its sessions, then after the last one those of the settings."""
    planned = {day for dates in _session_dates for day in dates()}
    usual = {date.fromisoformat(text) for text in settings.SESSION_DATES}
    last = max(planned, default=date.min)
    return sorted(planned | {day for day in usual if day > last})


def forbids_filing(obstacles: FilingObstacles) -> FilingObstacles:
    """Register a function (dossier, day) -> reasons for which it may not be filed: what it follows has changed."""
    _filing_obstacles.append(obstacles)
    return obstacles


def obstacles_to_file(application: Application, *, on: date) -> list[Missing]:
    """Why this draft may not be filed that day, beside what is missing in it; nothing for a first request."""
    if application.kind == Application.Kind.INITIAL:
        return []
    return [missing for obstacles in _filing_obstacles for missing in obstacles(application, on)]


def opens(kind: str) -> Callable[[Opening], Opening]:
    """Register the action (structure_pk, at, by) that opens a dossier of a kind that follows another."""

    def keep(opening: Opening) -> Opening:
        if kind in _openings:
            raise RuntimeError(f"two ways to open {kind}")
        _openings[kind] = opening
        return opening

    return keep


def opening_of(kind: str) -> Opening:
    """The action that opens a dossier of that kind; KeyError for a first request."""
    return _openings[kind]


def kind_to_open(structure: Structure, *, on: date) -> str:
    """What a dossier received today would be: the renewal of a label that lives, else a first request."""
    kind = Application.Kind.RENEWAL
    return kind if not obstacles_to_open(structure, kind=kind, on=on) else Application.Kind.INITIAL


def notice_on(notice: Notice) -> Notice:
    """Register a function (draft, day) -> the sentence that its pages show first; empty for none."""
    _notices.append(notice)
    return notice


def notices_of(application: Application, *, on: date) -> list[str]:
    """What the pages of a draft say first: until when to file it, and what that protects."""
    return [words for notice in _notices if (words := notice(application, on))]


def obstacles_to_open(
    structure: Structure, *, kind: str = Application.Kind.INITIAL, on: date
) -> list[Missing]:
    """Why this structure may not open a dossier of that kind that day; nothing when it may.

    While the act that ended its last request is not notified, that request still counts as open (E10), and nothing
    else is told of it (screens, principle 7).
    """
    if Application.objects.filter(notification.withheld(on), structure=structure).exists():
        return []
    return [missing for obstacles in _obstacles.values() for missing in obstacles(structure, kind, on)]


def label_holders(holders: Holders) -> Holders:
    """Register the function that gives rows (`application`, `structure`) of the labels that another structure holds."""
    if _holders:
        raise RuntimeError("the holders of labels are registered twice")
    _holders.append(holders)
    return holders


def other_holders() -> QuerySet[Any, Any]:
    """The labels that a structure holds, or held, by the dossier of another: a merger (domain 5.3).

    Rows that name an `application` and a `structure`. Duties and links are asked of both structures.
    """
    return _holders[0]()


def keeps_apart(apart: Apart) -> Apart:
    """Register the function that gives rows (`structure`, `person`) of the staff whose name a structure bears too."""
    if _apart:
        raise RuntimeError("who is kept apart is registered twice")
    _apart.append(apart)
    return apart


def people_apart(*, to_take: bool = False) -> QuerySet[Any, Any]:
    """The people of the Institute kept apart from a structure, as rows that name a `structure` and a `person`.

    With `to_take`, those too on whom nobody has concluded yet: they take no file of it meanwhile (domain 5.3).
    """
    return _apart[0](to_take)


def concerned_by(application: Application) -> Q:
    """Rows about the structures that a dossier concerns: its own, and whoever took over its label."""
    others = other_holders().filter(application=application.pk).values("structure_id")
    return Q(structure=application.structure_id) | Q(structure__in=others)


@registry_check
def somebody_says_who_holds_the_labels() -> Iterable[str]:
    """A link with the holder of a label closes its dossier: an upper room must say which structure holds it."""
    if not _holders:
        yield "nothing says which structure holds a label"


@registry_check
def somebody_says_who_is_kept_apart() -> Iterable[str]:
    """The conflict rule holds for the staff too: an upper room must say whom it keeps apart."""
    if not _apart:
        yield "nothing says who of the staff is kept apart"


@registry_check
def somebody_says_who_is_labelled() -> Iterable[str]:
    """A structure that has the label never opens a first request: an upper room must say which have it."""
    if not _obstacles:
        yield "nothing forbids a labelled structure to open a first request"
