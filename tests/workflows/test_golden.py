"""Node names are public identifiers: rows in the database hold them. They are only ever added."""

import pytest

from certificates.models import FollowUp, Withdrawal
from decisions.models import Appeal
from label.models import Application
from workflows.flows import FLOWS, NODES, AppealFlow, CertificationFlow, FollowUpFlow, WithdrawalFlow
from workflows.follow import STEPS

GOLDEN = {
    CertificationFlow: {
        *("submitted", "completeness", "after_completeness", "corrections", "after_corrections", "panel"),
        *("reviews", "after_reviews", "session", "after_session", "deferral", "decision", "after_decision"),
        "end",
    },
    FollowUpFlow: {"opened", "report", "after_report", "reading", "after_reading", "gaps", "end"},
    WithdrawalFlow: {
        *("opened", "qualification", "after_qualification", "compliance", "after_compliance", "hearing"),
        *("after_hearing", "opinion", "after_opinion", "decision", "after_decision", "end"),
    },
    AppealFlow: {
        *("lodged", "acknowledgement", "after_acknowledgement", "intake", "after_intake", "answer"),
        *("after_answer", "late_answer", "end"),
    },
}
# States that wait for somebody, and moves that nobody follows: nothing is open before or after.
UNDER_WAY = {
    Application: Application.UNDER_WAY,
    FollowUp: set(FollowUp.LIVE) - {FollowUp.State.UPCOMING},
    Withdrawal: Withdrawal.LIVE,
    Appeal: Appeal.OPEN,
}
SILENT = {
    Application: {"purge"},  # a draft has no procedure
    FollowUp: {"fall_overdue", "gain_time"},  # the report is awaited as before
    Withdrawal: set(),
    Appeal: set(),
}
STARTED_BY_OPENING = {Withdrawal, Appeal}


def test_no_node_was_removed_or_renamed() -> None:
    assert set(GOLDEN) == set(FLOWS)
    for flow, names in GOLDEN.items():
        assert {node.name for node in flow.instance.nodes()} >= names


@pytest.mark.parametrize("flow", FLOWS)
def test_every_human_node_names_a_role_and_the_flow_locks(flow) -> None:
    human = [node for node in flow.instance.nodes() if node.task_type == "HUMAN"]

    assert human and all(node._owner_permission for node in human)
    assert "SelectForUpdateLock" in repr(flow.lock_impl) + type(flow.lock_impl).__name__


@pytest.mark.parametrize("model", NODES)
def test_each_state_under_way_has_one_node(model) -> None:
    assert set(NODES[model]) == set(UNDER_WAY[model])


@pytest.mark.parametrize("model", NODES)
def test_every_move_is_followed(model) -> None:
    moves = {move.name for move in model._meta.get_field("state").get_all_transitions(model)}
    opening = {"open"} if model in STARTED_BY_OPENING else set()

    assert (moves - SILENT[model]) | opening == {move for moved, move in STEPS if moved is model}
