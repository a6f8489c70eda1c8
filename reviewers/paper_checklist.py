"""What is missing before a grid is typed for a member, corrected, and before a plain summary is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.refusals import Missing
from label.models import Application
from letters.spoken import told_date
from reviewers import gridcode
from reviewers.mandate_checklist import choose_between
from reviewers.models import Assignment, GridEntry, PlainSummary, Score
from reviewers.models.entries import ADVICE, KEEP, REPLACE
from reviewers.pack import summary_pages

State = Assignment.State
SUMMARY_LIMIT = 10_000  # signs


def missing_to_enter(
    assignment: Assignment,
    *,
    means: str,
    code: str,
    read_back_on: date | None,
    read_back_by: str,
    signed: bool,
    has_scan: bool,
    on: date,
) -> list[Missing]:
    """Before a grid is typed for a member: the right grid, its statement, its scan when it came by post."""
    reasons = []
    came_by_post = means == Assignment.Means.POST
    if assignment.state == State.PROPOSED and not signed:
        reasons.append(Missing(_("La déclaration « aucun lien » n'est pas signée."), code="statement_signed"))
    if means not in Assignment.Means.values:
        reasons.append(Missing(_("Choisissez une des réponses proposées."), code="means"))
    if came_by_post and not (has_scan or assignment.paper_grid_id):
        reasons.append(Missing(_("Joignez la grille numérisée."), code="scan"))
    if came_by_post and not code.strip():
        reasons.append(
            Missing(_("Recopiez le code qui est en haut de chaque page de la grille."), code="code")
        )
    elif code.strip() and (why := gridcode.refusal(code, assignment)):
        reasons.append(Missing(why, code="code"))
    if read_back_on is not None and read_back_on > on:
        reasons.append(Missing(_("Cette date n'est pas encore passée."), code="read_back_on"))
    elif read_back_on is not None and read_back_on < (first := _first_day(assignment)):
        reasons.append(choose_between(first, on, code="read_back_on"))
    if read_back_on is not None and read_back_by not in GridEntry.ReadBack.values:
        reasons.append(Missing(_("Choisissez une des réponses proposées."), code="read_back_by"))
    return reasons


def missing_to_enter_rereading(
    assignment: Assignment,
    *,
    means: str,
    code: str,
    read_back_on: date | None,
    has_scan: bool,
    has_choices: bool,
    on: date,
) -> list[Missing]:
    """Before the second round of a member is typed: a choice, how it came, its code and scan, its read-back."""
    reasons = []
    if not has_choices and not Score.objects.filter(assignment=assignment, round=2).exists():
        reasons.append(Missing(_("Recopiez au moins un choix de la personne."), code="choices"))
    if means not in Assignment.Means.values:
        reasons.append(Missing(_("Choisissez une des réponses proposées."), code="means"))
    if means == Assignment.Means.POST and not has_scan:
        reasons.append(Missing(_("Joignez la feuille numérisée."), code="scan"))
    if means == Assignment.Means.POST and not code.strip():
        text = _("Recopiez le code qui est en haut de chaque page de la feuille.")
        reasons.append(Missing(text, code="code"))
    elif code.strip() and (why := gridcode.refusal(code, assignment)):
        reasons.append(Missing(why, code="code"))
    opened = timezone.localdate(assignment.reopened_at) if assignment.reopened_at else on
    if read_back_on is None:
        reasons.append(
            Missing(_("Dites quel jour vous avez relu ces choix avec la personne."), code="read_back_on")
        )
    elif read_back_on > on:
        reasons.append(Missing(_("Cette date n'est pas encore passée."), code="read_back_on"))
    elif read_back_on < opened:
        text = _("La discussion n'est ouverte que depuis le {date}.").format(date=told_date(opened))
        reasons.append(Missing(text, code="read_back_on"))
    return reasons


def _first_day(assignment: Assignment) -> date:
    """Before that day no grid of that member could have come: they accepted, or were asked, on that day."""
    if assignment.accepted_at is not None and assignment.entered_by_id is None:
        return timezone.localdate(assignment.accepted_at)
    return assignment.answer_due_on - timedelta(days=settings.REVIEW_ANSWER_DAYS)


def changed_meanwhile(assignment: Assignment, seen: str | None) -> list[Missing]:
    """A page that shows an older typing, or none, would write over what was corrected or typed since."""
    entry = GridEntry.objects.filter(assignment=assignment).first()
    if seen is None or seen == (entry.token if entry else ""):
        return []
    return [typed_meanwhile()]


def missing_about_own(theirs: Sequence[str], own: str, *, advice: str) -> list[Missing]:
    """Before words that the member wrote themselves are typed over: only when they asked for it."""
    if not theirs:
        return []
    if own not in (KEEP, REPLACE):
        text = _(
            "La personne a écrit elle-même sur ces points : {points}. Dites si vous gardez ses réponses."
        )
        points = ", ".join(_("avis d'ensemble") if code == ADVICE else code for code in theirs)
        return [Missing(text.format(points=points), code="own")]
    if own == REPLACE and ADVICE in theirs and not advice:
        return [Missing(_("Choisissez une des réponses proposées."), "#id_advice_0", "advice")]
    return []


def typed_meanwhile() -> Missing:
    """What is answered to a page that no longer shows the grid as it stands; nothing is written."""
    text = _("Cette grille a changé depuis que la page est ouverte. Rouvrez la page, puis recommencez.")
    return Missing(text, code="stale")


def missing_to_correct(assignment: Assignment, *, on: date) -> list[Missing]:
    """A grid that somebody else typed is corrected within its days; then the clock seals it."""
    entry: GridEntry | None = getattr(assignment, "entry", None)
    if entry is None or entry.correction_due_on is None or entry.is_open(on=on):
        return []
    text = _("Vous pouviez corriger jusqu'au {date}. Les notes ne changent plus.")
    return [Missing(text.format(date=told_date(entry.correction_due_on)), code="correction_over")]


def missing_to_write_summary(application: Application, text: str) -> list[Missing]:
    """Before a summary is written: a filed dossier that nobody was asked to read yet, and two pages at most."""
    if application.snapshot is None or summary_is_frozen(application):
        return [
            Missing(
                _("Le panel est nommé : le résumé ne change plus, il est le même pour tous."), code="text"
            )
        ]
    if not text:
        return [Missing(_("Écrivez le résumé."), code="text")]
    if len(text) > SUMMARY_LIMIT or (pages := summary_pages(text)) > settings.SUMMARY_PAGES:
        pages = pages if len(text) <= SUMMARY_LIMIT else settings.SUMMARY_PAGES + 1
        words = ngettext(
            "Ce résumé fait {n} page ; la limite est {limit}. Il est gardé ici : raccourcissez-le.",
            "Ce résumé fait {n} pages ; la limite est {limit}. Il est gardé ici : raccourcissez-le.",
            pages,
        )
        return [Missing(words.format(n=pages, limit=settings.SUMMARY_PAGES), code="text")]
    return []


def missing_summary(application: Application) -> list[Missing]:
    """Before a panel is named: the plain summary, since it no longer changes once somebody was asked (domain 6.9)."""
    if application.snapshot is None or PlainSummary.objects.of(application.snapshot) is not None:
        return []
    if summary_is_frozen(application):
        return []  # somebody read this dossier without one: it is too late to write it, not to ask somebody else
    text = _(
        "Écrivez d'abord le résumé en langage simple : il est le même pour toutes les personnes invitées."
    )
    return [Missing(text, reverse("staff_summary", args=[application.reference]), "summary")]


def summary_is_frozen(application: Application) -> bool:
    """Whether somebody was already asked to evaluate the dossier as it stands.

    Before the session, a dossier without any summary gets its first one: nobody is convened without it.
    """
    if application.state == Application.State.IN_DELIBERATION:
        return PlainSummary.objects.of(application.snapshot) is not None
    return Assignment.objects.filter(application=application, snapshot=application.snapshot_id).exists()
