"""The member who was just appointed tries the practice dossiers: one finished, one begun."""

from __future__ import annotations

from datetime import datetime

from desks.demonstration.people import APPOINTED
from journal.moves import Actor
from label.models import Edition
from reviewers import actions
from reviewers.models import Mandate, Practice
from reviewers.training import cases

ANSWERS = {
    "jardin": ("3", "2", "2", "3", "none", "2"),
    "ligne": ("3", "1", "1"),
}
COMMENTS = {"1": "Quelque chose existe, mais ne suffit pas."}


def practise(now: datetime) -> None:
    """Answer once; a demonstration loaded again changes nothing."""
    mandate = Mandate.objects.get(user__email=APPOINTED.email)
    if Practice.objects.filter(mandate=mandate).exists() or mandate.ended_at is not None:
        return
    by = Actor(mandate.user, "member")
    for case in cases(Edition.objects.get(state=Edition.State.IN_FORCE)):
        for line, note in zip(case.lines, ANSWERS[case.code], strict=False):
            comment = COMMENTS.get(note, "")
            actions.save_practice(
                mandate_pk=mandate.pk,
                case=case,
                criterion=line.row.code,
                note=note,
                comment=comment,
                at=now,
                by=by,
            )
        if len(ANSWERS[case.code]) == len(case.lines):
            actions.finish_practice(mandate_pk=mandate.pk, case=case, at=now, by=by)
