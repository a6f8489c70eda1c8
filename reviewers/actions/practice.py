"""Trying one's hand on a fictitious dossier: kept for the member alone, written in no journal, counted nowhere."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.moves import Actor
from journal.refusals import Blocked, Missing, NotAllowed
from reviewers.models import Mandate, Practice
from reviewers.training import Case, given

COMMENT_LIMIT = 5000


@transaction.atomic
def save_practice(
    *, mandate_pk: int, case: Case, criterion: str, note: str, comment: str, at: datetime, by: Actor
) -> Practice:
    """Keep what the member would answer on one criterion of a practice dossier; once finished, it begins again.

    Raises `NotAllowed`; `LookupError` for a criterion that is not practised; `Blocked` for a score that is none.
    """
    practice = _own(mandate_pk, case, at=at, by=by)
    line = case.line(criterion)
    if line is None:
        raise LookupError(criterion)
    known = {score for score, _name, _sentence in line.row.anchors} | {"", "none"}
    if note not in known | ({"na"} if line.row.na_allowed else set()) or len(comment) > COMMENT_LIMIT:
        raise Blocked(
            [Missing(_("Choisissez une note de 0 à 4, ou « Je ne me prononce pas »."), code="note")]
        )
    practice.answers[criterion] = {"note": note, "comment": comment.strip()}
    practice.save()
    return practice


@transaction.atomic
def finish_practice(*, mandate_pk: int, case: Case, at: datetime, by: Actor) -> Practice:
    """The member has tried every criterion: the scores that one may defend are then shown beside theirs.

    The first day counts for the training. Raises `NotAllowed`, and `Blocked` when a criterion has no answer.
    """
    practice = _own(mandate_pk, case, at=at, by=by)
    if given(practice.answers, case) < len(case.lines):
        raise Blocked([Missing(_("Il reste des critères sans réponse."), code="note")])
    practice.finished_at = practice.finished_at or at
    practice.save()
    return practice


def _own(mandate_pk: int, case: Case, *, at: datetime, by: Actor) -> Practice:
    mandate = Mandate.objects.select_related("user").get(pk=mandate_pk)
    require("reviewers.practise", by, mandate, on=timezone.localdate(at))
    if mandate.ended_at is not None:
        raise NotAllowed("the mandate is over")
    practice, _new = Practice.objects.select_for_update().get_or_create(
        mandate=mandate, case=case.code, defaults={"started_at": at}
    )
    return practice
