"""What happens to a legal clock, and what an outage of the service gives back to those who had to act."""

from deadlines.actions.clocks import (
    drop,
    interrupt,
    let_pass,
    meet,
    pause,
    recomputed_due_on,
    resume,
    running,
    settle,
    start,
    wrongly_computed,
)
from deadlines.actions.outages import (
    confirm_outage,
    drop_outage,
    extend,
    record_outage,
    settle_extension,
    touched_by,
)

__all__ = [
    "confirm_outage",
    "drop",
    "drop_outage",
    "extend",
    "interrupt",
    "let_pass",
    "meet",
    "pause",
    "recomputed_due_on",
    "record_outage",
    "resume",
    "running",
    "settle",
    "settle_extension",
    "start",
    "touched_by",
    "wrongly_computed",
]
