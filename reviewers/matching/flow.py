"""The exact optimum of one college, as a minimum-cost flow: dossiers send seats to members, members to the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass
class Block:
    """One college as arrays: `weight` and `allowed` by dossier and member, seats to fill, files a member may take.

    `floor` is the part of `need` without which the panel is not valid (domain 6.3).
    """

    weight: Ints
    allowed: Flags
    need: Ints
    floor: Ints
    spare: Ints

    @property
    def shape(self) -> tuple[int, int]:
        """How many dossiers and members."""
        return self.weight.shape[0], self.weight.shape[1]


def best(block: Block) -> tuple[Ints, Ints]:
    """The seats of greatest weight, as dossiers and members in the order of the rows.

    When not all can be filled: as many of those under the floor as possible, then of the others, then the weight.
    """
    if not block.need.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    arcs = np.nonzero(block.allowed & (block.need > 0)[:, None])
    found = _solve(block, arcs, with_gaps=False)
    return found if found is not None else _with_gaps(block, arcs)


def _with_gaps(block: Block, arcs: tuple[Ints, ...]) -> tuple[Ints, Ints]:
    found = _solve(block, arcs, with_gaps=True)
    if found is None:  # an empty seat is always possible
        raise RuntimeError("the flow has no answer")
    return found


def _solve(block: Block, arcs: tuple[Ints, ...], *, with_gaps: bool) -> tuple[Ints, Ints] | None:
    """The flow; None when it is not feasible. With gaps, a seat may stay empty at a price above any detour."""
    dossiers, members = block.shape
    rows, columns = arcs
    end = dossiers + members
    solver = SimpleMinCostFlow()
    taken = solver.add_arcs_with_capacity_and_unit_cost(
        rows, dossiers + columns, np.ones(len(rows), np.int64), -block.weight[rows, columns]
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        dossiers + np.arange(members), np.full(members, end), block.spare, np.zeros(members, np.int64)
    )
    if with_gaps:
        # The longest detour passes each member once, so these prices put seats before weight, floors before seats.
        price = (int(block.weight.max(initial=0)) + 1) * 2 * (members + 1)
        for capacity, cost in ((block.need - block.floor, price), (block.floor, 3 * price)):
            solver.add_arcs_with_capacity_and_unit_cost(
                np.arange(dossiers), np.full(dossiers, end), capacity, np.full(dossiers, cost)
            )
    supplies = np.concatenate([block.need, np.zeros(members, np.int64), [-block.need.sum()]])
    solver.set_nodes_supplies(np.arange(end + 1), supplies)
    if solver.solve() != solver.OPTIMAL:
        return None
    used = solver.flows(taken) > 0
    return rows[used], columns[used]


def fewest_extra(block: Block) -> Ints | None:
    """How many files above their load each member would have to take so that every seat is filled, at the least.

    None when even that does not do: a dossier has too few members who may take it. Extra files go to several
    members before several go to one.
    """
    dossiers, members = block.shape
    rows, columns = np.nonzero(block.allowed & (block.need > 0)[:, None])
    end, most = dossiers + members, int(block.need.sum())
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        rows, dossiers + columns, np.ones(len(rows), np.int64), np.zeros(len(rows), np.int64)
    )
    nodes = dossiers + np.arange(members)
    ends = np.full(members, end)
    solver.add_arcs_with_capacity_and_unit_cost(nodes, ends, block.spare, np.zeros(members, np.int64))
    # A first extra file costs one price, the others a little more: the number comes first, then who bears it.
    price = most + 1
    first = solver.add_arcs_with_capacity_and_unit_cost(
        nodes, ends, np.ones(members, np.int64), np.full(members, price)
    )
    more = solver.add_arcs_with_capacity_and_unit_cost(
        nodes, ends, np.full(members, most), np.full(members, price + 1)
    )
    supplies = np.concatenate([block.need, np.zeros(members, np.int64), [-most]])
    solver.set_nodes_supplies(np.arange(end + 1), supplies)
    if solver.solve() != solver.OPTIMAL:
        return None
    return np.asarray(solver.flows(first) + solver.flows(more), np.int64)
