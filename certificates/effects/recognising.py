"""What a grant writes on a label: the solutions that it recognises, the conditions that it sets."""

from __future__ import annotations

from datetime import date

from certificates.effects.conditions import set_conditions
from certificates.models import Label, RecognisedSolution
from decisions.models import Decision


def recognise(label: Label, decision: Decision, *, on: date) -> None:
    """Write the solutions that an act recognises, and its conditions, on a label; they hold from that day."""
    RecognisedSolution.objects.bulk_create(
        RecognisedSolution(label=label, solution=solution, name=solution.name, recognised_on=on)
        for solution in decision.recognised
    )
    if decision.kind == Decision.Kind.GRANT_WITH_CONDITIONS:
        set_conditions(label, decision, on=on)
