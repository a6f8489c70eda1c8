"""Pages about labels: what was granted, what its holder does, the hearing before a measure, the acts on a label."""

from certificates.views.hearings import hearing, hearing_file, staff_hearing, staff_hearing_new
from certificates.views.holders import (
    condition_proof,
    relinquish,
    staff_condition,
    staff_reissue,
    staff_relinquish,
)
from certificates.views.labels import certificate_pdf, duties, space_label, staff_label
from certificates.views.measures import staff_measure_prepare

__all__ = [
    "certificate_pdf",
    "condition_proof",
    "duties",
    "hearing",
    "hearing_file",
    "relinquish",
    "space_label",
    "staff_condition",
    "staff_hearing",
    "staff_hearing_new",
    "staff_label",
    "staff_measure_prepare",
    "staff_reissue",
    "staff_relinquish",
]
