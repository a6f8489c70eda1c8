"""The director's page (screens P30): does it work, and where does it jam? Each figure opens the list that it counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from accounts.rules import roles_of
from certificates.models import Label
from decisions.models import Appeal, LitigationStep
from desks.forms import NO_REGION
from desks.periods import Period
from desks.selections import DOSSIERS, LABELS, PANELS, REPORT_ROLES
from feedback.models import Report
from label.models import Application
from letters.spoken import told_date
from reviewers.dashboard import panels
from reviewers.models import College, Mandate, Seat
from structures.facets import FIELDS_OF_ACTION, REGIONS

FEW = 5  # below, a figure that leaves the Institute is not told
MOST_DELAYS = 20_000
MOST_OFFICERS = 100
NINTH = 0.9


@dataclass(frozen=True)
class Figure:
    """One figure, the words before it, and the address of its list; without an address it has no list here.

    `counts` is false for days and shares, which are not numbers of people or of structures.
    """

    words: str | Promise
    value: int | float | None
    url: str = ""
    note: str = ""
    unit: str = ""
    counts: bool = True

    def told(self, *, outside: bool) -> str:
        """The figure as one reads it; a small number that leaves the Institute becomes « moins de 5 »."""
        if self.value is None:
            return "–"
        if outside and self.counts and 0 < self.value < FEW:
            return _("moins de 5")
        shown = f"{self.value:.0f}"
        return f"{shown} {self.unit}" if self.unit else shown


@dataclass(frozen=True)
class Row:
    """One line of a table of figures."""

    title: str | Promise
    figures: list[Figure]


@dataclass(frozen=True)
class Block:
    """A table of figures: its title, its columns, its lines. The first `drawn` lines are also shown as bars."""

    code: str
    title: str | Promise
    columns: Sequence[str | Promise]
    rows: list[Row] = field(default_factory=list)
    drawn: int = 0


@dataclass(frozen=True)
class Sheet:
    """All that the page says: three sentences, then tables."""

    sentences: list[str]
    blocks: list[Block]


def sheet_for(user: User, period: Period) -> Sheet:
    """The figures of that period as this person may see them, in a constant number of queries."""
    dossiers = Application.objects.visible_to(user, on=period.on).exclude(state=Application.State.PURGED)
    labels = Label.objects.visible_to(user, on=period.on)
    counts = _counted(dossiers, period)
    delays = _delays(dossiers, period)
    return Sheet(
        sentences=_sentences(counts, delays, period),
        blocks=[
            _answers(counts, delays, period),
            _stages(dossiers, counts, period),
            _disputes(dossiers, counts, period, user),
            _life(labels, period),
            _colleges(dossiers, counts, period),
            _officers(dossiers, period.on),
            _by_region(labels, period),
            _by_field(labels, period),
        ],
    )


def for_outside(sheet: Sheet) -> Sheet:
    """The same sheet to share: the sentences that tell a small number are left out with the exact figure."""
    return Sheet(sentences=[], blocks=[block for block in sheet.blocks if block.code != "officers"])


def _list(name: str, **filters: str) -> str:
    return f"{reverse(name)}?{urlencode(filters)}"


def dossiers_url(code: str, period: Period) -> str:
    """The list of dossiers behind a figure of that period."""
    return _list("staff_applications", parmi=code, periode=period.code)


def labels_url(code: str, **more: str) -> str:
    """The list of labels behind a figure of today."""
    return _list("staff_labels", parmi=code, **more)


def _counted(dossiers: QuerySet[Application], period: Period) -> dict[str, int]:
    """How many dossiers answer each question that reads no panel; one query."""
    asked = {code: one.test(period) for code, one in DOSSIERS.items() if code not in PANELS}
    found: dict[str, int] = dossiers.aggregate(
        **{_name(code): Count("pk", filter=test) for code, test in asked.items()}
    )
    return {code: found[_name(code)] for code in asked}


def _name(code: str) -> str:
    return f"n_{code.replace('-', '_')}"


def _delays(dossiers: QuerySet[Application], period: Period) -> list[int]:
    """Days from filing to decision of what was decided in the period, shortest first."""
    rows = dossiers.filter(DOSSIERS["decides"].test(period)).values_list("submitted_at", "ended_at")
    return sorted(
        (timezone.localdate(ended) - timezone.localdate(filed)).days for filed, ended in rows[:MOST_DELAYS]
    )


def ninth_decile(days: list[int]) -> int | None:
    """The number of days within which nine out of ten were decided, on sorted days; None without any."""
    return days[ceil(NINTH * len(days)) - 1] if days else None


def _sentences(counts: dict[str, int], delays: list[int], period: Period) -> list[str]:
    received = ngettext("{n} dossier reçu", "{n} dossiers reçus", counts["deposes"]).format(
        n=counts["deposes"]
    )
    decided = ngettext("{n} décidé", "{n} décidés", counts["decides"]).format(n=counts["decides"])
    days = round(median(delays)) if delays else None
    late = counts["apres-date"]
    return [
        _("{received}, {decided}.").format(received=received, decided=decided),
        _("Aucune décision dans cette période.")
        if days is None
        else ngettext("Délai médian : {n} jour.", "Délai médian : {n} jours.", days).format(n=days),
        ngettext(
            "{n} décision prise après la date limite.", "{n} décisions prises après la date limite.", late
        ).format(n=late),
    ]


def _answers(counts: dict[str, int], delays: list[int], period: Period) -> Block:
    decided_url = dossiers_url("decides", period)
    days = _("jours")
    figures = [
        Figure(_("Dossiers déposés"), counts["deposes"], dossiers_url("deposes", period)),
        Figure(_("dont sur papier"), counts["papier"], dossiers_url("papier", period)),
        Figure(_("Brouillons d'aujourd'hui, que l'Institut ne lit pas"), _drafts()),
        Figure(_("Dossiers décidés"), counts["decides"], decided_url),
        Figure(_("Délai médian"), median(delays) if delays else None, decided_url, unit=days, counts=False),
        Figure(_("Neuf sur dix en moins de"), ninth_decile(delays), decided_url, unit=days, counts=False),
        Figure(
            _("Décidés à temps"),
            counts["a-temps"],
            dossiers_url("a-temps", period),
            note=_share(counts["a-temps"], counts["decides"]),
        ),
        Figure(_("Décidés après la date limite"), counts["apres-date"], dossiers_url("apres-date", period)),
        Figure(_("Décisions contre l'avis"), counts["contre-avis"], dossiers_url("contre-avis", period)),
    ]
    return Block(
        "answers", _("Réponses aux demandes"), [_("Nombre")], [Row(one.words, [one]) for one in figures]
    )


def _drafts() -> int:
    """How many drafts there are: their number is known, what they say is not."""
    return Application.objects.filter(state=Application.State.DRAFT).count()


def _share(part: int, whole: int) -> str:
    return _("{n} %").format(n=round(100 * part / whole)) if whole else ""


def _stages(dossiers: QuerySet[Application], counts: dict[str, int], period: Period) -> Block:
    rows = dossiers.filter(state__in=Application.UNDER_WAY).order_by()
    found = {
        row["state"]: row for row in rows.values("state").annotate(n=Count("pk"), oldest=Min("submitted_at"))
    }
    shown = [
        Row(
            Application.State(state).label,
            [
                Figure(
                    Application.State(state).label,
                    found[state]["n"],
                    _list("staff_applications", etape=state),
                    note=told_date(timezone.localdate(found[state]["oldest"]))
                    if found[state]["oldest"]
                    else "",
                )
            ],
        )
        for state in Application.UNDER_WAY
        if state in found
    ]
    steps = len(shown)
    for code in ("implicite-proche", "implicite-passee"):
        words = DOSSIERS[code].words
        shown.append(Row(words, [Figure(words, counts[code], dossiers_url(code, period))]))
    oldest = dossiers.filter(state__in=Application.UNDER_WAY).order_by("submitted_at", "pk").first()
    if oldest is not None and oldest.submitted_at is not None:
        waiting = (period.on - timezone.localdate(oldest.submitted_at)).days
        url = reverse("staff_application", args=[oldest.reference])
        words = _("Le plus ancien attend depuis")
        shown.append(Row(words, [Figure(words, waiting, url, oldest.reference, _("jours"), counts=False)]))
    return Block("stages", _("Dossiers en cours, par étape"), [_("Nombre")], shown, drawn=steps)


def _disputes(dossiers: QuerySet[Application], counts: dict[str, int], period: Period, user: User) -> Block:
    appeals = Appeal.objects.filter(state__in=Appeal.WAITING, decision__application__in=dossiers.values("pk"))
    steps = LitigationStep.objects.filter(
        due_on__gte=period.on, litigation__decision__application__in=dossiers.values("pk")
    )
    dates = [
        *appeals.order_by("silence_on").values_list("silence_on", "decision__application__reference")[:1],
        *steps.order_by("due_on").values_list("due_on", "litigation__decision__application__reference")[:1],
    ]
    figures = [
        Figure(_("Dossiers avec un recours en cours"), counts["recours"], dossiers_url("recours", period))
    ]
    for day, reference in sorted((day, reference) for day, reference in dates if day)[:1]:
        url = reverse("staff_application", args=[reference])
        left = (day - period.on).days
        figures.append(
            Figure(_("Prochaine date ferme, dans"), left, url, told_date(day), _("jours"), counts=False)
        )
    figures.extend(safety_reports(user, on=period.on))
    return Block(
        "disputes", _("Recours et signalements"), [_("Nombre")], [Row(one.words, [one]) for one in figures]
    )


def safety_reports(user: User, *, on: date) -> list[Figure]:
    """The open reports of a danger that this person may read; no figure for who may read none."""
    if not REPORT_ROLES & roles_of(user, on=on):
        return []
    reports = Report.objects.visible_to(user, on=on).under_way().on_safety()
    words = _("Signalements d'un danger, en cours")
    return [Figure(words, reports.count(), _list("staff_reports", danger="on"))]


def _life(labels: QuerySet[Label], period: Period) -> Block:
    found = labels.aggregate(
        **{_name(code): Count("pk", filter=one.test(period)) for code, one in LABELS.items()}
    )
    rows = [
        Row(one.words, [Figure(one.words, found[_name(code)], labels_url(code))])
        for code, one in LABELS.items()
    ]
    return Block("life", _("Vie des labels, aujourd'hui"), [_("Nombre")], rows)


def _colleges(dossiers: QuerySet[Application], counts: dict[str, int], period: Period) -> Block:
    seated = Mandate.objects.filter(
        state__in=Mandate.SEATED, starts_on__lte=period.on, ends_on__gte=period.on
    ).order_by()
    full = Count("pk", filter=Q(seat=Seat.FULL))
    seats = {
        college: (n, seats)
        for college, n, seats in seated.values_list("college").annotate(n=Count("pk"), full=full)
    }
    under_review = panels(dossiers)
    rows = []
    for college in College:
        members, filled = seats.get(college.value, (0, 0))
        lacking = sum(college.value in short for short in under_review.values())
        paper = counts[f"evalues-papier-{college.value}"]
        rows.append(
            Row(
                college.label,
                [
                    Figure(
                        _("Membres en place"),
                        members,
                        _list("staff_members", college=college.value),
                        note=_("{n} sièges pourvus sur {seats}").format(
                            n=filled, seats=settings.COLLEGE_SEATS_MAX
                        ),
                    ),
                    Figure(
                        _("Panels complets"),
                        len(under_review) - lacking,
                        dossiers_url(f"panel-complet-{college.value}", period),
                    ),
                    Figure(
                        _("Panels incomplets"),
                        lacking,
                        dossiers_url(f"panel-incomplet-{college.value}", period),
                    ),
                    Figure(
                        _("Évalués sur papier"),
                        paper,
                        dossiers_url(f"evalues-papier-{college.value}", period),
                        note=_share(paper, counts[f"evalues-{college.value}"]),
                    ),
                ],
            )
        )
    columns = [_("Membres en place"), _("Panels complets"), _("Panels incomplets"), _("Évalués sur papier")]
    return Block("colleges", _("Collèges"), columns, rows)


def _officers(dossiers: QuerySet[Application], on: date) -> Block:
    rows = dossiers.filter(state__in=Application.UNDER_WAY).order_by()
    loads = dict(rows.values_list("case_officer").annotate(n=Count("pk")))
    officers = User.objects.holding(Role.CASE_OFFICER, on=on).order_by("last_name", "pk")[:MOST_OFFICERS]
    people = [(str(one.pk), str(one), loads.get(one.pk, 0)) for one in officers]
    people.append(("personne", _("Personne encore"), loads.get(None, 0)))
    return Block(
        "officers",
        _("Charge par personne qui instruit"),
        [_("Dossiers en cours")],
        [
            Row(name, [Figure(name, n, _list("staff_applications", etape="en-cours", instructeur=key))])
            for key, name, n in people
        ],
    )


STANDINGS = ("valables", "suspendus", "retires")


def _by_region(labels: QuerySet[Label], period: Period) -> Block:
    rows = labels.order_by().values_list("structure__region").annotate(**_standings(period))
    found = {region: tuple(n) for region, *n in rows}
    names = [*((one.code, one.code, one.label) for one in REGIONS), ("", NO_REGION, _("Hors de France"))]
    return _table(
        "regions",
        _("Labels par région"),
        ((key, words, found.get(code)) for code, key, words in names),
        "region",
    )


def _by_field(labels: QuerySet[Label], period: Period) -> Block:
    rows = (
        labels.filter(recognised__solution__facets__facet="field")
        .order_by()
        .values_list("recognised__solution__facets__code")
        .annotate(**_standings(period))
    )
    found = {code: tuple(n) for code, *n in rows}
    names = ((one.code, one.label, found.get(one.code)) for one in FIELDS_OF_ACTION)
    return _table("fields", _("Labels par domaine d'action"), names, "domaine")


def _standings(period: Period) -> dict[str, Count]:
    return {_name(code): Count("pk", filter=LABELS[code].test(period), distinct=True) for code in STANDINGS}


def _table(code: str, title: Any, lines: Iterator[tuple[Any, Any, tuple[int, ...] | None]], by: str) -> Block:
    """Valid, suspended and withdrawn labels, on the lines that have some."""
    columns = [_("Valables"), _("Suspendus"), _("Retirés")]
    rows = [
        Row(
            words,
            [
                Figure(column, n, labels_url(standing, **{by: key}))
                for column, standing, n in zip(columns, STANDINGS, found, strict=True)
            ],
        )
        for key, words, found in lines
        if found and any(found)
    ]
    return Block(code, title, columns, rows, drawn=len(rows))
