"""What the clock also does each time it ticks, for rooms that do not know the legal clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Job = Callable[[datetime], object]
jobs: dict[str, Job] = {}


def each_tick(name: str) -> Callable[[Job], Job]:
    """Register a function (at) run at each tick, by any worker: safe to run twice at once, and bounded."""

    def keep(job: Job) -> Job:
        if name in jobs:
            raise RuntimeError(f"{name} is registered twice")
        jobs[name] = job
        return job

    return keep
