"""Who has a link with a dossier that keeps them away from it (domain 6.2, 6.4): questions, nothing is written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from deadlines.calendar import add_months
from label.models import Answer, Application
from label.registry import other_holders
from reviewers.likeness import is_named_in, is_near, may_name, name_key, number_keys, person_key
from reviewers.models import (
    Assignment,
    Challenge,
    DeliberationAct,
    InterestLink,
    ItemStatement,
    LinkMatch,
)
from structures.models import Membership, RegisterEntry, Registration

State = Assignment.State
Ground = LinkMatch.Ground
Kind = InterestLink.Kind

FUNDING = ("funding_industry_names", "funding_sources")
TIES_WITH_A_FUNDER = (Kind.INDUSTRY, Kind.OFFICER, Kind.EMPLOYEE, Kind.EXPERT, Kind.FUNDED)
ENDS_A_NAME = re.compile(r"[\n;,•|()]|(?<=\s)[-–—](?=\s)|:|\bet\b|\d[\d   ]*(?:[.,]\d+)?\s*(?:€|euros?|%)?")
SOURCES = ("holder_of", "holder", "number", "replaced", "officer", "funding")
NOTHING_MORE = Value("", output_field=CharField())
Key = tuple[str, str]


@dataclass
class Facts:
    """What one dossier says of its structure: each comparable key with the words in which it is written."""

    structure_pk: int = 0
    dossiers: set[int] = field(default_factory=set)  # keys of those that concern it
    names: list[str] = field(default_factory=list)
    officers: list[tuple[str, str]] = field(default_factory=list)  # first name, surname
    keys: dict[Key, str] = field(default_factory=dict)
    old_numbers: dict[str, str] = field(default_factory=dict)
    funding: list[str] = field(default_factory=list)

    def learn(self, ground: str, key: str, text: str) -> None:
        """One more key; what has no letter and no digit is none."""
        if key:
            self.keys.setdefault((ground, key), text)

    def learn_officer(self, first_name: str, last_name: str) -> None:
        """One more person who leads the structure."""
        name = f"{first_name} {last_name}".strip()
        self.officers.append((first_name, last_name))
        for key in (name_key(name), person_key(name)):
            self.learn("officer", key, name)


@dataclass(frozen=True)
class Match:
    """A link and a dossier that say the same, or nearly."""

    ground: str
    in_link: str
    in_dossier: str

    @property
    def is_exact(self) -> bool:
        """Whether it closes until somebody has looked at it."""
        return self.ground not in LinkMatch.ONLY_NEAR


def barred(application: Application, people: Collection[int], *, on: date) -> set[int]:
    """Of these people (keys of users), those who may neither read, score, discuss nor vote on that dossier that day.

    By a closing link, as a present or recent member of the structure, because they stood down, were recused or told
    of a link for a session, because the association's challenge was accepted, or because who presides set them apart.
    The structure is that of the dossier and whoever took over its label.

    As many queries whatever the number of people.
    """
    return barred_from_each([application], people, on=on)[application.pk]


def barred_from_each(
    applications: Collection[Application], people: Collection[int], *, on: date
) -> dict[int, set[int]]:
    """The same for many dossiers, by their keys, in as many queries as for one."""
    found: dict[int, set[int]] = {one.pk: set() for one in applications}
    for key, linked in linked_to_each(applications, people, on=on).items():
        found[key] |= linked
    for key, user_pk in _kept_out(list(found), people, on):
        found[key].add(user_pk)
    return found


def linked_to_each(
    applications: Collection[Application], people: Collection[int], *, on: date
) -> dict[int, set[int]]:
    """Of `barred_from_each`, the part that no stored row tells: a closing link compared with the dossiers of today.

    An officer named since, a structure or a person renamed since are seen at once. One query for people without a
    closing link, two otherwise.
    """
    found: dict[int, set[int]] = {one.pk: set() for one in applications}
    for key, user_pk in _linked(applications, people, on):
        found[key].add(user_pk)
    return found


def recent_members(on: date) -> Q:
    """Memberships of today and of the last three years: an officer or employee does not judge the association."""
    return Q(ended_at=None) | Q(ended_at__date__gte=add_months(on, -settings.OFFICER_LOOK_BACK_MONTHS))


def to_examine(
    applications: Collection[Application], people: Collection[int], *, on: date
) -> dict[int, set[int]]:
    """By dossier, the people of whom a link resembles the structure and waits for the ethics officer; one query.

    Nothing is closed to them, but nobody new is asked to evaluate before it is settled.
    """
    waiting = LinkMatch.objects.to_settle(on=on).filter(
        structure__in=[one.structure_id for one in applications], link__mandate__user__in=people
    )
    found: dict[int, set[int]] = defaultdict(set)
    for structure_pk, user_pk in waiting.values_list("structure_id", "link__mandate__user_id"):
        found[structure_pk].add(user_pk)
    return {one.pk: found[one.structure_id] for one in applications}


def closed_structures(user_pk: int, on: date, *, column: str = "structure_id") -> Q:
    """The structures closed to a person by a link, as a condition on the column that names a structure.

    The links that were recognised, and those matched since, less those settled as without effect.
    """
    recognised, matched = _closed_lists(user_pk, on)
    return Q(**{f"{column}__in": recognised}) | Q(**{f"{column}__in": matched})


def taken_over_and_closed(user_pk: int, on: date, *, column: str = "pk") -> Q:
    """The dossiers whose label was taken over by a structure closed to a person, as a condition on that column."""
    found = Q()
    for structures in _closed_lists(user_pk, on):  # apart: each starts from the few links of one person
        rows = other_holders().filter(structure__in=structures)
        found |= Q(**{f"{column}__in": rows.values("application_id")})
    return found


def _closed_lists(user_pk: int, on: date) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    links = InterestLink.objects.closing(on=on).filter(mandate__user=user_pk)
    opened = LinkMatch.objects.filter(
        link=OuterRef("pk"),
        structure=OuterRef("structure"),
        severity=LinkMatch.Severity.WITHOUT_EFFECT,
    )
    recognised = links.filter(~Exists(opened), structure__isnull=False).values("structure_id")
    matched = LinkMatch.objects.closing(on=on).filter(link__mandate__user=user_pk).values("structure_id")
    return recognised, matched


def late_recusals(applications: Collection[int]) -> QuerySet[Assignment]:
    """Who was recused, in these dossiers, after they had sent their evaluation: it left the result, the minutes say so.

    `applications` are keys of dossiers.
    """
    gone = Assignment.objects.filter(
        application__in=applications, state=State.RECUSED, submitted_at__isnull=False
    )
    return gone.order_by("released_at", "pk")


def facts_of(applications: Collection[Application]) -> dict[int, Facts]:
    """What these dossiers say of the structures that they concern, by the key of the structure; one query.

    Their own, and whoever took over the label that was granted on one.
    """
    found: dict[int, Facts] = defaultdict(Facts)
    for one in applications:
        facts = found[one.structure_id]
        facts.structure_pk = one.structure_id
        facts.dossiers.add(one.pk)
        _learn_names(facts, one.structure.name, one.structure.short_name)
    if not found:
        return {}
    for structure_pk, source, text, other in sorted(
        _written(list(found), applications), key=lambda row: SOURCES.index(row[1])
    ):
        facts = found[structure_pk]
        facts.structure_pk = structure_pk
        if source == "holder_of":
            facts.dossiers.add(int(text))
        elif source == "holder":
            _learn_names(facts, text, other or "")
        elif source == "officer":
            facts.learn_officer(text, other or "")
        elif source == "funding":
            _learn_funders(facts, text)
        elif source == "number":
            _learn_number(facts, text, other)
        else:
            facts.old_numbers.update(dict.fromkeys(number_keys(text), text))
    return dict(found)


def _written(structures: Collection[int], applications: Collection[Application]) -> QuerySet[Any, Any]:
    """Rows (structure, source, text, old number of an RNA number) of all that a dossier says of its structure.

    And of the structure that took over its label: the key of the dossier, then its two names.
    """
    keys = [one.pk for one in applications]
    taken_over = other_holders().filter(application__in=keys)
    holders = taken_over.values_list(
        "structure_id",
        Value("holder_of", output_field=CharField()),
        Cast("application_id", CharField()),
        NOTHING_MORE,
    )
    names = taken_over.values_list(
        "structure_id",
        Value("holder", output_field=CharField()),
        "structure__name",
        "structure__short_name",
    )
    concerned = Q(structure__in=structures) | Q(structure__in=taken_over.values("structure_id"))
    entry = RegisterEntry.objects.filter(number=OuterRef("value")).exclude(old_number="")
    numbers = Registration.objects.filter(concerned, superseded_at=None).values_list(
        "structure_id",
        Value("number", output_field=CharField()),
        "value",
        Subquery(entry.values("old_number")[:1]),
    )
    replaced = Registration.objects.filter(concerned, superseded_at__isnull=False).values_list(
        "structure_id", Value("replaced", output_field=CharField()), "value", NOTHING_MORE
    )
    officers = Membership.objects.filter(
        concerned, role=Membership.Role.REPRESENTATIVE, ended_at=None
    ).values_list(
        "structure_id", Value("officer", output_field=CharField()), "user__first_name", "user__last_name"
    )
    funding = Answer.objects.filter(application__in=keys, question__in=FUNDING).values_list(
        "application__structure_id", Value("funding", output_field=CharField()), "text", NOTHING_MORE
    )
    rows = (replaced, officers, funding, holders, names)
    return numbers.order_by().union(*(one.order_by() for one in rows), all=True)


def compare(link: InterestLink, facts: Facts) -> Match | None:
    """What a link and a dossier have in common, the surest first; None for nothing."""
    return _same(link, facts) or _same_once(link, facts) or _near(link, facts)


def keys_of(link: InterestLink) -> Iterable[tuple[Key, str, str]]:
    """Under which keys a link is looked up in a dossier: the key, the ground, and the words of the member."""
    for number, words in _numbers_of(link):
        yield ("number", number), Ground.NUMBER, words
    key = name_key(link.organisation_name)
    if key:
        yield ("name", key), Ground.NAME, link.organisation_name
        for person in (key, person_key(link.organisation_name)):
            yield ("officer", person), Ground.OFFICER, link.organisation_name
        if link.kind in TIES_WITH_A_FUNDER:
            yield ("funder", key), Ground.FUNDER, link.organisation_name


def _numbers_of(link: InterestLink) -> list[tuple[str, str]]:
    """The numbers of a link with the words in which they were typed, beside the name too."""
    typed = (link.organisation_number, link.organisation_name)
    return [(number, words) for words in typed for number in sorted(number_keys(words))]


def _same(link: InterestLink, facts: Facts) -> Match | None:
    for key, ground, words in keys_of(link):
        if key in facts.keys:
            return Match(ground, words, facts.keys[key])
    return None


def _same_once(link: InterestLink, facts: Facts) -> Match | None:
    """The structure that the ethics officer named, or a number that it no longer has."""
    if link.structure_id and link.structure_id == facts.structure_pk and facts.names:
        return Match(Ground.CHOSEN, link.organisation_name, facts.names[0])
    for number, words in _numbers_of(link):
        if number in facts.old_numbers:
            return Match(Ground.OLD_NUMBER, words, facts.old_numbers[number])
    return None


def _near(link: InterestLink, facts: Facts) -> Match | None:
    """What only resembles, in names and in sentences."""
    name = link.organisation_name
    for other in facts.names:
        if is_near(name, other):
            return Match(Ground.NEAR_NAME, name, other)
    for first_name, last_name in facts.officers:
        if may_name(name, first_name=first_name, last_name=last_name, family=link.kind == Kind.FAMILY):
            return Match(Ground.NEAR_OFFICER, name, f"{first_name} {last_name}".strip())
    for text in facts.funding if link.kind in TIES_WITH_A_FUNDER else ():
        if is_named_in(name, text):
            return Match(Ground.NEAR_FUNDER, name, text[:300])
    return None


def _learn_names(facts: Facts, *names: str) -> None:
    for name in names:
        if name_key(name):
            facts.names.append(name)
            facts.learn("name", name_key(name), name)


def _learn_number(facts: Facts, value: str, old_number: str | None) -> None:
    """A number that holds is the same structure; the one of before the RNA too."""
    for number in (value, old_number or ""):
        for key in number_keys(number):
            facts.learn("number", key, number)


def _learn_funders(facts: Facts, text: str) -> None:
    """Each name in a list of funders, and the whole text for what is written in a sentence."""
    if not text.strip():
        return
    facts.funding.append(text)
    for part in ENDS_A_NAME.split(text):
        if part and part.strip():
            facts.learn("funder", name_key(part), part.strip()[:300])


def _linked(
    applications: Collection[Application], people: Collection[int], on: date
) -> Iterable[tuple[int, int]]:
    """The people with a closing link, with the dossier: by number, by name, or as the ethics officer said.

    The same once closes until it is settled, though the dossier says it no longer (`LinkMatchQuerySet.closing`).
    """
    links: dict[int, InterestLink] = {}
    settled: dict[tuple[int, int], str] = {}
    matched: dict[int, set[int]] = defaultdict(set)  # structures by link
    rows = InterestLink.objects.closing(on=on).filter(mandate__user__in=people).select_related("mandate")
    rows = rows.annotate(
        of=F("matches__structure_id"), said=F("matches__severity"), is_same=F("matches__is_exact")
    )
    for row in rows:
        links[row.pk] = row
        if row.said:
            settled[row.pk, row.of] = row.said
        if row.said == LinkMatch.Severity.BLOCKING or (row.is_same and not row.said):
            matched[row.pk].add(row.of)
    if not links:
        return
    facts = facts_of(applications)
    holders: dict[Key, set[int]] = defaultdict(set)
    for structure_pk, known in facts.items():
        for key in known.keys:
            holders[key].add(structure_pk)
    for link in links.values():
        same = {pk for key, _ground, _words in keys_of(link) for pk in holders[key]}
        same |= {pk for pk in facts if pk == link.structure_id} | (matched[link.pk] & facts.keys())
        for pk in same:
            if settled.get((link.pk, pk)) != LinkMatch.Severity.WITHOUT_EFFECT:
                yield from ((dossier, link.mandate.user_id) for dossier in facts[pk].dossiers)


def _kept_out(applications: Collection[int], people: Collection[int], on: date) -> Iterable[tuple[int, int]]:
    """Who belongs or belonged to the structure, stood down, was recused, set apart, or told of a link for a session.

    And those of whoever took over the label, those whose recusal was granted to the association; dossiers with people,
    in one query.
    """
    recent = Membership.objects.filter(recent_members(on), user__in=people)
    insiders = Application.objects.filter(pk__in=applications, structure__memberships__in=recent)
    took_over = other_holders().filter(application__in=applications, structure__memberships__in=recent)
    left = Assignment.objects.filter(
        application__in=applications, user__in=people, state__in=[State.STOOD_DOWN, State.RECUSED]
    )
    granted = Challenge.objects.filter(
        application__in=applications, mandate__user__in=people, answer=Challenge.Answer.ACCEPTED
    )
    said = ItemStatement.objects.filter(
        item__application__in=applications, mandate__user__in=people, has_link=True
    )
    apart = DeliberationAct.objects.filter(application__in=applications, set_apart__user__in=people)
    names = ("application_id", "mandate__user_id")
    return (
        left.order_by()
        .values_list("application_id", "user_id")
        .union(
            insiders.order_by().values_list("pk", "structure__memberships__user_id"),
            took_over.order_by().values_list("application_id", "structure__memberships__user_id"),
            granted.order_by().values_list(*names),
            apart.order_by().values_list("application_id", "set_apart__user_id"),
            said.order_by().values_list("item__application_id", "mandate__user_id"),
        )
    )
