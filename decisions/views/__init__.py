"""Pages about the acts of the Institute and about what is lodged against them."""

from decisions.views.acts import (
    staff_decision,
    staff_decision_draft,
    staff_decision_prepare,
    staff_decision_sign,
)
from decisions.views.appeals import staff_appeal, staff_appeal_answer, staff_appeal_enter
from decisions.views.contesting import appeal_page, ask_silence, contest, space_decisions
from decisions.views.disputes import staff_litigation, staff_litigation_open, staff_silence_request
from decisions.views.second_opinions import staff_second_opinion

__all__ = [
    "appeal_page",
    "ask_silence",
    "contest",
    "space_decisions",
    "staff_appeal",
    "staff_appeal_answer",
    "staff_appeal_enter",
    "staff_decision",
    "staff_decision_draft",
    "staff_decision_prepare",
    "staff_decision_sign",
    "staff_litigation",
    "staff_litigation_open",
    "staff_second_opinion",
    "staff_silence_request",
]
