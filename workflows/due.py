"""What this room does each day by the clock: the nightly comparison of `check_integrity`."""

from __future__ import annotations

from datetime import datetime

from deadlines.registry import daily
from workflows.comparing import compare

COMPARISON = "comparison"


@daily(COMPARISON, makes_up=False)
def nightly_comparison(at: datetime) -> None:
    """Compare flows, lifecycles, journal and rights; the technical administrators are told when something differs."""
    compare(at=at)
