"""The committee's opinion on a dossier, written by the secretariat with its reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.moves import Actor
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from label.actions.drafting import person_of
from label.models import Application
from letters import files
from letters.models import StoredFile
from letters.spoken import told_date
from reviewers.actions.discussion import close_discussion
from reviewers.actions.evaluations import first_round, held_application, latest
from reviewers.checklist import missing_to_record_opinion
from reviewers.models import AgendaItem, Evaluation, Opinion
from reviewers.paper_opinion import PAPER_MINUTES, VOTES, absent_colleges, missing_on_paper
from reviewers.reopenings import CLOCK as SECOND_OPINION


@transaction.atomic
def record_opinion(  # noqa: PLR0913 - one act, said in one place
    *,
    application_pk: int,
    kind: str,
    reasons: str,
    conditions: Sequence[str] = (),
    votes: Mapping[str, int] | None = None,
    present: Mapping[str, int] | None = None,
    minutes: UploadedFile | None = None,
    minority: str = "",
    absence_reasons: str = "",
    solutions: Collection[int] = (),
    adopted_on: date,
    at: datetime,
    by: Actor,
) -> Opinion:
    """Write the opinion that a session held on paper adopted; the scores become final, the time to decide starts.

    `present` counts, by college, who took part in that item, recused members left out; `minutes` are the signed
    minutes, scanned; `solutions` are the keys of the solutions that the committee would recognise. A college that could
    not take part by any means is done without only with `absence_reasons`, what was tried (domain 5.3). Raises
    `NotAllowed`; `Blocked` with what is missing, the quorum of the item included (domain 5.1 ITEM);
    `ValidationError` for a file that cannot be kept (E15 to E18).
    """
    today = timezone.localdate(at)
    application = held_application(application_pk)
    require("reviewers.record_opinion", by, application, on=today)
    _refuse_during_a_session(application)
    evaluation_in_deliberation(application)
    close_discussion(application, at=at, by=Actor.system())
    first, evaluation = first_round(application), evaluation_in_deliberation(application)
    votes, present = votes or {}, present or {}
    conditions = [text.strip() for text in conditions if not is_blank(text)]
    said: dict[str, Any] = {
        "kind": kind,
        "reasons": reasons,
        "conditions": conditions,
        "solutions": solutions,
    }
    block_unless_empty(
        [
            *missing_to_adopt(application, **said),
            *missing_on_paper(
                application, votes, present, absence_reasons, has_minutes=bool(minutes), on=adopted_on
            ),
            *_missing_date(first or evaluation, adopted_on, today),
        ]
    )
    return write_opinion(
        application,
        evaluation,
        present=present,
        paper_minutes=_kept(evaluation, cast(UploadedFile, minutes), at=at, by=by),
        **said,
        votes={name: int(votes.get(name, 0)) for name in VOTES},
        minority=minority,
        absence_reasons=absence_reasons,
        adopted_on=adopted_on,
        at=at,
        by=by,
    )


def _kept(evaluation: Evaluation, minutes: UploadedFile, *, at: datetime, by: Actor) -> StoredFile:
    return files.store(
        upload=minutes,
        subject=evaluation,
        purpose=PAPER_MINUTES,
        thread=evaluation.application.thread,
        at=at,
        by=by,
    )


def write_opinion(  # noqa: PLR0913 - what an opinion says
    application: Application,
    evaluation: Evaluation,
    *,
    kind: str,
    reasons: str,
    conditions: Sequence[str],
    votes: Mapping[str, int],
    minority: str,
    solutions: Collection[int],
    adopted_on: date,
    item: AgendaItem | None = None,
    present: Mapping[str, int] | None = None,
    paper_minutes: StoredFile | None = None,
    absence_reasons: str = "",
    at: datetime,
    by: Actor,
) -> Opinion:
    """The one place that writes an opinion, once its checks are made: the dossier is held and moves, its time to
    decide starts.

    `item` is where it was voted; a session held on paper gives who was present and its minutes instead.
    """
    opinion = Opinion.objects.create(
        application=application,
        evaluation=evaluation,
        item=item,
        kind=kind,
        reasons=reasons.strip(),
        conditions=list(conditions),
        votes=dict(votes),
        present=dict(present or {}),
        paper_minutes=paper_minutes,
        without_colleges=" ".join(absent_colleges(present)) if present else "",
        absence_reasons=absence_reasons.strip(),
        minority=minority.strip(),
        solutions=sorted(solutions),
        recorded_by=person_of(by),
        adopted_on=adopted_on,
        recorded_at=at,
    )
    application.record_opinion(by=by, at=at)
    application.save()
    deadlines.meet(subject=application, kind=SECOND_OPINION, at=at)
    deadlines.start(
        thread=application.thread,
        subject=application,
        kind="decision",
        started_on=adopted_on,
        days=settings.DECISION_DAYS,
        reminders=(-10,),
    )
    return opinion


def missing_to_adopt(
    application: Application,
    *,
    kind: str,
    reasons: str,
    conditions: Sequence[str],
    solutions: Collection[int],
) -> list[Missing]:
    """What is missing in an opinion, without its votes: `Blocked` at once when the dossier cannot have one."""
    evaluation = evaluation_in_deliberation(application)
    return [
        *missing_to_record_opinion(
            application, evaluation, kind=kind, reasons=reasons, conditions=conditions
        ),
        *_missing_solutions(application, kind, solutions),
    ]


def evaluation_in_deliberation(application: Application) -> Evaluation:
    """The result that the committee discusses. Raises `Blocked` unless the dossier is in deliberation."""
    if application.state != Application.State.IN_DELIBERATION:
        raise Blocked([_("Ce dossier n'est pas en délibération.")])
    evaluation = latest(application)
    if evaluation is None:
        raise Blocked([_("L'évaluation n'est pas encore close.")])
    return evaluation


def _refuse_during_a_session(application: Application) -> None:
    """What is on the agenda of a session is voted there, or taken off first."""
    pending = application.agenda_items.filter(state__in=AgendaItem.PENDING).select_related("session").first()
    if pending is None:
        return
    if pending.state in AgendaItem.UNDER_WAY:
        raise Blocked([_("Ce dossier est discuté en séance : l'avis s'écrit à la fin du vote.")])
    words = _("Ce dossier est à l'ordre du jour de la séance {reference} : retirez-le d'abord.")
    raise Blocked([words.format(reference=pending.session.reference)])


def _missing_solutions(application: Application, kind: str, solutions: Collection[int]) -> list[Missing]:
    presented = set(application.solutions.values_list("pk", flat=True))
    if not set(solutions) <= presented:
        return [Missing(_("Choisissez une des réponses proposées."), code="solutions")]
    if kind in (Opinion.Kind.FAVOURABLE, Opinion.Kind.FAVOURABLE_WITH_CONDITIONS) and not solutions:
        return [Missing(_("Choisissez au moins une action à reconnaître."), code="solutions")]
    return []


def _missing_date(evaluation: Evaluation, adopted_on: date, today: date) -> list[Missing]:
    """The committee gives its opinion on a closed evaluation (domain 5.1), and never in the future."""
    closed_on = timezone.localdate(evaluation.closed_at)
    if adopted_on > today:
        return [Missing(_("Cette date n'est pas encore passée."), code="adopted_on")]
    if adopted_on < closed_on:
        words = _("L'évaluation a été close le {date} : l'avis ne peut pas être plus ancien.")
        return [Missing(words.format(date=told_date(closed_on)), code="adopted_on")]
    return []
