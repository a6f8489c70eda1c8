"""The dashboard of the committee: reviews awaited, load, coverage, disagreements, agreement; each table is a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from accounts.models import Role
from accounts.rules import roles_of
from desks.forms import CampaignFilter
from desks.keyset import Order, filters_of, key, page_of
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from label.models import Application, Edition
from label.questions import language
from reviewers import campaign, dashboard, disagreement
from reviewers.actions.evaluations import latest
from reviewers.models import College, Evaluation, Mandate, Opinion
from reviewers.views.access import staff_dossier
from reviewers.visibility import PANEL_ROLES

BY_REVIEW_DATE = Order(("review_due_on", "pk"), (date.fromisoformat, key))
MOST_SESSIONS = 24
VIEWS = {"passees": dashboard.overdue, "silence": dashboard.silent}
on_panels = staff_required(*PANEL_ROLES)


@on_panels
def staff_dashboard(request: HttpRequest) -> HttpResponse:
    """Who has what, the load of each member, the colleges, the dossiers to discuss."""
    at = timezone.now()
    rows = dashboard.under_way(person(request), at=at)
    page = page_of(_viewed(request, rows, at), request, order=BY_REVIEW_DATE)
    members = dashboard.loads(person(request), at=at)
    results = dashboard.discussed(person(request), on=timezone.localdate(at))
    context = {
        "page": page,
        "view": request.GET.get("voir", "") if request.GET.get("voir") in VIEWS else "",
        "views": [("", _("Toutes")), ("passees", _("Date passée")), ("silence", _("Sans nouvelle"))],
        "reviews": [_awaited(row, at) for row in page.rows],
        "loads": [(college, [row for row in members if row.college == college]) for college in College],
        "members": len(members),
        "coverage": dashboard.coverage(on=timezone.localdate(at)),
        "discussed": [(one, _points(one)) for one in results],
        "query": filters_of(request),
    }
    return render(request, "desks/staff_dashboard.html", context)


def _viewed(request: HttpRequest, rows: Any, at: Any) -> Any:
    chosen = VIEWS.get(request.GET.get("voir", ""))
    return chosen(rows, at=at) if chosen else rows


def _awaited(row: Any, at: Any) -> dict[str, Any]:
    return {
        "assignment": row,
        "awaited": dashboard.awaited(row, at=at),
        "quiet": dashboard.quiet_since(row, at=at),
    }


def _points(evaluation: Evaluation) -> int:
    """How many reasons there are to discuss that dossier."""
    return len(evaluation.result["flags"])


@on_panels
def staff_dashboard_reviews_file(request: HttpRequest) -> HttpResponse:
    """The reviews that are awaited, as a file."""
    at = timezone.now()
    columns = [
        _("Numéro de dossier"),
        _("Structure"),
        _("Membre"),
        _("Collège"),
        _("État"),
        _("Ce qui est attendu"),
        _("Sans nouvelle depuis"),
    ]
    rows = _viewed(request, dashboard.under_way(person(request), at=at), at)
    lines = (
        (
            row.application.reference,
            row.application.structure.name,
            row.mandate.user,
            row.get_college_display(),
            row.get_state_display(),
            dashboard.awaited(row, at=at),
            dashboard.quiet_since(row, at=at),
        )
        for row in rows.order_by("review_due_on", "pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("evaluations", columns, lines)


@staff_required(Role.SECRETARIAT, Role.ETHICS_OFFICER)
def staff_dashboard_load_file(request: HttpRequest) -> HttpResponse:
    """The load of each member, as a file."""
    columns = [
        _("Membre"),
        _("Collège"),
        _("État"),
        _("Dossiers en cours"),
        _("Charge acceptée"),
        _("Évaluations envoyées en un an"),
    ]
    rows: list[Any] = list(dashboard.loads(person(request), at=timezone.now()))
    lines = [
        (
            row.user,
            row.get_college_display(),
            row.get_state_display(),
            row.open_load,
            row.load_cap,
            row.sent,
        )
        for row in rows
    ]
    return spreadsheet("charge", columns, lines)


@on_panels
def staff_dashboard_coverage_file(request: HttpRequest) -> HttpResponse:
    """The three colleges, as a file."""
    columns = [
        _("Collège"),
        _("Membres actifs"),
        _("Évaluations encore possibles"),
        _("Panels où il manque quelqu'un"),
    ]
    rows = dashboard.coverage(on=timezone.localdate())
    return spreadsheet(
        "couverture", columns, [(row.college.label, row.active, row.free, row.short) for row in rows]
    )


on_results = staff_required(Role.SECRETARIAT, Role.CASE_OFFICER, Role.SIGNATORY, Role.ETHICS_OFFICER)


@on_results
def staff_disagreement(request: HttpRequest, reference: str) -> HttpResponse:
    """Criteria × college of one dossier, as a drawing and as the same table."""
    found, evaluation, drawn = _disagreement(request, reference)
    context = {"application": found, "evaluation": evaluation, "map": drawn, "colleges": list(College)}
    return render(request, "desks/staff_disagreement.html", context)


@on_results
def staff_disagreement_file(request: HttpRequest, reference: str) -> HttpResponse:
    """The same table as a file."""
    found, _evaluation, drawn = _disagreement(request, reference)
    columns: list[str] = [
        _("Critère"),
        _("Titre"),
        *(str(college.label) for college in College),
        _("Écart entre collèges"),
        _("À discuter"),
    ]
    lines: list[tuple[Any, ...]] = [
        (
            line.code,
            line.title,
            *(_figure(line, cell.mean) for cell in line.cells),
            _figure(line, line.gap),
            " ; ".join(line.reasons),
        )
        for line in drawn.lines
    ]
    if drawn.whole:
        lines.append(("", _("Sur tout le dossier"), *[None] * (len(College) + 1), " ; ".join(drawn.whole)))
    return spreadsheet(f"desaccords-{found.reference}", columns, lines)


def _figure(line: disagreement.Line, value: Decimal | None) -> float | str | None:
    """A figure of the file: in words when the panel left the criterion out."""
    if line.is_left_out:
        return _("sans objet")
    return None if value is None else float(value)


def _disagreement(
    request: HttpRequest, reference: str
) -> tuple[Application, Evaluation, disagreement.Disagreement]:
    """The dossier, its last result and the map; Http404 before the evaluation is closed, or while one owes a review."""
    found = staff_dossier(request, reference)
    evaluation = latest(found)
    owes = found.assignments.filter(
        mandate__user=person(request), state__in=["proposed", "accepted"]
    ).exists()
    if evaluation is None or owes or found.state == Application.State.UNDER_REVIEW:
        raise Http404
    return found, evaluation, disagreement.of(evaluation, found.edition.data, language())


@on_panels
def staff_agreement(request: HttpRequest) -> HttpResponse:
    """How far members agree on a campaign, per criterion and theme, between and inside the colleges."""
    form, told, edition, found = _campaign(request)
    context = {
        "form": form,
        "told": told,
        "edition": edition,
        "rows": campaign.agreement(found, edition.data, language()),
        "colleges": list(College),
        "dossiers": len({one.dossier for one in found}),
        "scores": len(found),
        "most": campaign.MOST_DOSSIERS,
        "deviations": _deviations(request, found),
        "sees_deviations": _sees_deviations(request),
        "query": filters_of(request),
    }
    return render(request, "desks/staff_agreement.html", context)


@on_panels
def staff_agreement_file(request: HttpRequest) -> HttpResponse:
    """The same table as a file."""
    _form, _told, edition, found = _campaign(request)
    columns: list[str] = [_("Critère"), _("Titre")]
    for name in (_("Ensemble"), _("Entre collèges"), *(str(college.label) for college in College)):
        columns += [name, _("{name} : notes").format(name=name), _("{name} : lecture").format(name=name)]
    lines = (
        (
            row.code,
            row.title,
            *(part for one in row.cells for part in (one.value, one.scores, one.reading)),
        )
        for row in campaign.agreement(found, edition.data, language())
    )
    return spreadsheet("accord", columns, lines)


@staff_required(Role.SECRETARIAT)
def staff_deviations_file(request: HttpRequest) -> HttpResponse:
    """The mean deviation of each member, as a file, for the secretariat alone."""
    _form, _told, _edition_shown, found = _campaign(request)
    columns = [_("Membre"), _("Collège"), _("Écart moyen, en points"), _("Notes"), _("Dossiers")]
    lines = (
        (mandate.user, mandate.get_college_display(), round(one.points, 2), one.scores, one.dossiers)
        for mandate, one in _deviations(request, found)
    )
    return spreadsheet("ecarts", columns, lines)


def _campaign(request: HttpRequest) -> tuple[CampaignFilter, str, Edition, list[campaign.Rating]]:
    """The campaign of the address, a session or a period (this year when nothing is said), in words and in scores."""
    today = timezone.localdate()
    sessions = list(
        Opinion.objects.order_by("-adopted_on")
        .values_list("adopted_on", flat=True)
        .distinct()[:MOST_SESSIONS]
    )
    editions = {one.version: one for one in Edition.objects.evaluated().order_by("-pk")}
    form = CampaignFilter(request.GET or None, sessions=sessions, editions=list(editions))
    chosen = form.chosen() if form.is_bound else {}
    if session := chosen.get("seance"):
        dossiers = campaign.dossiers_of_session(date.fromisoformat(session))
    else:
        start, end = chosen.get("du") or date(today.year, 1, 1), chosen.get("au") or today
        dossiers = campaign.dossiers_of_period(start, end)
    visible = Application.objects.visible_to(person(request), on=today)
    edition = _edition(editions, chosen.get("referentiel", ""))
    judged = dossiers.filter(pk__in=visible.values("pk"), edition=edition)
    return form, form.told(today), edition, campaign.ratings(judged)


def _edition(editions: Mapping[str, Edition], chosen: str) -> Edition:
    """The edition whose criteria the table shows: the one chosen, else that in force. Http404 when there is none.

    A code may mean something else in another edition: the scores of two of them are never put together.
    """
    in_force = [one for one in editions.values() if one.state == Edition.State.IN_FORCE]
    found = editions.get(chosen) or next(iter(in_force), None)
    if found is None:
        raise Http404
    return found


def _sees_deviations(request: HttpRequest) -> bool:
    return Role.SECRETARIAT in roles_of(person(request), on=timezone.localdate())


def _deviations(
    request: HttpRequest, found: list[campaign.Rating]
) -> list[tuple[Mandate, campaign.Deviation]]:
    """Each member with the mean deviation of their scores; nothing for anybody but the secretariat (domain 6.8)."""
    if not _sees_deviations(request):
        return []
    by_person = campaign.deviations(found)
    rows = Mandate.objects.filter(user__in=by_person, activated_at__isnull=False).select_related("user")
    last = {row.user_id: row for row in rows.order_by("pk")}  # one line each, under the last mandate taken up
    order = sorted(last.values(), key=lambda row: (row.college, row.user.last_name, row.pk))
    return [(row, by_person[row.user_id]) for row in order]
