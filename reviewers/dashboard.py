"""The committee at a glance: who has what, load, coverage of the colleges. Questions; how far, never which score."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from label.models import Application
from letters.spoken import told_date
from reviewers.models import Assignment, College, Evaluation, GridEntry, Mandate, Score
from reviewers.panels import open_load

State = Assignment.State
MOST_MEMBERS = 500
MOST_DISCUSSED = 50
MOST_PANELS = 2000
YEAR = timedelta(days=365)


def under_way(user: User, *, at: datetime) -> QuerySet[Assignment]:
    """The reviews that are awaited, with `written_at`, the last word that the member kept (never what it says).

    A paper grid that was read back, in its days to correct, is awaited of nobody.
    """
    on = timezone.localdate(at)
    written = Score.objects.filter(assignment=OuterRef("pk")).order_by("-saved_at").values("saved_at")[:1]
    dossiers = Application.objects.visible_to(user, on=on).filter(state__in=Application.UNDER_WAY)
    return (
        Assignment.objects.visible_to(user, on=on)
        .filter(state__in=Assignment.OPEN, application__in=dossiers.values("pk"))
        .exclude(pk__in=GridEntry.objects.waiting().values("assignment"))
        .select_related("mandate__user", "application__structure")
        .annotate(written_at=Subquery(written))
    )


def overdue(rows: QuerySet[Assignment], *, at: datetime) -> QuerySet[Assignment]:
    """Those whose date has passed: an answer or a review is awaited."""
    on = timezone.localdate(at)
    return rows.filter(
        Q(state=State.ACCEPTED, review_due_on__lt=on) | Q(state=State.PROPOSED, answer_due_on__lt=on)
    )


def silent(rows: QuerySet[Assignment], *, at: datetime) -> QuerySet[Assignment]:
    """Those accepted of which nothing was written for some days: somebody calls, and offers more time."""
    since = at - timedelta(days=settings.REVIEW_SILENT_DAYS)
    quiet = Q(written_at=None) | Q(written_at__lt=since)
    return rows.filter(quiet, state=State.ACCEPTED, accepted_at__lt=since)


def awaited(row: Assignment, *, at: datetime) -> str:
    """What is awaited and when, in words that blame nobody."""
    on = timezone.localdate(at)
    if row.state == State.PROPOSED:
        due, words, passed = (
            row.answer_due_on,
            _("Réponse attendue avant le {date}"),
            _("Réponse attendue depuis le {date}"),
        )
    else:
        due, words, passed = (
            row.review_due_on,
            _("Évaluation attendue avant le {date}"),
            _("Évaluation attendue depuis le {date}"),
        )
    return (passed if due < on else words).format(date=told_date(due))


def quiet_since(row: Assignment, *, at: datetime) -> datetime | None:
    """Since when nothing was written, when it is long enough to call; None otherwise."""
    last: datetime | None = getattr(row, "written_at", None) or row.accepted_at
    since = at - timedelta(days=settings.REVIEW_SILENT_DAYS)
    return last if row.state == State.ACCEPTED and last is not None and last < since else None


def loads(user: User, *, at: datetime) -> list[Mandate]:
    """Each sitting member with `open_load`, what is awaited of them, and `sent`, what they gave in a year."""
    sent = Count(
        "user__assignments",
        filter=Q(
            user__assignments__state__in=Assignment.COUNTED,
            user__assignments__submitted_at__gte=at - YEAR,
        ),
        distinct=True,
    )
    rows = Mandate.objects.visible_to(user, on=timezone.localdate(at)).filter(state__in=Mandate.SEATED)
    return list(
        rows.select_related("user")
        .annotate(open_load=open_load(), sent=sent)
        .order_by("college", "user__last_name", "pk")[:MOST_MEMBERS]
    )


@dataclass(frozen=True)
class Coverage:
    """How a college stands: its active members, the reviews that they could still take, the panels it is short of."""

    college: College
    active: int
    free: int
    short: int


def coverage(*, on: date) -> list[Coverage]:
    """The three colleges; a panel is short of a college below the minimum of its edition."""
    members = Mandate.objects.filter(state=Mandate.State.ACTIVE, starts_on__lte=on, ends_on__gte=on)
    seats: dict[str, list[int]] = {college: [] for college in College.values}
    counted = members.annotate(open_load=open_load()).values_list("college", F("load_cap") - F("open_load"))
    for college, free in counted[:MOST_MEMBERS]:
        seats[college].append(max(free, 0))
    short = Counter(college for lacking in panels(Application.objects.all()).values() for college in lacking)
    return [Coverage(one, len(seats[one.value]), sum(seats[one.value]), short[one.value]) for one in College]


def panels(among: QuerySet[Application]) -> dict[int, set[str]]:
    """Each of these dossiers under review, with the colleges whose panel is below the minimum of its edition."""
    live = {
        college: Count(
            "assignments",
            filter=Q(assignments__college=college, assignments__state__in=Assignment.LIVE),
            distinct=True,
        )
        for college in College.values
    }
    under_review = among.filter(state=Application.State.UNDER_REVIEW).order_by().annotate(**live)
    rows = under_review.values_list("pk", "edition__data__panel__minimum_per_college", *College.values)
    return {
        pk: {college for college, count in zip(College.values, found, strict=True) if count < int(minimum)}
        for pk, minimum, *found in rows[:MOST_PANELS]
    }


def discussed(user: User, *, on: date) -> list[Evaluation]:
    """The last result of each dossier in deliberation that this person may see, the oldest dossier first."""
    dossiers = Application.objects.visible_to(user, on=on).filter(state=Application.State.IN_DELIBERATION)
    last = Evaluation.objects.filter(application=OuterRef("application")).order_by("-pk").values("pk")[:1]
    rows = Evaluation.objects.filter(application__in=dossiers.values("pk"), pk=Subquery(last))
    return list(rows.select_related("application__structure").order_by("application_id")[:MOST_DISCUSSED])
