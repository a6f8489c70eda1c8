"""The clock, the member and two persons of the secretariat around one paper grid, at once, on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Blocked
from reviewers import actions
from reviewers.models import Assignment, GridEntry, Score
from tests.factories import papers
from tests.factories import reviewers as factory
from tests.factories.structures import AT
from tests.reviewers.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_grid_is_sealed_once_by_the_clock_or_by_its_member(settings) -> None:
    settings.DOUBLE_CHECK_PERCENT = 0
    assignment = papers.typed(factory.assignments_of(factory.under_review())[0])
    kept = Score.objects.get(assignment=assignment, criterion="A1.1")
    member, last = factory.member_actor(assignment), AT + timedelta(days=5)
    line = {"criterion": "A1.1", "verdict": "scored", "value": 3, "comment": "", "version": kept.version}
    found = at_once(
        [
            lambda: actions.seal_entry(
                assignment_pk=assignment.pk, at=AT + timedelta(days=6), by=Actor.system()
            ),
            lambda: actions.submit_review(
                assignment_pk=assignment.pk, advice="favourable", comment="", at=last, by=member
            ),
            lambda: actions.save_score(assignment_pk=assignment.pk, **line, at=last, by=member),
        ]
    )
    assert sum(isinstance(one, Assignment) for one in found) == 1
    corrected = not isinstance(found[2], Blocked)
    assert Score.objects.get(pk=kept.pk).value == (3 if corrected else 2)
    assert Event.objects.filter(subject=subject_key(assignment), move="submit").count() == 1


def test_two_second_readings_at_once_are_one() -> None:
    assignment = papers.drawn(factory.assignments_of(factory.under_review())[0])
    codes = [row["code"] for row in assignment.application.edition.data["criteria"]]
    lines = {code: actions.Given("scored", 3) for code in codes}
    readers = [factory.secretary(), factory.secretary()]
    found = at_once(
        [
            lambda by=by: actions.type_again(
                assignment_pk=assignment.pk, lines=lines, advice="favourable", version=1, at=AT, by=by
            )
            for by in readers
        ]
    )
    assert sum(isinstance(one, Blocked) for one in found) == 1
    assert GridEntry.objects.get().differences == codes
    assert Event.objects.filter(move="type_again").count() == 1
