"""Paper grids of the tests, typed through the real action."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.test import override_settings
from django.utils import timezone

from reviewers import actions
from reviewers.gridcode import code_of
from reviewers.models import Assignment
from tests.factories import reviewers as factory
from tests.factories.structures import AT, proof


def typed(assignment: Assignment, *, value: int = 2, at: datetime = AT, **changes: Any) -> Assignment:
    """A whole grid that came by post, typed and read back by the secretariat unless told otherwise."""
    codes = [row["code"] for row in assignment.application.edition.data["criteria"]]
    comment = "" if value in (2, 3) else "Lu dans le dossier."
    parts: dict[str, Any] = {
        "assignment_pk": assignment.pk,
        "lines": {code: actions.Given("scored", value, comment) for code in codes},
        "advice": "favourable",
        "comment": "",
        "means": "post",
        "code": str(code_of(assignment)),
        "statement_signed": True,
        "read_back_on": timezone.localdate(at),
        "scan": proof("grille.pdf"),
        "at": at,
        "by": factory.secretary(),
    }
    return actions.enter_paper_grid(**{**parts, **changes})


def drawn(assignment: Assignment, *, at: datetime = AT, **changes: Any) -> Assignment:
    """A paper grid that the draw chose for the double check."""
    with override_settings(DOUBLE_CHECK_PERCENT=100):
        return typed(assignment, at=at, **changes)
