"""What people do with a session of the committee."""

from reviewers.actions.sessions.attendance import (
    record_attendance,
    record_departure,
    record_expenses,
    record_return,
    record_step_out,
)
from reviewers.actions.sessions.convening import (
    answer_invitation,
    cancel_session,
    convene,
    reconvene,
    state_on_item,
    write_to_invited,
)
from reviewers.actions.sessions.deferrals import answer_deferral, let_deferral_pass
from reviewers.actions.sessions.deliberations import rule_on_deliberation
from reviewers.actions.sessions.experts import (
    do_without_expert,
    erase_expert,
    give_up_expert,
    hand_documents,
    hear_expert,
    invite_expert,
    see_expert_out,
)
from reviewers.actions.sessions.hearings import record_hearing, waive_hearing
from reviewers.actions.sessions.minutes import (
    approve_minutes,
    complete_minutes,
    draft_minutes,
    send_minutes,
    write_logbook,
)
from reviewers.actions.sessions.planning import (
    change_session,
    list_item,
    order_agenda,
    plan_session,
    take_off,
)
from reviewers.actions.sessions.sitting import (
    begin_session,
    call_item,
    close_session,
    find_no_quorum,
    mark_discussed,
    name_acting_chair,
    send_back,
)
from reviewers.actions.sessions.voting import (
    adopt_opinion,
    ask_secret_ballot,
    cast_ballot,
    cast_deciding_vote,
    close_vote,
    count_paper_ballots,
    give_up_secret_ballot,
    open_vote,
)

__all__ = [
    "adopt_opinion",
    "answer_deferral",
    "answer_invitation",
    "approve_minutes",
    "ask_secret_ballot",
    "begin_session",
    "call_item",
    "cancel_session",
    "cast_ballot",
    "cast_deciding_vote",
    "change_session",
    "close_session",
    "close_vote",
    "complete_minutes",
    "convene",
    "count_paper_ballots",
    "do_without_expert",
    "draft_minutes",
    "erase_expert",
    "find_no_quorum",
    "give_up_expert",
    "give_up_secret_ballot",
    "hand_documents",
    "hear_expert",
    "invite_expert",
    "let_deferral_pass",
    "list_item",
    "mark_discussed",
    "name_acting_chair",
    "open_vote",
    "order_agenda",
    "plan_session",
    "reconvene",
    "record_attendance",
    "record_departure",
    "record_expenses",
    "record_hearing",
    "record_return",
    "record_step_out",
    "rule_on_deliberation",
    "see_expert_out",
    "send_back",
    "send_minutes",
    "state_on_item",
    "take_off",
    "waive_hearing",
    "write_logbook",
    "write_to_invited",
]
