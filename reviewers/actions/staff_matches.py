"""Names of the staff found in a structure: noted when a dossier is filed and each day, settled once (domain 5.3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import require
from journal.moves import Actor, note
from label.models import Application
from reviewers import mails
from reviewers.actions.matches import MOST, conclude
from reviewers.models import StaffMatch
from reviewers.staff_names import Named, handling, matches_of, named_in, newly_handling
from structures.models import Membership, Structure

LATELY = timedelta(days=8)  # the clock passes each day; a week of failure loses nobody


def match_staff(
    applications: Collection[Application], *, staff: Collection[User] | None = None, at: datetime
) -> list[StaffMatch]:
    """Compare the names of the staff with those in dossiers and in the spaces of their structures; adds the new ones.

    Each person found is told, without the name of anybody. `staff` are those to compare, everybody when None.
    """
    on = timezone.localdate(at)
    named, staff = named_in(applications, on=on), list(handling(on)) if staff is None else staff
    rows = StaffMatch.objects.filter(structure__in=list(named))
    known = set(rows.values_list("person_id", "structure_id"))
    made = []
    for one in applications:
        for person in staff:
            if (person.pk, one.structure_id) in known:
                continue
            known.add((person.pk, one.structure_id))
            found = matches_of(person, named.get(one.structure_id, ()))
            if found is not None and (match := _noted(person, one, *found, at=at)) is not None:
                made.append(match)
    return made


def match_new_names(*, at: datetime) -> list[StaffMatch]:
    """The same for dossiers under way, of whoever joined the staff or the space of a structure lately."""
    since = at - LATELY
    under_way = Application.objects.filter(state__in=Application.UNDER_WAY).defer("public_summary")
    joined = Membership.objects.current().filter(started_at__gte=since).values("structure_id")
    made = match_staff(list(under_way.filter(structure__in=joined).order_by("pk")[:MOST]), at=at)
    if staff := list(newly_handling(timezone.localdate(at), since=since)):
        made += match_staff(list(under_way.order_by("pk")[:MOST]), staff=staff, at=at)
    return made


@transaction.atomic
def _noted(
    person: User, application: Application, named: Named, is_exact: bool, *, at: datetime
) -> StaffMatch | None:
    """One more match, and its mail; None when somebody noted it meanwhile."""
    match, is_new = StaffMatch.objects.get_or_create(
        person=person,
        structure_id=application.structure_id,
        defaults={"ground": named[0], "is_exact": is_exact, "in_dossier": named[1][:340], "found_at": at},
    )
    if not is_new:
        return None
    mails.tell_staff_of_a_name(match, application, at=at)
    return match


@transaction.atomic
def settle_staff_match(
    *, match_pk: int, severity: str, seen: str = "", at: datetime, by: Actor
) -> StaffMatch:
    """The ethics officer says, with a note in `by`, whether somebody of the staff is kept away from that structure.

    It holds for its later dossiers; another answer replaces it, given by somebody who read it (`seen` is the token of
    the match on their page). A file that the person holds goes to somebody else by `label.actions.assign_officer`.
    Raises `NotAllowed`; `Blocked` without a note or an answer, and when somebody else concluded meanwhile.
    """
    structure = Structure.objects.hold(
        StaffMatch.objects.values_list("structure_id", flat=True).get(pk=match_pk)
    )
    match = StaffMatch.objects.select_related("person", "structure").get(pk=match_pk)
    require("reviewers.settle_staff_match", by, match, on=timezone.localdate(at))
    conclude(match, severity, seen=seen, at=at, by=by)
    note(structure, what="settle_staff_match", at=at, by=by)
    mails.tell_staff_of_the_conclusion(match, at=at)
    return match
