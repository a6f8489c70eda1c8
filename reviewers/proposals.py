"""From the records to a problem of `reviewers.matching`, and back to sentences: questions, nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from label.models import Application
from reviewers.matching import (
    Dossier,
    Member,
    Pair,
    Points,
    Problem,
    Proposal,
    Reason,
    Relaxation,
    Rule,
    propose_panels,
)
from reviewers.models import Assignment, College, Mandate
from reviewers.panels import Facts, seated_mandates
from structures.facets import CANCER_TYPES
from structures.models import Solution, SolutionFacet
from structures.territories import REGIONS

ALL_CANCERS = "all"
CANCERS = {one.code for one in CANCER_TYPES} - {ALL_CANCERS}
PLACES = {one.code: (float(one.row), float(one.column)) for one in REGIONS}


@dataclass
class Drafted:
    """A proposal with the records of which it speaks, by their keys."""

    proposal: Proposal
    applications: dict[int, Application]
    mandates: dict[int, Mandate]
    away: dict[int, list[str]] = field(default_factory=dict)  # members who can take no dossier today, and why

    def chosen(self, application: Application) -> list[Mandate]:
        """Who is proposed for that dossier, college by college."""
        seats = {int(seat.member) for seat in self.proposal.panels[application.pk]}
        order = list(College)
        found = [self.mandates[pk] for pk in seats]
        return sorted(found, key=lambda one: (order.index(College(one.college)), one.user.last_name, one.pk))


def draft(
    applications: Sequence[Application],
    *,
    on: date,
    pins: Collection[Pair] = (),
    exclusions: Collection[Pair] = (),
) -> Drafted:
    """Panels proposed for dossiers that wait for members that day, in a number of queries that does not grow.

    `pins` and `exclusions` are pairs of keys: a dossier, a mandate. Members of a panel that is under way stay.
    """
    mandates = seated_mandates()
    facts = Facts(applications, mandates, on=on)
    away = {one.pk: reasons for one in mandates if (reasons := facts.away(one))}
    seated, elsewhere = _sitting(facts, [one for one in mandates if one.pk not in away])
    problem = Problem(
        dossiers=_dossiers(applications, facts, elsewhere),
        members=_members([one for one in mandates if one.pk not in away]),
        conflicts=[
            *_pairs(applications, mandates, facts.barred),
            *_pairs(applications, mandates, facts.examined),
            *_pairs(applications, mandates, facts.judged_before),
            *_pairs(applications, mandates, _people_of(facts.states, {Assignment.State.DECLINED})),
            *_pairs(applications, mandates, elsewhere),
        ],
        last_cycle=list(_pairs(applications, mandates, facts.last_cycle)),
        exclusions=exclusions,
        pins=pins,
        seated=list(_pairs(applications, mandates, seated)),
        places=PLACES,
        points=Points(**settings.PANEL_POINTS),
        tolerance=settings.PANEL_TOLERANCE,
    )
    return Drafted(
        propose_panels(problem),
        {one.pk: one for one in applications},
        {one.pk: one for one in mandates},
        away,
    )


def _pairs(
    applications: Iterable[Application], mandates: Sequence[Mandate], people: Mapping[int, set[int]]
) -> Iterator[Pair]:
    """From people (keys of users) by dossier to pairs of keys."""
    for application in applications:
        for mandate in mandates:
            if mandate.user_id in people[application.pk]:
                yield application.pk, mandate.pk


def _people_of(states: Mapping[tuple[int, int], set[str]], wanted: set[str]) -> dict[int, set[int]]:
    """By dossier, the people of whom an evaluation is in one of these states."""
    found: dict[int, set[int]] = defaultdict(set)
    for (application_pk, user_pk), known in states.items():
        if known & wanted:
            found[application_pk].add(user_pk)
    return found


def _sitting(facts: Facts, members: Sequence[Mandate]) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """By dossier, who sits as the member of today that they are, then who sits otherwise.

    Otherwise: their term is over, they can take nothing today, or they were named in another college than theirs.
    """
    college_of = {one.user_id: one.college for one in members}
    seated: dict[int, set[int]] = defaultdict(set)
    elsewhere: dict[int, set[int]] = defaultdict(set)
    for (application_pk, user_pk), college in facts.college_of.items():
        (seated if college_of.get(user_pk) == college else elsewhere)[application_pk].add(user_pk)
    return seated, elsewhere


def _dossiers(
    applications: Sequence[Application], facts: Facts, elsewhere: Mapping[int, set[int]]
) -> list[Dossier]:
    about = _subjects(applications)
    return [
        Dossier(
            key=one.pk,
            seats=_seats(one, "per_college", facts, elsewhere),
            minimum=_seats(one, "minimum_per_college", facts, elsewhere),
            regions=frozenset({one.structure.region} - {""}),
            fields=about[one.pk]["field"],
            cancers=about[one.pk]["cancer"],
        )
        for one in applications
    ]


def _seats(
    application: Application, rule: str, facts: Facts, elsewhere: Mapping[int, set[int]]
) -> dict[str, int]:
    """What the edition wants of each college, less those who sit without being among the members of today."""
    wanted = int(application.edition.data["panel"][rule])
    sitting = [facts.college_of[application.pk, user_pk] for user_pk in elsewhere[application.pk]]
    return {college.value: max(0, wanted - sitting.count(college.value)) for college in College}


def _subjects(applications: Sequence[Application]) -> dict[int, dict[str, frozenset[str]]]:
    """The fields of action and cancer types of the actions of each dossier."""
    found: dict[int, dict[str, set[str]]] = {
        one.pk: {"field": set(), "cancer": set()} for one in applications
    }
    rows = Solution.objects.filter(applications__in=list(found))
    for key, code in rows.exclude(main_field="").values_list("applications", "main_field"):
        if key in found:
            found[key]["field"].add(code)
    facets = SolutionFacet.objects.filter(
        facet__in=["field", "cancer"], solution__applications__in=list(found)
    )
    for key, facet, code in facets.values_list("solution__applications", "facet", "code"):
        if key in found:
            found[key][facet].add(code)
    for about in found.values():
        if ALL_CANCERS in about["cancer"]:
            about["cancer"].clear()
    return {key: {name: frozenset(codes) for name, codes in about.items()} for key, about in found.items()}


def _members(mandates: Sequence[Mandate]) -> list[Member]:
    """The members who can be asked, with what they know and what they have under way."""
    given: dict[int, int] = defaultdict(int)
    sent = Assignment.objects.filter(
        mandate__user__in=[one.user_id for one in mandates], submitted_at__isnull=False
    )
    for user_pk, count in (
        sent.values("mandate__user").annotate(count=Count("pk")).values_list("mandate__user", "count")
    ):
        given[user_pk] = count
    return [
        Member(
            key=one.pk,
            college=one.college,
            cap=one.load_cap,
            load=one.open_load,  # type: ignore[attr-defined]  # annotated by seated_mandates()
            region=one.region,
            fields=frozenset(one.fields_known) - CANCERS,
            cancers=frozenset(one.fields_known) & CANCERS,
            experience=min(given[one.user_id], 1000),
            rank=one.seat_rank,  # type: ignore[attr-defined]  # annotated by seated_mandates()
        )
        for one in mandates
    ]


# --- in words ------------------------------------------------------------------------------------------------


def reasons_told(reasons: Iterable[Reason]) -> list[str]:
    """Why her, in words; what says nothing about this person is left out."""
    return [text for reason in reasons if (text := _reason(reason))]


def _reason(reason: Reason) -> str:
    count = int(reason.facts.get("count", 0))
    if reason.code in ("experienced", "less_experienced"):
        return _evaluated(count)
    if reason.code == "only_ones":
        words = ngettext(
            "seule personne possible pour ce dossier",
            "%(count)s personnes possibles seulement pour ce dossier",
            count,
        )
        return words % {"count": count}
    return {
        "knows_field": _("connaît ce champ"),
        "other_field": _("connaît d'autres champs"),
        "knows_cancer": _("connaît ce type de cancer"),
        "other_region": _("autre région"),
        "near_region": _("région voisine"),
        "same_region": _("même région"),
        "unknown_region": _("région non connue"),
        "lived_experience": _("expérience vécue"),
        "not_last_cycle": _("n'a pas évalué ce label la dernière fois"),
        "substitute": _("suppléant ou suppléante"),
        "reserve": _("liste de réserve"),
        "pinned": _("gardé par vous"),
    }.get(reason.code, "")


def _evaluated(count: int) -> str:
    if not count:
        return _("première évaluation")
    words = ngettext("a déjà évalué %(count)s dossier", "a déjà évalué %(count)s dossiers", count)
    return words % {"count": count}


def load_told(drafted: Drafted, mandate: Mandate) -> str:
    """« 2 dossiers sur 4, celui-ci compris »."""
    return files_told(drafted.proposal.loads.get(mandate.pk, 0), mandate.load_cap)


def files_told(count: int, cap: int) -> str:
    """« 2 dossiers sur 4 »."""
    words = ngettext("%(count)s dossier sur %(cap)s", "%(count)s dossiers sur %(cap)s", count)
    return words % {"count": count, "cap": cap}


def shortage_told(drafted: Drafted) -> str:
    """For how many dossiers there is no panel, and whom it lacks; empty when every seat is filled."""
    short = drafted.proposal.shortfalls
    if not short:
        return ""
    lacking: dict[str, int] = defaultdict(int)
    for one in short:
        lacking[one.college] += one.missing
    people = ", ".join(_people(lacking[one.value], one) for one in College if lacking[one.value])
    impossible = {one.dossier for one in short if one.below_minimum}
    if not impossible:
        return _("Un panel est possible, mais il manque {people}.").format(people=people)
    words = ngettext(
        "Aucun panel possible pour %(count)s dossier : il manque %(people)s.",
        "Aucun panel possible pour %(count)s dossiers : il manque %(people)s.",
        len(impossible),
    )
    return words % {"count": len(impossible), "people": people}


def _people(count: int, college: College) -> str:
    words = ngettext(
        "%(count)s personne du collège « %(college)s »",
        "%(count)s personnes du collège « %(college)s »",
        count,
    )
    return words % {"count": count, "college": college.label}


def causes_told(drafted: Drafted) -> list[str]:
    """Per dossier and college that are short: what keeps the members of that college away."""
    found = []
    for one in drafted.proposal.shortfalls:
        college = College(one.college)
        away = sum(
            mandate.college == college for pk, mandate in drafted.mandates.items() if pk in drafted.away
        )
        said = [_cause(rule, count) for rule, count in one.counts.items()]
        said += [_away(away)] if away else []
        reference = drafted.applications[int(one.dossier)].reference
        told = ", ".join(said) or _("ce collège n'a pas d'autre membre")
        found.append(f"{reference}, {college.label} : {told}.")
    return found


def _away(count: int) -> str:
    words = ngettext(
        "%(count)s membre ne peut prendre aucun dossier aujourd'hui",
        "%(count)s membres ne peuvent prendre aucun dossier aujourd'hui",
        count,
    )
    return words % {"count": count}


def _cause(rule: Rule, count: int) -> str:
    """How many members one rule keeps away. A link and a wish not to evaluate are told alike, to protect both."""
    words = {
        Rule.CONFLICT: ngettext(
            "%(count)s membre n'est pas disponible pour ce dossier",
            "%(count)s membres ne sont pas disponibles pour ce dossier",
            count,
        ),
        Rule.LAST_CYCLE: ngettext(
            "%(count)s membre a évalué ce label la dernière fois",
            "%(count)s membres ont évalué ce label la dernière fois",
            count,
        ),
        Rule.EXCLUDED: ngettext(
            "%(count)s membre est écarté par vous", "%(count)s membres sont écartés par vous", count
        ),
        Rule.FULL: ngettext(
            "%(count)s membre a atteint sa charge", "%(count)s membres ont atteint leur charge", count
        ),
    }
    return words[rule] % {"count": count}


def changes_told(drafted: Drafted) -> list[str]:
    """The smallest changes that would fill every seat, the smallest first; each is enough by itself."""
    return [" ; ".join(_change(drafted, one)) for one in drafted.proposal.relaxations]


def _change(drafted: Drafted, change: Relaxation) -> Iterator[str]:
    for member, count in change.extra_files.items():
        mandate = drafted.mandates[int(member)]
        most = max(mandate.load_cap, mandate.open_load) + count  # type: ignore[attr-defined]  # annotated
        words = ngettext(
            "accepter %(more)s dossier au lieu de %(cap)s pour %(name)s",
            "accepter %(more)s dossiers au lieu de %(cap)s pour %(name)s",
            most,
        )
        yield words % {"more": most, "cap": mandate.load_cap, "name": mandate.user}
    for _dossier, member in change.lifted:
        yield _("reprendre {name}, que vous avez écarté").format(name=drafted.mandates[int(member)].user)
    for dossier, member in change.unpinned:
        yield _("ne plus garder {name} pour {reference}").format(
            name=drafted.mandates[int(member)].user,
            reference=drafted.applications[int(dossier)].reference,
        )
    for college, count in change.new_members.items():
        words = ngettext(
            "nommer %(count)s membre de plus dans le collège « %(college)s »",
            "nommer %(count)s membres de plus dans le collège « %(college)s »",
            count,
        )
        yield words % {"count": count, "college": College(college).label}
    for (dossier, college), count in change.fewer_seats.items():
        words = ngettext(
            "se passer de %(count)s personne du collège « %(college)s » pour %(reference)s",
            "se passer de %(count)s personnes du collège « %(college)s » pour %(reference)s",
            count,
        )
        reference = drafted.applications[int(dossier)].reference
        yield words % {"count": count, "college": College(college).label, "reference": reference}
    for dossier in change.without:
        yield _("attendre pour {reference}").format(reference=drafted.applications[int(dossier)].reference)
