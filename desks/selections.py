"""Named questions behind each figure: a count and the list that it opens ask the same one, so they agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from certificates import questions
from certificates.models import Label, RecognisedSolution
from decisions.checklist import departing
from decisions.models import Appeal, Decision
from desks.clocks import ALERT_DAYS
from desks.periods import Period
from label.models import Application, PaperEntry
from reviewers.dashboard import panels
from reviewers.models import Assignment, Challenge, College

Test = Callable[[Period], Q]
State = Application.State
REPORT_ROLES = frozenset({Role.CASE_OFFICER, Role.SIGNATORY})  # who reads what the public reports
# Who reads the figures; the appeal officer and the data protection officer have their own lists.
FIGURE_ROLES = frozenset({Role.SECRETARIAT, Role.SIGNATORY, Role.CASE_OFFICER, Role.ETHICS_OFFICER})
DECIDED = (State.GRANTED, State.REFUSED, State.INADMISSIBLE, State.CLOSED)
IN_EFFECT = (Decision.State.SIGNED, Decision.State.NOTIFIED, Decision.State.FINAL)


@dataclass(frozen=True)
class Selection:
    """What a list shows, in words, and the question that it asks on that period."""

    words: str | Promise
    test: Test


def _filed(period: Period) -> Q:
    return Q(submitted_at__date__range=period.days) & ~Q(state=State.PURGED)


def _decided(period: Period) -> Q:
    return Q(state__in=DECIDED, ended_at__date__range=period.days)


def _late(period: Period) -> Q:
    return _decided(period) & Q(ended_at__date__gt=F("implicit_decision_on"))


def _in_time(period: Period) -> Q:
    in_time = Q(implicit_decision_on=None) | Q(ended_at__date__lte=F("implicit_decision_on"))
    return _decided(period) & in_time


def _implicit_soon(period: Period) -> Q:
    last = period.on + timedelta(days=ALERT_DAYS)
    return Q(state__in=Application.UNDER_WAY, implicit_decision_on__range=(period.on, last))


def _implicit_passed(period: Period) -> Q:
    return Q(state__in=Application.UNDER_WAY, implicit_decision_on__lt=period.on)


def _acts(period: Period) -> QuerySet[Decision]:
    """The acts signed in the period about a dossier of a list."""
    return Decision.objects.filter(
        application=OuterRef("pk"), state__in=IN_EFFECT, signed_at__date__range=period.days
    )


def _diverging(period: Period) -> Q:
    return Q(Exists(_acts(period).filter(departing())))


def _without_a_college(period: Period) -> Q:
    return Q(Exists(_acts(period).filter(opinion__isnull=False).exclude(opinion__without_colleges="")))


def _released(state: str) -> Test:
    def test(period: Period) -> Q:
        rows = Assignment.objects.filter(
            application=OuterRef("pk"), state=state, released_at__date__range=period.days
        )
        return Q(Exists(rows))

    return test


def _challenged(period: Period) -> Q:
    return Q(Exists(Challenge.objects.filter(application=OuterRef("pk"), asked_at__date__range=period.days)))


def _appealed(period: Period) -> Q:
    return Q(Exists(Appeal.objects.filter(decision__application=OuterRef("pk"), state__in=Appeal.OPEN)))


def _on_paper(period: Period) -> Q:
    return _filed(period) & Q(Exists(PaperEntry.objects.filter(application=OuterRef("pk"))))


def _panel(college: str, *, complete: bool) -> Test:
    """Dossiers under review whose panel has enough members of that college, or lacks some."""

    def test(period: Period) -> Q:
        lacking = [pk for pk, short in panels(Application.objects.all()).items() if college in short]
        return Q(state=State.UNDER_REVIEW) & (~Q(pk__in=lacking) if complete else Q(pk__in=lacking))

    return test


def _reviewed(college: str, *, paper: bool) -> Test:
    """Dossiers that members of that college evaluated in the period; on paper only, when asked."""

    def test(period: Period) -> Q:
        rows = Assignment.objects.filter(
            application=OuterRef("pk"),
            college=college,
            state__in=Assignment.COUNTED,
            submitted_at__date__range=period.days,
        )
        return Q(Exists(rows.filter(entered_by__isnull=False) if paper else rows))

    return test


DOSSIERS: dict[str, Selection] = {
    "deposes": Selection(_("Déposés dans la période"), _filed),
    "papier": Selection(_("Déposés sur papier dans la période"), _on_paper),
    "decides": Selection(_("Décidés dans la période"), _decided),
    "a-temps": Selection(_("Décidés à temps dans la période"), _in_time),
    "apres-date": Selection(_("Décidés après la date limite dans la période"), _late),
    "implicite-proche": Selection(_("Date implicite dans les 30 jours"), _implicit_soon),
    "implicite-passee": Selection(_("Date implicite passée, sans décision"), _implicit_passed),
    "contre-avis": Selection(_("Décision contre l'avis dans la période"), _diverging),
    "sans-college": Selection(_("Décision sans la contribution d'un collège"), _without_a_college),
    "recuses": Selection(_("Un membre récusé dans la période"), _released(Assignment.State.RECUSED)),
    "deports": Selection(_("Un membre en déport dans la période"), _released(Assignment.State.STOOD_DOWN)),
    "recusation-demandee": Selection(_("Récusation demandée dans la période"), _challenged),
    "recours": Selection(_("Recours en cours"), _appealed),
    **{
        f"panel-complet-{college.value}": Selection(
            format_lazy(_("Panel complet : {college}"), college=college.label), _panel(college, complete=True)
        )
        for college in College
    },
    **{
        f"panel-incomplet-{college.value}": Selection(
            format_lazy(_("Panel incomplet : {college}"), college=college.label),
            _panel(college, complete=False),
        )
        for college in College
    },
    **{
        f"evalues-{college.value}": Selection(
            format_lazy(_("Évalués dans la période : {college}"), college=college.label),
            _reviewed(college, paper=False),
        )
        for college in College
    },
    **{
        f"evalues-papier-{college.value}": Selection(
            format_lazy(_("Évalués sur papier dans la période : {college}"), college=college.label),
            _reviewed(college, paper=True),
        )
        for college in College
    },
}
PANELS = tuple(
    code for code in DOSSIERS if code.startswith("panel-")
)  # these read the panels: one query each


def in_field(code: str) -> QuerySet[RecognisedSolution]:
    """The solutions in that field of action that a label recognises, for a condition on labels."""
    return RecognisedSolution.objects.filter(
        label=OuterRef("pk"), solution__facets__facet="field", solution__facets__code=code
    )


LABELS: dict[str, Selection] = {
    "valables": Selection(_("Valables aujourd'hui"), lambda period: questions.valid_on(period.on)),
    "suspendus": Selection(_("Suspendus aujourd'hui"), lambda period: questions.suspended_on(period.on)),
    "retires": Selection(_("Retirés"), lambda period: questions.withdrawn_on(period.on)),
    "suivi-en-retard": Selection(
        _("Suivi annuel en retard"), lambda period: questions.follow_up_overdue_on(period.on)
    ),
    "reserve-en-retard": Selection(
        _("Réserve dont la date est passée"), lambda period: questions.condition_overdue_on(period.on)
    ),
    "sans-renouvellement": Selection(
        _("Se terminent sans renouvellement commencé"),
        lambda period: Q(
            pk__in=Label.objects.listed(on=period.on)
            .ending_without_renewal(on=period.on, not_begun=True)
            .values("pk")
        ),
    ),
}
