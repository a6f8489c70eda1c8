"""Drawings made from the code: each flow as SVG and BPMN, each machine as a Mermaid state diagram.

Run with the settings `config.diagrams`, which add viewflow's drawing templates.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from viewflow.workflow import chart

from journal.moves import Record
from workflows.flows import FLOWS


def all_drawings() -> dict[str, str]:
    """Every drawing: path under `docs/` -> text."""
    drawn: dict[str, str] = {}
    for flow_class in FLOWS:
        grid = chart.calc_layout_data(flow_class)
        drawn[f"flows/{flow_class.__name__}.svg"] = _trimmed(chart.grid_to_svg(grid))
        drawn[f"flows/{flow_class.__name__}.bpmn"] = _trimmed(chart.grid_to_bpmn(grid))
    for model in apps.get_models():
        if issubclass(model, Record):
            drawn[f"states/{model.__name__}.mmd"] = state_diagram(model)
    return drawn


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def state_diagram(model: type[Record]) -> str:
    """One machine in Mermaid's language: the start, every move, the states without exit."""
    meta: Any = model._meta
    field = meta.get_field("state")
    moves = sorted(
        (str(move.source), str(move.target), move.name)
        for move in field.get_all_transitions(model)
        if move.target
    )
    start = field.get_default()
    states = sorted({state for source, target, _ in moves for state in (source, target)})
    ends = [state for state in states if state not in {source for source, _, _ in moves}]
    lines = ["stateDiagram-v2", f"    [*] --> {start}"]
    lines += [f"    {source} --> {target} : {name}" for source, target, name in moves]
    lines += [f"    {state} --> [*]" for state in ends]
    return "\n".join(lines) + "\n"
