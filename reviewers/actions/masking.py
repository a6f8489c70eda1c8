"""A comment that tells the health of a person is masked by the secretariat before others read it (domain 5.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing
from journal.wording import is_blank
from reviewers.actions.departures import held
from reviewers.models import Assignment, Score

MASK = "[…]"


@transaction.atomic
def mask_comment(*, assignment_pk: int, score_pk: int, passage: str, at: datetime, by: Actor) -> Score:
    """Replace that passage of a sealed comment by « […] ». The score stays; the passage is kept nowhere.

    The reason of a change in the second round is such a comment: it is kept twice, and masked twice.
    The journal says who did it and when, never what it said. Raises `DoesNotExist`, `NotAllowed`, `Blocked` when the
    review is not sealed or does not hold that passage.
    """
    assignment = held(assignment_pk)
    require("reviewers.mask_comment", by, assignment, on=timezone.localdate(at))
    score = assignment.scores.get(pk=score_pk)
    if assignment.state not in Assignment.COUNTED:
        raise Blocked([_("Cette évaluation n'est pas encore envoyée : personne d'autre ne la lit.")])
    wanted = passage.strip()
    if is_blank(wanted) or wanted not in score.comment:
        raise Blocked([Missing(_("Recopiez exactement le passage à masquer."), code="passage")])
    score.comment = score.comment.replace(wanted, MASK)
    score.change_reason = score.change_reason.replace(wanted, MASK)
    score.version += 1
    score.save(update_fields=["comment", "change_reason", "version"])
    note(assignment, what="mask_comment", at=at, by=by)
    return score
