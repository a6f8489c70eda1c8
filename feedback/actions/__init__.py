"""What people do with a report."""

from feedback.actions.concluding import close, confirm, pass_on, propose, send_back, set_aside
from feedback.actions.filing import file_report, open_answer
from feedback.actions.handling import (
    change_label,
    hand_over,
    inquire,
    link,
    note_danger,
    qualify,
    settle_label,
    take_over,
)
from feedback.actions.sources import erase_source, erase_text, read_source

__all__ = [
    "change_label",
    "close",
    "confirm",
    "erase_source",
    "erase_text",
    "file_report",
    "hand_over",
    "inquire",
    "link",
    "note_danger",
    "open_answer",
    "pass_on",
    "propose",
    "qualify",
    "read_source",
    "send_back",
    "set_aside",
    "settle_label",
    "take_over",
]
