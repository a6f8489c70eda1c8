"""What is missing before a step on a label: one function per step, read by page and guard."""

from certificates.checklist.hearings import (
    missing_to_answer,
    missing_to_close,
    missing_to_notify,
    missing_to_observe,
    missing_to_plan_oral,
    missing_to_record_oral,
)
from certificates.checklist.holders import (
    missing_to_lift,
    missing_to_move_condition,
    missing_to_relinquish,
    missing_to_send_proof,
)
from certificates.checklist.measures import (
    GAPS_OF_KIND,
    STATES_OF_KIND,
    hearing_gaps,
    measure_page,
    missing_in_measure,
    missing_to_check,
    missing_to_prepare,
)
from certificates.checklist.withdrawals import (
    departs,
    missing_before_step,
    missing_to_advise,
    missing_to_answer_notice,
    missing_to_close_procedure,
    missing_to_open,
    missing_to_propose,
    missing_to_record_remedy,
    missing_to_sign_step,
    steps_possible,
    undo_until,
)

__all__ = [
    "GAPS_OF_KIND",
    "STATES_OF_KIND",
    "departs",
    "hearing_gaps",
    "measure_page",
    "missing_before_step",
    "missing_in_measure",
    "missing_to_advise",
    "missing_to_answer",
    "missing_to_answer_notice",
    "missing_to_check",
    "missing_to_close",
    "missing_to_close_procedure",
    "missing_to_lift",
    "missing_to_move_condition",
    "missing_to_notify",
    "missing_to_observe",
    "missing_to_open",
    "missing_to_plan_oral",
    "missing_to_prepare",
    "missing_to_propose",
    "missing_to_record_oral",
    "missing_to_record_remedy",
    "missing_to_relinquish",
    "missing_to_send_proof",
    "missing_to_sign_step",
    "steps_possible",
    "undo_until",
]
