"""How the committee is made up that day, what breaks its balance, and who sits (domain 6.1): questions only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.calendar import add_months
from reviewers.checklist import interests_are_current
from reviewers.models import College, Mandate, Seat
from structures import facets


@dataclass
class CollegeSeats:
    """One college: its full members, who of them is away, the substitutes, those of them who sit, the reserve."""

    college: College
    full: list[Mandate] = field(default_factory=list)
    away: list[Mandate] = field(default_factory=list)
    substitutes: list[Mandate] = field(default_factory=list)
    called: list[Mandate] = field(default_factory=list)
    reserve: list[Mandate] = field(default_factory=list)
    share: int = 0


@dataclass
class Composition:
    """The whole committee on a day, with what breaks its balance as sentences."""

    colleges: list[CollegeSeats]
    seats: int
    regions: list[tuple[str, int]]
    without_email: int
    ending: list[Mandate]
    faults: list[str]

    @property
    def sitting(self) -> list[Mandate]:
        """Who sits that day: full members who are there, and one substitute for each who is not."""
        return [
            one for row in self.colleges for one in (*(m for m in row.full if m not in row.away), *row.called)
        ]

    @property
    def in_office(self) -> list[Mandate]:
        """Who counts in the quorum: no member on pause; a declaration that has expired still counts (domain 5.1).

        The substitutes who sit take the seats of members on pause first, then of those whose declaration has expired.
        """
        found: list[Mandate] = []
        for row in self.colleges:
            overdue = [one for one in row.away if one.state != Mandate.State.PAUSED]
            taken = max(len(row.called) - (len(row.away) - len(overdue)), 0)
            found += [one for one in row.full if one not in row.away] + row.called + overdue[taken:]
        return found


def composition(*, on: date) -> Composition:
    """The committee of that day, in one query whatever its size."""
    members = list(Mandate.objects.in_term(on=on).ranked().select_related("user__shares_mailbox_with"))
    there = {
        one.pk for one in members if one.state == Mandate.State.ACTIVE and interests_are_current(one, on=on)
    }
    colleges = [_college(college, members, there) for college in College]
    full = [one for row in colleges for one in row.full]
    for row in colleges:
        row.share = round(100 * len(row.full) / len(full)) if full else 0
    regions = Counter(one.region for one in full if one.region)
    soon = add_months(on, settings.MANDATE_RENEWAL_MONTHS)
    return Composition(
        colleges=colleges,
        seats=len(full),
        regions=[(_region(code), count) for code, count in regions.most_common()],
        without_email=sum(not one.user.mailbox for one in members),
        ending=[one for one in members if one.ends_on is not None and one.ends_on <= soon],
        faults=[*_faults(colleges, len(full)), *_crowded(regions, len(full))],
    )


def _college(college: College, members: list[Mandate], there: set[int]) -> CollegeSeats:
    mine = [one for one in members if one.college == college]
    row = CollegeSeats(college)
    row.full = [one for one in mine if one.seat == Seat.FULL]
    row.away = [one for one in row.full if one.pk not in there]
    row.substitutes = [one for one in mine if one.seat == Seat.SUBSTITUTE]
    row.called = [one for one in row.substitutes if one.pk in there][: len(row.away)]
    row.reserve = [one for one in mine if one.seat == Seat.RESERVE]
    return row


def _faults(colleges: list[CollegeSeats], seats: int) -> list[str]:
    found = []
    for row in colleges:
        count, low, high = len(row.full), settings.COLLEGE_SEATS_MIN, settings.COLLEGE_SEATS_MAX
        if not low <= count <= high:
            words = ngettext(
                "« %(college)s » : %(count)s titulaire, il en faut de %(low)s à %(high)s.",
                "« %(college)s » : %(count)s titulaires, il en faut de %(low)s à %(high)s.",
                count,
            )
            found.append(words % {"college": row.college.label, "count": count, "low": low, "high": high})
        if seats and 100 * count > settings.COLLEGE_SHARE_MAX * seats:
            text = _("« {college} » tient {share} % des sièges, {most} % au plus.")
            found.append(
                text.format(college=row.college.label, share=row.share, most=settings.COLLEGE_SHARE_MAX)
            )
        if len(row.substitutes) < settings.COLLEGE_SUBSTITUTES:
            lacking = settings.COLLEGE_SUBSTITUTES - len(row.substitutes)
            words = ngettext(
                "« %(college)s » : il manque %(count)s suppléant.",
                "« %(college)s » : il manque %(count)s suppléants.",
                lacking,
            )
            found.append(words % {"college": row.college.label, "count": lacking})
        if len(row.called) < len(row.away):
            text = _("« {college} » : un siège est vide, aucun suppléant n'est libre.")
            found.append(text.format(college=row.college.label))
    return found


def _crowded(regions: Counter[str], seats: int) -> list[str]:
    """Regions that hold too much of the committee."""
    text = _("La région {region} tient {share} % des sièges, {most} % au plus.")
    return [
        text.format(region=_region(code), share=round(100 * count / seats), most=settings.REGION_SHARE_MAX)
        for code, count in regions.most_common()
        if 100 * count > settings.REGION_SHARE_MAX * seats
    ]


def _region(code: str) -> str:
    return str(facets.label_of(facets.REGIONS, code))
