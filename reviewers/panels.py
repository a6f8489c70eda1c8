"""Who could evaluate a dossier, and why somebody could not (domain 6.3, 6.4): questions, nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import RoleGrant
from label.models import Application
from reviewers.checklist import interests_are_current
from reviewers.conflicts import barred_from_each, to_examine
from reviewers.models import Assignment, College, Mandate

State = Assignment.State
MOST_CANDIDATES = 2000


@dataclass
class Candidate:
    """A member for one dossier: their load, and the reasons why they cannot take it (none: eligible)."""

    mandate: Mandate
    load: int
    reasons: list[str] = field(default_factory=list)
    has_link: bool = False
    is_on_panel: bool = False

    @property
    def eligible(self) -> bool:
        """Whether the member can be asked."""
        return not self.reasons

    def shown_reasons(self, *, link_is_known: bool) -> list[str]:
        """The reasons for one reader: that there is a link is told only to those who may know."""
        if self.has_link and not link_is_known:
            return [_("n'est pas disponible pour ce dossier")]
        return self.reasons


def open_load() -> Count:
    """How many evaluations are awaited from the person of a mandate, of dossiers that are still under way.

    Those that they accepted under an earlier mandate are part of their load.
    """
    awaited = Q(user__assignments__state__in=Assignment.OPEN)
    return Count(
        "user__assignments",
        filter=awaited & ~Q(user__assignments__application__state__in=Application.FINAL),
        distinct=True,
    )


def candidates(application: Application, *, on: date) -> list[Candidate]:
    """Every member with a running mandate, by college, seat and name, in a number of queries that does not grow."""
    mandates = seated_mandates()
    facts = Facts([application], mandates, on=on)
    return [facts.candidate(application, mandate) for mandate in mandates]


def seated_mandates() -> list[Mandate]:
    """Every running mandate with its `open_load`, by college, seat and name."""
    return list(
        Mandate.objects.filter(state__in=Mandate.SEATED)
        .select_related("user")
        .annotate(open_load=open_load())
        .ranked("user__last_name")[:MOST_CANDIDATES]
    )


def panel_token(application: Application) -> str:
    """What a page writes of the panel for which it was made: whoever joins or leaves it changes the token."""
    live = Assignment.objects.filter(application=application, state__in=Assignment.LIVE)
    return "-".join(map(str, live.order_by("pk").values_list("pk", flat=True))) or "0"


def by_college(found: list[Candidate]) -> list[tuple[College, list[Candidate]]]:
    """The candidates under their college, in the order of the colleges."""
    return [(college, [one for one in found if one.mandate.college == college]) for college in College]


class Facts:
    """What the reasons rest on, read once for all members and dossiers, in a number of queries that does not grow."""

    def __init__(self, applications: Sequence[Application], mandates: Sequence[Mandate], *, on: date) -> None:
        self.on = on
        dossiers = [application.pk for application in applications]
        people = [mandate.user_id for mandate in mandates]
        self.barred = barred_from_each(applications, people, on=on)
        self.examined = to_examine(applications, people, on=on)
        self.staff = set(
            RoleGrant.objects.valid(on=on).filter(user__in=people).values_list("user_id", flat=True)
        )
        # By dossier and person, whatever the mandate under which they were asked.
        self.states: dict[tuple[int, int], set[str]] = defaultdict(set)
        self.college_of: dict[tuple[int, int], str] = {}  # of those who sit, as it was when they were named
        rows = Assignment.objects.filter(application__in=dossiers).order_by("pk")
        for application_pk, user_pk, state, college in rows.values_list(
            "application_id", "user_id", "state", "college"
        ):
            self.states[application_pk, user_pk].add(state)
            if state in Assignment.LIVE:
                self.college_of[application_pk, user_pk] = college
        self.last_cycle = last_cycle(applications)
        self.judged_before = judged_before(applications)

    def candidate(self, application: Application, mandate: Mandate) -> Candidate:
        """This member for this dossier, with all that keeps them away from it."""
        load = mandate.open_load  # type: ignore[attr-defined]  # annotated by candidates()
        states = self.states[application.pk, mandate.user_id]
        found = Candidate(mandate, load, is_on_panel=bool(states & set(Assignment.LIVE)))
        is_barred = mandate.user_id in self.barred[application.pk]
        is_examined = not is_barred and mandate.user_id in self.examined[application.pk]
        found.has_link = is_barred or is_examined
        reasons = (
            (found.is_on_panel, _("fait déjà partie du panel")),
            (is_barred, _("a un lien avec la structure")),
            (is_examined, _("un lien reste à examiner par le déontologue")),
            (
                mandate.user_id in self.last_cycle[application.pk],
                _("a évalué ce label la dernière fois"),
            ),
            (
                mandate.user_id in self.judged_before[application.pk],
                _("a évalué le dossier que celui-ci rouvre"),
            ),
            (State.DECLINED in states, _("préfère ne pas évaluer ce dossier")),
            (load >= mandate.load_cap, _loaded(load, mandate.load_cap)),
        )
        found.reasons = [*self.away(mandate), *(text for holds, text in reasons if holds)]
        return found

    def away(self, mandate: Mandate) -> list[str]:
        """Why this member can take no dossier at all that day, their load apart."""
        reasons = (
            (mandate.state == Mandate.State.PAUSED, _("en pause")),
            (mandate.user_id in self.staff, _("travaille à l'Institut")),
            (not self._is_seated(mandate), _("mandat terminé ou pas encore commencé")),
            (
                mandate.state == Mandate.State.INTERESTS_OVERDUE
                or not interests_are_current(mandate, on=self.on),
                _("liens d'intérêts à confirmer"),
            ),
        )
        return [text for holds, text in reasons if holds]

    def _is_seated(self, mandate: Mandate) -> bool:
        return bool(mandate.starts_on and mandate.ends_on and mandate.starts_on <= self.on <= mandate.ends_on)


def judged_before(applications: Sequence[Application]) -> dict[int, set[int]]:
    """Who was on the panel of the dossiers that these reopen (keys of users): others judge (domain 5.1 APPEAL).

    Whether or not the appeal contests the scores; a dossier reopened twice is judged by a third panel.
    """
    found: dict[int, set[int]] = {one.pk: set() for one in applications}
    reopened = {one.reopens_id: one.pk for one in applications if one.reopens_id}
    while reopened:
        rows = Assignment.objects.filter(application__in=reopened, state__in=Assignment.LIVE)
        for old, user in rows.values_list("application_id", "user_id"):
            found[reopened[old]].add(user)
        earlier = Application.objects.filter(pk__in=reopened, reopens__isnull=False)
        reopened = {old: reopened[pk] for pk, old in earlier.values_list("pk", "reopens_id")}
    return found


def last_cycle(applications: Sequence[Application]) -> dict[int, set[int]]:
    """Who evaluated the label of each dossier the last time (keys of users): never twice in a row (domain 6.3).

    The last time is the last dossier granted, with the additions granted since; only a renewal opens a new cycle.
    """
    renewed = {one.structure_id: one for one in applications if one.kind == Application.Kind.RENEWAL}
    rows = Assignment.objects.filter(
        application__structure__in=list(renewed),
        application__state=Application.State.GRANTED,
        state__in=Assignment.COUNTED,
    ).order_by("application_id")
    found: dict[int, set[int]] = {one.pk: set() for one in applications}
    latest: dict[int, int] = {}
    for structure_pk, application_pk, kind, user_pk in rows.values_list(
        "application__structure_id", "application_id", "application__kind", "user_id"
    ):
        people = found[renewed[structure_pk].pk]
        if kind != Application.Kind.ADDITION and latest.get(structure_pk) != application_pk:
            latest[structure_pk] = application_pk
            people.clear()
        people.add(user_pk)
    return found


def _loaded(load: int, cap: int) -> str:
    words = ngettext("a déjà %(count)s dossier sur %(cap)s", "a déjà %(count)s dossiers sur %(cap)s", load)
    return words % {"count": load, "cap": cap}
