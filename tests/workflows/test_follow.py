"""The flow follows the moves: after each one the open node is the one of the state, and nothing is broken."""

from datetime import timedelta

import pytest

from journal.moves import Actor
from label import actions
from label.models import Application
from reviewers import actions as reviewers_actions
from tests.factories import decisions, label, reviewers
from tests.factories.structures import AT, representative_of
from workflows import gateway
from workflows.flows import NODES
from workflows.integrity import breaches
from workflows.models import Obligation, Procedure

State = Application.State
pytestmark = pytest.mark.django_db


def node_of(application: Application) -> str:
    return gateway.open_node(application).name


def check(application: Application, state: str) -> Application:
    """The dossier is in that state, one node is open and it is the right one, and the house is sound."""
    found = Application.objects.get(pk=application.pk)
    assert found.state == state
    expected = NODES[Application].get(State(state))
    open_ones = Obligation.objects.filter(process__application=found, status__in=gateway.OPEN)
    assert [row.flow_task for row in open_ones] == ([expected] if expected else [])
    assert list(breaches()) == []
    return found


def test_a_draft_has_no_procedure() -> None:
    application = label.draft()

    assert not Procedure.objects.exists()
    check(application, State.DRAFT)


def test_the_whole_path_to_a_label() -> None:
    application = check(label.taken(), State.SUBMITTED)
    label.register_concluded(application)
    label.papers_checked(application)
    actions.declare_admissible(application_pk=application.pk, at=AT, by=label.officer_of(application))
    check(application, State.ADMISSIBLE)
    reviewers.found_by_the_office(Application.objects.get(pk=application.pk))
    members = reviewers.committee()
    named = reviewers_actions.name_panel(
        application_pk=application.pk,
        mandate_pks=[one.pk for one in members],
        at=AT,
        by=reviewers.secretary(),
    )
    check(application, State.UNDER_REVIEW)
    for assignment in named[:-1]:
        reviewers.submitted(assignment)
        check(application, State.UNDER_REVIEW)
    reviewers.submitted(named[-1])
    check(application, State.IN_DELIBERATION)
    reviewers_actions.record_opinion(
        application_pk=application.pk,
        kind="favourable",
        reasons=reviewers.REASONS,
        votes={"for": 12, "against": 0, "abstained": 1},
        **reviewers.on_paper(),
        solutions=list(application.solutions.values_list("pk", flat=True)),
        adopted_on=AT.date(),
        at=AT,
        by=reviewers.secretary(),
    )
    application = check(application, State.ADVISED)
    decisions.signed(application)
    check(application, State.GRANTED)
    assert Procedure.objects.get().status == "DONE"


def test_the_loop_of_corrections_goes_back_to_the_check() -> None:
    application = check(label.incomplete(), State.INCOMPLETE)
    piece = application.open_request().pieces.get()
    by = representative_of(application.structure)
    later = AT + timedelta(days=12)
    actions.answer_piece(
        application_pk=application.pk, piece_pk=piece.pk, answer="Les voici.", at=later, by=by
    )
    check(application, State.INCOMPLETE)

    actions.complete(application_pk=application.pk, at=later, by=by)

    check(application, State.SUBMITTED)
    assert Procedure.objects.count() == 1


def test_a_panel_is_built_again_from_the_evaluations_and_from_the_session() -> None:
    application = check(reviewers.under_review(), State.UNDER_REVIEW)
    by = reviewers.secretary().because("Le panel n'est plus possible.")
    reviewers_actions.rebuild_panel(application_pk=application.pk, at=AT, by=by)
    check(application, State.ADMISSIBLE)

    second = check(decisions.in_deliberation(), State.IN_DELIBERATION)
    reviewers_actions.rebuild_panel(application_pk=second.pk, at=AT, by=by)
    check(second, State.ADMISSIBLE)


@pytest.mark.parametrize("made", [label.taken, label.incomplete, reviewers.under_review, decisions.advised])
def test_giving_up_closes_the_procedure_from_anywhere(made) -> None:
    application = made()

    actions.withdraw(
        application_pk=application.pk, at=AT + timedelta(days=20), by=representative_of(application.structure)
    )

    check(application, State.WITHDRAWN)
    assert set(Procedure.objects.values_list("status", flat=True)) == {"CANCELED"}


@pytest.mark.parametrize("kind", ["inadmissible", "close"])
def test_an_act_that_ends_the_request_ends_the_procedure(kind: str) -> None:
    if kind == "close":
        application = decisions.incomplete()
        decisions.signed(application, kind, at=AT + timedelta(days=90))
        check(application, State.CLOSED)
    else:
        application = decisions.filed()
        decisions.signed(application, kind)
        check(application, State.INADMISSIBLE)
    assert not Procedure.objects.filter(status="NEW").exists()


def test_an_obligation_opens_at_the_moment_of_the_move() -> None:
    application = label.incomplete()

    opened = Obligation.objects.get(process__application=application, status__in=gateway.OPEN)

    assert opened.created == AT + timedelta(days=5)


def test_a_step_that_is_not_the_open_one_undoes_the_move() -> None:
    application = label.taken()

    with pytest.raises(Obligation.DoesNotExist):
        gateway.finish(NODES[Application][State.ADVISED], application, by=Actor.system())

    assert node_of(application) == "completeness"


def test_somebody_else_than_a_page_cannot_drive_a_node() -> None:
    from workflows.flows import no_page

    with pytest.raises(PermissionError):
        no_page(None)


def test_preparing_an_act_moves_nothing() -> None:
    decision = decisions.prepared()

    check(decision.application, State.ADVISED)
