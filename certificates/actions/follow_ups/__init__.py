"""The yearly follow-up: planned and opened by the clock, sent by the association, read by an officer."""

from certificates.actions.follow_ups.contacts import note_contact
from certificates.actions.follow_ups.escalating import escalate_follow_up
from certificates.actions.follow_ups.filling import Declaration, Paper, save_follow_up, send_follow_up
from certificates.actions.follow_ups.gaps import (
    answer_gap,
    ask_members,
    close_gap,
    give_voice,
    return_proof,
)
from certificates.actions.follow_ups.planning import (
    end_follow_ups,
    gain_time,
    let_fall_overdue,
    open_follow_up,
    plan_follow_ups,
    plan_what_is_left,
)
from certificates.actions.follow_ups.reading import Finding, accept_follow_up, find_gaps

__all__ = [
    "Declaration",
    "Finding",
    "Paper",
    "accept_follow_up",
    "answer_gap",
    "ask_members",
    "close_gap",
    "end_follow_ups",
    "escalate_follow_up",
    "find_gaps",
    "gain_time",
    "give_voice",
    "let_fall_overdue",
    "note_contact",
    "open_follow_up",
    "plan_follow_ups",
    "plan_what_is_left",
    "return_proof",
    "save_follow_up",
    "send_follow_up",
]
