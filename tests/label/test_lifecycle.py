"""Every state × move × role of an application, written by hand: who may make each move, and from where."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from accounts.rules import may
from journal.moves import Actor
from journal.refusals import NotAllowed
from label.lifecycle import ApplicationLifecycle
from label.models import Application, PaperEntry
from tests.factories import label, structures
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import AT, representative_of

pytestmark = pytest.mark.django_db

# Domain 5.1 APPLICATION: from -> {move: to}. What is not written here is refused.
MATRIX = {
    "draft": {"submit": "submitted", "reopen": "admissible", "purge": "purged"},
    "submitted": {
        "ask_documents": "incomplete",
        "declare_inadmissible": "inadmissible",
        "declare_admissible": "admissible",
        "grant_implicitly": "granted",
        "withdraw": "withdrawn",
    },
    "incomplete": {"complete": "submitted", "close": "closed", "withdraw": "withdrawn"},
    "admissible": {
        "assign_panel": "under_review",
        "declare_inadmissible": "inadmissible",
        "grant_implicitly": "granted",
        "withdraw": "withdrawn",
    },
    "under_review": {
        "close_review": "in_deliberation",
        "rebuild_panel": "admissible",
        "declare_inadmissible": "inadmissible",
        "grant_implicitly": "granted",
        "withdraw": "withdrawn",
    },
    "in_deliberation": {
        "rebuild_panel": "admissible",
        "defer": "deferred",
        "record_opinion": "advised",
        "grant_implicitly": "granted",
        "withdraw": "withdrawn",
    },
    "deferred": {
        "answer_deferral": "in_deliberation",
        "grant_implicitly": "granted",
        "withdraw": "withdrawn",
    },
    "advised": {
        "ask_second_opinion": "in_deliberation",
        "redo_deliberation": "in_deliberation",
        "grant": "granted",
        "refuse": "refused",
        "grant_implicitly": "granted",
        "withdraw": "withdrawn",
    },
    "granted": {},
    "refused": {},
    "inadmissible": {},
    "withdrawn": {},
    "closed": {},
    "purged": {},
}
MOVES = sorted({move for moves in MATRIX.values() for move in moves})
ROLES = (
    "representative",
    "editor",
    "reader",
    "stranger",
    *Role.values,
    "officer_of_the_file",
    "clock",
)
# The moves made by the actions of this room, and the roles that may make them on a dossier of their own.
PERMISSIONS = {
    "submit": ("label.submit_application", {"representative"}),
    "purge": ("label.purge_draft", {"clock"}),
    "ask_documents": ("label.check_file", {"officer_of_the_file"}),
    "complete": ("label.answer_pieces", {"representative", "editor"}),
    "declare_admissible": ("label.check_file", {"officer_of_the_file"}),
    "withdraw": ("label.withdraw_application", {"representative"}),
}


def test_the_matrix_names_every_state_and_every_move():
    assert set(MATRIX) == set(ApplicationLifecycle.State.values)
    transitions = {
        transition.name
        for transition in Application._meta.get_field("state").get_all_transitions(Application)
    }
    assert transitions == set(MOVES)


@pytest.mark.parametrize(("state", "move"), list(product(MATRIX, MOVES)))
def test_each_move_from_each_state(state, move):
    record = Application(state=state)
    record._thread = object()
    by = Actor.system()
    if move in MATRIX[state]:
        getattr(record, move)(by=by, at=AT)
        assert record.state == MATRIX[state][move]
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(record, move)(by=by, at=AT)
        assert record.state == state


@pytest.fixture
def people():
    found = structures.structure(editor=person(), reader=person())
    application = label.taken(found)
    members = {row.role: row.user for row in found.memberships.all()}
    return application, {
        **{role: acting(user, role) for role, user in members.items()},
        "stranger": acting(person(), "representative"),
        **{role: acting(staff(role), role) for role in Role.values},
        "officer_of_the_file": label.officer_of(application),
        "clock": Actor.system(),
    }


def test_each_role_for_each_move_of_this_room(people):
    from accounts.rules import require

    application, actors = people
    assert set(actors) == set(ROLES)
    on = AT.date()
    for (permission, allowed), (role, by) in product(PERMISSIONS.values(), actors.items()):
        if role in allowed:
            require(permission, by, application, on=on)
        else:
            with pytest.raises(NotAllowed):
                require(permission, by, application, on=on)


def test_who_has_nobody_behind_may_nothing(people):
    application, _actors = people
    for permission, _allowed in PERMISSIONS.values():
        assert not may(permission, None, application, on=AT.date())


def test_a_frozen_space_neither_files_nor_answers_but_may_still_withdraw(people):
    application, actors = people
    structures.frozen(application.structure)
    fresh = Application.objects.get(pk=application.pk)
    user = actors["representative"].user
    assert not may("label.submit_application", user, fresh, on=AT.date())
    assert not may("label.answer_pieces", user, fresh, on=AT.date())
    assert may("label.withdraw_application", user, fresh, on=AT.date())


def test_on_paper_the_office_acts_for_the_person():
    application = label.draft()
    secretary = staff(Role.SECRETARIAT)
    assert not may("label.submit_application", secretary, application, on=AT.date())
    PaperEntry.objects.create(
        application=application,
        on_behalf_of=application.structure.representative(),
        entered_by=secretary,
        means="visit",
        received_on=AT.date(),
    )
    fresh = Application.objects.get(pk=application.pk)
    assert may("label.submit_application", secretary, fresh, on=AT.date())
    assert may("label.edit_application", secretary, fresh, on=AT.date())


def test_a_substitute_holds_the_file_during_the_absence_only(people):
    from accounts.models import Absence

    application, _actors = people
    substitute = staff(Role.CASE_OFFICER)
    Absence.objects.create(
        user=application.case_officer,
        substitute=substitute,
        starts_on=AT.date(),
        ends_on=AT.date() + timedelta(days=3),
    )
    assert may("label.check_file", substitute, application, on=AT.date())
    assert not may("label.check_file", substitute, application, on=AT.date() + timedelta(days=9))


def test_a_move_outside_a_hold_is_refused():
    application = label.draft()
    with pytest.raises(TransitionNotAllowed):
        application.__class__.objects.get(pk=application.pk).submit(
            by=representative_of(application.structure), at=AT
        )
    with transaction.atomic(), pytest.raises(TransitionNotAllowed):
        Application.objects.hold(application.pk).submit(by="somebody", at=AT)
