"""What the simulated years say: flows, delays, the load of each college, what saturates first."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median, quantiles

from desks.simulation import balance
from desks.simulation.sittings import load_by_college
from desks.simulation.world import World

NINTH_DECILE = 8  # of ten parts, the eighth cut but one
ENOUGH = 2


def told(world: World) -> Iterator[str]:
    """The lines that the command prints."""
    yield f"{world.years} years, {len(world.lives)} structures, seed {world.seed}"
    yield from _table("Flows", world.counts)
    yield from _table("Dossiers by state", balance.dossiers_by_state())
    yield from _table("Labels by state", balance.labels_by_end())
    yield ""
    yield "Delays, in days (median, ninth decile, how many)"
    for name, days in sorted(world.waits.items()):
        ninth = quantiles(days, n=10)[NINTH_DECILE] if len(days) >= ENOUGH else days[0]
        yield f"  {name:<40} {median(days):>6.0f} {ninth:>6.0f} {len(days):>6}"
    yield from _table("Evaluations given, by college", load_by_college())
    yield from _table("Longest queues", world.backlog)
    if world.backlog:
        name, length = max(world.backlog.items(), key=lambda pair: pair[1])
        yield f"  saturates first: {name} ({length})"
    yield from _table("Refused by the rules", world.refused)


def _table(title: str, rows: dict[str, int]) -> Iterator[str]:
    yield ""
    yield title
    for name, count in sorted(rows.items()):
        yield f"  {name:<40} {count:>6}"
