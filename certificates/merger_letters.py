"""The letters of a question asked before a merger: its receipt (L1m) and its answer (L20)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation

from certificates.models import Label, MergerRequest
from label.correspondence import common
from letters import registry

LABEL = "certificates.label"


@registry.letter("L1m", about=LABEL, compulsory=("structure",))
def merger_asked(label: Label, *, asked: MergerRequest, **extra: Any) -> dict[str, Any]:
    """Facts of the receipt of a question asked before a merger: its date, what silence means (CRPA L112-3, L231-1)."""
    return {
        **common(label.application, label.structure),
        "number": label.number,
        "valid_until": label.ends_on,
        "received_on": asked.received_on,
        "implicit_on": asked.due_on,
        "planned_on": asked.planned_on,
        "successor": asked.successor_name,
        "successor_number": asked.successor_number,
        "transfer_days": str(settings.TRANSFER_DAYS),
        **extra,
    }


@registry.letter("L20", about=LABEL, compulsory=("structure",))
def merger_answered(label: Label, *, asked: MergerRequest, **extra: Any) -> dict[str, Any]:
    """Facts of the answer before a merger: yes, yes under conditions, or no; its reasons."""
    with translation.override("fr"):
        words = str(MergerRequest.Outcome(asked.outcome).label)
    return {
        **merger_asked(label, asked=asked),
        "outcome": asked.outcome,
        "outcome_words": words[:1].lower() + words[1:],
        "conditions": asked.conditions,
        "reasons_in_law": asked.reasons_in_law,
        "reasons_in_fact": asked.reasons_in_fact,
        "criteria": [],
        **extra,
    }
