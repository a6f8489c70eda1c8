"""Naming the panel of a dossier, adding somebody after a departure, building it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.models import Thread
from journal.moves import Actor
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from label import clocks
from label.models import Application
from reviewers import mails
from reviewers.actions.evaluations import close_if_complete, held_application
from reviewers.checklist import missing_findings, missing_to_name, too_many
from reviewers.models import Assignment, College, Mandate
from reviewers.panels import Candidate, candidates, panel_token
from reviewers.paper_checklist import missing_summary
from reviewers.pseudonyms import in_lot_order, pseudonym

ANSWER_REMINDER = -2  # the third day of five (domain 5.1 ASSIGNMENT)


@transaction.atomic
def name_panel(
    *, application_pk: int, mandate_pks: Collection[int], derogation: str = "", at: datetime, by: Actor
) -> list[Assignment]:
    """Ask these members to evaluate a dossier declared admissible; those of an earlier panel who stay are kept.

    `by` carries why somebody proposed was set aside, when that was so.

    Raises `NotAllowed`; `Blocked` when a college is short, somebody chosen cannot take the dossier that day, or the
    plain summary or a finding is not written.
    """
    application = _hold_with_members(application_pk, mandate_pks)
    require("reviewers.name_panel", by, application, on=timezone.localdate(at))
    if application.state != Application.State.ADMISSIBLE:
        raise Blocked([_("Le panel de ce dossier est déjà composé.")])
    kept = list(Assignment.objects.filter(application=application, state__in=Assignment.LIVE))
    chosen = _eligible(application, mandate_pks, at)
    colleges = [one.mandate.college for one in chosen]
    short = missing_to_name(application.edition, kept, colleges, derogation=derogation)
    block_unless_empty([*short, *missing_summary(application), *missing_findings(application)])
    named = _invite(application, chosen, at=at, by=by.because(""))
    why = "\n".join(filter(None, [derogation.strip(), by.reason.strip()]))
    application.assign_panel(by=by.because(why), at=at)
    application.save()
    deadlines.meet(subject=application, kind=clocks.PANEL, at=at)
    close_if_complete(application, at=at)
    return named


@transaction.atomic
def name_panels(
    *, panels: Mapping[int, Collection[int]], at: datetime, by: Actor
) -> tuple[list[Assignment], dict[int, list[Missing]]]:
    """Ask the panels of several dossiers (mandates by the key of the dossier): each is named or refused by itself.

    Every thread is held first, in the order of keys. Returns who is asked, and the reasons by dossier refused.
    Raises `NotAllowed`.
    """
    _hold_threads(panels, {pk for mandates in panels.values() for pk in mandates})
    named: list[Assignment] = []
    refused: dict[int, list[Missing]] = {}
    for application_pk, mandate_pks in panels.items():
        try:
            named += name_panel(application_pk=application_pk, mandate_pks=mandate_pks, at=at, by=by)
        except Blocked as refusal:
            refused[application_pk] = list(refusal.reasons)
    return named, refused


@transaction.atomic
def replace_members(
    *, application_pk: int, mandate_pks: Collection[int], seen: str, at: datetime, by: Actor
) -> list[Assignment]:
    """Ask more members while the evaluation runs, after departures: all of them or none.

    `seen` is the `panel_token` of the page. Raises `NotAllowed`; `Blocked` when the panel changed since, nobody is
    chosen, a college would have more than the seats of the edition, or somebody cannot take the dossier that day.
    """
    application = _hold_with_members(application_pk, mandate_pks)
    require("reviewers.name_panel", by, application, on=timezone.localdate(at))
    if application.state != Application.State.UNDER_REVIEW:
        raise Blocked([_("L'évaluation de ce dossier est terminée.")])
    if seen != panel_token(application):
        raise Blocked([_("Le panel a changé depuis que cette page est ouverte.")])
    if not mandate_pks:
        raise Blocked([_("Choisissez au moins une personne.")])
    chosen = _eligible(application, mandate_pks, at)
    live = Assignment.objects.filter(application=application, state__in=Assignment.LIVE)
    kept = live.values_list("college", flat=True)
    block_unless_empty(too_many(application.edition, [*kept, *(one.mandate.college for one in chosen)]))
    return _invite(application, chosen, at=at, by=by)


@transaction.atomic
def rebuild_panel(*, application_pk: int, at: datetime, by: Actor) -> Application:
    """The panel is no longer possible or valid: back to its composition; submitted reviews are kept.

    `by` carries the reason. Raises `NotAllowed`, and `Blocked` without a reason.
    """
    application = held_application(application_pk)
    require("reviewers.rebuild_panel", by, application, on=timezone.localdate(at))
    if is_blank(by.reason):
        raise Blocked([_("Écrivez pourquoi le panel est recomposé.")])
    return back_to_panel(application, at=at, by=by)


def back_to_panel(application: Application, *, at: datetime, by: Actor) -> Application:
    """The dossier, held, goes back to the composition of its panel; its clock starts again."""
    application.rebuild_panel(by=by, at=at)
    application.save()
    clocks.start_panel(application, on=timezone.localdate(at))
    return application


def _hold_with_members(application_pk: int, mandate_pks: Collection[int]) -> Application:
    """Two panels named at once never give one member more than their load: their threads are held too."""
    _hold_threads([application_pk], mandate_pks)
    return held_application(application_pk)


def _hold_threads(application_pks: Iterable[int], mandate_pks: Collection[int]) -> None:
    threads = set(Mandate.objects.filter(pk__in=mandate_pks).values_list("thread_id", flat=True))
    threads |= set(
        Application.objects.filter(pk__in=list(application_pks)).values_list("thread_id", flat=True)
    )
    Thread.objects.hold(*threads)


def _eligible(application: Application, mandate_pks: Collection[int], at: datetime) -> list[Candidate]:
    """The chosen candidates, in the order of the list; `Blocked` names each who cannot take the dossier."""
    found = {one.mandate.pk: one for one in candidates(application, on=timezone.localdate(at))}
    unknown = set(mandate_pks) - found.keys()
    chosen = [one for pk, one in found.items() if pk in mandate_pks]
    refused = [f"{one.mandate.user} : {', '.join(one.reasons)}" for one in chosen if one.reasons]
    if unknown:
        refused.append(_("Une des personnes choisies n'a plus de mandat."))
    if refused:
        raise Blocked(refused)
    return chosen


def _invite(
    application: Application, chosen: list[Candidate], *, at: datetime, by: Actor
) -> list[Assignment]:
    """Write the assignments, start their clocks and queue the mails; the dossier is held."""
    today = timezone.localdate(at)
    answer_by = today + timedelta(days=settings.REVIEW_ANSWER_DAYS)
    places = Counter(application.assignments.values_list("college", flat=True))
    named = []
    by_mandate = {one.mandate.pk: one for one in chosen}
    drawn = in_lot_order(
        application._thread.head, [(one.mandate.college, pk) for pk, one in by_mandate.items()]
    )
    for one in map(by_mandate.__getitem__, drawn):
        college = College(one.mandate.college)
        assignment = Assignment.objects.open(
            thread=application._thread,
            at=at,
            by=by,
            application=application,
            mandate=one.mandate,
            snapshot=application.snapshot,
            college=college,
            pseudonym=pseudonym(college, places[college]),
            answer_due_on=answer_by,
            review_due_on=answer_by + timedelta(days=settings.REVIEW_DAYS),
        )
        places[college] += 1
        deadlines.start(
            thread=application.thread,
            subject=assignment,
            kind="assignment_answer",
            started_on=today,
            days=settings.REVIEW_ANSWER_DAYS,
            reminders=(ANSWER_REMINDER,),
        )
        mails.propose_review(assignment, at=at)
        named.append(assignment)
    return named
