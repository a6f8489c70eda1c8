"""People who act at the same instant, on PostgreSQL: one wins, nothing is written twice, no number is skipped."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from journal.models import Event
from journal.numbering import parse_number
from journal.refusals import Blocked
from label import actions
from label.models import Application, Snapshot
from letters.models import Letter
from tests.factories import label, structures
from tests.factories.accounts import acting, staff
from tests.factories.structures import AT, representative_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PEOPLE = 8


def at_once(*acts):
    """Run each act in a thread of its own, all at the same instant; the results, refusals included."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait()
            return act()
        except (Blocked, TransitionNotAllowed, actions.StaleAnswer) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_eight_clicks_file_once():
    application = label.filled()
    by = representative_of(application.structure)
    found = at_once(*[lambda: actions.submit(application_pk=application.pk, at=AT, by=by)] * PEOPLE)
    assert {one.reference for one in found} == {application.reference}
    assert Snapshot.objects.count() == Letter.objects.filter(code="L1").count() == 1
    assert Event.objects.filter(move="submit").count() == 1


def test_eight_drafts_of_one_structure_leave_one():
    label.ready_for_applications()
    found = structures.structure()
    by = representative_of(found)
    results = at_once(*[lambda: actions.open_application(structure_pk=found.pk, at=AT, by=by)] * PEOPLE)
    assert sum(isinstance(one, Application) for one in results) == 1
    assert Application.objects.count() == 1


def test_numbers_have_no_gap_when_eight_structures_open_at_once():
    label.ready_for_applications()
    owners = [representative_of(structures.structure(name=f"Structure {number}")) for number in range(PEOPLE)]

    def opening(by):
        key = int(by.on_behalf_of.split(":")[1])
        return lambda: actions.open_application(structure_pk=key, at=AT, by=by)

    found = at_once(*[opening(by) for by in owners])
    assert sorted(parse_number(one.reference).sequence for one in found) == list(range(1, PEOPLE + 1))


def test_an_answer_is_in_the_dossier_or_refused_never_lost():
    application = label.filled()
    by = representative_of(application.structure)
    version = application.answers.get(question="structure_summary").version

    def save():
        return actions.save_answer(
            application_pk=application.pk,
            question="structure_summary",
            text="Fin",
            version=version,
            at=AT,
            by=by,
        )

    saved, _filed = at_once(save, lambda: actions.submit(application_pk=application.pk, at=AT, by=by))
    content = Snapshot.objects.get().content
    filed = {row["key"]: row["text"] for row in content["answers"]}["structure_summary"]
    kept = application.answers.get(question="structure_summary").text
    assert filed == kept
    assert (kept == "Fin") == (not isinstance(saved, Blocked))


def test_eight_tabs_saving_one_answer_keep_one_text():
    application = label.draft()
    by = representative_of(application.structure)

    def saving(number):
        return lambda: actions.save_answer(
            application_pk=application.pk,
            question="structure_summary",
            text=f"texte {number}",
            version=0,
            at=AT,
            by=by,
        )

    found = at_once(*[saving(number) for number in range(PEOPLE)])
    assert sum(not isinstance(one, actions.StaleAnswer) for one in found) == 1
    assert application.answers.get().version == 1


def test_one_officer_takes_the_dossier_and_the_others_are_told_who():
    application = label.submitted()
    people = [acting(staff(), Role.CASE_OFFICER) for _number in range(PEOPLE)]
    acts = [
        lambda by=by: actions.take_file(application_pk=application.pk, followed_by="", at=AT, by=by)
        for by in people
    ]
    results = at_once(*acts)
    assert sum(isinstance(one, Application) for one in results) == 1
    assert sum(isinstance(one, TransitionNotAllowed) for one in results) == PEOPLE - 1
    assert Event.objects.filter(move__startswith="file_to:").count() == 1
