"""What is missing before an opinion adopted in a session held on paper is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from journal.refusals import Missing
from journal.wording import is_blank
from label.models import Application
from reviewers.conflicts import barred
from reviewers.models import College
from reviewers.quorum import quorum
from reviewers.room import members_in_office

VOTES = ("for", "against", "abstained")
MOST_PEOPLE = 200
PAPER_MINUTES = "paper_minutes"  # the purpose of the scanned file


def missing_on_paper(
    application: Application,
    votes: Mapping[str, int],
    present: Mapping[str, int],
    absence_reasons: str,
    *,
    has_minutes: bool,
    on: date,
) -> list[Missing]:
    """Votes that can be, the quorum of the item reached that day, and the signed minutes (domain 5.1 ITEM, 6.10)."""
    return [
        *_missing_votes(votes),
        *_missing_people(application, votes, present, on=on, absence_reasons=absence_reasons),
        *([] if has_minutes else [Missing(_("Joignez le procès-verbal signé, numérisé."), code="minutes")]),
    ]


def _are_counts(figures: Mapping[str, int], names: tuple[str, ...]) -> bool:
    return all(name in names and 0 <= count <= MOST_PEOPLE for name, count in figures.items())


def _missing_votes(votes: Mapping[str, int]) -> list[Missing]:
    if not _are_counts(votes, VOTES):
        text = _("Écrivez un nombre entier, sans lettre. S'il n'y en a pas, écrivez 0.")
        return [Missing(text, code="votes")]
    if not votes.get("for", 0) + votes.get("against", 0):
        return [Missing(_("Écrivez au moins un vote pour ou contre."), code="votes")]
    return []


def absent_colleges(present: Mapping[str, int]) -> list[str]:
    """The colleges of which nobody was there."""
    return [code for code in College.values if not present.get(code)]


def _missing_absence(present: Mapping[str, int], absence_reasons: str) -> list[Missing]:
    """A college is never filled with another one: the Institute does without it only when everything was tried."""
    empty = [str(College(code).label) for code in absent_colleges(present)]
    if len(empty) == len(College):
        return [Missing(_("Personne n'était là : le quorum n'est pas atteint."), code="present")]
    if empty and is_blank(absence_reasons):
        text = _(
            "Personne du collège « {college} » n'était là : le quorum n'est pas atteint. Cherchez un suppléant, "
            "convoquez de nouveau ou demandez une contribution écrite. Si l'Institut doit décider quand même, "
            "écrivez ce qui a été tenté."
        )
        return [Missing(text.format(college=empty[0]), code="present")]
    return []


def _missing_people(
    application: Application,
    votes: Mapping[str, int],
    present: Mapping[str, int],
    *,
    on: date,
    absence_reasons: str,
) -> list[Missing]:
    if not _are_counts(present, tuple(College.values)):
        text = _("Écrivez un nombre entier, sans lettre. S'il n'y en a pas, écrivez 0.")
        return [Missing(text, code="present")]
    if sum(votes.values()) > sum(present.values()):
        return [Missing(_("Il y a plus de votes que de personnes présentes."), code="votes")]
    if absence := _missing_absence(present, absence_reasons):
        return absence
    here, needed = _quorum(application, present, on=on)
    if here < needed:
        text = _("Le quorum n'est pas atteint : {here} personnes, il en faut {needed}.")
        return [Missing(text.format(here=here, needed=needed), code="present")]
    return []


def _quorum(application: Application, present: Mapping[str, int], *, on: date) -> tuple[int, int]:
    """How many count as present, and how many are needed, by the rule of every session: without those barred."""
    seated = members_in_office(on=on)
    away = barred(application, [one.user_id for one in seated], on=on)
    members = {one.pk: one.college for one in seated if one.user_id not in away}
    colleges = Counter(members.values())
    here = sum(min(count, colleges[college]) for college, count in present.items())
    return here, quorum(members, (), percent=settings.QUORUM_PERCENT).needed
