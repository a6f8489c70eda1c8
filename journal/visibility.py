"""Who may see a record: audiences open, vetoes close. No audience, no access.

Upper apps register in their `visibility.py`. A subject is a model label such as `label.application`.
The same functions serve pages, files, lists, exports and the API.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import Q

from journal.moves import Record, RecordQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

Opening = Callable[["User", date], Q]
_audiences: dict[str, dict[str, Opening]] = defaultdict(dict)
_vetoes: dict[str, dict[str, Opening]] = defaultdict(dict)


def audience(subject: str, name: str) -> Callable[[Opening], Opening]:
    """Register a function (user, day) -> Q of the records of `subject` that this audience may see."""
    return _register(_audiences, subject, name)


def veto(subject: str, name: str) -> Callable[[Opening], Opening]:
    """Register a function (user, day) -> Q of the records of `subject` closed to this person whatever else opens."""
    return _register(_vetoes, subject, name)


def _register(table: dict[str, dict[str, Opening]], subject: str, name: str) -> Callable[[Opening], Opening]:
    def keep(opening: Opening) -> Opening:
        if name in table[subject]:
            raise RuntimeError(f"{subject}: {name} is registered twice")
        table[subject][name] = opening
        return opening

    return keep


R = TypeVar("R", bound=Record)


class VisibleQuerySet(RecordQuerySet[R]):
    def visible_to(self, user: User | AnonymousUser, *, on: date) -> Self:
        """The records that this person may see on that day; nothing for a visitor.

        Openings must use subqueries (`pk__in=...values(...)`), never joins, so that no row comes twice.
        """
        if not user.is_authenticated:
            return self.none()
        subject = self.model._meta.label_lower
        opened = Q(pk__in=[])
        for opens in _audiences[subject].values():
            opened |= opens(user, on)
        found = self.filter(opened)
        for closes in _vetoes[subject].values():
            found = found.exclude(closes(user, on))
        return found
