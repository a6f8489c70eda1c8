"""What one person may read of agendas today, the gate asked afresh with the words of the dossiers as they are.

`visible_to` knows what is stored: memberships, statements, recusals, links recognised when they were written. An
officer named since, a structure or a person renamed since make a link that no row tells: `is_open` and the questions
below know it too, and every page, file and poll of a session asks them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from label.models import Application
from reviewers.conflicts import linked_to_each
from reviewers.likeness import is_named_in, words_of
from reviewers.models import AgendaItem, Contribution, Mandate, Session
from structures.models import Membership


def with_openness(items: QuerySet[Any, Any], user: User | AnonymousUser, *, on: date) -> list[Any]:
    """These items, each with `is_open`: whether that person may read it that day; three queries at most."""
    seen = AgendaItem.objects.visible_to(user, on=on).filter(pk=OuterRef("pk"))
    rows = list(items.annotate(is_open=Exists(seen)).select_related("application__structure"))
    open_now = [one.application for one in rows if one.is_open]
    if not open_now or user.pk is None:
        return rows
    linked = linked_to_each(open_now, [user.pk], on=on)
    for one in rows:
        one.is_open = one.is_open and user.pk not in linked[one.application_id]
    return rows


def open_keys(items: QuerySet[Any, Any], user: User | AnonymousUser, *, on: date) -> set[int]:
    """The keys of those of these items that the person may read that day."""
    return {one.pk for one in with_openness(items, user, on=on) if one.is_open}


def closed_keys(session: Session, user: User | AnonymousUser, *, on: date) -> set[int]:
    """The keys of the items of a session from which a link keeps the person."""
    return {one.pk for one in with_openness(session.items.all(), user, on=on) if not one.is_open}


def items_nobody_presides(session: Session, *, on: date) -> set[int]:
    """The keys of the items that nobody who presides over the session may read: both co-chairs have a link, or left."""
    left = set(session.items.values_list("pk", flat=True))
    chairs = Mandate.objects.filter(pk__in=session.chair_pks, state=Mandate.State.ACTIVE).select_related(
        "user"
    )
    for chair in chairs:
        left &= closed_keys(session, chair.user, on=on)
    return left


def is_kept_from(application: Application, user: User, *, on: date) -> bool:
    """Whether a link found today keeps a person from a dossier; a member of an association keeps its own space."""
    return (
        user.pk in linked_to_each([application], [user.pk], on=on)[application.pk]
        and not Membership.objects.current().filter(structure=application.structure_id, user=user).exists()
    )


def item_named(session: Session, text: str, user: User, *, on: date) -> AgendaItem | None:
    """The first item of the session, of those that the person may read, whose structure or number the text names.

    A text about the whole session is read by everybody who sits: what is about an item is written with that item.
    """
    for item in with_openness(session.items.order_by("position", "pk"), user, on=on):
        found: AgendaItem = item
        names = (found.application.structure.name, found.application.structure.short_name)
        if item.is_open and (
            found.application.reference.casefold() in text.casefold()
            or any(len(words_of(name)) > 1 and is_named_in(name, text) for name in names)
        ):
            return found
    return None


def contributions_of(session: Session, mandate: Mandate) -> list[Contribution]:
    """What that member wrote for that session, by item."""
    return list(
        Contribution.objects.filter(item__session=session, mandate=mandate).order_by("item__position")
    )


def of_items(rows: Iterable[Any], keys: set[int]) -> list[Any]:
    """Of rows that may belong to an item (`item_id`), those of no item and those of these items."""
    return [one for one in rows if one.item_id is None or one.item_id in keys]
