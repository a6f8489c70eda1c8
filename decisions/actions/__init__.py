"""What people do with the acts of the Institute, and against them."""

from decisions.actions.acts import (
    UNDER_WAY,
    prepare,
    preview_letter,
    record_implicit,
    record_notification,
    send_back,
    send_for_signature,
    sign,
    write,
)
from decisions.actions.answers import prepare_answer
from decisions.actions.appeals import (
    acknowledge_appeal,
    drop_appeal,
    enter_appeal,
    lodge,
    note_silence,
    record_appeal_read_back,
    take_up,
)
from decisions.actions.litigation import (
    add_step,
    carry_out,
    keep_hard_date,
    leave_undone,
    open_litigation,
    resume_act,
)
from decisions.actions.second_opinions import ask_second_opinion
from decisions.actions.silence import answer_about_silence, ask_about_silence

__all__ = [
    "UNDER_WAY",
    "acknowledge_appeal",
    "add_step",
    "answer_about_silence",
    "ask_about_silence",
    "ask_second_opinion",
    "carry_out",
    "drop_appeal",
    "enter_appeal",
    "keep_hard_date",
    "leave_undone",
    "lodge",
    "note_silence",
    "open_litigation",
    "prepare",
    "prepare_answer",
    "preview_letter",
    "record_appeal_read_back",
    "record_implicit",
    "record_notification",
    "resume_act",
    "send_back",
    "send_for_signature",
    "sign",
    "take_up",
    "write",
]
