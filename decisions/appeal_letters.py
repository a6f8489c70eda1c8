"""The letters about appeals and silence (L1r, L16, L1c, L8b): their facts, and what follows from their receipt."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import translation

from decisions import clocks
from decisions.effects import dossier_of, served_to
from decisions.models import Appeal, Decision, SilenceRequest
from journal.moves import Actor, subject_key
from label.correspondence import common
from letters import registry
from letters.models import Letter

HOW = {"online": "internet", "post": "courrier", "phone": "téléphone", "visit": "visite"}


@registry.letter("L1r", about="decisions.appeal", compulsory=("structure",))
def appeal_receipt(appeal: Appeal, **extra: Any) -> dict[str, Any]:
    """Facts of the receipt of an appeal (CRPA L112-3): its dates, what silence means, the court, who examines it."""
    contested = appeal.decision
    return {
        **common(dossier_of(contested), served_to(contested)),
        **_act(contested),
        "received_on": appeal.received_on,
        "posted_on": appeal.lodged_on if appeal.means == Appeal.Means.POST else None,
        "how": HOW[appeal.means],
        "contested": appeal.contested,
        "asked": appeal.asked,
        "silence_on": appeal.silence_on,
        "is_late": appeal.is_late,
        "late_since": contested.gracious_until,
        **extra,
    }


@registry.letter("L16", about="decisions.decision", compulsory=("structure",))
def appeal_answer(answer: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of the answer to an appeal: the contested act, each point answered, what changes, the court."""
    appeal = Appeal.objects.select_related("decision").get(answer=answer)
    with translation.override("fr"):
        outcome = str(Appeal.Outcome(appeal.outcome).label)
    return {
        **common(dossier_of(answer), served_to(answer)),
        **_act(appeal.decision),
        "lodged_on": appeal.lodged_on,
        "outcome": appeal.outcome,
        "outcome_words": outcome,
        "is_late": appeal.is_late,
        "after_silence": appeal.implicitly_rejected_on,
        "points": [{"point": row.point, "answer": row.answer} for row in appeal.points.all()],
        "what_changes": appeal.what_changes,
        "reasons_in_law": answer.reasons_in_law,
        "reasons_in_fact": answer.reasons_in_fact,
        "criteria": [],
        **extra,
    }


def _act(contested: Decision) -> dict[str, Any]:
    with translation.override("fr"):
        return {
            "contested_act": str(contested.get_kind_display()),
            "decided_on": contested.notified_on,
            "is_implicit": contested.kind == Decision.Kind.IMPLICIT,
        }


@registry.letter("L1c", about="decisions.decision", compulsory=("structure", "number", "applied_on"))
def attestation(decision: Decision, *, request: SilenceRequest, **extra: Any) -> dict[str, Any]:
    """Facts of the attestation that silence has accepted a request (CRPA L232-3)."""
    label = getattr(decision, "label", None)
    return {
        **_silence(decision, request),
        "number": label.number if label else "",
        **extra,
    }


@registry.letter("L8b", about="decisions.decision", compulsory=("structure",))
def reasons_of_silence(decision: Decision, *, request: SilenceRequest, **extra: Any) -> dict[str, Any]:
    """Facts of the letter that gives the reasons of a refusal born of silence (CRPA L232-4)."""
    return {
        **_silence(decision, request),
        "reasons_in_law": request.reasons_in_law,
        "reasons_in_fact": request.reasons_in_fact,
        "criteria": [],
        **extra,
    }


def _silence(decision: Decision, request: SilenceRequest) -> dict[str, Any]:
    return {
        **common(dossier_of(decision)),
        "implicit_on": decision.notified_on,
        "asked_on": request.asked_on,
    }


@registry.on_receipt("L8b")
def reasons_received(letter: Letter, received_on: date, presumed: bool, at: datetime, by: Actor) -> None:
    """The times to appeal and to go to court count anew, whole, from the receipt of the reasons (CRPA L232-4)."""
    request = SilenceRequest.objects.get(letter=letter)
    decision = Decision.objects.select_related("application__structure").hold(request.decision_id)
    clocks.start_after_reasons(decision, received_on, at=at, proof=subject_key(letter))
